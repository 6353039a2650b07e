"""Proposals as files that groups exchange: written small and plain, read with care, never executed.

A damaged file is reported in sentences, and what can be read of it is kept.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lesson_lib.know.catalogue import _, ngettext
from lesson_lib.think.files import write_whole
from lesson_lib.think.numerals import figure
from lesson_lib.think.provisions import Record, ready

FORMAT = "guarantees-proposal/1"
FOLDER = "my-proposals"
"""Where proposals are kept, in the folder of the notebooks."""

MOST_BYTES = 20_000
MOST_FILES = 200
MOST_PLAYERS = 30
MOST_ROUND = 9
MOST_NAME = 40


@dataclass(frozen=True)
class Proposal:
    """A group's package in one round. `package` holds existing provisions and options only."""

    name: str
    package: Mapping[str, str]
    round: int = 1
    players: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Reading:
    """What was read from a file: the proposal, if there is one, and a sentence for each thing that is wrong."""

    file: str
    proposal: Proposal | None
    problems: tuple[str, ...] = field(default=())


def file_name(proposal: Proposal) -> str:
    """The file's name: the letters and digits of the group's name, in any script, and the round.

    >>> file_name(Proposal("Team 2 / Група", {}, round=3))
    'team-2-група-round-3.json'
    """
    plain = unicodedata.normalize("NFC", proposal.name).casefold()
    slug = re.sub(r"[\W_]+", "-", plain).strip("-")[:MOST_NAME].strip("-")
    return f"{slug or 'proposal'}-round-{proposal.round}.json"


def written(proposal: Proposal) -> bytes:
    """The file's content: JSON, one line a field and a provision, the same bytes for the same proposal.

    >>> written(Proposal("A", {"eu": "eu-part"})).splitlines()[1]
    b'  "format": "guarantees-proposal/1",'
    """
    content = {
        "format": FORMAT,
        "name": proposal.name,
        "players": list(proposal.players),
        "round": proposal.round,
        "package": dict(proposal.package),
        "reason": proposal.reason,
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def save(proposal: Proposal, folder: Path) -> str:
    """Write a proposal into `folder`, and say in a sentence where it is, or why it could not be written.

    The same group and round replace their earlier file; a crash half-way leaves the earlier one whole.
    """
    path = folder / file_name(proposal)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, [written(proposal)])
    except OSError as error:
        return _("The proposal could not be saved in {folder}: {reason}.").format(
            folder=folder.name, reason=error.strerror or error
        )
    return _("Saved as {file}.").format(file=f"{folder.name}/{path.name}")


def read(content: bytes, file: str, held: Record) -> Reading:
    """A proposal from the bytes of a file. Never raises; everything that is wrong is said at once.

    >>> from lesson_lib.think.provisions import record
    >>> read(b"{", "a.json", record()).problems[0]  # doctest: +ELLIPSIS
    'a.json cannot be read as a proposal: ...'
    """
    file = "".join(one if one.isprintable() else "?" for one in file)[:80]
    if len(content) > MOST_BYTES:
        large = _("{file} is too large for a proposal ({content} bytes; at most {MOST_BYTES}): not read.").format(
            file=file, content=figure(len(content)), MOST_BYTES=figure(MOST_BYTES)
        )
        return Reading(file, None, (large,))
    try:
        given = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return Reading(file, None, (_("{file} is not text (UTF-8): not read.").format(file=file),))
    except (ValueError, RecursionError) as error:
        return _salvage(content, file, held, error)
    if not isinstance(given, dict):
        return Reading(
            file, None, (_("{file} holds no proposal, only {given}.").format(file=file, given=_kind(given)),)
        )
    return _proposal(given, file, held)


