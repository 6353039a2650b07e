"""Errors that speak to a reader: what is wrong, where, what the valid choices are, what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lesson_lib.know.catalogue import _, ngettext


class LessonError(Exception):
    """One plain sentence instead of a traceback.

    In a notebook the whole message is shown and nothing else; in a script it is an ordinary exception.

    >>> str(LessonError("The folder data/ is missing."))
    'The folder data/ is missing.'
    """

    def _render_traceback_(self) -> list[str]:
        # IPython asks an exception for its own rendering first (InteractiveShell.showtraceback).
        return [str(self)]


class UnknownName(LessonError):
    """A name that does not exist, with the nearest one that does and the whole list."""


def nearest(name: str, valid: Iterable[str]) -> str | None:
    """The valid name most like the one typed, or None.

    >>> nearest("nato-1950", ["us-japan-1960", "nato-1949"])
    'nato-1949'
    """
    choices = {choice.casefold(): choice for choice in valid}
    typed = str(name).casefold()
    found = difflib.get_close_matches(typed, choices, n=3, cutoff=0.5)
    # "1" is as near to "10" as to "01", and means the latter.
    found.sort(key=lambda choice: not choice.endswith(typed))
    return choices[found[0]] if found else None


def unknown(kind: str, name: str, valid: Iterable[str], *, most: int = 24) -> UnknownName:
    """The error for a misspelt name. `kind` is a singular noun, translated: _("table"), _("column of claims").

    >>> print(unknown("table", "clams", ["claims", "sources"]))
    There is no table called 'clams'. Did you mean 'claims'? To choose from: claims, sources.
    """
    names = list(valid)
    guess = nearest(name, names)
    hint = " " + _("Did you mean {guess}?").format(guess=repr(guess)) if guess else ""
    more = ""
    if len(names) > most:
        # A list of hundreds helps nobody: the likeliest, and how many there are.
        likely = difflib.get_close_matches(str(name), names, n=6, cutoff=0.0)
        names, more = likely, " … " + _("({count} in all)").format(count=len(names))
    wrong = _("There is no {kind} called {name}.").format(kind=kind, name=repr(name))
    choices = _("To choose from: {names}.").format(names=", ".join(names) + more)
    return UnknownName(f"{wrong}{hint} {choices}")


@dataclass(frozen=True)
class Problem:
    """One fault in a data or question file, said so that it can be mended without reading code.

    `where`, `wrong` and `fix` are in the language spoken; `wrong` follows the value, or the place where there is none.

    >>> print(Problem("claims.csv", 7, "column status", "suported", "is not one of the choices", "use supported"))
    claims.csv, line 7, column status: 'suported' is not one of the choices: use supported.
    """

    file: str
    line: int | None
    where: str
    value: str
    wrong: str
    fix: str

    def __str__(self) -> str:
        line = _("line {n}").format(n=self.line) if self.line else ""
        place = ", ".join(part for part in (self.file, line, self.where) if part)
        shown = self.value if len(self.value) <= 60 else self.value[:57] + "…"
        said = _("{place}: {value} {wrong}: {fix}") if shown else _("{place}: {wrong}: {fix}")
        stop = "" if self.fix.endswith(("?", ".", "!")) else "."
        return said.format(place=place, value=repr(shown), wrong=self.wrong, fix=self.fix + stop)


class DataError(LessonError):
    """Every problem of a file, a class list or the whole data folder at once, one a line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        count = len(self.problems)
        head = ngettext("{count} thing to mend:", "{count} things to mend:", count).format(count=count)
        super().__init__("\n".join([head, *(f"  • {problem}" for problem in self.problems)]))
