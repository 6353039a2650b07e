"""What a student sets in a lab is read generously, kept within its limits, and never breaks a model."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

from lesson_lib.think.controls import Control, Many, Pick, Range, Tick, Words, settle, starting
from lesson_lib.think.reading import Unreadable

CONTROLS: tuple[Control, ...] = (
    Range("deployed", "Soldiers deployed", 50_000, 1_000, 250_000, step=1_000, unit="soldiers"),
    Pick(
        "counting", "The number means", (("deployed", "deployed at a time"), ("pool", "in the whole pool")), "deployed"
    ),
    Tick("air", "With air logistics"),
    Words("why", "Why", most=20),
    Many("evidence", "Evidence", (("a", "First"), ("b", "Second"), ("c", "Third")), most=2),
)
START = starting(CONTROLS)


def test_a_lab_starts_from_every_control() -> None:
    assert START == {"deployed": 50_000, "counting": "deployed", "air": False, "why": "", "evidence": []}


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"deployed": "30,000"}, {"deployed": 30_000}),
        ({"deployed": "30 000 soldiers"}, {"deployed": 30_000}),
        ({"counting": "In the whole pool"}, {"counting": "pool"}),
        ({"air": "yes"}, {"air": True}),
        ({"evidence": ["c", "a"]}, {"evidence": ["c", "a"]}),
        ({"evidence": []}, {"evidence": []}),
        ({"why": "=1+1 <b>"}, {"why": "=1+1 <b>"}),
        ({"nobody": 1}, {}),
        ("nonsense", {}),
        (None, {}),
    ],
)
def test_what_can_be_read_is_set(given: Any, read: dict[str, Any]) -> None:
    settings, notes = settle(CONTROLS, given, START)
    assert notes == {}
    assert {**settings, "evidence": sorted(settings["evidence"])} == {
        **START, **read, "evidence": sorted(read.get("evidence", [])),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"deployed": 0}, "Soldiers deployed goes from 1,000 to 250,000 soldiers."),
        ({"deployed": -5}, "Soldiers deployed goes from"),
        ({"deployed": math.nan}, "type digits"),
        ({"deployed": math.inf}, "type digits"),
        ({"deployed": 1e400}, "type digits"),
        ({"deployed": "many"}, "type digits"),
        ({"deployed": [1, 2]}, "type digits"),
        ({"counting": "both"}, "both"),
        ({"air": 3}, "yes or no"),
        ({"why": "x" * 21}, "takes 20 characters"),
        ({"why": 7}, "takes words"),
        ({"evidence": ["a", "b", "c"]}, "takes 2"),
        ({"evidence": ["z"]}, "z"),
    ],
)
def test_what_cannot_gets_a_sentence_and_changes_nothing(given: dict[str, Any], says: str) -> None:
    settings, notes = settle(CONTROLS, given, START)
    assert settings == START
    (note,) = notes.values()
    assert says in note


def test_no_json_whatever_gets_past_the_limits() -> None:
    dice = random.Random(10)
    odd = [
        None,
        True,
        "",
        "x",
        -1,
        0,
        1e308,
        math.nan,
        [],
        {},
        [None],
        {"a": {}},
        "1e9",
        "²",
        "\ud800",
        "=cmd()",
        [[["a"]]],
    ]
    for _ in range(2_000):
        given = {one.id: dice.choice(odd) for one in CONTROLS}
        settings, _notes = settle(CONTROLS, given, START)
        for one in CONTROLS:
            assert one.read(settings[one.id]) == settings[one.id]


def test_half_a_character_does_not_reach_a_file() -> None:
    assert Words("why", "Why").read("a\ud800b").encode()


def test_a_number_out_of_reach_is_refused_in_words() -> None:
    with pytest.raises(Unreadable, match=r"goes from 1 to 24 months"):
        Range("tour", "Tour", 6, 1, 24, unit="months").read(25)
