"""A unit on paper: its forms, and how an answer written with a pen is typed.

Every form has the same questions in another order, with the choices in another order too, so that neighbours cannot
copy letters. Shuffles depend on the unit, the release's name and the form's letter, never on a key.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from lesson_lib.classroom.bank import Drawn, Unit, draw
from lesson_lib.classroom.roster import Student
from lesson_lib.know.catalogue import _
from lesson_lib.know.errors import LessonError
from lesson_lib.think import marking
from lesson_lib.think.questions import Item
from lesson_lib.think.reading import Json, Unreadable

ON_PAPER = "(on paper)"
"""What stands for a text that was not typed: it waits for the rubric like any other."""


@dataclass(frozen=True)
class Form:
    """One form of a unit: its letter, and its questions as they are numbered on it, from 1."""

    unit: Unit
    release: str
    letter: str
    questions: tuple[Drawn, ...]

    def parts(self) -> list[tuple[str, list[tuple[int, Drawn]]]]:
        """The title of each part, and its questions with their numbers."""
        numbered = enumerate(self.questions, start=1)
        return [
            (self.unit.lesson.quizzes[part].title, list(found))
            for part, found in groupby(numbered, key=lambda pair: pair[1].part)
        ]

    @property
    def points(self) -> float:
        return sum(each.item.points for each in self.questions)


def seed_of(letter: str) -> str:
    """What a form's letter is in the draw, where a student's id stands otherwise.

    >>> seed_of("B")
    'form-B'
    """
    return f"form-{letter}"


def letters_of(text: str) -> list[str]:
    """The forms asked for. Raises LessonError.

    >>> letters_of("A,b C")
    ['A', 'B', 'C']
    """
    found = re.findall(r"[^\s,;]+", text.upper())
    if not found or len(set(found)) < len(found) or not all(re.fullmatch(r"[A-Z]", one) for one in found):
        wrong = _("The forms {text} will not do: give each a letter of its own, as in --forms A,B,C,D.")
        raise LessonError(wrong.format(text=repr(text)))
    return found


def make_form(unit: Unit, release: str, letter: str, *, different: bool = False) -> Form:
    """One form of a release. With `different` its questions are drawn for it alone, else all forms share one draw."""
    seed = f"{unit.name}|{release}|{seed_of(letter)}|paper|"

    def place(name: str) -> bytes:
        return hashlib.sha256(f"{seed}{name}".encode()).digest()

    found = draw(unit, release, seed_of(letter) if different else "", in_order=False)
    parts = list(unit.lesson.quizzes)
    ordered = sorted(found, key=lambda each: (parts.index(each.part), place(each.item.id)))
    return Form(unit, release, letter, tuple(replace(each, item=_turned(each.item, seed)) for each in ordered))


# The steps of an order stay as they are shown on a screen: turned at random they could come out right.
_TURNED = ("choices", "left", "right", "cards", "rows")


def _turned(item: Item, seed: str) -> Item:
    def place(part: dict[str, Any]) -> bytes:
        return hashlib.sha256(f"{seed}{item.id}/{part['id']}".encode()).digest()

    lists = {name: sorted(item.body[name], key=place) for name in _TURNED if name in item.body}
    # The rubric of a text is no list of parts, and no other list has one of these names.
    return replace(item, body=item.body | lists)


def given_forms(students: Sequence[Student], letters: Sequence[str]) -> list[tuple[Student, str]]:
    """Which form each student gets: in turn, by the order of the class list.

    >>> [letter for _, letter in given_forms([Student("1", "Ada"), Student("2", "Bo"), Student("3", "Cy")], "AB")]
    ['A', 'B', 'A']
    """
    return [(student, letters[place % len(letters)]) for place, student in enumerate(students)]


# ---- places to write, and what may be written there -----------------------------------------------------------------


def slots(body: dict[str, Any]) -> list[tuple[str, ...]]:
    """What each lettered place of a question stands for: a part, or a row and a column of a table."""
    if body["type"] == "table":
        return [
            (row["id"], column["id"])
            for row in body["rows"]
            for column in body["columns"]
            if column["id"] in body["ask"][row["id"]]
        ]
    name = {"match": "left", "classify": "cards", "order": "steps"}.get(body["type"], "")
    return [(part["id"],) for part in body.get(name, ())]


def numbered(body: dict[str, Any]) -> list[str]:
    """What the numbers stand for that are written in the lettered places."""
    name = {"match": "right", "classify": "bins", "table": "values", "order": "steps"}.get(body["type"], "")
    return [part["id"] for part in body.get(name, ())]


def letter(place: int) -> str:
    """The letter of a choice or place on paper, from 0.

    >>> letter(0), letter(25), letter(27)
    ('A', 'Z', 'BB')
    """
    return chr(ord("A") + place % 26) * (place // 26 + 1)


def how_typed(body: dict[str, Any]) -> str:
    """How the answer to a question is typed into the class's sheet, in a few words.

    >>> how_typed({"type": "numeric", "unit": "days"})
    'type the number alone, in days'
    """
    kind = body["type"]
    if kind in ("single", "multiple"):
        last = letter(len(body["choices"]) - 1).lower()
        said = _("type one letter of a to {last}") if kind == "single" else _("type letters of a to {last}, as in a c")
        return said.format(last=last)
    if kind == "numeric":
        said = _("type the number alone, in {unit}") if body["unit"] else _("type the number alone")
        return said.format(unit=body["unit"])
    if kind == "short":
        return _("type the words")
    if kind == "text":
        return _("type the text, or paper where it is on paper and you mark it by the rubric")
    count, most = len(slots(body)), len(numbered(body))
    if kind == "order":
        said = _("type each number from 1 to {most} once, as in A=2 B=1, or the letters from first to last")
        return said.format(most=most)
    return _(
        "type a number from 1 to {most} for each letter from A to {last}, as in A=2 B=1, or the {count} numbers alone "
        "in that order"
    ).format(most=most, last=letter(count - 1), count=count)


def as_typed(item: Item) -> str:
    """The key as it would be typed for this form; "" for opinions and texts, which have none."""
    body, key, kind = item.body, item.key, item.type
    if item.opinion or kind == "text":
        return ""
    if kind in ("single", "multiple"):
        rights = [key["right"]] if kind == "single" else key["right"]
        return " ".join(letter(place).lower() for place, choice in enumerate(body["choices"]) if choice["id"] in rights)
    if kind == "numeric":
        return f"{key['value']:.15g}" if isinstance(key["value"], float) else str(key["value"])
    if kind == "short":
        return str(key["accepted"][0])
    numbers = numbered(body)
    if kind == "order":
        values = [key["steps"].index(step) + 1 for (step,) in slots(body)]
    elif kind == "table":
        values = [numbers.index(key["cells"][row][column][0]) + 1 for row, column in slots(body)]
    else:
        right = key["pairs" if kind == "match" else "bins"]
        values = [numbers.index(right[part]) + 1 for (part,) in slots(body)]
    return " ".join(f"{letter(place)}={value}" for place, value in enumerate(values))


# ---- reading what was typed ---------------------------------------------------------------------------------------

_BLANK = re.compile(r"[-–—_?.\s]*")
_WRITTEN = ("paper", "on paper", "p", "x", "✓", "✔", "yes", "written", ON_PAPER)


def read_cell(body: dict[str, Any], cell: str) -> Json:
    """What a cell says against this form's letters, in the form that is stored; None for a blank.

    Raises Unreadable, whose sentence says what may be typed.

    >>> read_cell({"type": "single", "choices": [{"id": "yes", "text": "Yes"}, {"id": "no", "text": "No"}]}, " B) ")
    'no'
    """
    cell = cell.strip()
    if re.match(r"'[=+@\-\t\r]", cell):
        cell = cell[1:]
    if _BLANK.fullmatch(cell):
        return None
    kind = body["type"]
    if kind == "text":
        return ON_PAPER if cell.casefold() in _WRITTEN else cell
    try:
        if kind in ("single", "multiple"):
            return marking.read(body, _choices(body["choices"], cell))
        if kind in ("numeric", "short"):
            return marking.read(body, cell)
        return marking.read(body, _placed(body, cell))
    except Unreadable:
        raise Unreadable(how_typed(body)) from None


def _choices(choices: Sequence[dict[str, str]], cell: str) -> Json:
    """Letters as the ids of this form's choices; anything else as it stands."""
    letters = [letter(place).lower() for place in range(len(choices))]
    tokens = [token.strip("().:").lower() for token in re.split(r"[\s,;+&/]+|\band\b", cell) if token.strip("().:")]
    if len(tokens) == 1 and len(set(tokens[0])) == len(tokens[0]) and all(one in letters for one in tokens[0]):
        tokens = list(tokens[0])
    if tokens and all(token in letters for token in tokens):
        return [choices[letters.index(token)]["id"] for token in dict.fromkeys(tokens)]
    return cell


