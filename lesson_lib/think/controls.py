"""What a student can set in a lab: each control knows its limits and reads what was typed or moved, generously.

A value that cannot be used gets a sentence with the valid choices; the last good value stays. So a lab's model meets
complete and sensible settings only, whatever a page or a file sends.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

from lesson_lib.know.catalogue import _
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
            limits = {"least": figure(self.least), "most": figure(self.most), "unit": f" {unit}" if unit else ""}
            raise Unreadable(_("{label} goes from {least} to {most}{unit}."), label=_(self.label), **limits)
        return value

    def text(self, value: Any) -> str:
        return f"{figure(value)} {_(self.unit) if self.unit else ''}".strip()


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
        return reading.one(given, [{"id": one, "text": _(text)} for one, text in self.options])

    def text(self, value: Any) -> str:
        return _(dict(self.options)[value])


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
        # Half a character, as a page may send, cannot be written to a file.
        return given.encode("utf-8", "replace").decode().replace("\0", "")

    def text(self, value: Any) -> str:
        return value or _("(nothing yet)")


@dataclass(frozen=True)
class Many:
    """Several of a list, `most` of them."""

    id: str
    label: str
    options: Sequence[tuple[str, str]]
    most: int = 5
    group: str = ""
    help: str = ""
    start: tuple[str, ...] = ()
    kind: ClassVar[str] = "many"

    def read(self, given: Json) -> list[str]:
        options = [{"id": one, "text": _(text)} for one, text in self.options]
        chosen = reading.several(given, options) if given else []
        if len(chosen) > self.most:
            raise Unreadable(_("{label} takes {most}: untick one first."), label=_(self.label), most=self.most)
        return chosen

    def text(self, value: Any) -> str:
        words = dict(self.options)
        return "; ".join(_(words[one]) for one in value) or _("(none yet)")


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
