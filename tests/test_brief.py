"""Evidence, and the checks of a brief: what belongs to a question, whose side it is on, what a reader would ask."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from lesson_lib.know import catalogue
from lesson_lib.know.data import rows
from lesson_lib.know.errors import UnknownName
from lesson_lib.think.brief import Brief, Part, brief, clean, count, fits, opposed, sources, words
from lesson_lib.think.brief_checks import LEAST_WORDS, MOST_WORDS, Check, band, checks
from lesson_lib.think.evidence import OWN, evidence, of, stems, topics

FOR = ("arguments:right-size-for-matter", "scholarship:iiss-2025", "clauses:us-rok-1953-art-4")
AGAINST = ("arguments:right-size-against-mission", "claims:s04-fifty-thousand")
STUDIES = ("scholarship:leeds-2003", "scholarship:fearon-1994", "scholarship:powell-2006")
LONG = (
    "Missions that began with a force of this size held, so a force that can face a raid is worth the price; that "
    "supports the claim because size is what an attacker counts first. "
) * 5


def whole(**changed: Any) -> Brief:
    """A brief of which every check is done; what it says is filler and no one's view."""
    one = Brief(
        question="right-size",
        side="for",
        claim="A force of about 50,000 soldiers is large enough for the tasks that were named in August.",
        reasons=(Part(LONG, FOR[:1]), Part(LONG, FOR[1:]), Part(), Part()),
        counter=Part(
            "A number without a mission says nothing, some hold. Most soldiers would be off duty.", AGAINST[:1]
        ),
        reply="That a mission has to come first is true; the number is worth knowing all the same: tasks can follow.",
        confidence=70,
        change="A plan published by the coalition that needs twice as many soldiers.",
        audience="The coalition's planners",
        recommendation="Publish the tasks first, then the number that each of them needs.",
        name="Ana B.",
    )
    one = replace(one, counter=Part(one.counter.words + " " + one.counter.words, one.counter.evidence))
    return replace(one, **changed)


def found(one: Brief) -> dict[str, Check]:
    return {check.id: check for check in checks(one)}


def state(one: Brief, name: str) -> str:
    return found(one)[name].state


# ---- evidence ----------------------------------------------------------------------------------------------------


def test_every_row_that_can_be_cited_has_words_sources_and_a_table() -> None:
    held = evidence()
    assert len(held) > 500
    for name, row in held.items():
        table, _, row_id = name.partition(":")
        assert row_id in rows(table)
        assert row.says
        assert row.source_ids
        assert set(row.source_ids) <= set(rows("sources"))
        assert row.option.startswith(row.kind)
    assert {name.partition(":")[0] for name in held} == {
        "arguments", "scholarship", "claims", "arrangements", "positions", "indicators", "clauses", "timeline"
    }  # fmt: skip


def test_empty_clauses_and_studies_of_teaching_cannot_be_cited() -> None:
    held = evidence()
    assert not [n for n, row in rows("clauses").items() if not row["text"] and f"clauses:{n}" in held]
    assert not [n for n, row in rows("scholarship").items() if row["side"] == "method" and f"scholarship:{n}" in held]
    with pytest.raises(UnknownName):
        of("claims:nothing")


def test_what_came_later_is_known_as_later() -> None:
    held = evidence()
    for name, row in rows("timeline").items():
        assert held[f"timeline:{name}"].later == bool(row["after_as_of"])
    late = [row for row in held.values() if row.date > "2025-08-19"]
    assert late
    assert all(row.later for row in late)
    assert not held["claims:s04-fifty-thousand"].later


def test_every_question_of_the_arguments_is_filed_and_finds_rows_of_several_tables() -> None:
    asked = {str(row["question"]) for row in rows("arguments").values()}
    assert set(topics()) == asked
    assert set(rows("topics")) == asked
    for topic in topics().values():
        fitting = [row for row in evidence().values() if topic.fits(row)]
        assert 60 <= len(fitting) <= 300, topic.id
        assert len({row.id.partition(":")[0] for row in fitting}) >= 4, topic.id
        mine = [row for row in fitting if row.question == topic.id]
        assert {row.side for row in mine} == {"for", "against"}


