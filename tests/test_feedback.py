"""The pages of feedback: as much as the teacher reveals, one student's work only, and nothing that a page would run."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import bank as small
import click
import pytest
from click.testing import CliRunner

from lesson_lib.classroom import commands, feedback
from lesson_lib.classroom.bank import Unit, draw, load_unit
from lesson_lib.classroom.grade import Graded, Paper, mark_again, mark_paper
from lesson_lib.classroom.roster import Student
from lesson_lib.classroom.rubric import Reading
from lesson_lib.classroom.student_page import REVEALS, Sheet, student_page, write_pages
from lesson_lib.know.errors import LessonError
from lesson_lib.think import answers

RELEASE = {"release": "first", "per_student": True, "behaviour": "test"}

MORE = """
[[items]]
quiz = "part-1"
id = "pairs"
type = "match"
objective = "read"
difficulty = 1
stem = "Match <b>them</b>.\\n\\nEach **once**."
source_ids = ["north-atlantic-treaty-1949"]
hints = ["SECRET-HINT-2"]
decoys = ["Decoy"]
[[items.pairs]]
id = "left"
left = "L & M"
right = "Lambda"
why = "SECRET-R"
[[items.pairs]]
id = "mid"
left = "M"
right = "Mu"
why = "SECRET-S"

