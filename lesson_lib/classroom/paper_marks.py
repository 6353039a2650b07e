"""Answers typed from paper: the sheet to type into, what it says against each student's form, and the marks for it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lesson_lib.classroom import gradebook
from lesson_lib.classroom.bank import Unit
from lesson_lib.classroom.grade import BRIEF, Graded, Paper, mark_paper
from lesson_lib.classroom.paper_forms import Form, given_forms, how_typed, make_form, read_cell, seed_of
from lesson_lib.classroom.roster import Student, same_name
from lesson_lib.classroom.sheet_lines import id_cell, read_text
from lesson_lib.know.catalogue import N_, _
from lesson_lib.know.errors import DataError, Problem
from lesson_lib.think.reading import Unreadable

NOT_READ = N_("not readable: ")
"""What stands before a cell that nobody could read: its answer is unreadable, neither right nor wrong.

So it is kept, in every language; the student's page shows it translated.
"""


@dataclass(frozen=True)
class Typed:
    """What a sheet says: a paper for each student in it, what cannot be used, and who is not in it."""

    papers: tuple[Paper, ...]
    problems: tuple[Problem, ...]
    missing: tuple[Student, ...] = ()


def template(forms: Sequence[Form], students: Sequence[Student]) -> str:
    """The sheet to type answers into: a line a student, a column a question number of that student's form."""
    most = max(len(form.questions) for form in forms)
    rows: list[Sequence[object]] = [("student", "name", "form", *range(1, most + 1))]
    rows += [
        (id_cell(student.id), student.name, letter, *[""] * most)
        for student, letter in given_forms(students, [form.letter for form in forms])
    ]
    return gradebook.to_csv(rows)


def read_paper(path: Path, unit: Unit, release: Mapping[str, Any], roster: Sequence[Student] = ()) -> Typed:
    """The answers in a sheet, each letter read against the form of its line.

    `release` is what was printed: {"release", "per_student", "forms"}. A cell that cannot be read costs that answer
    alone, a line that cannot be placed that line alone: both are listed with file, line and what is valid. A line
    without answers is nobody's. Raises DataError when the file is no such sheet.
    """
    lines, columns = _lines(path, min(unit.lesson.release or len(unit.items), len(unit.items)))
    letters = [str(letter) for letter in release["forms"]]
    forms = {
        letter: make_form(unit, str(release["release"]), letter, different=bool(release.get("per_student")))
        for letter in letters
    }
    papers: dict[str, Paper] = {}
    problems: list[Problem] = []
    for at, line in lines:
        cells = {column: line[place].strip() if place < len(line) else "" for column, place in columns.items()}
        if not any(text for column, text in cells.items() if isinstance(column, int)):
            continue
        student, wrong = _student(cells["student"], cells.get("name", ""), roster)
        form = forms.get(cells["form"].strip("'()").upper().removeprefix("FORM").strip())
        who = student.name if student else str(cells.get("name") or cells["student"])
        if student is None:
            problems.append(Problem(path.name, at, "student", cells["student"], *wrong))
        elif form is None:
            fix = _("type the form that stands on the student's pages, one of {forms}").format(forms=", ".join(letters))
            wrong_form = _("is not one of the forms") if cells["form"] else _("is empty")
            problems.append(Problem(path.name, at, f"{who}, form", cells["form"], wrong_form, fix))
        elif student.id in papers:
            fix = _("keep one line for each student: the first one counts")
            problems.append(Problem(path.name, at, "student", student.id, _("stands twice"), fix))
        else:
            record, unread = _record(form, cells)
            papers[student.id] = Paper(student.id, student.name, record, path.name)
            problems += [Problem(path.name, at, f"{who}, {place}", *rest) for place, *rest in unread]
    missing = tuple(student for student in roster if student.id not in papers)
    return Typed(tuple(sorted(papers.values(), key=lambda paper: paper.student)), tuple(problems), missing)


def _record(form: Form, cells: Mapping[str | int, str]) -> tuple[dict[str, Any], list[tuple[str, str, str, str]]]:
    """A hand-in's record from a line, and the cells that cannot be read: where, what, why, and what is valid."""
    items: dict[str, Any] = {}
    unread = []
    for place, each in enumerate(form.questions, start=1):
        cell = cells.get(place, "")
        try:
            answer = read_cell(each.item.body, cell)
        except Unreadable as error:
            answer = f"{NOT_READ}{cell}"
            where = _("question {n} of form {letter}").format(n=place, letter=form.letter)
            unread.append((where, cell, _("cannot be read"), str(error)))
        if answer is not None:
            items[f"{form.unit.name}-{each.part}/{each.item.id}"] = {"answer": answer}
    extra = [
        column for column, text in cells.items() if isinstance(column, int) and column > len(form.questions) and text
    ]
    unread += [
        (
            _("column {name}").format(name=column),
            cells[column],
            _("has no question: form {letter} has {n}").format(letter=form.letter, n=len(form.questions)),
            _("clear it"),
        )
        for column in extra
    ]
    return {"items": items, "unit": {"release": form.release, "student": seed_of(form.letter)}}, unread


