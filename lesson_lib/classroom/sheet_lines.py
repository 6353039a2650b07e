"""A rubric sheet as lines: cells as a reader typed them, whatever a spreadsheet program made of the file."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lesson_lib.know import catalogue
from lesson_lib.know.catalogue import _
from lesson_lib.know.errors import DataError, Problem
from lesson_lib.think.files import write_whole

POINTS = "what to look for"
"""The column that says what each point asks for."""
POINT = re.compile(r"(?i)\s*point (\d{1,2})\b")


@dataclass
class Line:
    """One line of a sheet, every cell as it was typed."""

    number: int
    student: str = ""
    name: str = ""
    item: str = ""
    points: list[str] = field(default_factory=list)
    marks: dict[int, str] = field(default_factory=dict)
    comment: str = ""
    note: str = ""
    cells: dict[str, str] = field(default_factory=dict)

    @property
    def written(self) -> bool:
        """Whether the reader wrote anything that would be missed."""
        return bool(self.comment or any(typed(mark) for mark in self.marks.values()))


def typed(mark: str) -> str:
    """A mark's cell; the dash of a cell that is not asked for is nothing, also in a wrong encoding."""
    return "" if mark in ("–", "-", "—", "â€“", "Ð") else mark


def lines(text: str, file: str) -> tuple[str, list[str], list[Line]]:
    """Delimiter, headings and lines of a sheet. Raises DataError when it is not one."""
    csv.field_size_limit(10_000_000)
    text = text.removeprefix("\ufeff").replace("\x00", "")
    for delimiter in ",;\t":
        try:
            table = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        except csv.Error as error:
            fix, wrong = _("open it in a spreadsheet program and save it as CSV again"), _("cannot be read ({reason})")
            raise DataError([Problem(file, None, "", "", wrong.format(reason=error), fix)]) from None
        heads = [" ".join(head.split()) for head in table[0]] if table else []
        if {"student", "item"} <= {head.casefold() for head in heads}:
            return delimiter, heads, [_line(at, heads, row) for at, row in enumerate(table[1:], 2) if any(row)]
    shown = text.split("\n", 1)[0].strip()
    fix = _("put back the heading line, or move the file away: grading makes a new sheet")
    raise DataError([Problem(file, 1, _("heading"), shown, _("has no columns student and item"), fix)])


def _line(row_number: int, heads: Sequence[str], row: Sequence[str]) -> Line:
    cells = {head: row[place].strip() if place < len(row) else "" for place, head in enumerate(heads)}
    known = {head.casefold(): text for head, text in cells.items()}
    marks = {int(at[1]): text for head, text in cells.items() if (at := POINT.match(head)) and int(at[1]) > 0}
    listed = known.get(POINTS, "")
    return Line(
        number=row_number,
        student=known["student"].removeprefix("'"),
        name=known.get("name", ""),
        item=known["item"],
        points=[re.sub(r"^\d+\. ", "", point) for point in re.split(r" \| (?=\d+\. )", listed)] if listed else [],
        marks=marks,
        comment=known.get("comment", ""),
        note=known.get("note", ""),
        cells=cells,
    )


def bare(text: str) -> str:
    """A text without what an encoding may have changed on its way through a spreadsheet program.

    A text in another alphabet keeps its letters: nothing would be left to know it by.

    >>> bare("Names the clause – “who decides”"), bare("Теза: НАТО (NATO)")
    ('namestheclausewhodecides', 'тезанатоnato')
    """
    letters = re.sub(r"[\W_]", "", text[:4000].casefold())
    latin = re.sub(r"[^a-z0-9]", "", letters)
    return latin if 2 * len(latin) > len(letters) else letters