def _placed(body: dict[str, Any], cell: str) -> Json:
    places, numbers = slots(body), numbered(body)
    names = [letter(place) for place in range(len(places))]
    found: dict[int, int] = {}
    for name, value in _pairs(body, cell, names):
        place = names.index(name) if name in names else -1
        if place < 0 or not 1 <= value <= len(numbers) or found.setdefault(place, value) != value:
            raise Unreadable("")
    if body["type"] == "order":
        if sorted(found.values()) != list(range(1, len(places) + 1)):
            raise Unreadable("")
        return [places[place][0] for place in sorted(found, key=found.__getitem__)]
    answer: dict[str, Any] = {}
    for place, value in found.items():
        first, *rest = places[place]
        if rest:
            answer.setdefault(first, {})[rest[0]] = numbers[value - 1]
        else:
            answer[first] = numbers[value - 1]
    return answer


def _pairs(body: dict[str, Any], cell: str, names: Sequence[str]) -> list[tuple[str, int]]:
    """Letter and number of each place answered, from A=2 B=1, A2 B1, 2=A 1=B, 2 1, or (for an order) b a."""
    atoms: list[str] = []
    for token in re.split(r"[\s,;/|]+", cell.upper()):
        inside = re.findall(r"[A-Z]+|\d+", token)
        atoms += inside or (["-"] if token and _BLANK.fullmatch(token) else [])
        if re.fullmatch(r"[A-Z]+[=:]*[-–—_?]+", token):  # A=_
            atoms.append("-")
        if not inside and token and not _BLANK.fullmatch(token) and not re.fullmatch(r"[=:→>]+", token):
            raise Unreadable("")
    shape = "".join("-" if atom == "-" else "N" if atom.isdigit() else "L" for atom in atoms)
    if shape == "N" and len(atoms[0]) == len(names) > 1:  # 213 for 2 1 3
        atoms, shape = list(atoms[0]), "N" * len(names)
    if re.fullmatch(r"[N-]+", shape) and len(atoms) == len(names):
        return [(name, int(atom)) for name, atom in zip(names, atoms, strict=True) if atom != "-"]
    if re.fullmatch(r"(L[N-])+", shape):
        return [(one, int(value)) for one, value in zip(atoms[::2], atoms[1::2], strict=True) if value != "-"]
    if re.fullmatch(r"(NL)+", shape):
        return [(one, int(value)) for value, one in zip(atoms[::2], atoms[1::2], strict=True)]
    if body["type"] == "order" and re.fullmatch(r"L+", shape):
        run = list(atoms[0]) if shape == "L" else atoms
        if len(run) == len(names):
            return [(one, place) for place, one in enumerate(run, start=1)]
    raise Unreadable("")
