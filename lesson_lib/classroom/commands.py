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
from lesson_lib.know.catalogue import N_, _, ngettext
from lesson_lib.know.errors import LessonError
from lesson_lib.think.numerals import figure, separated

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
bank_option = click.option(
    "--bank", "bank_path", type=_FOLDER, help=N_("Your own bank; the course's models when left out.")
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
    stand = _("Units {names} stand in {folder}. Change them with any text editor, then run")
    say(stand.format(names=", ".join(names), folder=folder), "green")
    say(f"  lessons lint {folder}")
    say(f"  lessons release A --bank {folder} --class roster.csv -o release-A")


@click.command()
@click.argument("unit")
@click.option("--class", "roster", type=_FILE, help=N_("The class list (CSV with id and name): one folder a student."))
@click.option("-o", "--output", type=_FOLDER, required=True, help=N_("Where the release goes."))
@click.option(
    "--behaviour", type=click.Choice(["test", "study"]), default="test", show_default=True,
    help=N_("test: no feedback and no key inside. study: feedback at once, the key inside, counts for completion."),
)  # fmt: skip
@click.option(
    "--name", "release", default="first", show_default=True, help=N_("What this release is called; part of the draw.")
)
@click.option("--same-for-all", is_flag=True, help=N_("One draw for the whole class instead of one a student."))
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
    made = _("Unit {unit}, release {release}: two files in {output}.")
    if per_student:
        made = ngettext(
            "Unit {unit}, release {release}: {n} folder in {output}, one a student.",
            "Unit {unit}, release {release}: {n} folders in {output}, one a student.",
            len(folders),
        )
    say(made.format(unit=unit, release=release, n=figure(len(folders)), output=output), "green")
    if behaviour == "study":
        say(_("A study release holds its key openly: count it for completion only."), "yellow")


# ---- grading ------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def workers(address: str) -> Iterator[Executor | None]:
    """Where marking runs: in this process, in processes of this computer, or on a Dask cluster."""
    if address == "none":
        yield None
    elif address == "processes" or (address.isdecimal() and int(address)):
        with ProcessPoolExecutor(
            int(address) if address.isdecimal() else None, initializer=_ends_with_its_parent
        ) as pool:
            yield pool
    elif ":" not in address:  # a name mistyped, or 0: nothing to load or to wait for
        raise _no_workers(address)
    else:
        try:
            from dask.distributed import Client
        except ImportError:
            raise LessonError(
                _("To mark on {address} install the extra: {command}.").format(
                    address=address, command="pip install 'guarantees-on-paper[cluster]'"
                )
            ) from None
        try:
            client = Client(address, timeout=10)  # seconds; it knocks again until then
        except (OSError, ValueError):  # nobody answers there, or it is no address
            raise _no_workers(address) from None
        with client:
            yield client.get_executor()


def _no_workers(address: str) -> LessonError:
    said = _("Cannot mark on {address}: give none, processes, a number from 1, or a Dask address such as {example}.")
    return LessonError(said.format(address=address, example="tcp://127.0.0.1:8786"))


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
        unknown = _("The bank knows of no release of unit {unit}: make it with {command} first, or give --bank.")
        if name:
            unknown = _(
                "The bank knows of no release {name} of unit {unit}: make it with {command} first, or give --bank."
            )
        raise LessonError(unknown.format(name=repr(name), unit=unit, command=f"lessons release {unit}"))
    return found[-1]


@click.command("grade")
@click.argument("handins", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--unit", required=True, help=N_("Which unit was handed in."))
@click.option("-o", "--output", type=_FOLDER, required=True, help=N_("Where the gradebook goes."))
@click.option("--class", "roster", type=_FILE, help=N_("The class list; the release's own when left out."))
@click.option("--release", "release_name", help=N_("Which release; the unit's latest when left out."))
@click.option(
    "--executor", default="none", show_default=True, help=N_("none, processes, a number of them, or a Dask address.")
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
            say("\n" + _("Broken off. The same command goes on from here."), "yellow")
            raise SystemExit(130) from None
    counts = {"n": figure(marked.handins), "of": figure(marked.of), "answers": answers(marked.answers)}
    done = ngettext(
        "{n} hand-in of {of} marked, {answers}: {file}",
        "{n} hand-ins of {of} marked, {answers}: {file}",
        marked.handins,
    )
    say(done.format(**counts, file=marked.book), "green")
    if marked.missing:
        names = ", ".join(student.name for student in marked.missing)
        say(_("Nothing from {names}.").format(names=names))
    if marked.problems:
        count = len(marked.problems)
        look = ngettext("{n} thing to look at in {file}.", "{n} things to look at in {file}.", count)
        say(look.format(n=figure(count), file=f"problems-{unit}.csv"), "yellow")


def answers(count: int) -> str:
    """How many answers, for a sentence that counts something else.

    >>> answers(1), answers(1200)
    ('1 answer', '1,200 answers')
    """
    return ngettext("{n} answer", "{n} answers", count).format(n=figure(count))


@contextlib.contextmanager
def _watched(lines: Iterator[str], batches: int, passed: int, of: int) -> Iterator[Iterable[str]]:
    """The bar while marking; a run that was broken off says where it goes on."""
    if passed:
        goes_on = ngettext(
            "An earlier run was broken off: it goes on after {passed} of {n} hand-in.",
            "An earlier run was broken off: it goes on after {passed} of {n} hand-ins.",
            of,
        )
        say(goes_on.format(passed=figure(passed), n=figure(of)))
    with click.progressbar(lines, length=batches, label=_("Marking")) as bar:
        yield bar


def class_of(roster: Path | None, given_out: dict[str, Any]) -> list[Student]:
    """The class list given, or the one that the release remembers. Raises LessonError when there is none."""
    path = roster or Path(given_out.get("class") or ".")
    if not path.is_file():
        raise LessonError(_("Whose hand-ins are these? Give the class list with --class roster.csv."))
    return read_roster(path)


# ---- regrading ----------------------------------------------------------------------------------------------------


@click.command()
@click.option("--unit", required=True, help=N_("Which unit."))
@click.option("-o", "--output", type=_FOLDER, required=True, help=N_("The folder with its gradebook."))
@click.option("--class", "roster", type=_FILE, help=N_("The class list; the release's own when left out."))
@click.option("--release", "release_name", help=N_("Which release; the unit's latest when left out."))
@click.option("--write", is_flag=True, help=N_("Write the new marks; without it nothing is changed."))
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
            anew = _("The tables are made anew with your marks.")
            if waiting:
                anew = ngettext(
                    "The tables are made anew with your marks; {n} text still to be marked.",
                    "The tables are made anew with your marks; {n} texts still to be marked.",
                    waiting,
                )
            say(anew.format(n=figure(waiting)))
    if not write and moved:
        say(_("Nothing is written yet: run it again with --write."), "yellow")


def _show(moved: Sequence[gradebook.Change], old: Iterable[Graded]) -> None:
    count = len({row.student for row in old})
    if not moved:
        say(nothing_changes(count), "green")
        return
    changing = ngettext("{n} student of {of} change:", "{n} students of {of} change:", len(moved))
    say(changing.format(n=figure(len(moved)), of=count))
    for each in moved:
        sign = "+" if each.after >= each.before else "−"
        by = separated(gradebook.number(abs(each.after - each.before)))
        line = _("{name} ({student}): {before} → {after}, {change}, by {items}").format(
            name=each.name,
            student=each.student,
            before=separated(gradebook.number(each.before)),
            after=separated(gradebook.number(each.after)),
            change=f"{sign}{by}",
            items=", ".join(each.items),
        )
        say(f"  {line}")


def nothing_changes(students: int) -> str:
    """What is said where a new key moves nobody.

    >>> nothing_changes(22)
    'Nothing changes for any of 22 students.'
    """
    return ngettext(
        "Nothing changes for any of {n} student.", "Nothing changes for any of {n} students.", students
    ).format(n=figure(students))


def add(lessons: click.Group) -> None:
    """Puts these commands under `lessons`."""
    for command in (bank_group, release, grade_command, regrade):
        lessons.add_command(command)
