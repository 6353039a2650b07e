"""What a student has answered, derived from the log: state, progress, change of mind, and the hand-in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lesson_lib.know.catalogue import N_, _
from lesson_lib.think import marking
from lesson_lib.think.log import DOINGS, AnswerLog, Event, sure_of
from lesson_lib.think.questions import Item, Lesson, Quiz
from lesson_lib.think.reading import Json
from lesson_lib.think.units import load_lesson

__all__ = [
    "DOINGS",
    "FORMAT",
    "RECORD",
    "AnswerLog",
    "Attempt",
    "Change",
    "Event",
    "ItemState",
    "Progress",
    "change",
    "counted",
    "kept_settings",
    "progress",
    "read_record",
    "receipt",
    "record",
    "state",
]

FORMAT = "guarantees-hand-in/1"
RECORD = "application/vnd.guarantees.hand-in+json"
"""Carries the record in the saved notebook; no viewer draws it, so what a reader sees is the receipt beside it."""


@dataclass(frozen=True)
class Attempt:
    """One answer that was checked; outcome and score are derived from today's key."""

    answer: Json
    sure: int | None
    at: str
    outcome: str
    score: float


@dataclass
class ItemState:
    """Where a student stands with one item. `again` begins anew; attempts keeps all."""

    attempts: list[Attempt] = field(default_factory=list)
    tries: list[Attempt] = field(default_factory=list)
    hints: int = 0
    revealed: bool = False
    draft: Json = None
    draft_at: str = ""
    most_hints: int = 0
    ever_revealed: bool = False

    @property
    def latest(self) -> Attempt | None:
        """The last answer checked since the item was begun anew."""
        return self.tries[-1] if self.tries else None

    @property
    def misses(self) -> int:
        """How many tries since then were wrong or only partly right; the same answer twice running is one."""
        missed = [one.answer for one in self.tries if one.outcome in ("wrong", "partly")]
        return sum(place == 0 or answer != missed[place - 1] for place, answer in enumerate(missed))

    @property
    def answered(self) -> bool:
        """Whether an answer that could be read was ever checked."""
        return any(attempt.outcome not in ("blank", "unreadable") for attempt in self.attempts)


def state(quiz: Quiz, events: Iterable[Event]) -> dict[str, ItemState]:
    """Where the student stands with each item of a quiz. Items the lesson no longer has are passed over."""
    items = {item.id: item for item in quiz.items}
    found = {name: ItemState() for name in items}
    for event in events:
        if event["quiz"] != quiz.id or event["item"] not in items:
            continue
        item, now = items[event["item"]], found[event["item"]]
        answer, at = event.get("answer"), event["at"]
        if event["do"] == "draft":
            now.draft, now.draft_at = answer, at
        elif event["do"] == "check":
            got = marking.mark(item.body, item.key, answer)
            attempt = Attempt(answer, sure_of(event.get("sure")), at, got.outcome, got.score)
            now.attempts.append(attempt)
            now.tries.append(attempt)
            now.draft, now.draft_at = answer, at
        elif event["do"] == "hint":
            now.hints = min(now.hints + 1, len(item.hints))
            now.most_hints = max(now.most_hints, now.hints)
        elif event["do"] == "reveal":
            now.revealed = now.ever_revealed = True
        else:
            now.tries, now.hints, now.revealed, now.draft, now.draft_at = [], 0, False, None, ""
    return found


@dataclass(frozen=True)
class Progress:
    """How much of a lesson is answered, in all and by quiz; as text, one line.

    `begun` has the numbers of a quiz's questions that hold something which nobody has checked yet.
    """

    answered: int
    of: int
    quizzes: dict[str, tuple[int, int]] = field(default_factory=dict)
    begun: dict[str, list[int]] = field(default_factory=dict)

    def __str__(self) -> str:
        begun = sum(map(len, self.begun.values()))
        said = _("{answered} of {of} answered, {begun} begun") if begun else _("{answered} of {of} answered")
        return said.format(answered=self.answered, of=self.of, begun=begun)


def progress(lesson: str | Lesson, log: AnswerLog | None = None) -> Progress:
    """How many items of a lesson are answered: checked, or recorded where nothing is marked; returns too."""
    asked = lesson if isinstance(lesson, Lesson) else load_lesson(lesson)
    return counted(asked, _entries(asked, (log or AnswerLog()).events(asked.lesson)))


