"""The explorer: build a comparison yourself, mark its differences, find the outlier, copy it out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from lesson_lib.know import data
from lesson_lib.know.catalogue import _, ngettext
from lesson_lib.know.sources import Footnotes
from lesson_lib.show import page
from lesson_lib.show.quiz import live
from lesson_lib.show.table import BOOKKEEPING, Table, compare


def explore(
    table: str,
    entries: Sequence[str] | None = None,
    on: Sequence[str] | None = None,
    *,
    title: str | None = None,
) -> Explorer:
    """A comparison to build yourself: tick entries and features, mark differences, find the outlier, copy the table.

    `entries` and `on` are what is ticked at first; everything else of the table can be added. What is stored in the
    notebook is the first comparison. Raises UnknownName as `compare` does.

    >>> explore("claims", ["s14-nato-name", "s12-32-members"], on=["status"])
    <Explorer of claims: 2 entries on 1 feature>
    """
    return Explorer(replace(compare(table, entries, on, title=title, rows="features"), differences=True))


@dataclass(frozen=True)
class Explorer:
    """What `explore` gives: shows itself in a notebook."""

    table: Table

    def __repr__(self) -> str:
        return f"<Explorer of {self.table.name}: " + repr(self.table).rpartition(": ")[2]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        bundle: dict[str, Any] = self.table._repr_mimebundle_()
        name = self.table.name
        described = data.columns(name)
        features = [
            {"id": column.name, "text": _(column.title)}
            for column in described.values()
            if column.name not in BOOKKEEPING
        ]
        body = {
            "title": self.table.title,
            "entries": [{"id": entry, "text": data.name(name, entry)} for entry in data.rows(name)],
            "features": features,
        }
        panel = live("explore", body, _state(self.table, ""), self._reply)
        return bundle | (panel.view() if panel else {})

    def _reply(self, message: dict[str, Any]) -> dict[str, Any]:
        # The page's own number goes back: it knows by it an answer that it has overtaken.
        return {**self._built(message), "n": message.get("n")}

    def _built(self, message: dict[str, Any]) -> dict[str, Any]:
        def ticked(key: str, valid: Sequence[str]) -> list[str]:
            wanted = message.get(key)
            return [name for name in valid if name in wanted] if isinstance(wanted, list) else []

        name = self.table.name
        entries = ticked("entries", list(data.rows(name)))
        features = ticked("features", list(data.columns(name)))
        if not entries or not features:
            missing = _("Tick at least one feature.") if entries else _("Tick at least one entry.")
            return _state(replace(self.table, entries=tuple(entries), features=tuple(features)), missing)
        built = replace(
            self.table,
            entries=tuple(entries),
            features=tuple(features),
            layout="features" if len(entries) <= 5 else "entries",
            differences=message.get("differences") is not False,
        )
        return _state(built, outlier(built) if message.get("do") == "outlier" else "")


def outlier(table: Table) -> str:
    """Which entry differs from most others on the most features shown, in a sentence.

    Only features on which more than half of the entries agree can tell; long prose hardly ever does.

    >>> outlier(compare("claims", ["s14-nato-name", "s12-32-members", "s10-forty-minutes"], on=["status"]))
    "NATO's name: North American stands apart: it differs from most others on 1 of the 1 feature that can tell."
    """
    cells = table.apart()
    apart = Counter(entry for entry, _ in cells)
    telling = len({feature for _, feature in cells})
    if not telling:
        return _("No entry stands apart on these features: all agree, or no more than half of them do.")
    most = max(apart.values())
    names = [data.name(table.name, entry) for entry in table.entries if apart[entry] == most]
    which = ngettext(
        "{count} of the {of} feature that can tell", "{count} of the {of} features that can tell", telling
    ).format(count=most, of=telling)
    if len(names) == 1:
        return _("{name} stands apart: it differs from most others on {which}.").format(name=names[0], which=which)
    return _("{names} and {last} stand apart equally: each differs from most on {which}.").format(
        names=", ".join(names[:-1]), last=names[-1], which=which
    )


def _state(table: Table, says: str) -> dict[str, Any]:
    state: dict[str, Any] = {
        "entries": list(table.entries), "features": list(table.features), "differences": table.differences,
        "says": says, "head": [], "rows": [], "caption": "", "sources": [], "markdown": "", "csv": "",
    }  # fmt: skip
    if not table.entries or not table.features:
        return state
    notes = Footnotes()
    head, body = table.grid(notes)
    state |= {
        "head": head,
        "rows": [
            {
                "name": line.name,
                "numbers": page.ranges(line.numbers),
                "cells": [
                    {"text": cell.text, "known": cell.known, "apart": cell.apart, "status": cell.status,
                     "numbers": page.ranges(cell.numbers)}
                    for cell in line.cells
                ],
            }
            for line in body
        ],
        "caption": table.caption(),
        "sources": [{"n": number, "text": found.citation(), "url": found.url} for number, found in notes.entries()],
        "markdown": table.to_markdown(),
        "csv": table.to_csv(),
    }  # fmt: skip
    return state
