"""The two pictures of the force calculator: which assumption moves the answer, and real forces beside the student's."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lesson_lib.know.catalogue import _
from lesson_lib.show.picture import Picture
from lesson_lib.think.force import Swing
from lesson_lib.think.numerals import figure

Say = Callable[[float], str]

_WIDTH = 720
_ROW = 34


def tornado(swings: Sequence[Swing], names: dict[str, str], ends: dict[str, str], middle: float, say: Say) -> Picture:
    """One bar an assumption, from the answer at its low value to the answer at its high one, the longest on top.

    `names` and `ends` are the words for each assumption and for its two values; `say` writes an answer.
    """
    picture = Picture(_WIDTH, 46 + _ROW * len(swings))
    values = [middle, *(value for swing in swings for value in (swing.at_low, swing.at_high))]
    least, most = min(values), max(values)
    left, right = 345.0, 575.0

    def x(value: float) -> float:
        return left + (right - left) * ((value - least) / (most - least) if most > least else 0.5)

    for place, swing in enumerate(swings):
        y = 40.0 + _ROW * place
        start, end = sorted((swing.at_low, swing.at_high))
        picture.box(x(start), y, x(end) - x(start), 18, "accent" if place == 0 else "fill", 2)
        picture.text(0, y + 8, names[swing.assumption], size=12, kind="bold" if place == 0 else "ink")
        picture.text(0, y + 22, ends[swing.assumption], size=11, kind="quiet")
        picture.text(x(start) - 5, y + 13, say(start), "end", 11)
        picture.text(x(end) + 5, y + 13, say(end), "start", 11)
    picture.line(x(middle), 24, x(middle), 40 + _ROW * len(swings), "dash")
    picture.text(x(middle), 14, _("your settings: {middle}").format(middle=say(middle)), "middle", 12, "accent")
    return picture


@dataclass(frozen=True)
class Dot:
    """A force in the picture: its label, its number, the words beside the dot, and whether it was there at all."""

    label: str
    value: float
    words: str
    real: bool


def beside(dots: Sequence[Dot], yours: float, words: str) -> Picture:
    """Forces as dots on a scale of powers of ten, real ones above, proposals below, the student's as a line."""
    real = sorted((dot for dot in dots if dot.real), key=lambda dot: dot.value)
    planned = sorted((dot for dot in dots if not dot.real), key=lambda dot: dot.value)
    values = [yours, *(dot.value for dot in dots)]
    least = math.floor(math.log10(min(values)))
    most = max(least + 1, math.ceil(math.log10(max(values))))
    # The words stand in a column of their own, where neither a dot nor the student's line can cross them.
    left, right, words_at, row = 200.0, 492.0, 509.0, 21.0
    parts = [(_("There, and counted or permitted"), real), (_("Proposed, and never there"), planned)]
    parts = [(title, part) for title, part in parts if part]
    picture = Picture(_WIDTH, round(66 + sum(26 + row * len(part) for _, part in parts)))
    bottom = picture.height - 24.0

    def x(value: float) -> float:
        return left + (right - left) * (math.log10(value) - least) / (most - least)

    for power in range(least, most + 1):
        picture.line(x(10.0**power), 34, x(10.0**power), bottom, "rule")
        picture.text(x(10.0**power), bottom + 16, figure(10.0**power), "middle", 11, "quiet")
    y = 44.0
    for title, part in parts:
        picture.text(0, y + 8, title, size=12, kind="bold")
        y += 26
        for dot in part:
            picture.text(0, y + 4, dot.label, size=12)
            picture.line(left, y, right, y, "rule")
            picture.dot(x(dot.value), y, 5, "fill" if dot.real else "outline")
            picture.text(words_at, y + 4, dot.words, size=11, kind="quiet")
            y += row
    picture.line(x(yours), 20, x(yours), bottom, "dash")
    if x(yours) > (left + right) / 2:
        picture.text(x(yours) - 5, 16, _("your force: {words}").format(words=words), "end", 12, "accent")
    else:
        picture.text(x(yours) + 5, 16, _("your force: {words}").format(words=words), "start", 12, "accent")
    return picture
