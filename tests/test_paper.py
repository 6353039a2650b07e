"""A unit on paper: what is printed, that no key slips onto it, and that typed answers earn what the pen has written."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import bank as small
import pytest

from lesson_lib.classroom import gradebook, paper
from lesson_lib.classroom.bank import Unit, draw, load_unit
from lesson_lib.classroom.paper_forms import ON_PAPER, as_typed, letters_of, make_form, read_cell, slots
from lesson_lib.classroom.paper_marks import join, mark_typed, read_paper, template
from lesson_lib.classroom.roster import Student
from lesson_lib.know.errors import DataError, LessonError
from lesson_lib.think.marking import mark
from lesson_lib.think.reading import Unreadable

FORMS = ["A", "B", "C", "D"]
CLASS = [
    Student("0042", "Müller, Anna"),
    Student("s2", "Olena <b>Koval</b>"),
    Student("s3", "=Li Wei"),
    Student("s4", "Bo"),
]

MORE = """
[[items]]
quiz = "part-2"
id = "pairs"
type = "match"
objective = "weigh"
difficulty = 1
stem = "Match them."
source_ids = ["north-atlantic-treaty-1949"]
decoys = ["Spare side"]
[[items.pairs]]
id = "first"
left = "L1"
right = "Right of one"
why = "SECRET-R"
[[items.pairs]]
id = "second"
left = "L2"
right = "Right of two"
why = "SECRET-S"

