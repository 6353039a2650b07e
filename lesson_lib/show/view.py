"""What a lab answers with: headline figures, sentences, tables, pictures. Each as data for the page, text and HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal, TypeAlias

from lesson_lib.know.sources import Footnotes
from lesson_lib.show import page
from lesson_lib.show.picture import Picture
from lesson_lib.think.markup import plain, rich

Tone = Literal["plain", "good", "warn", "bad"]
SIGNS = {"plain": "", "good": "✓ ", "warn": "! ", "bad": "✗ "}
"""A sign before each sentence or cell that is more than plain, so that its tone is not told by colour alone."""


@dataclass(frozen=True)
class Figure:
    """One number that answers the lab's question, with its range and what it means."""

    label: str
    value: str
    range: str = ""
    means: str = ""


@dataclass(frozen=True)
class Figures:
    """A row of headline numbers."""

    items: Sequence[Figure]

    def to_json(self, _notes: Footnotes) -> dict[str, Any]:
        return {"block": "figures", "items": [vars(one) for one in self.items]}

    def to_text(self, _notes: Footnotes) -> list[str]:
        return [f"{one.label}: {one.value}{_after(one)}" for one in self.items]

    def to_html(self, _notes: Footnotes) -> str:
        lines = (f"<li>{escape(one.label)}: <b>{escape(one.value)}</b>{escape(_after(one))}</li>" for one in self.items)
        return f"<ul>{''.join(lines)}</ul>"


def _after(one: Figure) -> str:
    """What stands after the number: its range, and what it means."""
    return (f" ({one.range})" if one.range else "") + (f", {one.means}" if one.means else "")


@dataclass(frozen=True)
class Says:
    """A sentence of the lab."""

    words: str
    tone: Tone = "plain"
    source_ids: Sequence[str] = ()

    def to_json(self, notes: Footnotes) -> dict[str, Any]:
        numbers = page.ranges(notes.mark(self.source_ids))
        return {"block": "says", "words": SIGNS[self.tone] + self.words, "tone": self.tone, "numbers": numbers}

    def to_text(self, notes: Footnotes) -> list[str]:
        return [SIGNS[self.tone] + plain(self.words) + page.bracketed(notes.mark(self.source_ids))]

    def to_html(self, notes: Footnotes) -> str:
        return f"<p>{SIGNS[self.tone]}{rich(self.words)}{page.markers(notes, self.source_ids)}</p>"


@dataclass(frozen=True)
class Heading:
    """A heading between parts of a view."""

    words: str

    def to_json(self, _notes: Footnotes) -> dict[str, Any]:
        return {"block": "heading", "words": self.words}

    def to_text(self, _notes: Footnotes) -> list[str]:
        return ["", self.words]

    def to_html(self, _notes: Footnotes) -> str:
        return f"<p><b>{escape(self.words)}</b></p>"


@dataclass(frozen=True)
class Cell:
    """One cell of a grid. `known` is false where the fact base has a gap: then the words say so in italics."""

    words: str
    tone: Tone = "plain"
    known: bool = True
    source_ids: Sequence[str] = ()


@dataclass(frozen=True)
class Row:
    """One row of a grid."""

    name: str
    cells: Sequence[Cell]
    source_ids: Sequence[str] = ()


@dataclass(frozen=True)
class Grid:
    """A table; `head` names its columns, the first being the rows' own."""

    title: str
    head: Sequence[str]
    rows: Sequence[Row]
    said: str = ""
    folded: bool = False

    def to_json(self, notes: Footnotes) -> dict[str, Any]:
        def numbers(ids: Sequence[str]) -> str:
            return page.ranges(notes.mark(ids))

        return {
            "block": "grid",
            "title": self.title,
            "head": list(self.head),
            "said": self.said,
            "folded": self.folded,
            "rows": [
                {
                    "name": row.name,
                    "numbers": numbers(row.source_ids),
                    "cells": [
                        {"words": SIGNS[cell.tone] + cell.words, "tone": cell.tone, "known": cell.known,
                         "numbers": numbers(cell.source_ids)}
                        for cell in row.cells
                    ],
                }
                for row in self.rows
            ],
        }  # fmt: skip

    def to_text(self, notes: Footnotes) -> list[str]:
        lines = ["", f"{self.title}. {self.said}".strip()]
        for row in self.rows:
            cells = [
                f"{head}: {SIGNS[cell.tone]}{cell.words}{page.bracketed(notes.mark(cell.source_ids))}"
                for head, cell in zip(self.head[1:], row.cells, strict=True)
            ]
            lines.append(f"  {row.name}{page.bracketed(notes.mark(row.source_ids))} · {' · '.join(cells)}")
        return lines

    def to_html(self, notes: Footnotes) -> str:
        body = "".join(
            f'<tr><th scope="row">{escape(row.name)}{page.markers(notes, row.source_ids)}</th>'
            + "".join(
                f'<td data-col="{escape(head)}">'
                + (escape(SIGNS[cell.tone] + cell.words) if cell.known else f"<i>{escape(cell.words)}</i>")
                + f"{page.markers(notes, cell.source_ids)}</td>"
                for head, cell in zip(self.head[1:], row.cells, strict=True)
            )
            + "</tr>"
            for row in self.rows
        )
        table = page.table(self.title, self.said, map(escape, self.head), body)
        return f"<details><summary>{escape(self.title)}</summary>{table}</details>" if self.folded else table


@dataclass(frozen=True)
class Drawing:
    """A picture with its title; `alt` says in words what it shows."""

    picture: Picture
    title: str
    alt: str

    def to_json(self, _notes: Footnotes) -> dict[str, Any]:
        return {"block": "drawing", "title": self.title, "alt": self.alt, **self.picture.to_json()}

    def to_text(self, _notes: Footnotes) -> list[str]:
        return ["", f"{self.title}: {self.alt}"]

    def to_html(self, _notes: Footnotes) -> str:
        return f"<p><b>{escape(self.title)}.</b> {escape(self.alt)}</p>"


Block: TypeAlias = Figures | Says | Heading | Grid | Drawing
