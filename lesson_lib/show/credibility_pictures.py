"""The two pictures of the credibility lab: the tree of moves with the way taken, and the map of beliefs."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from lesson_lib.know.catalogue import N_, _
from lesson_lib.show.picture import Picture
from lesson_lib.think import numerals
from lesson_lib.think.deterrence import Game, Number, Outcome
from lesson_lib.think.numerals import separated


def points(value: Number) -> str:
    """Points as they are read: a whole number where it is one, else with one decimal.

    >>> points(Fraction(-69, 2)), points(7)
    ('−34.5', '7')
    """
    shown = separated(f"{float(value):.1f}".removesuffix(".0").replace("-", "−"))
    return "0" if shown == "−0" else shown


def percent(value: Number) -> str:
    """A chance in per cent, without decimals but where they matter near nought and a hundred.

    >>> percent(Fraction(1, 3)), percent(Fraction(1, 200)), percent(1)
    ('33%', '0.5%', '100%')
    """
    hundred = float(value * 100)
    return numerals.percent(f"{hundred:.1f}" if 0 < hundred < 1 or 99 < hundred < 100 else f"{hundred:.0f}")


# ---- the tree ------------------------------------------------------------------------------------------------

_NODES = {"c": (60, 186), "p": (214, 108), "g": (376, 66), "p2": (214, 264), "c2": (376, 290)}
_NAMES = {"c": N_("Challenger"), "p": N_("Protégé"), "g": N_("Guarantor"), "p2": N_("Protégé"), "c2": N_("Challenger")}
_ENDS = {"joined": 34, "alone": 88, "yields": 146, "quiet": 208, "step": 262, "strike": 316}
_WORDS = {
    "joined": N_("War, the guarantor fights"),
    "alone": N_("War, the protégé alone"),
    "yields": N_("The protégé yields"),
    "quiet": N_("Quiet: nothing happens"),
    "step": N_("A step, let pass"),
    "strike": N_("A step, then war as above"),
}
_BRANCHES = (
    ("c", "p", N_("attacks")), ("c", "p2", N_("holds")), ("p", "g", N_("resists")), ("p", "yields", N_("yields")),
    ("g", "joined", N_("fights")), ("g", "alone", N_("stands aside")), ("p2", "quiet", N_("rests")), ("p2", "c2",
    N_("takes a step")),
    ("c2", "step", N_("lets it pass")), ("c2", "strike", N_("strikes")),
)  # fmt: skip
_RIGHT = 536


def taken(outcome: Outcome) -> list[tuple[str, str]]:
    """The branches of the tree that the equilibrium goes along; in a war both of the guarantor's."""
    ways = {
        "quiet": ["c", "p2", "quiet"],
        "step": ["c", "p2", "c2", "step"],
        "yields": ["c", "p", "yields"],
        "war": ["c", "p", "g"],
    }
    way = ways[outcome.ending]
    branches = list(itertools.pairwise(way))
    if outcome.ending == "war":
        branches += [("g", "joined")] * (outcome.belief > 0) + [("g", "alone")] * (outcome.belief < 1)
    return branches


