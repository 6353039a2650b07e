"""What a class gained from a lesson: its warm-up against the same questions at the exit, from lesson hand-ins.

The warm-up counts as it stood before the exit was begun; the exit counts by its first answer, before any feedback.
Only items that a student answered both times, and that are marked right or wrong, are compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lesson_lib.classroom.measures import gain
from lesson_lib.know.errors import UnknownName
from lesson_lib.think import marking
from lesson_lib.think.questions import Item, Lesson, load_lesson
from lesson_lib.think.reading import Json


@dataclass(frozen=True)
class Gain:
    """One lesson: how many students are compared, and their mean shares before and after."""

    lesson: str
    title: str
    students: int
    before: float
    after: float
    left_out: int

    @property
    def value(self) -> float | None:
        return gain(self.before, self.after)


def gains(records: Iterable[Mapping[str, Any]]) -> tuple[Gain, ...]:
    """The gain in each lesson that the hand-ins are from and that asks its warm-up again, in the lessons' order.

    Takes records as think.answers.read_record gives them, one a student and lesson; units and what belongs to no
    lesson of the course are passed over.
    """
    shares: dict[str, list[tuple[float, float]]] = defaultdict(list)
    left_out: dict[str, int] = defaultdict(int)
    known: dict[str, Lesson | None] = {}
    for record in records:
        name = str(record.get("lesson", ""))
        if name not in known:
            known[name] = _with_return(name)
        lesson = known[name]
        if lesson is None:
            continue
        found = _compared(lesson, record)
        if found is None:
            left_out[name] += 1
        else:
            shares[name].append(found)
    results = []
    for name in sorted({*shares, *left_out}):
        both, lesson = shares[name], known[name]
        n = len(both)
        before, after = (sum(pair[at] for pair in both) / n if n else 0.0 for at in (0, 1))
        results.append(Gain(name, lesson.title if lesson else "", n, before, after, left_out[name]))
    return tuple(results)


def _with_return(name: str) -> Lesson | None:
    try:
        lesson = load_lesson(name)
    except UnknownName:
        return None
    return lesson if any(quiz.returns_to for quiz in lesson.quizzes.values()) else None


def _compared(lesson: Lesson, record: Mapping[str, Any]) -> tuple[float, float] | None:
    """One student's mean scores before and after, over the items answered both times; None when there are none."""
    entries = record.get("items")
    if not isinstance(entries, dict):
        return None
    before, after = [], []
    for quiz in lesson.quizzes.values():
        if quiz.returns_to is None:
            continue
        begun = min(
            filter(None, (_at(one) for item in quiz.items for one in _tries(entries, quiz.id, item))), default=None
        )
        for item in quiz.items:
            predicted = [
                score
                for one in _tries(entries, quiz.returns_to, item)
                if (score := _score(item, one.get("answer"))) is not None and not _after(_at(one), begun)
            ]
            found = [
                score
                for one in _tries(entries, quiz.id, item)
                if (score := _score(item, one.get("answer"))) is not None
            ]
            if predicted and found:
                before.append(predicted[-1])
                after.append(found[0])
    return (sum(before) / len(before), sum(after) / len(after)) if before else None


def _tries(entries: Mapping[str, Any], quiz: str, item: Item) -> list[Mapping[str, Any]]:
    """The answers to an item in the order given; what was only written counts where nothing was checked."""
    entry = entries.get(f"{quiz}/{item.id}")
    if not isinstance(entry, dict):
        return []
    attempts: list[Mapping[str, Any]] = [one for one in entry.get("attempts") or () if isinstance(one, dict)]
    return attempts or ([entry] if entry.get("answer") is not None else [])


def _score(item: Item, answer: Json) -> float | None:
    got = marking.mark(item.body, item.key, answer)
    return got.score if got.outcome in ("right", "partly", "wrong") else None


def _at(one: Mapping[str, Any]) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(one.get("at")))
    except ValueError:
        return None
    # Times with and without a zone cannot be compared; a student's log has one in each.
    return found if found.tzinfo else None


def _after(at: datetime | None, begun: datetime | None) -> bool:
    return at is not None and begun is not None and at >= begun
