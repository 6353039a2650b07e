"""Pictures, as Vega-Lite specifications that the notebook draws itself, each followed by the same numbers as a table.

The specification stands alone in its bundle with text/plain: JupyterLab prefers text/html, svg or png to Vega-Lite, so
any of these beside it would hide the picture. Viewers that draw no Vega-Lite read the table under it.

The width is a number: "container" sets JupyterLab 4.6 measuring itself without end (the page froze, tried). The style
sheet lets the drawn SVG shrink with the page instead, and its lines and letters take the page's own colour.
"""

from __future__ import annotations

import copy
import datetime
import functools
import json
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from lesson_lib.know import data
from lesson_lib.know.catalogue import ENGLISH, _, current, ngettext
from lesson_lib.know.errors import LessonError, unknown
from lesson_lib.know.sources import Footnotes, as_of_line, day, shown, source
from lesson_lib.show import page
from lesson_lib.think.markup import rich
from lesson_lib.think.numerals import separated

VEGA_LITE = "application/vnd.vegalite.v5+json"


@functools.lru_cache(maxsize=8)
def _spec(path: Path, _modified: int) -> dict[str, Any]:
    try:
        read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise LessonError(f"The picture {path.name} cannot be drawn: line {error.lineno} is not valid JSON.") from None
    return read


def specification(name: str) -> dict[str, Any]:
    """A copy of the specification `data/charts/NAME.vl.json`, without data."""
    path = data.data_folder() / "charts" / f"{name}.vl.json"
    if not path.is_file():
        raise LessonError(
            _("The picture {file} is missing from data/charts/: put it back there.").format(file=path.name)
        )
    spec = copy.deepcopy(_spec(path, path.stat().st_mtime_ns))
    if current() != ENGLISH:
        spec.setdefault("config", {})["locale"] = _locale()
    return spec


def _locale() -> dict[str, Any]:
    """How the axes write numbers and months in the language of the notebook; English is what they do by themselves."""
    short = _("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec").split()
    return {
        "number": {"decimal": separated("."), "thousands": separated(","), "grouping": [3], "currency": ["", ""]},
        # No picture names a day of the week; the locale has to have seven all the same.
        "time": {
            "dateTime": "%x, %X",
            "date": "%d.%m.%Y",
            "time": "%H:%M:%S",
            "periods": ["", ""],
            "days": [""] * 7,
            "shortDays": [""] * 7,
            "months": short,
            "shortMonths": short,
        },
    }


def heading(title: str, subtitle: str) -> dict[str, Any]:
    """A picture's title as a sentence, and the line of unit, date and sources under it, in the page's own ink."""
    return {
        "text": title,
        "subtitle": subtitle,
        "anchor": "start",
        "color": "currentColor",
        "subtitleColor": "currentColor",
        "fontSize": 15,
        "subtitleFontSize": 12,
        "offset": 10,
    }


def display_picture(spec: dict[str, Any], description: str, text: str, html: str) -> None:
    """Two outputs: the picture with its description, and the table that every viewer can read."""
    from IPython.display import display

    options = {VEGA_LITE: {"embed_options": {"renderer": "svg", "actions": False}}}
    display({VEGA_LITE: spec, "text/plain": description}, raw=True, metadata=options)
    display({"text/plain": text, "text/html": html}, raw=True)


def timeline(
    since: str | None = None,
    until: str | None = None,
    *,
    only: str | list[str] | None = None,
    later: bool = False,
    title: str | None = None,
) -> Timeline:
    """A picture of the dated events between two days, labelled, and the same events as a table with sources.

    `since` and `until` are dates (2025, 2025-08 or 2025-08-18), both included; `only` names categories or ids of
    events. Events after the course's as-of date are left out unless `later=True`, and are then drawn as open points.

    Raises LessonError for a date that is none, an unknown category, or a span without events.

    >>> timeline(since="2025-08-15", until="2025-08-16")
    <Timeline 'From 15 to 16 August 2025': 2 events>
    """
    for named, value in (("since", since), ("until", until)):
        _check_date(named, value)
    rows = data.rows("timeline")
    wanted = [only] if isinstance(only, str) else only
    categories = data.columns("timeline")["category"].choices or []
    for name in wanted or ():
        if name not in categories and name not in rows:
            raise unknown(_("kind of event"), name, categories)
    chosen = [
        row_id
        for row_id, row in sorted(rows.items(), key=lambda item: (_first_day(str(item[1]["date"])), item[0]))
        if (since is None or str(row["date"]) >= since)
        and (until is None or str(row["date"])[: len(until)] <= until)
        and (later or not row["after_as_of"])
        and (not wanted or row["category"] in wanted or row_id in wanted)
    ]
    if not chosen:
        every = sorted(str(row["date"]) for row in rows.values())
        raise LessonError(
            _("No event lies there. The timeline runs from {first} to {last}").format(
                first=day(every[0]), last=day(every[-1])
            )
            + ("" if later else _("; add later=True for what came after the as-of date"))
            + "."
        )
    return Timeline(title or _span(rows, chosen), tuple(chosen))