def tree(game: Game, outcome: Outcome, stake: Number) -> tuple[Picture, str]:
    """The tree of moves and what it shows in words; `stake` is the guarantor's stake for which its payoffs stand."""
    picture = Picture(720, 340)
    way = taken(outcome)
    worth = {
        "joined": (game.challenger(True), game.protege(True), game.guarantor(True, stake)),
        "alone": (game.challenger(False), game.protege(False), game.guarantor(False, stake)),
        "yields": (game.prize, -100, -stake),
        "quiet": (0, 0, 0),
        "step": (-game.step, game.step, 0),
    }
    for start, end, word in _BRANCHES:
        x1, y1 = _NODES[start]
        x2, y2 = _NODES.get(end, (_RIGHT, _ENDS.get(end, 0)))
        on = (start, end) in way
        picture.line(x1, y1, x2, y2, "accent" if on else "rule")
        # Beside the middle of its line, on the outer side and further from it where it is steep, so that nothing meets.
        up, steep = y2 < y1, abs(y2 - y1) / (x2 - x1)
        share = 0.55 if end in _NODES else 0.5
        at = (x1 + (x2 - x1) * share - 30 * steep, y1 + (y2 - y1) * share + (-7 if up else 15))
        picture.text(*at, _(word), "middle", 12, "bold" if on else "quiet")
    for node, (x, y) in _NODES.items():
        on = node == "c" or any(end == node for start, end in way)
        picture.dot(x, y, 6, "accent" if on else "fill")
        first = node == "c"
        picture.text(
            2 if first else x, y - 14, _(_NAMES[node]), "start" if first else "middle", 12, "bold" if on else "ink"
        )
    under = _("Under each end: points of challenger / protégé / guarantor (at a stake of {stake}).").format(
        stake=points(stake)
    )
    picture.text(2, 334, under, "start", 11, "quiet")
    for end, y in _ENDS.items():
        on = any(last == end for start, last in way)
        chance = ""
        if on and outcome.ending == "war":
            chance = f" · {percent(outcome.belief if end == 'joined' else 1 - outcome.belief)}"
        picture.text(_RIGHT + 8, y + 1, _(_WORDS[end]), "start", 12, "bold" if on else "ink")
        if end in worth:
            c, p, g = (points(each) for each in worth[end])
            picture.text(_RIGHT + 8, y + 15, f"{c} / {p} / {g}", "start", 11, "quiet")
        if on:
            picture.text(_RIGHT + 8, y - 13, _("▼ this happens{chance}").format(chance=chance), "start", 11, "accent")
    said = {
        "quiet": _("the challenger holds and the protégé rests"),
        "step": _("the challenger holds, the protégé takes a step, and the challenger lets it pass"),
        "yields": _("the challenger attacks and the protégé yields"),
        "war": _(
            "the challenger attacks and the protégé resists; the guarantor fights with a chance of "
            "{belief} and else stands aside"
        ).format(belief=percent(outcome.belief)),
    }[outcome.ending]
    c, p, g = (points(each) for each in worth["joined"])
    a, b, _own = (points(each) for each in worth["alone"])
    return picture, (
        _(
            "A tree of moves. The way taken is drawn thick: {said}. War with the guarantor is "
            "worth {c} points to the challenger and {p} to the protégé; war without it {a} and "
            "{b}; the prize without a fight {prize} and −100. Under each end stand the points of "
            "challenger / protégé / guarantor."
        ).format(said=said, c=c, p=p, a=a, b=b, prize=points(game.prize))
    )


# ---- the map -------------------------------------------------------------------------------------------------

AXES: dict[str, tuple[str, int]] = {
    "audience": (N_("What backing down costs the guarantor, in points"), 60),
    "strength": (N_("The protégé's own strength: chance to hold out alone, in per cent"), 100),
    "prize": (N_("The challenger's prize, in points"), 100),
}
"""What the map may have along its foot: words, and how far it goes."""

_LEFT, _TOP, _WIDE, _HIGH = 58, 16, 640, 240
_STEPS = 60


def _at(game: Game, axis: str, value: Number) -> Game:
    return replace(game, **{axis: Fraction(value, 100) if axis == "strength" else value})


