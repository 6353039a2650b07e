"""The force calculator's view: whole at every corner of the settings, true to the model, quick, and readable."""

from __future__ import annotations

import itertools
import json
import random
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from lesson_lib.know.data import rows
from lesson_lib.know.sources import Footnotes
from lesson_lib.show.force_context import factor, money
from lesson_lib.show.force_pictures import Dot, beside
from lesson_lib.show.lab import lab
from lesson_lib.show.lab_force import LAB, force_of, view
from lesson_lib.show.picture import Picture
from lesson_lib.show.view import Drawing, Figures, Grid
from lesson_lib.think.controls import Pick, Range, Settings, starting
from lesson_lib.think.force import reckon, sensitivity
from lesson_lib.think.questions import load_lesson

START = starting(LAB.controls)
PRESETS = {preset.id: START | preset.values for preset in LAB.presets}


def at(**change: object) -> Settings:
    return START | change


def figures(settings: Settings) -> dict[str, tuple[str, str, str]]:
    block = view(settings)[0]
    assert isinstance(block, Figures)
    return {one.label: (one.value, one.range, one.means) for one in block.items}


def words(settings: Settings) -> str:
    notes = Footnotes()
    return "\n".join(line for block in view(settings) for line in block.to_text(notes))


def corners() -> Iterator[Settings]:
    """Each control at its ends; the choices in all combinations, the numbers together low, high and mixed."""
    picks = [control for control in LAB.controls if isinstance(control, Pick)]
    ranges = [control for control in LAB.controls if isinstance(control, Range)]
    draw = random.Random(6)
    for chosen in itertools.product(*([option for option, _ in pick.options] for pick in picks)):
        values: dict[str, Any] = dict(zip([pick.id for pick in picks], chosen, strict=True))
        for ends in ("low", "high", "mixed"):
            numbers = {
                one.id: {"low": one.least, "high": one.most, "mixed": draw.choice([one.least, one.most])}[ends]
                for one in ranges
            }
            yield START | values | numbers


def texts(picture: Picture) -> Iterator[tuple[float, float, float]]:
    """Left end, right end and height of every text, its letters taken as 0.6 of its size."""
    for mark in picture.marks:
        if mark[0] == "text":
            _, _, x, y, said, anchor, size = mark
            width = 0.6 * size * len(said)
            left = x - {"start": 0, "middle": width / 2, "end": width}[anchor]
            yield left, left + width, y


@pytest.mark.parametrize("part", range(8))
def test_the_view_is_whole_at_every_corner(part: int) -> None:
    for settings in itertools.islice(corners(), part, None, 40):
        blocks = view(settings)
        notes = Footnotes()
        sent = json.dumps([block.to_json(notes) for block in blocks], allow_nan=False)
        assert not re.search(r"\b(nan|inf|None)\b", sent)
        assert sum(isinstance(block, Drawing) for block in blocks) >= 1
        for block in blocks:
            assert block.to_html(notes)
            if isinstance(block, Drawing):
                assert block.alt.strip()
                tall = block.picture.height
                for left, right, y in texts(block.picture):
                    assert left >= -1, settings
                    assert right <= 721, settings
                    assert 0 < y <= tall, settings


def test_a_view_takes_a_moment() -> None:
    chosen = list(itertools.islice(corners(), 0, None, 97))
    view(START)
    begun = time.perf_counter()
    for settings in chosen:
        view(settings)
    assert (time.perf_counter() - begun) / len(chosen) <= 0.05


def test_it_starts_with_the_numbers_that_the_lesson_prints() -> None:
    said = figures(START)
    assert said["Soldiers deployed"][0] == "50,000"
    assert said["Soldiers bound in all"][:2] == ("150,000", "between 125,000 and 200,000")
    assert said["Tours in two years"][:2] == ("200,000", "between 100,000 and 200,000")
    assert said["On duty at any moment"][0] == "5,000"
    assert said["On duty for each kilometre"] == ("4.2", "between 1.3 and 11.2", "one every 240 metres, night and day")
    assert said["Share of the contributors' armies"][:2] == ("7.1 per cent", "between 5.9 and 9.4 per cent")
    assert said["Cost a year"][:2] == ("3.8 billion dollars", "between 2.7 and 10.4 billion dollars")
    assert "some go twice" in words(START)
    assert "nobody has to go twice" in words(at(rest_ratio=3))


