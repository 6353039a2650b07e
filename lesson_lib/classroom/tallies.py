"""The sums of item analysis over a class: one student after the other, so that memory does not grow with the class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lesson_lib.classroom.bank import Unit
from lesson_lib.classroom.findings import BINS
from lesson_lib.classroom.grade import Graded
from lesson_lib.classroom.measures import Moments
from lesson_lib.think import marking
from lesson_lib.think.questions import Item
from lesson_lib.think.reading import Json, Unreadable

WHOLE = 27_720
"""A score of 1 in whole numbers: every share of up to twelve parts is exact, and sums do not depend on their order."""
FIELD = 64
"""Bits of one item's sum in a packed number: enough for four thousand million students."""
OTHER_ANSWERS = 200
"""Different wrong answers to an open item that are told apart; what comes later counts as another answer."""


@dataclass
class Tally:
    """The sums of one item. `bins` holds, by total, how many had it and their summed score."""

    part: str
    place: int
    item: Item | None
    opinion: bool
    open: bool
    ids: frozenset[str]
    points: float = 1.0
    drawn: int = 0
    waiting: int = 0
    binary: bool = True
    outcomes: Counter[str] = field(default_factory=Counter)
    bins: dict[int, list[int]] = field(default_factory=dict)
    taken: dict[tuple[int, str], int] = field(default_factory=dict)
    parts: Counter[tuple[str, str]] = field(default_factory=Counter)
    words: set[str] = field(default_factory=set)
    rest: Moments = field(default_factory=Moments)
    seen_with: int = 0
    score_with: int = 0
    product_with: int = 0


class Tallies:
    """What is summed up over the whole class."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.tallies: dict[str, Tally] = {}
        self.totals: Counter[int] = Counter()
        self.students = self.counted = self.waiting = 0
        self.total = self.total_square = 0.0
        self.levels: Counter[tuple[int, bool]] = Counter()
        self.first: tuple[str, ...] | None = None
        self.varied = False

    def tally(self, row: Graded) -> Tally:
        found = self.tallies.get(row.item)
        if found is None:
            variants = self.unit.items.get(row.item)
            item = variants[0] if variants else None
            # Where numbers are drawn, the same answer is right for one student and wrong for the next.
            open_ = row.type in ("numeric", "short") and len(variants or ()) == 1
            ids = frozenset(choice["id"] for choice in item.body.get("choices", ())) if item else frozenset[str]()
            found = Tally(row.part, len(self.tallies), item, row.opinion, open_, ids)
            self.tallies[row.item] = found
        return found

    def add(self, rows: Sequence[Graded]) -> None:
        """One student. The order of a student's rows makes no difference."""
        self.students += 1
        names = tuple(row.item for row in rows)
        self.first = self.first or names
        self.varied |= names != self.first
        scored: list[tuple[Tally, Graded, int]] = []
        earned = possible = 0.0
        mask = packed = 0
        for row in rows:
            tally = self.tally(row)
            tally.drawn += 1
            if row.opinion:
                tally.outcomes[row.outcome] += 1
                self.take(tally, row, 0)
            elif row.score is None:
                # A text that was left blank or cannot be read has a score; what has none waits for the rubric.
                tally.waiting += 1
                self.waiting += 1
            else:
                score = round(row.score * WHOLE)
                scored.append((tally, row, score))
                earned += row.score * row.points
                possible += row.points
                mask |= 1 << (FIELD * tally.place)
                packed |= score << (FIELD * tally.place)
        if not possible:
            return
        share = earned / possible
        total = round(share * BINS)
        self.counted += 1
        self.totals[total] += 1
        self.total += share
        self.total_square += share * share
        for tally, row, score in scored:
            self.sum_up(tally, row, score, total, earned, possible)
            # One addition sums over the pairs with every other item at once, each in a field of its own.
            tally.seen_with += mask
            tally.score_with += packed
            if score:
                tally.product_with += score * packed

    def sum_up(self, tally: Tally, row: Graded, score: int, total: int, earned: float, possible: float) -> None:
        tally.points = row.points
        right = score >= WHOLE
        if not right and score:
            tally.binary = False
        # What a reader marked by the rubric is right, partly right or wrong by its score.
        recorded = ("right" if right else "partly" if score else "wrong") if row.outcome == "recorded" else row.outcome
        tally.outcomes[recorded] += 1
        cell = tally.bins.get(total)
        if cell is None:
            tally.bins[total] = [1, score]
        else:
            cell[0] += 1
            cell[1] += score
        rest = possible - row.points
        if rest > 0:
            x = score / WHOLE
            tally.rest.add(x, (earned - x * row.points) / rest)
        if row.sure in (1, 2, 3) and row.outcome in ("right", "partly", "wrong"):
            self.levels[row.sure, right] += 1
        self.take(tally, row, total)

    def take(self, tally: Tally, row: Graded, total: int) -> None:
        """Which choices were taken, or which answer was given, by total."""
        if row.outcome == "blank" or row.outcome == "unreadable":
            return
        taken = tally.taken
        for name in self.names(tally, row):
            taken[total, name] = taken.get((total, name), 0) + 1

    def names(self, tally: Tally, row: Graded) -> Iterable[str]:
        answer = row.answer
        if row.type == "single":
            if isinstance(answer, str) and answer in tally.ids:
                return (answer,)
            return [name for name in (self.read(row),) if isinstance(name, str)]
        if row.type == "multiple":
            if not (isinstance(answer, list) and tally.ids.issuperset(map(str, answer))):
                answer = self.read(row)
            return map(str, answer) if isinstance(answer, list) else ()
        if tally.open:
            if row.outcome == "right":
                return ("right",)
            word = " ".join(str(answer).casefold().split())[:60]
            if word not in tally.words and len(tally.words) >= OTHER_ANSWERS:
                return ("another answer",)
            tally.words.add(word)
            return (f"= {word}",)
        if isinstance(answer, dict):
            for part, value in answer.items():
                inner = value.items() if isinstance(value, dict) else (("", value),)
                for column, given in inner:
                    if isinstance(given, str) and len(tally.parts) < 2_000:
                        tally.parts[f"{part}/{column}" if column else part, given] += 1
        return ()

    def read(self, row: Graded) -> Json:
        """An answer that is not in the stored form, such as a letter, as marking read it."""
        variants = self.unit.items.get(row.item)
        if not variants:
            return row.answer
        try:
            return marking.read(variants[row.variant % len(variants)].body, row.answer)
        except Unreadable:
            return None
