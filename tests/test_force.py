"""The force calculator: the worked examples of its sources, its ranges against every corner, and what it refuses."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from lesson_lib.know.data import rows
from lesson_lib.know.errors import LessonError, UnknownName
from lesson_lib.think import force
from lesson_lib.think.force import Force, Span, reckon, sensitivity


# Two sums that the course prints and the lab does not do.
def cost_each(total: float, soldiers: float, years: float = 1) -> float:
    """The other way round than the lab reckons: from a printed total to one soldier for one year."""
    return total / soldiers / years


def relief(post_hours: float, paid_hours: float, hours_off: float) -> float:
    """People to keep one post filled for a year."""
    return post_hours / (paid_hours - hours_off)


# Which sum a worked example is for, and how far the printed result may be rounded.
EXAMPLES: dict[str, tuple[Callable[..., float], float]] = {
    "A": (force.tours, 0),
    "B": (force.pool, 0),
    "C": (force.sustained, 0.5),
    "D": (force.tours, 300),
    "E": (lambda combat, deployed: combat / deployed, 0.005),
    "F": (force.by_density, 0),
    "G": (cost_each, 0.5),
    "H": (cost_each, 0),
    "I": (cost_each, 0),
    "J": (relief, 0.005),
}


def example(letter: str) -> tuple[dict[str, float], float, Mapping[str, Any]]:
    """What a worked example is given, and what is printed for it, from the data table."""
    row = next(row for row in rows("planning_factors").values() if row["example"] == letter)
    given = row["given"]
    assert isinstance(given, list)
    printed = row["printed"]
    assert isinstance(printed, float | int)
    return {name: float(value) for name, _, value in (entry.partition("=") for entry in given)}, printed, row


@pytest.mark.parametrize("letter", EXAMPLES)
def test_a_worked_example_comes_out_as_printed(letter: str) -> None:
    of, tolerance = EXAMPLES[letter]
    given, printed, _ = example(letter)
    assert of(**given) == pytest.approx(printed, abs=tolerance, rel=1e-12)


def test_every_worked_example_of_the_table_is_tried() -> None:
    assert sorted(str(row["example"]) for row in rows("planning_factors").values() if row["example"]) == [*EXAMPLES]


@pytest.mark.parametrize("letter", EXAMPLES)
def test_the_given_numbers_stand_in_the_notes_that_readers_see(letter: str) -> None:
    given, _, row = example(letter)
    said = "".join(str(row[name]).replace(",", "") for name in ("note", "value", "factor", "applies_to"))
    short = {1e6: "each million", 14e9: "14 to 19 billion", 30e9: "30 billion", 40e9: "40 to 54 billion"}
    for name, value in given.items():
        words = short.get(value, f"{value:g}" if value < 1e6 else "")
        assert words in said or (name, value) in [("tour_months", 6), ("rest_ratio", 2), ("years", 10)], (name, value)


def test_the_same_examples_as_whole_forces() -> None:
    a, printed_a, _ = example("A")
    times = Force(a["deployed"], tour_months=Span.exactly(a["tour_months"]))
    assert said(times, "two_years").mid == printed_a
    b, printed_b, _ = example("B")
    gady = Force(b["deployed"], rest_ratio=Span.exactly(b["rest_ratio"]))
    assert said(gady, "pool").mid == printed_b
    h, _, row = example("H")
    bloomberg = Force(h["soldiers"], cost=Span.exactly(float(str(row["value"]))))
    assert said(bloomberg, "bill").mid * h["years"] == h["total"]
    _, printed_j, _ = example("J")
    posts = Force(1_000, line_share=Span.exactly(1), per_post=Span.exactly(3 * printed_j))
    assert said(posts, "on_duty").mid == pytest.approx(1_000 / 5.16)


# ---- forces at random --------------------------------------------------------------------------------------------


def said(given: Force, result: str) -> Span:
    return reckon(given)[result]


def any_span(draw: random.Random, least: float, most: float) -> Span:
    low, mid, high = sorted(draw.uniform(least, most) for _ in range(3))
    return Span(low, mid, high)


def any_force(draw: random.Random) -> Force:
    return Force(
        headcount=draw.choice([1, 740, 50_000, draw.uniform(1, 1e6)]),
        counting=draw.choice(["deployed", "pool"]),
        tour_months=any_span(draw, 0.5, 36),
        rest_ratio=any_span(draw, 0.1, 6),
        line_share=any_span(draw, 0.01, 1),
        per_post=any_span(draw, 1, 8),
        line_km=any_span(draw, 1, 4_000),
        cost=any_span(draw, 1_000, 1e6),
        armies=draw.choice([None, draw.uniform(1e4, 3e6)]),
    )


FORCES = [any_force(random.Random(seed)) for seed in range(200)]


def corners(given: Force) -> list[Force]:
    """The same force with every assumption sure, at each combination of low and high."""
    choices = [[(name, span.low), (name, span.high)] for name, span in given.assumptions.items()]
    return [surely(given, dict(picked)) for picked in itertools.product(*choices)]


def surely(given: Force, values: Mapping[str, float]) -> Force:
    """The same force with some assumptions at one value, without doubt."""
    change: dict[str, Any] = {name: Span.exactly(value) for name, value in values.items()}
    return replace(given, **change)


@pytest.mark.parametrize("given", FORCES[:25])
def test_a_range_is_what_the_corners_span(given: Force) -> None:
    everywhere = [reckon(corner) for corner in corners(given)]
    for name, span in reckon(given).items():
        values = [span.mid, *(there[name].mid for there in everywhere)]
        assert span.low == pytest.approx(min(values), rel=1e-9), name
        assert span.high == pytest.approx(max(values), rel=1e-9), name


@pytest.mark.parametrize("given", FORCES)
def test_answers_are_ordinary_numbers_and_agree_with_one_another(given: Force) -> None:
    answers = reckon(given)
    assert list(answers) == [name for name in force.RESULTS if name != "share" or given.armies]
    for span in answers.values():
        assert 0 < span.low <= span.mid <= span.high < math.inf
    middle = {name: span.mid for name, span in answers.items()}
    whole = middle["pool"] if given.counting == "pool" else middle["deployed"]
    assert whole == pytest.approx(given.headcount)
    assert middle["pool"] > middle["deployed"] >= middle["combat"] >= middle["on_duty"]
    assert middle["two_years"] >= middle["year"] >= middle["deployed"]
    assert middle["per_km"] * middle["gap"] == pytest.approx(1000)
    assert middle["per_km"] * given.line_km.mid == pytest.approx(middle["on_duty"])


@pytest.mark.parametrize("given", FORCES[:60])
def test_twice_the_soldiers_are_twice_the_answers(given: Force) -> None:
    one, two = reckon(given), reckon(replace(given, headcount=2 * given.headcount))
    for name, span in one.items():
        assert two[name].mid == pytest.approx(span.mid / 2 if name == "gap" else 2 * span.mid)


@pytest.mark.parametrize("given", FORCES)
def test_the_strongest_assumption_comes_first(given: Force) -> None:
    for result in force.RESULTS:
        if result == "share" and given.armies is None:
            continue
        swings = sensitivity(given, result)
        assert [swing.width for swing in swings] == sorted((swing.width for swing in swings), reverse=True)
        span = said(given, result)
        for swing in swings:
            ends = [said(surely(given, {swing.assumption: end}), result).mid for end in (swing.low, swing.high)]
            assert [swing.at_low, swing.at_high] == pytest.approx(ends)
            assert span.low <= min(ends) * (1 + 1e-9)
            assert max(ends) <= span.high * (1 + 1e-9)


def test_what_has_no_part_in_a_sum_moves_nothing() -> None:
    given = Force(50_000, armies=2e6)
    assert [swing.assumption for swing in sensitivity(given, "pool")] == ["rest_ratio"]
    assert [swing.assumption for swing in sensitivity(given, "share")] == ["rest_ratio"]
    assert [swing.assumption for swing in sensitivity(given, "bill")] == ["cost"]
    assert sensitivity(given, "deployed") == []
    whole = replace(given, counting="pool")
    assert sensitivity(whole, "pool") == []
    assert [swing.assumption for swing in sensitivity(whole, "deployed")] == ["rest_ratio"]
    sure = surely(given, {name: span.mid for name, span in given.assumptions.items()})
    assert all(sensitivity(sure, result) == [] for result in force.RESULTS)
    assert all(span.sure for span in reckon(sure).values())


def test_fifty_thousand_on_the_front() -> None:
    """The numbers that the lesson prints."""
    given = Force(50_000, armies=2_118_000)
    answers = {name: span.text() for name, span in reckon(given).items()}
    assert answers["pool"] == "150,000 (125,000 to 200,000)"
    assert answers["two_years"] == "200,000 (100,000 to 200,000)"
    assert answers["combat"] == "15,000 (8,500 to 22,500)"
    assert answers["on_duty"] == "5,000 (1,647 to 11,250)"
    assert answers["per_km"] == "4.2 (1.3 to 11.2)"
    assert answers["gap"] == "240 (88.9 to 789)"
    assert answers["share"] == "7.1 (5.9 to 9.4)"
    assert said(replace(given, counting="pool"), "deployed").mid == pytest.approx(50_000 / 3)


# ---- what cannot be ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"headcount": 0}, "A force of 0 soldiers"),
        ({"headcount": -3}, "A force of -3 soldiers"),
        ({"headcount": math.nan}, "cannot be reckoned with"),
        ({"headcount": math.inf}, "cannot be reckoned with"),
        ({"line_km": Span.exactly(0)}, "A line of 0 km"),
        ({"line_km": Span(0, 1, 2)}, "A line of 0 km"),
        ({"rest_ratio": Span.exactly(0)}, "0 months at home"),
        ({"rest_ratio": Span.exactly(-1)}, "-1 months at home"),
        ({"cost": Span(-5, 10, 20)}, "A soldier for -5 dollars a year"),
        ({"tour_months": Span.exactly(0)}, "A tour of 0 months"),
        ({"line_share": Span.exactly(0)}, "A share of 0"),
        ({"line_share": Span(0.5, 0.6, 1.2)}, "A share of 1.2"),
        ({"per_post": Span.exactly(0.5)}, "0.5 soldiers cannot keep one post"),
        ({"armies": 0}, "Armies of 0 soldiers"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(change: dict[str, Any], words: str) -> None:
    with pytest.raises(LessonError) as refused:
        replace(Force(50_000), **change)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_range_that_is_none_is_refused() -> None:
    for low, mid, high in [(3, 2, 1), (1, 3, 2), (math.nan, 1, 2), (1, 2, math.inf)]:
        with pytest.raises(LessonError):
            Span(low, mid, high)


def test_a_misspelt_answer_or_way_of_counting_gets_the_nearest() -> None:
    with pytest.raises(UnknownName, match="per_km"):
        sensitivity(Force(1), "per_kn")
    with pytest.raises(UnknownName, match="deployed"):
        replace(Force(1), counting="deploied")  # type: ignore[arg-type]
    with pytest.raises(LessonError, match="not known"):
        sensitivity(Force(1), "share")
