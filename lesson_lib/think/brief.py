"""A policy brief as its parts: what a student wrote and chose, made clean, and what can be counted of it.

Pure: settings and tables in, a `Brief` out. What a careful reader would ask of it is in `brief_checks`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lesson_lib.know import catalogue
from lesson_lib.know.catalogue import _
from lesson_lib.know.data import rows
from lesson_lib.know.foreign import name as named
from lesson_lib.think.evidence import OWN, Evidence, evidence, shares_words, stems, topics

REASONS = 4
SLOTS = ("a", "b", "c")
"""Each reason, and the counter-argument, takes its evidence from three lists."""

SIDES = ("for", "against", "other")


@dataclass(frozen=True)
class Part:
    """Words, and the ids of the evidence they rest on."""

    words: str = ""
    evidence: tuple[str, ...] = ()

    @property
    def begun(self) -> bool:
        return bool(self.words or self.evidence)


@dataclass(frozen=True)
class Brief:
    """A student's brief. Every text is clean (see `clean`); every id of evidence exists.

    `question` is a question of the course, "own", or empty; `side` is one of `SIDES` or empty; `confidence` is in per
    cent, 0 as long as nothing is chosen.
    """

    question: str = ""
    own: str = ""
    side: str = ""
    claim: str = ""
    reasons: tuple[Part, ...] = ()
    counter: Part = Part()
    reply: str = ""
    confidence: int = 0
    change: str = ""
    audience: str = ""
    recommendation: str = ""
    title: str = ""
    name: str = ""

    @property
    def asked(self) -> str:
        """The question in words, one of the course in the language of the notebook; empty as long as there is none."""
        return self.own if self.question == OWN else named(topics()[self.question].question) if self.question else ""

    @property
    def begun(self) -> list[tuple[int, Part]]:
        """The reasons that hold anything, with their numbers."""
        return [(number, one) for number, one in enumerate(self.reasons, 1) if one.begun]

    @property
    def parts(self) -> list[tuple[str, Part]]:
        """Every part that rests on evidence, with its name."""
        found = [(f"reason {number}", one) for number, one in self.begun]
        return found + ([("the counter-argument", self.counter)] if self.counter.begun else [])


def part_name(where: str) -> str:
    """A part of `Brief.parts` as a reader is told of it.

    >>> part_name("reason 2"), part_name("the counter-argument")
    ('reason 2', 'the counter-argument')
    """
    number = where.rpartition(" ")[2]
    return _("reason {number}").format(number=number) if number.isdigit() else _("the counter-argument")


def clean(text: object, *, most: int = 20_000) -> str:
    """A text without what no page can show: control characters, turned-round writing, halves of characters.

    Line breaks stay, other white space becomes single spaces; longer texts are cut at `most` characters.

    >>> clean("a\\x00b\\u202e  c\\r\\nd")
    'ab c\\nd'
    """
    if not isinstance(text, str):
        return ""
    text = text[: most * 2].encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub("[\u2028\u2029\x0b\x0c\x85]", "\n", text)
    kept = "".join(
        one for one in text
        if one in "\n\t" or (unicodedata.category(one) not in ("Cc", "Cs", "Co", "Cn") and one not in _TURNS)
    )  # fmt: skip
    lines = (" ".join(line.split()) for line in kept.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:most].strip()


_TURNS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def line(text: object, *, most: int = 2_000) -> str:
    """The same on one line.

    >>> line("Ana\\nB.")
    'Ana B.'
    """
    return " ".join(clean(text, most=most).split())


def brief(settings: Mapping[str, Any]) -> Brief:
    """The brief that the controls of the lab hold. What is missing or unknown is left out; never raises.

    >>> brief({"question": "right-size", "reason_1": "It can be kept up."}).begun[0]
    (1, Part(words='It can be kept up.', evidence=()))
    """

    held, asked = evidence(), topics()

    def text(name: str) -> str:
        return clean(settings.get(name))

    def part(words: str, lists: str) -> Part:
        chosen = [one for slot in SLOTS for one in _ids(settings.get(f"{lists}_{slot}"))]
        return Part(text(words), tuple(dict.fromkeys(one for one in chosen if one in held)))

    question, side, sure = settings.get("question"), settings.get("side"), settings.get("confidence")
    number = int(sure) if isinstance(sure, str | int) and not isinstance(sure, bool) and re.fullmatch(
        r"\d{1,2}|100", str(sure)) else 0  # fmt: skip
    return Brief(
        question=question if isinstance(question, str) and (question == OWN or question in asked) else "",
        own=line(settings.get("own")),
        side=side if isinstance(side, str) and side in SIDES else "",
        claim=text("claim"),
        reasons=tuple(part(f"reason_{number}", f"evidence_{number}") for number in range(1, REASONS + 1)),
        counter=part("counter", "evidence_counter"),
        reply=text("reply"),
        confidence=number,
        change=text("change"),
        audience=line(settings.get("audience")),
        recommendation=text("recommendation"),
        title=line(settings.get("title"), most=200),
        name=line(settings.get("name"), most=80),
    )


def _ids(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list | tuple) else []


# ---- what is computed of a brief ---------------------------------------------------------------------------------


def count(text: str) -> int:
    """The words of a text as a reader counts them.

    >>> count("It's 50,000 soldiers - a well-armed force.")
    6
    """
    return len(re.findall(r"[^\W_]+(?:['’.,:/-][^\W_]+)*", text))


def words(one: Brief) -> int:
    """Every word of the brief above its list of sources: the student's own, and a line for each piece of evidence.

    What is from the tables counts as it is in English: a brief is as long whatever its reader's language.
    """
    with catalogue.speaking(catalogue.ENGLISH):
        return _words(one)


def _words(one: Brief) -> int:
    own = [one.title, one.asked, one.claim, one.counter.words, one.reply, one.change, one.audience, one.recommendation]
    own += [part.words for _, part in one.begun]
    held = evidence()
    return sum(map(count, own)) + sum(count(held[name].says) for _, part in one.parts for name in part.evidence)


def sources(one: Brief) -> dict[str, list[str]]:
    """The ids of the sources that the brief rests on, by kind, each once."""
    table, held = rows("sources"), evidence()
    found: dict[str, list[str]] = {}
    for source_id in dict.fromkeys(s for where, part in one.parts for e in part.evidence for s in held[e].source_ids):
        found.setdefault(str(table[source_id]["kind"]), []).append(source_id)
    return found


def fits(one: Brief, row: Evidence) -> bool:
    """Whether a row belongs to the brief's question, by `evidence.RULE`; true while there is no question."""
    if one.question == OWN:
        return shares_words(row, stems(f"{one.own} {one.claim}")) if one.own or one.claim else True
    return topics()[one.question].fits(row) if one.question else True


def opposed(one: Brief, row: Evidence) -> bool:
    """Whether a row argues, on the brief's own question, for another side than the brief's.

    A brief with a third answer is opposed by both sides.
    """
    return bool(row.side) and row.question == one.question and bool(one.side) and row.side != one.side
