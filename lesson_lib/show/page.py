"""What every output shares: escaping, the style sheet, status words, footnotes. No fact and no question lives here."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from html import escape
from importlib import resources

from lesson_lib.know import catalogue
from lesson_lib.know.catalogue import ngettext
from lesson_lib.know.sources import Footnotes, Source

SIGNS = {"supported": "✓", "imprecise": "≈", "contested": "⇄", "contradicted": "✗", "unverified": "?"}
"""A sign before each status word, so that the status is not told by colour alone."""


@functools.cache
def asset(name: str) -> str:
    """One of the style sheets or scripts beside this module."""
    return resources.files("lesson_lib.show").joinpath(name).read_text(encoding="utf-8")


@functools.cache
def style(extra: str = "") -> str:
    """The style element of an output. Each output carries it, as a notebook may be opened at any one of them."""
    sheet = re.sub(r"/\*.*?\*/", "", asset("page.css") + (asset(extra) if extra else ""), flags=re.DOTALL)
    return f"<style>{sheet.replace(chr(10), '')}</style>"


def block(*parts: str, extra: str = "") -> str:
    """An output's HTML: its style, and everything in the one element that the style is limited to.

    `extra` names a style sheet that only one kind of output needs.
    """
    return f'{style(extra)}<div class="gp" lang="{catalogue.current()}">{"".join(parts)}</div>'


def lang(code: str | None) -> str:
    """The attribute that says in which language a part is; nothing where it is that of the parts around it."""
    return f' lang="{escape(code)}"' if code else ""


def ours() -> str:
    """The attribute for sentences of the library; nothing in English, which is the page's own."""
    spoken = catalogue.current()
    return lang(spoken if spoken != catalogue.ENGLISH else None)


def theirs() -> str:
    """The attribute for text of the tables, which is English, where the library speaks another language."""
    return lang(catalogue.ENGLISH if catalogue.current() != catalogue.ENGLISH else None)


def of_data(text: str) -> str:
    """Text of the tables as HTML, with its language where that is not the library's."""
    return f"<span{theirs()}>{escape(text)}</span>" if theirs() else escape(text)


def chip(status: str, word: str) -> str:
    """A status as a sign and a word in a thin frame."""
    sign = SIGNS.get(status)
    return f'<span class="chip {escape(status)}">{f"{sign} " if sign else ""}{escape(word)}</span>'


def table(title: str, said: str, columns: Iterable[str], body: str, kind: str = "") -> str:
    """The frame of every table: caption with its as-of line, column headings with their scope, and the rows given.

    `columns` and `body` are HTML already; `title` and `said` are plain text.
    """
    heads = "".join(f'<th scope="col">{column}</th>' for column in columns)
    return (
        f'<table class="{f"gp-table {kind}".strip()}"><caption><b>{escape(title)}</b> '
        f'<span class="quiet">{escape(said)}</span></caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    )


def link(source: Source, label: str) -> str:
    """A link to a document; plain text when no address is known, or one that is not a web address."""
    if source.url and re.match(r"https?://", source.url):
        # No target: JupyterLab opens links of an output in a new tab by itself, and hundreds of them weigh.
        return f'<a href="{escape(source.url)}">{label}</a>'
    return label


def markers(notes: Footnotes, source_ids: Iterable[str]) -> str:
    """The raised numbers after a fact; the list under the table has the links."""
    numbers = notes.mark(source_ids)
    return f"<sup>[{ranges(numbers)}]</sup>" if numbers else ""


def runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending numbers as single ones and runs of three or more.

    >>> runs([1, 2, 5, 6, 7])
    [(1, 1), (2, 2), (5, 7)]
    """
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return [
        part
        for first, last in found
        for part in ([(first, last)] if last - first != 1 else [(first, first), (last, last)])
    ]


def footnotes(notes: Footnotes, *, folded_from: int = 7) -> str:
    """The list under a table: number and citation; folded when it is long."""
    entries = notes.entries()
    if not entries:
        return ""
    items = "".join(
        f"<li{theirs()}><b>{number}</b> {link(source, escape(source.citation()))}</li>" for number, source in entries
    )
    listed = f'<ul class="gp-foot">{items}</ul>'
    if len(entries) < folded_from:
        return listed
    summary = ngettext("The {n} source", "The {n} sources", len(entries)).format(n=len(entries))
    return f"<details><summary>{summary}</summary>{listed}</details>"


def footnote_text(notes: Footnotes) -> list[str]:
    """The same list as lines of plain text, in short."""
    return [f"[{number}] {source.short()}" for number, source in notes.entries()]


def ranges(numbers: Sequence[int]) -> str:
    """Footnote numbers as readers write them.

    >>> ranges([1, 4, 5, 6])
    '1, 4–6'
    """
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in runs(numbers))


def bracketed(numbers: Sequence[int]) -> str:
    """Footnote numbers in plain text.

    >>> bracketed([1, 4])
    ' [1, 4]'
    """
    return f" [{ranges(numbers)}]" if numbers else ""
