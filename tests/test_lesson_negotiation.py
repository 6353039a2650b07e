"""What lesson 09 asks of the lab is what the lab answers: every key is held against the model."""

from __future__ import annotations

import pytest

from lesson_lib.know.data import rows
from lesson_lib.think import negotiation as think
from lesson_lib.think.provisions import Record, ready, record
from lesson_lib.think.questions import Item, load_lesson


@pytest.fixture(scope="module")
def held() -> Record:
    return record()


@pytest.fixture(scope="module")
def items() -> dict[str, Item]:
    return {item.id: item for quiz in load_lesson("09").quizzes.values() for item in quiz.items}


def on_record(held: Record, name: str, **changed: str) -> dict[str, str]:
    return ready({one: rows("packages")[name][one] for one in held.provisions}, held)[0] | changed


def crossed(held: Record, package: dict[str, str]) -> dict[str, set[str]]:
    judged = think.judge(package, held)
    return {actor: {v.issue for v in one.of("crosses")} for actor, one in judged.items() if one.of("crosses")}


def test_there_are_enough_items(items: dict[str, Item]) -> None:
    assert len(items) >= 12


def test_none_of_the_seven_packages_crosses_nobody(held: Record, items: dict[str, Item]) -> None:
    assert len(rows("packages")) == 7
    assert all(crossed(held, on_record(held, name)) for name in rows("packages"))
    assert items["nobody-crossed"].key["right"] == "zero"
    assert [len(lines) for lines in crossed(held, on_record(held, "article-5-type")).values()] == [1]
    assert sum(len(lines) for lines in crossed(held, on_record(held, "strong-army")).values()) == 2
    for option in held.provisions["guarantors"].options:
        assert bool(crossed(held, {"guarantors": option.id})) == (option.id != "guarantors-nobody")


def test_the_table_exercise(held: Record, items: dict[str, Item]) -> None:
    names = {"ukraine": "Ukraine", "russia": "Russia", "hungary": "Hungary"}
    for package, cells in items["crossing-table"].key["cells"].items():
        found = crossed(held, on_record(held, package))
        assert cells == {one: ["yes" if names[one] in found else "no"] for one in names}, package


def test_counts(held: Record, items: dict[str, Item]) -> None:
    package = on_record(held, "article-5-type")
    assert items["left-open"].key["value"] == len(think.left_open(package, held)) == 13
    nato = think.nearest(package, held)[0]
    assert nato.arrangement.id == "nato-1949"
    assert items["share-nato"].key["value"] == 100 * len(nato.shared) / nato.known == 80


def test_single_answers(held: Record, items: dict[str, Item]) -> None:
    assert crossed(held, {"us": "us-soldiers"}).keys() == {"United States", "Russia"}
    assert items["american-soldiers"].key["right"] == "us-russia"
    changed = on_record(held, "article-5-type", decision="decision-all-agree")
    assert think.rung(changed, held).id == items["all-agree-rung"].key["right"] == "consultation"
    seat = crossed(held, on_record(held, "article-5-type", guarantors="guarantors-with-russia"))
    assert seat == {"Ukraine": {"russia-among-guarantors"}}
    assert items["a-seat-for-russia"].key["right"] == "moves"
    china = think.judge(on_record(held, "russian-june"), held)["China"]
    assert {v.word for v in china.verdicts} == {"not known"}
    assert len(china.untouched) == 2


def test_european_paper(held: Record, items: dict[str, Item]) -> None:
    issues = {"army": "ukrainian-army-size", "truce": "ceasefire-first", "seat": "russia-among-guarantors"}
    assert crossed(held, on_record(held, "european-april"))["Russia"] == set(issues.values())
    assert set(items["european-april"].key["right"]) == set(issues)


def test_findings(held: Record, items: dict[str, Item]) -> None:
    pairs = {
        "automatic-each": {"duty": "duty-automatic", "decision": "decision-each"},
        "none-rear": {"troops": "troops-none", "where": "where-rear"},
        "neutral-article": {"nato": "nato-neutral", "duty": "duty-article-5"},
        "russia-all-agree": {"guarantors": "guarantors-with-russia", "decision": "decision-all-agree"},
        "truce-nobody-watches": {"order": "order-truce"},
        "force-no-duty": {"troops": "troops-fifty-thousand"},
    }
    key = items["three-kinds"].key["bins"]
    assert key.keys() == pairs.keys()
    for name, package in pairs.items():
        kinds = [one.kind for one in think.findings(package, held)]
        assert kinds[0] == key[name], name
    gap = think.findings({"sanctions": "sanctions-snap-back"}, held)
    assert [one.conflict.needs for one in gap] == [items["mend-gap"].key["right"]] == ["watch"]
    both = {"duty": "duty-automatic", "decision": "decision-meet-24"}
    assert think.findings(both, held)[0].kind == items["automatic-open"].key["right"]
    assert think.rung(both, held).id == "assistance"


def test_the_act(held: Record, items: dict[str, Item]) -> None:
    package = {
        "trigger": "trigger-threat",
        "duty": "duty-supply",
        "decision": "decision-each",
        "guarantors": "guarantors-us",
        "form": "form-law",
    }
    near = think.nearest(package, held)
    assert (near[0].arrangement.id, len(near[0].shared), near[0].known) == ("us-taiwan-tra-1979", 5, 5)
    shares = {one.arrangement.id: (len(one.shared), one.known) for one in near}
    assert shares["us-israel"] == (3, 5)
    assert shares["us-rok-1953"] == (2, 5)
    assert think.rung(package, held).id == "consultation"
    assert items["act-like"].key["right"] == "consultation-act"


def test_verdicts(held: Record, items: dict[str, Item]) -> None:
    told = {
        "russia-force": ("Russia", "european-troops", -2, 1),
        "italy-force": ("Italy", "european-troops", -1, 2),
        "ukraine-path": ("Ukraine", "nato-membership", 2, 1),
        "hungary-force": ("Hungary", "european-troops", None, 2),
        "germany-force": ("Germany", "european-troops", 0, 2),
        "uk-army": ("United Kingdom", "ukrainian-army-size", 2, 0),
    }
    bins = {"meets": "meets", "meets in part": "meets", "no lean": "open", "not known": "open"}
    for card, (actor, issue, stance, direction) in told.items():
        position = held.positions.get((actor, issue))
        assert (position.stance if position else None) == stance, card
        word = think.word_for(stance, direction)
        assert items["verdicts"].key["bins"][card] == bins.get(word, word), card
