"""Looks over the items as an examiner would: cues that give the key away, gaps, what a reader stumbles on.

What cannot be loaded at all is reported by `questions`; here it is about items that work and could be better.
To add a rule, write one function and put it into `ITEM_RULES` or `BANK_RULES`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from lesson_lib.know.catalogue import N_, _, ngettext
from lesson_lib.know.data import data_folder, rows
from lesson_lib.know.errors import DataError, Problem, nearest
from lesson_lib.think.blocks import Lines
from lesson_lib.think.questions import Item, Lesson, lessons, read_lesson
from lesson_lib.think.reading import Json, words

Path_: TypeAlias = tuple[str | int, ...]
Fault: TypeAlias = tuple[Path_, str, str, str]
"""Where in the item, the value, what is wrong, and the fix."""


def lint(folder: Path | None = None) -> list[Problem]:
    """Everything to mend or to think over in the questions of all lessons, each with file and line."""
    problems: list[Problem] = []
    loaded: list[Lesson] = []
    for name in lessons(folder):
        try:
            # As it was written, whatever language is spoken: lines and rules are those of the original.
            loaded.append(read_lesson((folder or data_folder() / "questions") / f"{name}.toml"))
        except DataError as error:
            problems += error.problems
    return problems + lint_lessons(loaded)


def lint_lessons(bank: Sequence[Lesson]) -> list[Problem]:
    """The same for lessons already loaded."""
    problems: list[Problem] = []
    known = _known_sources()
    for lesson in bank:
        problems += _lint_lesson(lesson, known)
    single = [item for lesson in bank for item in _items(lesson) if item.type == "single" and not item.opinion]
    for rule in BANK_RULES:
        all_ = ngettext("all {n} single items", "all {n} single items", len(single)).format(n=len(single))
        problems += [Problem("questions", None, all_, *fault[1:]) for fault in rule(single)]
    return problems


def _items(lesson: Lesson) -> list[Item]:
    """Each item once, though a return quiz asks those of the warm-up again."""
    return list({item.id: item for quiz in lesson.quizzes.values() for item in quiz.items}.values())


def _lint_lesson(lesson: Lesson, known: Sequence[str] | None) -> Iterator[Problem]:
    text = lesson.path.read_text(encoding="utf-8-sig")
    lines = Lines(text)
    places = {entry["id"]: place for place, entry in enumerate(tomllib.loads(text)["items"])}
    file = lesson.path.name
    items = _items(lesson)
    for item in items:
        path = ("items", places[item.id])
        named = _("item {id}").format(id=item.id)
        for rule in ITEM_RULES:
            for where, value, wrong, fix in rule(item):
                yield Problem(file, lines.of(*path, *where), named, value, wrong, fix)
        if not item.source_ids and item.type != "text" and lesson.lesson != "00":
            yield Problem(file, item.line, named, "", _("has no source"), _("add source_ids = […]"))
        yield from _missing_sources(file, lines.of(*path, "source_ids"), named, item.source_ids, known)
    yield from _missing_sources(file, lines.of("cites"), "cites", lesson.cites, known)
    for name in lesson.objectives:
        count = sum(item.objective == name for item in items)
        if count < 2:
            line = lines.of("objectives", name)
            said = ngettext("is practised by {n} item", "is practised by {n} items", count).format(n=count)
            yield Problem(file, line, "objectives", name, said, _("write two at least, or drop the objective"))


def _known_sources() -> Sequence[str] | None:
    try:
        return list(rows("sources"))
    except Exception:  # noqa: BLE001 (whatever is wrong with the tables is the business of their own check)
        return None


def _missing_sources(
    file: str, line: int | None, where: str, ids: Iterable[str], known: Sequence[str] | None
) -> Iterator[Problem]:
    for name in ids:
        if known is not None and name not in known:
            guess = nearest(name, known)
            yield Problem(
                file,
                line,
                where,
                name,
                _("is not in {file}").format(file="sources.csv"),
                _("did you mean {guess}?").format(guess=guess) if guess else _("add it there"),
            )


# ---- rules for one item ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Option:
    """One choice with where it stands in the item."""

    path: Path_
    text: str
    right: bool


def _options(item: Item) -> list[Option]:
    """The choices of a single or multiple item that has a key; else none."""
    key = item.key.get("right")
    if item.opinion or item.type not in ("single", "multiple") or key is None:
        return []
    right = key if isinstance(key, list) else [key]
    return [
        Option(("choices", place, "text"), choice["text"], choice["id"] in right)
        for place, choice in enumerate(item.body["choices"])
    ]


def _some_wrong(item: Item) -> Iterator[Fault]:
    if item.type == "multiple" and _options(item) and all(option.right for option in _options(item)):
        yield ("choices",), "", _("has no wrong choice"), _("add one that somebody could believe")


_ABOVE = re.compile(
    r"\b(all|none|any|both|neither|most|some) (of )?(the|these) (above|others|following|options|choices)\b"
    r"|\bboth \(?[a-z]\)? and \(?[a-z]\)?(?=\W|$)|\b(all|none|both|neither) of (these|them)\b",
    re.IGNORECASE,
)


def _all_of_the_above(item: Item) -> Iterator[Fault]:
    for place, choice in enumerate(item.body.get("choices", [])):
        if _ABOVE.search(choice["text"]):
            fix = _("write a choice with a content of its own, or make the item multiple")
            yield ("choices", place, "text"), choice["text"], _("points to other choices"), fix


_ABSOLUTE = re.compile(r"\b(always|never|all|none|only|every|must)\b", re.IGNORECASE)


def _absolutes(item: Item) -> Iterator[Fault]:
    options = _options(item)
    if any(_ABSOLUTE.search(option.text) for option in options if option.right):
        return
    for option in options:
        if found := _ABSOLUTE.search(option.text):
            yield (
                option.path,
                found[0],
                _("is an absolute that only wrong choices have"),
                _("tone it down, or give the key one"),
            )


def _length_cue(item: Item) -> Iterator[Fault]:
    options = _options(item)
    if item.type != "single" or not options:
        return
    key = next(option for option in options if option.right)
    longest = max(len(option.text) for option in options if not option.right)
    # Among short choices a few letters more are no cue.
    if len(key.text) > 1.4 * longest and len(key.text) - longest >= 10:
        wrong = ngettext(
            "is the key and much the longest ({n} character to {longest})",
            "is the key and much the longest ({n} characters to {longest})",
            len(key.text),
        ).format(n=len(key.text), longest=longest)
        yield key.path, key.text, wrong, _("shorten it, or give the others as much to say")


def _grammar(item: Item) -> Iterator[Fault]:
    options = _options(item)
    article = re.search(r"\b(an?)\s*(?:…|\.\.\.|_+|:)?\s*$", item.body["stem"], re.IGNORECASE)
    if article and options:
        vowels = {bool(re.match(r"[aeiou]", option.text, re.IGNORECASE)) for option in options}
        if vowels != {article[1].lower() == "an"}:
            yield (
                ("stem",),
                article[1],
                _("fits some of the choices only"),
                _("write a(n), or move the article into the choices"),
            )
    ends = {option.text[-1:] if option.text[-1:] in ".!?;" else "" for option in options}
    if len(ends) > 1:
        yield ("choices",), "", _("end some with a full stop and some without"), _("end all alike")
    starts = {option.text[0].isupper() for option in options if option.text[:1].isalpha()}
    if len(starts) > 1:
        yield ("choices",), "", _("begin some with a capital and some without"), _("begin all alike")


_NEGATIVE = re.compile(r"\b(not|never|except|cannot)\b|n[’']t\b")


def _negative_stem(item: Item) -> Iterator[Fault]:
    bare = re.sub(r"\*\*.*?\*\*|“.*?”|\".*?\"", " ", item.body["stem"], flags=re.DOTALL)
    # Only what asks: the story told before the question may well say what did not happen.
    asking = re.split(r"(?<=[.!?])\s+", bare.strip())[-1]
    if item.type in ("single", "multiple") and (found := _NEGATIVE.search(asking)):
        yield (
            ("stem",),
            found[0],
            _("turns the question round, easily overlooked"),
            _("write **{word}**, or ask for what is").format(word=found[0]),
        )


def _duplicates(item: Item) -> Iterator[Fault]:
    for name in ("choices", "cards", "steps", "bins", "left", "rows", "columns", "values"):
        seen: dict[str, str] = {}
        for place, shown in enumerate(item.body.get(name, [])):
            if words(shown["text"]) in seen:
                path = (name, place, "text") if name in ("choices", "cards", "rows") else (name,)
                wrong = _("says the same as another of the {parts}").format(parts=name)
                yield path, shown["text"], wrong, _("keep one")
            seen[words(shown["text"])] = shown["id"]


def grade_level(text: str) -> float:
    """The school year whose pupils can read a text (Flesch–Kincaid, syllables estimated by groups of vowels).

    >>> round(grade_level("The two presidents talked in Alaska for three hours and signed no agreement."))
    9
    """
    found = re.findall(r"[A-Za-z’']+", text)
    sentences = max(1, len(re.findall(r"[.!?:;](?:\s|$)", text)))
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", word.lower())))) for word in found)
    return 0.39 * len(found) / sentences + 11.8 * syllables / len(found) - 15.59 if found else 0.0


def _reading_level(item: Item) -> Iterator[Fault]:
    stem = item.body["stem"]
    level = grade_level(stem)
    # Of a dozen words two long names already make a professor.
    if len(stem.split()) >= 12 and level > 14:
        yield (
            ("stem",),
            stem,
            _("reads like school year {year}").format(year=f"{level:.0f}"),
            _("shorter sentences and words, 14 at most"),
        )


def _html(item: Item) -> Iterator[Fault]:
    for value in _texts([item.body, item.key, list(item.hints)]):
        if found := re.search(r"<\s*[/!]?\s*[A-Za-z][^>]*>?|&(#\d+|\w+);", value):
            yield (
                (),
                found[0],
                _("looks like HTML, which is shown as it stands"),
                _("use **bold**, *italic* or `code`"),
            )


def _unfinished(item: Item) -> Iterator[Fault]:
    """What an import from another system could not carry, and an author meant to fill in."""
    for value in _texts([item.body, item.key, list(item.hints)]):
        if value.startswith("TODO"):
            yield (), value, _("is not written yet"), _("write it")


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for entry in value.values() if isinstance(value, dict) else value:
            yield from _texts(entry)


def _telling_ids(item: Item) -> Iterator[Fault]:
    for choice in item.body.get("choices", []):
        if {"right", "wrong", "correct", "incorrect", "key", "distractor"} & set(choice["id"].split("-")):
            yield (
                ("choices",),
                choice["id"],
                _("is a name that tells what it is"),
                _("name the choice after its content"),
            )
    steps = item.key.get("steps", [])
    if len({re.sub(r"\d+", "", step) for step in steps}) == 1 and steps == sorted(steps):
        yield (
            ("steps",),
            ", ".join(steps),
            _("are names that tell the order"),
            _("name the steps after their content"),
        )


# ---- rules for the whole bank ------------------------------------------------------------------------------

_FEW = 8
_MARGIN = 0.05


def _chance(bank: Sequence[Item]) -> float:
    return sum(1 / len(item.body["choices"]) for item in bank) / len(bank)


def _longest_is_key(bank: Sequence[Item]) -> Iterator[Fault]:
    if len(bank) < _FEW:
        return
    count = sum(
        all(len(key.text) > len(option.text) for option in options if option is not key)
        for options in map(_options, bank)
        for key in options
        if key.right
    )
    share, chance = count / len(bank), _chance(bank)
    if share > chance + _MARGIN:
        wrong = _("of keys are the longest choice, by chance it would be {chance}").format(chance=f"{chance:.0%}")
        fix = _("lengthen wrong choices or shorten keys until it is no more than chance")
        yield (), f"{share:.0%}", wrong, fix


def _key_position(bank: Sequence[Item]) -> Iterator[Fault]:
    if len(bank) < _FEW:
        return
    chance = _chance(bank)
    for said, at in (
        (N_("of keys stand first, by chance it would be {chance}"), 0),
        (N_("of keys stand last, by chance it would be {chance}"), -1),
    ):
        count = sum(_options(item)[at].right for item in bank)
        # One item more or fewer than expected is rounding, in a small bank well over five points of it.
        if abs(count / len(bank) - chance) > _MARGIN and abs(count - chance * len(bank)) > 1:
            wrong = _(said).format(chance=f"{chance:.0%}")
            yield (), f"{count / len(bank):.0%}", wrong, _("change the order of the choices in some items")


ITEM_RULES: tuple[Callable[[Item], Iterator[Fault]], ...] = (
    _some_wrong,
    _all_of_the_above,
    _absolutes,
    _length_cue,
    _grammar,
    _negative_stem,
    _duplicates,
    _reading_level,
    _html,
    _unfinished,
    _telling_ids,
)
BANK_RULES: tuple[Callable[[Sequence[Item]], Iterator[Fault]], ...] = (_longest_is_key, _key_position)
