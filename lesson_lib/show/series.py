"""Series of the economy as a picture: lines over years, bars where there is one year, and the same as a table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from typing import Any

from lesson_lib.know import data
from lesson_lib.know.catalogue import _
from lesson_lib.know.errors import LessonError
from lesson_lib.know.sources import Footnotes, as_of_line, shown
from lesson_lib.show import page
from lesson_lib.show.chart import display_picture, heading, specification
from lesson_lib.think.numerals import separated

# Okabe and Ito's colours for readers who see colours differently (jfly.uni-koeln.de/color), those with at least 3 : 1
# on white and on JupyterLab's dark surface; beyond six, a grey: more lines than that are told by their labels.
_COLOURS = ["#3f86d8", "#d55e00", "#009e73", "#b8689a", "#a87900", "#4b95b5"]
_GREY = "#8a8f98"
_SHORT = 12
"""So many years and fewer are all in the table: the text then speaks of single ones."""
_MARKS = {"circle": "●", "square": "■", "triangle-up": "▲", "diamond": "◆", "cross": "✚", "triangle-down": "▼"}
"""What tells lines apart without colour: the form that a line bears, and the sign of it before the line's name."""


def chart(
    indicator: str,
    entities: Sequence[str] | None = None,
    since: int | None = None,
    until: int | None = None,
    *,
    indexed: int | None = None,
    title: str | None = None,
) -> Chart:
    """A picture of one series for the countries you name: lines over the years, bars where there is one year only.

    `indicator` is an id of `indicators.csv`; `indexed=1953` divides every value by the country's own of that year, so
    that 1 means "as in 1953". Values whose row is contested or unverified are drawn dashed and marked. The same
    numbers follow as a table. Raises UnknownName, or LessonError where nothing lies in the span.

    >>> chart("gdp_per_capita_maddison", ["South Korea", "Philippines"], since=1953, until=2022)
    <Chart 'Income per person': 2 countries, 1953 to 2022>
    """
    data.chosen(_("indicator"), [indicator], data.rows("indicators"))
    rows = [row for row in data.rows("economy").values() if row["indicator"] == indicator]
    every = list(dict.fromkeys(str(row["entity"]) for row in rows))
    chosen = data.chosen(_("country in {indicator}").format(indicator=indicator), entities, every)
    label = str(data.rows("indicators")[indicator]["label"])
    drawn = Chart(indicator, title or label, tuple(chosen), since or 0, until or 9999, None)
    points = drawn.values()
    years = sorted({year for found in points.values() for year in found})
    if not years:
        own = sorted(int(str(row["year"])) for row in rows)
        none = _("There are no values from {since} to {until}: this series runs from {first} to {last}.")
        raise LessonError(none.format(since=since, until=until, first=own[0], last=own[-1]))
    missing = [entity for entity, found in points.items() if indexed is not None and indexed not in found]
    if missing:
        raise LessonError(
            _("There is no value of {year} for {countries}: choose another start year, or leave them out.").format(
                year=indexed, countries=", ".join(missing)
            )
        )
    return replace(drawn, since=years[0], until=years[-1], indexed=indexed)