def carried(line: Line, points: Sequence[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """The marks under today's points, and those whose point is gone.

    A point keeps its marks when it moves; one that was only reworded is known by its place.
    """
    was, now = [bare(point) for point in line.points], [bare(squeezed(point)) for point in points]
    marks, dropped = [""] * len(points), []
    for place, mark in sorted(line.marks.items()):
        if not typed(mark):
            continue
        at, old = place - 1, was[place - 1] if place <= len(was) else None
        if old is not None and old in now:
            marks[now.index(old)] = mark
        elif at < len(now) and (old is None or (len(was) == len(now) and now[at] not in was)):
            marks[at] = mark
        else:
            dropped.append((line.points[at] if old is not None else f"point {place}", mark))
    return marks, dropped


_WORDS = {
    **dict.fromkeys(("x", "✓", "✔", "yes", "y"), 1.0), **dict.fromkeys(("½", "1/2"), 0.5),
    **dict.fromkeys(("no", "n"), 0.0),
    # The same on a Ukrainian keyboard, whose letter for x looks like it and is another.
    **dict.fromkeys(("\N{CYRILLIC SMALL LETTER HA}", "так"), 1.0), "ні": 0.0,
}  # fmt: skip


def mark_of(typed: str) -> float | None:
    """A mark as it was typed, 0 to 1; None for what is none.

    >>> mark_of("0,5"), mark_of("X"), mark_of("50 %"), mark_of("2"), mark_of("так")
    (0.5, 1.0, 0.5, None, 1.0)
    """
    text = typed.strip().removeprefix("'").casefold()
    if text in _WORDS:
        return _WORDS[text]
    found = re.fullmatch(r"(\d{0,3}(?:[.,]\d{0,6})?)\s*(%?)", text, re.ASCII)
    try:
        value = float(found[1].replace(",", ".")) / (100 if found[2] else 1) if found else math.nan
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None


# ---- cells and texts ---------------------------------------------------------------------------------------------


def squeezed(text: str) -> str:
    """A point on one line, and without the sign that parts points."""
    return " ".join(text.replace("|", "/").split())


def numbered(points: Sequence[str]) -> str:
    """Points in one cell.

    >>> numbered(["names the clause", "says who decides"])
    '1. names the clause | 2. says who decides'
    """
    return " | ".join(f"{place}. {squeezed(point)}" for place, point in enumerate(points, start=1))


def id_cell(student: str) -> str:
    """An id that a spreadsheet program would take for a number or a date keeps its characters by an apostrophe.

    >>> id_cell("0042"), id_cell("1-2"), id_cell("s1"), id_cell("314159")
    ("'0042", "'1-2", 's1', '314159')
    """
    plain = re.fullmatch(r"[A-Za-z_][\w.@-]*|[1-9]\d{0,10}|0", student)
    month = re.match(r"(?i)(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|true$|false$)", student)
    return student if plain and not month else f"'{student}"


# ---- files -------------------------------------------------------------------------------------------------------


def read_text(path: Path) -> str:
    """The text of a file that a spreadsheet program saved: UTF-8, UTF-16, or Windows' own. Raises DataError."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        fix, wrong = _("close it elsewhere, and check the name and the folder"), _("cannot be read ({reason})")
        raise DataError([Problem(path.name, None, "", "", wrong.format(reason=error.strerror), fix)]) from None
    if raw[:2] == b"PK":
        fix = _("save the sheet as CSV (Save As, type CSV UTF-8)")
        raise DataError([Problem(path.name, None, "", "", _("is a workbook, not CSV"), fix)])
    # Without UTF-8, a spreadsheet program on Windows saves in the code page of the country.
    windows = "cp1251" if catalogue.current() == "uk" else "cp1252"
    for encoding in ("utf-8-sig", "utf-16") if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", windows):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    fix = _("save the sheet as CSV with the encoding UTF-8")
    raise DataError([Problem(path.name, None, "", "", _("is not text"), fix)])


def save(path: Path, text: str) -> None:
    """Writes a sheet so that a spreadsheet program opens it with every letter right."""
    write_whole(path, [text.encode("utf-8-sig")])