[[items]]
quiz = "part-2"
id = "grid"
type = "table"
objective = "weigh"
difficulty = 2
stem = "Fill it."
source_ids = ["north-atlantic-treaty-1949"]
why = "SECRET-T"
columns = [{ id = "east", text = "East" }, { id = "west", text = "West" }]
values = [{ id = "yes", text = "Yes" }, { id = "no", text = "No" }, { id = "silent", text = "Silent" }]
[[items.rows]]
id = "treaty"
text = "Treaty"
why = "SECRET-U"
cells = { east = "yes", west = ["no", "silent"] }
[[items.rows]]
id = "speech"
text = "Speech"
why = "SECRET-V"
cells = { west = "silent" }
"""


@pytest.fixture
def unit(tmp_path: Path) -> Unit:
    """All nine types, every item released."""
    text = small.SMALL.replace("items = 6", "items = 10").replace(
        "[[items]]", MORE.replace("\\", "") + "\n[[items]]", 1
    )
    return load_unit("T", small.write(tmp_path / "bank", text))


def entry(release: str = "autumn", *, different: bool = False) -> dict[str, Any]:
    return {"release": release, "per_student": different, "forms": FORMS, "behaviour": "test"}


def sheet(path: Path, rows: list[list[object]], heads: int = 10) -> Path:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["student", "name", "form", *range(1, heads + 1)], *rows])
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


def line(unit: Unit, student: str, letter: str, *, different: bool = False) -> list[object]:
    """A line with every answer as the key page of that form has it."""
    form = make_form(unit, "autumn", letter, different=different)
    typed = [as_typed(each.item) or ("a" if each.item.opinion else "paper") for each in form.questions]
    return [student, "", letter, *typed]


# ---- forms ----------------------------------------------------------------------------------------------------------


def test_forms_hold_the_same_questions_in_other_orders(unit: Unit) -> None:
    forms = [make_form(unit, "autumn", letter) for letter in FORMS]
    assert len({frozenset(each.item.id for each in form.questions) for form in forms}) == 1
    assert len({tuple(each.item.id for each in form.questions) for form in forms}) == 4
    assert len({tuple(each.item.id for each in draw(unit, "autumn")) for _ in forms}) == 1
    assert {each.item.id for each in forms[0].questions} == {each.item.id for each in draw(unit, "autumn")}
    for form in forms:  # parts stay together, in the unit's order
        assert [title for title, _ in form.parts()] == ["First part", "Second part"]
        assert make_form(unit, "autumn", form.letter) == form


def test_letters_stand_for_other_choices_on_other_forms(unit: Unit) -> None:
    for name, part in (("one", "choices"), ("pairs", "right"), ("grid", "rows")):
        orders = {
            tuple(one["id"] for one in each.item.body[part])
            for letter in "ABCDEFGH"
            for each in make_form(unit, "autumn", letter).questions
            if each.item.id == name
        }
        assert len(orders) > 1, name


def test_the_same_numbers_stand_on_every_form(unit: Unit) -> None:
    drawn = {
        each.variant
        for letter in FORMS
        for each in make_form(unit, "autumn", letter).questions
        if each.item.id == "years"
    }
    assert len(drawn) == 1


def test_different_questions_are_those_of_the_form_letter(tmp_path: Path) -> None:
    unit = load_unit("T", small.write(tmp_path / "bank"))
    for letter in FORMS:
        found = make_form(unit, "autumn", letter, different=True)
        assert {each.item.id for each in found.questions} == {
            each.item.id for each in draw(unit, "autumn", f"form-{letter}")
        }
    drawn = {
        frozenset(each.item.id for each in make_form(unit, "autumn", letter, different=True).questions)
        for letter in "ABCDEFGH"
    }
    assert len(drawn) > 1


def test_a_form_does_not_depend_on_the_key(tmp_path: Path, unit: Unit) -> None:
    text = Path(unit.lesson.path).read_text(encoding="utf-8")
    other = text.replace('why = "SECRET-A"\nright = true', 'why = "SECRET-A"').replace(
        'why = "SECRET-B"', 'why = "SECRET-B"\nright = true'
    )
    other = other.replace('bin = "fact"', 'bin = "figure"').replace('"SECRETWORD"', '"OTHERWORD"')
    assert other != text
    changed = load_unit("T", small.write(tmp_path / "other", other))
    for letter in FORMS:
        pages = [paper.unit_page(make_form(one, "autumn", letter)) for one in (unit, changed)]
        assert pages[0] == pages[1]
        assert paper.key_page(make_form(unit, "autumn", letter)) != paper.key_page(make_form(changed, "autumn", letter))


@pytest.mark.parametrize("text", ["", "A,A", "AB", "A,1"])
def test_forms_that_will_not_do_are_refused(text: str) -> None:
    with pytest.raises(LessonError, match="letter of its own"):
        letters_of(text)


# ---- pages ----------------------------------------------------------------------------------------------------------


class Read(HTMLParser):
    """A page as a screen reader goes through it: headings and text in their order, and what is amiss."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []
        self.levels: list[int] = []
        self.tags: dict[str, list[dict[str, str | None]]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.setdefault(tag, []).append(dict(attrs))
        if tag not in ("meta", "br", "link", "img", "input"):
            self.open.append(tag)
        if re.fullmatch(r"h\d", tag):
            self.levels.append(int(tag[1]))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text.append(data)


def pages_of(unit: Unit) -> dict[str, str]:
    forms = [make_form(unit, "autumn", letter) for letter in FORMS]
    return {
        "unit": paper.unit_page(forms[1]),
        "sheets": paper.answer_sheets(forms, CLASS),
        "key": paper.key_page(forms[1]),
    }


def test_pages_are_whole_and_stand_alone(unit: Unit) -> None:
    for name, text in pages_of(unit).items():
        read = Read()
        read.feed(text)
        assert read.open == [], name
        assert read.tags["html"] == [{"lang": "en"}]
        assert not {"script", "img", "link", "iframe", "form", "input"} & set(read.tags)
        assert "url(" not in text
        assert "@import" not in text
        assert read.levels[0] == 1
        assert all(b <= a + 1 for a, b in zip(read.levels, read.levels[1:], strict=False)), name
        for table in range(len(read.tags.get("table", ()))):
            assert read.tags["caption"][table] is not None
        assert all(one.get("scope") in ("row", "col") for one in read.tags.get("th", ()))
        assert "size:A4" in text
        assert "counter(page)" in text


def test_a_reader_meets_number_question_and_choices_in_their_order(unit: Unit) -> None:
    read = Read()
    form = make_form(unit, "autumn", "B")
    read.feed(paper.unit_page(form))
    said = " ".join(read.text)
    places = [said.index(f"Question {place} ") for place in range(1, len(form.questions) + 1)]
    assert places == sorted(places)
    for place, each in zip(places, form.questions, strict=True):
        stem = said.index(each.item.body["stem"].split("{")[0], place)
        for choice in each.item.body.get("choices", ()):
            assert said.index(choice["text"], stem) > stem
    assert said.count("Form B") >= len(form.questions), "the letter stands beside each question, on any page"


def test_no_question_is_cut_and_each_type_has_room(unit: Unit) -> None:
    text = paper.unit_page(make_form(unit, "autumn", "A"))
    assert re.search(r"\.q\{[^}]*break-inside:avoid", text)
    assert text.count('class="q"') == 10
    assert text.count('class="box"') == 3 + 3 + 2 + 2 * 2, "two single, one multiple and a two by two of cards"
    assert text.count('class="wide"') == 3 + 2 + 3, "three steps, two pairs, three cells asked"
    assert text.count("not asked") == 1
    assert text.count("<i></i>") == 6
    assert "font-size:12pt" in text


def test_nothing_secret_is_on_what_students_get(unit: Unit, tmp_path: Path) -> None:
    paper.print_unit(unit, tmp_path / "out", release="autumn", students=CLASS)
    given = [path for path in (tmp_path / "out").iterdir() if path.is_file()]
    assert sorted(path.name for path in given) == [
        "answer-sheets-T.html", *[f"unit-T-form-{letter}.html" for letter in FORMS],
    ]  # fmt: skip
    for path in given:
        assert "SECRET" not in path.read_text(encoding="utf-8")
    for letter in FORMS:
        key = (tmp_path / "out" / "teacher" / f"key-T-form-{letter}.html").read_text(encoding="utf-8")
        assert "SECRET-WHY-ONE" in key
        assert "For the teacher only" in key


def test_an_answer_sheet_for_each_student_and_a_blank_one_a_form(unit: Unit) -> None:
    text = paper.answer_sheets([make_form(unit, "autumn", letter) for letter in FORMS], CLASS)
    sheets = text.split('class="sheet"')[1:]
    assert len(sheets) == len(CLASS) + len(FORMS)
    assert "Olena &lt;b&gt;Koval&lt;/b&gt;" in sheets[1]
    assert "Form<b>B</b>" in sheets[1]
    assert "<b>Koval" not in text
    for sheet_ in sheets:
        assert sheet_.count('<th scope="row">') == 10


def test_the_same_print_has_the_same_bytes(unit: Unit, tmp_path: Path) -> None:
    for name in ("one", "two"):
        paper.print_unit(unit, tmp_path / name, release="autumn", students=CLASS, paper="Letter")
    for path in sorted((tmp_path / "one").rglob("*.*")):
        assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes()
    assert "size:Letter" in (tmp_path / "one" / "unit-T-form-A.html").read_text(encoding="utf-8")


def test_printing_again_keeps_what_was_typed(unit: Unit, tmp_path: Path) -> None:
    paper.print_unit(unit, tmp_path, release="autumn", students=CLASS)
    typed = tmp_path / "teacher" / "paper-T.csv"
    typed.write_text("my marks", encoding="utf-8")
    paper.print_unit(unit, tmp_path, release="autumn", students=CLASS)
    assert typed.read_text(encoding="utf-8") == "my marks"


def test_a_title_cannot_break_out_of_the_page(unit: Unit, tmp_path: Path) -> None:
    text = (
        Path(unit.lesson.path)
        .read_text(encoding="utf-8")
        .replace('"A small unit"', "'A </style><script>x</script> \"q\"'")
    )
    page = paper.unit_page(make_form(load_unit("T", small.write(tmp_path / "odd", text)), "autumn", "A"))
    assert "<script" not in page
    assert page.count("</style>") == 1


def test_what_cannot_be_printed_is_said(unit: Unit, tmp_path: Path) -> None:
    with pytest.raises(LessonError, match="A4 or Letter"):
        paper.print_unit(unit, tmp_path, release="autumn", paper="A3")
    with pytest.raises(LessonError, match="release name"):
        paper.print_unit(unit, tmp_path, release="../x")
    (tmp_path / "file").write_text("")
    with pytest.raises(LessonError, match="cannot be written"):
        paper.print_unit(unit, tmp_path / "file", release="autumn")


def test_what_was_printed_is_remembered(unit: Unit, tmp_path: Path) -> None:
    with pytest.raises(LessonError, match="print it first"):
        paper.printed(tmp_path, "T")
    for release, forms in (("spring", "AB"), ("autumn", "ABC"), ("spring", "ABCD")):
        paper.note_printed(tmp_path, unit, release, forms=list(forms), different=False, roster="")
    assert paper.printed(tmp_path, "T")["forms"] == FORMS
    assert paper.printed(tmp_path, "T", "autumn")["forms"] == ["A", "B", "C"]
    with pytest.raises(LessonError, match="'winter'"):
        paper.printed(tmp_path, "T", "winter")
    (tmp_path / paper.PRINTED).write_text("{")
    with pytest.raises(LessonError, match="damaged"):
        paper.printed(tmp_path, "T")


# ---- PDF ------------------------------------------------------------------------------------------------------------


def test_without_a_browser_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("CHROMIUM", "ProgramFiles", "ProgramFiles(x86)", "LocalAppData"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(Path, "is_file", lambda _path: False)
    with pytest.raises(LessonError, match="none was found: install one"):
        paper.browser()
    monkeypatch.setenv("CHROMIUM", "no-such-browser")
    with pytest.raises(LessonError, match="CHROMIUM names no-such-browser"):
        paper.browser()


def test_a_browser_that_fails_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "fake").write_text("#!/bin/sh\nexit 3\n")
    (tmp_path / "fake").chmod(0o755)
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "fake"))
    (tmp_path / "page.html").write_text("<p>x")
    with pytest.raises(LessonError, match=r"made no PDF of page\.html"):
        paper.to_pdf(tmp_path / "page.html")