def test_the_links_of_the_questions_exist() -> None:
    table = rows("topics")
    facts = {str(row["s_number"]) for row in rows("claims").values()}
    events = {str(row["category"]) for row in rows("timeline").values()}
    for row in table.values():
        assert set(row["facts"] or []) <= facts  # type: ignore[arg-type]
        assert set(row["events"] or []) <= events  # type: ignore[arg-type]


def test_a_row_fits_by_fact_issue_arrangement_or_source_and_else_not() -> None:
    size = topics()["right-size"]
    assert size.fits(of("claims:s05-no-nato-troops"))
    assert size.fits(of("positions:russia-european-troops"))
    assert size.fits(of("arrangements:coalition-force-2025"))
    assert size.fits(of("scholarship:iiss-2025"))
    shared = [
        (topic, row)
        for topic in topics().values()
        for row in evidence().values()
        if not row.question and not topic.links & row.links and topic.fits(row)
    ]
    assert shared
    assert all(not topic.sources.isdisjoint(row.source_ids) for topic, row in shared)
    assert not size.fits(of("claims:s11-keys"))
    assert not size.fits(of("arrangements:us-taiwan-tra-1979"))


# ---- the brief ---------------------------------------------------------------------------------------------------


def test_a_brief_is_read_from_settings_and_keeps_only_what_exists() -> None:
    one = brief(
        {
            "question": "right-size", "side": "sideways", "claim": "  So\x00 it is.\x1b ", "reason_2": "Because.",
            "evidence_2_a": [FOR[0], FOR[0], "claims:none", 3], "evidence_2_c": [FOR[2]], "confidence": "75",
            "name": "Ana\nB.", "unknown": {"a": 1},
        }
    )  # fmt: skip
    assert one.side == ""
    assert one.claim == "So it is."
    assert one.begun == [(2, Part("Because.", (FOR[0], FOR[2])))]
    assert one.confidence == 75
    assert one.name == "Ana B."
    assert one.asked == "Is a force of about 50,000 the right size?"


def test_settings_of_any_kind_give_a_brief_and_checks() -> None:
    chance = random.Random(7)
    names = ["question", "own", "side", "claim", "counter", "reply", "confidence", "change", "name", "audience",
             "recommendation", *(f"reason_{n}" for n in range(5)),
             *(f"evidence_{n}_{s}" for n in (1, 2, "counter") for s in "abc")]  # fmt: skip
    values: list[Any] = [
        None, "", "own", "for", "right-size", 3, -1, 1e300, float("nan"), True, [], ["claims:s04-rotating"], [None, []],
        {"a": 1}, "x?" * 900, "\ud800", "\u202e\x07", list(evidence())[:9], "50", "１００", "²",
    ]  # fmt: skip
    for _ in range(400):
        one = brief({name: chance.choice(values) for name in names if chance.random() < 0.8})
        looked = checks(one)
        assert len({check.id for check in looked}) == len(looked) == 16
        assert all(check.says and check.state in ("done", "not yet", "look again") for check in looked)
        assert 0 <= one.confidence <= 100


def test_clean_takes_out_what_no_page_can_show() -> None:
    chance = random.Random(3)
    for _ in range(300):
        text = "".join(chr(chance.choice([chance.randrange(0x250), chance.randrange(0x11000)])) for _ in range(50))
        made = clean(text)
        assert made == clean(made)
        assert all(one == "\n" or one.isprintable() or one.isspace() for one in made if ord(one) < 128)
    assert clean("a\r\nb\u2028c\td") == "a\nb\nc d"
    assert clean("x" * 1_000_000) == "x" * 20_000
    assert clean("می\u200cخواهم 👩\u200d🚀") == "می\u200cخواهم 👩\u200d🚀"


def test_words_are_counted_with_a_line_for_each_row() -> None:
    assert words(Brief()) == 0
    one = Brief(claim="One two three.", reasons=(Part("four", FOR[:1]),))
    assert words(one) == 4 + count(of(FOR[0]).says)
    assert words(replace(one, name="Not counted")) == words(one)
    long = Brief(question="step-closer", claim="One two three.", reasons=(Part("four", FOR[:3]),))
    with catalogue.speaking("uk"):
        assert long.asked != Brief(question="step-closer").question
        in_ukrainian = words(long)
    assert in_ukrainian == words(long)


# ---- the checks --------------------------------------------------------------------------------------------------


def test_an_empty_brief_is_not_yet_in_everything() -> None:
    assert {check.state for check in checks(Brief())} == {"not yet"}


