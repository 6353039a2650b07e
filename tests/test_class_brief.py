"""A brief handed in beside unit D: laid out, marked, in every total, kept on regrade, and on the student's page."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from test_class_of_thirty import run

from lesson_lib.classroom.bank import load_unit
from lesson_lib.classroom.brief_pages import BRIEF_POINTS, brief_html
from lesson_lib.classroom.collect import stream
from lesson_lib.classroom.grade import Paper, mark_again, mark_paper
from lesson_lib.classroom.paper_marks import join
from lesson_lib.classroom.practice import Practice, make
from lesson_lib.classroom.release import student_file
from lesson_lib.classroom.roster import Student
from lesson_lib.know.errors import DataError
from lesson_lib.think import answers

POINTS = 14
GIVEN = {"release": "practice", "per_student": True, "behaviour": "test"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Practice:
    made = make(tmp_path_factory.mktemp("class"), "D", students=9)
    run("grade", made.handins, "--unit", "D", "--bank", made.bank, "-o", made.grades)
    return made


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def points(place: Practice, name: str, column: int) -> dict[str, str]:
    """A column of one of the tables by student."""
    rows = list(csv.reader(io.StringIO((place.grades / f"{name}-D.csv").read_text(encoding="utf-8-sig"))))
    return {row[1 if name == "canvas" else 0]: row[column] for row in rows[1:]}


def test_everybody_can_earn_the_briefs_points_and_who_has_none_earns_none(place: Practice) -> None:
    rows = [json.loads(line) for line in (place.grades / "gradebook-D.jsonl").read_text(encoding="utf-8").splitlines()]
    briefs = {row["student"]: row for row in rows if row["type"] == "brief"}
    assert len(briefs) == len({row["student"] for row in rows})
    assert {row["points"] for row in briefs.values()} == {POINTS}
    assert {row["score"] for row in briefs.values() if row["outcome"] == "recorded"} == {None}
    assert {row["earned"] for row in briefs.values()} == {0.0}
    assert {line["possible"] for line in table(place.grades / "gradebook-D.csv") if line["items"] != "0"} == {"37"}
    handed_in = {student for student, row in briefs.items() if row["outcome"] == "recorded"}
    assert {line["student"] for line in table(place.grades / "brief-D.csv")} == handed_in
    assert len(handed_in) >= 4


def test_its_marks_go_everywhere_and_stay(place: Practice) -> None:
    grades, where = place.grades, ("--unit", "D", "--bank", place.bank, "-o", place.grades)
    before = {name: points(place, name, at) for name, at in (("gradebook", 4), ("canvas", 5), ("moodle", 3))}
    lines = table(grades / "brief-D.csv")
    marked = lines[0]["student"]
    lines[0] |= {head: "0,5" for head in lines[0] if head.startswith("point ")} | {"comment": "Name the addressee."}
    with (grades / "brief-D.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(lines)
    run("regrade", *where, "--write")
    for name, at in (("gradebook", 4), ("canvas", 5), ("moodle", 3)):
        after = points(place, name, at)
        # A unit that is 7 points up: half of fourteen.
        assert float(after[marked]) == pytest.approx(float(before[name][marked]) + POINTS / 2, abs=0.011)
        assert {who: value for who, value in after.items() if who != marked} == {
            who: value for who, value in before[name].items() if who != marked
        }
    assert run("grade", place.handins, *where)
    assert table_of(grades, marked)["comment"] == "Name the addressee."
    assert float(points(place, "gradebook", 4)[marked]) > float(before["gradebook"][marked])

    told = run("reading", *where)
    assert "rubric-D.csv and brief-D.csv" in told
    page = (grades / "reading-D.html").read_text(encoding="utf-8")
    assert "The briefs" in page
    assert page.count('<div class="brief">') == len(lines)
    assert "marked 50 %" in page
    run("feedback", *where, "--reveal", "answers")
    own = (grades / "feedback-D" / f"{marked}.html").read_text(encoding="utf-8")
    assert "Your brief (lesson 10)" in own
    assert "Name the addressee." in own
    assert "7 of 14 points" in own
    assert all(point.split(":")[0] in own for point in BRIEF_POINTS)
    assert re.search(r"\d+ of 12 questions answered", own)
    assert "12 questions" in own
    analysed = run("analyse", *where)
    assert "analysed" in analysed
    assert "brief" not in {line["item"] for line in table(grades / "analysis-D.csv")}

    # The unit's points are changed: a regrade shows it, and the marks stay.
    path = place.bank / "D.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[brief]\npoints = 14", "[brief]\npoints = 28"), encoding="utf-8")
    run("regrade", *where, "--write")
    assert {line["possible"] for line in table(grades / "gradebook-D.csv") if line["items"] != "0"} == {"51"}
    assert float(points(place, "gradebook", 4)[marked]) == pytest.approx(
        float(before["gradebook"][marked]) + POINTS, abs=0.011
    )


def table_of(grades: Path, student: str) -> dict[str, str]:
    text = (grades / "brief-D.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";" if ";" in text.split("\n")[0] else ","))
    return next(line for line in rows if line["student"] == student)


def record(lesson: str, name: str, **more: object) -> str:
    items: dict[str, object] = {}
    held = {"format": answers.FORMAT, "lesson": lesson, "title": "", "name": name, "items": items, **more}
    return json.dumps(held | {"unreadable_lines": 0, "receipt": answers.receipt(lesson, name, items, more.get("labs"))})


def test_the_brief_comes_from_the_lessons_hand_in_or_the_units(tmp_path: Path) -> None:
    roster = [Student("a", "Ada A"), Student("b", "Bo B"), Student("c", "Cy C"), Student("d", "Di D")]
    first, second = {"brief": {"claim": "First."}}, {"brief": {"claim": "Second."}}
    (tmp_path / "a1.json").write_text(record("D", "Ada A"))
    (tmp_path / "a2.json").write_text(record("10", "Ada A", labs=first))
    (tmp_path / "b1.json").write_text(record("D", "Bo B", labs=second))
    (tmp_path / "b2.json").write_text(record("10", "Bo B", labs=first))
    (tmp_path / "c1.json").write_text(record("10", "Cy C", labs=first))
    (tmp_path / "d1.json").write_text(record("10", "Di D"))
    found = list(stream([tmp_path], "D", roster, brief="10"))
    claims = {one.student.id: one.record["labs"]["brief"]["claim"] for one in found if hasattr(one, "student")}
    assert claims == {"a": "First.", "b": "Second.", "c": "First."}
    said = {one.file.rpartition("/")[2]: one.reason for one in found if not hasattr(one, "student")}
    assert said == {
        "c1.json": "Only the brief came: there is no hand-in for unit D.",
        "d1.json": "It holds no brief: there is no hand-in for unit D.",
    }
    without = [one for one in stream([tmp_path], "D", roster) if not hasattr(one, "student")]
    assert sum("not for unit D" in one.reason for one in without) == 4


@pytest.mark.parametrize(
    "labs", [None, "x", {}, {"brief": None}, {"brief": []}, {"brief": {"claim": ["x"], "side": 7}}]
)
def test_what_is_no_brief_is_blank(labs: object) -> None:
    unit = load_unit("D")
    (row,) = [row for row in mark_paper(unit, Paper("s", "S", {"labs": labs}), GIVEN) if row.type == "brief"]
    assert (row.outcome, row.score, row.answer) == ("blank", 0.0, None)
    assert [*mark_again(unit, [row], GIVEN)] == [row]


def test_a_brief_stays_beside_a_paper() -> None:
    unit = load_unit("D")
    held = {"labs": {"brief": {"claim": "It can be kept up."}}}
    only = mark_paper(unit, Paper("s", "S", held, "h.json"), GIVEN)
    first = next(row for row in mark_paper(unit, Paper("s", "S", {}), GIVEN) if row.type == "single")
    typed = {"items": {f"D-{first.part}/{first.item}": {"answer": "a"}}}
    paper = mark_paper(unit, Paper("s", "S", typed, "paper.csv"), GIVEN)
    for one in (join(paper, only), join(only, paper)):
        assert len(one) == len(paper)
        assert next(row for row in one if row.type == "brief").answer == held["labs"]["brief"]
        assert next(row for row in one if row.item == first.item).outcome != "blank"


def test_a_unit_says_that_the_brief_counts(tmp_path: Path) -> None:
    assert student_file(load_unit("D"), "first", "test", "s1")["brief"] == POINTS
    assert "brief" not in student_file(load_unit("A"), "first", "test", "s1")


def test_points_that_are_none_are_named_with_their_line(tmp_path: Path) -> None:
    bank = tmp_path / "D.toml"
    text = (Path(__file__).resolve().parents[1] / "assignments" / "D.toml").read_text(encoding="utf-8")
    bank.write_text(text.replace("[brief]\npoints = 14", "[brief]\npoints = 0"), encoding="utf-8")
    with pytest.raises(DataError, match=r"D\.toml, line \d+.*0.*is not between 0 and 100"):
        load_unit("D", tmp_path)


def test_a_brief_is_text_on_every_page() -> None:
    evil = {"claim": "<script>alert(1)</script>", "title": "<img src=x onerror=alert(1)>", "name": "</div>"}
    text = brief_html(evil)
    assert "<script" not in text
    assert "<img" not in text
    assert text.count("</div>") == 1
