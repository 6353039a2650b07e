"""The argument map: a brief as boxes and lines. Claim on top, reasons with what they rest on, the other side below."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from lesson_lib.know.catalogue import _, pgettext
from lesson_lib.know.foreign import FIRST, LAST, evened
from lesson_lib.show.picture import Fill, Picture
from lesson_lib.show.view import Drawing
from lesson_lib.think.brief import Brief, Part, opposed
from lesson_lib.think.evidence import evidence, side_word, status_word

_WIDTH = 720
_LEFT, _MIDDLE, _RIGHT = 34, 388, 712
_LINE, _PAD, _GAP = 16, 10, 12
_MOST_LINES = 5

# Widths of letters at size 12, on the wide side, so that no word leaves its box whatever the reader's typeface.
_NARROW, _USUAL, _BROAD, _FULL = 4.2, 6.9, 9.6, 13.0


def width(text: str) -> float:
    """About how wide a text is at size 12, rather too wide than too narrow.

    >>> width("ill") < width("www")
    True
    """
    return sum(map(_letter, text))


@functools.lru_cache(maxsize=1024)
def _letter(one: str) -> float:
    if one in (FIRST, LAST):
        return 0.0
    if unicodedata.east_asian_width(one) in "WF":
        return _FULL
    if one in "iIjlt.,:;'|!()[] ":
        return _NARROW
    return _BROAD if one in "mwMW@%—…" or one.isupper() else _USUAL


def wrapped(text: str, room: float, most: int = _MOST_LINES) -> list[str]:
    """A text in lines that fit into `room`, at most `most` of them; a sign shows where more follows.

    A text of the tables that is broken is marked anew in each line.

    >>> wrapped("one two three", 50, 2)
    ['one two', 'three']
    """
    lines: list[str] = []
    now = ""
    # No box holds more than some hundred words: what lies beyond need not be measured.
    for word in filter(None, re.split(r"[^\S\u00a0]+", text[:2_000])):
        while width(word) > room and len(lines) <= most:
            fits = _fitting(word, room)
            head, word = word[:fits], word[fits:]  # noqa: PLW2901 (what is left of a word too long for any line)
            lines, now = [*lines, *filter(None, [now])], ""
            lines.append(head)
        if not now or width(f"{now} {word}") <= room:
            now = f"{now} {word}".strip()
        else:
            lines.append(now)
            now = word
        if len(lines) > most:
            break
    lines += [now] if now else []
    if len(lines) <= most:
        return evened(lines)
    last = lines[most - 1]
    while last and width(f"{last} …") > room:
        last = last[:-1]
    return evened([*lines[: most - 1], f"{last.rstrip(' .,;')} …"])


def _fitting(word: str, room: float) -> int:
    """How many letters of a word fit, one at least."""
    used = 0.0
    for number, one in enumerate(word):
        used += width(one)
        if used > room:
            return max(1, number)
    return len(word)


@dataclass(frozen=True)
class _Box:
    head: str
    words: Sequence[str]
    kind: Fill

    @property
    def height(self) -> float:
        return 2 * _PAD + _LINE * (1 + len(self.words))

    def draw(self, picture: Picture, x: float, y: float, right: float, height: float) -> None:
        picture.box(x, y, right - x, height, self.kind, 4)
        picture.text(x + _PAD, y + _PAD + 9, self.head, kind="bold")
        for number, words in enumerate(self.words, 1):
            picture.text(x + _PAD, y + _PAD + 9 + _LINE * number, words)


def _room(left: float, right: float) -> float:
    return right - left - 2 * _PAD


def _rests(one: Brief, part: Part) -> list[str]:
    """What a part rests on, each in a line or two, with its side or status where these matter."""
    held, lines = evidence(), []
    for name in part.evidence[:5]:
        row = held[name]
        marks = [status_word(row.status)] if row.status != "supported" else []
        marks += [_("argues {side}").format(side=side_word(row.side))] if opposed(one, row) else []
        marks += [_("since then")] if row.later else []
        said = f" ({', '.join(marks)})" if marks else ""
        lines += wrapped(f"• {row.kind}: {row.label}{said}", _room(_MIDDLE, _RIGHT), 2)
    if len(part.evidence) > 5:
        lines.append(_("and {evidence} more").format(evidence=len(part.evidence) - 5))
    return lines or [_("nothing yet")]


def argument_map(one: Brief) -> Drawing:
    """The brief as a picture, and all of it in words beside it.

    >>> argument_map(Brief(claim="So it is.")).alt
    'Claim: So it is. Reasons: none yet. Counter-argument: none yet. Reply: none yet.'
    """
    picture = Picture(_WIDTH, 10)
    y: float = 8

    claim = _Box(pgettext("of a brief", "Claim"), wrapped(one.claim or _("none yet"), _room(8, _RIGHT), 3), "soft")
    claim.draw(picture, 8, y, _RIGHT, claim.height)
    y += claim.height + _GAP
    trunk = y - _GAP

    def row(box: _Box, part: Part) -> None:
        nonlocal y
        rests = _Box(_("rests on"), _rests(one, part), "outline")
        height = max(box.height, rests.height)
        picture.line(18, y + height / 2, _LEFT, y + height / 2, "axis")
        picture.line(_MIDDLE - 14, y + height / 2, _MIDDLE, y + height / 2, "axis")
        box.draw(picture, _LEFT, y, _MIDDLE - 14, height)
        rests.draw(picture, _MIDDLE, y, _RIGHT, height)
        y += height + _GAP

    room = _room(_LEFT, _MIDDLE - 14)
    middle = trunk
    for number, part in one.begun or [(1, Part())]:
        start = y
        row(
            _Box(
                _("because (reason {number})").format(number=number),
                wrapped(part.words or _("no words yet"), room),
                "soft",
            ),
            part,
        )
        middle = (start + y - _GAP) / 2
    if one.counter.begun:
        start = y
        row(
            _Box(_("but (counter-argument)"), wrapped(one.counter.words or _("no words yet"), room), "warn"),
            one.counter,
        )
        middle = (start + y - _GAP) / 2
    else:
        start = y
        row(_Box(_("but (counter-argument)"), [_("none yet")], "warn"), Part())
        middle = (start + y - _GAP) / 2
    picture.line(18, trunk, 18, middle, "axis")
    reply = _Box(_("and yet (reply)"), wrapped(one.reply or _("none yet"), _room(_LEFT, _RIGHT), 4), "soft")
    picture.line((_LEFT + _MIDDLE) / 2, y - _GAP, (_LEFT + _MIDDLE) / 2, y, "axis")
    reply.draw(picture, _LEFT, y, _RIGHT, reply.height)
    picture.height = int(y + reply.height + 8)
    return Drawing(picture, _("Your argument, drawn"), alt(one))


def alt(one: Brief) -> str:
    """Everything that the map shows, and the words that found no room in it."""
    held = evidence()

    def rests(part: Part) -> str:
        found = "; ".join(f"{held[name].kind}: {held[name].label}" for name in part.evidence)
        return _(" It rests on {found}.").format(found=found) if found else _(" It rests on nothing yet.")

    reasons = [
        _("Reason {number}: {words}{part}").format(number=number, words=_said(part.words), part=rests(part))
        for number, part in one.begun
    ]
    counter = f"{_said(one.counter.words)}{rests(one.counter)}" if one.counter.begun else _("none yet.")
    return " ".join(
        [
            _("Claim: {claim}").format(claim=_said(one.claim)),
            *(reasons or [_("Reasons: none yet.")]),
            _("Counter-argument: {counter}").format(counter=counter),
            _("Reply: {reply}").format(reply=_said(one.reply)),
        ]
    )


def _said(words: str) -> str:
    flat = " ".join(words.split())
    return _("none yet.") if not flat else flat if flat.endswith((".", "!", "?")) else f"{flat}."
