"""What students get in another language: the page's own, with the bank's words marked; the same answers and marks."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import bank as small
import pytest

from lesson_lib import language
from lesson_lib.classroom import negotiation, paper, paper_marks, release
from lesson_lib.classroom.bank import Unit, draw, load_unit
from lesson_lib.classroom.grade import Paper, mark_paper
from lesson_lib.classroom.paper_forms import make_form
from lesson_lib.classroom.paper_marks import NOT_READ, read_paper
from lesson_lib.classroom.student_page import REVEALS, Sheet, student_page
from lesson_lib.think import units

RELEASE = {"release": "first", "per_student": True, "behaviour": "test"}
ANSWERS: dict[str, Any] = {
    "one": "beta", "several": ["alpha"], "years": 1, "sorted": {"sky": "figure"}, "words": "Five words of mine here.",
    "steps": ["repair", "quarrel", "pact"], "word": "wrongword", "view": "no",
}  # fmt: skip


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Every test ends in English."""
    yield
    language("en")


@pytest.fixture
def unit(tmp_path: Path) -> Unit:
    return load_unit("T", small.write(tmp_path / "bank", small.SMALL.replace("items = 6", "items = 8")))


class Heard(HTMLParser):
    """Each piece of text of a page with the language in which a screen reader speaks it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.pieces: list[tuple[str, str]] = []
        self._open: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br"):
            spoken = dict(attrs).get("lang") or (self._open[-1][1] if self._open else "")
            self._open.append((tag, spoken))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and self._open and self._open[-1][0] != "style":
            self.pieces.append((data.strip(), self._open[-1][1]))

    def language_of(self, words: str) -> set[str]:
        return {spoken for text, spoken in self.pieces if words in text}


def page_of(unit: Unit, reveal: str) -> str:
    items = {f"T-{unit.parts[name]}/{name}": {"answer": answer} for name, answer in ANSWERS.items()}
    rows = list(mark_paper(unit, Paper("s1", "Ada", {"items": items}, "x.json"), RELEASE))
    return student_page(unit, Sheet("s1", "Ada", rows, {}), RELEASE, reveal)


@pytest.mark.parametrize("reveal", REVEALS)
def test_a_page_of_feedback_speaks_the_language_and_leaves_the_questions_theirs(unit: Unit, reveal: str) -> None:
    plain = page_of(unit, reveal)
    assert plain.startswith('<!doctype html>\n<html lang="en">')
    assert " lang=" not in plain.partition("<head>")[2], "in English nothing has to be told apart"
    language("uk")
    heard = Heard(page_of(unit, reveal))
    assert heard.language_of("Which one?") == {"en"}
    assert heard.language_of("The second") == {"en"}
    assert heard.language_of("Five words of mine here.") == {"en"}
    assert heard.language_of("Питання 1 з 8") == {"uk"}
    assert heard.language_of("Ваша відповідь") == {"uk"}
    assert heard.language_of("SECRET-B") == (set() if reveal == "score" else {"en"})
    assert not [text for text, spoken in heard.pieces if spoken == "en" and re.search("[\u0400-\u04ff]", text)]


def test_a_bank_in_the_language_of_the_page_needs_no_marks(tmp_path: Path) -> None:
    text = small.SMALL.replace('stem = "Which one?"', 'stem = "Яке з них?"').replace('"A small unit"', '"Малий блок"')
    unit = load_unit("T", small.write(tmp_path / "bank", text.replace("items = 6", "items = 8")))
    language("uk")
    heard = Heard(page_of(unit, "score"))
    assert heard.language_of("Яке з них?") == heard.language_of("Малий блок") == {"uk"}
    assert heard.language_of("Which ones?") == {"en"}


def test_paper_and_cards_mark_what_stays_english(unit: Unit) -> None:
    language("uk")
    form = make_form(unit, "first", "A")
    for page in (paper.unit_page(form), paper.key_page(form)):
        heard = Heard(page)
        assert heard.language_of("Which one?") == {"en"}
        assert heard.pieces[0][1] == "uk"
        assert not [text for text, spoken in heard.pieces if spoken == "en" and re.search("[\u0400-\u04ff]", text)]
    heard = Heard(negotiation.role_cards(6))
    assert heard.language_of("Should US soldiers be stationed in Ukraine") == {"en"}
    assert heard.language_of("19 серпня 2025 року") == {"uk"}


def test_a_release_in_another_language_differs_in_its_words_alone(unit: Unit) -> None:
    before = release.student_file(unit, "first", "study", "s1")
    assert release.notebook(before)["cells"][1]["source"] == ["from lesson_lib import hand_in, progress, quiz"]
    assert not any("lang" in item for part in before["parts"] for item in part["items"])
    language("uk")
    after = release.student_file(unit, "first", "study", "s1")
    assert "".join(release.notebook(after)["cells"][1]["source"]).endswith('\n\nlanguage("uk")')
    for part in after["parts"]:
        assert {item.pop("lang") for item in part["items"]} == {"en"}
    assert after == before


def test_a_released_notebook_holds_questions_that_say_their_language(unit: Unit, tmp_path: Path) -> None:
    language("uk")
    release.write_release(unit, tmp_path / "given", release="first")
    held = units.read(tmp_path / "given" / "unit-T.json")
    assert {item.body["lang"] for quiz in held.quizzes.values() for item in quiz.items} == {"en"}
    assert len(draw(unit, "first")) == sum(len(quiz.items) for quiz in held.quizzes.values())


def test_what_is_stored_of_an_answer_is_the_same_in_every_language(
    unit: Unit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = len(make_form(unit, "first", "A").questions)
    path = tmp_path / "typed.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        heads = ["student", "name", "form", *range(1, count + 1)]
        csv.writer(file).writerows([heads, ["s1", "Ada", "A", *["??!"] * count]])
    printed = {"release": "first", "per_student": False, "forms": ["A"], "behaviour": "test"}
    stored = read_paper(path, unit, printed).papers
    monkeypatch.setattr(paper_marks, "_", lambda text: f"in another language: {text}")
    found = read_paper(path, unit, printed)
    assert all("in another language" in problem.wrong for problem in found.problems)
    assert found.papers == stored
    assert NOT_READ in str(stored)
