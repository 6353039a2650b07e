"""The panel of the brief lab: a view for every setting, true figures, a map that holds its words, files opened."""

from __future__ import annotations

import json
import random
import time
from typing import Any

import pytest
from lab_views import as_text

from lesson_lib.know.data import rows
from lesson_lib.know.sources import Footnotes
from lesson_lib.show.brief_map import argument_map, width, wrapped
from lesson_lib.show.lab_brief import LAB, LISTS, opened, view
from lesson_lib.show.view import Drawing, Figures, Grid
from lesson_lib.think import brief_files
from lesson_lib.think.brief import brief, sources, words
from lesson_lib.think.brief_checks import checks
from lesson_lib.think.controls import Control, Many, Pick, Settings, Words, settle, starting
from lesson_lib.think.evidence import OWN, evidence, topics

MANY = [one for one in LAB.controls if isinstance(one, Many)]


def settings(**given: Any) -> Settings:
    return {**starting(LAB.controls), **given}


def full(seed: int = 1, **given: Any) -> Settings:
    chance = random.Random(seed)

    def value(one: Control) -> Any:
        match one:
            case Pick():
                return chance.choice(one.options)[0]
            case Many():
                return [name for name, _ in chance.sample(list(one.options), one.most)]
            case Words():
                return ("Wörter und mehr " * 80)[: one.most]
        raise AssertionError(one)

    return {one.id: value(one) for one in LAB.controls} | given


def shown(given: Settings) -> str:
    return as_text(view(given))


def test_the_lists_hold_every_row_once_and_can_be_looked_through() -> None:
    for group in ("1", "2", "3", "4", "counter"):
        lists = [one for one in MANY if one.id.startswith(f"evidence_{group}_")]
        assert [one.id[-1] for one in lists] == list(LISTS)
        names = [name for one in lists for name, _ in one.options]
        assert sorted(names) == sorted(evidence())
        assert max(len(one.options) for one in lists) <= 200


def test_the_questions_are_those_of_the_arguments_and_ones_own() -> None:
    picked = next(one for one in LAB.controls if one.id == "question")
    assert isinstance(picked, Pick)
    assert dict(picked.options[1:-1]) == {name: topic.question for name, topic in topics().items()}
    assert picked.options[-1][0] == OWN
    assert set(topics()) == {row["question"] for row in rows("arguments").values()}


def test_the_empty_form_is_a_view_too() -> None:
    text = shown(settings())
    assert "Parts done: 0 of 16" in text
    assert "Claim: none yet." in text


@pytest.mark.parametrize("question", [*topics(), "none", OWN])
@pytest.mark.parametrize("side", ["none", "for", "against", "other"])
def test_every_question_and_side_has_a_view_empty_and_full(question: str, side: str) -> None:
    assert shown(settings(question=question, side=side))
    assert shown(full(question=question, side=side))


def test_settings_at_random_have_a_view() -> None:
    for seed in range(25):
        assert shown(full(seed))


def test_figures_and_table_say_what_the_model_says() -> None:
    given = full(3, question="right-size", side="for")
    one = brief(given)
    blocks = view(given)
    figures = next(block for block in blocks if isinstance(block, Figures)).items
    looked = checks(one)
    found = sources(one)
    assert [figure.value for figure in figures] == [
        f"{sum(check.state == 'done' for check in looked)} of {len(looked)}",
        str(sum(check.state == "look again" for check in looked)),
        f"{words(one):,}",
        str(sum(map(len, found.values()))),
    ]
    table = next(block for block in blocks if isinstance(block, Grid))
    assert [(row.name, row.cells[0].words, row.cells[1].words) for row in table.rows] == [
        (check.title, check.state, check.says) for check in looked
    ]
    chosen = next(block for block in blocks if isinstance(block, Grid) and block.title == "Your evidence")
    used = [name for _, part in one.parts for name in part.evidence]
    assert [row.cells[0].source_ids for row in chosen.rows] == [evidence()[name].source_ids for name in used]


def test_rows_that_fit_are_named_as_in_the_lists() -> None:
    options = {text for one in MANY[:3] for _, text in one.options}
    named = {row.option: row for row in evidence().values()}
    for question, topic in topics().items():
        folded = [block for block in view(settings(question=question)) if isinstance(block, Grid) and block.folded]
        assert len(folded) == 1
        assert folded[0].rows
        assert {row.name for row in folded[0].rows} <= options
        assert all(topic.fits(named[row.name]) and not named[row.name].later for row in folded[0].rows)
        assert {row.cells[1].words for row in folded[0].rows} <= {title for title, _ in LISTS.values()}


def test_no_grade_and_no_policy_in_the_view() -> None:
    for side in ("for", "against", "other"):
        text = shown(settings(question="right-size", side=side)).casefold()
        assert not [word for word in ("score", "excellent", "correct answer", "well done") if word in text]


