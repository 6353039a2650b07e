"""Reads what a student typed or clicked, generously, into plain JSON: first read, then marked.

What cannot be read is neither right nor wrong: it gets one sentence that says what was not understood and
what the choices are. Nothing of the student's is ever compared or called: an object is taken apart into JSON
first.
"""

from __future__ import annotations

import math
import re
import sys
import unicodedata
from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from typing import Any, TypeAlias

from lesson_lib.know.catalogue import _, ngettext

Json: TypeAlias = Any
"""A plain JSON value: None, bool, int, float, str, list or dict."""
Options: TypeAlias = Sequence[dict[str, str]]
"""What there is to choose from, as the page shows it: each with an `id` and a `text`."""


class Unreadable(ValueError):
    """The answer cannot be read; the message is the sentence for the student, with the values put in."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message.format(**values) if values else message)


def plain(value: object, _depth: int = 0) -> Json:
    """The value as JSON, or Unreadable. NaN and infinity become None, as in an empty cell of a table.

    >>> plain({"a": (1, None), 2: float("nan")})
    {'a': [1, None], '2': None}
    """
    if _depth > 8:
        raise Unreadable(_("I can't read an answer nested so deeply."))
    # The exact type first: isinstance alone would ask an object for its __class__, a subclass could bring an __eq__.
    kind = type(value)
    if value is None or kind is str or kind is bool:
        return value
    if (kind is int or kind is float) and isinstance(value, int | float):
        if isinstance(value, float) and not math.isfinite(value):
            return None
        if abs(value) > 1e300:
            raise Unreadable(_("I can't read a number as large as that."))
        return value
    if _exactly(kind, list, tuple, set, frozenset) and isinstance(value, list | tuple | set | frozenset):
        entries = [plain(entry, _depth + 1) for entry in value]
        return sorted(entries, key=str) if isinstance(value, set | frozenset) else entries
    if _exactly(kind, dict, OrderedDict, defaultdict) and isinstance(value, dict):
        return {str(plain(key)): plain(entry, _depth + 1) for key, entry in value.items()}
    return plain(_from_library(value, kind), _depth + 1)


def _exactly(kind: type, *kinds: type) -> bool:
    return any(kind is each for each in kinds)


def _from_library(value: object, kind: type) -> object:
    """A pandas or numpy object as lists and dicts; neither is imported: who has one has imported it."""
    pandas, numpy = sys.modules.get("pandas"), sys.modules.get("numpy")
    if pandas is not None and kind is getattr(pandas, "DataFrame", None):
        split = pandas.DataFrame.to_dict(value, orient="split")
        numbered = split["index"] == list(range(len(split["index"])))
        columns = [str(plain(column)) for column in split["columns"]]
        # An index with names in it becomes a column without a heading: it says which row each one is.
        return [
            ({} if numbered else {"": name}) | dict(zip(columns, cells, strict=True))
            for name, cells in zip(split["index"], split["data"], strict=True)
        ]
    if pandas is not None and kind is getattr(pandas, "Series", None):
        found: object = pandas.Series.to_dict(value)
        return found
    if numpy is not None and kind.__module__ == "numpy":
        if kind is getattr(numpy, "ndarray", None):
            listed: object = numpy.ndarray.tolist(value)
            return listed
        if getattr(numpy, "generic", None) in kind.__mro__:
            scalar: object = numpy.generic.item(value)
            if type(scalar) in (str, bool, int, float):
                return scalar
    if kind.__module__.startswith("pandas.") and kind.__name__ in ("NAType", "NaTType"):
        return None
    raise Unreadable(_("I can't read a {kind} as an answer: use text, a number, a list or a dict."), kind=kind.__name__)


def is_blank(value: Json) -> bool:
    """Whether nothing has been answered: empty, or made of empty things only. Zero and False are answers.

    >>> is_blank({"us": None, "russia": " "}), is_blank(0)
    (True, False)
    """
    if isinstance(value, str):
        return value.strip() in ("", "?")
    if isinstance(value, list):
        return all(is_blank(entry) for entry in value)
    if isinstance(value, dict):
        return all(is_blank(entry) for entry in value.values())
    return value is None


def quote(value: Json) -> str:
    """The value as a sentence may repeat it: short, on one line, in quotation marks.

    >>> quote("B}")
    '"B}"'
    """
    text = str(value)
    text = " ".join("".join(c if c.isprintable() else " " for c in text[:200]).split())
    return f'"{text[:39]}…"' if len(text) > 40 else f'"{text}"'


def letter(place: int) -> str:
    """The letter a choice is shown with.

    >>> letter(1)
    'b'
    """
    return chr(ord("a") + place)


def letters(options: Options) -> str:
    """The letters there are to type: "a, b, c".

    >>> letters([{"id": "yes", "text": "Yes"}, {"id": "no", "text": "No"}])
    'a, b'
    """
    return ", ".join(letter(place) for place in range(len(options)))


def words(text: str) -> str:
    """A text as it is compared: case, accents, punctuation, emphasis and spacing do not matter.

    >>> words("  Zażółć **two-thirds**! ")
    'zazołc two thirds'
    """
    split = unicodedata.normalize("NFKD", text.casefold())
    kept = (" " if unicodedata.category(c)[0] in "PSZC" else c for c in split if not unicodedata.combining(c))
    # Symbols alone (">", "№") would all become nothing and so the same: then the text stands as it is.
    return " ".join("".join(kept).split()) or " ".join(text.split())


def find(given: Json, options: Options) -> str | None:
    """The id of the option that is meant: by id, by letter ("b", "B)", "(b)", "b. its text"), or by its text.

    >>> find("(B)", [{"id": "yes", "text": "Yes"}, {"id": "no", "text": "No"}])
    'no'
    """
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        return None
    text = str(given).strip()
    for option in options:
        if option["id"] == text:
            return text
    lettered = re.fullmatch(r"\(?\s*([A-Za-z])\s*(?:[).:]\s*(.*))?", text, re.DOTALL)
    if lettered:
        place = ord(lettered[1].lower()) - ord("a")
        rest = lettered[2]
        if place < len(options) and (not rest or find(rest, options) == options[place]["id"]):
            return options[place]["id"]
    meant = words(text)
    found = {option["id"] for option in options if meant in (words(option["id"]), words(option["text"]))}
    return found.pop() if len(found) == 1 else None


def one(given: Json, options: Options, choices: str = "") -> str:
    """The id of the option meant, or Unreadable with the choices there are."""
    if isinstance(given, list) and len(given) == 1:
        given = given[0]
    found = find(given, options)
    if found is None:
        wrong = _("I can't read {given}: type one of {choices}.")
        if isinstance(given, list | dict):
            wrong = _("I can read only one choice here: type one of {choices}.")
        raise Unreadable(wrong, given=quote(given), choices=choices or letters(options))
    return found


def several(given: Json, options: Options) -> list[str]:
    """The ids of several options, in the order given: a list, or "a, c", "a c", "a and c", "ac"; "і" and "та" as well.

    >>> several("A and B", [{"id": "yes", "text": "Yes"}, {"id": "no", "text": "No"}])
    ['yes', 'no']
    """
    given = listed(given)
    if isinstance(given, dict):  # {"us": True, "russia": False}: boxes ticked and not ticked
        if not all(entry is None or isinstance(entry, bool) for entry in given.values()):
            raise Unreadable(
                _("I can't read this dict: type letters out of {letters}, as in a list."), letters=letters(options)
            )
        given = [name for name, ticked in given.items() if ticked]
    if not isinstance(given, list):
        given = _split(given, options)
    return list(dict.fromkeys(one(entry, options) for entry in given if not is_blank(entry)))


def listed(given: Json) -> Json:
    """A dict numbered from 0 (what a pandas Series gives) as a list; anything else as it is."""
    numbered = isinstance(given, dict) and list(given) == [str(place) for place in range(len(given))]
    return list(given.values()) if numbered else given


def _split(given: Json, options: Options) -> list[Json]:
    if not isinstance(given, str) or find(given, options):
        return [given]
    tries = [
        [part for part in re.split(mark, given) if part.strip()]
        for mark in (r"[;\n]", r"[,;\n>→]|\b(?:and|і|й|та)\b", r"[\s,;>→]+")
    ]
    # Letters run together, "cadb": each once, so that few words can be mistaken for it.
    run = given.strip().lower()
    if run.isascii() and run.isalpha() and len(set(run)) == len(run):
        tries.append(list(run))
    for parts in tries:
        if all(find(part, options) for part in parts):
            return list(parts)
    return list(tries[1])


def pairs(given: Json, lefts: Options, rights: Options, noun: str) -> dict[str, str]:
    """A right side for each left side answered: a dict by id or text, or a list in the order shown."""
    given = listed(given)
    if isinstance(given, list):
        if len(given) != len(lefts) or any(isinstance(entry, list | dict) for entry in given):
            raise Unreadable(
                ngettext(
                    "I can't read this list: give {count} entry in the order shown, or a dict.",
                    "I can't read this list: give {count} entries in the order shown, or a dict.",
                    len(lefts),
                ).format(count=len(lefts))
            )
        given = dict(zip((left["id"] for left in lefts), given, strict=True))
    if not isinstance(given, dict):
        raise Unreadable(
            _("I can't read {given}: give a dict, a {kind} for each of {names}."),
            given=quote(given),
            kind=noun,
            names=ids(lefts),
        )
    found: dict[str, str] = {}
    for name, entry in given.items():
        left = find(name, lefts)
        if left is None:
            raise Unreadable(_("I can't read {given}: name one of {choices}."), given=quote(name), choices=ids(lefts))
        if is_blank(entry):
            continue
        right = one(entry, rights, ids(rights))
        if found.setdefault(left, right) != right:
            raise Unreadable(_("I can't read two answers for {name}: give it one {kind}."), name=left, kind=noun)
    return {left["id"]: found[left["id"]] for left in lefts if left["id"] in found}


def ids(options: Options) -> str:
    """The ids there are to type: "fact, forecast"."""
    return ", ".join(option["id"] for option in options)


def rows_of(given: Json, rows: Options, columns: Options) -> list[tuple[str, Json]]:
    """The cells given for each row named: from a dict by row or by column, or a list of rows."""
    given = listed(given)
    if isinstance(given, dict):
        named = [(find(name, rows), cells) for name, cells in given.items()]
        if all(row for row, _cells in named):
            return [(row, cells) for row, cells in named if row]
        if not all(find(name, columns) for name in given):
            strange = next(name for name in given if not find(name, rows))
            raise Unreadable(
                _("I can't read the row {name}: name one of {choices}."), name=quote(strange), choices=ids(rows)
            )
        # By column: turned round, {column: {row: value}} is {row: {column: value}}.
        return [
            (row, {name: value}) for name, cells in given.items() for row, value in rows_of(cells, rows, columns[:1])
        ]
    if not isinstance(given, list):
        raise Unreadable(
            _("I can't read {given}: give a dict with a row for each of {names}."), given=quote(given), names=ids(rows)
        )
    found = []
    for place, cells in enumerate(given):
        label, rest = _label(cells, rows, columns)
        if label is None and len(given) == len(rows):
            label = rows[place]["id"]
        if label is None:
            raise Unreadable(
                _("I can't read row {number}: begin it with one of {choices}."), number=place + 1, choices=ids(rows)
            )
        found.append((label, rest))
    return found


def _label(cells: Json, rows: Options, columns: Options) -> tuple[str | None, Json]:
    """Which row a list or dict of cells says it is, and the cells without that."""
    if isinstance(cells, list) and len(cells) == len(columns) + 1:
        return find(cells[0], rows), cells[1:]
    if isinstance(cells, dict):
        for name, value in cells.items():
            if not find(name, columns) and (row := find(value, rows)):
                return row, {other: cells[other] for other in cells if other != name}
    return None, cells


def cells_of(cells: Json, columns: Options) -> list[tuple[str, Json]]:
    """The cells of one row by column: from a dict, a list in the order shown, or the only one."""
    if isinstance(cells, dict):
        return list(cells.items())
    if isinstance(cells, list) and len(cells) == len(columns):
        return [(column["id"], cell) for column, cell in zip(columns, cells, strict=True)]
    if is_blank(cells):
        return []
    if len(columns) == 1:
        return [(columns[0]["id"], cells)]
    raise Unreadable(
        _("I can't read {given} as a row: give a value for each of {names}."), given=quote(cells), names=ids(columns)
    )
