"""Grading: a pure function of what was handed in and the key. It reads answers and runs nothing of a student's.

Five outcomes (right, partly, wrong, blank, unreadable), and `recorded` for what no machine marks: opinions, which count
for being given, and texts and briefs, which wait for the rubric.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from lesson_lib.classroom.bank import Drawn, Unit, draw
from lesson_lib.think import brief, marking
from lesson_lib.think.reading import Json

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


# Never changed once made; not frozen because a frozen one takes twice as long to make, and a large class has millions.
@dataclass
class Graded:
    """One item of one student, as a line of the gradebook has it.

    `score` is 0 to 1, None while a text or a brief waits for a reader; `points` what the item is worth; `earned` their
    product.
    """

    unit: str
    student: str
    name: str
    part: str
    item: str
    variant: int
    objective: str
    type: str
    answer: Json
    sure: int | None
    attempts: int
    at: str | None
    outcome: str
    score: float | None
    points: float
    earned: float
    opinion: bool
    file: str

    def to_json(self) -> dict[str, Any]:
        return dict(vars(self))

    def to_line(self) -> str:
        """One line of the gradebook; the same mark is the same bytes."""
        return _encode(vars(self)) + "\n"


@dataclass(frozen=True)
class Paper:
    """What one student handed in, as grading needs it: who, and the record's answers."""

    student: str
    name: str
    record: Mapping[str, Any]
    file: str = ""


def mark_paper(unit: Unit, paper: Paper, release: Mapping[str, Any]) -> tuple[Graded, ...]:
    """One student's items, marked in the order in which they were drawn. Never raises, whatever was handed in.

    `release` says what was given out: {"release", "per_student", "behaviour"}. In a study release what was answered
    earns the points, whatever the answer.
    """
    items = paper.record.get("items")
    given = items if isinstance(items, dict) else {}
    drawn = _drawn(unit, str(release["release"]), paper.student if release.get("per_student") else "")
    study = release.get("behaviour") == "study"
    marked = tuple(
        _graded(unit, paper, each, given.get(f"{unit.name}-{each.part}/{each.item.id}"), study) for each in drawn
    )
    if not unit.lesson.brief:
        return marked
    labs = paper.record.get("labs")
    return (*marked, _brief(unit, paper, labs.get(BRIEF) if isinstance(labs, dict) else None, study))


BRIEF = "brief"
"""What a brief is called as a part, an item and a type, and what its lab is called in a record."""


def _brief(unit: Unit, paper: Paper, settings: Json, study: bool) -> Graded:
    """The brief that was handed in beside a unit: it waits for a reader, like a text."""
    given = isinstance(settings, dict) and bool(brief.words(brief.brief(settings)))
    score = None if given and not study else 1.0 if given else 0.0
    points = unit.lesson.brief
    return Graded(
        unit=unit.name, student=paper.student, name=paper.name, part=BRIEF, item=BRIEF, variant=0, objective="",
        type=BRIEF, answer=settings if given else None, sure=None, attempts=0, at=None,
        outcome="recorded" if given else "blank", score=score, points=points,
        earned=round(points * (score or 0.0), 6), opinion=False, file=paper.file,
    )  # fmt: skip


# A class that shares one draw needs it once; where each student has one of their own, the next is another's.
_shared: dict[tuple[str, str, str], tuple[Drawn, ...]] = {}


def _drawn(unit: Unit, release: str, student: str) -> tuple[Drawn, ...]:
    if student:
        return draw(unit, release, student, in_order=False)
    name = (unit.name, unit.digest, release)
    if name not in _shared:
        _shared[name] = draw(unit, release, in_order=False)
    return _shared[name]


def _graded(unit: Unit, paper: Paper, each: Drawn, entry: Json, study: bool) -> Graded:
    item = each.item
    entry = entry if isinstance(entry, dict) else {}
    answer, attempts = entry.get("answer"), entry.get("attempts")
    got = marking.mark(item.body, item.key, answer)
    given = got.outcome not in ("blank", "unreadable")
    score: float | None = got.score
    if study or (item.opinion and got.outcome == "recorded"):
        score = 1.0 if given else 0.0
    elif got.outcome == "recorded":
        score = None
    return Graded(
        unit=unit.name,
        student=paper.student,
        name=paper.name,
        part=each.part,
        item=item.id,
        variant=each.variant,
        objective=item.objective,
        type=item.type,
        answer=answer if given else None if got.outcome == "blank" else str(answer)[:200],
        sure=entry.get("sure") if type(entry.get("sure")) is int else None,
        attempts=len(attempts) if isinstance(attempts, list) else 0,
        at=entry.get("at") if isinstance(entry.get("at"), str) else None,
        outcome=got.outcome,
        score=score,
        points=item.points,
        earned=round(item.points * (score or 0.0), 6),
        opinion=item.opinion,
        file=paper.file,
    )


def mark_again(unit: Unit, rows: Iterable[Graded], release: Mapping[str, Any]) -> Iterator[Graded]:
    """The lines of a gradebook under today's key: the answers stand in them, so nothing has to be collected again.

    An item that the unit no longer has stays as it was marked.
    """
    study = release.get("behaviour") == "study"
    for row in rows:
        if row.type == BRIEF and unit.lesson.brief:
            yield _brief(unit, Paper(row.student, row.name, {}, row.file), row.answer, study)
            continue
        variants = unit.items.get(row.item)
        if not variants:
            yield row
            continue
        item = variants[row.variant % len(variants)]
        paper = Paper(row.student, row.name, {}, row.file)
        entry = {"answer": row.answer, "sure": row.sure, "at": row.at, "attempts": [None] * row.attempts}
        drawn = Drawn(unit.parts[row.item], item, row.variant)
        yield _graded(unit, paper, drawn, entry, study)


BATCH = 250
"""Papers sent to a worker at once: a process is not woken for one paper, and memory stays flat."""


def grade(
    unit: Unit, papers: Iterable[Paper], release: Mapping[str, Any], executor: Executor | None = None, *, ahead: int = 8
) -> Iterator[str]:
    """Everything handed in for a unit, marked: the gradebook's lines, one text a batch of papers.

    Papers keep the order given, so the same input gives the same bytes, wherever it is marked. With an executor
    (processes, or a Dask cluster's `Client.get_executor()`) batches are marked elsewhere; no more than `ahead` of them
    wait, so a class of any size takes the same memory.
    """
    batches = _batches(papers)
    if executor is None:
        for batch in batches:
            yield _lines(unit, batch, release)
        return
    waiting = [executor.submit(_lines, unit, batch, release) for batch in itertools.islice(batches, ahead)]
    while waiting:
        yield waiting.pop(0).result()
        waiting.extend(executor.submit(_lines, unit, batch, release) for batch in itertools.islice(batches, 1))


def _batches(papers: Iterable[Paper]) -> Iterator[list[Paper]]:
    source = iter(papers)
    while batch := list(itertools.islice(source, BATCH)):
        yield batch


def _lines(unit: Unit, papers: Sequence[Paper], release: Mapping[str, Any]) -> str:
    return "".join(row.to_line() for paper in papers for row in mark_paper(unit, paper, release))
