"""The rubric sheet: made, filled in by people with spreadsheet programs, read back, and made again without loss."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import bank as small
import pytest

from lesson_lib.classroom import rubric
from lesson_lib.classroom.bank import Unit, load_unit
from lesson_lib.classroom.grade import Graded, Paper
from lesson_lib.classroom.readers import two_readers
from lesson_lib.classroom.rubric import brief_sheet, marks_of, read_sheet, sheet, update
from lesson_lib.classroom.sheet_lines import mark_of, read_text
from lesson_lib.know import catalogue
from lesson_lib.know.errors import DataError
from lesson_lib.think.markup import rich

NAMES, DECIDES = "point 1: names the clause", "point 2: says who decides"


@pytest.fixture
def unit(tmp_path: Path) -> Unit:
    return load_unit("T", small.write(tmp_path / "bank"))


def text_row(student: str, answer: str = "The clause decides five words.", **changes: Any) -> Graded:
    row = Graded(
        unit="T", student=student, name=f"Student {student}", part="part-2", item="words", variant=0,
        objective="weigh", type="text", answer=answer, sure=None, attempts=1, at=None, outcome="recorded",
        score=None, points=4, earned=0, opinion=False, file="x.json",
    )  # fmt: skip
    return replace(row, **changes)


def cells(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter))


def filled(text: str, given: dict[str, tuple[str, str, str]], delimiter: str = ",", end: str = "\n") -> str:
    """The sheet as a reader saves it: two marks and a comment for each student named."""
    lines = cells(text)
    for line in lines:
        if line["student"] in given:
            line[NAMES], line[DECIDES], line["comment"] = given[line["student"]]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(lines[0]), delimiter=delimiter, lineterminator=end)
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue()


def read_marks(path: Path, unit: Unit) -> dict[tuple[str, str], float]:
    return marks_of(read_sheet(path, unit))


def saved(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


# ---- the sheet ----------------------------------------------------------------------------------------------------


def test_a_sheet_has_a_line_for_each_text_that_waits(unit: Unit) -> None:
    rows = [
        text_row("s1", "It names the clause, and each ally decides."),
        text_row("s2", "Nothing much."),
        text_row("s3", "", outcome="blank", score=0.0),
        text_row("s4", score=1.0),
        text_row("s5", item="gone"),
        replace(text_row("s6"), type="single", item="one", outcome="right", score=1.0),
    ]
    lines = cells(sheet(unit, rows))
    assert [line["student"] for line in lines] == ["s1", "s2"]
    first, second = lines
    assert (first["stem"], first["words"], first["enough words?"]) == ("Explain.", "8", "yes")
    assert second["enough words?"] == "no, 2 of 5"
    assert first["hint, not a mark"] == "1: names, clause; 2: decides"
    assert second["hint, not a mark"] == "1: none of its words; 2: none of its words"
    assert first["what to look for"] == "1. names the clause | 2. says who decides"
    assert {first[NAMES], first[DECIDES], first["comment"], first["note"]} == {""}


def test_hints_are_no_marks(unit: Unit, tmp_path: Path) -> None:
    path = saved(tmp_path / "rubric.csv", sheet(unit, [text_row("s1", "It names the clause, and each ally decides.")]))
    assert read_marks(path, unit) == {}


def test_the_same_gradebook_makes_the_same_sheet_and_making_it_again_changes_nothing(unit: Unit) -> None:
    rows = [text_row(f"s{number}") for number in range(5)]
    once = filled(sheet(unit, rows), {"s2": ("0,5", "x", "Good, “really”\nsecond line")})
    assert sheet(unit, rows) == sheet(unit, rows)
    assert sheet(unit, rows, once) == once
    assert sheet(unit, rows, sheet(unit, rows, once)) == once


@pytest.mark.parametrize("student", ["0042", "00", "1-2", "1e5", "MAR1", "=1+1", "+7", "123456789012345", "'x", "-"])
def test_ids_stay_what_they_are_in_a_spreadsheet(unit: Unit, tmp_path: Path, student: str) -> None:
    text = sheet(unit, [text_row(student)])
    cell = cells(text)[0]["student"]
    assert cell.startswith("'")
    path = saved(tmp_path / "r.csv", filled(text, {cell: ("1", "0", "")}))
    assert read_marks(path, unit) == {(student, "words"): 0.5}


def test_no_cell_is_a_formula_and_odd_characters_go(unit: Unit) -> None:
    evil = '=HYPERLINK("http://x","y")'
    rows = [text_row("s1", evil, name="@SUM(1)"), text_row("s2", "a\x00b\ud800\u202e c\r\nd", name="A\nB")]
    text = sheet(unit, rows)
    for line in csv.reader(io.StringIO(text)):
        assert not any(cell.startswith(("=", "+", "@", "-")) for cell in line)
    assert cells(text)[1]["answer"] == "ab? c\nd"
    assert cells(text)[1]["name"] == "A B"


def test_a_huge_answer_fits_into_a_cell(unit: Unit) -> None:
    (line,) = cells(sheet(unit, [text_row("s1", "word " * 40_000)]))
    assert len(line["answer"]) < 32_767
    assert line["answer"].endswith("(cut here)")


# ---- marks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "mark"),
    [
        ("1", "0", 0.5), ("0,5", "1", 0.75), ("0.5", "0.5", 0.5), ("x", "", None), ("", "", None), ("X", "Yes", 1.0),
        ("no", "n", 0.0), ("✓", "½", 0.75), ("1,0", "50 %", 0.75), (" 1 ", "'1", 1.0), ("1/2", ",5", 0.5),
        ("100%", "0%", 0.5),
    ],
)  # fmt: skip
def test_marks_are_read_as_people_write_them(
    unit: Unit, tmp_path: Path, first: str, second: str, mark: float | None
) -> None:
    text = filled(sheet(unit, [text_row("s1")]), {"s1": (first, second, "")})
    found = read_marks(saved(tmp_path / "r.csv", text), unit)
    assert found == ({} if mark is None else {("s1", "words"): mark})


@pytest.mark.parametrize(
    "bad", ["2", "-1", "good", "1.5", "nan", "inf", "01.Feb", "½½", "1e0", "0x1", "101%", "²", "."]
)
def test_a_bad_mark_is_named_with_file_line_and_fix(unit: Unit, tmp_path: Path, bad: str) -> None:
    text = filled(sheet(unit, [text_row("s1"), text_row("s2")]), {"s1": ("1", "1", ""), "s2": ("1", bad, "")})
    with pytest.raises(DataError) as caught:
        read_marks(saved(tmp_path / "rubric-T.csv", text), unit)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.value) == ("rubric-T.csv", 3, bad)
    assert "point 2" in problem.where
    assert "s2" in problem.where
    assert "0, 0.5 or 1" in problem.fix


def test_every_bad_cell_is_said_at_once(unit: Unit, tmp_path: Path) -> None:
    text = filled(sheet(unit, [text_row("s1"), text_row("s2")]), {"s1": ("a", "b", ""), "s2": ("1", "c", "")})
    with pytest.raises(DataError) as caught:
        read_marks(saved(tmp_path / "r.csv", text), unit)
    assert [problem.value for problem in caught.value.problems] == ["a", "b", "c"]


def test_two_lines_for_one_text_are_said(unit: Unit, tmp_path: Path) -> None:
    text = sheet(unit, [text_row("s1")])
    with pytest.raises(DataError, match="stands twice"):
        read_marks(saved(tmp_path / "r.csv", text + text.splitlines(keepends=True)[1]), unit)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no columns student and item"),
        (b"PK\x03\x04rest", "is a workbook"),
        (b"a,b\n1,2\n", "no columns student and item"),
        (b"\x81\x8d\x8f", "is not text"),
        (b'student,item\n"s1', None),
    ],
)
def test_what_is_no_sheet_is_said(unit: Unit, tmp_path: Path, content: bytes, says: str | None) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes(content)
    if says is None:
        assert read_marks(path, unit) == {}
        return
    with pytest.raises(DataError, match=says):
        read_marks(path, unit)


def test_a_sheet_that_is_not_there_is_said(unit: Unit, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_marks(tmp_path / "none.csv", unit)


def test_a_sheet_saved_on_windows_is_read_in_the_code_page_of_the_country(tmp_path: Path) -> None:
    path = saved(tmp_path / "rubric-T.csv", "коментар: «так»", "cp1251")
    with catalogue.speaking("uk"):
        assert read_text(path) == "коментар: «так»"


def test_a_note_of_the_program_is_known_in_whatever_language_it_was_written() -> None:
    with catalogue.speaking("uk"):
        ukrainian = catalogue._(rubric._STRAY)
        assert rubric._STRAY in rubric._said(rubric._STRAY)
    assert ukrainian != rubric._STRAY
    assert ukrainian in rubric._said(rubric._STRAY)


# ---- made again ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize(("delimiter", "end"), [(",", "\n"), (";", "\r\n"), ("\t", "\r\n")])
def test_marks_and_comments_survive_a_spreadsheet_program(
    unit: Unit, tmp_path: Path, encoding: str, delimiter: str, end: str
) -> None:
    rows = [
        text_row(f"s{number}", f"Answer;, {number}\nof “Müller”, five words", name="Zoë Müller") for number in range(6)
    ]
    given = {"s1": ("0,5", "x", "größer; „so“, ja\nzweite Zeile"), "s4": ("1", "", "half done")}
    head, *body = cells(filled(sheet(unit, rows), given))
    lines = [head, *body]
    random.Random(7).shuffle(lines)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(head), delimiter=delimiter, lineterminator=end)
    writer.writeheader()
    writer.writerows(lines)
    path = saved(tmp_path / "rubric-T.csv", out.getvalue(), encoding)
    assert read_marks(path, unit) == {("s1", "words"): 0.75}
    update(path, unit, [text_row("s0a"), *rows, text_row("s9")])
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    made = {line["student"]: line for line in cells(path.read_text(encoding="utf-8-sig"), delimiter)}
    assert list(made) == ["s0a", *(f"s{number}" for number in range(6)), "s9"]
    assert (made["s1"][NAMES], made["s1"][DECIDES]) == ("0,5", "x")
    assert made["s1"]["comment"].split() == given["s1"][2].split()
    assert (made["s4"][NAMES], made["s4"]["comment"]) == ("1", "half done")
    assert {line["note"] for line in made.values()} == {""}
    assert read_marks(path, unit) == {("s1", "words"): 0.75}


def test_marks_of_a_student_who_is_not_in_the_gradebook_now_are_kept(unit: Unit, tmp_path: Path) -> None:
    before = filled(sheet(unit, [text_row("s1"), text_row("s2")]), {"s1": ("1", "1", "well read")})
    again = sheet(unit, [text_row("s3")], before)
    assert [line["student"] for line in cells(again)] == ["s3", "s1"]
    assert "kept for you" in cells(again)[1]["note"]
    back = sheet(unit, [text_row("s1"), text_row("s3")], again)
    (first, _) = cells(back)
    assert (first[NAMES], first["comment"], first["note"]) == ("1", "well read", "")


def test_an_answer_that_changed_after_it_was_marked_is_pointed_out(unit: Unit) -> None:
    before = filled(sheet(unit, [text_row("s1"), text_row("s2")]), {"s1": ("1", "1", "")})
    changed = [text_row("s1", "Quite another answer, much longer."), text_row("s2", "Another, not marked yet.")]
    again = sheet(unit, changed, before)
    assert "look again" in cells(again)[0]["note"]
    assert cells(again)[1]["note"] == ""
    assert cells(sheet(unit, changed, again))[0]["note"] == cells(again)[0]["note"]


def rubric_of(tmp_path: Path, name: str, points: str) -> Unit:
    text = small.SMALL.replace('rubric = ["names the clause", "says who decides"]', f"rubric = {points}")
    return load_unit("T", small.write(tmp_path / name, text))


@pytest.fixture
def in_ukrainian() -> Iterator[None]:
    catalogue.speak("uk")
    yield
    catalogue.speak("en")


def test_marks_stay_under_points_in_another_alphabet(tmp_path: Path) -> None:
    points = ("Називає положення", "Каже, хто вирішує")
    unit = rubric_of(tmp_path, "ukrainian", '["Називає положення", "Каже, хто вирішує"]')
    rows = [text_row("s1", "Кожен союзник вирішує сам, як каже положення.")]
    text = sheet(unit, rows)
    lines = cells(text)
    lines[0] |= {f"point 1: {points[0]}": "1", f"point 2: {points[1]}": "0"}
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(lines[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    path = saved(tmp_path / "r.csv", out.getvalue())
    assert read_sheet(path, unit)["s1", "words"].marks == (1.0, 0.0)
    again = cells(sheet(unit, rows, out.getvalue()))
    assert [again[0][f"point {n}: {point}"] for n, point in enumerate(points, 1)] == ["1", "0"]
    changed = cells(sheet(unit, [text_row("s1", "Кожен союзник вирішує сам, що робить держава.")], out.getvalue()))
    assert changed[0]["note"]


def test_a_mark_typed_on_a_ukrainian_keyboard_counts() -> None:
    ha = "\N{CYRILLIC SMALL LETTER HA}"
    assert [mark_of(typed) for typed in (ha, ha.upper(), "Так", "ні")] == [1.0, 1.0, 1.0, 0.0]


def test_a_sheet_made_in_one_language_goes_on_in_another(
    unit: Unit, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    before = filled(sheet(unit, [text_row("s1"), text_row("s2")]), {"s1": ("1", "0,5", "Good"), "s2": ("1", "1", "")})
    changed = [text_row("s1", "Quite another answer, much longer.")]
    english = sheet(unit, changed, before)
    request.getfixturevalue("in_ukrainian")
    both = sheet(unit, changed, english)
    assert list(cells(both)[0]) == list(cells(english)[0])  # the headings, which are read back
    assert [line["note"] for line in cells(both)] == [line["note"] for line in cells(english)]
    fresh = sheet(unit, changed, before)
    assert sheet(unit, changed, fresh) == fresh
    assert cells(sheet(unit, [*changed, text_row("s2")], fresh))[1]["note"] == ""
    path = saved(tmp_path / "r.csv", both)
    assert read_sheet(path, unit)["s1", "words"].marks == (1.0, 0.5)
    home = sheet(unit, [*changed, text_row("s2")], both)
    assert [line["note"] for line in cells(home)] == [cells(english)[0]["note"], ""]


def test_marks_follow_their_point_when_the_rubric_changes(unit: Unit, tmp_path: Path) -> None:
    path = saved(tmp_path / "r.csv", filled(sheet(unit, [text_row("s1")]), {"s1": ("1", "0", "")}))
    swapped = rubric_of(tmp_path, "swapped", '["says who decides", "names the clause"]')
    assert read_sheet(path, swapped)["s1", "words"].marks == (0.0, 1.0)
    longer = rubric_of(tmp_path, "longer", '["is brief", "names the clause", "says who decides"]')
    assert read_sheet(path, longer)["s1", "words"].marks == (None, 1.0, 0.0)
    assert read_marks(path, longer) == {}
    reworded = rubric_of(tmp_path, "reworded", '["names the article", "says who decides"]')
    assert read_marks(path, reworded) == {("s1", "words"): 0.5}
    shorter = rubric_of(tmp_path, "shorter", '["names the clause"]')
    assert read_marks(path, shorter) == {("s1", "words"): 1.0}
    update(path, shorter, [text_row("s1")])
    (line,) = cells(path.read_text(encoding="utf-8-sig"))
    assert "earlier mark for “says who decides”: 0" in line["note"]


def test_a_mark_beside_the_points_is_said(unit: Unit, tmp_path: Path) -> None:
    second = """[[items]]
