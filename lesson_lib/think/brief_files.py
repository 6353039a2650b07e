"""Briefs as files: names that are safe anywhere, nobody's file overwritten, a damaged file read as far as it goes."""

from __future__ import annotations

import contextlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lesson_lib.know.catalogue import _, ngettext
from lesson_lib.think.brief import line
from lesson_lib.think.files import write_whole
from lesson_lib.think.numerals import figure

FORMAT = "guarantees-brief/1"
FOLDER = "my-brief"
"""Where briefs are kept, in the folder of the notebooks."""

MOST_BYTES = 200_000
_MOST_SLUG = 40
_MOST_TRIES = 50


@dataclass(frozen=True)
class Reading:
    """What was read of a file: settings as far as they can be read, and a sentence for each thing that is wrong."""

    settings: Mapping[str, Any]
    problems: tuple[str, ...] = ()


def stem(name: str, question: str) -> str:
    """A file's name without its ending: letters and digits of the writer's name, in any script, and the question.

    >>> stem("Ana B. / Ана", "right-size"), stem("../..", "")
    ('brief-ana-b-ана-right-size', 'brief')
    """
    plain = unicodedata.normalize("NFC", name).casefold()
    slug = re.sub(r"[\W_]+", "-", plain).strip("-")[:_MOST_SLUG].strip("-")
    short = re.sub(r"[^a-z0-9-]+", "", question)[:30].strip("-")
    return "-".join(filter(None, ["brief", slug, short]))


def written(settings: Mapping[str, Any]) -> bytes:
    """A brief's settings as a file: JSON, one a line, empty ones left out; the same bytes for the same brief.

    >>> written({"claim": "So it is.", "reply": ""}).splitlines()[1:3]
    [b'  "format": "guarantees-brief/1",', b'  "claim": "So it is."']
    """
    content = {"format": FORMAT} | {key: value for key, value in settings.items() if value not in ("", [], None)}
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def place(folder: Path, name: str, question: str) -> str:
    """The stem under which this writer's brief goes: the same as before, or a new one where another's file stands.

    Whose a file is says the name in the .json of the same stem; files without one that can be read are another's.
    """
    first = stem(name, question)
    taken = (
        {unicodedata.normalize("NFC", path.name).casefold() for path in folder.iterdir()} if folder.is_dir() else set()
    )
    for number in range(1, _MOST_TRIES):
        tried = first if number == 1 else f"{first}-{number}"
        if not any(f"{tried}.{end}" in taken for end in ("json", "md", "html", "docx")):
            return tried
        if _writer(folder / f"{tried}.json") == line(name):
            return tried
    raise OSError(
        None, _("{MOST_TRIES} briefs of other writers have this name already").format(MOST_TRIES=_MOST_TRIES - 1)
    )


def _writer(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            read_ = read(file.read(MOST_BYTES + 1), path.name)
    except OSError:
        return None
    return None if read_.problems else line(read_.settings.get("name"))


def save(folder: Path, tried: str, endings: Mapping[str, bytes]) -> None:
    """Write files of one stem, each whole or not at all: a crash half-way leaves the earlier ones. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for end, content in endings.items():
        write_whole(folder / f"{tried}.{end}", [content])


def read(content: bytes, file: str) -> Reading:
    """A brief's settings from the bytes of a file. Never raises; what is wrong is said, what can be read is kept.

    >>> read(b'{"format": "guarantees-brief/1", "claim": "So', "a.json").problems[0]
    'a.json cannot be read as a brief: it is damaged, or something else.'
    """
    file = line(file, most=80) or _("The file")
    if len(content) > MOST_BYTES:
        return Reading(
            {},
            (
                _("{file} is too large for a brief ({content} bytes; at most {MOST_BYTES}).").format(
                    file=file, content=figure(len(content)), MOST_BYTES=figure(MOST_BYTES)
                ),
            ),
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Reading({}, (_("{file} is not text (UTF-8): not read.").format(file=file),))
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        return _salvage(text, file)
    if not isinstance(given, dict):
        return Reading({}, (_("{file} holds no brief.").format(file=file),))
    problems = []
    if given.get("format") != FORMAT:
        problems.append(
            _("{file} does not say that it is a brief of this course ({FORMAT}): read as far as it goes.").format(
                file=file, FORMAT=FORMAT
            )
        )
    return Reading({key: value for key, value in given.items() if key != "format"}, tuple(problems))


_PAIR = re.compile(r'"([a-z_0-9]{1,30})"\s*:\s*("(?:[^"\\]|\\.)*"|\[\s*(?:"[^"\\]*"\s*,\s*)*"[^"\\]*"\s*\])', re.DOTALL)


def _salvage(text: str, file: str) -> Reading:
    """What a torn or misspelt file still says: every field that is whole."""
    found: dict[str, Any] = {}
    for key, value in _PAIR.findall(text):
        with contextlib.suppress(ValueError):
            found[key] = json.loads(value, strict=False)
    found.pop("format", None)
    if not found:
        return Reading(
            {}, (_("{file} cannot be read as a brief: it is damaged, or something else.").format(file=file),)
        )
    parts = ngettext("{count} part", "{count} parts", len(found)).format(count=len(found))
    return Reading(found, (_("{file} is damaged: {parts} could still be read.").format(file=file, parts=parts),))