def _student(given: str, name: str, roster: Sequence[Student]) -> tuple[Student | None, tuple[str, str]]:
    """Who a line is about: by id, also as a spreadsheet program leaves it, else by a name that only one has."""
    typed = given.removeprefix("'")
    if not roster:
        found = [Student(typed, name.removeprefix("'") or typed)] if typed else []
        return (found[0], ("", "")) if found else (None, (_("is empty"), _("type the student's id")))

    def bare(text: str) -> str:
        return re.sub(r"\.0$", "", text.casefold()).lstrip("0")

    exact = [student for student in roster if student.id == typed]
    near = [student for student in roster if typed and bare(student.id) == bare(typed)]
    named = [student for student in roster if name and not typed and same_name(student.name) == same_name(name)]
    for found in (exact, near, named):
        if len(found) == 1:
            return found[0], ("", "")
    fix = _("type the id as it stands in the class list")
    return None, (_("is empty") if not typed else _("is not in the class list"), fix)


def _lines(path: Path, most: int) -> tuple[list[tuple[int, list[str]]], dict[str | int, int]]:
    """The sheet's lines with their numbers, and in which place each column stands: names, and question numbers."""
    text = read_text(path).removeprefix("\ufeff").replace("\x00", "")
    csv.field_size_limit(10_000_000)
    for delimiter in ",;\t":
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            table = [(reader.line_num, line) for line in reader]
        except csv.Error as error:
            fix, wrong = _("open it in a spreadsheet program and save it as CSV again"), _("cannot be read ({reason})")
            problem = Problem(path.name, reader.line_num, "", "", wrong.format(reason=error), fix)
            raise DataError([problem]) from None
        columns = _columns(table[0][1] if table else [])
        if {"student", "form"} <= set(columns):
            lacking = [str(number) for number in range(1, most + 1) if number not in columns]
            if lacking:
                fix = _("put the column back, or print the unit again for a new sheet")
                raise DataError([Problem(path.name, 1, _("heading"), ", ".join(lacking), _("is missing"), fix)])
            return [(at, line) for at, line in table[1:] if any(cell.strip() for cell in line)], columns
    fix = _("use the sheet that lessons print has made, with the columns student, name, form, 1, 2 …")
    head = text.split("\n", 1)[0].strip()
    raise DataError([Problem(path.name, 1, _("heading"), head, _("has no columns student and form"), fix)])


def _columns(heads: Iterable[str]) -> dict[str | int, int]:
    found: dict[str | int, int] = {}
    for place, head in enumerate(heads):
        name = " ".join(head.casefold().split())
        numbered = re.fullmatch(r"(?:q|no|question)?[\s.]*(\d{1,3})(?:\.0)?", name)
        found.setdefault(int(numbered[1]) if numbered else "student" if name in ("id", "student id") else name, place)
    return found


# ---- marks --------------------------------------------------------------------------------------------------------


def mark_typed(unit: Unit, typed: Typed, release: Mapping[str, Any]) -> Iterator[Graded]:
    """The marks for what was typed, as the gradebook has them; texts left on paper wait for the rubric."""
    entry = {**release, "behaviour": "test"}
    for paper in typed.papers:
        # The form stands where a student's id does in the draw: whose paper it is comes back in afterwards.
        form = str(paper.record["unit"]["student"])
        for row in mark_paper(unit, replace(paper, student=form), entry):
            yield replace(row, student=paper.student)


def join(before: Iterable[Graded], added: Iterable[Graded]) -> list[Graded]:
    """One gradebook from two, by student; who stands in both keeps the lines of `added`.

    A brief is handed in beside a paper: it stays where only one of the two has it, and so do the paper's lines where
    nothing but the brief was handed in.
    """
    old, new = _by_student(before), _by_student(added)
    for student in old.keys() & new.keys():
        if not any(row.type == BRIEF for row in new[student]):
            continue
        kept: list[Graded] = []
        for of_brief in (False, True):
            was, now = ([row for row in rows[student] if (row.type == BRIEF) == of_brief] for rows in (old, new))
            kept += was if was and all(row.outcome == "blank" for row in now) else now
        new[student] = kept
    both = old | new
    return [row for student in sorted(both) for row in both[student]]


def _by_student(rows: Iterable[Graded]) -> dict[str, list[Graded]]:
    found: dict[str, list[Graded]] = {}
    for row in rows:
        found.setdefault(row.student, []).append(row)
    return found


__all__ = ["NOT_READ", "Typed", "how_typed", "join", "mark_typed", "read_paper", "template"]