@pytest.mark.parametrize(
    ("change", "label", "value"),
    [
        ({"counting": "pool"}, "Soldiers deployed", "16,667"),
        ({"deployed": 64_000, "doubt": "exact"}, "Tours in two years", "256,000"),
        ({"deployed": 40_000, "rest_ratio": 1.5}, "Soldiers bound in all", "100,000"),
        ({"per_post": 5.2, "doubt": "exact"}, "On duty at any moment", "2,885"),
        ({"whose": "two"}, "Share of the contributors' armies", "43.7 per cent"),
        ({"whose": "unknown"}, "Share of the contributors' armies", "not known"),
        ({"task": "order", "region": 2.5}, "For each 1,000 inhabitants", "20"),
        ({"line_km": 3_600}, "On duty for each kilometre", "1.4"),
        ({"cost": 190_000}, "Cost a year", "9.5 billion dollars"),
    ],
)
def test_a_setting_moves_its_answer(change: dict[str, object], label: str, value: str) -> None:
    assert figures(at(**change))[label][0] == value


def test_exact_numbers_have_no_range_and_no_swing() -> None:
    said = figures(at(doubt="exact"))
    assert {ranged for _, ranged, _ in said.values()} == {""}
    assert "has no range" in words(at(doubt="exact"))


def test_a_range_is_that_of_the_sources() -> None:
    low, high = factor("tail-iraq-combat-share", "low"), factor("tail-iraq-combat-share", "high")
    ranged = figures(START)["For combat or line duty"][1]
    assert ranged == f"between {50_000 * low:,.0f} and {50_000 * high:,.0f}"
    # A setting beyond the sources widens the range, and the line's range goes with its length.
    assert figures(at(line_percent=90))["For combat or line duty"][:2] == ("45,000", "between 8,500 and 45,000")
    short = at(line_km=120, focus="per_km", line_percent=45, per_post=2)
    assert "Length of the line from 100 to 130 km" in words(short)


def test_the_density_rule_is_contested_and_belongs_to_order_alone() -> None:
    assert "category error" in words(START)
    order = words(at(task="order", region=3))
    assert "Contested" in order
    assert "here 60,000" in order
    assert "category error" not in order


@pytest.mark.parametrize("by", ["people", "line"])
def test_no_number_of_people_stands_without_its_year_and_kind(by: str) -> None:
    drawing = [block for block in view(at(beside=by)) if isinstance(block, Drawing)][-1]
    kinds = r"(highest count|counted on a day|planned|upper limit)"
    shown = [mark[4] for mark in drawing.picture.marks if mark[0] == "text" and mark[2] == 509.0]
    assert len(shown) >= 7
    assert all(re.fullmatch(rf"[\d,.]+ · \d{{4}}, {kinds}", one) for one in shown)
    grid = next(block for block in view(at(beside=by)) if isinstance(block, Grid) and "same as" in block.title)
    assert len(grid.rows) == len(shown)
    assert all(row.source_ids for row in grid.rows)


def test_proposals_are_drawn_apart_from_forces_that_were_there() -> None:
    picture = beside([Dot("A", 10, "a", True), Dot("B", 100, "b", False)], 50, "50")
    circles = [mark for mark in picture.marks if mark[0] == "circle"]
    assert [mark[1] for mark in circles] == ["fill", "outline"]
    assert circles[0][3] < circles[1][3]


def test_each_power_of_ten_is_as_far_from_the_next() -> None:
    dots = [Dot(str(power), 10.0**power, "", True) for power in range(1, 6)]
    places = [mark[2] for mark in beside(dots, 10, "10").marks if mark[0] == "circle"]
    steps = [b - a for a, b in itertools.pairwise(places)]
    assert steps == pytest.approx([steps[0]] * 4, abs=0.11)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_is_within_the_limits_and_says_why(preset: str) -> None:
    given = next(one for one in LAB.presets if one.id == preset)
    assert given.why
    for control in LAB.controls:
        if control.id in given.values:
            assert control.read(given.values[control.id]) == given.values[control.id]
    assert figures(PRESETS[preset])


