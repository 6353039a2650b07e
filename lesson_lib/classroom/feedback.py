"""`lessons feedback`, `reading` and `readers`: pages for students, a page for the reader, two readers' marks as one."""

from __future__ import annotations

from pathlib import Path

import click

from lesson_lib.classroom import bank, gradebook, readers, rubric
from lesson_lib.classroom.bank import Unit
from lesson_lib.classroom.commands import bank_option, plural, released, said, say
from lesson_lib.classroom.grade import Graded
from lesson_lib.classroom.gradebook import number
from lesson_lib.classroom.roster import read_roster
from lesson_lib.classroom.rubric import Reading, marks_of
from lesson_lib.classroom.sheet_lines import save
from lesson_lib.classroom.student_page import REVEALS, write_pages
from lesson_lib.know.errors import LessonError

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _book(output: Path, unit: str) -> list[Graded]:
    book = output / f"gradebook-{unit}.jsonl"
    if not book.is_file():
        raise LessonError(f"There is no {book}: grade the unit first.")
    return list(gradebook.read(book))


def _readings(output: Path, unit: Unit) -> dict[tuple[str, str], Reading]:
    path = output / f"rubric-{unit.name}.csv"
    return rubric.read_sheet(path, unit) if path.is_file() else {}


@click.command("feedback")
@click.option("--unit", required=True, help="Which unit.")
@click.option("-o", "--output", type=_FOLDER, required=True, help="The folder with its gradebook.")
@click.option(
    "--reveal", type=click.Choice(REVEALS), default="score", show_default=True,
    help="score: points and outcomes. hints: also what was wrong with what was chosen. answers: everything.",
)  # fmt: skip
@click.option("--class", "roster", type=_FILE, help="The class list; the release's own when left out.")
@click.option("--release", "release_name", help="Which release; the unit's latest when left out.")
@bank_option
def feedback_command(
    unit: str, output: Path, reveal: str, roster: Path | None, release_name: str | None, bank_path: Path | None
) -> None:
    """Make a page of feedback for each student, in the folder feedback-UNIT beside the gradebook.

    Each page stands alone and holds one student's work only: give each student their own.
    """
    with said():
        held, given_out = bank.load_unit(unit, bank_path), released(unit, release_name, bank_path)
        rows, readings = _book(output, unit), _readings(output, held)
        path = roster or Path(given_out.get("class") or ".")
        students = read_roster(path) if path.is_file() else []
        target = output / f"feedback-{unit}"
        made = write_pages(target, held, rows, readings, given_out, reveal, students)
        waiting = sum(total.to_mark for total in gradebook.totals(gradebook.with_rubric(rows, marks_of(readings))))
    say(f"{plural(len(made), 'page')} in {target}, each showing {reveal}.", "green")
    if waiting:
        say(f"{plural(waiting, 'text')} still to be marked in rubric-{unit}.csv; the pages say so.", "yellow")


@click.command("reading")
@click.option("--unit", required=True, help="Which unit.")
@click.option("-o", "--output", type=_FOLDER, required=True, help="The folder with its gradebook.")
@bank_option
def reading_command(unit: str, output: Path, bank_path: Path | None) -> None:
    """Make a page of the texts to mark, question by question, to read beside the rubric sheet."""
    with said():
        held = bank.load_unit(unit, bank_path)
        text = rubric.page(held, _book(output, unit), marks_of(_readings(output, held)))
        path = output / f"reading-{unit}.html"
        path.write_text(text, encoding="utf-8", newline="\n")
    say(f"Written: {path}. The marks go into rubric-{unit}.csv.", "green")


@click.command("readers")
@click.argument("first", type=_FILE)
@click.argument("second", type=_FILE)
@click.option("--unit", required=True, help="Which unit.")
@click.option("-o", "--output", type=_FOLDER, required=True, help="The folder with its gradebook.")
@bank_option
def readers_command(first: Path, second: Path, unit: str, output: Path, bank_path: Path | None) -> None:
    """Put the rubric sheets of two readers together: the mean of each point, and a list of where they differ.

    FIRST and SECOND are copies of the sheet, one a reader; the result is the rubric sheet that grading uses.
    """
    with said():
        target = output / f"rubric-{unit}.csv"
        if target.exists() and any(target.samefile(path) for path in (first, second)):
            raise LessonError(f"{target} is where the result goes: give each reader a copy under another name.")
        text, differences, both = readers.two_readers(bank.load_unit(unit, bank_path), first, second)
        save(target, text)
        heads = ("student", "name", "item", "point", "first", "second")
        table_ = [(d.student, d.name, d.item, d.point, number(d.first), number(d.second)) for d in differences]
        save(output / f"readers-{unit}.csv", gradebook.to_csv([heads, *table_]))
    apart = len(differences)
    say(
        f"{plural(both, 'point')} marked by both; they agree on {both - apart:,}. The means stand in {target}.", "green"
    )
    if apart:
        say(f"They differ on {plural(apart, 'point')}: see readers-{unit}.csv.", "yellow")


def add(lessons: click.Group) -> None:
    """Puts these commands under `lessons`."""
    for command in (feedback_command, reading_command, readers_command):
        lessons.add_command(command)
