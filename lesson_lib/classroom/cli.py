"""`lessons`: what a teacher runs in a terminal. Colour is off where NO_COLOR is set or the output is no terminal."""

from __future__ import annotations

import gettext
import inspect
import os
from pathlib import Path

import click

from lesson_lib.classroom import commands, feedback, handouts, negotiation, report
from lesson_lib.classroom.bank import model_folder
from lesson_lib.classroom.commands import said, say
from lesson_lib.know import catalogue, data
from lesson_lib.know.catalogue import N_, _, ngettext
from lesson_lib.know.errors import LessonError
from lesson_lib.know.language import LANGUAGES, language
from lesson_lib.think import lint as item_lint
from lesson_lib.think import questions
from lesson_lib.think.numerals import figure

_CLICKS = (
    N_("Usage:"),
    N_("Options"),
    N_("Commands"),
    N_("Show this message and exit."),
    N_("default: {default}"),
    N_("required"),
    N_("Try '{command} {option}' for help."),
    N_("Error: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("Missing argument"),
    N_("Missing option"),
    N_("Missing command."),
    N_("No such option {name!r}."),
    N_("No such command {name!r}."),
    N_("{name} {filename!r} does not exist."),
    N_("{name} {filename!r} is a file."),
    N_("{name} {filename!r} is a directory."),
    N_("{value!r} is not a valid {number_type}."),
    N_("Aborted!"),
    N_("file"),
    N_("directory"),
    N_("path"),
)
"""What the program says by way of the library that reads its command line, which asks gettext for them."""

VARIABLE = "LESSON_LANGUAGE"
"""What the program speaks where no `--language` is given. A notebook does not ask: its first cell says it."""

_IN_ENGLISH: dict[int, str] = {}
"""The help of each command and option as it stands in the code."""


def _help(command: click.Command) -> None:
    """Puts the help of a command, its options and its own commands into the language spoken now."""
    options = [param for param in command.params if isinstance(param, click.Option)]
    for each in (command, *options):
        said: str | None = each.help  # type: ignore[attr-defined]
        if said:
            english = _IN_ENGLISH.setdefault(id(each), inspect.cleandoc(said))
            each.help = _(english)  # type: ignore[attr-defined]
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        _help(below)


def _in_language(command: click.Command) -> None:
    """The help of everything below, and the words of the library that reads the command line, as is spoken now."""
    os.environ["LANGUAGE"] = catalogue.current()
    gettext.bindtextdomain("classroom", catalogue.FOLDER)
    gettext.textdomain("classroom")
    _help(command)


def _speak(context: click.Context, _parameter: click.Parameter, code: str | None) -> None:
    if code and code != catalogue.current():
        language(code)
        _in_language(context.command)


class _Lessons(click.Group):
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # What the variable says holds before anything of the help is shown.
        if (code := os.environ.get(VARIABLE, "")) in LANGUAGES and code != catalogue.current():
            language(code)
            _in_language(self)
        return super().parse_args(ctx, args)


@click.group(cls=_Lessons)
@click.option(
    "--language",
    type=click.Choice([*LANGUAGES]),
    envvar=VARIABLE,
    is_eager=True,
    expose_value=False,
    callback=_speak,
    help=N_("What the program, its pages and sheets speak; the variable LESSON_LANGUAGE when left out, or English."),
)
def lessons() -> None:
    """Teach with Guarantees on Paper."""


@lessons.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def lint(folder: Path | None) -> None:
    """Check every question and table, and say what to mend: file, line and the fix.

    FOLDER holds question files; the course's lessons and its model units when it is left out.
    """
    with said():
        if folder and not questions.lessons(folder):
            raise LessonError(
                _("There is no question file (.toml) in {folder}: name the bank's own folder.").format(folder=folder)
            )
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
        count = len(problems)
        told = ngettext("{n} thing to mend.", "{n} things to mend.", count)
        raise click.ClickException(told.format(n=figure(count)))
    count = sum(len(quiz.items) for lesson in bank for quiz in lesson.quizzes.values() if not quiz.returns_to)
    told = _("{count} questions in {units} lessons and units: nothing to mend.")
    say(told.format(count=count, units=len(bank)), "green")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        told = _("{file} could not be written: {reason}.").format(file=path, reason=error.strerror or error)
        raise click.ClickException(told) from None
    say(_("Written: {file}. Open it in a browser; print it from there.").format(file=path), "green")


@lessons.command("role-cards")
@click.option("--players", type=int, default=12, show_default=True, help=N_("How many students take part: 6 to 30."))
@click.option("--tables", type=int, default=0, help=N_("How many tables; one for every six players when left out."))
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