def counted(lesson: Lesson, entries: Mapping[str, Any]) -> Progress:
    """How far the entries of a hand-in record go: what a student is told of the lesson and of the file is one count."""
    counts, begun = {}, {}
    for quiz in lesson.quizzes.values():
        stand = [_stand(item, entries.get(f"{quiz.id}/{item.id}")) for item in quiz.items]
        counts[quiz.id] = (stand.count("answered"), len(stand))
        if places := [place for place, how in enumerate(stand, start=1) if how == "begun"]:
            begun[quiz.id] = places
    return Progress(sum(done for done, of in counts.values()), sum(of for done, of in counts.values()), counts, begun)


def _stand(item: Item, entry: dict[str, Any] | None) -> str:
    """Answered, when an answer that could be read was ever checked; begun, when something else is there; or blank."""
    if entry is None:
        return "blank"
    outcomes = [marking.mark(item.body, item.key, one["answer"]).outcome for one in entry["attempts"]]
    if not {"blank", "unreadable"}.issuperset(outcomes):
        return "answered"
    return "blank" if marking.mark(item.body, item.key, entry["answer"]).outcome == "blank" else "begun"


@dataclass(frozen=True)
class Change:
    """What a student said of an item first, and says now."""

    first: Attempt | None
    latest: Attempt | None


def change(quiz_return: Quiz, events: Iterable[Event]) -> dict[str, Change]:
    """For each item of a return quiz: what was said before it began, and the latest said in it.

    A warm-up may be corrected until the return is begun; what is entered there afterwards is no prediction.
    """
    events = list(events)
    begun = next(
        (at for at, event in enumerate(events) if event["quiz"] == quiz_return.id and event["do"] == "check"),
        None,
    )
    warm_up = Quiz(quiz_return.returns_to or "", quiz_return.lesson, "", "predict", None, quiz_return.items)
    before, after = state(warm_up, events[:begun]), state(quiz_return, events)
    return {name: Change(_readable(before[name])[-1], _readable(after[name])[-1]) for name in after}


def _readable(now: ItemState) -> list[Attempt | None]:
    """The attempts that say something; a list with None when there are none."""
    return [one for one in now.attempts if one.outcome not in ("blank", "unreadable")] or [None]


def kept_settings(log: AnswerLog, log_name: str) -> dict[str, dict[str, Any]]:
    """What a student last set in each lab of a lesson, by the lab's name; `log_name` is like "06-lab"."""
    return {
        event["item"]: event["answer"]
        for event in log.events(log_name.partition("-")[0])
        if event["quiz"] == log_name and event["do"] == "draft" and isinstance(event.get("answer"), dict)
    }


# ---- handing in --------------------------------------------------------------------------------


def record(lesson: str | Lesson, name: str = "", log: AnswerLog | None = None) -> dict[str, Any]:
    """Everything a student hands in for a lesson: the same answers give the same record, to the byte."""
    asked = lesson if isinstance(lesson, Lesson) else load_lesson(lesson)
    log = log or AnswerLog()
    items = _entries(asked, log.events(asked.lesson))
    labs = kept_settings(log, f"{asked.lesson}-lab")
    return {
        "format": FORMAT,
        "lesson": asked.lesson,
        "title": asked.original or asked.title,
        "name": name,
        "items": items,
        **({"labs": labs} if labs else {}),
        **({"unit": asked.unit} if asked.unit else {}),
        "unreadable_lines": len(log.unreadable(asked.lesson)),
        "receipt": receipt(asked.lesson, name, items, labs),
    }


def _entries(lesson: Lesson, events: list[Event]) -> dict[str, dict[str, Any]]:
    """What is handed in of each item, by "quiz/item"."""
    items = {}
    for quiz in lesson.quizzes.values():
        states = state(quiz, events)
        for item in quiz.items:
            items[f"{quiz.id}/{item.id}"] = _handed_in(item, states[item.id])
    return items


def _handed_in(item: Item, now: ItemState) -> dict[str, Any]:
    """The last answer checked; what was only written counts if nothing was checked, in free text always."""
    last = now.attempts[-1] if now.attempts else None
    answer, sure, at = (last.answer, last.sure, last.at) if last else (None, None, None)
    if now.draft is not None and (last is None or item.type == "text"):
        answer, at = now.draft, now.draft_at
    attempts = [{"answer": one.answer, "sure": one.sure, "at": one.at} for one in now.attempts]
    return {
        "answer": answer,
        "sure": sure,
        "at": at,
        "attempts": attempts,
        "hints": now.most_hints,
        "revealed": now.ever_revealed,
    }


