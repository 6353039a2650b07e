"""The stance map: actors and issues, a stance in words and signs, and behind each the words, the day and the source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from lesson_lib.know import data
from lesson_lib.know.catalogue import N_, _
from lesson_lib.know.sources import Footnotes, as_of_line, day, shown, source
from lesson_lib.show import page
from lesson_lib.show.quiz import live

_WORDS = {
    2: N_("++ for"),
    1: N_("+ rather for"),
    0: N_("0 open"),
    -1: N_("− rather against"),
    -2: N_("−− against"),
}
_KINDS = {2: "pp", 1: "p", 0: "o", -1: "m", -2: "mm"}


def stances(
    issues: Sequence[str] | None = None, actors: Sequence[str] | None = None, *, title: str | None = None
) -> Stances:
    """A map of who stood where on the as-of date; select a cell for the words, the day, the venue and the source.

    `issues` are ids of `issues.csv`, `actors` names as in `positions.csv` (all when left out). The stance, from −−
    to ++, is the course's own coding. A cell without a known position says so. Raises UnknownName.

    >>> stances(["us-ground-troops"], ["United States", "Russia"])
    <Stances 'Who could live with what': 2 actors on 1 issue>
    """
    every = list(dict.fromkeys(str(row["actor"]) for row in data.rows("positions").values()))
    return Stances(
        title or _("Who could live with what"),
        tuple(data.chosen(_("issue"), issues, data.rows("issues"))),
        tuple(data.chosen(_("actor"), actors, every)),
    )


@dataclass(frozen=True)
class Stances:
    """What `stances` gives: shows itself in a notebook."""

    title: str
    issues: tuple[str, ...]
    actors: tuple[str, ...]

    def __repr__(self) -> str:
        def several(count: int, word: str) -> str:
            return f"{count} {word}{'s' if count != 1 else ''}"

        return f"<Stances {self.title!r}: {several(len(self.actors), 'actor')} on {several(len(self.issues), 'issue')}>"

    def cell(self, actor: str, issue: str) -> data.Row | None:
        """The actor's main position that stands on the as-of date; None when none is known."""
        return next(
            (
                row
                for row in data.rows("positions").values()
                if row["actor"] == actor and row["issue"] == issue and row["current"] and row["main"]
            ),
            None,
        )

    def _label(self, issue: str) -> str:
        return str(data.rows("issues")[issue]["label"])

    def _detail(self, row: data.Row) -> dict[str, Any]:
        """What stands behind a cell, in sentences: for the page and for the folded list."""
        basis = data.columns("positions")["basis"]
        who = str(row["person"] or row["actor"])
        when = day(str(row["date"])) if row["date"] else _("no date known")
        where = f", {row['venue']}" if row["venue"] else ""
        quotation = f" “{row['quotation']}”" if row["quotation"] else ""
        status = data.columns("positions")["status"].label(str(row["status"]))
        return {
            "text": f"{who}, {when}{where}: {row['paraphrase']}{quotation}",
            "basis": _("Rests on: {basis}. After checking: {status}.").format(
                basis=basis.label(str(row["basis"])), status=status.lower()
            ),
            "sources": [source(each).brief() for each in data.listed(row)],
        }

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        notes = Footnotes()
        caption = f"{as_of_line()} " + _("The coding from −− to ++ is the course's own.")
        lines, body, behind = [self.title, caption], [], []
        grid: list[dict[str, Any]] = []
        unknown, words = _("not known"), {stance: _(word) for stance, word in _WORDS.items()}
        for actor in self.actors:
            lines += ["", actor]
            cells = []
            for issue in self.issues:
                row, label = self.cell(actor, issue), self._label(issue)
                if row is None or row["stance"] is None:
                    lines.append(f"  {label}: {unknown}")
                    cells.append(f'<td data-col="{escape(label)}"><span class="s u">{unknown}</span></td>')
                    grid.append({"word": unknown, "kind": "u"})
                    continue
                stance, detail = int(str(row["stance"])), self._detail(row)
                ids = data.listed(row)
                mark = page.bracketed(notes.mark(ids))
                lines.append(f"  {label}: {words[stance]}. {detail['text']}{mark}")
                cells.append(
                    f'<td data-col="{escape(label)}"><span class="s {_KINDS[stance]}">{words[stance]}</span></td>'
                )
                behind.append(
                    f"<li{page.theirs()}><b>{escape(actor)}, {escape(label)}: {words[stance]}.</b> "
                    f"{escape(detail['text'])}"
                    f'{page.markers(notes, ids)} <span class="quiet">{escape(detail["basis"])}</span></li>'
                )
                grid.append({"word": words[stance], "kind": _KINDS[stance], **detail})
            body.append(f'<tr><th scope="row">{page.of_data(actor)}</th>{"".join(cells)}</tr>')
        shown(notes.ids())
        labels = [self._label(issue) for issue in self.issues]
        table = page.table(self.title, caption, [_("Actor"), *map(page.of_data, labels)], "".join(body), kind="map")
        summary = _("The words behind each cell")
        folded = f"<details><summary>{summary}</summary><ul class=small>{''.join(behind)}</ul></details>"
        bundle: dict[str, Any] = {
            "text/plain": "\n".join([*lines, "", *page.footnote_text(notes)]),
            "text/html": page.block(table, folded, page.footnotes(notes), extra="stances.css"),
        }
        drawn = {
            "title": self.title,
            "caption": f"{caption} {_('Select a cell for the words, the day and the source.')}",
            "issues": labels,
            "questions": [str(data.rows("issues")[issue]["question"]) for issue in self.issues],
            "actors": list(self.actors),
            "cells": grid,
        }
        panel = live("stances", drawn, {}, lambda _message: None)
        return bundle | (panel.view() if panel else {})
