"""What waits for a reader as plain rows, for a page that shows them one by one; and a mark put into its sheet.

The sheet stays the one place where marks are: what is set in a page stands in it at once, and what a spreadsheet
program wrote into it is there in the page the next time.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from lesson_lib.classroom.bank import Unit
from lesson_lib.classroom.brief_pages import BRIEF_POINTS, checked
from lesson_lib.classroom.grade import BRIEF, Graded
from lesson_lib.classroom.gradebook import number, safe
from lesson_lib.classroom.grades import read_book, readings, sheets
from lesson_lib.classroom.rubric import HINT, Reading, count_done, found_said, text_said, update
from lesson_lib.classroom.sheet_lines import POINT, bare, lines, read_text, save, squeezed
from lesson_lib.know.catalogue import _, ngettext
from lesson_lib.know.errors import LessonError
from lesson_lib.think.brief import brief, clean
from lesson_lib.think.brief_export import document


def answers_to_mark(output: Path, unit: Unit) -> list[dict[str, Any]]:
    """Every text and brief that a reader marks, question by question, with what is set in the sheets so far.

    The sheets are made anew first, so that they have the points of today. Raises LessonError.
    """
    order = {name: place for place, name in enumerate((*unit.items, BRIEF))}
    rows = [row for row in read_book(output, unit.name) if row.type in ("text", BRIEF) and row.score is None]
    rows = sorted((row for row in rows if row.item in order), key=lambda row: order[row.item])
    for path, kind in zip(sheets(output, unit.name), ("text", BRIEF), strict=True):
        if own := [row for row in rows if row.type == kind]:
            update(path, unit, own)
    given = readings(output, unit)
    return [_row(unit, row, given.get((row.student, row.item))) for row in rows]


def _row(unit: Unit, row: Graded, reading: Reading | None) -> dict[str, Any]:
    make: Callable[[Unit, Graded], dict[str, Any]] = _brief if row.type == BRIEF else _text
    found = make(unit, row)
    return found | {
        "key": f"{row.item} {row.student}",
        "student": row.student,
        "item": row.item,
        "who": f"{row.name} ({row.student})",
        "marks": [*reading.marks] if reading else [None] * len(found["points"]),
        "comment": reading.comment if reading else "",
    }


def _text(unit: Unit, row: Graded) -> dict[str, Any]:
    variants = unit.items[row.item]
    body, said = variants[row.variant % len(variants)].body, text_said(unit, row)
    text = clean(str(row.answer or ""), most=200_000)
    words = len(text.split())
    checks = [
        (_("Enough words"), said["enough words?"], words >= body["min_words"]),
        (_("Words of the points that stand in it"), said[HINT], False),
    ]
    return {
        "question": body["stem"],
        "text": [("prose", paragraph) for paragraph in text.split("\n\n")],
        "points": list(body["rubric"]),
        "checks": checks,
        "checked": ngettext("{n} word", "{n} words", words).format(n=words),
    }


def _brief(_unit: Unit, row: Graded) -> dict[str, Any]:
    settings = row.answer if isinstance(row.answer, dict) else {}
    looked = checked(settings)
    blocks = document(brief(settings)).blocks
    sources = [block for block in blocks if block.kind == "source"]
    return {
        "question": _("The brief of lesson 10"),
        "text": [
            (block.kind, f"[{sources.index(block) + 1}] {block.text}" if block in sources else block.text)
            for block in blocks
        ],
        "points": [*map(_, BRIEF_POINTS)],
        "checks": [(title, found_said(state), state == "done") for title, state in looked],
        "checked": _("{done} of {of} done").format(done=count_done(looked), of=len(looked)),
    }


def keep_mark(output: Path, unit: Unit, key: str, marks: Sequence[float | None], comment: str) -> None:
    """Puts the marks and the comment of one answer into its sheet; every other cell stays as it is.

    Raises LessonError when the sheet has no line for it or other points, OSError when it cannot be written.
    """
    item, _space, student = key.partition(" ")
    path = sheets(output, unit.name)[item == BRIEF]
    delimiter, heads, found = lines(read_text(path), path.name)
    line = next((one for one in found if (one.student, one.item) == (student, item)), None)
    points = BRIEF_POINTS if item == BRIEF else tuple(unit.items[item][0].body["rubric"]) if item in unit.items else ()
    if line is None or [bare(one) for one in line.points] != [bare(squeezed(point)) for point in points]:
        wrong = _("{file} has no line for {student}, {item}, with these points: run this cell again.")
        raise LessonError(wrong.format(file=path.name, student=student, item=item))
    written = {at: "" if mark is None else number(mark) for at, mark in enumerate(marks, start=1)}
    cells = {}
    for head in heads:
        if (at := POINT.match(head)) and int(at[1]) in written:
            cells[head] = written[int(at[1])]
        elif head.casefold() == "comment":
            cells[head] = comment
    line.cells |= cells
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows([safe(one.cells[head]) for head in heads] for one in found)
    save(path, out.getvalue())
