"""`lessons bank`, `release`, `grade` and `regrade`: from a bank to the marks of a class."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import click

from lesson_lib.classroom import bank, gradebook
from lesson_lib.classroom.bank import Unit
from lesson_lib.classroom.collect import Handin, Trouble, problems_csv, stream
from lesson_lib.classroom.grade import BATCH, Graded, Paper, grade, mark_again
from lesson_lib.classroom.paper import printed
from lesson_lib.classroom.paper_marks import join
from lesson_lib.classroom.release import write_release
from lesson_lib.classroom.roster import Student, read_roster
from lesson_lib.classroom.rubric import read_marks, update
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
        with ProcessPoolExecutor(int(address) if address.isdigit() else None) as pool:
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
        output.mkdir(parents=True, exist_ok=True)
        book = output / f"gradebook-{unit}.jsonl"
        # What was typed from paper stands in the same book, and is not in the hand-ins.
        typed = [row for row in gradebook.read(book) if row.file.endswith(".csv")] if book.is_file() else []
        missing = {student.id: student.name for student in students}
        problems: list[Trouble] = []
        with workers(executor) as pool:
            papers = _papers(stream(handins, unit, students), problems, missing)
            lines = grade(held, papers, given_out, pool)
            with click.progressbar(lines, length=-(-len(students) // BATCH), label="Marking") as bar:
                count = gradebook.write(book, bar)
        marked = len(students) - len(missing)
        if typed:
            gradebook.write(book, (row.to_line() for row in join(typed, gradebook.read(book))))
        problems.sort(key=lambda each: (each.file, each.reason))
        (output / f"problems-{unit}.csv").write_text(problems_csv(problems), encoding="utf-8", newline="\n")
        make_tables(output, held, students)
    say(f"{plural(marked, 'hand-in')} of {len(students)} marked, {plural(count, 'answer')}: {book}", "green")
    if missing:
        say(f"Nothing from {', '.join(missing.values())}.")
    if problems:
        say(f"{plural(len(problems), 'thing')} to look at in problems-{unit}.csv.", "yellow")


def _papers(found: Iterable[Handin | Trouble], problems: list[Trouble], missing: dict[str, str]) -> Iterator[Paper]:
    """The hand-ins as they are read; what is amiss, and who is still missing, is noted on the way."""
    for each in found:
        if isinstance(each, Trouble):
            problems.append(each)
        else:
            missing.pop(each.student.id, None)
            yield Paper(each.student.id, each.student.name, each.record, each.file)


def class_of(roster: Path | None, given_out: dict[str, Any]) -> list[Student]:
    """The class list given, or the one that the release remembers. Raises LessonError when there is none."""
    path = roster or Path(given_out.get("class") or ".")
    if not path.is_file():
        raise LessonError("Whose hand-ins are these? Give the class list with --class roster.csv.")
    return read_roster(path)


def make_tables(output: Path, unit: Unit, students: Sequence[Student]) -> None:
    """Everything that is made of the gradebook: the class list with points, the platforms' files, the rubric sheet."""
    book = output / f"gradebook-{unit.name}.jsonl"
    marks_path = output / f"rubric-{unit.name}.csv"
    marks = read_marks(marks_path, unit) if marks_path.is_file() else {}
    texts: list[Graded] = []

    def rows() -> Iterator[Graded]:
        # The book may have millions of lines: it is read once, and only the texts are kept.
        for row in gradebook.read(book):
            if row.type == "text":
                texts.append(row)
            yield row

    found = gradebook.totals(gradebook.with_rubric(rows(), marks), students)
    title = f"Unit {unit.name}: {unit.title}"
    for name, text in (
        ("gradebook", gradebook.gradebook_csv(found, students)),
        ("canvas", gradebook.canvas_csv(found, students, title)),
        ("moodle", gradebook.moodle_csv(found, students, title)),
    ):
        (output / f"{name}-{unit.name}.csv").write_text(text, encoding="utf-8", newline="\n")
    if texts:
        update(marks_path, unit, texts)


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
        book = output / f"gradebook-{unit}.jsonl"
        if not book.is_file():
            raise LessonError(f"There is no {book}: grade the unit first.")
        old = list(gradebook.read(book))
        new = list(mark_again(held, old, given_out))
        moved = gradebook.changes(old, new)
        _show(moved, old)
        if write and old != new:
            _keep(output, unit, book, moved)
            gradebook.write(book, (row.to_line() for row in new))
        if write:
            make_tables(output, held, class_of(roster, given_out))
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


def _keep(output: Path, unit: str, book: Path, moved: Sequence[gradebook.Change]) -> None:
    """The gradebook as it was, and who changed, under the next number."""
    history = output / "history"
    history.mkdir(exist_ok=True)
    number = 1 + len(list(history.glob(f"gradebook-{unit}-*.jsonl")))
    (history / f"gradebook-{unit}-{number:03}.jsonl").write_bytes(book.read_bytes())
    rows = [("student", "name", "before", "after", "items")]
    for each in moved:
        points = [gradebook.number(value) for value in (each.before, each.after)]
        rows.append((each.student, each.name, points[0], points[1], " ".join(each.items)))
    (history / f"changes-{unit}-{number:03}.csv").write_text(gradebook.to_csv(rows), encoding="utf-8", newline="\n")


def add(lessons: click.Group) -> None:
    """Puts these commands under `lessons`."""
    for command in (bank_group, release, grade_command, regrade):
        lessons.add_command(command)
