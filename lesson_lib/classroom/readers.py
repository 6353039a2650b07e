"""Two readers of the same texts: one sheet from both, and where they differ."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from lesson_lib.classroom.bank import Unit
from lesson_lib.classroom.gradebook import safe
from lesson_lib.classroom.rubric import Reading, read_sheet
from lesson_lib.classroom.sheet_lines import POINT, POINTS, id_cell, lines, numbered, read_text


@dataclass(frozen=True)
class Difference:
    """A point on which two readers differ."""

    student: str
    name: str
    item: str
    point: str
    first: float
    second: float


def two_readers(unit: Unit, first: Path, second: Path) -> tuple[str, list[Difference], int]:
    """One sheet from those of two readers, where they differ, and on how many points both gave a mark.

    A point that both marked gets the mean, one that only one marked that one's; comments are put together.
    Raises DataError for cells that cannot be read in either.
    """
    readers = (read_sheet(first, unit), read_sheet(second, unit))
    found = {which: [reader[which] for reader in readers if which in reader] for which in {**readers[0], **readers[1]}}
    merged = {which: _merged(given) for which, given in found.items()}
    delimiter, heads, written = lines(read_text(first), first.name)
    table: list[list[str]] = [list(heads)]
    for which, (points, marks, comment) in merged.items():
        line = next((line for line in written if (line.student, line.item) == which), None)
        cells: dict[str, str] = {head.casefold(): cell for head, cell in line.cells.items()} if line else {}
        cells |= {"student": id_cell(which[0]), "item": which[1], POINTS: numbered(points), "comment": comment}
        cells["name"] = found[which][0].name
        for head in heads:
            if at := POINT.match(head):
                place = int(at[1]) - 1
                cells[head.casefold()] = marks[place] if 0 <= place < len(marks) else "–"
        table.append([cells.get(head.casefold(), "") for head in heads])
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerows([safe(cell) for cell in row] for row in table)
    pairs = [pair for given in found.values() for pair in _both(given)]
    return out.getvalue(), [pair for pair in pairs if pair.first != pair.second], len(pairs)


def _merged(given: list[Reading]) -> tuple[tuple[str, ...], list[str], str]:
    """Points, their marks as cells, and the comments of one text."""
    cells = []
    for place in range(len(given[0].points)):
        marks = [mark for reader in given if (mark := reader.marks[place]) is not None]
        cells.append(f"{sum(marks) / len(marks):.4f}".rstrip("0").rstrip(".") if marks else "")
    comment = " / ".join(dict.fromkeys(reader.comment for reader in given if reader.comment))
    return given[0].points, cells, comment


def _both(given: list[Reading]) -> list[Difference]:
    """The points of one text that both readers marked."""
    if len(given) < 2:
        return []
    one, two = given
    return [
        Difference(one.student, one.name, one.item, point, first, second)
        for point, first, second in zip(one.points, one.marks, two.marks, strict=True)
        if first is not None and second is not None
    ]