def test_the_three_concepts_differ_as_they_should() -> None:
    people = [float(PRESETS[name]["deployed"]) for name in ("monitoring", "tripwire", "combat")]
    assert people == sorted(people)
    assert people[1] == rows("forces")["ukr-iiss-small-2025"]["personnel"]
    assert people[2] == rows("forces")["ukr-iiss-large-2025"]["personnel"]
    assert PRESETS["combat"]["cost"] == rows("planning_factors")["cost-cbo-2003"]["value"]
    assert "would not be on the line" in words(PRESETS["tripwire"])


def test_every_range_is_shown_with_its_sources() -> None:
    grids = [block for block in view(START) if isinstance(block, Grid) and block.title.startswith("The ranges")]
    assert [len(grid.rows) for grid in grids] == [6]
    assert all(row.source_ids for row in grids[0].rows)
    assert [cell.words for cell in grids[0].rows[2].cells[:3]] == ["17 per cent", "30 per cent", "45 per cent"]
    # Ranges that are the student's own are not said to be from sources.
    assert "where they come from" not in words(at(doubt="tenth"))


def test_what_flies_is_sourced_or_said_to_be_ours() -> None:
    grid = next(block for block in view(START) if isinstance(block, Grid) and "flies" in block.title)
    assert len(grid.rows) >= 6
    for row in grid.rows:
        for cell in row.cells:
            assert cell.source_ids or "our reasoning" in cell.words, row.name


def test_money_is_said_as_readers_say_it() -> None:
    assert [money(value) for value in (16_920, 1e6, 2.7e9, 2.5e11)] == [
        "16,920 dollars", "1 million dollars", "2.7 billion dollars", "250 billion dollars",
    ]  # fmt: skip


def test_the_lab_is_stored_as_text_and_html() -> None:
    stored = lab("force", deployed=30_000)._repr_mimebundle_()
    assert "Soldiers deployed: 30,000" in stored["text/plain"]
    assert "<table" in stored["text/html"]
    assert len(stored["text/plain"]) + len(stored["text/html"]) < 60_000


# ---- the lesson's questions about the calculator -----------------------------------------------------------------


def key(item_id: str) -> dict[str, Any]:
    items = [item for quiz in load_lesson("06").quizzes.values() for item in quiz.items]
    return next(item.key for item in items if item.id == item_id)


@pytest.mark.parametrize(
    ("item", "change", "result", "unit"),
    [
        ("bound-at-three", {"rest_ratio": 3}, "pool", 1),
        ("if-pool", {"counting": "pool"}, "deployed", 1),
        ("whole-border", {"line_km": 3_600}, "gap", 1),
        ("price-of-corps", PRESETS["combat"], "bill", 1e9),
        ("exit-two-armies", {"whose": "two"}, "share", 1),
    ],
)
def test_a_question_about_the_calculator_can_be_checked_from_it(
    item: str, change: dict[str, object], result: str, unit: float
) -> None:
    answer = reckon(force_of(at(**change)))[result].mid / unit
    wanted = key(item)
    assert answer == pytest.approx(wanted["value"], abs=wanted["tolerance"] + 0.5 * (unit == 1 and answer > 1_000))


def test_the_order_of_the_exit_quiz_is_that_of_the_calculator() -> None:
    answers = reckon(force_of(START))
    order = {"tours-served": "two_years", "all-bound": "pool", "in-place": "deployed", "for-line": "combat"}
    order["awake"] = "on_duty"
    values = [answers[order[step]].mid for step in key("exit-shape")["steps"]]
    assert values == sorted(values, reverse=True)


def test_the_bars_are_as_the_questions_say() -> None:
    assert sensitivity(force_of(START), "per_km")[0].assumption == "line_share"
    alike = [swing.width for swing in sensitivity(force_of(at(doubt="tenth")), "per_km")]
    assert len(alike) == 3
    assert max(alike) <= 1.05 * min(alike)
