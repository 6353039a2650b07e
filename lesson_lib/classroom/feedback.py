"""`lessons feedback`, `reading` and `readers`: pages for students, a page for the reader, two readers' marks as one."""

from __future__ import annotations

from pathlib import Path

import click

from lesson_lib.classroom import bank, gradebook, readers, rubric
from lesson_lib.classroom.commands import bank_option, released, said, say
from lesson_lib.classroom.grade import BRIEF
from lesson_lib.classroom.gradebook import number
from lesson_lib.classroom.grades import read_book, readings, sheets
from lesson_lib.classroom.roster import read_roster
from lesson_lib.classroom.rubric import marks_of
from lesson_lib.classroom.sheet_lines import save
from lesson_lib.classroom.student_page import REVEALS, write_pages
from lesson_lib.know.catalogue import N_, _, ngettext
from lesson_lib.know.errors import LessonError
from lesson_lib.think.numerals import figure

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("feedback")
@click.option("--unit", required=True, help=N_("Which unit."))
@click.option("-o", "--output", type=_FOLDER, required=True, help=N_("The folder with its gradebook."))
@click.option(
    "--reveal", type=click.Choice(REVEALS), default="score", show_default=True,
    help=N_("score: points and outcomes. hints: also what was wrong with what was chosen. answers: everything."),
)  # fmt: skip
@click.option("--class", "roster", type=_FILE, help=N_("The class list; the release's own when left out."))
@click.option("--release", "release_name", help=N_("Which release; the unit's latest when left out."))
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
    count = len(made)
    pages = ngettext(
        "{n} page in {folder}, each showing {reveal}.", "{n} pages in {folder}, each showing {reveal}.", count
    )
    say(pages.format(n=figure(count), folder=target, reveal=reveal), "green")
    if waiting:
        texts = ngettext(
            "{n} text still to be marked in {sheets}; the pages say so.",
            "{n} texts still to be marked in {sheets}; the pages say so.",
            waiting,
        )
        say(texts.format(n=figure(waiting), sheets=_named(output, unit)), "yellow")


def _named(output: Path, unit: str) -> str:
    return _(" and ").join(each.name for each in sheets(output, unit) if each.is_file())


@click.command("reading")
@click.option("--unit", required=True, help=N_("Which unit."))
@click.option("-o", "--output", type=_FOLDER, required=True, help=N_("The folder with its gradebook."))
@bank_option
def reading_command(unit: str, output: Path, bank_path: Path | None) -> None:
    """Make a page of the texts and briefs to mark, question by question, to read beside the sheets."""
    with said():
        held = bank.load_unit(unit, bank_path)
        text = rubric.page(held, read_book(output, unit), marks_of(readings(output, held)))
        path = output / f"reading-{unit}.html"
        path.write_text(text, encoding="utf-8", newline="\n")
    say(_("Written: {path}. The marks go into {sheets}.").format(path=path, sheets=_named(output, unit)), "green")


@click.command("readers")
@click.argument("first", type=_FILE)
@click.argument("second", type=_FILE)
@click.option("--unit", required=True, help=N_("Which unit."))
@click.option("-o", "--output", type=_FOLDER, required=True, help=N_("The folder with its gradebook."))
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
            raise LessonError(
                _("{path} is where the result goes: give each reader a copy under another name.").format(path=target)
            )
        text, differences, both = readers.two_readers(held, first, second)
        save(target, text)
        heads = ("student", "name", "item", "point", "first", "second")
        table_ = [(d.student, d.name, d.item, d.point, number(d.first), number(d.second)) for d in differences]
        save(output / f"readers-{unit}.csv", gradebook.to_csv([heads, *table_]))
    apart = len(differences)
    agreed = ngettext(
        "{n} point marked by both; they agree on {same}. The means stand in {path}.",
        "{n} points marked by both; they agree on {same}. The means stand in {path}.",
        both,
    )
    say(agreed.format(n=figure(both), same=figure(both - apart), path=target), "green")
    if apart:
        differ = ngettext("They differ on {n} point: see {file}.", "They differ on {n} points: see {file}.", apart)
        say(differ.format(n=figure(apart), file=f"readers-{unit}.csv"), "yellow")


def add(lessons: click.Group) -> None:
    """Puts these commands under `lessons`."""
    for command in (feedback_command, reading_command, readers_command):
        lessons.add_command(command)
