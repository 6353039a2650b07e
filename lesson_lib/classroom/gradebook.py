"""The gradebook: one JSON line a student and item, and the tables a teacher and a platform want of it.

Merging is concatenating; grading two halves of a class gives the same lines as grading all at once. Rubric marks live
in a file of their own and are put in when totals are made, so that regrading never loses them.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from lesson_lib.classroom.grade import Graded
from lesson_lib.classroom.roster import Student
from lesson_lib.know.catalogue import _
from lesson_lib.know.errors import DataError, Problem
from lesson_lib.think.files import write_whole

RubricMarks: TypeAlias = Mapping[tuple[str, str], float]
"""What a reader gave a text or a brief, 0 to 1, by student and item."""


def write(path: Path, lines: Iterable[str]) -> int:
    """Writes a gradebook, whole or not at all; gives the number of lines."""
    count = 0

    def counted() -> Iterator[bytes]:
        nonlocal count
        for text in lines:
            count += text.count("\n")
            yield text.encode()

    write_whole(path, counted())
    return count


_AT_ONCE = 250
"""Lines taken apart together, which takes half as long as one by one."""


def read(path: Path) -> Iterator[Graded]:
    """The lines of a gradebook. Raises DataError with the number of a line that cannot be read."""
    with path.open(encoding="utf-8") as file:
        done = 0
        while lines := list(itertools.islice(file, _AT_ONCE)):
            try:
                rows: Iterable[Graded] = _rows(lines)
            except (ValueError, TypeError):
                rows = _one_by_one(path, lines, done)
            yield from rows
            done += len(lines)


def _rows(lines: Sequence[str]) -> list[Graded]:
    found = json.loads(f"[{','.join(lines)}]")
    if len(found) != len(lines):
        raise ValueError("A line holds no row, or more than one.")
    return [Graded(**row) for row in found]


def _one_by_one(path: Path, lines: Sequence[str], done: int) -> Iterator[Graded]:
    """The same, up to the line that cannot be read."""
    for number, text in enumerate(lines, start=done + 1):
        try:
            yield from _rows([text])
        except (ValueError, TypeError):
            fix = _("remove the line and grade again: nothing else is lost")
            raise DataError([Problem(path.name, number, "", text[:60], _("cannot be read"), fix)]) from None


def with_rubric(rows: Iterable[Graded], marks: RubricMarks) -> Iterator[Graded]:
    """The lines with what a reader gave the texts and briefs."""
    for row in rows:
        given = marks.get((row.student, row.item))
        if given is None or row.type not in ("text", "brief"):
            yield row
        else:
            yield replace(row, score=given, earned=round(row.points * given, 6))


@dataclass
class Total:
    """One student's unit: points earned and possible, what was answered, and what still waits for a reader."""

    student: str
    name: str
    points: float = 0.0
    possible: float = 0.0
    answered: int = 0
    items: int = 0
    to_mark: int = 0

    @property
    def score(self) -> float:
        return self.points / self.possible if self.possible else 0.0


def totals(rows: Iterable[Graded], roster: Sequence[Student] = ()) -> list[Total]:
    """One total a student, in the roster's order, then the others by id; who handed in nothing has no items."""
    found = {student.id: Total(student.id, student.name) for student in roster}
    for row in rows:
        total = found.setdefault(row.student, Total(row.student, row.name))
        total.points += row.earned
        total.possible += row.points
        total.items += 1
        total.answered += row.outcome not in ("blank", "unreadable")
        total.to_mark += row.score is None
    listed = {student.id for student in roster}
    return [found[student.id] for student in roster] + sorted(
        (total for name, total in found.items() if name not in listed), key=lambda total: total.student
    )


# ---- tables for people and platforms ------------------------------------------------------------------------------


