"""What every type of item can do, and the pieces from which the types in `kinds` are built."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Sequence
from typing import Any, ClassVar

from lesson_lib.know.catalogue import N_, _
from lesson_lib.think import reading
from lesson_lib.think.blocks import Block
from lesson_lib.think.numerals import Doubt
from lesson_lib.think.reading import Json

Fields = dict[str, Any]
"""A body or a key, or the part of one that a type adds: plain JSON."""


class Kind:
    """What every type of item can do; `given` is an answer already read, never blank."""

    needs_why: ClassVar[bool] = False
    """Whether the overall explanation must be there, since no part has one of its own."""
    why_tells: ClassVar[bool] = True
    """Whether a part's `why` tells where the part belongs, so that it has to wait until the key is shown."""
    marked: ClassVar[bool] = True
    """Whether it is marked right or wrong at all."""
    wrong: ClassVar[str] = N_("Not this one.")
    """What is said of an answer that is all wrong; translated when it is said."""

    def build(self, item: Block, seed: str) -> tuple[Fields, Fields]:
        """The type's own part of the body and of the key (with `whys`), from its block in the file."""
        raise NotImplementedError

    def read(self, body: Fields, given: Json) -> Json:
        """The answer in the form that is stored, ids only; or Unreadable."""
        raise NotImplementedError

    def mark(self, key: Fields, given: Json) -> tuple[dict[str, bool], float]:
        """Which answered parts are right, and the score from 0 to 1."""
        raise NotImplementedError

    def tally(self, key: Fields, given: Json) -> str:
        """How much is right, in words, for an answer that is partly right or has several parts."""
        return ""

    def right(self, key: Fields) -> Json:
        """The key as an answer, for showing it."""
        raise NotImplementedError

    def slip(self, key: Fields, given: Json) -> str:
        """The explanation of a slip the author foresaw."""
        return ""

    def text(self, body: Fields, given: Json) -> str:
        """The answer as a reader would say it."""
        raise NotImplementedError

    def unfilled(self, body: Fields, given: Json) -> int:
        """How many parts are still empty."""
        return 0

    def doubt(self, body: Fields, given: Json) -> Doubt | None:
        """What else an answer may mean that was read; `given` is as it was typed."""
        return None

    def recorded(self, body: Fields, given: Json) -> str:
        """What is said of an answer that is kept and not marked."""
        return _("Recorded. There is no right answer here: compare the reasons.")


def part(block: Block, text: str) -> dict[str, str]:
    """A part as the page shows it: its id, and its text from the field named."""
    return {"id": block.slug("id"), "text": block.text(text)}


def options(item: Block, name: str) -> list[dict[str, str]]:
    """The bins, columns or values: inline tables with an id and a text."""
    found = []
    for block in item.blocks(name):
        found.append(part(block, "text"))
        block.close()
    distinct(item, name, found, least=1 if name == "columns" else 2)
    return found


def distinct(item: Block, name: str, parts: Sequence[dict[str, str]], least: int) -> None:
    """Refuse too few or too many parts, an id used twice, and one that looks like another's letter."""
    ids = [entry["id"] for entry in parts]
    if name in item.values and not least <= len(ids) <= 26:
        wrong = _("{n} of them").format(n=len(ids))
        item.refuse(name, wrong, _("write {least} to {most}").format(least=least, most=26))
    for place, one in enumerate(ids):
        if one and one in ids[:place]:
            item.refuse(name, _("is an id used twice"), _("give each an id of its own"), one)
        if len(one) == 1 and one.isalpha() and one != reading.letter(place):
            item.refuse(name, _("is an id that looks like another's letter"), _("use a word"), one)


def names_for(texts: Sequence[str] | dict[str, None]) -> dict[str, str]:
    """A name for each text, made of its first words; of a digest too where these are shared."""
    short = {text: "-".join(re.findall(r"[a-z0-9]+", reading.words(text))[:5]) for text in texts}
    shared = {name for name in short.values() if len(name) < 2 or list(short.values()).count(name) > 1}
    return {
        text: f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:6]}".strip("-") if name in shared else name
        for text, name in short.items()
    }


def shuffled(parts: Sequence[dict[str, str]], seed: str) -> list[dict[str, str]]:
    """The parts in an order that depends on their ids and the seed only, the same on every machine."""
    ordered = sorted(parts, key=lambda entry: entry["id"])
    random.Random(hashlib.sha256(seed.encode()).digest()).shuffle(ordered)  # noqa: S311 (an order, not a secret)
    return ordered


def texts_of(shown: reading.Options) -> dict[str, str]:
    """The text of each option by its id."""
    return {option["id"]: option["text"] for option in shown}
