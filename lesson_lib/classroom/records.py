"""Reading the record in one file that was handed in: a hand-in file, a saved notebook, a text typed into a page.

Nothing is run or unpickled, and whatever is deeper or larger than any hand-in is refused before anything reads it.
"""

from __future__ import annotations

import hashlib
import html
import json
import math
import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from lesson_lib.classroom.archives import Archives, Entry, Unfit
from lesson_lib.classroom.senders import Origin, printed
from lesson_lib.know.catalogue import N_, _, ngettext
from lesson_lib.think.answers import FORMAT, RECORD
from lesson_lib.think.numerals import figure
from lesson_lib.think.reading import Json
from lesson_lib.think.units import FORMAT as UNIT_FORMAT

# Far beyond any notebook: commas and brackets; any record: answers, lists in it, levels (reading.plain allows an answer
# 8); and any text typed into a page.
_MOST_PARTS, _MOST_ITEMS, _MOST_NESTED, _DEEPEST, _MOST_TYPED = 1_000_000, 2_000, 100_000, 32, 2_000_000

Wanted: TypeAlias = tuple[str, str]
"""The unit, and the lesson whose hand-ins bring its brief, "" for none."""


_TOO_DEEP = N_("It is nested more deeply than any hand-in.")


class NotOne(Unfit):
    """No hand-in at all: worth a word only where its sender handed in nothing else."""


def record_in(
    entry: Entry, archives: Archives, wanted: Wanted, sent: Origin, measured: bytes = b""
) -> tuple[dict[str, Any], str, bytes]:
    """The record in a file as it stands there, a word on what was odd, and a mark of the file's content.

    `measured` is the mark that it had when it was read before: then it need not be measured again.
    Raises Unfit, NotOne.
    """
    suffix, data, note = entry.suffix, b"", ""
    if suffix in (".ipynb", ".json") or sent.typed:
        data = archives.read(entry)
    if suffix == ".ipynb":
        given, note = _loaded(data)
        held = list(_in_notebook(given))
        if not held:
            raise NotOne(
                _("The notebook holds no hand-in: the last cell was not run, or the notebook not saved after it.")
            )
        named = {one.get("lesson"): one for one in held if isinstance(one.get("lesson"), str)}
        record = next((named[lesson] for lesson in wanted if lesson in named), held[-1])
    elif suffix == ".json":
        given, note = _loaded(data)
        if isinstance(given, dict) and given.get("format") == UNIT_FORMAT:
            raise NotOne(_("This is the unit's question file, not the hand-in, which is called hand-in-….json."))
        record = given if isinstance(given, dict) else {}
    elif sent.typed:
        record = _typed(data)
    else:
        raise NotOne(_("It is no hand-in file (.json) and no notebook (.ipynb)."))
    if record.get("format") != FORMAT and not (isinstance(record.get("items"), dict) and "lesson" in record):
        raise NotOne(_("It holds no record of a hand-in."))
    lesson = record.get("lesson")
    if not isinstance(lesson, str) or not lesson or lesson not in wanted:
        if not isinstance(lesson, str) or not lesson:
            raise Unfit(_("It is for no unit that can be read, not for unit {unit}.").format(unit=wanted[0]))
        raise Unfit(_("It is for {other}, not for unit {unit}.").format(other=printed(lesson), unit=wanted[0]))
    if not isinstance(record.get("items"), dict):
        raise Unfit(_("Its answers are missing: the record holds none."))
    if len(record["items"]) > _MOST_ITEMS:
        count = len(record["items"])
        said = ngettext(
            "It holds {n} answer, more than any unit has questions.",
            "It holds {n} answers, more than any unit has questions.",
            count,
        )
        raise Unfit(said.format(n=figure(count)))
    content = hashlib.blake2b(data, digest_size=8).digest()
    if content != measured:
        _measure(record)
    return record, note, content


def _loaded(data: bytes) -> tuple[Json, str]:
    """The JSON in a file, and a word on an odd encoding. Raises Unfit."""
    if not data.strip(b" \t\r\n\0"):
        raise Unfit(_("It is empty."))
    if len(data) > _MOST_PARTS and sum(map(data.count, (b",", b"[", b"{"))) > _MOST_PARTS:
        raise Unfit(_("It has more parts than any hand-in: it was not read."))
    text, note = _decoded(data)
    try:
        given = json.loads(text, parse_constant=lambda _: None, parse_float=_finite)
    except RecursionError:
        raise Unfit(_(_TOO_DEEP)) from None
    except ValueError as error:
        said = _("It is damaged or cut off: it cannot be read as JSON.")
        if isinstance(error, json.JSONDecodeError):
            said = _("It is damaged or cut off: it cannot be read as JSON (line {line}).").format(line=error.lineno)
        raise Unfit(said) from None
    # Half a character pair can be read but not be written again.
    return (_whole(given) if re.search(r"\\u[dD][89a-fA-F]", text) else given), note


def _decoded(data: bytes) -> tuple[str, str]:
    marked = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        return data.decode("utf-16" if marked else "utf-8-sig"), ""
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), _("Its encoding is not UTF-8: it was read as Windows text.")
    except UnicodeDecodeError:
        raise Unfit(_("Its encoding is not UTF-8: it cannot be read.")) from None


def _finite(text: str) -> float | None:
    value = float(text) if len(text) < 400 else math.inf
    return value if math.isfinite(value) else None


def _whole(value: Json) -> Json:
    """The same without halves of character pairs."""
    try:
        return json.loads(re.sub(r"[\ud800-\udfff]", "\ufffd", json.dumps(value, ensure_ascii=False)))
    except RecursionError:
        raise Unfit(_(_TOO_DEEP)) from None


def _measure(record: dict[str, Any]) -> None:
    """Raises Unfit for a record so deep or so large that whatever reads it next would choke."""
    level: list[Json] = [record]
    count = 0
    for _level in range(_DEEPEST):
        level = [
            child
            for one in level
            for child in (one.values() if type(one) is dict else one)
            if type(child) is dict or type(child) is list
        ]
        count += len(level)
        if count > _MOST_NESTED:
            raise Unfit(_("It has more parts than any hand-in."))
        if not level:
            return
    raise Unfit(_(_TOO_DEEP))


def _in_notebook(notebook: Json) -> Iterator[dict[str, Any]]:
    """The records in a notebook's saved outputs; Jupyter may keep one as JSON, or as its text in lines."""
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    for cell in cells if isinstance(cells, list) else ():
        outputs = cell.get("outputs") if isinstance(cell, dict) else None
        for output in outputs if isinstance(outputs, list) else ():
            data = output.get("data") if isinstance(output, dict) else None
            held = data.get(RECORD) if isinstance(data, dict) else None
            if isinstance(held, list) and all(isinstance(line, str) for line in held):
                held = "".join(held)
            if isinstance(held, str):
                held = _loaded(held.encode("utf-8", "replace"))[0]
            if isinstance(held, dict):
                yield held


def _typed(data: bytes) -> dict[str, Any]:
    """The record in a text that was pasted into the platform's page. Raises Unfit, NotOne."""
    if len(data) > _MOST_TYPED:
        raise Unfit(_("The text typed in is too long to be read."))
    text = html.unescape(re.sub(r"<[^<>]*>", "", data.decode("utf-8", "replace"))).replace("\xa0", " ")
    start, end = text.find("{"), text.rfind("}")
    if FORMAT in text and 0 <= start < end:
        given = _loaded(text[start : end + 1].encode("utf-8", "replace"))[0]
        if isinstance(given, dict):
            return given
    raise NotOne(_("A text was typed in, and no hand-in is in it."))