def safe(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection).

    >>> safe("=1+1"), safe("-3.5"), safe("Ada")
    ("'=1+1", '-3.5', 'Ada')
    """
    text = "" if cell is None else str(cell)
    if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not _is_number(text):
        return f"'{text}"
    return text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.strip() == text and text[:1] != "+"


def to_csv(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV with safe cells."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def number(value: float) -> str:
    """Points without needless decimals.

    >>> number(12.0), number(7.333333)
    ('12', '7.33')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".")


def gradebook_csv(found: Sequence[Total], roster: Sequence[Student] = ()) -> str:
    """The class at a glance: a line a student."""
    known = {student.id: student for student in roster}
    rows: list[Sequence[object]] = [
        ("id", "name", "email", "section", "points", "possible", "percent", "answered", "items", "texts to mark")
    ]
    for total in found:
        student = known.get(total.student, Student(total.student, total.name))
        rows.append((
            total.student, total.name, student.email, student.section,
            number(total.points) if total.items else "", number(total.possible) if total.items else "",
            number(100 * total.score) if total.items else "", total.answered, total.items, total.to_mark,
        ))  # fmt: skip
    return to_csv(rows)


def canvas_csv(found: Sequence[Total], roster: Sequence[Student], title: str) -> str:
    """A file that Canvas's gradebook imports: its five columns as it exported them, and one for the unit.

    Canvas wants Student, ID, SIS User ID, SIS Login ID, Section and the points possible in the second line
    (Canvas guide, "How do I import grades in the Gradebook?").
    """
    heads = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
    by_id = {total.student: total for total in found}
    possible = max((total.possible for total in found), default=0.0)
    rows: list[Sequence[object]] = [(*heads, title), ("    Points Possible", "", "", "", "", number(possible))]
    for student in roster:
        given = {name.casefold(): value for name, value in student.extra.items()}
        own = [given.get(head.casefold(), "") for head in heads]
        own[0] = own[0] or student.name
        own[2] = own[2] or ("" if own[1] else student.id)
        total = by_id.get(student.id)
        rows.append((*own, number(total.points) if total and total.items else ""))
    return to_csv(rows)


def moodle_csv(found: Sequence[Total], roster: Sequence[Student], title: str) -> str:
    """A file for Moodle's CSV import: who by ID number and e-mail, the points, and a line of feedback.

    The teacher maps the columns in Moodle (Moodle docs, "Grade import").
    """
    by_id = {total.student: total for total in found}
    rows: list[Sequence[object]] = [("ID number", "Full name", "Email address", title, f"{title}: feedback")]
    for student in roster:
        total = by_id.get(student.id)
        handed_in = total is not None and total.items > 0
        said = f"{total.answered} of {total.items} answered" if total and handed_in else "nothing handed in"
        points = number(total.points) if total and handed_in else ""
        rows.append((student.id, student.name, student.email, points, said))
    return to_csv(rows)


# ---- regrading ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """A student whose points a new key or new points change, and by which items."""

    student: str
    name: str
    before: float
    after: float
    items: tuple[str, ...]


def changes(old: Iterable[Graded], new: Iterable[Graded]) -> list[Change]:
    """Who changes and by how much, largest change first; a student who is new or gone counts from or to 0."""
    before, after = _by_student(old), _by_student(new)
    found = []
    for student in dict.fromkeys([*before, *after]):
        was, now = before.get(student, {}), after.get(student, {})
        moved = tuple(item for item in sorted({*was, *now}) if _worth(was.get(item)) != _worth(now.get(item)))
        if moved:
            points = [round(sum(row.earned for row in rows.values()), 6) for rows in (was, now)]
            name = next(iter((now or was).values())).name
            found.append(Change(student, name, points[0], points[1], moved))
    return sorted(found, key=lambda each: (-abs(each.after - each.before), each.student))


def _by_student(rows: Iterable[Graded]) -> dict[str, dict[str, Graded]]:
    found: dict[str, dict[str, Graded]] = {}
    for row in rows:
        found.setdefault(row.student, {})[row.item] = row
    return found


def _worth(row: Graded | None) -> tuple[object, ...] | None:
    return None if row is None else (row.outcome, row.earned, row.points)
