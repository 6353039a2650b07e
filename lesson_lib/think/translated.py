"""A lesson's questions in another language: the texts from the translation, everything that marks from the original.

A translation, `data/questions/uk/00.toml`, has the form of the original. Only its texts are used. Ids, keys, accepted
answers and sources always come from the original, so that an answer, a hand-in and a mark are the same in every
language, and a slip in a translation cannot make a right answer wrong. A question of which any text is missing is
shown whole in the original, and says in which language it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lesson_lib.know.catalogue import ENGLISH, _

Fields = dict[str, Any]

TEXTS = {"title", "stem", "again", "text", "why", "left", "right", "unit", "first", "last", "model"}
LISTS = {"hints", "rubric", "decoys"}
KEYS = {"near": {"text"}}
"""Words that look like text and mark: the slips that an author foresaw are compared with what a student typed."""


def translated(original: Mapping[str, Any], given: Mapping[str, Any]) -> Fields:
    """The original's fields with the texts of the translation, as far as it goes.

    >>> translated({"title": "Start", "items": [{"id": "x", "stem": "Why?", "answer": 3}]},
    ...            {"title": "Початок", "items": [{"id": "x", "stem": "Чому?"}]})
    {'title': 'Початок', 'items': [{'id': 'x', 'stem': 'Чому?', 'answer': 3}]}
    """
    made = _block({name: value for name, value in original.items() if name != "items"}, given, "")
    written = _by_id(given.get("items"))
    items = []
    for item in original.get("items", []):
        other = written.get(item.get("id"), {})
        if other and not any(_missing(item, other, "")):
            items.append(_named(_block(item, other, ""), item))
        else:
            items.append(item | {"lang": ENGLISH})
    return made | ({"items": items} if "items" in original else {})


def faults(original: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    """What a translation lacks, and where it says something else than the original; for the tests and translators.

    >>> faults({"title": "Start", "items": [{"id": "x", "answer": 3}]}, {"items": [{"id": "x", "answer": 4}]})
    ['title: is not translated', 'items x, answer: is 4 here and 3 in the original']
    """
    return [*_missing(original, given, ""), *_other(original, given, "")]


def _block(original: Mapping[str, Any], given: Mapping[str, Any], inside: str) -> Fields:
    return {name: _value(name, value, given.get(name), inside) for name, value in original.items()}


def _value(name: str, value: Any, other: Any, inside: str) -> Any:
    if isinstance(value, dict):
        return _block(value, other, name) if isinstance(other, dict) else value
    if _blocks(value):
        pairs = _paired(value, other)
        return [_block(one, two or {}, name) for one, two in pairs]
    return other if _is_text(name, value, inside) and not _lacks(value, other) else value


def _is_text(name: str, value: Any, inside: str) -> bool:
    """Whether a field is for readers: a text, or a list of them."""
    if isinstance(value, str):
        return (name in TEXTS and name not in KEYS.get(inside, ())) or inside == "objectives"
    return name in LISTS and isinstance(value, list)


def _lacks(value: Any, other: Any) -> bool:
    if isinstance(value, str):
        return bool(value.strip()) and not (isinstance(other, str) and other.strip())
    return not (
        isinstance(other, list) and len(other) == len(value) and all(isinstance(each, str) and each for each in other)
    )


def _blocks(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def _by_id(blocks: Any) -> dict[Any, Fields]:
    return {block["id"]: block for block in blocks if "id" in block} if _blocks(blocks) else {}


def _paired(value: list[Fields], other: Any) -> list[tuple[Fields, Fields | None]]:
    """Each block with its translation: by id, or by its place where blocks have none."""
    named = _by_id(other)
    in_place = other if _blocks(other) and len(other) == len(value) else [None] * len(value)
    return [(one, named.get(one["id"]) if "id" in one else two) for one, two in zip(value, in_place, strict=True)]


def _named(made: Fields, original: Mapping[str, Any]) -> Fields:
    """A match whose right sides keep the names that the original's words give them."""
    if original.get("type") != "match":
        return made
    pairs = [one | {"original": two.get("right")} for one, two in zip(made["pairs"], original["pairs"], strict=True)]
    decoys = {"original_decoys": original["decoys"]} if original.get("decoys") else {}
    return made | {"pairs": pairs} | decoys


def _missing(original: Mapping[str, Any], given: Mapping[str, Any], place: str) -> Iterator[str]:
    inside = place.rpartition(", ")[2].partition(" ")[0]
    for name, value in original.items():
        other = given.get(name)
        if isinstance(value, dict):
            yield from _missing(value, other if isinstance(other, dict) else {}, _at(place, name))
        elif _blocks(value):
            for number, (one, two) in enumerate(_paired(value, other), 1):
                yield from _missing(one, two or {}, _at(place, f"{name} {one.get('id', number)}"))
        elif value and _is_text(name, value, inside) and _lacks(value, other):
            yield _("{place}: is not translated").format(place=_at(place, name))


def _other(original: Mapping[str, Any], given: Mapping[str, Any], place: str) -> Iterator[str]:
    inside = place.rpartition(", ")[2].partition(" ")[0]
    for name, other in given.items():
        value: Any = original.get(name)
        if name not in original:
            yield _("{place}: is not in the original").format(place=_at(place, name))
        elif isinstance(value, dict) and isinstance(other, dict):
            yield from _other(value, other, _at(place, name))
        elif _blocks(value) and isinstance(other, list):
            known = {one.get("id", number) for number, one in enumerate(value, 1)}
            strange = [each.get("id") for each in other if each.get("id", None) not in known and "id" in each]
            for each in strange:
                yield _("{place}: is not in the original").format(place=f"{_at(place, name)} {each}")
            for number, (one, two) in enumerate(_paired(value, other), 1):
                yield from _other(one, two or {}, _at(place, f"{name} {one.get('id', number)}"))
        elif not _is_text(name, value, inside) and other != value:
            wrong = _("{place}: is {other} here and {value} in the original")
            yield wrong.format(place=_at(place, name), other=repr(other), value=repr(value))


def _at(place: str, name: str) -> str:
    return f"{place}, {name}" if place else name
