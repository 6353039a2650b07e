"""The helper library of *Guarantees on Paper*: what a lesson may use, each name loaded on first use.

compare    a comparison table of entries of the data, with sources
explore    the same, to build yourself: mark differences, find the outlier, copy
clauses    the words of two or three clauses side by side
ladder     arrangements on the rung that their wording reaches
stances    who could live with what, and the words behind it
timeline   dated events on one line, with the same as a table
chart      a series of the economy as lines or bars, with the same as a table
both_sides the strongest arguments for and against, at equal length
glossary   the terms of a lesson
lab        a model to try: move a slider, choose, and the answer follows
quiz       the questions of a lesson, to click or to type
progress   how far you are in a lesson
hand_in    the file to hand in
sources    what this notebook has shown, as a reading list
frame      a table as a pandas DataFrame
language   the language of a translated lesson
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lesson_lib.know.frame import frame
    from lesson_lib.know.language import language
    from lesson_lib.show.chart import timeline
    from lesson_lib.show.clauses import clauses
    from lesson_lib.show.explore import explore
    from lesson_lib.show.lab import lab
    from lesson_lib.show.ladder import ladder
    from lesson_lib.show.quiz import quiz
    from lesson_lib.show.series import chart
    from lesson_lib.show.stances import stances
    from lesson_lib.show.table import compare
    from lesson_lib.show.text import both_sides, glossary, sources
    from lesson_lib.show.work import hand_in, progress

__all__ = [
    "both_sides",
    "chart",
    "clauses",
    "compare",
    "explore",
    "frame",
    "glossary",
    "hand_in",
    "lab",
    "ladder",
    "language",
    "progress",
    "quiz",
    "sources",
    "stances",
    "timeline",
]

__version__ = "0.1.0"

# Loaded on first use (PEP 562), so that a lesson with one table waits neither for pandas nor for widgets.
_HOMES = {
    "both_sides": "lesson_lib.show.text",
    "chart": "lesson_lib.show.series",
    "clauses": "lesson_lib.show.clauses",
    "compare": "lesson_lib.show.table",
    "explore": "lesson_lib.show.explore",
    "frame": "lesson_lib.know.frame",
    "glossary": "lesson_lib.show.text",
    "hand_in": "lesson_lib.show.work",
    "lab": "lesson_lib.show.lab",
    "ladder": "lesson_lib.show.ladder",
    "language": "lesson_lib.know.language",
    "progress": "lesson_lib.show.work",
    "quiz": "lesson_lib.show.quiz",
    "sources": "lesson_lib.show.text",
    "stances": "lesson_lib.show.stances",
    "timeline": "lesson_lib.show.chart",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"lesson_lib has no {name!r}. It has: {', '.join(__all__)}.")


def __dir__() -> list[str]:
    return sorted(__all__)
