"""What the sections of the item analysis are made of: paragraphs, tables, and numbers as a teacher reads them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lesson_lib.classroom import pages
from lesson_lib.classroom.measures import Interval
from lesson_lib.classroom.pages import plain
from lesson_lib.know.catalogue import _
from lesson_lib.think.numerals import separated


def section(title: str, *parts: str) -> str:
    """A section under its heading; the heading is text, the parts are HTML already."""
    return f"<section><h2>{plain(title)}</h2>{''.join(parts)}</section>"


def lines(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    """A table whose cells stand beside their headings, a line each, where the page is narrow."""
    wrapped = [(first, *(f"<div>{cell}</div>" for cell in rest)) for first, *rest in rows]
    return pages.table(caption, heads, wrapped, f"lines {kind}".strip())


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph of plain text."""
    return f'<p class="{kind}">{plain(text)}</p>' if kind else f"<p>{plain(text)}</p>"


def signed(value: float | None) -> str:
    """A number between −1 and 1 with two decimals and a real minus sign."""
    return undefined() if value is None else separated(f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−"))


def undefined() -> str:
    """What stands where a measure is not defined."""
    return f'<span class="quiet">{plain(_("cannot be worked out"))}</span>'


def between(ends: Interval | None, *, share: bool, fully: bool = False) -> str:
    """An interval in brackets; `fully` says that it is that of the answers which are fully right."""
    if ends is None:
        return ""
    low, high = (f"{100 * end:.0f}" if share else signed(end) for end in ends)
    told = _("(fully right {low} to {high})") if fully else _("({low} to {high})")
    return f' <span class="quiet num">{plain(told.format(low=low, high=high))}</span>'


def folded(summary: str, *parts: str) -> str:
    """What a reader may open: only its summary is seen at first."""
    return f"<details><summary>{plain(summary)}</summary>{''.join(parts)}</details>"
