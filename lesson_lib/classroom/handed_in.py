"""Marking everything a class handed in, into one gradebook; a run that was broken off goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeAlias

from lesson_lib.classroom import gradebook
from lesson_lib.classroom.bank import Unit
from lesson_lib.classroom.collect import Handin, Trouble, problems_csv, stream
from lesson_lib.classroom.grade import BATCH, Paper, grade
from lesson_lib.classroom.grades import book_path, make_tables
from lesson_lib.classroom.paper_marks import join
from lesson_lib.classroom.roster import Student
from lesson_lib.classroom.working import Working

BRIEF_LESSON = "10"
"""The lesson whose hand-in brings the brief."""

Watched: TypeAlias = AbstractContextManager[Iterable[str]]
Watch: TypeAlias = Callable[[Iterator[str], int, int, int], Watched]
"""Shows how far marking is: the batches, how many there are, and how many hand-ins of how many are done already."""


@dataclass(frozen=True)
class Marked:
    """What a run gave: how many hand-ins and answers are marked, what to look at, and who handed in nothing.

    `passed` hand-ins of it were marked by an earlier run that was broken off.
    """

    book: Path
    handins: int
    answers: int
    problems: tuple[Trouble, ...]
    missing: tuple[Student, ...]
    of: int
    passed: int = 0


def mark_class(
    unit: Unit,
    given_out: Mapping[str, Any],
    handins: Sequence[Path],
    students: Sequence[Student],
    output: Path,
    pool: Executor | None = None,
    watch: Watch | None = None,
) -> Marked:
    """Marks everything in `handins` into `output`, and makes its tables. The same input gives the same bytes.

    A run that is broken off, by whatever, leaves the gradebook as it was; started again with the same input it goes on
    after the last batch that was put down. Raises LessonError.
    """
    output.mkdir(parents=True, exist_ok=True)
    book = book_path(output, unit.name)
    # What was typed from paper stands in the same book, and is not in the hand-ins.
    typed = [row for row in gradebook.read(book) if row.file.endswith(".csv")] if book.is_file() else []
    with Working(book) as working:
        problems = mark_into(working, unit, given_out, handins, students, pool, watch)
        whole = working.finish()
        if typed:
            gradebook.write(book, (row.to_line() for row in join(typed, gradebook.read(whole))))
        else:
            whole.replace(book)
        problems.sort(key=lambda each: (each.file, each.reason))
        (output / f"problems-{unit.name}.csv").write_text(problems_csv(problems), encoding="utf-8", newline="\n")
        totals = {total.student: total for total in make_tables(output, unit, students)}
        working.clear()
    missing = tuple(student for student in students if not totals[student.id].items)
    return Marked(book, working.handins, working.answers, tuple(problems), missing, len(students), working.passed)


def mark_into(
    working: Working,
    unit: Unit,
    given_out: Mapping[str, Any],
    handins: Sequence[Path],
    students: Sequence[Student],
    pool: Executor | None = None,
    watch: Watch | None = None,
) -> list[Trouble]:
    """Marks everything in `handins` into the working files; gives what to look at. A few batches are held at a time."""
    problems: list[Trouble] = []
    known = _known_by(unit, given_out)
    found = stream(
        handins, unit.name, students, brief=BRIEF_LESSON if unit.lesson.brief else "",
        start=lambda inputs, count: working.start(f"{known}-{inputs}", count),
    )  # fmt: skip
    read = _Read(found, problems, working)
    papers = iter(read)
    first = list(islice(papers, 1))  # from here on it is known what there is to mark
    batches = -(-(working.of - working.passed) // BATCH)
    lines = grade(unit, chain(first, papers), given_out, pool)
    with watch(lines, batches, working.passed, working.of) if watch else nullcontext(lines) as shown:
        for text in shown:
            read.keep(text)
    return [*problems, *working.troubles, *read.pending]


class _Read:
    """The hand-ins as they are read; beside each its place, and what was odd, until its batch is put down."""

    def __init__(self, found: Iterable[Handin | Trouble], problems: list[Trouble], working: Working) -> None:
        self._found, self._problems, self._working = found, problems, working
        self._beside: deque[tuple[int, list[Trouble]]] = deque()
        self.pending: list[Trouble] = []

    def __iter__(self) -> Iterator[Paper]:
        for each in self._found:
            if isinstance(each, Trouble):
                # What the first pass says it says again in every run; only the second is passed over.
                (self.pending if self._working.of else self._problems).append(each)
                continue
            self._beside.append((each.place, self.pending))
            self.pending = []
            yield Paper(each.student.id, each.student.name, each.record, each.file)

    def keep(self, lines: str) -> None:
        batch = [self._beside.popleft() for _ in range(min(BATCH, len(self._beside)))]
        self._working.keep(lines, len(batch), batch[-1][0], [odd for _, troubles in batch for odd in troubles])


def _known_by(unit: Unit, given_out: Mapping[str, Any]) -> str:
    """What a run is known by, besides its hand-ins: the unit with every key, its points, and what was given out."""
    keys = [(name, item.body, item.key, item.points) for name, rows in unit.items.items() for item in rows]
    release = [given_out.get(name) for name in ("release", "per_student", "behaviour")]
    about = [unit.name, unit.digest, release, unit.lesson.brief, keys]
    return hashlib.sha256(json.dumps(about, sort_keys=True, default=str).encode()).hexdigest()[:24]
