"""Comparison tables: entries of a table side by side, with sources, and differences marked on request."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Literal

from lesson_lib.know import data
from lesson_lib.know.catalogue import _
from lesson_lib.know.errors import unknown
from lesson_lib.know.sources import Footnotes, as_of_line, day, shown
from lesson_lib.show import page
from lesson_lib.think.markup import rich
from lesson_lib.think.numerals import figure

if TYPE_CHECKING:
    import pandas as pd

Layout = Literal["features", "entries"]

_DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?")

# Columns that say where a row comes from rather than what it says; shown only when asked for by name.
BOOKKEEPING = {
    "id",
    "source_ids",
    "locator",
    "as_of",
    "note",
    "label",
    "s_number",
    "in_story",
    "asserting_side",
}


def compare(
    table: str,
    entries: Sequence[str] | None = None,
    on: Sequence[str] | None = None,
    *,
    title: str | None = None,
    rows: Layout | None = None,
    differences: bool = False,
    folded: bool = False,
) -> Table:
    """A comparison table of the entries you name, on the features you name, with its sources underneath.

    `entries` are ids of the data table (all when left out), `on` names columns of it (the telling ones when left
    out). `rows="features"` puts one feature a row and the entries side by side, `rows="entries"` one entry a row;
    left out, up to four entries stand side by side. `differences=True` marks the cells that differ from most others;
    `folded=True` keeps the table closed until the reader opens it.

    Raises UnknownName for a table, entry or column that does not exist, with the nearest that does.

    >>> compare("claims", ["s14-nato-name", "s12-32-members"], on=["claim_type", "status"])
    <Table 'The story's claims': 2 entries on 2 features>
    """
    every = data.rows(table)
    described = data.columns(table)
    chosen = data.chosen(
        _("entry in {table}").format(table=table), [entries] if isinstance(entries, str) else entries, every
    )
    usual = [name for name in described if name not in BOOKKEEPING]
    features = data.chosen(
        _("column of {table}").format(table=table), [on] if isinstance(on, str) else on, described, usual
    )
    layout: Layout = rows or ("features" if len(chosen) <= 4 else "entries")
    if layout not in ("features", "entries"):
        raise unknown(_("layout of a table"), str(rows), ["features", "entries"])
    return Table(
        name=table,
        title=title or data.title(table),
        entries=tuple(chosen),
        features=tuple(features),
        layout=layout,
        differences=differences,
        folded=folded,
    )


@dataclass(frozen=True)
class Cell:
    """One value as a reader sees it: its words, its sources, and whether it differs from most others."""

    text: str
    known: bool
    numbers: tuple[int, ...]
    source_ids: tuple[str, ...]
    status: str | None
    apart: bool
    numeric: bool
    theirs: bool = False
    """Whether the words are the table's own and not the library's: they stay as they are in every language."""


@dataclass(frozen=True)
class Line:
    """One row as a reader sees it; its own sources are those that cover the whole row."""

    name: str
    cells: tuple[Cell, ...]
    numbers: tuple[int, ...]
    source_ids: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """What `compare` gives: shows itself in a notebook, and turns into pandas, CSV or Markdown."""

    name: str
    title: str
    entries: tuple[str, ...]
    features: tuple[str, ...]
    layout: Layout
    differences: bool
    folded: bool = False

    # ---- other forms -------------------------------------------------------------------------------------------

    def frame(self) -> pd.DataFrame:
        """The shown entries and features as a pandas DataFrame, one entry a row, indexed by id."""
        from lesson_lib.know.frame import frame

        return (
            frame(self.name).set_index("id").loc[list(self.entries), [name for name in self.features if name != "id"]]
        )

    def to_csv(self) -> str:
        """The table as CSV text in the layout shown; an empty cell is what is not known.

        >>> print(compare("claims", ["s14-nato-name"], on=["status"]).to_csv())
        Feature,NATO's name: North American
        After checking,Contradicted
        <BLANKLINE>
        """
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        head, body = self.grid(Footnotes())
        writer.writerow(head)
        writer.writerows([line.name, *(cell.text if cell.known else "" for cell in line.cells)] for line in body)
        return out.getvalue()

    def to_markdown(self) -> str:
        """The table as Markdown with numbered sources, to paste into a text."""
        notes = Footnotes()
        head, body = self.grid(notes)

        def piped(cells: Sequence[str]) -> str:
            return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

        lines = [
            f"**{self.title}** ({as_of_line().rstrip('.')})",
            "",
            piped(head),
            piped(["---"] * len(head)),
        ]
        lines += [
            piped([part.text + page.bracketed(part.numbers) for part in (_heading(line), *line.cells)]) for line in body
        ]
        return "\n".join([*lines, "", *page.footnote_text(notes)])

    # ---- in a notebook -----------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        def several(count: int, one: str, many: str) -> str:
            return f"{count} {one if count == 1 else many}"

        return (
            f"<Table {self.title!r}: {several(len(self.entries), 'entry', 'entries')} "
            f"on {several(len(self.features), 'feature', 'features')}>".replace('"', "'")
        )

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        notes = Footnotes()
        head, body = self.grid(notes)
        shown(notes.ids())
        return {"text/plain": self._text(head, body, notes), "text/html": self._html(head, body, notes)}

    def caption(self) -> str:
        """The line under the title: the as-of date, and what a mark means."""
        if not self.differences:
            return as_of_line()
        if self.apart():
            return f"{as_of_line()} {_('A bar at the left marks a cell that differs from most others of its feature.')}"
        return f"{as_of_line()} {_('No cell stands apart: all agree, or no more than half do.')}"

    def grid(self, notes: Footnotes) -> tuple[list[str], list[Line]]:
        """The headings, and each row's heading with its cells, in the layout asked for."""
        described = data.columns(self.name)
        cells = {(entry, feature): self._cell(entry, feature) for entry in self.entries for feature in self.features}
        apart = self.apart() if self.differences else set()
        names = {entry: data.name(self.name, entry) for entry in self.entries}
        titles = {feature: _(described[feature].title) for feature in self.features}

        def cell(entry: str, feature: str, *, marked: bool) -> Cell:
            found = cells[entry, feature]
            ids = found.source_ids if found.known and marked else ()
            return replace(found, source_ids=ids, numbers=tuple(notes.mark(ids)), apart=(entry, feature) in apart)

        if self.layout == "features":
            head = [_("Feature"), *names.values()]
            return head, [
                Line(
                    titles[feature],
                    tuple(cell(entry, feature, marked=True) for entry in self.entries),
                    (),
                    (),
                )
                for feature in self.features
            ]
        named = described.get("label")
        head = [_(named.title) if named else _("Entry"), *titles.values()]
        body = []
        for entry in self.entries:
            # One entry a row: what covers the whole row is said once, at its heading.
            own = tuple(data.listed(data.rows(self.name)[entry]))
            numbers = tuple(notes.mark(own))
            row = tuple(
                cell(entry, feature, marked=cells[entry, feature].source_ids != own) for feature in self.features
            )
            body.append(Line(names[entry], row, numbers, own))
        return head, body

    def _cell(self, entry: str, feature: str) -> Cell:
        row, column = data.rows(self.name)[entry], data.columns(self.name)[feature]
        value = row[feature]
        ids = tuple(data.listed(row, f"{feature}_source_ids") or data.listed(row))
        known = value is not None and value != []
        if isinstance(value, list):
            text = ", ".join(column.label(part) for part in value) or _(column.empty)
        elif isinstance(value, bool):
            text = _("yes") if value else _("no")
        elif isinstance(value, int | float):
            text = str(value) if column.type == "year" else figure(value)
        elif value is not None and _DATE.fullmatch(value):
            text = day(value)
        else:
            text = column.label(value) if value is not None else _(column.empty)
        return Cell(
            text=text,
            known=known,
            numbers=(),
            source_ids=ids,
            status=str(value) if feature == "status" and known else None,
            apart=False,
            numeric=isinstance(value, int | float) and not isinstance(value, bool),
            theirs=isinstance(value, str) and text == value,
        )

    def apart(self) -> set[tuple[str, str]]:
        """Entry and feature of each cell that differs from what more than half of the entries have on that feature."""
        found = set()
        for feature in self.features:
            texts = {entry: self._cell(entry, feature).text for entry in self.entries}
            usual, often = Counter(texts.values()).most_common(1)[0]
            if often * 2 > len(self.entries):
                found |= {(entry, feature) for entry, text in texts.items() if text != usual}
        return found

    def _text(self, head: list[str], body: list[Line], notes: Footnotes) -> str:
        lines = [self.title, self.caption()]
        for line in body:
            lines += ["", line.name + page.bracketed(line.numbers)]
            for column, cell in zip(head[1:], line.cells, strict=True):
                differs = _(" (differs)") if cell.apart else ""
                lines.append(f"  {column}: {cell.text}{differs}{page.bracketed(cell.numbers)}")
        return "\n".join([*lines, "", *page.footnote_text(notes)]).rstrip()

    def _html(self, head: list[str], body: list[Line], notes: Footnotes) -> str:
        # Entries are named by the table, features by the library.
        heading = page.of_data if self.layout == "entries" else escape
        rows = "".join(
            f'<tr><th scope="row">{heading(line.name)}{page.markers(notes, line.source_ids)}</th>'
            + "".join(self._cell_html(column, cell, notes) for column, cell in zip(head[1:], line.cells, strict=True))
            + "</tr>"
            for line in body
        )
        heads = [escape(head[0]), *map(escape if self.layout == "entries" else page.of_data, head[1:])]
        table = page.table(self.title, self.caption(), heads, rows) + page.footnotes(notes)
        if self.folded:
            summary = escape(_("Open the table: {title}").format(title=self.title))
            table = f"<details><summary>{summary}</summary>{table}</details>"
        return page.block(table)

    def _cell_html(self, column: str, cell: Cell, notes: Footnotes) -> str:
        if cell.status:
            text = page.chip(cell.status, cell.text)
        elif cell.known:
            text = rich(cell.text)
        else:
            text = f'<span class="unknown">{escape(cell.text)}</span>'
        kinds = [name for name, there in (("out", cell.apart), ("num", cell.numeric)) if there]
        classes = f' class="{" ".join(kinds)}"' if kinds else ""
        heard = f'<span class="heard">{_(" (differs from most)")}</span>' if cell.apart else ""
        theirs = page.theirs() if cell.theirs else ""
        return (
            f'<td data-col="{escape(column)}"{classes}{theirs}>{text}{heard}{page.markers(notes, cell.source_ids)}</td>'
        )


def _heading(line: Line) -> Cell:
    return Cell(line.name, True, line.numbers, line.source_ids, None, False, False)
