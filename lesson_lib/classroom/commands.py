"""`lessons bank`, `release`, `grade` and `regrade`: from a bank to the marks of a class."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import click

from lesson_lib.classroom import bank, gradebook
from lesson_lib.classroom.grade import Graded
from lesson_lib.classroom.grades import make_tables, marked_again, write_again
from lesson_lib.classroom.handed_in import mark_class
from lesson_lib.classroom.paper import printed
from lesson_lib.classroom.release import write_release
from lesson_lib.classroom.roster import Student, read_roster
from lesson_lib.know.errors import LessonError

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
bank_option = click.option(
    "--bank", "bank_path", type=_FOLDER, help="Your own bank; the course's models when left out."
)


@contextlib.contextmanager
def said() -> Iterator[None]:
    """What is wrong, in a line and without a traceback."""
    try:
        yield
    except LessonError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}.") from None


def say(text: str, colour: str | None = None) -> None:
    """A line for the teacher; no colour where NO_COLOR is set (no-color.org) or the output is no terminal."""
    click.secho(text, fg=None if os.environ.get("NO_COLOR") else colour)


def plural(count: int, word: str) -> str:
    """
    >>> plural(1, "hand-in"), plural(2, "hand-in")
    ('1 hand-in', '2 hand-ins')
    """
    return f"{count:,} {word}{'' if count == 1 else 's'}"


# ---- bank and release ---------------------------------------------------------------------------------------------


@click.group(name="bank")
def bank_group() -> None:
    """Your own banks of graded questions."""


@bank_group.command("new")
@click.argument("folder", type=_FOLDER)
def bank_new(folder: Path) -> None:
    """Start a private bank in FOLDER from the course's models.

    The models are public, and so are their keys: change and add questions before you grade with them.
    """
    with said():
        names = bank.new_bank(folder)
    say(f"Units {', '.join(names)} stand in {folder}. Change them with any text editor, then run", "green")
    say(f"  lessons lint {folder}")
    say(f"  lessons release A --bank {folder} --class roster.csv -o release-A")


@click.command()
@click.argument("unit")
@click.option("--class", "roster", type=_FILE, help="The class list (CSV with id and name): one folder a student.")
@click.option("-o", "--output", type=_FOLDER, required=True, help="Where the release goes.")
@click.option(
    "--behaviour", type=click.Choice(["test", "study"]), default="test", show_default=True,
    help="test: no feedback and no key inside. study: feedback at once, the key inside, counts for completion.",
)  # fmt: skip
@click.option(
    "--name", "release", default="first", show_default=True, help="What this release is called; part of the draw."
)
@click.option("--same-for-all", is_flag=True, help="One draw for the whole class instead of one a student.")
@bank_option
def release(
    unit: str,
    roster: Path | None,
    output: Path,
    behaviour: str,
    release: str,
    same_for_all: bool,
    bank_path: Path | None,
) -> None:
    """Make the student's copy of UNIT: a notebook and its question file."""
    with said():
        held = bank.load_unit(unit, bank_path)
        students = read_roster(roster) if roster else []
        per_student = bool(students) and not same_for_all
        folders = write_release(
            held, output, release=release, behaviour=behaviour, students=students if per_student else ()
        )
        entry = {
            "unit": unit, "release": release, "behaviour": behaviour, "per_student": per_student,
            "class": str(roster.resolve()) if roster else "", "digest": held.digest,
        }  # fmt: skip
        bank.note_release(bank.bank_folder(bank_path), entry)
    where = f"{plural(len(folders), 'folder')} in {output}, one a student" if per_student else f"two files in {output}"
    say(f"Unit {unit}, release {release}: {where}.", "green")
    if behaviour == "study":
        say("A study release holds its key openly: count it for completion only.", "yellow")


# ---- grading ------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def workers(address: str) -> Iterator[Executor | None]:
    """Where marking runs: in this process, in processes of this computer, or on a Dask cluster."""
    if address == "none":
        yield None
    elif address == "processes" or address.isdigit():
        with ProcessPoolExecutor(
            int(address) if address.isdigit() else None, initializer=_ends_with_its_parent
        ) as pool:
            yield pool
    else:
        try:
            from dask.distributed import Client
        except ImportError:
            raise LessonError(
                f"To mark on {address} install the extra: pip install 'guarantees-on-paper[cluster]'."
            ) from None
        with Client(address) as client:
            yield client.get_executor()


def _ends_with_its_parent() -> None:
    """A process that marks must not stay behind when the program is killed: nobody would ever send it anything.

    Ctrl-C is for the program alone, which says what becomes of it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def wait() -> None:
        if parent := multiprocessing.parent_process():
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def released(unit: str, name: str | None, bank_path: Path | None) -> dict[str, Any]:
    """The release that was handed in: the one named, or the unit's latest."""
    found = [each for each in bank.releases(bank_path) if each["unit"] == unit]
    if name:
        found = [each for each in found if each["release"] == name]
    if not found:
        with contextlib.suppress(LessonError):  # given out on paper alone
            return printed(bank.bank_folder(bank_path), unit, name or "")
        which = f"a release {name!r} of unit {unit}" if name else f"a release of unit {unit}"
        raise LessonError(
            f"The bank knows of no {which[2:]}: make it with lessons release {unit} first, or give --bank."
        )
    return found[-1]


