"""A picture of a few marks that a lab draws again at every move: lines, boxes, dots, paths and words.

It is data, not HTML: the page makes the SVG from it, in its own ink. Colours are named by what they mean, and every
mark that means something has a word beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Stroke = Literal["rule", "axis", "accent", "dash"]
Fill = Literal["fill", "soft", "accent", "good", "warn", "bad", "outline"]
Ink = Literal["ink", "quiet", "accent", "bold"]


@dataclass
class Picture:
    """A drawing area in units of about one pixel, its origin at the top left.

    >>> Picture(100, 40).box(0, 10, 60, 12, "accent").text(64, 20, "60").marks
    [['rect', 'accent', 0, 10, 60, 12, 0], ['text', 'ink', 64, 20, '60', 'start', 12]]
    """

    width: int = 720
    height: int = 300
    marks: list[list[Any]] = field(default_factory=list)

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: Stroke = "rule") -> Picture:
        return self._add("line", kind, x1, y1, x2, y2)

    def box(self, x: float, y: float, width: float, height: float, kind: Fill = "fill", radius: float = 0) -> Picture:
        return self._add("rect", kind, x, y, max(0.0, width), max(0.0, height), radius)

    def dot(self, x: float, y: float, radius: float, kind: Fill = "accent") -> Picture:
        return self._add("circle", kind, x, y, radius)

    def path(self, steps: str, kind: str = "accent") -> Picture:
        """An outline as SVG writes it: "M0 0 L10 10"; filled for a kind of box, drawn for a kind of line."""
        return self._add("path", kind, steps)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        anchor: Literal["start", "middle", "end"] = "start",
        size: int = 12,
        kind: Ink = "ink",
    ) -> Picture:
        return self._add("text", kind, x, y, words, anchor, size)

    def _add(self, *mark: Any) -> Picture:
        self.marks.append([round(one, 1) if isinstance(one, float) else one for one in mark])
        return self

    def to_json(self) -> dict[str, Any]:
        return {"width": self.width, "height": self.height, "marks": self.marks}
