"""Questions found in another system's file, gathered into one question file of this course."""

from __future__ import annotations

import json
import keyword
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lesson_lib.classroom.exchange.markup import clean
from lesson_lib.know.catalogue import N_, _, ngettext
from lesson_lib.know.errors import DataError
from lesson_lib.think.kind import names_for, shuffled
from lesson_lib.think.questions import RESERVED, read_lesson

TODO = N_("TODO: say why.")
"""Stands where the bank wants an explanation and the file has none, translated: the check of a bank knows its TODO."""
_OBJECTIVE = "imported"
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Bank:
    """The question file as it grows, and what could not come along."""

    def __init__(self, name: str) -> None:
        self.name, self.title = name, _("Unit {unit}").format(unit=name)
        self.objectives: dict[str, str] = {}
        self.quizzes: dict[str, str] = {}
        self.items: list[dict[str, Any]] = []
        self._lost: dict[str, list[str]] = {}

    def lose(self, what: str, where: str) -> None:
        """Note that something is missing or left out, once for each question."""
        places = self._lost.setdefault(what, [])
        if where not in places:
            places.append(where)

    def losses(self) -> list[str]:
        """One line for each kind of loss, with the questions it touches."""
        lines = []
        for what, places in self._lost.items():
            shown = ", ".join(places[:6])
            if len(places) > 6:
                shown = _("{places} and {n} more").format(places=shown, n=len(places) - 6)
            told = ngettext("{what}: {n} question ({places}).", "{what}: {n} questions ({places}).", len(places))
            lines.append(told.format(what=what, n=len(places), places=shown))
        return lines

    def why(self, text: str, where: str) -> str:
        """An explanation, or the word that one is to be written."""
        if not text:
            self.lose(_("No explanation in the file; “{word}” stands in its place").format(word=_(TODO)), where)
        return text or _(TODO)

    def item_id(self, told: str) -> str:
        """A name for a question: the one it had where that will do, and never one twice."""
        name = slug(told) or "question"
        typed = name.replace("-", "_")
        if keyword.iskeyword(typed) or typed in RESERVED or not typed.isidentifier():
            name = f"q-{name}"
        taken = {item["id"] for item in self.items}
        return next(each for each in _numbered(name) if each not in taken)

    def quiz(self, told: str, title: str) -> str:
        """The part of the unit that a category stands for."""
        name = told if _SLUG.fullmatch(told) else slug(title) or "part"
        self.quizzes.setdefault(name, title or name)
        return name

    def add(self, item: dict[str, Any], marks: Sequence[str]) -> None:
        """Add a question; its tags carry what its own fields could not."""
        where = item["id"]
        objective, difficulty = _after(marks, "objective:"), _after(marks, "difficulty:")
        if objective and _SLUG.fullmatch(objective[0]):
            item["objective"] = objective[0]
            meant = _("TODO: say what {objective} means").format(objective=objective[0])
            self.objectives.setdefault(objective[0], meant)
        else:
            none = _("No objective in the file; “{word}” stands in its place")
            self.lose(none.format(word=_OBJECTIVE), where)
            item["objective"] = _OBJECTIVE
            self.objectives.setdefault(_OBJECTIVE, _("TODO: say what these questions practise"))
        if difficulty and difficulty[0] in ("1", "2", "3"):
            item["difficulty"] = int(difficulty[0])
        else:
            self.lose(_("No difficulty in the file; 2 stands in its place"), where)
            item["difficulty"] = 2
        item["source_ids"] = _after(marks, "source:")
        if not item["source_ids"]:
            self.lose(_("No sources in the file; the bank wants source_ids"), where)
        self.items.append(item)

    def points(self, told: str, where: str) -> float | int:
        """What a question is worth; 1 where the file has no number that will do."""
        value = number(told)
        if value is None or not 0 < value <= 100:
            self.lose(_("Points of {points} became 1").format(points=told or _("nothing")), where)
            return 1
        return value

    def toml(self) -> str:
        """The question file. Questions that the course cannot hold are left out, and said."""
        try:
            self._read(self.items)
        except DataError:
            kept = []
            for item in self.items:
                try:
                    self._read([item])
                except DataError as error:
                    problem = error.problems[0]
                    why = _("Left out, since it {wrong} ({fix})").format(wrong=problem.wrong, fix=problem.fix)
                    self.lose(why, item["id"])
                else:
                    kept.append(item)
            self.items = kept
        return self._text(self.items)

    def _read(self, items: Sequence[dict[str, Any]]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{self.name}.toml"
            path.write_text(self._text(items), encoding="utf-8", newline="\n")
            read_lesson(path)

    def _text(self, items: Sequence[dict[str, Any]]) -> str:
        used = [item["quiz"] for item in items]
        objectives = {item["objective"] for item in items}
        lines = [f"lesson = {_value(self.name)}", f"title = {_value(self.title)}", "", "[objectives]"]
        lines += [f"{name} = {_value(text)}" for name, text in self.objectives.items() if name in objectives]
        for name, title in self.quizzes.items():
            if name in used:
                lines += ["", f"[quizzes.{name}]", f"title = {_value(title)}"]
        for item in items:
            lines += ["", "[[items]]", *_fields(item)]
            for name, blocks in item.items():
                if _is_blocks(blocks):
                    for block in blocks:
                        lines += ["", f"[[items.{name}]]", *_fields(block)]
        return "\n".join(lines) + "\n"


def _is_blocks(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _fields(block: Mapping[str, Any]) -> list[str]:
    return [f"{name} = {_value(value)}" for name, value in block.items() if not _is_blocks(value)]


def _value(value: object) -> str:
    if isinstance(value, str):
        # TOML's basic strings are JSON's, but for the one character that JSON lets stand.
        return json.dumps(clean(value), ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_value(entry)}" for name, entry in value.items()) + " }"
    if isinstance(value, Sequence):
        return "[" + ", ".join(_value(entry) for entry in value) + "]"
    return json.dumps(value)


def slug(text: str) -> str:
    """A text as a name of small letters, digits and hyphens; "" when nothing is left of it.

    >>> slug("Who paid? (2)")
    'who-paid-2'
    """
    return "-".join(re.findall(r"[a-z0-9]+", text.casefold())[:8])


def _numbered(name: str) -> Iterable[str]:
    yield name
    for place in range(2, 100_000):
        yield f"{name}-{place}"


def _after(marks: Sequence[str], prefix: str) -> list[str]:
    return [mark.removeprefix(prefix) for mark in marks if mark.startswith(prefix)]


def told(marks: Sequence[str], prefix: str) -> str:
    """What the first tag of a kind says: told(["type:order"], "type:") is "order"."""
    return next(iter(_after(marks, prefix)), "")


def number(text: str) -> float | int | None:
    """A number as other systems write it, or None.

    >>> number("72.0000000"), number("0.5"), number("x")
    (72, 0.5, None)
    """
    try:
        value = float(text.strip())
    except ValueError:
        return None
    if not abs(value) < 1e300:
        return None
    return int(value) if value == int(value) and abs(value) < 1e15 else value


def named(texts: Sequence[str]) -> list[str]:
    """A name for each text, made of its words; two texts alike still get two names."""
    names, found = names_for(dict.fromkeys(texts)), list[str]()
    for text in texts:
        found.append(next(each for each in _numbered(names[text]) if each not in found))
    return found


# ---- the parts of each type ------------------------------------------------------------------------------------------


def choices(rows: Sequence[tuple[str, str, bool]]) -> list[dict[str, Any]]:
    """The choices of single and multiple, from text, explanation and whether it is right."""
    names = named([text for text, _, _ in rows])
    return [
        {"id": name, "text": text, "why": why} | ({"right": True} if right else {})
        for name, (text, why, right) in zip(names, rows, strict=True)
    ]


def match(rows: Sequence[tuple[str, str, str]], spare: Sequence[str]) -> dict[str, Any]:
    """The pairs of a match, from left, right and explanation."""
    names = named([left for left, _, _ in rows])
    pairs = [
        {"id": name, "left": left, "right": right, "why": why}
        for name, (left, right, why) in zip(names, rows, strict=True)
    ]
    return ({"decoys": list(spare)} if spare else {}) | {"pairs": pairs}


def classify(rows: Sequence[tuple[str, str, str]], spare: Sequence[str]) -> dict[str, Any]:
    """The bins and cards of a classify, from card, bin and explanation."""
    bins = list(dict.fromkeys([*(right for _, right, _ in rows), *spare]))
    ids = dict(zip(bins, named(bins), strict=True))
    names = named([left for left, _, _ in rows])
    cards = [
        {"id": name, "text": left, "bin": ids[right], "why": why}
        for name, (left, right, why) in zip(names, rows, strict=True)
    ]
    return {"bins": [{"id": ids[text], "text": text} for text in bins], "cards": cards}


def order(seed: str, rows: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """The steps of an order, named so that they are not shown in the right order by chance."""
    first = named([text for text, _ in rows])
    # Another name for one step moves it among the others, and the shuffle with it.
    tries = [
        first,
        *([*first[:at], f"{sign}-{first[at]}", *first[at + 1 :]] for at in range(len(first)) for sign in "0z"),
    ]
    names = next(each for each in tries if _shown(each, seed) != each)
    return [{"id": name, "text": text, "why": why} for name, (text, why) in zip(names, rows, strict=True)]


def _shown(names: Sequence[str], seed: str) -> list[str]:
    return [part["id"] for part in shuffled([{"id": name} for name in names], seed)]


def table(
    rows: Sequence[tuple[str, str, Mapping[str, Sequence[str]]]], columns: Sequence[str], values: Sequence[str]
) -> dict[str, Any]:
    """Rows, columns and values of a table, from each row's text, explanation and {column: right values}."""
    value_ids = dict(zip(values, named(values), strict=True))
    column_ids = dict(zip(columns, named(columns), strict=True))
    names = named([text for text, _, _ in rows])
    found = []
    for name, (text, why, cells) in zip(names, rows, strict=True):
        right = {column_ids[column]: [value_ids[value] for value in right] for column, right in cells.items()}
        found.append({"id": name, "text": text, "why": why, "cells": right})
    return {
        "columns": [{"id": column_ids[text], "text": text} for text in columns],
        "values": [{"id": value_ids[text], "text": text} for text in values],
        "rows": found,
    }