def _check_date(named: str, value: str | None) -> None:
    if value is None:
        return
    try:
        datetime.date.fromisoformat((str(value) + "-01-01")[:10])
        if len(str(value)) not in (4, 7, 10):
            raise ValueError
    except ValueError:
        raise LessonError(
            _("{name}={value} is not a date. Write 2025, 2025-08 or 2025-08-18, in quotation marks.").format(
                name=named, value=repr(value)
            )
        ) from None


def _first_day(date: str) -> str:
    return (date + "-01-01")[:10]


def _span(rows: dict[str, data.Row], chosen: list[str]) -> str:
    first, last = day(str(rows[chosen[0]]["date"])), day(str(rows[chosen[-1]]["date"]))
    if first == last:
        return first
    # "15 to 18 August 2025" rather than "15 August 2025 to 18 August 2025".
    if first.split()[1:] == last.split()[1:]:
        first = first.split()[0]
    return _("From {first} to {last}").format(first=first, last=last)


@dataclass(frozen=True)
class Timeline:
    """What `timeline` gives: a picture and a folded table, in this order."""

    title: str
    entries: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<Timeline {self.title!r}: {len(self.entries)} event{'s' if len(self.entries) != 1 else ''}>"

    def spec(self) -> dict[str, Any]:
        """The Vega-Lite specification with its data, as the notebook stores it."""
        rows = data.rows("timeline")
        spec = specification("timeline")
        kind = data.columns("timeline")["category"].label
        count = len(self.entries)
        spec["title"] = heading(self.title, f"{as_of_line()} {_('Sources: in the table below.')}")
        spec["description"] = self._description()
        spec["data"]["values"] = [
            {
                "place": place,
                "date": _first_day(str(rows[entry]["date"])),
                "when": day(str(rows[entry]["date"])),
                "label": _label(rows[entry]),
                "event": rows[entry]["event"],
                "kind": kind(str(rows[entry]["category"])),
                "source": "; ".join(source(each).short() for each in data.listed(rows[entry])[:2]),
                "later": bool(rows[entry]["after_as_of"]),
                # The label stands on the side of the point where there is room.
                "side": "right" if self._share(entry) < 0.5 else "left",
            }
            for place, entry in enumerate(self.entries)
        ]
        spec["height"] = {"step": 22} if count > 1 else 40
        # Ticks as exact as the span: days within a season, months within some years, else years.
        days = self._days(self.entries[0], self.entries[-1])
        spec["encoding"]["x"]["axis"]["format"] = "%-d %b" if days < 120 else "%b %Y" if days < 1500 else "%Y"
        return spec

    def _days(self, first: str, last: str) -> int:
        start, end = (
            datetime.date.fromisoformat(_first_day(str(data.rows("timeline")[each]["date"]))) for each in (first, last)
        )
        return (end - start).days

    def _share(self, entry: str) -> float:
        whole = self._days(self.entries[0], self.entries[-1])
        return self._days(self.entries[0], entry) / whole if whole else 0.0

    def _description(self) -> str:
        rows = data.rows("timeline")
        first, last = rows[self.entries[0]], rows[self.entries[-1]]
        if len(self.entries) == 1:
            one = _("Timeline. One event, {date}: {event}")
            return one.format(date=day(str(first["date"])), event=first["event"])
        return ngettext(
            "Timeline of {count} event. First, {first_date}: {first} Last, {last_date}: {last} "
            "The table under the picture has them all.",
            "Timeline of {count} events. First, {first_date}: {first} Last, {last_date}: {last} "
            "The table under the picture has them all.",
            len(self.entries),
        ).format(
            count=len(self.entries),
            first_date=day(str(first["date"])),
            first=first["event"],
            last_date=day(str(last["date"])),
            last=last["event"],
        )

    def _ipython_display_(self) -> None:
        notes = Footnotes()
        text, html = self._table(notes)
        shown(notes.ids())
        display_picture(self.spec(), f"{self.title}. {self._description()}", text, html)

    def _table(self, notes: Footnotes) -> tuple[str, str]:
        rows = data.rows("timeline")
        lines, body = [f"{self.title}. {as_of_line()}"], []
        head = [_("When"), _("What happened")]
        for entry in self.entries:
            row, ids = rows[entry], data.listed(rows[entry])
            when, later = day(str(row["date"])), _(" (since then)") if row["after_as_of"] else ""
            lines.append(f"  {when}{later}: {row['event']}{page.bracketed(notes.mark(ids))}")
            body.append(
                f'<tr><th scope="row">{escape(when)}{later}</th>'
                f'<td data-col="{escape(head[1])}"{page.theirs()}>{rich(str(row["event"]))}'
                f"{page.markers(notes, ids)}</td></tr>"
            )
        table = page.table(self.title, as_of_line(), head, "".join(body))
        same = ngettext(
            "The same {n} event as a table, with sources", "The same {n} events as a table, with sources",
            len(self.entries),
        ).format(n=len(self.entries))  # fmt: skip
        html = page.block(f"<details><summary>{same}</summary>{table}{page.footnotes(notes)}</details>")
        return "\n".join([*lines, "", *page.footnote_text(notes)]), html


def _label(row: data.Row) -> str:
    return str(row.get("label") or row["event"])
