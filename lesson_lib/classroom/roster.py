"""The class list: who is in it, as a teacher keeps it or a learning platform exports it."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lesson_lib.classroom.sheet_lines import read_text
from lesson_lib.know.catalogue import _
from lesson_lib.know.errors import DataError, Problem

# Headings as teachers write them and as Canvas and Moodle export them, most telling first.
_ID = ("id", "student id", "id number", "sis user id", "user id", "username", "sis login id", "matriculation number")
_NAME = ("name", "full name", "student", "student name")
_FIRST, _LAST = ("first name", "given name"), ("last name", "surname", "family name")
_EMAIL = ("email", "email address", "e-mail")
_SECTION = ("section", "group", "class")


@dataclass(frozen=True)
class Student:
    """One student; `extra` keeps every column of the list, for the files that go back to a platform."""

    id: str
    name: str
    email: str = ""
    section: str = ""
    extra: dict[str, str] = field(default_factory=dict, compare=False)


def read_roster(path: Path) -> list[Student]:
    """The students in a class list: a CSV file with a column for the id and one for the name (or first and last name).

    Commas, semicolons or tabs; UTF-8 or what Excel writes; the headings of Canvas and Moodle exports are understood.
    Raises DataError with file, line and fix for everything that is wrong.
    """
    text = read_text(path)
    lines = list(csv.reader(io.StringIO(text), delimiter=_delimiter(text)))
    if not lines or not any(lines[0]):
        raise DataError(
            [Problem(path.name, 1, "", "", _("is empty"), _("write a heading line, id,name, and a line a student"))]
        )
    heads = [head.strip() for head in lines[0]]
    columns = {head.casefold(): place for place, head in reversed(list(enumerate(heads)))}

    def column(names: Sequence[str]) -> int | None:
        return next((columns[name] for name in names if name in columns), None)

    # Canvas has a column "ID" of its own numbers beside the school's: the school's is the one students know.
    canvas = "sis user id" in columns and "student" in columns
    ids = column(("sis user id", "sis login id", "id") if canvas else _ID)
    names, first, last = column(_NAME), column(_FIRST), column(_LAST)
    if ids is None or (names is None and first is None and last is None):
        wrong = _("has no column for an id") if ids is None else _("has no column for a name")
        found = ", ".join(heads)
        fix = _("name one column id and one name (or first name and last name)")
        raise DataError([Problem(path.name, 1, _("heading"), found, wrong, fix)])
    problems: list[Problem] = []
    students: dict[str, Student] = {}
    for number, line in enumerate(lines[1:], start=2):

        def cell(place: int | None, line: list[str] = line) -> str:
            return " ".join(line[place].split()) if place is not None and place < len(line) else ""

        if not any(part.strip() for part in line) or cell(names).casefold() == "points possible":
            continue
        student_id = cell(ids)
        name = cell(names) or " ".join(filter(None, [cell(first), cell(last)]))
        if not student_id or not name:
            problems.append(
                Problem(path.name, number, "id" if not student_id else "name", "", _("is empty"), _("fill it in"))
            )
        elif student_id in students:
            fix = _("give each student one line")
            problems.append(Problem(path.name, number, "id", student_id, _("stands twice"), fix))
        else:
            extra = {head: line[place].strip() if place < len(line) else "" for place, head in enumerate(heads)}
            email, section = cell(column(_EMAIL)), cell(column(_SECTION))
            students[student_id] = Student(student_id, name, email, section, extra)
    if not students and not problems:
        fix = _("write one line a student under the heading")
        problems.append(Problem(path.name, 2, "", "", _("has no students"), fix))
    if problems:
        raise DataError(problems)
    return list(students.values())


def _delimiter(text: str) -> str:
    heading = text.split("\n", 1)[0]
    return max(",;\t", key=heading.count)


def same_name(name: str) -> str:
    """A name without case, accents, punctuation and order, to compare how two systems write it.

    >>> same_name("Müller, Anna-Lena") == same_name("anna lena muller")
    True
    """
    bare = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return " ".join(sorted(re.findall(r"\w+", bare)))
