"""`marking_sheet(...)`: answers that a reader marks, one after another in the page; what is set is kept at once.

For teachers. It knows nothing of banks and gradebooks: it is given plain rows, and a function that keeps a mark.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, TypeAlias

from lesson_lib.know.catalogue import N_, _, ngettext
from lesson_lib.know.errors import LessonError
from lesson_lib.show.page import ours
from lesson_lib.show.quiz import live
from lesson_lib.think.markup import plain
from lesson_lib.think.numerals import figure

Row: TypeAlias = Mapping[str, Any]
"""One answer: key, student, item, who, question, text [(kind, words)], checks [(title, state, good)], checked, points,
marks (a number or None a point) and comment."""

Keep: TypeAlias = Callable[[str, Sequence[float | None], str], None]
"""Keeps the marks and the comment of the answer with this key. Raises LessonError or OSError when it cannot."""

ORDERS = {"question": N_("question by question"), "student": N_("student by student")}
_MOST = 4_000


def marking_sheet(rows: Sequence[Row], keep: Keep, title: str = "") -> MarkingSheet:
    """The answers, one after another, each with its points to set and a field for a comment.

    >>> marking_sheet([], print)
    <Marking sheet: 0 answers, 0 marked>
    """
    return MarkingSheet([dict(row) for row in rows], keep, title or _("Answers to mark"))


@dataclass
class MarkingSheet:
    """What `marking_sheet` gives: shows itself in a notebook, and stores what waits as text and HTML."""

    rows: list[dict[str, Any]]
    keep: Keep
    title: str
    at: int = 0
    by: str = "question"
    _order: list[int] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self._sort("question")

    def __repr__(self) -> str:
        count = len(self.rows)
        return f"<Marking sheet: {count:,} answer{'' if count == 1 else 's'}, {sum(map(_done, self.rows))} marked>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        items: dict[str, list[dict[str, Any]]] = {}
        for row in self.rows:
            items.setdefault(row["item"], []).append(row)
        lines = [f"{item}: {_counted(found)} {plain(str(found[0]['question']))}" for item, found in items.items()]
        lead = _("To mark by clicking: choose Run → Run All Cells in the menu.")
        bundle: dict[str, Any] = {
            "text/plain": "\n".join([self.title, lead, *(f"  {line}" for line in lines)]),
            "text/html": f"<p{ours()}><b>{escape(self.title)}</b><br>{lead}</p><ul{ours()}>"
            + "".join(f"<li>{escape(line)}</li>" for line in lines)
            + "</ul>",
        }
        body = {
            "title": self.title,
            "lead": _("What you set is kept at once. Open: not looked at yet. An answer counts when no point is open."),
            "orders": [{"id": name, "text": _(text)} for name, text in ORDERS.items()],
        }
        panel = live("marking-sheet", body, self._state(labels=True), self._reply, "marking_sheet.js")
        return bundle | (panel.view() if panel else {})

    def _sort(self, by: str) -> None:
        """Puts the answers in order; the one that is shown stays shown."""
        shown = self._order[self.at] if self._order else 0
        place = {student: at for at, student in enumerate(dict.fromkeys(row["student"] for row in self.rows))}
        numbers = range(len(self.rows))
        self._order = sorted(numbers, key=lambda n: place[self.rows[n]["student"]]) if by == "student" else [*numbers]
        self.by, self.at = by, self._order.index(shown) if self._order else 0

    def _state(self, says: str = "", *, wrong: bool = False, labels: bool = False) -> dict[str, Any]:
        """What the page draws; the list to choose from only when it is new."""
        state: dict[str, Any] = {
            "at": self.at, "by": self.by, "says": says, "wrong": wrong,
            "told": _place(self.at + 1, self.rows) if self.rows else "",
            "now": self.rows[self._order[self.at]] if self.rows else None,
        }  # fmt: skip
        if labels:
            ordered = [self.rows[n] for n in self._order]
            state["labels"] = [f"{n}. {row['item']} · {row['who']}" for n, row in enumerate(ordered, 1)]
        return state

    def _reply(self, message: dict[str, Any]) -> dict[str, Any] | None:
        state = self._done(message)
        # The page's own number: it knows by it that the kernel has answered, also where nothing has changed.
        return state and {**state, "n": message.get("n")}

    def _done(self, message: dict[str, Any]) -> dict[str, Any] | None:
        match message:
            case {"do": "show", "at": int(at)} if 0 <= at < len(self.rows):
                self.at = at
            case {"do": "step", "by": "back" | "next" as by} if self.rows:
                self.at = max(0, min(len(self.rows) - 1, self.at + (1 if by == "next" else -1)))
            case {"do": "step", "by": "open"}:
                turn = [(self.at + n) % len(self.rows) for n in range(1, len(self.rows) + 1)]
                left = [at for at in turn if not _done(self.rows[self._order[at]])]
                if not left:
                    return self._state(_("Every answer is marked."))
                self.at = left[0]
            case {"do": "order", "by": str(by)} if by in ORDERS:
                self._sort(by)
                return self._state(labels=True)
            case {"do": "mark", "key": str(key), "point": int(point), "mark": "" | "0" | "0.5" | "1" as mark}:
                row = self._row(key)
                if row is None or not 0 <= point < len(row["points"]):
                    return None
                marks = [*row["marks"]]
                marks[point] = float(mark) if mark else None
                return self._kept(row, [None if one is None else _short(one) for one in marks], row["comment"])
            case {"do": "comment", "key": str(key), "comment": str(comment)}:
                row = self._row(key)
                return None if row is None else self._kept(row, row["marks"], comment[:_MOST])
            case _:
                return None
        return self._state()

    def _row(self, key: str) -> dict[str, Any] | None:
        return next((row for row in self.rows if row["key"] == key), None)

    def _kept(self, row: dict[str, Any], marks: Sequence[float | None], comment: str) -> dict[str, Any]:
        try:
            self.keep(row["key"], marks, comment)
        except LessonError as error:
            return self._state(f"{_('Not kept.')} {error}", wrong=True)
        except OSError as error:
            said = _("Not kept ({reason}): close the sheet in other programs, and set it again.")
            return self._state(said.format(reason=error.strerror or _("it cannot be written")), wrong=True)
        row["marks"], row["comment"] = [*marks], comment
        closed = _done(row) or not any(m is not None for m in marks)
        return self._state(_("Kept.") if closed else _("Kept; a point is open."))


def _done(row: Row) -> bool:
    return all(mark is not None for mark in row["marks"])


def _short(value: float) -> float:
    return int(value) if value == int(value) else value


def _counted(rows: Sequence[Row]) -> str:
    """How many answers, and how many of them are marked."""
    told = ngettext("{n} answer, {marked} marked.", "{n} answers, {marked} marked.", len(rows))
    return told.format(n=figure(len(rows)), marked=sum(map(_done, rows)))


def _place(number: int, rows: Sequence[Row]) -> str:
    """Which of the answers it is, and how many are marked."""
    told = ngettext("{place} of {n} answer, {marked} marked.", "{place} of {n} answers, {marked} marked.", len(rows))
    return told.format(place=number, n=figure(len(rows)), marked=sum(map(_done, rows)))
