"""The panel of the negotiation lab: a view for every setting, true figures, files saved and opened."""

from __future__ import annotations

import random
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lab_views import as_text

from lesson_lib.know.data import rows
from lesson_lib.know.sources import Footnotes
from lesson_lib.show.lab import Saved
from lesson_lib.show.lab_negotiation import LAB, OPEN, opened, package_of, save, view
from lesson_lib.show.view import Figures, Grid, Says
from lesson_lib.think import negotiation as think
from lesson_lib.think.controls import Pick, Settings, settle, starting
from lesson_lib.think.provisions import record

PICKS = [one for one in LAB.controls if isinstance(one, Pick)]


def settings(**given: Any) -> Settings:
    return {**starting(LAB.controls), **given}


def shown(given: Settings) -> str:
    return as_text(view(given))


def preset(name: str) -> Settings:
    return settings(**next(one.values for one in LAB.presets if one.id == name))


def test_the_controls_are_the_provisions_and_every_one_can_stay_open() -> None:
    assert [one.id for one in PICKS] == list(record().provisions)
    assert all(one.options[0][0] == OPEN == one.start for one in PICKS)
    groups = [one.group for one in LAB.controls]
    # Each group stands together: as many changes from one to the next as there are groups to come.
    assert sum(a != b for a, b in pairwise(groups)) == len(set(groups)) - 1


def test_nothing_chosen_is_a_view_too() -> None:
    assert "Nothing is chosen yet" in shown(settings())


@pytest.mark.parametrize("control", PICKS, ids=lambda one: one.id)
def test_every_single_option_has_a_view(control: Pick) -> None:
    for option, _ in control.options:
        assert shown(settings(**{control.id: option}))


def test_packages_at_random_have_a_view() -> None:
    chance = random.Random(4)
    for _ in range(60):
        assert shown(settings(**{one.id: chance.choice(one.options)[0] for one in PICKS}))


def test_first_and_last_options_of_all_have_a_view() -> None:
    for place in (1, -1):
        assert "Settled: 18 of 18" in shown(settings(**{one.id: one.options[place][0] for one in PICKS}))


@pytest.mark.parametrize("one", LAB.presets[1:], ids=lambda one: one.id)
def test_a_preset_is_the_package_of_the_table(one: Any) -> None:
    held = record()
    values, notes = settle(LAB.controls, one.values, starting(LAB.controls))
    assert notes == {}
    row = rows("packages")[one.id]
    assert package_of(values, held) == {name: row[name] for name in held.provisions if row[name]}
    assert one.why
    assert shown(values)


def test_the_first_button_leaves_everything_open() -> None:
    values, notes = settle(LAB.controls, LAB.presets[0].values, preset("strong-army"))
    assert notes == {}
    assert package_of(values, record()) == {}


def test_there_are_presets_of_more_than_one_side() -> None:
    assert {"coalition-force", "article-5-type", "istanbul-2022", "strong-army", "russian-june"} <= {
        one.id for one in LAB.presets
    }


def test_figures_and_table_say_what_the_model_says() -> None:
    held = record()
    given = preset("coalition-force")
    package = package_of(given, held)
    blocks = view(given)
    figures = next(one for one in blocks if isinstance(one, Figures)).items
    assert figures[0].value == f"{len(package)} of 18 provisions"
    assert figures[1].value == "not rated"
    kinds = [one.kind for one in think.findings(package, held)]
    assert [one.value for one in figures[2:]] == [str(kinds.count("contradiction")), str(kinds.count("gap"))]
    table = next(one for one in blocks if isinstance(one, Grid))
    assert [row.name for row in table.rows] == list(held.actors)
    judged = think.judge(package, held)
    for row in table.rows:
        crossed = {held.issues[v.issue] for v in judged[row.name].of("crosses")}
        assert set(row.cells[2].words.split("; ")) == (crossed or {"none"})
        assert bool(row.cells[2].source_ids) == bool(crossed)
        assert row.cells[3].known == (not judged[row.name].of("not known"))


def test_what_is_crossed_and_met_is_cited_by_its_row() -> None:
    text = shown(preset("russian-june"))
    for row_id in ("ukraine-territorial-concessions", "russia-european-troops"):
        assert f"Row of the map: {row_id}" in text


def test_no_package_is_called_good() -> None:
    for one in LAB.presets:
        text = shown(settings(**one.values)).casefold()
        assert not [word for word in ("best package", "in total", "recommend", "winner") if word in text]


def test_contradictions_are_sentences_with_a_sign() -> None:
    blocks = view(settings(troops="troops-none", where="where-rear"))
    said = [one for one in blocks if isinstance(one, Says) and one.tone == "bad"]
    assert len(said) == 1
    assert said[0].source_ids


def test_an_answer_takes_at_most_fifty_milliseconds() -> None:
    given = settings(**{one.id: one.options[1][0] for one in PICKS})
    view(given)
    times = []
    for _ in range(7):
        start = time.perf_counter()
        notes = Footnotes()
        for block in view(given):
            block.to_json(notes)
        times.append(time.perf_counter() - start)
    assert sorted(times)[3] <= 0.05


# ---- files -------------------------------------------------------------------------------------------------------


def test_a_proposal_is_saved_and_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    given = preset("european-april") | {"group": "Table 2", "round": 2, "players": "Ada, Bo", "reason": "It holds."}
    made = save(given)
    assert isinstance(made, Saved)
    assert made.says == "Saved as my-proposals/table-2-round-2.json."
    assert (tmp_path / "my-proposals" / made.name).read_bytes() == made.content
    back = opened(made.content, made.name)
    assert back.says == "Opened: Table 2, round 2."
    values, notes = settle(LAB.controls, back.values, starting(LAB.controls))
    assert notes == {}
    assert values == given


def test_without_a_name_or_a_package_nothing_is_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "write your group's name first" in str(save(preset("strong-army") | {"group": "  "}))
    assert "every provision is left open" in str(save(settings(group="Table 1")))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff" * 40, b'{"package": {"duty": "x"}}', b"x" * 90_000])
def test_a_damaged_file_is_reported_and_changes_nothing_it_cannot_say(content: bytes) -> None:
    back = opened(content, "a.json")
    assert back.says.endswith(".")
    values, notes = settle(LAB.controls, back.values, preset("strong-army"))
    assert notes == {}
    assert shown(values)
