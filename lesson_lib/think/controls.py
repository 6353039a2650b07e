"""What a student can set in a lab: each control knows its limits and reads what was typed or moved, generously.

A value that cannot be used gets a sentence with the valid choices; the last good value stays. So a lab's model meets
complete and sensible settings only, whatever a page or a file sends. Labels and choices are kept in English; what a
student sees of them is in the language of the notebook (`know.foreign.name`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

from lesson_lib.know.catalogue import _
from lesson_lib.know.foreign import bare, name
from lesson_lib.think import numerals, reading
from lesson_lib.think.numerals import figure
from lesson_lib.think.reading import Json, Unreadable

Settings: TypeAlias = dict[str, Any]
"""A value for every control of a lab, by the control's id."""


@dataclass(frozen=True)
class Range:
    """A number between two limits: a slider with a field beside it.

    >>> soldiers = Range("deployed", "Soldiers deployed", 50_000, 1_000, 250_000, step=1_000, unit="soldiers")
    >>> soldiers.read("30,000")
    30000
    """

    id: str
    label: str
    start: float
    least: float
    most: float
    step: float = 1
    unit: str = ""
    group: str = ""
    help: str = ""
    kind: ClassVar[str] = "range"

    def read(self, given: Json) -> float:
        unit = _(self.unit) if self.unit else ""
        value = numerals.number(given, unit)
        if not math.isfinite(value) or not self.least <= value <= self.most:
            limits = {"least": figure(self.least), "most": measured(self.most, unit)}
            raise Unreadable(_("{label} goes from {least} to {most}."), label=_(self.label), **limits)
        return value

    def text(self, value: Any) -> str:
        return measured(value, _(self.unit) if self.unit else "")


def measured(value: float, unit: str) -> str:
    """A number with its unit, as the language of the notebook puts them together.

    >>> measured(50_000, "soldiers"), measured(2.5, "")
    ('50,000 soldiers', '2.5')
    """
    return _("{number} {unit}").format(number=figure(value), unit=unit) if unit else figure(value)


def _shown(options: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"id": one, "text": bare(name(text))} for one, text in options]


@dataclass(frozen=True)
class Pick:
    """One of a few choices, each an id and its words."""

    id: str
    label: str
    options: Sequence[tuple[str, str]]
    start: str
    group: str = ""
    help: str = ""
    kind: ClassVar[str] = "pick"

    def read(self, given: Json) -> str:
        return reading.one(given, _shown(self.options))

    def text(self, value: Any) -> str:
        return name(dict(self.options)[value])


@dataclass(frozen=True)
class Tick:
    """Yes or no."""

    id: str
    label: str
    start: bool = False
    group: str = ""
    help: str = ""
    kind: ClassVar[str] = "tick"

    def read(self, given: Json) -> bool:
        words = {"yes": True, "true": True, "no": False, "false": False, _("yes"): True, _("no"): False}
        value = words.get(given.strip().casefold()) if isinstance(given, str) else given
        if not isinstance(value, bool):
            raise Unreadable(_("{label}: yes or no."), label=_(self.label))
        return value

    def text(self, value: Any) -> str:
        return _("yes") if value else _("no")


@dataclass(frozen=True)
class Words:
    """The student's own words; `rows` is how high the field is, `most` how many characters it takes."""

    id: str
    label: str
    rows: int = 1
    most: int = 400
    group: str = ""
    help: str = ""
    start: str = ""
    kind: ClassVar[str] = "words"

    def read(self, given: Json) -> str:
        if not isinstance(given, str):
            raise Unreadable(_("{label} takes words."), label=_(self.label))
        if len(given) > self.most:
            raise Unreadable(
                _("{label} takes {most} characters; this has {count}."),
                label=_(self.label),
                most=figure(self.most),
                count=figure(len(given)),
            )
        # Half a character cannot be written to a file, and no text that is typed may pass for one of the tables.
        return bare(given.encode("utf-8", "replace").decode().replace("\0", ""))

    def text(self, value: Any) -> str:
        return value or _("(nothing yet)")


@dataclass(frozen=True)
class Many:
    """Several of a list, `most` of them.

    `says` tells what an id is called in the language of the notebook, where the catalogue does not have the choices.
    """

    id: str
    label: str
    options: Sequence[tuple[str, str]]
    most: int = 5
    group: str = ""
    help: str = ""
    start: tuple[str, ...] = ()
    says: Callable[[str], str] | None = None
    kind: ClassVar[str] = "many"

    def read(self, given: Json) -> list[str]:
        chosen = reading.several(given, _shown(self.options)) if given else []
        if len(chosen) > self.most:
            raise Unreadable(_("{label} takes {most}: untick one first."), label=_(self.label), most=self.most)
        return chosen

    def text(self, value: Any) -> str:
        words = dict(self.options)
        return "; ".join(self.option(one, words[one]) for one in value) or _("(none yet)")

    def option(self, id_: str, text: str) -> str:
        """One of the choices as a student sees it."""
        return self.says(id_) if self.says else name(text)


Control: TypeAlias = Range | Pick | Tick | Words | Many


def starting(controls: Iterable[Control]) -> Settings:
    """What a lab starts from."""
    return {one.id: list(one.start) if isinstance(one, Many) else one.start for one in controls}


def settle(controls: Iterable[Control], given: Json, before: Mapping[str, Any]) -> tuple[Settings, dict[str, str]]:
    """Complete settings from whatever was given, and a sentence for each value that could not be used.

    `before` is what stays where nothing usable was given. Never raises; what is no control's is left aside.

    >>> tour = Range("tour", "Tour", 6, 1, 24, unit="months")
    >>> settle([tour], {"tour": 0}, {"tour": 6})
    ({'tour': 6}, {'tour': 'Tour goes from 1 to 24 months.'})
    """
    settings, notes = dict(before), {}
    for control in controls:
        if not isinstance(given, dict) or control.id not in given:
            continue
        try:
            settings[control.id] = control.read(reading.plain(given[control.id]))
        except Unreadable as error:
            notes[control.id] = str(error)
    return settings, notes
