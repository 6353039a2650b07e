"""Where each fact comes from: footnote markers, one-line citations, and what this notebook has shown so far."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass

from lesson_lib.know.catalogue import N_, _
from lesson_lib.know.data import UNKNOWN, as_of, rows
from lesson_lib.know.errors import unknown


@dataclass(frozen=True)
class Source:
    """One document of `sources.csv`."""

    id: str
    title: str
    publisher: str | None
    authors: str | None
    published_on: str | None
    url: str | None
    language: str | None
    kind: str

    def citation(self) -> str:
        """Author or publisher, title, date: one line, without the address.

        >>> source("north-atlantic-treaty-1949").citation()  # doctest: +ELLIPSIS
        '...North Atlantic Treaty...4 April 1949'
        """
        # Where several copies were read, the first is named here and all of them in sources.csv.
        place = self.publisher.split(";")[0] if self.publisher else None
        by = self.authors or place
        home = place if self.authors and place and place not in self.authors else None
        when = day(self.published_on) if self.published_on else _("no date known")
        return ", ".join(part for part in (by, f"“{self.title}”", home, when) if part)

    def short(self) -> str:
        """Publisher, or for an original text its name, and date: enough where the source is cited in full elsewhere.

        >>> source("north-atlantic-treaty-1949").short()  # doctest: +ELLIPSIS
        'North Atlantic Treaty, 4 April 1949'
        """
        by = (self.publisher or self.authors or self.title).split(";")[0]
        if self.kind == "primary":
            # A treaty is known by its name, not by the site on which a copy was read.
            by = re.split(r"[,(:;]", self.title)[0].strip()
        return f"{by}, {day(self.published_on)}" if self.published_on else by

    def brief(self) -> dict[str, str | None]:
        """Name and address, as the page makes a link of them."""
        return {"text": self.short(), "url": self.url}


def source(source_id: str) -> Source:
    """The document behind a source id; UnknownName with the nearest id when there is none."""
    table = rows("sources")
    if source_id not in table:
        raise unknown(_("source"), source_id, table)
    row = table[source_id]

    def text(column: str) -> str | None:
        value = row.get(column)
        return None if value is None else str(value)

    return Source(
        id=source_id,
        title=text("title") or UNKNOWN,
        publisher=text("publisher"),
        authors=text("authors"),
        published_on=text("published_on"),
        url=text("url"),
        language=text("language"),
        kind=text("kind") or UNKNOWN,
    )


def day(iso: str) -> str:
    """A date as readers write it, as exact as it is known.

    >>> day("1953-07-27"), day("2025-08"), day("1971")
    ('27 July 1953', 'August 2025', '1971')
    """
    parts = [int(part) for part in iso.split("-")]
    if len(parts) == 1:
        return str(parts[0])
    # Month names by hand: strftime follows the reader's locale, and stored outputs must not.
    if len(parts) == 2:
        return _(_MONTHS[parts[1] - 1]).format(year=parts[0])
    date = datetime.date(*parts)
    return _(_DAYS[date.month - 1]).format(day=date.day, year=date.year)


# Whole dates, not names of months: in most languages a month changes its form after a day.
_DAYS = [
    N_("{day} January {year}"),
    N_("{day} February {year}"),
    N_("{day} March {year}"),
    N_("{day} April {year}"),
    N_("{day} May {year}"),
    N_("{day} June {year}"),
    N_("{day} July {year}"),
    N_("{day} August {year}"),
    N_("{day} September {year}"),
    N_("{day} October {year}"),
    N_("{day} November {year}"),
    N_("{day} December {year}"),
]
_MONTHS = [
    N_("January {year}"),
    N_("February {year}"),
    N_("March {year}"),
    N_("April {year}"),
    N_("May {year}"),
    N_("June {year}"),
    N_("July {year}"),
    N_("August {year}"),
    N_("September {year}"),
    N_("October {year}"),
    N_("November {year}"),
    N_("December {year}"),
]


def as_of_line(on: str = "") -> str:
    """The line under every table and picture; `on` is the day of its figures, where that is later than the course's.

    >>> as_of_line()
    'As of 19 August 2025.'
    >>> as_of_line("2026-08-04")
    'As of 4 August 2026.'
    """
    return _("As of {date}.").format(date=day(max(as_of(), on)))


class Footnotes:
    """Numbers the sources of one table or picture in the order in which they appear.

    >>> notes = Footnotes()
    >>> notes.mark(["north-atlantic-treaty-1949"]), notes.mark(["north-atlantic-treaty-1949"])
    ([1], [1])
    """

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def mark(self, source_ids: Iterable[str]) -> list[int]:
        """The numbers for these ids, new ones counted on; UnknownName for an id that is not in the registry."""
        numbers = []
        for source_id in source_ids:
            source(source_id)
            numbers.append(self._numbers.setdefault(source_id, len(self._numbers) + 1))
        return sorted(numbers)

    def entries(self) -> list[tuple[int, Source]]:
        """Number and document, in the order of the numbers."""
        return [(number, source(source_id)) for source_id, number in self._numbers.items()]

    def ids(self) -> list[str]:
        return list(self._numbers)


# What this kernel has shown. One notebook is one kernel, so this is what the notebook has shown;
# a dict keeps the order of appearance and forgets repetitions.
_shown: dict[str, None] = {}


def shown(source_ids: Iterable[str] = ()) -> list[str]:
    """Adds to what this notebook has shown, and gives all of it in order of appearance."""
    _shown.update(dict.fromkeys(source_ids))
    return list(_shown)