def test_a_whole_brief_is_done_in_everything() -> None:
    assert {check.id: check.says for check in checks(whole()) if check.state != "done"} == {}


def test_both_sides_are_asked_the_same() -> None:
    other = whole(
        side="against",
        reasons=(Part(LONG, AGAINST[:1]), Part(LONG, FOR[1:]), Part(), Part()),
        counter=Part(whole().counter.words, FOR[:1]),
    )
    assert {check.id: check.says for check in checks(other) if check.state != "done"} == {}
    third = whole(side="other")
    assert {check.id: check.says for check in checks(third) if check.state != "done"} == {}


@pytest.mark.parametrize(
    ("name", "changed", "expected", "said"),
    [
        ("question", {"question": ""}, "not yet", "Choose a question"),
        ("question", {"question": OWN}, "not yet", "Write your own"),
        ("question", {"question": OWN, "own": "On troops"}, "look again", "question mark"),
        ("question", {"question": OWN, "own": "Should soldiers come?"}, "done", "Should soldiers come?"),
        ("side", {"side": ""}, "not yet", "for, against"),
        ("claim", {"claim": ""}, "not yet", "one sentence"),
        ("claim", {"claim": "Should Europe send 50,000 soldiers to Ukraine after the war?"}, "look again", "question"),
        ("claim", {"claim": "Is it right that Europe should send so many soldiers there"}, "look again", "question"),
        ("claim", {"claim": "Should Russia attack again, Europe must help with 50,000 soldiers."}, "done", "disagree"),
        ("claim", {"claim": "This brief will look at the size of the European force."}, "look again", "announces"),
        ("claim", {"claim": "Too many soldiers."}, "look again", "3 words"),
        ("claim", {"claim": "word " * 61}, "look again", "61 words"),
        ("reasons", {"reasons": (Part(LONG, FOR),)}, "not yet", "two reasons"),
        ("reasons", {"reasons": (Part(LONG, FOR), Part(LONG))}, "not yet", "Reason 2 has no evidence"),
        ("reasons", {"reasons": (Part("", FOR), Part(LONG, FOR))}, "not yet", "Reason 1 has evidence and no words"),
        ("reasons", {"reasons": (Part("It is so.", FOR), Part(LONG, FOR))}, "look again", "warrant"),
        ("fits", {"reasons": (Part(LONG, ("claims:s11-keys",)),)}, "look again", "Symbolic White House keys"),
        ("own-side", {"reasons": (Part(LONG, AGAINST[:1]),)}, "look again", "move it to the counter-argument"),
        ("own-side", {"side": "other", "reasons": (Part(LONG, AGAINST[:1]),)}, "done", "either side"),
        ("unsure", {"reasons": (Part("Protection it was.", ("claims:s01-allowed-to-flourish",)),)}, "look again",
         "is contested"),
        ("unsure", {"reasons": (Part("In May it was.", ("claims:s14-nato-name",)),)}, "look again", "is contradicted"),
        ("unsure", {"reasons": (Part("Unverified, and yet.", ("claims:s02-maga-voters",)),)}, "done", ""),
        ("unsure", {"reasons": (Part("It may be.", ("claims:s02-maga-voters",)),)}, "done", ""),
        ("later", {"reasons": (Part(LONG, ("timeline:t-2025-12-15-berlin",)),)}, "look again", "since then"),
        ("later", {"reasons": (Part("Since then: Berlin.", ("timeline:t-2025-12-15-berlin",)),)}, "done", ""),
        ("sources", {"reasons": (Part(LONG, STUDIES[:1]),), "counter": Part()}, "not yet", "Find at least 3"),
        ("sources", {"reasons": (Part(LONG, STUDIES),), "counter": Part()}, "look again", "one kind"),
        ("counter", {"counter": Part()}, "not yet", "somebody who holds it"),
        ("counter", {"counter": Part("It is wrong.", AGAINST[:1])}, "look again", "knock down"),
        ("counter", {"counter": Part("word " * 40, AGAINST[:1])}, "look again", "two sentences"),
        ("counter", {"counter": Part(LONG, ())}, "not yet", "evidence too"),
        ("counter", {"counter": Part(LONG, FOR)}, "look again", "another side"),
        ("counter", {"counter": Part(LONG, ("arguments:europe-pays-against-share",))}, "look again", "another side"),
        ("reply", {"reply": ""}, "not yet", "true in it"),
        ("reply", {"reply": "No, it is not."}, "look again", "20 words"),
        ("reply", {"reply": "yes and no " * 10}, "look again", "no longer word"),
        ("confidence", {"confidence": 0}, "not yet", "per cent"),
        ("confidence", {"confidence": 70}, "done", "about 7 should"),
        ("change", {"change": ""}, "not yet", "see"),
        ("change", {"change": "Nothing could ever change my mind on this at all."}, "look again", "nothing"),
        ("change", {"change": "New facts."}, "look again", "eight words"),
        ("recommendation", {"audience": ""}, "not yet", "whom"),
        ("recommendation", {"recommendation": "Act."}, "not yet", "eight words"),
        ("length", {"reasons": ()}, "not yet", "450"),
        ("length", {"reply": "mission " * 1_000}, "look again", "Cut"),
        ("name", {"name": ""}, "not yet", "name"),
    ],
)  # fmt: skip
def test_a_check_sees_what_is_missing(name: str, changed: dict[str, Any], expected: str, said: str) -> None:
    check = found(whole(**changed))[name]
    assert check.state == expected
    assert said in check.says


