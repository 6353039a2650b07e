"""`lessons`: what a teacher runs in a terminal. Colour is off where NO_COLOR is set or the output is no terminal."""

from __future__ import annotations

import os
from pathlib import Path

import click

from lesson_lib.know import data
from lesson_lib.know.errors import LessonError
from lesson_lib.think import lint as item_lint
from lesson_lib.think import questions


def _say(text: str, colour: str | None = None) -> None:
    # Click leaves colour out where the output is no terminal; NO_COLOR (no-color.org) is the reader's own wish.
    click.secho(text, fg=None if os.environ.get("NO_COLOR") else colour)


@click.group()
def lessons() -> None:
    """Teach with Guarantees on Paper."""


@lessons.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def lint(folder: Path | None) -> None:
    """Check every question and table, and say what to mend: file, line and the fix.

    FOLDER holds question files; the course's own when it is left out.
    """
    try:
        problems = item_lint.lint(folder)
        if folder is None:
            problems = data.check() + problems
        bank = [] if problems else [questions.load_lesson(name, folder) for name in questions.lessons(folder)]
    except LessonError as error:
        raise click.ClickException(str(error)) from None
    for problem in problems:
        _say(str(problem), "red")
    if problems:
        raise click.ClickException(f"{len(problems)} thing{'s' if len(problems) != 1 else ''} to mend.")
    count = sum(len(quiz.items) for lesson in bank for quiz in lesson.quizzes.values() if not quiz.returns_to)
    _say(f"{count} questions in {len(bank)} lessons: nothing to mend.", "green")


if __name__ == "__main__":
    lessons(prog_name="lessons")
