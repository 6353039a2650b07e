"""What item analysis finds: of an item, its choices and parts, and of the class. Numbers only; None is not defined."""

from __future__ import annotations

from dataclasses import dataclass

from lesson_lib.classroom.measures import Interval, wilson
from lesson_lib.know.catalogue import N_
from lesson_lib.think.questions import Item

BINS = 1_000
"""Totals are kept to a thousandth of the possible points; students nearer to each other than that count as equal."""
SMALL = 30
"""Below this many students every number is a hint and no finding; the page says so."""
OUTCOMES = {
    "right": N_("right"),
    "partly": N_("partly"),
    "wrong": N_("wrong"),
    "blank": N_("blank"),
    "unreadable": N_("unreadable"),
    "recorded": N_("given"),
}
"""What became of an answer, in words."""


@dataclass(frozen=True)
class Verdict:
    """The words on an item, why, and its rank: 0 is to be looked at first, 5 needs nothing, later has no numbers."""

    rank: int
    words: tuple[str, ...]
    why: str
    suspect: str = ""


@dataclass(frozen=True)
class Choice:
    """One choice of an item: how many took it, in all and in the groups with the best and the lowest totals.

    `upper` and `lower` are shares of their group; None where the groups hold nobody who saw the item.
    """

    id: str
    text: str
    right: bool
    count: int
    share: float
    upper: float | None
    lower: float | None
    upper_count: float


@dataclass(frozen=True)
class Part:
    """One part of an item to sort or match: how often it was right, and what was put there instead most often."""

    text: str
    right: int
    of: int
    instead: str
    instead_count: int


@dataclass(frozen=True)
class ItemResult:
    """What the class's answers say of one item; None where a number is not defined."""

    id: str
    part: str
    item: Item | None
    points: float
    drawn: int
    marked: int
    waiting: int
    outcomes: dict[str, int]
    difficulty: float | None
    interval: Interval | None
    upper: float | None
    lower: float | None
    correlation: float | None
    correlation_interval: Interval | None
    without: float | None
    choices: tuple[Choice, ...]
    parts: tuple[Part, ...]
    verdict: Verdict

    @property
    def discrimination(self) -> float | None:
        return None if self.upper is None or self.lower is None else self.upper - self.lower


@dataclass(frozen=True)
class Reliability:
    """How far totals would come again: KR-20 or Cronbach's alpha, for a test of `length` items.

    The name is translated when it is shown.
    """

    name: str
    value: float | None
    length: float
    error: float | None


@dataclass(frozen=True)
class Level:
    """The answers given with one certainty (1 a guess, 2 fairly sure, 3 certain), and how many were right."""

    sure: int
    count: int
    right: int

    @property
    def share(self) -> float | None:
        return self.right / self.count if self.count else None

    @property
    def interval(self) -> Interval | None:
        return wilson(self.right, self.count)


@dataclass(frozen=True)
class Analysis:
    """A unit's item analysis. Totals are shares of the possible points; `totals` counts students by thousandths."""

    unit: str
    title: str
    students: int
    mean: float | None
    spread: float | None
    totals: dict[int, int]
    group: int
    varied: bool
    pairs: int | None
    waiting: int
    items: tuple[ItemResult, ...]
    reliability: Reliability
    levels: tuple[Level, ...]

    def quantile(self, share: float) -> float | None:
        """The total that so large a share of the class does not pass."""
        reached = 0
        for total, count in sorted(self.totals.items()):
            reached += count
            if reached >= share * self.students:
                return total / BINS
        return None

    @property
    def small(self) -> bool:
        return self.students < SMALL
