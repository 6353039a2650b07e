"""Every lab, without a browser: each move is answered once, whole and fast; settings are kept and handed in."""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import pytest

from lesson_lib import lab
from lesson_lib.know.errors import LessonError, UnknownName
from lesson_lib.show import lab as home
from lesson_lib.show import panel
from lesson_lib.show.lab import Drawing, Figures, Lab, Saved
from lesson_lib.think import answers
from lesson_lib.think.controls import Control, Many, Pick, Range, Settings, Tick, Words

NAMES = sorted(home._HOMES)
every_lab = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Answers and files of a test go to a folder of its own."""
    monkeypatch.setenv("LESSON_ANSWERS", str(tmp_path / "my-answers"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "my-answers"


def moved(control: Control, dice: random.Random) -> Any:
    """Some value within the control's limits."""
    match control:
        case Range():
            steps = int((control.most - control.least) / control.step)
            return min(control.most, control.least + dice.choice([0, dice.randint(0, steps), steps]) * control.step)
        case Pick():
            return dice.choice([option for option, _ in control.options])
        case Tick():
            return dice.random() < 0.5
        case Many():
            ids = [option for option, _ in control.options]
            return dice.sample(ids, min(len(ids), dice.randint(0, control.most)))
        case Words():
            return dice.choice(["", "A claim.", "=1+1", "<b>&</b>", "Ж" * control.most])


def settings(one: Lab, dice: random.Random) -> Settings:
    return {control.id: moved(control, dice) for control in one.kind.controls}


def finite(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(finite, value.values()))
    if isinstance(value, list | tuple):
        return all(map(finite, value))
    if isinstance(value, str):
        return not {"nan", "inf", "-inf", "infinity", "None"} & set(value.replace("(", " ").split())
    return not isinstance(value, float) or math.isfinite(value)


@every_lab
def test_any_setting_within_the_limits_is_answered_whole(name: str) -> None:
    one, dice = lab(name), random.Random(name)
    for _ in range(60):
        given = settings(one, dice)
        state = one._reply({"do": "set", "values": given})
        assert state is not None
        refused = set(state["notes"])
        assert refused or state["values"] == given
        assert state["blocks"]
        assert finite(state["blocks"]), given
        json.dumps(state, allow_nan=False)


@every_lab
def test_a_move_is_answered_within_fifty_milliseconds(name: str) -> None:
    one, dice = lab(name), random.Random(name)
    one._reply({"do": "set", "values": {}})  # the tables are read once
    taken = []
    for _ in range(15):
        given = settings(one, dice)
        began = time.perf_counter()
        one._reply({"do": "set", "values": given})
        taken.append(time.perf_counter() - began)
    assert sorted(taken)[len(taken) // 2] <= 0.050


@every_lab
def test_a_move_is_one_message(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    one = lab(name)
    sent: list[Any] = []
    shown = panel.Panel("lab", one._body(), one._state(), one._reply)
    monkeypatch.setattr(shown, "send_state", lambda key=None: sent.append(key))
    monkeypatch.setattr(shown, "_send", lambda *given, **_more: sent.append(given))
    dice = random.Random(1)
    for _ in range(5):
        sent.clear()
        shown._answer(shown, {"do": "set", "values": settings(one, dice)}, [])
        assert len(sent) <= 1, sent


@every_lab
def test_whatever_the_page_sends_is_answered_or_left_alone(name: str) -> None:
    one = lab(name)
    odd: list[Any] = [None, "", [], {}, 7, "set", {"a": 1}, math.nan]
    for do in ["set", "keep", "preset", "act", "open", "reset", *odd]:
        for values in odd:
            state = one._reply({"do": do, "values": values, "preset": values, "action": values, "content": values})
            assert state is None or finite(state["values"])


@every_lab
def test_what_was_set_is_there_again_and_is_handed_in(name: str, folder: Path) -> None:
    one, dice = lab(name), random.Random(3)
    while (state := one._reply({"do": "keep", "values": settings(one, dice)})) is None or state["notes"]:
        pass
    assert (folder / f"{one.kind.lesson}.jsonl").is_file()
    again = lab(name)
    assert again.values == state["values"]
    # What is stored in the notebook is the lab as it starts, the same for everybody.
    assert (
        again._repr_mimebundle_()["text/plain"]
        == Lab(one.kind, one.start, typed=True)._repr_mimebundle_()["text/plain"]
    )
    record = answers.record(one.kind.lesson, "Student")
    assert record["labs"] == {name: json.loads(json.dumps(state["values"]))}
    read, problems = answers.read_record(json.dumps(record))
    assert problems == []
    assert read["labs"] == record["labs"]
    record["labs"][name] = "hacked"
    assert any("lab" in problem for problem in answers.read_record(record)[1])


@every_lab
def test_text_and_page_say_the_same(name: str) -> None:
    bundle = lab(name)._repr_mimebundle_()
    assert panel.WIDGET in bundle
    for block in lab(name)._state()["blocks"]:
        if block["block"] == "figures":
            for figure in block["items"]:
                assert figure["value"] in bundle["text/plain"]
                assert escape(figure["label"]) in bundle["text/html"]
    assert "<svg" not in bundle["text/html"]


@every_lab
def test_every_picture_says_in_words_what_it_shows(name: str) -> None:
    one = lab(name)
    drawn = [block for block in one.kind.view(one.start) if isinstance(block, Drawing)]
    for each in drawn:
        assert len(each.alt.split()) >= 8, each.title
        for mark in each.picture.marks:
            if mark[0] == "text":
                assert mark[6] >= 11, f"too small: {mark}"
    if name in ("force", "credibility"):
        assert drawn
        assert any(isinstance(block, Figures) for block in one.kind.view(one.start))


@every_lab
def test_presets_can_be_taken(name: str) -> None:
    one = lab(name)
    for preset in one.kind.presets:
        state = one._reply({"do": "preset", "preset": preset.id, "values": {}})
        assert state is not None
        assert state["notes"] == {}
        assert preset.label in state["says"]
        for setting, value in preset.values.items():
            assert state["values"][setting] == value


@every_lab
def test_actions_leave_a_file_and_a_sentence(name: str, tmp_path: Path) -> None:
    one = lab(name)
    for action in one.kind.actions:
        if action.do is None:
            continue
        state = one._reply({"do": "act", "action": action.id, "values": {}})
        assert state is not None
        assert state["says"]
        made = action.do(one.values)
        if isinstance(made, Saved):
            assert "/" not in made.name
            assert made.content


def test_a_misspelt_lab_or_setting_is_named() -> None:
    with pytest.raises(UnknownName, match="force"):
        lab("forces")
    with pytest.raises(UnknownName, match="To choose from"):
        lab("force", soldier=1)
    first = next(one for one in lab("force").kind.controls if isinstance(one, Range))
    with pytest.raises(LessonError, match="goes from"):
        lab("force", **{first.id: -1e9})