[[items]]
quiz = "part-1"
id = "grid"
type = "table"
objective = "reckon"
difficulty = 2
stem = "Fill it in."
source_ids = ["north-atlantic-treaty-1949"]
why = "SECRET-T"
columns = [{ id = "us", text = "US" }, { id = "eu", text = "EU" }]
values = [{ id = "yes", text = "Meets" }, { id = "no", text = "Fails" }]
[[items.rows]]
id = "cost"
text = "Cost"
why = "SECRET-U"
cells = { us = "yes", eu = ["no", "yes"] }
"""

WRONG: dict[str, Any] = {
    "one": "beta", "several": ["alpha", "gamma"], "years": 1, "sorted": {"sky": "figure"},
    "steps": ["repair", "quarrel", "pact"], "words": "Five words of mine alone here.", "view": "no",
    "word": "wrongword", "pairs": {"left": "mu", "mid": "lambda"}, "grid": {"cost": {"us": "no", "eu": "no"}},
}  # fmt: skip


@pytest.fixture
def unit(tmp_path: Path) -> Unit:
    text = small.SMALL.replace("items = 6", "items = 10") + MORE
    return load_unit("T", small.write(tmp_path / "bank", text))


def rows_of(unit: Unit, student: str, given: dict[str, Any], name: str = "Ada", **release: Any) -> list[Graded]:
    items = {f"T-{unit.parts[item]}/{item}": {"answer": answer, "sure": 3} for item, answer in given.items()}
    return list(mark_paper(unit, Paper(student, name, {"items": items}, f"{name}.json"), RELEASE | release))


def key_of(unit: Unit, student: str) -> dict[str, Any]:
    """Every answer as the key has it."""
    found: dict[str, Any] = {}
    for each in draw(unit, "first", student):
        key = each.item.key
        cells = {row: {c: v[0] for c, v in cells.items()} for row, cells in key.get("cells", {}).items()}
        found[each.item.id] = {
            "single": key.get("right") or "yes", "multiple": key.get("right"), "numeric": key.get("value"),
            "order": key.get("steps"), "classify": key.get("bins"), "text": "One two three four five six.",
            "short": (key.get("accepted") or [""])[0], "match": key.get("pairs"), "table": cells,
        }[each.item.type]  # fmt: skip
    return found


def made(
    unit: Unit, rows: list[Graded], reveal: str, readings: dict[str, Reading] | None = None, **release: Any
) -> str:
    student = rows[0].student if rows else "s1"
    return student_page(unit, Sheet(student, "Ada", rows, readings or {}), RELEASE | release, reveal)


class Outline(HTMLParser):
    """Whether a page is well formed, and what it holds."""

    VOID = frozenset({"meta", "br", "img", "input", "hr", "link"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.problems: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.problems += [f"{tag} is never closed" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "th" and "scope" not in dict(attrs):
            self.problems.append("th without scope")
        self.problems += [f"{name} on {tag}" for name, _ in attrs if name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"{tag} closed out of turn")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


# ---- what is revealed ---------------------------------------------------------------------------------------------


def test_a_score_holds_no_key_no_why_and_no_hint(unit: Unit) -> None:
    page = made(unit, rows_of(unit, "s1", WRONG), "score")
    assert "SECRET" not in page.upper()
    assert "north-atlantic" not in page
    assert "treaty" not in page.lower()
    years = next(each.item for each in draw(unit, "first", "s1") if each.item.id == "years")
    words = Outline(page).text
    assert not re.search(rf"\b{years.key['value']} years", words)
    assert "Mark" not in words
    assert "✓ right" not in words
    assert "Not this one" not in words


@pytest.mark.parametrize("reveal", ["score", "hints"])
def test_what_is_not_revealed_does_not_depend_on_the_key(tmp_path: Path, unit: Unit, reveal: str) -> None:
    """Where the outcome is the same, another key and other explanations give the same page, to the byte."""
    text = small.SMALL.replace("items = 6", "items = 10") + MORE
    other = text.replace('text = "The first"\nwhy = "SECRET-A"\nright = true', 'text = "The first"\nwhy = "X-A"')
    other = other.replace('why = "SECRET-C"', 'why = "X-C"\nright = true').replace('["SECRETWORD"]', '["elsewhere"]')
    for secret in "GIJKLMNOPQRSTU":
        other = other.replace(f"SECRET-{secret}", f"CHANGED-{secret}")
    other = other.replace("SECRET-MODEL", "CHANGED").replace("SECRET-WHY-ONE", "CHANGED")
    changed = load_unit("T", small.write(tmp_path / "other", other))
    assert changed.items["one"][0].key["right"] == "gamma"
    pages = [made(each, rows_of(each, "s1", WRONG), reveal) for each in (unit, changed)]
    assert pages[0] == pages[1]


def test_hints_tell_of_the_choice_made_and_no_other(unit: Unit) -> None:
    page = made(unit, rows_of(unit, "s1", WRONG), "hints")
    assert set(re.findall(r"SECRET[A-Z0-9-]*", page.upper())) == {
        "SECRET-B", "SECRET-F", "SECRET-HINT", "SECRET-HINT-2",
    }  # fmt: skip
    words = Outline(page).text
    assert "✗ Not this one" in words
    assert "✗ not right" in words
    assert "Hint 1." in words
    assert "Right answer" not in words
    assert "treaty" not in words.lower()


def test_a_right_answer_at_hints_says_no_more_than_right(unit: Unit) -> None:
    page = made(unit, rows_of(unit, "s1", key_of(unit, "s1")), "hints")
    assert set(re.findall(r"SECRET[A-Z0-9-]*", page.upper())) == {"SECRETWORD"}  # the student's own answer
    assert "Hint" not in Outline(page).text


@pytest.mark.parametrize("given", [WRONG, {}])
def test_answers_tell_everything(unit: Unit, given: dict[str, Any]) -> None:
    page = made(unit, rows_of(unit, "s1", given), "answers")
    drawn = draw(unit, "first", "s1")
    assert len(drawn) == 10
    for secret in [*(f"SECRET-{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTU"), "SECRET-MODEL", "SECRETWORD"]:
        assert secret in page, secret
    assert "SECRET-HINT" in page
    words = Outline(page).text
    assert "Right answer" in words
    assert "Right answer: Meets" in words
    assert "North Atlantic Treaty" in words
    years = next(each.item for each in drawn if each.item.id == "years")
    assert f"The answer: {years.key['value']} years" in words


def test_a_guess_that_was_right_is_sent_to_no_explanation_that_is_not_there(unit: Unit) -> None:
    rows = [replace(row, sure=1) for row in rows_of(unit, "s1", {"one": "alpha"})]
    for reveal in REVEALS:
        assert ("see why" in made(unit, rows, reveal)) == (reveal == "answers")
        assert "You were guessing" in made(unit, rows, reveal)


# ---- the student's own unit ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("student", ["s1", "s2", "s9"])
def test_questions_stand_as_the_student_saw_them(unit: Unit, student: str) -> None:
    page = made(unit, rows_of(unit, student, WRONG), "score")
    at = 0
    for each in draw(unit, "first", student):
        first = html.escape(each.item.body["stem"].partition("\n\n")[0])
        at = page.index(f"<h2>{first}</h2>", at)
        for choice in each.item.body.get("choices", ()):
            at = page.index(choice["text"], at)


def test_points_outcomes_and_total(unit: Unit) -> None:
    rows = rows_of(unit, "s1", {"one": "alpha", "several": ["alpha"], "words": "Five words of mine alone here."})
    words = Outline(made(unit, rows, "score")).text
    assert "2 of 14 points so far" in words
    assert "3 of 10 questions answered" in words
    assert "1 text still waits for a reader : up to 4 points more" in words
    for said in (
        "✓ Right",
        "≈ Partly right",
        "– Not answered",
        "… Waits for a reader",
        "1 of 1 point",
        "1 of 2 points",
    ):
        assert said in words, said


def test_a_readers_points_and_comment_are_shown_when_the_reading_is_done(unit: Unit) -> None:
    rows = rows_of(unit, "s1", WRONG)
    points = ("names the clause", "says who decides")
    done = Reading("s1", "Ada", "words", points, (1.0, 0.5), "Good <start>")
    marked = [replace(row, score=0.75, earned=3.0) if row.type == "text" else row for row in rows]
    for reveal in REVEALS:
        words = Outline(made(unit, marked, reveal, {"words": done})).text
        assert "Your reader says: Good <start>" in words
        assert "says who decides 0.5" in words
        assert "3 of 4 points" in words
        assert "so far" not in words
    half = replace(done, marks=(1.0, None), comment="unfinished")
    words = Outline(made(unit, rows, "answers", {"words": half})).text
    assert "unfinished" not in words
    assert "Waits for a reader" in words
    studied = rows_of(unit, "s1", WRONG, behaviour="study")
    assert "unfinished" not in made(unit, studied, "answers", {"words": half}, behaviour="study")


def test_study_counts_for_completion_and_says_so(unit: Unit) -> None:
    rows = rows_of(unit, "s1", {"one": "beta"}, behaviour="study")
    words = Outline(made(unit, rows, "score", behaviour="study")).text
    assert "counts for completion" in words
    assert "✗ Not right · 1 of 1 point" in words


def test_an_answer_that_could_not_be_read_is_shown_as_it_was(unit: Unit) -> None:
    rows = rows_of(unit, "s1", {"one": {"<b>": [1]}, "years": "<i>many</i>", "steps": ["pact"]})
    for reveal in REVEALS:
        page = made(unit, rows, reveal)
        assert "? Could not be read" in page
        assert "&lt;i&gt;many&lt;/i&gt;" in page
        assert Outline(page).problems == []


def test_a_key_that_has_changed_since_is_said_before_any_page_is_written(unit: Unit, tmp_path: Path) -> None:
    rows = rows_of(unit, "s1", {"one": "beta"})
    other = small.SMALL.replace("items = 6", "items = 10") + MORE
    other = other.replace('why = "SECRET-A"\nright = true', 'why = "A"').replace(
        'why = "SECRET-B"', 'why = "B"\nright = true', 1
    )
    changed = load_unit("T", small.write(tmp_path / "other", other))
    with pytest.raises(LessonError, match=r"one has changed .* lessons regrade --unit T --write"):
        write_pages(tmp_path / "out", changed, rows, {}, RELEASE, "score")
    assert not (tmp_path / "out").exists()
    write_pages(tmp_path / "out", changed, mark_again(changed, rows, RELEASE), {}, RELEASE, "score")


def test_a_question_that_the_bank_no_longer_has_keeps_its_points(unit: Unit) -> None:
    rows = [*rows_of(unit, "s1", WRONG), replace(rows_of(unit, "s1", {"one": "alpha"})[0], item="gone", variant=9)]
    assert "A question that the bank no longer has" in made(unit, rows, "answers")


# ---- nobody else's, and nothing that runs -------------------------------------------------------------------------


def test_no_page_holds_another_students_data(unit: Unit, tmp_path: Path) -> None:
    names = {f"s{number}": f"Namely{number:03}" for number in range(12)}
    rows, readings = [], {}
    for student, name in names.items():
        own = {"words": f"word{name} two three four five", "word": f"short{name}"}
        rows += rows_of(unit, student, WRONG | own, name)
        points = ("names the clause", "says who decides")
        readings[student, "words"] = Reading(student, name, "words", points, (1.0, 1.0), f"comment{name}")
    for reveal in REVEALS:
        files = write_pages(tmp_path / reveal, unit, rows, readings, RELEASE, reveal)
        assert [path.name for path in files] == sorted(f"{student}.html" for student in names)
        for path in files:
            page = path.read_text(encoding="utf-8")
            assert {f"Namely{found}" for found in re.findall(r"Namely(\d+)", page)} == {names[path.stem]}
            for said in (f"word{names[path.stem]}", f"short{names[path.stem]}", f"comment{names[path.stem]}"):
                assert said in page


EVIL = "<script>alert('x')</script><img src=x onerror=alert(1)>\"' --> ]]> &amp; </title></style>"


def test_names_answers_and_comments_are_text_and_nothing_else(unit: Unit) -> None:
    rows = rows_of(unit, "s1", dict.fromkeys(WRONG, EVIL), EVIL)
    points = ("names the clause", "says who decides")
    marked = [replace(row, score=1.0, earned=4.0) if row.type == "text" else row for row in rows]
    readings = {"words": Reading("s1", EVIL, "words", points, (1.0, 1.0), EVIL)}
    clean = Outline(made(unit, rows_of(unit, "s1", {}), "answers"))
    for reveal in REVEALS:
        page = student_page(unit, Sheet(EVIL, EVIL, marked, readings), RELEASE, reveal)
        found = Outline(page)
        assert found.problems == []
        assert set(found.tags) <= set(clean.tags) | {"div", "ul", "li", "span"}
        assert "script" not in found.tags
        assert "img" not in found.tags
        assert "alert('x')" in found.text


@pytest.mark.parametrize("reveal", REVEALS)
@pytest.mark.parametrize("given", ["wrong", "right", "nothing"])
def test_pages_are_well_formed_and_stand_alone(unit: Unit, reveal: str, given: str) -> None:
    answers = {"wrong": WRONG, "right": key_of(unit, "s1"), "nothing": {}}[given]
    page = made(unit, rows_of(unit, "s1", answers), reveal)
    found = Outline(page)
    assert found.problems == []
    assert '<html lang="en">' in page
    assert "<title>" in page
    assert found.tags.count("h1") == 1
    assert found.tags.count("table") == page.count("<caption>")
    assert not re.search(r"<(script|link|img|iframe)|url\(|@import", page)
    assert "prefers-color-scheme:dark" in page
    assert "@media print" in page
    assert "None" not in found.text
    assert "nan" not in found.text.lower().split()


def test_the_same_gradebook_gives_the_same_pages(unit: Unit, tmp_path: Path) -> None:
    rows = rows_of(unit, "s1", WRONG)
    for name in ("one", "two"):
        write_pages(tmp_path / name, unit, rows, {}, RELEASE, "answers")
    assert (tmp_path / "one" / "s1.html").read_bytes() == (tmp_path / "two" / "s1.html").read_bytes()


def test_ids_that_one_file_system_takes_for_the_same_have_pages_of_their_own(unit: Unit, tmp_path: Path) -> None:
    ids = ["S1", "s1", "AB", "aB", "../x", "con", "Ä"]
    rows = [row for student in ids for row in rows_of(unit, student, {}, f"Name {student}")]
    files = write_pages(tmp_path / "out", unit, rows, {}, RELEASE, "score")
    assert len({path.name.casefold() for path in files}) == len(ids)
    assert {path.parent for path in files} == {tmp_path / "out"}
    for path, student in zip(files, sorted(ids), strict=True):
        assert f"Name {student}" in path.read_text(encoding="utf-8")


def test_who_handed_in_nothing_gets_a_page_that_says_so(unit: Unit, tmp_path: Path) -> None:
    roster = [Student("s1", "Ada as listed"), Student("s2", "Bo")]
    rows = rows_of(unit, "s1", WRONG)
    write_pages(tmp_path / "out", unit, rows, {}, RELEASE, "answers", roster)
    assert "Nothing was handed in" in (tmp_path / "out" / "s2.html").read_text(encoding="utf-8")
    assert "Ada as listed" in (tmp_path / "out" / "s1.html").read_text(encoding="utf-8")
    assert "SECRET" not in (tmp_path / "out" / "s2.html").read_text(encoding="utf-8")


# ---- the commands -------------------------------------------------------------------------------------------------


@pytest.fixture
def run(unit: Unit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`lessons` in a folder with a bank, a class of three, a release, and the hand-ins of two, graded."""
    monkeypatch.chdir(tmp_path)
    group = click.Group()
    commands.add(group)
    feedback.add(group)

    def lessons(words: str, fails: bool = False) -> str:
        done = CliRunner().invoke(group, [*words.split(), "--bank", "bank"])
        assert (done.exit_code != 0) == fails, done.output
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.output

    (tmp_path / "roster.csv").write_text(small.ROSTER, encoding="utf-8")
    lessons("release T --class roster.csv --name first -o out")
    (tmp_path / "in").mkdir()
    for student in ("s1", "s3"):
        items = {
            f"T-{unit.parts[name]}/{name}":
            {"answer": answer, "sure": 2, "at": None, "attempts": [], "hints": 0, "revealed": False}
            for name, answer in WRONG.items()
        }  # fmt: skip
        record = {
            "format": answers.FORMAT, "lesson": "T", "title": "A small unit", "name": student, "items": items,
            "unit": {"release": "first", "student": student, "behaviour": "test"}, "unreadable_lines": 0,
            "receipt": answers.receipt("T", student, items),
        }  # fmt: skip
        (tmp_path / "in" / f"{student}.json").write_text(json.dumps(record), encoding="utf-8")
    lessons("grade in --unit T -o grades")
    return lessons


