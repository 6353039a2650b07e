"""The item analysis as CSV, for a spreadsheet: a line an item, and a line a choice."""

from __future__ import annotations

from collections.abc import Sequence

from lesson_lib.classroom import gradebook
from lesson_lib.classroom.findings import OUTCOMES, Analysis
from lesson_lib.know.catalogue import _


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def items_csv(found: Analysis) -> str:
    """A line an item, in the order of the page; empty where a number is not defined."""
    kinds = ("right", "partly", "wrong", "blank", "unreadable")
    heads = (
        _("item"), _("part"), _("type"), _("objective"), _("in words"), _("why"), _("points"), _("drawn"), _("marked"),
        *(_(OUTCOMES[kind]) for kind in kinds), _("to mark"), _("difficulty"), _("right low"), _("right high"),
        _("upper"), _("lower"), _("discrimination"), _("item with rest"), _("rest low"), _("rest high"),
        _("reliability without"), _("other choice to look at"),
    )  # fmt: skip
    rows: list[Sequence[object]] = [heads]
    for each in found.items:
        ends = [*(each.interval or (None, None)), each.upper, each.lower, each.discrimination, each.correlation,
                *(each.correlation_interval or (None, None)), each.without]  # fmt: skip
        rows.append((
            each.id, each.part, each.item.type if each.item else "", each.item.objective if each.item else "",
            "; ".join(each.verdict.words), each.verdict.why, gradebook.number(each.points), each.drawn, each.marked,
            *(each.outcomes.get(kind, 0) for kind in kinds), each.waiting, _cell(each.difficulty), *map(_cell, ends),
            each.verdict.suspect,
        ))  # fmt: skip
    return gradebook.to_csv(rows)


def choices_csv(found: Analysis) -> str:
    """A line a choice."""
    heads = (
        _("item"), _("choice"), _("text"), _("key"), _("count"), _("share"), _("upper"), _("lower"),
    )  # fmt: skip
    rows: list[Sequence[object]] = [heads]
    for each in found.items:
        rows += [
            (
                *(each.id, one.id, one.text, _("yes") if one.right else _("no"), one.count),
                *map(_cell, (one.share, one.upper, one.lower)),
            )
            for one in each.choices
        ]
    return gradebook.to_csv(rows)
