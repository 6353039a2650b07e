"""`lessons`: what a teacher runs in a terminal. Colour is off where NO_COLOR is set or the output is no terminal."""

from __future__ import annotations

from pathlib import Path

import click

from lesson_lib.classroom import commands, feedback, handouts, negotiation, report
from lesson_lib.classroom.bank import model_folder
from lesson_lib.classroom.commands import plural, said, say
from lesson_lib.know import data
from lesson_lib.think import lint as item_lint
from lesson_lib.think import questions


@click.group()
def lessons() -> None:
    """Teach with Guarantees on Paper."""


@lessons.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def lint(folder: Path | None) -> None:
    """Check every question and table, and say what to mend: file, line and the fix.

    FOLDER holds question files; the course's lessons and its model units when it is left out.
    """
    with said():
        folders = [folder] if folder else [None, *([models] if (models := model_folder()).is_dir() else [])]
        problems = [problem for each in folders for problem in item_lint.lint(each)]
        if folder is None:
            problems = data.check() + problems
        bank = (
            []
            if problems
            else [questions.load_lesson(name, each) for each in folders for name in questions.lessons(each)]
        )
    for problem in problems:
        say(str(problem), "red")
    if problems:
        raise click.ClickException(f"{plural(len(problems), 'thing')} to mend.")
    count = sum(len(quiz.items) for lesson in bank for quiz in lesson.quizzes.values() if not quiz.returns_to)
    say(f"{count} questions in {len(bank)} lessons and units: nothing to mend.", "green")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise click.ClickException(f"{path} could not be written: {error.strerror or error}.") from None
    say(f"Written: {path}. Open it in a browser; print it from there.", "green")


@lessons.command("role-cards")
@click.option("--players", type=int, default=12, show_default=True, help="How many students take part: 6 to 30.")
@click.option("--tables", type=int, default=0, help="How many tables; one for every six players when left out.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), default=Path("cards.html"), show_default=True
)
def role_cards(players: int, tables: int, output: Path) -> None:
    """Make the role cards of the negotiation (lesson 09), to print: public sheets and sealed red lines."""
    with said():
        text = negotiation.role_cards(players, tables)
    _write(output, text)


@lessons.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), default=Path("outcome.html"), show_default=True
)
def outcome(folder: Path, output: Path) -> None:
    """Lay the proposals in FOLDER side by side (lesson 09): whose red lines each crosses, and where they part."""
    with said():
        text = negotiation.outcome(folder)
    _write(output, text)


for part in (commands, handouts, feedback, report):
    part.add(lessons)


if __name__ == "__main__":
    lessons(prog_name="lessons")
