"""The folder with a unit's grades: which file is which, everything that is made of the gradebook, and marking again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lesson_lib.classroom import gradebook
from lesson_lib.classroom.bank import Unit
from lesson_lib.classroom.grade import BRIEF, Graded, mark_again
from lesson_lib.classroom.gradebook import Change, Total
from lesson_lib.classroom.roster import Student
from lesson_lib.classroom.rubric import Reading, marks_of, read_sheet, update
from lesson_lib.know.catalogue import _
from lesson_lib.know.errors import LessonError


def book_path(output: Path, unit: str) -> Path:
    """The gradebook: a line a student and item."""
    return output / f"gradebook-{unit}.jsonl"


def sheets(output: Path, unit: str) -> tuple[Path, Path]:
    """The two sheets that readers fill: of the texts, and of the briefs."""
    return output / f"rubric-{unit}.csv", output / f"brief-{unit}.csv"


def read_book(output: Path, unit: str) -> list[Graded]:
    """Every line of the gradebook. Raises LessonError where the unit is not graded yet."""
    book = book_path(output, unit)
    if not book.is_file():
        raise LessonError(_("There is no {file}: grade the unit first.").format(file=book))
    return list(gradebook.read(book))


def readings(output: Path, unit: Unit) -> dict[tuple[str, str], Reading]:
    """What readers gave texts and briefs so far, by student and item. Raises DataError with every cell to mend."""
    found: dict[tuple[str, str], Reading] = {}
    for path in sheets(output, unit.name):
        found |= read_sheet(path, unit) if path.is_file() else {}
    return found


def make_tables(output: Path, unit: Unit, students: Sequence[Student]) -> list[Total]:
    """Makes the class list with points, the platforms' files and the readers' sheets; gives each student's total."""
    marks = marks_of(readings(output, unit))
    waiting: list[Graded] = []

    def rows() -> Iterator[Graded]:
        # The book may have millions of lines: it is read once, and only what a reader marks is kept.
        for row in gradebook.read(book_path(output, unit.name)):
            if row.type in ("text", BRIEF):
                waiting.append(row)
            yield row

    found = gradebook.totals(gradebook.with_rubric(rows(), marks), students)
    title = f"Unit {unit.name}: {unit.title}"
    for name, text in (
        ("gradebook", gradebook.gradebook_csv(found, students)),
        ("canvas", gradebook.canvas_csv(found, students, title)),
        ("moodle", gradebook.moodle_csv(found, students, title)),
    ):
        (output / f"{name}-{unit.name}.csv").write_text(text, encoding="utf-8", newline="\n")
    texts, briefs = sheets(output, unit.name)
    for path, kind in ((texts, "text"), (briefs, BRIEF)):
        if any(row.type == kind for row in waiting):
            update(path, unit, [row for row in waiting if row.type == kind])
    return found


def marked_again(
    output: Path, unit: Unit, given_out: Mapping[str, Any]
) -> tuple[list[Graded], list[Graded], list[Change]]:
    """The gradebook as it is, as it would be under today's key, and who changes. Raises LessonError."""
    old = read_book(output, unit.name)
    new = list(mark_again(unit, old, given_out))
    return old, new, gradebook.changes(old, new)


def write_again(output: Path, unit: str, new: Sequence[Graded], moved: Sequence[Change]) -> None:
    """Writes the new marks. The gradebook as it was, and who changed, go to the folder history, numbered."""
    book, history = book_path(output, unit), output / "history"
    history.mkdir(exist_ok=True)
    number = 1 + len(list(history.glob(f"gradebook-{unit}-*.jsonl")))
    (history / f"gradebook-{unit}-{number:03}.jsonl").write_bytes(book.read_bytes())
    rows = [("student", "name", "before", "after", "items")]
    for each in moved:
        points = [gradebook.number(value) for value in (each.before, each.after)]
        rows.append((each.student, each.name, points[0], points[1], " ".join(each.items)))
    (history / f"changes-{unit}-{number:03}.csv").write_text(gradebook.to_csv(rows), encoding="utf-8", newline="\n")
    gradebook.write(book, (row.to_line() for row in new))