def region_map(game: Game, outcome: Outcome, axis: str, ticked: bool) -> tuple[Picture, str]:
    """Belief against one of the settings: where an attack pays, where it does not, and where the protégé grows bold.

    `ticked`: whether the cost of backing down counts at present; if not, the present point stands at nought.
    """
    words, most = _(AXES[axis][0]), AXES[axis][1]
    picture = Picture(720, 322)
    values = [Fraction(most * step, _STEPS) for step in range(_STEPS + 1)]
    games = [_at(replace(game, sunk=0), axis, value) for value in values]
    low = [_or_top(one.threshold()) for one in games]
    high = [_or_top(one.bold_from()) for one in games]
    beliefs = [one.prior() for one in games]
    now = {"audience": game.audience if ticked else 0, "strength": game.strength * 100, "prize": game.prize}[axis]

    def x(value: Number) -> float:
        return _LEFT + float(value) / most * _WIDE

    def y(belief: Number) -> float:
        return _TOP + (1 - float(belief)) * _HIGH

    edges: dict[str, tuple[Sequence[Number], Sequence[Number], str]] = {
        N_("an attack pays"): ([0] * len(values), low, "bad"),
        N_("held off"): (low, high, "good"),
        N_("held off, and the protégé may dare"): (high, [1] * len(values), "warn"),
    }
    here = (x(now), y(outcome.belief))
    for label, (floor, roof, kind) in ((_(words_), edge) for words_, edge in edges.items()):
        steps = [(x(value), y(belief)) for value, belief in zip(values, roof, strict=True)]
        steps += [(x(value), y(belief)) for value, belief in reversed(list(zip(values, floor, strict=True)))]
        if any(a != b for a, b in zip(floor, roof, strict=True)):
            picture.path(_joined(steps) + "Z", kind)
        heights = ([y(one) for one in floor], [y(one) for one in roof], [y(one) for one in beliefs])
        if place := _place(*heights, len(label) * 6.6, here):
            picture.text(*place, label, "middle", 12, "bold")
    for belief in (0, 25, 50, 75, 100):
        picture.text(_LEFT - 8, y(Fraction(belief, 100)) + 4, percent(Fraction(belief, 100)), "end", 11, "quiet")
    for share in range(5):
        value = Fraction(most * share, 4)
        picture.line(x(value), _TOP + _HIGH, x(value), _TOP + _HIGH + 4, "axis")
        picture.text(x(value), _TOP + _HIGH + 17, points(value), "middle", 11, "quiet")
    picture.line(_LEFT, _TOP, _LEFT, _TOP + _HIGH, "axis").line(_LEFT, y(0), _LEFT + _WIDE, y(0), "axis")
    picture.path(_joined([(x(value), y(belief)) for value, belief in zip(values, low, strict=True)]), "dash")
    picture.path(_joined([(x(value), y(belief)) for value, belief in zip(values, beliefs, strict=True)]), "accent")
    if outcome.belief != outcome.paid.belief or outcome.paid.kind.startswith("sorts"):
        picture.line(here[0], y(game.prior()), here[0], here[1], "accent")
    picture.dot(*here, 6, "accent").dot(*here, 9, "outline")
    picture.text(here[0] + (14 if now < most * 0.85 else -14), here[1] + (-8 if here[1] > _TOP + 24 else 20), _("you"),
                 "start" if now < most * 0.85 else "end", 12, "accent")  # fmt: skip
    picture.text(_LEFT + _WIDE / 2, _TOP + _HIGH + 34, words, "middle", 12)
    legend = _(
        "Upwards: the belief that the guarantor would fight. Dashed: the threshold. Thick: the belief, setting by "
        "setting."
    )
    picture.text(_LEFT, _TOP + _HIGH + 53, legend, "start", 11, "quiet")
    threshold = (
        _("no belief would be enough")
        if outcome.threshold is None
        else _("the threshold is {threshold}").format(threshold=percent(outcome.threshold))
    )
    return picture, (
        _(
            "A map. Along the foot: {axis}, from 0 to {most}. Upwards: the belief that the "
            "guarantor would fight. Below the dashed threshold an attack pays; above it the "
            "challenger is held off; above the next edge the protégé may dare a step. You are at "
            "{now} and a belief of {belief}, where {threshold}. From left to right the threshold "
            "goes from {first} to {last}, and the belief from {belief_first} to {belief_last}."
        ).format(
            axis=words.lower(),
            most=most,
            now=points(now),
            belief=percent(outcome.belief),
            threshold=threshold,
            first=percent(low[0]),
            last=percent(low[-1]),
            belief_first=percent(beliefs[0]),
            belief_last=percent(beliefs[-1]),
        )
    )


def _or_top(belief: Number | None) -> Number:
    return 1 if belief is None else belief


def _joined(steps: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in steps)


def _place(
    bottom: Sequence[float], top: Sequence[float], line: Sequence[float], width: float, here: tuple[float, float]
) -> tuple[float, float] | None:
    """Where words of this width fit best between two edges, clear of the line and the present point; None: nowhere.

    The edges and the line are heights at each step along the foot.
    """
    half = round(width / 2 / _WIDE * _STEPS) + 1
    best, place = 0.0, None
    for middle in range(half, len(bottom) - half):
        around = slice(middle - half, middle + half + 1)
        low, high = min(bottom[around]), max(top[around])
        x = _LEFT + middle / _STEPS * _WIDE
        for step in range(int(high) + 16, int(low) - 6, 8):
            if abs(x - here[0]) < width / 2 + 48 and abs(step - 4 - here[1]) < 34:
                continue
            clear = min(abs(step - 4 - at) for at in line[around])
            room = min(step - high, low - step + 8, 40.0) + min(clear, 24.0)
            if clear >= 10 and room > best:
                best, place = room, (x, float(step))
    return place