@dataclass(frozen=True)
class Chart:
    """What `chart` gives: a picture and a folded table."""

    indicator: str
    title: str
    entities: tuple[str, ...]
    since: int
    until: int
    indexed: int | None

    def __repr__(self) -> str:
        span = f"{self.since} to {self.until}" if self.since != self.until else str(self.since)
        count = len(self.entities)
        return f"<Chart {self.title!r}: {count} countr{'ies' if count != 1 else 'y'}, {span}>"

    def values(self) -> dict[str, dict[int, tuple[float, data.Row]]]:
        """For each country, year to value (indexed when asked for) and its row."""
        found: dict[str, dict[int, tuple[float, data.Row]]] = {entity: {} for entity in self.entities}
        for row in data.rows("economy").values():
            year = int(str(row["year"]))
            named = row["indicator"] == self.indicator and row["entity"] in found and row["value"] is not None
            if named and self.since <= year <= self.until:
                found[str(row["entity"])][year] = (float(str(row["value"])), row)
        if self.indexed is None:
            return found
        return {
            entity: {year: (value / points[self.indexed][0], row) for year, (value, row) in points.items()}
            for entity, points in found.items()
        }

    def unit(self) -> str:
        """What the numbers are in, in words."""
        if self.indexed is not None:
            return _("times the value of {year}").format(year=self.indexed)
        return str(data.rows("indicators")[self.indicator]["unit"])

    def as_of(self) -> str:
        """The line with the day of the figures: later than the course's own where a later release was used."""
        return as_of_line(str(data.rows("indicators")[self.indicator]["as_of"]))

    def spec(self) -> dict[str, Any]:
        """The Vega-Lite specification with its data."""
        values = self.values()
        spec = specification("bars" if self.since == self.until else "lines")
        subtitle = f"{self.unit()[:1].upper()}{self.unit()[1:]}. {self.as_of()} {_('Sources: in the table below.')}"
        spec["title"] = heading(self.title, subtitle)
        spec["description"] = self.description()
        if self.since == self.until:
            ranked = sorted((-points[self.since][0], entity) for entity, points in values.items() if points)
            spec["data"]["values"] = [
                {"entity": entity, "year": self.since, "value": -minus, "said": _said(-minus)}
                for minus, entity in ranked
            ]
            return spec
        # Hundreds of values are stored with the notebook: as CSV they take a fifth of the lines that JSON takes.
        lines = ["entity,year,value,doubtful"] + [
            f"{entity},{year},{value:.4g},{'yes' if _doubtful(row) else ''}"
            for entity, points in values.items()
            for year, (value, row) in sorted(points.items())
        ]
        lined, marked, named = spec["layer"]
        spec["data"] = {
            "values": "\n".join(lines),
            "format": {"type": "csv", "parse": {"year": "number", "value": "number"}},
        }
        del lined["data"], marked["data"]
        named["data"] = {"values": self._ends(values)}
        every = sorted({year for points in values.values() for year in points})
        if len(every) <= _SHORT:
            # Left to itself the axis puts marks between whole years, and two of them bear the same year's name.
            spec["encoding"]["x"]["axis"]["values"] = every
        entities = list(self.entities)
        if len(entities) == 1:
            spec["layer"].remove(marked)
        else:
            forms = list(islice(cycle(_MARKS), len(entities)))
            marked["encoding"]["shape"]["scale"] = {"domain": entities, "range": forms}
            marked["encoding"]["tooltip"] = lined["encoding"]["tooltip"]
        if len(entities) > 1 and len(every) > _SHORT:
            # Every fifth or tenth year, each line in years of its own: where lines meet, their marks do not.
            step = 5 if len(every) <= 40 else 10
            turn = f"{step // 5} * indexof({json.dumps(entities)}, datum.entity)"
            marked["transform"] = [{"filter": f"(datum.year + {turn}) % {step} == 0"}]
        colours = [*_COLOURS, *[_GREY] * len(self.entities)][: len(self.entities)]
        spec["encoding"]["color"]["scale"] = {"domain": list(self.entities), "range": colours}
        return spec

    def _ends(self, values: dict[str, dict[int, tuple[float, data.Row]]]) -> list[dict[str, Any]]:
        """Where each line's name stands: at its end, moved apart where names would lie on one another."""
        last = {entity: max(points) for entity, points in values.items() if points}
        top = max(value for points in values.values() for value, row in points.values())
        gap = top * 16 / 300  # a line of text in a picture 300 high
        signs = dict(zip(self.entities, cycle(_MARKS.values()), strict=False))
        placed: list[dict[str, Any]] = []
        for entity in sorted(last, key=lambda each: values[each][last[each]][0]):
            value = values[entity][last[entity]][0]
            place = max(value, placed[-1]["place"] + gap if placed else value)
            name = f"{signs[entity]} {entity}" if len(signs) > 1 else entity
            placed.append({"entity": name, "year": last[entity], "place": round(place, 4)})
        return placed

    def description(self) -> str:
        """The picture in sentences: where each line begins and ends."""
        parts = []
        for entity, points in self.values().items():
            if not points:
                continue
            first, last = min(points), max(points)
            doubt = _(" (contested)") if any(_doubtful(row) for value, row in points.values()) else ""
            if first == last:
                parts.append(f"{entity}{doubt}: {_said(points[first][0])}")
            else:
                parts.append(
                    _("{who} from {start} in {first} to {end} in {last}").format(
                        who=f"{entity}{doubt}",
                        start=_said(points[first][0]),
                        first=first,
                        end=_said(points[last][0]),
                        last=last,
                    )
                )
        return f"{self.title}, {self.unit()}. " + "; ".join(parts) + "."

    def _ipython_display_(self) -> None:
        notes = Footnotes()
        text, html = self._table(notes)
        shown(notes.ids())
        display_picture(self.spec(), self.description(), text, html)

    def _table(self, notes: Footnotes) -> tuple[str, str]:
        """Every year of a short series; of a long one the first, the last and every tenth, to check the picture by."""
        values = self.values()
        every = sorted({year for points in values.values() for year in points})
        years = [year for year in every if year in (every[0], every[-1], self.indexed) or year % 10 == 0]
        if len(every) <= _SHORT:
            years = every
        meta = data.rows("indicators")[self.indicator]
        said = f"{self.unit()}; {meta['dataset']}, {meta['vintage']}"
        lines = [f"{self.title}: {said}. {self.as_of()}"]
        body = []
        for entity, points in values.items():
            ids = list(dict.fromkeys(each for value, row in points.values() for each in data.listed(row)))
            doubt = any(_doubtful(row) for value, row in points.values())
            cells = [_said(points[year][0]) if year in points else _("not known") for year in years]
            mark = _(" (contested)") if doubt else ""
            shown_cells = ", ".join(f"{year}: {cell}" for year, cell in zip(years, cells, strict=True))
            lines.append(f"  {entity}{mark}{page.bracketed(notes.mark(ids))}: {shown_cells}")
            chip = f" {page.chip('contested', _('contested'))}" if doubt else ""
            body.append(
                f'<tr><th scope="row">{page.of_data(entity)}{chip}{page.markers(notes, ids)}</th>'
                + "".join(
                    f'<td class="num" data-col="{year}">{cell}</td>' for year, cell in zip(years, cells, strict=True)
                )
                + "</tr>"
            )
        table = page.table(self.title, f"{said}. {self.as_of()}", [_("Who"), *map(str, years)], "".join(body))
        summary = f"<summary>{_('The same numbers as a table, with sources')}</summary>"
        html = page.block(f"<details>{summary}{table}{page.footnotes(notes)}</details>")
        return "\n".join([*lines, "", *page.footnote_text(notes)]), html


def _said(value: float) -> str:
    if abs(value) >= 100:
        return separated(f"{value:,.0f}")
    return separated(f"{value:.1f}" if abs(value) >= 1 else f"{value:.2f}")


def _doubtful(row: data.Row) -> bool:
    return row["status"] in ("contested", "unverified")