def receipt(lesson: str, name: str, items: dict[str, Any], labs: Json = None) -> str:
    """Eight characters that change when anything handed in does: evidence of a slip, no proof of honesty.

    >>> receipt("01", "", {})
    '1ff94ac7'
    """
    handed_in = {"lesson": lesson, "name": name, "items": items} | ({"labs": labs} if labs else {})
    text = json.dumps(handed_in, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def read_record(given: Json | bytes) -> tuple[dict[str, Any], list[str]]:
    """A record handed in, as far as it can be read, and a line on each thing damaged. Never raises."""
    if isinstance(given, str | bytes):
        try:
            given = json.loads(given)
        except (ValueError, RecursionError):
            return _empty(), [_("This is not a hand-in file: it cannot be read as JSON.")]
    if not isinstance(given, dict):
        return _empty(), [_("This is not a hand-in file: it holds no record.")]
    entries = given.get("items")
    kept = {
        name: _entry(entry)
        for name, entry in (entries.items() if isinstance(entries, dict) else ())
        if isinstance(entry, dict) and "answer" in entry
    }
    problems = list(_damage(given, kept))
    read = _empty()
    read["items"] = kept
    for name in ("lesson", "title", "name", "receipt"):
        if isinstance(given.get(name), str):
            read[name] = given[name]
    if type(given.get("unreadable_lines")) is int:
        read["unreadable_lines"] = given["unreadable_lines"]
    unit = given.get("unit")
    if isinstance(unit, dict):
        read["unit"] = {name: one for name, one in unit.items() if isinstance(one, str)}
    labs = given.get("labs")
    if isinstance(labs, dict) and (settings := {name: one for name, one in labs.items() if isinstance(one, dict)}):
        read["labs"] = settings
    return read, problems


def _empty() -> dict[str, Any]:
    texts = dict.fromkeys(("lesson", "title", "name"), "")
    return {"format": FORMAT, **texts, "items": {}, "unreadable_lines": 0, "receipt": ""}


def _entry(entry: dict[str, Json]) -> dict[str, Any]:
    attempts = entry.get("attempts")
    return {
        "answer": entry["answer"],
        "sure": sure_of(entry.get("sure")),
        "at": entry.get("at") if isinstance(entry.get("at"), str) else None,
        "attempts": [
            {"answer": one["answer"], "sure": sure_of(one.get("sure")), "at": str(one.get("at", ""))}
            for one in (attempts if isinstance(attempts, list) else ())
            if isinstance(one, dict) and "answer" in one
        ],
        "hints": entry["hints"] if type(entry.get("hints")) is int else 0,
        "revealed": entry.get("revealed") is True,
    }


_MISSING = {
    "lesson": N_("The lesson is missing."),
    "title": N_("The title is missing."),
    "name": N_("The name is missing."),
}


def _damage(given: dict[str, Json], kept: dict[str, Any]) -> Iterator[str]:
    if given.get("format") != FORMAT:
        said = _("The format is {format}, not {wanted}: read as far as it goes.")
        yield said.format(format=f"{given.get('format')!r:.60}", wanted=repr(FORMAT))
    for name, missing in _MISSING.items():
        if not isinstance(given.get(name), str):
            yield _(missing)
    items = given.get("items")
    if not isinstance(items, dict):
        yield _("The answers are missing.")
        return
    for name, entry in items.items():
        if name not in kept:
            yield _("{item}: the answer is missing.").format(item=f"{name:.60}")
        elif kept[name] != entry:
            said = _("{item}: attempts, hints or times are damaged; the answer is there.")
            yield said.format(item=f"{name:.60}")
    if "labs" in given and not (
        isinstance(given["labs"], dict) and all(isinstance(x, dict) for x in given["labs"].values())
    ):
        yield _("The settings of a lab are damaged; the answers are there.")
    if given.get("from") == "page":
        yield _("It was saved from the page while no kernel answered: it has no receipt, and may lack earlier tries.")
        return
    try:
        due = receipt(given["lesson"], given["name"], items, given.get("labs"))
    except (KeyError, TypeError, ValueError, RecursionError):
        due = ""
    if given.get("receipt") != due:
        yield _("The receipt does not fit the answers: something was changed after the record was made.")
