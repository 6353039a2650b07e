"""`lessons feedback`, `reading` and `readers`: pages for students, a page for the reader, two readers' marks as one."""

from __future__ import annotations

from pathlib import Path

import click

from lesson_lib.classroom import bank, gradebook, readers, rubric
from lesson_lib.classroom.commands import bank_option, plural, released, said, say
from lesson_lib.classroom.grade import BRIEF
from lesson_lib.classroom.gradebook import number
from lesson_lib.classroom.grades import read_book, readings, sheets
from lesson_lib.classroom.roster import read_roster
from lesson_lib.classroom.rubric import marks_of
from lesson_lib.classroom.sheet_lines import save
from lesson_lib.classroom.student_page import REVEALS, write_pages
from lesson_lib.know.errors import LessonError

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


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
        rows, read = read_book(output, unit), readings(output, held)
        path = roster or Path(given_out.get("class") or ".")
        students = read_roster(path) if path.is_file() else []
        target = output / f"feedback-{unit}"
        made = write_pages(target, held, rows, read, given_out, reveal, students)
        waiting = sum(total.to_mark for total in gradebook.totals(gradebook.with_rubric(rows, marks_of(read))))
    say(f"{plural(len(made), 'page')} in {target}, each showing {reveal}.", "green")
    if waiting:
        say(f"{plural(waiting, 'text')} still to be marked in {_named(output, unit)}; the pages say so.", "yellow")


def _named(output: Path, unit: str) -> str:
    return " and ".join(each.name for each in sheets(output, unit) if each.is_file())


@click.command("reading")
@click.option("--unit", required=True, help="Which unit.")
@click.option("-o", "--output", type=_FOLDER, required=True, help="The folder with its gradebook.")
@bank_option
def reading_command(unit: str, output: Path, bank_path: Path | None) -> None:
    """Make a page of the texts and briefs to mark, question by question, to read beside the sheets."""
    with said():
        held = bank.load_unit(unit, bank_path)
        text = rubric.page(held, read_book(output, unit), marks_of(readings(output, held)))
        path = output / f"reading-{unit}.html"
        path.write_text(text, encoding="utf-8", newline="\n")
    say(f"Written: {path}. The marks go into {_named(output, unit)}.", "green")


@click.command("readers")
@click.argument("first", type=_FILE)
@click.argument("second", type=_FILE)
@click.option("--unit", required=True, help="Which unit.")
@click.option("-o", "--output", type=_FOLDER, required=True, help="The folder with its gradebook.")
@bank_option
def readers_command(first: Path, second: Path, unit: str, output: Path, bank_path: Path | None) -> None:
    """Put the rubric sheets of two readers together: the mean of each point, and a list of where they differ.

    FIRST and SECOND are copies of the sheet of the texts, or of the briefs, one a reader; the result is the sheet that
    grading uses.
    """
    with said():
        held = bank.load_unit(unit, bank_path)
        target = sheets(output, unit)[any(item == BRIEF for _, item in rubric.read_sheet(first, held))]
        if target.exists() and any(target.samefile(path) for path in (first, second)):
            raise LessonError(f"{target} is where the result goes: give each reader a copy under another name.")
        text, differences, both = readers.two_readers(held, first, second)
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
