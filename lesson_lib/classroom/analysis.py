"""Item analysis: what a class's answers say about the questions. Pure numbers; classroom.report makes the page.

One pass over the gradebook, student by student. Where students drew different items, a total is the share of the
points that this student could earn, an item is set against the rest of what its students drew, and reliability rests
on the covariances of those pairs of items that some students saw together (pairwise), for a test as long as theirs.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lesson_lib.classroom.bank import Unit
from lesson_lib.classroom.findings import OUTCOMES, Analysis, Choice, ItemResult, Level, Part, Reliability, Verdict
from lesson_lib.classroom.grade import BRIEF, Graded
from lesson_lib.classroom.measures import alpha, fisher, groups, wilson
from lesson_lib.classroom.tallies import FIELD, WHOLE, Tallies, Tally
from lesson_lib.classroom.verdicts import verdict
from lesson_lib.know.catalogue import N_, _
from lesson_lib.know.errors import LessonError


def analyse(unit: Unit, rows: Iterable[Graded]) -> Analysis:
    """The item analysis of a gradebook's lines, which must be sorted by student. Raises LessonError when they are not.

    Items that wait for the rubric are left out until they are marked; opinions are counted and not judged. A brief is
    no question of the unit: it is not looked at.
    """
    everyone, last = Tallies(unit), ""
    asked = (row for row in rows if row.type != BRIEF)
    for student, lines in itertools.groupby(asked, key=lambda row: row.student):
        if student < last:
            raise LessonError(_("The gradebook is not sorted by student: grade the unit again, then analyse it."))
        last = student
        everyone.add(list(lines))
    return _result(everyone)


# ---- from sums to results -----------------------------------------------------------------------------------------


def _fields(packed: int, count: int) -> list[int]:
    mask = (1 << FIELD) - 1
    return [(packed >> (FIELD * place)) & mask for place in range(count)]


@dataclass(frozen=True)
class _Spread:
    """The variances of the items and the covariances of those pairs that students saw together, in points."""

    variances: dict[int, float]
    covariances: dict[tuple[int, int], float]
    together: int | None

    def alpha(self, length: float, without: int | None = None) -> float | None:
        own = [value for place, value in self.variances.items() if place != without]
        pairs = [value for pair, value in self.covariances.items() if without not in pair]
        if not own or not pairs:
            return None
        return alpha(length, sum(own) / len(own), sum(pairs) / len(pairs))


def _spread(tallies: Sequence[Tally]) -> _Spread:
    count = len(tallies)
    seen = [_fields(each.seen_with, count) for each in tallies]
    score = [_fields(each.score_with, count) for each in tallies]
    product = [_fields(each.product_with, count) for each in tallies]
    found: dict[tuple[int, int], float] = {}
    together: list[int] = []
    for a, b in itertools.combinations_with_replacement(range(count), 2):
        n = seen[a][b]
        if n >= 2:
            # Whole numbers up to here: no digit is lost before the one division.
            moment = product[a][b] * n - score[a][b] * score[b][a]
            found[a, b] = moment / (n * WHOLE) ** 2 * tallies[a].points * tallies[b].points
            together += [n] if a != b else []
    own = {a: value for (a, b), value in found.items() if a == b}
    pairs = {pair: value for pair, value in found.items() if pair[0] != pair[1]}
    return _Spread(own, pairs, min(together, default=None))


def _result(everyone: Tallies) -> Analysis:
    n, unit = everyone.counted, everyone.unit
    upper, lower, size = groups(everyone.totals)
    tallies = list(everyone.tallies.values())
    spread = _spread(tallies)
    marked = [each for each in tallies if each.bins]
    # A student's number of marked items: where all drew the same, how many items there are.
    length = sum(cell[0] for each in marked for cell in each.bins.values()) / n if n else 0.0
    value = spread.alpha(length)
    mean = everyone.total / n if n else None
    variance = max(0.0, everyone.total_square / n - mean * mean) if mean is not None else 0.0
    deviation = (variance * n / (n - 1)) ** 0.5 if n > 1 else None
    binary = all(each.binary and each.points == marked[0].points for each in marked)
    error = deviation * (1 - value) ** 0.5 if value is not None and deviation is not None and value <= 1 else None
    items = [
        _item(name, each, upper, lower, size, spread.alpha(length - 1, each.place) if each.bins else None, n)
        for name, each in everyone.tallies.items()
    ]
    never = [_unseen(unit, name) for name in unit.items if name not in everyone.tallies]
    order = {name: place for place, name in enumerate(unit.items)}
    ranked = sorted([*items, *never], key=lambda each: (each.verdict.rank, order.get(each.id, len(order)), each.id))
    return Analysis(
        unit=unit.name,
        title=unit.title,
        students=everyone.students,
        mean=mean,
        spread=deviation,
        totals=dict(sorted(everyone.totals.items())),
        group=size,
        varied=everyone.varied,
        pairs=spread.together,
        waiting=everyone.waiting,
        items=tuple(ranked),
        reliability=Reliability(N_("KR-20") if binary else N_("Cronbach’s alpha"), value, length, error),
        levels=tuple(
            Level(sure, everyone.levels[sure, True] + everyone.levels[sure, False], everyone.levels[sure, True])
            for sure in (1, 2, 3)
        ),
    )


def _unseen(unit: Unit, name: str) -> ItemResult:
    item = unit.items[name][0]
    words = Verdict(8, (_("nobody saw it"),), _("No student drew this item, or nobody handed it in."))
    return ItemResult(
        name, unit.parts[name], item, item.points, 0, 0, 0, {}, None, None, None, None, None, None, None, (), (), words
    )  # fmt: skip


def _mean(each: Tally, weights: dict[int, float]) -> float | None:
    n = sum(cell[0] * weights.get(total, 0.0) for total, cell in each.bins.items())
    return sum(cell[1] * weights.get(total, 0.0) for total, cell in each.bins.items()) / WHOLE / n if n > 0 else None


def _item(
    name: str, each: Tally, upper: dict[int, float], lower: dict[int, float], size: int, without: float | None, n: int
) -> ItemResult:
    marked = sum(cell[0] for cell in each.bins.values())
    high, low = (_mean(each, upper), _mean(each, lower)) if n > 1 and size else (None, None)
    correlation = each.rest.correlation
    found = ItemResult(
        id=name,
        part=each.part,
        item=each.item,
        points=each.points,
        drawn=each.drawn,
        marked=marked,
        waiting=each.waiting,
        outcomes={kind: each.outcomes[kind] for kind in OUTCOMES if each.outcomes[kind]},
        difficulty=sum(cell[1] for cell in each.bins.values()) / WHOLE / marked if marked else None,
        interval=wilson(each.outcomes["right"], marked) if marked else None,
        upper=high,
        lower=low,
        correlation=correlation,
        correlation_interval=None if correlation is None else fisher(correlation, each.rest.n),
        without=without,
        choices=tuple(_choices(each, upper, lower)),
        parts=tuple(_parts(each, marked)),
        verdict=Verdict(0, (), ""),
    )
    return replace(found, verdict=verdict(found, each.opinion))


def _choices(each: Tally, upper: dict[int, float], lower: dict[int, float]) -> Iterator[Choice]:
    counts: Counter[str] = Counter()
    for (_total, name), count in each.taken.items():
        counts[name] += count
    key = _right_ones(each)
    texts = {choice["id"]: choice["text"] for choice in each.item.body.get("choices", ())} if each.item else {}
    names = list(dict.fromkeys([*texts, *sorted(counts, key=lambda name: (name not in key, -counts[name], name))]))
    if each.open:
        names = [name for name in names if name in key or counts[name] > 1][:8]
    of = each.drawn - each.waiting
    whole = [_weight(each.bins, weights) for weights in (upper, lower)]
    for name in names:
        taken = [
            sum(count * weights.get(total, 0.0) for (total, other), count in each.taken.items() if other == name)
            for weights in (upper, lower)
        ]
        shares = [part / of_group if of_group > 0 else None for part, of_group in zip(taken, whole, strict=True)]
        text = texts.get(name) or (_open_answer(name) if each.open else name)
        share = counts[name] / of if of else 0.0
        yield Choice(name, text, name in key, counts[name], share, shares[0], shares[1], taken[0])


def _open_answer(name: str) -> str:
    """How an answer to an open item is called: as it was typed, or what stands for many."""
    if name.startswith("= "):
        return f"“{name[2:]}”"
    return _("an accepted answer") if name == "right" else _("another answer")


def _weight(bins: dict[int, list[int]], weights: dict[int, float]) -> float:
    return sum(cell[0] * weights.get(total, 0.0) for total, cell in bins.items())


def _right_ones(each: Tally) -> frozenset[str]:
    if each.open:
        return frozenset({"right"})
    key: Any = each.item.key.get("right") if each.item and not each.opinion else None
    return frozenset(key if isinstance(key, list) else [key] if key else [])


def _parts(each: Tally, marked: int) -> Iterator[Part]:
    """The parts of an item to sort, match or fill in, in the order of its key."""
    if each.item is None or not each.parts:
        return
    body, key = each.item.body, each.item.key
    texts = {part["id"]: part["text"] for name in ("left", "right", "cards", "bins", "rows", "columns", "values")
             for part in body.get(name, ())}  # fmt: skip
    keyed: dict[str, str] = key.get("pairs") or key.get("bins") or {}
    wanted = {part: [right] for part, right in keyed.items()}
    for row, cells in key.get("cells", {}).items():
        wanted |= {f"{row}/{column}": list(right) for column, right in cells.items()}
    for part, right in wanted.items():
        given = {value: count for (other, value), count in each.parts.items() if other == part}
        wrong = {value: count for value, count in given.items() if value not in right}
        most = max(wrong, key=lambda value: (wrong[value], value), default="")
        text = ": ".join(texts.get(name, name) for name in part.split("/"))
        right_count = sum(given.get(value, 0) for value in right)
        yield Part(text, right_count, marked, texts.get(most, most), wrong.get(most, 0))