def test_the_installed_browser_makes_the_same_pdf_twice(unit: Unit, tmp_path: Path) -> None:
    try:
        paper.browser()
    except LessonError:
        pytest.skip("no Chromium was found")
    page = paper.print_unit(unit, tmp_path, release="autumn", forms="A", students=CLASS[:1])[0]
    first = paper.to_pdf(page).read_bytes()
    assert first.startswith(b"%PDF")
    assert b"/StructTreeRoot" in first, "tagged: a screen reader finds headings and tables"
    # On a machine under heavy load the browser once cut one object otherwise: of two more prints one must be the same.
    assert first in (paper.to_pdf(page).read_bytes(), paper.to_pdf(page).read_bytes())


# ---- typed answers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("different", [False, True])
def test_the_key_as_it_is_typed_earns_everything_on_every_form(unit: Unit, tmp_path: Path, different: bool) -> None:
    rows = [line(unit, student.id, letter, different=different) for student, letter in zip(CLASS, FORMS, strict=True)]
    typed = read_paper(sheet(tmp_path / "paper-T.csv", rows), unit, entry(different=different), CLASS)
    assert typed.problems == ()
    assert typed.missing == ()
    graded = list(mark_typed(unit, typed, entry(different=different)))
    assert len(graded) == 4 * 10
    assert {row.outcome for row in graded} == {"right", "recorded"}
    assert [row.score for row in graded if row.type != "text"] == [1.0] * 36
    assert {(row.score, row.answer) for row in graded if row.type == "text"} == {(None, ON_PAPER)}
    assert {(row.student, row.name, row.file) for row in graded} == {(one.id, one.name, "paper-T.csv") for one in CLASS}


