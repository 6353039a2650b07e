"""The marking sheet and the teacher's desk: what is set is in the sheet at once, and what was there comes back."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
import pytest

from lesson_lib.classroom.desk import Desk, desk
from lesson_lib.classroom.practice import make
from lesson_lib.classroom.to_mark import answers_to_mark, keep_mark
from lesson_lib.know.errors import LessonError
from lesson_lib.show import panel
from lesson_lib.show.marking_sheet import MarkingSheet, marking_sheet

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "instructors" / "gradebook.ipynb"


@pytest.fixture
def mine(tmp_path: Path) -> Desk:
    place = make(tmp_path, "D", students=5)
    made = Desk("D", place.bank, place.roster, place.handins, place.grades)
    made.grade()
    return made


def sheet(mine: Desk, kind: str = "rubric") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(mine.path(kind).read_text(encoding="utf-8-sig"))))


def shown(one: MarkingSheet, message: dict[str, Any]) -> dict[str, Any]:
    state = one._reply({**message, "n": 7})
    assert state is not None
    assert state["n"] == 7
    json.dumps(state, allow_nan=False)
    return state


# ---- the sheet in the page ----------------------------------------------------------------------------------------


def rows() -> list[dict[str, Any]]:
    return [
        {
            "key": f"{item} {student}", "student": student, "item": item, "who": f"Student {student}",
            "question": f"Why **{item}**?", "text": [("prose", "Because.")], "checks": [("Enough words", "no", False)],
            "checked": "1 word", "points": ["names it", "says why"], "marks": [None, None], "comment": "",
        }
        for item in ("x", "y") for student in ("s1", "s2", "s3")
    ]  # fmt: skip


def test_what_is_set_is_kept_and_counted() -> None:
    kept: list[tuple[str, Sequence[float | None], str]] = []
    one = marking_sheet(rows(), lambda *given: kept.append(given))
    assert shown(one, {"do": "mark", "key": "x s1", "point": 1, "mark": "0.5"})["says"] == "Kept; a point is open."
    assert shown(one, {"do": "comment", "key": "x s1", "comment": "Good."})["now"]["comment"] == "Good."
    state = shown(one, {"do": "mark", "key": "x s1", "point": 0, "mark": "1"})
    assert kept == [("x s1", [None, 0.5], ""), ("x s1", [None, 0.5], "Good."), ("x s1", [1, 0.5], "Good.")]
    assert (state["says"], state["told"]) == ("Kept.", "1 of 6 answers, 1 marked.")
    assert repr(one) == "<Marking sheet: 6 answers, 1 marked>"
    assert shown(one, {"do": "mark", "key": "x s1", "point": 0, "mark": ""})["now"]["marks"] == [None, 0.5]


def test_what_cannot_be_kept_is_said_and_does_not_count() -> None:
    def locked(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "rubric-D.csv")

    def stale(*_: object) -> None:
        raise LessonError("run this cell again.")

    for keep, says in ((locked, "close the sheet in other programs"), (stale, "Not kept. run this cell again.")):
        state = shown(marking_sheet(rows(), keep), {"do": "mark", "key": "x s1", "point": 0, "mark": "1"})
        assert state["wrong"]
        assert says in state["says"]
        assert state["now"]["marks"] == [None, None]


def test_back_next_open_and_both_orders() -> None:
    one = marking_sheet(rows(), lambda *_: None)
    assert shown(one, {"do": "step", "by": "back"})["at"] == 0
    assert shown(one, {"do": "step", "by": "next"})["now"]["key"] == "x s2"
    for point in (0, 1):
        shown(one, {"do": "mark", "key": "x s3", "point": point, "mark": "0"})
    assert shown(one, {"do": "step", "by": "open"})["now"]["key"] == "y s1"
    state = shown(one, {"do": "order", "by": "student"})
    assert state["now"]["key"] == "y s1"
    assert [label.split(" · ")[0] for label in state["labels"]] == ["1. x", "2. y", "3. x", "4. y", "5. x", "6. y"]
    assert shown(one, {"do": "show", "at": 5})["now"]["key"] == "y s3"
    assert shown(one, {"do": "step", "by": "next"})["at"] == 5
    for row in one.rows:
        row["marks"] = [1, 1]
    assert shown(one, {"do": "step", "by": "open"})["says"] == "Every answer is marked."


@pytest.mark.parametrize(
    "message",
    [
        {}, {"do": "mark"}, {"do": "mark", "key": "x s1", "point": 9, "mark": "1"}, {"do": "show", "at": 99},
        {"do": "mark", "key": "x s1", "point": 0, "mark": "2"}, {"do": "order", "by": "name"}, {"do": 7},
        {"do": "mark", "key": "none", "point": 0, "mark": "1"}, {"do": "step", "by": "up"}, {"do": "show", "at": "1"},
    ],
)  # fmt: skip
def test_what_the_page_does_not_send_changes_nothing(message: dict[str, Any]) -> None:
    one = marking_sheet(rows(), lambda *_: pytest.fail("nothing is to be kept"))
    assert one._reply(message) is None


def test_it_is_stored_as_text_and_its_script_is_its_own() -> None:
    bundle = marking_sheet(rows(), lambda *_: None)._repr_mimebundle_()
    assert "x: 3 answers, 0 marked. Why x?" in bundle["text/plain"]
    assert "<fieldset" not in bundle["text/html"]
    assert 'PANELS["marking-sheet"]' in panel.script("marking_sheet.js")[0]
    assert "marking-sheet" not in panel.script()[0]
    assert panel.script()[1] != panel.script("marking_sheet.js")[1]
    assert "0 answers" in repr(marking_sheet([], lambda *_: None))
    assert marking_sheet([], lambda *_: None)._repr_mimebundle_()["text/plain"]


# ---- the sheet in its file ----------------------------------------------------------------------------------------


def test_a_mark_goes_into_the_sheet_and_nothing_else_changes(mine: Desk) -> None:
    before = sheet(mine)
    found = mine.to_mark()
    text = next(row for row in found if row["item"] != "brief")
    mine.keep(text["key"], [1, 0.5, *[None] * (len(text["points"]) - 2)], "=Look “again”;\nthere")
    after = sheet(mine)
    (changed,) = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    differs = {head: changed[1][head] for head in changed[0] if changed[0][head] != changed[1][head]}
    points = [head for head in changed[1] if head.startswith("point ")]
    assert differs == {points[0]: "1", points[1]: "0.5", "comment": "'=Look “again”;\nthere"}
    again = next(row for row in mine.to_mark() if row["key"] == text["key"])
    assert (again["marks"][:2], again["comment"]) == ([1.0, 0.5], "=Look “again”;\nthere")
    mine.keep(text["key"], [None] * len(text["points"]), "")
    assert sheet(mine) == before


def test_a_brief_comes_with_its_checks_and_is_marked(mine: Desk) -> None:
    briefs = [row for row in mine.to_mark() if row["item"] == "brief"]
    assert briefs
    row = briefs[0]
    assert (len(row["points"]), len(row["checks"])) == (7, 16)
    assert ("heading", "Claim") in row["text"]
    assert any(kind == "source" and words.startswith("[1] ") for kind, words in row["text"])
    mine.keep(row["key"], [1] * 7, "")
    assert repr(mine.count_marks()).startswith("1 text marked")
    total = next(line for line in sheet(mine, "gradebook") if line["id"] == row["student"])
    assert float(total["points"]) >= 14


def test_marks_of_a_spreadsheet_are_there_and_a_strange_sheet_is_said(mine: Desk) -> None:
    key = next(row["key"] for row in mine.to_mark() if row["item"] != "brief")
    path = mine.path("rubric")
    text = path.read_text(encoding="utf-8-sig")
    table = list(csv.DictReader(io.StringIO(text)))
    points = [head for head in table[0] if head.startswith("point ")]
    table[0][points[0]] = "0,75"
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(table[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(table)
    path.write_text(out.getvalue(), encoding="utf-16")
    assert mine.to_mark()[0]["marks"][0] == 0.75
    mine.keep(key, [0.75, 0, *[None] * (len(mine.to_mark()[0]["points"]) - 2)], "")
    assert path.read_text(encoding="utf-8-sig").splitlines()[0].count(";") > 5
    with pytest.raises(LessonError, match="has no line for nobody"):
        keep_mark(mine.grades, mine.unit, "three-questions nobody", [1], "")
    path.write_text("student,item\n", encoding="utf-8")
    with pytest.raises(LessonError, match="has no line for"):
        mine.keep(key, [1], "")


def test_the_rows_are_question_by_question(mine: Desk) -> None:
    found = answers_to_mark(mine.grades, mine.unit)
    items = list(dict.fromkeys(row["item"] for row in found))
    assert [row["item"] for row in found] == [item for item in items for row in found if row["item"] == item]
    assert items[-1] == "brief"


# ---- the desk -----------------------------------------------------------------------------------------------------


def test_a_practice_class_is_the_same_every_time(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        make(tmp_path / name, "D", students=6)
    assert (tmp_path / "one" / "moodle.zip").read_bytes() == (tmp_path / "two" / "moodle.zip").read_bytes()


@pytest.mark.parametrize("unit", ["A", "B", "C", "D"])
def test_every_unit_can_be_practised(unit: str) -> None:
    practised = desk(unit)
    assert "Nobody in it exists" in repr(practised)
    assert "22 hand-ins of 24 marked" in repr(practised.grade())
    assert "Changed in the practice bank" in repr(practised.practise_a_change())
    assert "Nothing is written yet" in repr(practised.regrade())
    assert "Written" in repr(practised.regrade(write=True))
    assert "Nothing changes" in repr(practised.regrade())
    assert "24 pages" in repr(practised.feedback("answers"))
    assert "for Canvas" in repr(practised.files())


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"unit": "Q"}, "There is no unit called 'Q'"),
        ({"unit": "D", "handins": "nowhere.zip", "grades": "g"}, "HAND_INS names nowhere.zip"),
        ({"unit": "D", "roster": "nowhere.csv", "handins": ".", "grades": "g"}, "CLASS_LIST names nowhere.csv"),
        ({"unit": "D", "bank_folder": "nowhere", "handins": ".", "grades": "g"}, "BANK names nowhere"),
        ({"unit": "D", "grades": "g"}, "HAND_INS is empty"),
        ({"unit": "D", "handins": "."}, "GRADES is empty"),
    ],
)
def test_a_wrong_path_is_one_sentence(given: dict[str, str], says: str) -> None:
    with pytest.raises(LessonError, match=says) as caught:
        desk(**given)
    assert len(str(caught.value).splitlines()) == 1


def test_a_step_too_early_is_one_sentence(tmp_path: Path) -> None:
    place = make(tmp_path, "A", students=3)
    early = Desk("A", place.bank, place.roster, place.handins, place.grades)
    for step in (early.to_mark, early.regrade, early.analysis, early.feedback, early.count_marks):
        with pytest.raises(LessonError) as caught:
            step()
        assert len(str(caught.value).splitlines()) == 1
    assert "your own class" in repr(early.practise_a_change())


# ---- the notebook -------------------------------------------------------------------------------------------------


def test_the_gradebook_notebook_keeps_the_house_rules() -> None:
    book = json.loads(BOOK.read_text(encoding="utf-8"))
    nbformat.validate(book)
    assert BOOK.stat().st_size <= 250_000
    ids = [cell["id"] for cell in book["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in ids)
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            lines = [line for line in "".join(cell["source"]).splitlines() if line.strip()]
            assert len(lines) <= 5, cell["id"]
            assert not [out for out in cell["outputs"] if out["output_type"] in ("error", "stream")], cell["id"]
    folders = next(cell for cell in book["cells"] if cell["id"] == "folders")
    names = ("BANK", "CLASS_LIST", "HAND_INS", "GRADES")
    assert all(f'{name} = ""' in "".join(folders["source"]) for name in names)
    stored = json.dumps([cell.get("outputs") for cell in book["cells"]])
    assert not re.search(r"/tmp|practice-class-|/home/|\\\\Users", stored)
    assert "Nobody in it exists" in stored
