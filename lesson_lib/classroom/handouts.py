"""`lessons print`, `typed`, `export`, `import` and `student-edition`: units on paper and in other systems."""

from __future__ import annotations

from pathlib import Path

import click

from lesson_lib.classroom import bank, gradebook
from lesson_lib.classroom.collect import Trouble, problems_csv
from lesson_lib.classroom.commands import bank_option, class_of, said, say
from lesson_lib.classroom.edition import build
from lesson_lib.classroom.exchange import KINDS, VARIANTS, export_unit, import_bank
from lesson_lib.classroom.grades import make_tables
from lesson_lib.classroom.nbgrader import write as write_nbgrader
from lesson_lib.classroom.paper import note_printed, print_unit, printed, to_pdf
from lesson_lib.classroom.paper_forms import letters_of
from lesson_lib.classroom.paper_marks import join, mark_typed, read_paper
from lesson_lib.classroom.roster import read_roster
from lesson_lib.know.catalogue import N_, _, ngettext
from lesson_lib.know.errors import LessonError
from lesson_lib.think.numerals import figure

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("print")
@click.argument("unit")
@click.option("-o", "--output", type=_FOLDER, required=True, help=N_("Where the pages go."))
@click.option("--forms", default="A,B,C,D", show_default=True, help=N_("The forms, by letter."))
@click.option(
    "--name", "release", default="paper", show_default=True, help=N_("What this printing is called; part of the draw.")
)
@click.option("--different", is_flag=True, help=N_("Other questions on each form, not only another order."))
@click.option("--class", "roster", type=_FILE, help=N_("The class list: answer sheets with names on them."))
@click.option("--paper", type=click.Choice(["A4", "Letter"]), default="A4", show_default=True)
@click.option("--pdf", is_flag=True, help=N_("PDF as well, by the browser that is installed."))
@bank_option
def print_command(
    unit: str, output: Path, forms: str, release: str, different: bool, roster: Path | None, paper: str, pdf: bool,
    bank_path: Path | None,
) -> None:  # fmt: skip
    """Make UNIT for paper: shuffled forms, answer sheets, and for you the keys and a sheet to type answers into."""
    with said():
        held, letters = bank.load_unit(unit, bank_path), letters_of(forms)
        students = read_roster(roster) if roster else []
        pages = print_unit(
            held, output, release=release, forms=letters, different=different, students=students, paper=paper
        )
        place = str(roster.resolve()) if roster else ""
        note_printed(bank.bank_folder(bank_path), held, release, forms=letters, different=different, roster=place)
        made = [to_pdf(page) for page in pages if page.suffix == ".html"] if pdf else []
    count = len(pages)
    files = ngettext("{n} file in {folder}.", "{n} files in {folder}.", count)
    if made:
        files = ngettext(
            "{n} file in {folder}, {made} of them as PDF too.",
            "{n} files in {folder}, {made} of them as PDF too.",
            count,
        )
    say(files.format(n=figure(count), folder=output, made=figure(len(made))), "green")
    say(_("Keys are in {folder}: keep that folder from students.").format(folder=output / "teacher"), "yellow")


@click.command()
@click.argument("sheet", type=_FILE)
@click.option("--unit", required=True, help=N_("Which unit was answered on paper."))
@click.option("-o", "--output", type=_FOLDER, required=True, help=N_("The folder with the gradebook."))
@click.option("--class", "roster", type=_FILE, help=N_("The class list; the printing's own when left out."))
@click.option("--name", "release", default="", help=N_("Which printing; the unit's latest when left out."))
@bank_option
def typed(sheet: Path, unit: str, output: Path, roster: Path | None, release: str, bank_path: Path | None) -> None:
    """Mark the answers typed into SHEET from paper; they join the same gradebook."""
    with said():
        held, given_out = bank.load_unit(unit, bank_path), printed(bank.bank_folder(bank_path), unit, release)
        students = class_of(roster, given_out)
        found = read_paper(sheet, held, given_out, students)
        output.mkdir(parents=True, exist_ok=True)
        book = output / f"gradebook-{unit}.jsonl"
        rows = join(gradebook.read(book) if book.is_file() else (), mark_typed(held, found, given_out))
        gradebook.write(book, (row.to_line() for row in rows))
        troubles = [Trouble(problem.file, str(problem)) for problem in found.problems]
        (output / f"problems-paper-{unit}.csv").write_text(problems_csv(troubles), encoding="utf-8", newline="\n")
        make_tables(output, held, students)
    count = len({row.student for row in rows})
    say(
        ngettext("{n} student in {file}.", "{n} students in {file}.", count).format(n=figure(count), file=book), "green"
    )
    for problem in found.problems:
        say(str(problem), "yellow")


@click.command()
@click.argument("unit")
@click.option(
    "--to", "kind", type=click.Choice([*KINDS, "nbgrader"]), required=True, help=N_("Which system it is for.")
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help=N_("The file; for nbgrader the course.")
)
@click.option(
    "--rows", type=click.Choice(list(VARIANTS)), default="all", show_default=True, help=N_("Drawn rows to carry.")
)
@click.option("--name", "release", default="first", show_default=True, help=N_("nbgrader: what the release is called."))
@bank_option
def export(unit: str, kind: str, output: Path, rows: str, release: str, bank_path: Path | None) -> None:
    """Write UNIT for another system, and say what that system's format loses. The file holds the keys."""
    with said():
        held = bank.load_unit(unit, bank_path)
        if kind == "nbgrader":
            say(_("Written: {path}.").format(path=write_nbgrader(held, release, output)), "green")
            say(_("Set LESSON_BANK to your bank's folder where nbgrader autograde runs."))
            return
        if output.is_dir():
            raise LessonError(_("{path} is a folder: name the file that is to be written.").format(path=output))
        content, lost = export_unit(held, kind, rows)
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_bytes(content)
    say(_("Written: {path}. It holds the keys: keep it from students.").format(path=output), "green")
    for line in lost:
        say(f"  {_('lost: {what}').format(what=line)}", "yellow")


@click.command("import")
@click.argument("file", type=_FILE)
@click.option("--to-unit", "name", required=True, help=N_("The name of the new unit, as in E."))
@click.option("-o", "--output", type=_FOLDER, required=True, help=N_("The bank's folder."))
def import_command(file: Path, name: str, output: Path) -> None:
    """Read a GIFT or Moodle XML file into a bank of your own, and say what has to be filled in."""
    with said():
        text, lost = import_bank(file.read_bytes(), name)
        target = output / f"{name}.toml"
        if target.exists():
            raise LessonError(
                _("{path} is there already: name another unit, so that nothing of yours is overwritten.").format(
                    path=target
                )
            )
        output.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
    say(_("Written: {path}.").format(path=target), "green")
    for line in lost:
        say(f"  {_('to fill in: {what}').format(what=line)}", "yellow")


@click.command("student-edition")
@click.option("-o", "--output", type=_FOLDER, required=True, help=N_("A new or empty folder."))
def student_edition(output: Path) -> None:
    """Make the copy of the course that students get: no graded units, no teacher's notes, the same two commands."""
    with said():
        files = build(output)
    count = len(files)
    say(
        ngettext("{n} file in {folder}.", "{n} files in {folder}.", count).format(n=figure(count), folder=output),
        "green",
    )


def add(lessons: click.Group) -> None:
    """Puts these commands under `lessons`."""
    for command in (print_command, typed, export, import_command, student_edition):
        lessons.add_command(command)