@click.command("grade")
@click.argument("handins", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--unit", required=True, help="Which unit was handed in.")
@click.option("-o", "--output", type=_FOLDER, required=True, help="Where the gradebook goes.")
@click.option("--class", "roster", type=_FILE, help="The class list; the release's own when left out.")
@click.option("--release", "release_name", help="Which release; the unit's latest when left out.")
@click.option(
    "--executor", default="none", show_default=True, help="none, processes, a number of them, or a Dask address."
)
@bank_option
def grade_command(
    handins: Sequence[Path], unit: str, output: Path, roster: Path | None, release_name: str | None, executor: str,
    bank_path: Path | None,
) -> None:  # fmt: skip
    """Mark everything in HANDINS: files, notebooks, folders, and the zip files of Moodle and Canvas."""
    with said():
        held, given_out = bank.load_unit(unit, bank_path), released(unit, release_name, bank_path)
        students = class_of(roster, given_out)
        try:
            with workers(executor) as pool:
                marked = mark_class(held, given_out, handins, students, output, pool, _watched)
        except KeyboardInterrupt:
            say("\nBroken off. The same command goes on from here.", "yellow")
            raise SystemExit(130) from None
    count = f"{plural(marked.handins, 'hand-in')} of {marked.of:,} marked"
    say(f"{count}, {plural(marked.answers, 'answer')}: {marked.book}", "green")
    if marked.missing:
        say(f"Nothing from {', '.join(student.name for student in marked.missing)}.")
    if marked.problems:
        say(f"{plural(len(marked.problems), 'thing')} to look at in problems-{unit}.csv.", "yellow")


@contextlib.contextmanager
def _watched(lines: Iterator[str], batches: int, passed: int, of: int) -> Iterator[Iterable[str]]:
    """The bar while marking; a run that was broken off says where it goes on."""
    if passed:
        say(f"An earlier run was broken off: it goes on after {passed:,} of {plural(of, 'hand-in')}.")
    with click.progressbar(lines, length=batches, label="Marking") as bar:
        yield bar


def class_of(roster: Path | None, given_out: dict[str, Any]) -> list[Student]:
    """The class list given, or the one that the release remembers. Raises LessonError when there is none."""
    path = roster or Path(given_out.get("class") or ".")
    if not path.is_file():
        raise LessonError("Whose hand-ins are these? Give the class list with --class roster.csv.")
    return read_roster(path)


# ---- regrading ----------------------------------------------------------------------------------------------------


@click.command()
@click.option("--unit", required=True, help="Which unit.")
@click.option("-o", "--output", type=_FOLDER, required=True, help="The folder with its gradebook.")
@click.option("--class", "roster", type=_FILE, help="The class list; the release's own when left out.")
@click.option("--release", "release_name", help="Which release; the unit's latest when left out.")
@click.option("--write", is_flag=True, help="Write the new marks; without it nothing is changed.")
@bank_option
def regrade(
    unit: str, output: Path, roster: Path | None, release_name: str | None, write: bool, bank_path: Path | None
) -> None:
    """Mark again after a key or the points were changed: shows who changes, and writes when told to.

    The answers stand in the gradebook, so the hand-ins are not needed. Rubric marks stay; what was before goes to
    the folder history.
    """
    with said():
        held, given_out = bank.load_unit(unit, bank_path), released(unit, release_name, bank_path)
        old, new, moved = marked_again(output, held, given_out)
        _show(moved, old)
        if write and old != new:
            write_again(output, unit, new, moved)
        if write:
            totals = make_tables(output, held, class_of(roster, given_out))
            waiting = sum(total.to_mark for total in totals)
            left = f"; {plural(waiting, 'text')} still to be marked" if waiting else ""
            say(f"The tables are made anew with your marks{left}.")
    if not write and moved:
        say("Nothing is written yet: run it again with --write.", "yellow")


def _show(moved: Sequence[gradebook.Change], old: Iterable[Graded]) -> None:
    count = len({row.student for row in old})
    if not moved:
        say(f"Nothing changes for any of {plural(count, 'student')}.", "green")
        return
    say(f"{plural(len(moved), 'student')} of {count} change:")
    for each in moved:
        sign = "+" if each.after >= each.before else "−"
        by = gradebook.number(abs(each.after - each.before))
        say(f"  {each.name} ({each.student}): {gradebook.number(each.before)} → {gradebook.number(each.after)}, "
            f"{sign}{by}, by {', '.join(each.items)}")  # fmt: skip


def add(lessons: click.Group) -> None:
    """Puts these commands under `lessons`."""
    for command in (bank_group, release, grade_command, regrade):
        lessons.add_command(command)
