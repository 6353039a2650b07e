"""What a force of so many soldiers comes to: the pool behind it, who stands on the line, what it costs.

Plain arithmetic, so that a student can check every answer with a pencil. What is uncertain is a `Span` with a low, a
middle and a high value; each answer has its range, and `sensitivity` says which assumption moves it most. Whether the
force would deter anybody is not in these numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from lesson_lib.know.catalogue import N_, _
from lesson_lib.know.errors import LessonError, unknown
from lesson_lib.think.numerals import separated

Counting: TypeAlias = Literal["deployed", "pool"]
Values: TypeAlias = dict[str, float]


@dataclass(frozen=True)
class Span:
    """A value that is known roughly: at least `low`, most likely `mid`, at most `high`.

    >>> Span(1000, 1200, 1300).text(), Span.exactly(6).sure
    ('1,200 (1,000 to 1,300)', True)
    """

    low: float
    mid: float
    high: float

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.low, self.mid, self.high))):
            raise LessonError(_("A range needs three ordinary numbers: a low, a middle and a high one."))
        if not self.low <= self.mid <= self.high:
            raise LessonError(
                _("A range goes up: {low}, {mid}, {high} does not.").format(
                    low=number(self.low), mid=number(self.mid), high=number(self.high)
                )
            )

    @classmethod
    def exactly(cls, value: float) -> Span:
        """A value without doubt."""
        return cls(value, value, value)

    @classmethod
    def around(cls, value: float, low: float, high: float) -> Span:
        """A value with the bounds that sources give, widened where the value itself lies outside them.

        >>> Span.around(4, 1.5, 3)
        Span(low=1.5, mid=4, high=4)
        """
        return cls(min(low, value), value, max(high, value))

    @property
    def sure(self) -> bool:
        return self.low == self.high

    def text(self) -> str:
        return (
            number(self.mid)
            if self.sure
            else _("{mid} ({low} to {high})").format(mid=number(self.mid), low=number(self.low), high=number(self.high))
        )


@dataclass(frozen=True)
class Force:
    """A force as a student sets it. Impossible values are refused in a sentence (LessonError).

    `headcount` soldiers, counted as `deployed` at a time or as the whole `pool`; `tour_months` a soldier stays;
    `rest_ratio` months at home for each month deployed; `line_share` of those deployed who do combat or line duty (0
    to 1); `per_post` soldiers to keep one post by day and by night; `line_km` of line; `cost` in dollars for each
    soldier deployed for a year; `armies`, all soldiers of the states that contribute, or None where that is not known.
    Low and high values: the table planning_factors.

    >>> Force(50_000, "deployed", line_km=Span.exactly(0))
    Traceback (most recent call last):
    ...
    lesson_lib.know.errors.LessonError: A line of 0 km has no soldiers for each kilometre: give it at least 1 km.
    """

    headcount: float
    counting: Counting = "deployed"
    tour_months: Span = Span(6, 6, 12)
    rest_ratio: Span = Span(1.5, 2, 3)
    line_share: Span = Span(0.17, 0.3, 0.45)
    per_post: Span = Span(2, 3, 5.16)
    line_km: Span = Span(1000, 1200, 1300)
    cost: Span = Span(53_947, 75_000, 209_000)
    armies: float | None = None

    def __post_init__(self) -> None:
        if self.counting not in ("deployed", "pool"):
            raise unknown(_("way of counting"), self.counting, ["deployed", "pool"])
        if not (math.isfinite(self.headcount) and 1 <= self.headcount <= 1e8):
            raise LessonError(
                _("A force of {headcount} soldiers cannot be reckoned with: give it from 1 to 100 million.").format(
                    headcount=number(self.headcount)
                )
            )
        if self.armies is not None and not (math.isfinite(self.armies) and 1 <= self.armies <= 1e9):
            raise LessonError(
                _("Armies of {armies} soldiers cannot send anybody: give their number, or leave it unknown.").format(
                    armies=number(self.armies)
                )
            )
        for name, (least, most, why) in _LIMITS.items():
            span: Span = getattr(self, name)
            for value in (span.low, span.high):
                if not least <= value <= most:
                    raise LessonError(_(why).format(number(value)))

    @property
    def assumptions(self) -> dict[str, Span]:
        """What the answers rest on beside the headcount, by name."""
        return {name: getattr(self, name) for name in _LIMITS}


_LIMITS: dict[str, tuple[float, float, str]] = {
    "tour_months": (0.5, 120, N_("A tour of {} months cannot be planned: give it from half a month to 120 months.")),
    "rest_ratio": (0.1, 20, N_("{} months at home for each month away is no rotation: give it from 0.1 to 20.")),
    "line_share": (0.01, 1, N_("A share of {} on the line is impossible: give it from 0.01 to 1 (1 to 100 per cent).")),
    "per_post": (1, 24, N_("{} soldiers cannot keep one post: give it from 1, who never sleeps, to 24.")),
    "line_km": (1, 50_000, N_("A line of {} km has no soldiers for each kilometre: give it at least 1 km.")),
    "cost": (1, 1e8, N_("A soldier for {} dollars a year does not exist: give the cost as more than 0.")),
}


def number(value: float) -> str:
    """A number with as many digits as are worth reading.

    >>> number(49_999.7), number(6.25), number(0.123), number(-3)
    ('50,000', '6.2', '0.12', '-3')
    """
    if not math.isfinite(value):
        return _("no number of")
    if float(value).is_integer() or abs(value) >= 100:
        return separated(f"{value:,.0f}")
    return separated(f"{value:.1f}" if abs(value) >= 1 else f"{value:.2g}")


# ---- the sums, each for itself -----------------------------------------------------------------------------------


def pool(deployed: float, rest_ratio: float) -> float:
    """All soldiers bound by a force kept at one size: those there, and those resting and training for their turn.

    `rest_ratio` is months at home for each month deployed. Gady in rotation-gady-2024: 40,000 and 1.5.

    >>> pool(40_000, 1.5)
    100000.0
    """
    return deployed * (1 + rest_ratio)


def sustained(soldiers: float, rest_ratio: float, overlap: float = 1) -> float:
    """What a pool can keep deployed, in the unit of the pool; `overlap` units in the field for one that counts.

    >>> round(sustained(44, 2, 1.15))  # brigades: rotation-brigades-2008
    13
    """
    return soldiers / overlap / (1 + rest_ratio)


def tours(deployed: float, months: float, tour_months: float) -> float:
    """Tours served in so many months by a force kept at one size: soldiers sent, if nobody goes twice.

    Never fewer than those there at the start. The Times in rotation-times-2025: 64,000 for 24 months.

    >>> tours(64_000, 24, 6)
    256000.0
    """
    return deployed * max(1.0, months / tour_months)


def by_density(inhabitants: float, per_thousand: float) -> float:
    """Security forces by a rule of so many for each thousand inhabitants: a contested rule for internal order.

    >>> by_density(1_000_000, 20)  # density-quinlivan
    20000.0
    """
    return inhabitants * per_thousand / 1000


# ---- all of it for one force -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Result:
    """One answer: its name for readers, its unit, and the sum behind it."""

    label: str
    unit: str
    of: Callable[[Values], float]


RESULTS: dict[str, Result] = {
    "deployed": Result(N_("Soldiers deployed"), "soldiers", lambda v: v["deployed"]),
    "pool": Result(N_("Soldiers bound in all"), "soldiers", lambda v: pool(v["deployed"], v["rest_ratio"])),
    "year": Result(N_("Tours in one year"), "tours", lambda v: tours(v["deployed"], 12, v["tour_months"])),
    "two_years": Result(N_("Tours in two years"), "tours", lambda v: tours(v["deployed"], 24, v["tour_months"])),
    "combat": Result(N_("For combat or line duty"), "soldiers", lambda v: v["deployed"] * v["line_share"]),
    "on_duty": Result(
        N_("On duty at any moment"), "soldiers", lambda v: v["deployed"] * v["line_share"] / v["per_post"]
    ),
    "per_km": Result(
        N_("On duty for each kilometre"),
        "soldiers",
        lambda v: v["deployed"] * v["line_share"] / v["per_post"] / v["line_km"],
    ),
    "gap": Result(
        N_("From one soldier on duty to the next"),
        "metres",
        lambda v: 1000 * v["line_km"] * v["per_post"] / (v["deployed"] * v["line_share"]),
    ),
    "share": Result(
        N_("Share of the contributors' armies"),
        "per cent",
        lambda v: 100 * pool(v["deployed"], v["rest_ratio"]) / v["armies"],
    ),
    "bill": Result(N_("Cost a year"), "dollars", lambda v: v["deployed"] * v["cost"]),
}
"""The answers by name, in the order in which a reader wants them."""


def reckon(force: Force) -> dict[str, Span]:
    """Every answer with its range; without the share of the armies where their size is not known.

    The range is the widest there can be: every assumption at once at the end that lowers, or raises, the answer.

    >>> answers = reckon(Force(50_000))
    >>> answers["pool"].text(), answers["per_km"].text(), "share" in answers
    ('150,000 (125,000 to 200,000)', '4.2 (1.3 to 11.2)', False)
    """
    return {name: _span(force, name) for name in RESULTS if name != "share" or force.armies is not None}


def _span(force: Force, result: str) -> Span:
    lows, highs = {}, {}
    for name, span in force.assumptions.items():
        # Each sum only rises or only falls with each assumption, so the end that lowers it does so everywhere.
        at_low, at_high = (_at(force, result, {name: end}) for end in (span.low, span.high))
        lows[name], highs[name] = (span.low, span.high) if at_low <= at_high else (span.high, span.low)
    middle = _at(force, result, {})
    return Span(min(middle, _at(force, result, lows)), middle, max(middle, _at(force, result, highs)))


def _at(force: Force, result: str, ends: Mapping[str, float]) -> float:
    """One answer with some assumptions at the given values and the others in the middle."""
    values = {name: span.mid for name, span in force.assumptions.items()} | dict(ends)
    whole = force.counting == "pool"
    values["deployed"] = sustained(force.headcount, values["rest_ratio"]) if whole else force.headcount
    values["armies"] = force.armies or math.inf
    return RESULTS[result].of(values)


@dataclass(frozen=True)
class Swing:
    """How far one assumption moves an answer: its low and high value, and the answer at each."""

    assumption: str
    low: float
    high: float
    at_low: float
    at_high: float

    @property
    def width(self) -> float:
        return abs(self.at_high - self.at_low)


def sensitivity(force: Force, result: str) -> list[Swing]:
    """What moves an answer, the strongest first: each assumption from low to high, the others in the middle.

    An assumption that is sure, or that has no part in the sum, is left out. Raises UnknownName for another answer,
    LessonError for the share of armies whose size is not known.

    >>> [swing.assumption for swing in sensitivity(Force(50_000), "per_km")]
    ['line_share', 'per_post', 'line_km']
    """
    if result not in RESULTS:
        raise unknown(_("answer"), result, RESULTS)
    if result == "share" and force.armies is None:
        raise LessonError(_("The size of the contributors' armies is not known, so their share is not known either."))
    found = []
    for name, span in force.assumptions.items():
        at_low, at_high = (_at(force, result, {name: end}) for end in (span.low, span.high))
        if not math.isclose(at_low, at_high, rel_tol=1e-12):
            found.append(Swing(name, span.low, span.high, at_low, at_high))
    # Python's sort keeps the order of equals, so a picture does not jump.
    return sorted(found, key=lambda swing: -swing.width)
