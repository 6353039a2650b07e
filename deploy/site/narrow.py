"""The same Vega-Lite picture for a telephone: as wide as its screen, its letters as large, its lines of words broken.

What a picture of `data/charts/` is, its first mark says: bars with their values, lines with their names at the end,
points in time with their labels. Anything else has no narrow form, and scrolls.
"""

from __future__ import annotations

import copy
import textwrap
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

SCREEN = 368
"""What a screen of 400 pixels leaves a picture."""
WIDTH = 326
"""What a picture is drawn for; the rest is for letters that are wider than they are here."""
_LETTER, _LINE = 6.7, 15
"""How wide a letter of 12.5 pixels is on average, and how high a line of them."""

Spec = dict[str, Any]


def narrow(spec: Spec) -> Spec | None:
    """The picture's specification for a narrow window; None where it has none.

    >>> narrow({"layer": [{"mark": {"type": "arc"}}]}) is None
    True
    """
    form = _FORMS.get(str(spec["layer"][0]["mark"]["type"])) if spec.get("layer") else None
    if form is None:
        return None
    made = copy.deepcopy(spec)
    made["title"]["text"] = _broken(spec["title"]["text"], WIDTH / 8.9)
    made["title"]["subtitle"] = _broken(spec["title"]["subtitle"], WIDTH / 6.4)
    form(made)
    return made


def _broken(text: str, letters: float) -> list[str]:
    """The text in lines of about so many letters.

    >>> _broken("Armistice, treaty and troops", 20)
    ['Armistice, treaty', 'and troops']
    """
    return textwrap.wrap(text, max(8, int(letters)), break_long_words=False)


def _longest(texts: Iterable[str]) -> float:
    return max(map(len, texts), default=0) * _LETTER


def _bars(spec: Spec) -> None:
    rows = spec["data"]["values"]
    names = [_broken(row["entity"], 17) for row in rows]
    for row, lines in zip(rows, names, strict=True):
        row["entity"] = "\n".join(lines)
    spec["encoding"]["y"]["axis"]["labelExpr"] = "split(datum.label, '\\n')"
    if any(len(lines) > 1 for lines in names):
        spec["height"] = {"step": 14 + _LINE * max(map(len, names))}
    room = WIDTH - _longest(line for lines in names for line in lines) - _longest(row["said"] for row in rows) - 30
    spec["width"] = round(max(90, room))
    spec["padding"] = {"left": 2, "top": 4, "right": 4, "bottom": 4}


def _lines(spec: Spec) -> None:
    lined, named = spec["layer"][0], spec["layer"][-1]
    ends = named["data"]["values"]
    for end in ends:
        end["entity"] = "\n".join(_broken(end["entity"], 15))
    spec["width"], spec["height"] = (
        round(WIDTH - 45 - _longest(line for end in ends for line in end["entity"].split("\n"))),
        260,
    )
    spec["encoding"]["x"]["axis"] |= {"tickCount": 4, "labelOverlap": "greedy"}
    lined["encoding"]["y"]["axis"]["tickCount"] = 5
    named["mark"] |= {"lineBreak": "\n", "lineHeight": _LINE, "baseline": "middle"}
    _apart(ends, spec["height"])


def _apart(ends: list[Spec], height: int) -> None:
    """Move names of several lines apart from one another, upwards, as `show/series.py` does those of one line."""
    top = max(end["place"] for end in ends)
    placed = 0.0
    for end in sorted(ends, key=lambda each: float(each["place"])):
        half = (end["entity"].count("\n") + 1) * (_LINE + 1) / 2 * top / height
        end["place"] = round(max(float(end["place"]), placed + half), 4)
        placed = end["place"] + half


def _timeline(spec: Spec) -> None:
    events = spec["data"]["values"]
    days = [date.fromisoformat(event["date"]).toordinal() for event in events]
    first, span = min(days), max(days) - min(days) or 1
    most = 1
    for event, day in zip(events, days, strict=True):
        share = (day - first) / span
        room = WIDTH * (1 - share if event["side"] == "right" else share) - 14
        lines = _broken(event["label"], room / _LETTER)
        event["label"], most = "\n".join(lines), max(most, len(lines))
    spec["width"] = WIDTH - 14
    if len(events) > 1:
        spec["height"] = {"step": 8 + _LINE * most}
    spec["encoding"]["x"]["axis"] |= {"tickCount": 4, "labelOverlap": "greedy", "labelSeparation": 8}
    for layer in spec["layer"]:
        if layer["mark"]["type"] == "text":
            layer["mark"] |= {"lineBreak": "\n", "lineHeight": _LINE, "baseline": "middle"}


_FORMS: dict[str, Callable[[Spec], None]] = {"bar": _bars, "line": _lines, "point": _timeline}