def test_from_the_gradebook_to_pages(run: Any, tmp_path: Path) -> None:
    said = run("feedback --unit T -o grades")
    assert "3 pages" in said
    assert "2 texts still to be marked in rubric-T.csv" in said
    folder = tmp_path / "grades" / "feedback-T"
    assert sorted(path.name for path in folder.iterdir()) == ["s1.html", "s2.html", "s3.html"]
    pages = {path.stem: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert "SECRET" not in "".join(pages.values())
    assert "Nothing was handed in" in pages["s2"]
    assert "=Li Wei" in pages["s3"]
    assert "Müller" in pages["s1"]
    assert "Müller" not in pages["s3"]
    run("feedback --unit T -o grades --reveal answers")
    assert "SECRET-MODEL" in (folder / "s1.html").read_text(encoding="utf-8")


def test_the_sheet_is_filled_read_by_two_and_put_on_the_pages(run: Any, tmp_path: Path) -> None:
    grades = tmp_path / "grades"
    assert "reading-T.html" in run("reading --unit T -o grades")
    assert "2 answers, 0 marked" in (grades / "reading-T.html").read_text(encoding="utf-8")
    lines = list(csv.DictReader(io.StringIO((grades / "rubric-T.csv").read_text(encoding="utf-8-sig"), newline="")))
    for name, mark in (("one", "1"), ("two", "0,5")):
        for line in lines:
            line |= {"point 1: names the clause": mark, "point 2: says who decides": "x", "comment": f"said {name}"}
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, list(lines[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(lines)
        (tmp_path / f"{name}.csv").write_bytes(out.getvalue().encode("cp1252"))
    said = run("readers one.csv two.csv --unit T -o grades")
    assert "4 points marked by both; they agree on 2." in said
    assert "differ on 2 points" in said
    assert "names the clause,1,0.5" in (grades / "readers-T.csv").read_text(encoding="utf-8-sig")
    assert "another name" in run("readers grades/rubric-T.csv two.csv --unit T -o grades", fails=True)
    assert "to be marked" not in run("feedback --unit T -o grades")
    words = Outline((grades / "feedback-T" / "s1.html").read_text(encoding="utf-8")).text
    assert "3.5 of 4 points" in words
    assert "said one / said two" in words


def test_what_is_missing_is_one_sentence(run: Any, tmp_path: Path) -> None:
    assert "grade the unit first" in run("feedback --unit T -o elsewhere", fails=True)
    (tmp_path / "grades" / "rubric-T.csv").write_text("student,item,point 1\ns1,words,maybe\n", encoding="utf-8")
    said = run("feedback --unit T -o grades", fails=True)
    assert "rubric-T.csv, line 2" in said
    assert "Traceback" not in said