def test_the_lesson_s_items_are_answered_by_the_lab() -> None:
    four = ["arguments:right-size-for-matter", "arguments:right-size-against-mission", "claims:s04-monitor-dmz",
            "claims:s11-keys"]  # fmt: skip
    given = settings(question="right-size", side="for", evidence_1_a=four)
    blocks = view(given)
    chosen = next(block for block in blocks if isinstance(block, Grid) and block.title == "Your evidence")
    assert [[cell.words for cell in row.cells[1:]] for row in chosen.rows] == [
        ["supported", "for", "yes"],
        ["supported", "against", "yes"],
        ["contested", "not coded", "yes"],
        ["supported", "not coded", "not by the rule"],
    ]
    done = {check.id: check for check in checks(brief(given))}
    assert done["own-side"].state == "look again"
    assert "move it to the counter-argument" in done["own-side"].says
    two = settings(
        question="europe-pays",
        evidence_1_a=["arguments:europe-pays-for-nearest"],
        evidence_counter_a=["arguments:europe-pays-against-share"],
    )
    assert next(block for block in view(two) if isinstance(block, Figures)).items[-1].value == "5"


# ---- the map -----------------------------------------------------------------------------------------------------


def drawn(given: Settings) -> Drawing:
    return argument_map(brief(given))


@pytest.mark.parametrize("text", ["", "W" * 5_000, "中" * 500, "a b " * 400, "word", "x" * 1_000_000, "i l " * 90])
@pytest.mark.parametrize("most", [1, 3, 5])
def test_wrapped_lines_fit_their_room(text: str, most: int) -> None:
    lines = wrapped(text, 200, most)
    assert len(lines) <= most
    assert all(width(line) <= 200 for line in lines)
    if width(text) <= 200:
        assert " ".join(lines) == " ".join(text.split())


def test_every_word_of_the_map_stands_inside_a_box_and_no_boxes_meet() -> None:
    for seed in range(12):
        picture = drawn(full(seed)).picture
        boxes = [mark[2:6] for mark in picture.marks if mark[0] == "rect"]
        for number, (x, y, wide, high) in enumerate(boxes):
            assert x >= 0
            assert x + wide <= picture.width
            assert y + high <= picture.height
            for x2, y2, wide2, high2 in boxes[:number]:
                assert x >= x2 + wide2 or x2 >= x + wide or y >= y2 + high2 or y2 >= y + high
        for mark in picture.marks:
            if mark[0] == "text":
                _, _, x, y, said, _, size = mark
                assert size >= 12
                assert any(
                    bx <= x and x + width(said) <= bx + wide and by <= y - 9 and y + 3 <= by + high
                    for bx, by, wide, high in boxes
                ), said


def test_the_map_in_words_says_all() -> None:
    given = full(2)
    one = brief(given)
    alt = drawn(given).alt
    for part in [one.claim, one.reply, one.counter.words, *(part.words for _, part in one.begun)]:
        assert " ".join(part.split()) in alt
    for _, part in one.parts:
        assert all(evidence()[name].label in alt for name in part.evidence)


# ---- files and time ----------------------------------------------------------------------------------------------


def test_a_saved_brief_is_opened_again_and_nothing_else_stays() -> None:
    given = settings(question="right-size", side="for", claim="So it is.", name="Ana", confidence="70",
                     evidence_1_a=["arguments:right-size-for-matter"])  # fmt: skip
    back = opened(brief_files.written(given), "a.json")
    assert back.says == "Opened."
    values, notes = settle(LAB.controls, back.values, full(1))
    assert notes == {}
    assert values == given


def test_what_can_be_read_of_a_damaged_file_is_kept_and_the_rest_is_named() -> None:
    content = {
        "format": brief_files.FORMAT, "claim": "x" * 900, "side": "sideways", "reason_1": 7, "reply": "Yes.\x00\u202e",
        "evidence_1_a": ["arguments:right-size-for-matter", "claims:none", 4], "surprise": 1,
    }  # fmt: skip
    back = opened(json.dumps(content).encode(), "a.json")
    values, notes = settle(LAB.controls, back.values, full(1))
    assert notes == {}
    assert values["claim"] == "x" * 400
    assert values["reply"] == "Yes."
    assert values["evidence_1_a"] == ["arguments:right-size-for-matter"]
    assert values["side"] == "none"
    for said in (
        "part of Claim (The question)",
        "My answer",
        "Reason 1 (Reason 1)",
        "1 part of the file belongs to no field",
    ):
        assert said in back.says
    whole = brief_files.written(settings(claim="So it is.", reply="Yes."))
    torn = opened(whole[: whole.index(b'"reply"') + 4], "a.json")
    assert "could still be read" in torn.says
    assert torn.values["claim"] == "So it is."


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff" * 40, b"x" * 300_000, b"{}"])
def test_a_file_that_is_no_brief_changes_nothing(content: bytes) -> None:
    back = opened(content, "a.json")
    assert back.says.endswith(".")
    before = full(1)
    assert settle(LAB.controls, back.values, before) == (before, {})


def test_an_answer_takes_at_most_fifty_milliseconds() -> None:
    for given in (full(1, question="believe-promise"), full(1, question=OWN)):
        view(given)
        times = []
        for _ in range(7):
            start = time.perf_counter()
            notes = Footnotes()
            for block in view(given):
                block.to_json(notes)
            times.append(time.perf_counter() - start)
        assert sorted(times)[3] <= 0.05