def test_the_courses_own_bank_goes_through_whole(tmp_path: Path) -> None:
    unit = load_unit("A")
    for letter in FORMS:
        form = make_form(unit, "autumn", letter)
        for each in form.questions:
            typed = as_typed(each.item)
            if typed:
                assert mark(each.item.body, each.item.key, read_cell(each.item.body, typed)).outcome == "right", (
                    each.item.id
                )
    assert len(paper.print_unit(unit, tmp_path, release="autumn")) == 9


def body_of(unit: Unit, name: str, letter: str = "A") -> dict[str, Any]:
    return next(each.item.body for each in make_form(unit, "autumn", letter).questions if each.item.id == name)


@pytest.mark.parametrize("cell", ["b", "B", " b) ", "(B)", "b."])
def test_one_letter_is_read_on_its_form(unit: Unit, cell: str) -> None:
    for letter in FORMS:
        body = body_of(unit, "one", letter)
        assert read_cell(body, cell) == body["choices"][1]["id"]


@pytest.mark.parametrize("cell", ["a c", "A, C", "ca", "c;a", "a and c", "a + c", "(a) (c)"])
def test_several_letters_are_read(unit: Unit, cell: str) -> None:
    body = body_of(unit, "several")
    assert set(read_cell(body, cell)) == {body["choices"][0]["id"], body["choices"][2]["id"]}


@pytest.mark.parametrize(
    "cell", ["A=2 B=1", "a2 b1", "A-2, B-1", "B=1; A=2", "A 2 B 1", "A=2,B=1", "2 1", "2=A 1=B", "21"]
)
def test_letters_with_numbers_are_read(unit: Unit, cell: str) -> None:
    body = body_of(unit, "pairs")
    left, right = [[one["id"] for one in body[side]] for side in ("left", "right")]
    assert read_cell(body, cell) == {left[0]: right[1], left[1]: right[0]}