quiz = "part-2"
id = "more"
type = "text"
objective = "weigh"
difficulty = 1
stem = "More?"
source_ids = []
rubric = ["a", "b", "c"]
min_words = 3
why = "W"
"""
    text = f"{small.SMALL}\n{second}"
    two = load_unit("T", small.write(tmp_path / "two", text))
    made = sheet(two, [text_row("s1"), text_row("s1", item="more")])
    words, more = cells(made)
    assert [words[f"point {number}"] for number in (1, 2)] == ["", ""]
    assert (words["point 3: c"], more["point 3: c"]) == ("–", "")
    assert read_marks(saved(tmp_path / "r.csv", made), two) == {}
    with pytest.raises(DataError, match="has 2 points"):
        read_marks(saved(tmp_path / "r.csv", made.replace(",–,", ",1,")), two)


def test_a_column_of_the_readers_own_stays(unit: Unit) -> None:
    before = sheet(unit, [text_row("s1")]).replace("comment,note\n", "comment,note,read on\n", 1)
    before = before.rstrip("\n") + ",Monday\n"
    assert cells(sheet(unit, [text_row("s1")], before))[0]["read on"] == "Monday"


# ---- two readers --------------------------------------------------------------------------------------------------


def test_two_readers_become_one_sheet_and_a_list_of_differences(unit: Unit, tmp_path: Path) -> None:
    made = sheet(unit, [text_row("s1"), text_row("s2"), text_row("s3")])
    one = saved(tmp_path / "one.csv", filled(made, {"s1": ("1", "0,5", "Good"), "s2": ("1", "1", "")}))
    two = saved(
        tmp_path / "two.csv", filled(made, {"s1": ("0", "0.5", "Thin"), "s3": ("x", "no", "Late")}, ";", "\r\n")
    )
    text, differences, both = two_readers(unit, one, two)
    merged = saved(tmp_path / "merged.csv", text)
    assert read_marks(merged, unit) == {("s1", "words"): 0.5, ("s2", "words"): 1.0, ("s3", "words"): 0.5}
    assert read_sheet(merged, unit)["s1", "words"].comment == "Good / Thin"
    assert both == 2
    ((difference),) = differences
    assert (difference.student, difference.point, difference.first, difference.second) == (
        "s1", "names the clause", 1.0, 0.0,
    )  # fmt: skip
    again = sheet(unit, [text_row("s1"), text_row("s2"), text_row("s3")], text)
    assert again == text


def test_a_text_that_only_the_second_reader_has_is_in_the_merged_sheet(unit: Unit, tmp_path: Path) -> None:
    one = saved(tmp_path / "one.csv", sheet(unit, [text_row("s1")]))
    two = saved(tmp_path / "two.csv", filled(sheet(unit, [text_row("s2")]), {"s2": ("1", "1", "")}))
    text, differences, both = two_readers(unit, one, two)
    assert (differences, both) == ([], 0)
    assert read_marks(saved(tmp_path / "m.csv", text), unit) == {("s2", "words"): 1.0}


# ---- briefs -------------------------------------------------------------------------------------------------------

BRIEF = {"question": "right-size", "side": "for", "claim": "<b>Fifty thousand</b> can be kept up.", "title": "=1+1"}


def test_briefs_come_with_their_checks_and_are_read_back(tmp_path: Path) -> None:
    papers = [
        Paper("s1", "Ada", {"labs": {"brief": BRIEF}}), Paper("s2", "Bo", {"items": {}}),
        Paper("s3", "Cy", {"labs": {"brief": {"claim": ["x"], "question": 7, "confidence": True}}}),
        Paper("s4", "Di", {"labs": "x"}), Paper("s5", "Ed", {"labs": {"brief": {"claim": ""}}}),
    ]  # fmt: skip
    text = brief_sheet(papers)
    lines = cells(text)
    assert [line["student"] for line in lines] == ["s1", "s3"]
    assert lines[0]["title"] == "'=1+1"
    assert lines[0]["check: Your side"] == "done"
    assert lines[0]["check: Reasons with evidence"].startswith("not yet: ")
    assert lines[0]["checks done"].endswith("of 16")
    points = [head for head in lines[0] if head.startswith("point ")]
    assert len(points) == len(rubric.BRIEF_POINTS)
    path = saved(tmp_path / "brief.csv", text)
    assert read_marks(path, load_unit("D")) == {}
    lines[0] |= dict.fromkeys(points, "0,5") | {"comment": "Go on"}
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(lines[0]), delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(reversed(lines))
    saved(path, out.getvalue(), "cp1252")
    assert read_marks(path, load_unit("D")) == {("s1", "brief"): 0.5}
    again = cells(brief_sheet([*papers, Paper("s0", "Zed", {"labs": {"brief": BRIEF}})], out.getvalue()), ";")
    assert [(line["student"], line["comment"]) for line in again] == [("s1", "Go on"), ("s3", ""), ("s0", "")]


# ---- the page to read ---------------------------------------------------------------------------------------------


def test_the_reading_page_is_escaped_and_says_what_is_marked(unit: Unit) -> None:
    rows = [text_row("s1", "<script>alert(1)</script> & five more words", name="<img src=x>"), text_row("s2", "Short.")]
    text = rubric.page(unit, rows, {("s2", "words"): 0.75})
    assert "<script" not in text
    assert "<img" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; five more words" in text
    assert 'lang="en"' in text
    assert "2 answers, 1 marked." in text
    assert "marked 75 %" in text
    assert "1 word, fewer than 5" in text
    assert "says who decides" in text
    assert "SECRET" not in text
    assert "No answer waits" in rubric.page(unit, [], {})


def test_where_texts_were_drawn_the_page_heads_with_what_all_share_and_each_has_its_own() -> None:
    unit, item = next(
        (unit, name)
        for unit in map(load_unit, "ABCD")
        for name, rows in unit.items.items()
        if rows[0].type == "text" and len({row.body["stem"] for row in rows}) > 1
    )
    stems = [row.body["stem"].split("\n\n") for row in unit.items[item]]
    shared = [part for part in stems[0] if all(part in other for other in stems)]
    rows = [text_row("s1", unit=unit.name, item=item), text_row("s2", unit=unit.name, item=item, variant=1)]
    text = rubric.page(unit, rows, {})
    assert shared
    for part in shared:
        assert text.count(rich(part)) == 1
    for stem in stems[:2]:
        own = "\n\n".join(part for part in stem if part not in shared)
        assert f"Asked: {rich(own)}" in text