def _salvage(content: bytes, file: str, held: Record, error: Exception) -> Reading:
    """What can still be told from a file that is cut off or misspelt: pairs of a provision and one of its options."""
    where = (
        _("line {lineno}").format(lineno=error.lineno) if isinstance(error, json.JSONDecodeError) else _("its nesting")
    )
    problem = _("{file} cannot be read as a proposal: it is damaged at {where}.").format(file=file, where=where)
    found = dict(re.findall(r'"([a-z]{1,20})"\s*:\s*"([a-z0-9-]{1,60})"', content.decode("utf-8", "replace")))
    package, _said = ready({name: found[name] for name in held.provisions if name in found}, held)
    if not package:
        return Reading(file, None, (problem,))
    kept = ngettext(
        "{count} provision could still be read and is kept.",
        "{count} provisions could still be read and are kept.",
        len(package),
    ).format(count=len(package))
    return Reading(file, Proposal(_name_from(file), package), (f"{problem} {kept}",))


def _name_from(file: str) -> str:
    return re.sub(r"(-round-\d+)?\.json$", "", file)[:MOST_NAME] or _("A group")


def _proposal(given: Mapping[str, Any], file: str, held: Record) -> Reading:
    said = []
    if given.get("format") != FORMAT:
        said.append(_("its format is not {FORMAT}").format(FORMAT=FORMAT))
    name = _words(given.get("name"), MOST_NAME)
    if not name:
        name = _name_from(file)
        said.append(_("it gives no group's name, so it is called {name}").format(name=name))
    number = given.get("round")
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= MOST_ROUND:
        number = 1
        said.append(
            _("its round is not a number from 1 to {MOST_ROUND}, so it counts as round 1").format(MOST_ROUND=MOST_ROUND)
        )
    players = given.get("players", [])
    if not isinstance(players, list) or not all(isinstance(one, str) for one in players):
        players = []
        said.append(_("its list of players cannot be read"))
    package = given.get("package")
    if not isinstance(package, dict):
        package = {}
        said.append(_("it holds no package"))
    clean, left_out = ready(package, held)
    problems = [f"{file}: {'; '.join(said)}."] if said else []
    problems += [f"{file}: {sentence}" for sentence in left_out[:10]]
    if len(left_out) > 10:
        problems.append(
            _("{file}: and {left_out} more provisions that could not be read.").format(
                file=file, left_out=len(left_out) - 10
            )
        )
    names = tuple(filter(None, (_words(one, MOST_NAME) for one in players[:MOST_PLAYERS])))
    return Reading(file, Proposal(name, clean, number, names, _words(given.get("reason"), 600)), tuple(problems))


def _words(value: object, most: int) -> str:
    """A text as it may be shown: in one line, without control characters, not too long."""
    if not isinstance(value, str):
        return ""
    plain = "".join(one if one.isprintable() else " " for one in value)
    return " ".join(plain.split())[:most].strip()


def _kind(value: object) -> str:
    kinds: dict[type, str] = {
        list: _("a list"),
        str: _("a text"),
        bool: _("a yes or no"),
        int: _("a number"),
        float: _("a number"),
    }
    return kinds.get(type(value), _("nothing"))


def read_folder(folder: Path, held: Record) -> list[Reading]:
    """Every proposal of a folder, by file name: files that end in .json, in this folder itself. Never raises."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.casefold() == ".json")
    except OSError as error:
        return [
            Reading(
                folder.name,
                None,
                (_("{file} cannot be opened: {reason}.").format(file=folder.name, reason=error.strerror or error),),
            )
        ]
    readings = []
    for path in paths[:MOST_FILES]:
        try:
            if not path.is_file():
                readings.append(Reading(path.name, None, (_("{name} is no file: not read.").format(name=path.name),)))
                continue
            with path.open("rb") as file:
                content = file.read(MOST_BYTES + 1)
        except OSError as error:
            readings.append(
                Reading(
                    path.name,
                    None,
                    (_("{file} cannot be opened: {reason}.").format(file=path.name, reason=error.strerror or error),),
                )
            )
            continue
        readings.append(read(content, path.name, held))
    if len(paths) > MOST_FILES:
        more = len(paths) - MOST_FILES
        readings.append(
            Reading(
                folder.name, None, (_("{name} has {more} more files: not read.").format(name=folder.name, more=more),)
            )
        )
    return readings