def test_part_of_a_line_may_be_blank(unit: Unit) -> None:
    body = body_of(unit, "pairs")
    left, right = [[one["id"] for one in body[side]] for side in ("left", "right")]
    assert read_cell(body, "B=3") == {left[1]: right[2]}
    assert read_cell(body, "- 3") == {left[1]: right[2]}
    assert read_cell(body, "A=_ B=3") == {left[1]: right[2]}


@pytest.mark.parametrize("cell", ["A=2 B=3 C=1", "2 3 1", "c a b", "cab", "231", "C, A, B", "C > A > B"])
def test_an_order_is_read_as_numbers_or_as_letters(unit: Unit, cell: str) -> None:
    body = body_of(unit, "steps")
    steps = [one["id"] for one in body["steps"]]
    assert read_cell(body, cell) == [steps[2], steps[0], steps[1]]


def test_a_table_is_read_cell_by_cell(unit: Unit) -> None:
    body = body_of(unit, "grid")
    values = [one["id"] for one in body["values"]]
    expected: dict[str, dict[str, str]] = {}
    for (row, column), value in zip(slots(body), (3, 1, 2), strict=True):
        expected.setdefault(row, {})[column] = values[value - 1]
    assert read_cell(body, "A=3 B=1 C=2") == expected
    assert read_cell(body, "3 1 2") == expected


@pytest.mark.parametrize("name", ["one", "several", "years", "pairs", "steps", "sorted", "grid", "words", "word"])
@pytest.mark.parametrize("cell", ["", " ", "?", "-", "–", "__"])
def test_blank_is_blank(unit: Unit, name: str, cell: str) -> None:
    assert read_cell(body_of(unit, name), cell) is None


@pytest.mark.parametrize(
    ("name", "cell", "valid"),
    [
        ("one", "z", "one letter of a to c"),
        ("one", "a b", "one letter of a to c"),
        ("several", "a z", "letters of a to c"),
        ("years", "many", "the number alone, in years"),
        ("pairs", "A=4", "1 to 3 for each letter from A to B"),
        ("pairs", "A=1 A=2", "1 to 3 for each letter"),
        ("pairs", "1", "or the 2 numbers alone"),
        ("pairs", "A=B", "as in A=2 B=1"),
        ("steps", "1 1 2", "each number from 1 to 3 once"),
        ("steps", "A=1 B=2", "each number from 1 to 3 once"),
        ("sorted", "A=3", "1 to 2"),
        ("grid", "D=1", "A to C"),
    ],
)
def test_what_cannot_be_read_says_what_is_valid(unit: Unit, name: str, cell: str, valid: str) -> None:
    with pytest.raises(Unreadable, match=re.escape(valid)):
        read_cell(body_of(unit, name), cell)


def test_a_text_is_typed_or_left_to_the_rubric(unit: Unit, tmp_path: Path) -> None:
    body = body_of(unit, "words")
    assert read_cell(body, "Paper") == ON_PAPER
    assert read_cell(body, "-- no. One two three") == "-- no. One two three"
    form = make_form(unit, "autumn", "A")
    place = next(at for at, each in enumerate(form.questions) if each.item.id == "words")
    cells: list[object] = [""] * 10
    cells[place] = "paper"
    typed = read_paper(sheet(tmp_path / "p.csv", [["s2", "", "A", *cells]]), unit, entry(), CLASS)
    rows = list(mark_typed(unit, typed, entry()))
    row = next(row for row in rows if row.item == "words")
    assert (row.outcome, row.score) == ("recorded", None)
    assert next(iter(gradebook.with_rubric([row], {("s2", "words"): 0.75}))).earned == 3.0
    assert {row.outcome for row in rows} == {"recorded", "blank"}


def test_one_bad_cell_costs_that_cell_alone(unit: Unit, tmp_path: Path) -> None:
    bad = line(unit, "s2", "B")
    form = make_form(unit, "autumn", "B")
    place = next(at for at, each in enumerate(form.questions, start=1) if each.item.id == "pairs")
    bad[2 + place] = "A=9"
    path = sheet(tmp_path / "paper-T.csv", [line(unit, "0042", "A"), bad])
    typed = read_paper(path, unit, entry(), CLASS)
    said = (
        f"paper-T.csv, line 3, Olena <b>Koval</b>, question {place} of form B: 'A=9' cannot be read: type a number "
        "from 1 to 3 for each letter from A to B, as in A=2 B=1, or the 2 numbers alone in that order."
    )
    assert [str(problem) for problem in typed.problems] == [said]
    rows = [row for row in mark_typed(unit, typed, entry()) if row.student == "s2"]
    assert [row.item for row in rows if row.outcome == "unreadable"] == ["pairs"]
    assert [student.id for student in typed.missing] == ["s3", "s4"]