def test_the_opposite_side_is_the_brief_s_own_question_s_only() -> None:
    one = whole()
    assert opposed(one, of(AGAINST[0]))
    assert not opposed(one, of(FOR[0]))
    assert not opposed(one, of("arguments:europe-pays-against-share"))
    assert not opposed(one, of("scholarship:beckley-2015"))
    assert opposed(whole(side="other"), of(FOR[0]))
    assert not opposed(whole(side=""), of(AGAINST[0]))


def test_an_own_question_is_held_against_words() -> None:
    one = whole(question=OWN, own="Should soldiers rotate?", claim="")
    assert fits(one, of("claims:s04-rotating"))
    assert not fits(one, of("claims:s11-keys"))
    assert state(one, "own-side") == "done"
    assert state(replace(one, counter=Part(LONG, FOR[:1])), "counter") == "look again"
    assert state(one, "counter") == "done"


def test_no_check_recommends_a_policy_or_gives_a_grade() -> None:
    for one in (Brief(), whole(), whole(side="against"), whole(side="other"), whole(question=OWN)):
        said = " ".join(f"{check.title} {check.says}" for check in checks(one)).casefold()
        assert not [
            word for word in ("grade", "score", "excellent", "best answer", "correct", "well done") if word in said
        ]


def test_every_side_of_every_question_can_be_done() -> None:
    held = evidence()
    for question in topics():
        for side, other in (("for", "against"), ("against", "for")):
            mine = [name for name, row in held.items() if row.question == question and row.side == side]
            theirs = [name for name, row in held.items() if row.question == question and row.side == other]
            reasons = (Part(LONG, tuple(mine[:1])), Part(LONG, tuple(mine[1:2])))
            counter = Part(whole().counter.words, tuple(theirs[:1]))
            one = whole(question=question, side=side, reasons=reasons, counter=counter)
            for name in ("fits", "own-side", "counter", "unsure"):
                assert state(one, name) == "done", (question, side, name)


def test_sources_are_counted_once_by_kind() -> None:
    one = whole()
    by_kind = sources(one)
    listed = [name for ids in by_kind.values() for name in ids]
    assert len(listed) == len(set(listed))
    assert set(listed) == {s for _, part in one.parts for name in part.evidence for s in of(name).source_ids}
    assert all(rows("sources")[name]["kind"] == kind for kind, ids in by_kind.items() for name in ids)


def test_bands_and_limits_are_what_the_lesson_says() -> None:
    assert [band(n) for n in (50, 65, 70, 80, 85, 95)] == ["low", "low", "medium", "medium", "high", "high"]
    assert (LEAST_WORDS, MOST_WORDS) == (450, 1_000)
    assert stems("Their guarantee") == {"guaran"}


def test_a_row_that_carries_a_reason_cannot_stand_against_it_as_well() -> None:
    reasons = (Part(LONG, FOR[:1]), Part(LONG, FOR[1:]), Part(), Part())
    for ticked, state in ((FOR[:1], "look again"), (AGAINST[:1], "done")):
        one = whole(side="other", reasons=reasons)
        one = replace(one, counter=Part(one.counter.words, ticked))
        assert found(one)["counter"].state == state
