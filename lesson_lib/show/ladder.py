"""The ladder of commitment: arrangements on the rung that their wording reaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from lesson_lib.know import data
from lesson_lib.know.catalogue import _
from lesson_lib.know.sources import Footnotes, as_of_line, shown
from lesson_lib.show import page


def ladder(entries: Sequence[str] | None = None, *, title: str | None = None) -> Ladder:
    """Four rungs, from an assurance to an automatic duty, with each arrangement on the rung that its words reach.

    `entries` are ids of `arrangements` (all when left out). The rung is the course's own reading of the wording
    alone; `rung_why` in the table says why. An arrangement without a text stands below the ladder.
    Raises UnknownName for an arrangement that does not exist.

    >>> ladder(["budapest-1994", "nato-1949"])
    <Ladder 'The ladder of commitment': 2 arrangements>
    """
    chosen = data.chosen(_("arrangement"), entries, data.rows("arrangements"))
    return Ladder(title or _("The ladder of commitment"), tuple(chosen))


@dataclass(frozen=True)
class Ladder:
    """What `ladder` gives: shows itself in a notebook."""

    title: str
    entries: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<Ladder {self.title!r}: {len(self.entries)} arrangement{'s' if len(self.entries) != 1 else ''}>"

    def rungs(self) -> dict[str, list[str]]:
        """The ids on each rung, lowest first, each in the order of years; "" holds those without a text."""
        rows = data.rows("arrangements")
        order = sorted(self.entries, key=lambda entry: (rows[entry]["year"] or 9999, entry))
        found: dict[str, list[str]] = {rung: [] for rung in data.columns("arrangements")["rung"].choices or ()}
        found[""] = []
        for entry in order:
            found[str(rows[entry]["rung"] or "")].append(entry)
        return found

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        rows, column, notes = data.rows("arrangements"), data.columns("arrangements")["rung"], Footnotes()
        lines, parts = [f"{self.title}. {as_of_line()} {_('By wording alone, as the course reads it.')}"], []
        unplaced = ""
        for step, (rung, entries) in enumerate(self.rungs().items()):
            items = []
            for entry in entries:
                numbers = data.listed(rows[entry])
                label = str(rows[entry]["label"])
                items.append((label, page.markers(notes, numbers), page.bracketed(notes.mark(numbers))))
            if rung:
                name, gloss = column.label(rung), column.glosses.get(rung, "")
                gloss = _(gloss) if gloss else ""
                lines += ["", f"{step + 1}. {name}: {gloss}"]
                lines += [f"   {label}{mark}" for label, _, mark in items] or [f"   {_('no arrangement shown here')}"]
                listed = "".join(f"<li>{page.of_data(label)}{html}</li>" for label, html, _ in items)
                listed = listed or f'<li class="unknown">{_("no arrangement shown here")}</li>'
                parts.append(
                    f'<div class="rung" style="--step:{step}"><b>{escape(name)}</b><small>{escape(gloss)}</small>'
                    f"<ul>{listed}</ul></div>"
                )
            elif items:
                lines += [
                    "",
                    _("Not placed, because no text of it is known:"),
                    *(f"   {label}{mark}" for label, _, mark in items),
                ]
                named = ", ".join(f"{page.of_data(label)}{html}" for label, html, _ in items)
                unplaced = f'<p class="small quiet">{_("Not placed, because no text of it is known:")} {named}.</p>'
        shown(notes.ids())
        said = lines[0].removeprefix(f"{self.title}. ")
        head = f'<p><b>{escape(self.title)}</b><br><span class="quiet">{escape(said)}</span></p>'
        return {
            "text/plain": "\n".join([*lines, "", *page.footnote_text(notes)]),
            "text/html": page.block(
                head, f'<div class="ladder">{"".join(parts)}</div>', unplaced, page.footnotes(notes), extra="ladder.css"
            ),
        }