def test_lines_that_cannot_be_placed_are_listed_and_the_rest_is_marked(unit: Unit, tmp_path: Path) -> None:
    rows = [
        line(unit, "nobody", "A"), line(unit, "s2", "E"), line(unit, "s3", ""),
        ["s4", "", "form c", *line(unit, "s4", "C")[3:]], line(unit, "s4", "A"),
        ["", "", "", *[""] * 10], ["0042", "", "A", *[""] * 10],
    ]  # fmt: skip
    typed = read_paper(sheet(tmp_path / "p.csv", rows), unit, entry(), CLASS)
    assert [(problem.line, problem.wrong) for problem in typed.problems] == [
        (2, "is not in the class list"), (3, "is not one of the forms"), (4, "is empty"), (6, "stands twice"),
    ]  # fmt: skip
    assert "one of A, B, C, D" in str(typed.problems[1])
    assert [paper.student for paper in typed.papers] == ["s4"]
    assert [student.id for student in typed.missing] == ["0042", "s2", "s3"]


def test_the_template_is_for_a_spreadsheet_and_comes_back_from_one(unit: Unit, tmp_path: Path) -> None:
    forms = [make_form(unit, "autumn", letter) for letter in FORMS]
    rows = list(csv.reader(io.StringIO(template(forms, CLASS))))
    assert rows[0] == ["student", "name", "form", *map(str, range(1, 11))]
    assert [row[:3] for row in rows[1:]] == [
        ["'0042", "Müller, Anna", "A"], ["s2", "Olena <b>Koval</b>", "B"], ["s3", "'=Li Wei", "C"], ["s4", "Bo", "D"],
    ]  # fmt: skip
    # Excel drops the zeros, writes semicolons and its own encoding; the teacher clears an id and keeps the name.
    text = "Id;Name;Form;" + ";".join(f"Q{place}" for place in range(1, 11)) + "\r\n"
    for given in (["42", "Müller, Anna", "a"], ["", "Bo", "d"]):
        text += ";".join([*given, *map(str, line(unit, "", given[2].upper())[3:])]) + "\r\n"
    (tmp_path / "excel.csv").write_bytes(text.encode("cp1252"))
    typed = read_paper(tmp_path / "excel.csv", unit, entry(), CLASS)
    assert typed.problems == ()
    assert [paper.student for paper in typed.papers] == ["0042", "s4"]
    assert {row.outcome for row in mark_typed(unit, typed, entry())} == {"right", "recorded"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "has no columns student and form"),
        (b"name,marks\nBo,3\n", "has no columns student and form"),
        (b"student,form,1,2\ns2,A,a,b\n", "3, 4, 5"),
        (b"PK\x03\x04", "is a workbook"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused(unit: Unit, tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "p.csv").write_bytes(content)
    with pytest.raises(DataError, match=said):
        read_paper(tmp_path / "p.csv", unit, entry(), CLASS)


def test_answers_beyond_the_last_question_are_pointed_out(unit: Unit, tmp_path: Path) -> None:
    path = sheet(tmp_path / "p.csv", [[*line(unit, "s2", "A"), "b"]], heads=11)
    typed = read_paper(path, unit, entry(), CLASS)
    assert [problem.where for problem in typed.problems] == ["Olena <b>Koval</b>, column 11"]
    assert len(typed.papers) == 1


def test_paper_and_screen_join_in_one_gradebook(unit: Unit, tmp_path: Path) -> None:
    first = read_paper(
        sheet(tmp_path / "a.csv", [line(unit, "s3", "A"), line(unit, "0042", "B")]), unit, entry(), CLASS
    )
    second = read_paper(sheet(tmp_path / "b.csv", [line(unit, "s3", "C")]), unit, entry(), CLASS)
    before, added = (list(mark_typed(unit, one, entry())) for one in (first, second))
    both = join(before, added)
    assert [row.student for row in both] == ["0042"] * 10 + ["s3"] * 10
    assert {row.file for row in both if row.student == "s3"} == {"b.csv"}
    assert join(both, added) == both
    assert gradebook.write(tmp_path / "book.jsonl", (row.to_line() for row in both)) == 20
