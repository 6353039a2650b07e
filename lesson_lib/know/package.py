"""The description of the data folder, `datapackage.json`: which tables there are and what each column may hold.

A Frictionless Data Package (version 2, https://datapackage.org). Only the parts of the standard that the course uses
are read. Beyond the standard a column may have `labels` (a reader's words for its choices), `glosses` (a short
explanation of each) and `empty` (a reader's words for an empty cell), a table may have
`heading` (the columns that name a row where it has no label), and the package has `as_of`.
"""

from __future__ import annotations

import functools
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lesson_lib.know.catalogue import N_, _
from lesson_lib.know.errors import DataError, LessonError, Problem

UNKNOWN = N_("not known")
"""What a reader sees where a table is empty: an empty cell means unknown, never zero."""


def data_folder() -> Path:
    """The folder with the course's tables and questions: the checkout's own, or the one in `LESSON_DATA`.

    Raises LessonError when it is not there.

    >>> (data_folder() / "datapackage.json").exists()
    True
    """
    places = _places(os.environ.get("LESSON_DATA"))
    for place, described in places:
        # Asked anew each time, some hundred times for one answer of a lab; so the paths are put together once.
        if described.is_file():
            return place
    raise LessonError(
        _(
            "The course's data folder is missing: there is no datapackage.json in {folder}. Put the folder data/ back "
            "next to notebooks/ (download the course again if need be), then run this cell again."
        ).format(folder=places[0][0])
    )


@functools.cache
def _places(chosen: str | None) -> list[tuple[Path, Path]]:
    """Where the data may be, each with its description."""
    library = Path(__file__).resolve().parent.parent
    places = [Path(chosen)] if chosen else [library.parent / "data", library / "_data"]
    return [(place, place / "datapackage.json") for place in places]


@dataclass(frozen=True)
class Column:
    """One column as `datapackage.json` describes it."""

    name: str
    title: str
    description: str
    type: str
    required: bool
    unique: bool
    choices: list[str] | None
    labels: dict[str, str]
    pattern: str | None
    delimiter: str
    empty: str
    glosses: dict[str, str]

    def label(self, value: str) -> str:
        """The reader's words for one of the choices."""
        return _(self.labels[value]) if value in self.labels else value


@dataclass(frozen=True)
class ForeignKey:
    """A column whose entries must be found in another table."""

    column: str
    table: str
    target: str


@dataclass(frozen=True, eq=False)  # eq by identity: one description object is one table, and can key the cache
class Resource:
    """One table: where it is, its key and its columns."""

    name: str
    title: str
    path: Path
    key: str
    columns: dict[str, Column]
    heading: list[str]
    foreign_keys: list[ForeignKey]


@dataclass(frozen=True)
class Package:
    """The whole data folder as `datapackage.json` describes it."""

    as_of: str
    resources: dict[str, Resource] = field(default_factory=dict)


def package() -> Package:
    """The description, read again when the file has changed. Raises DataError when it cannot be read."""
    path = data_folder() / "datapackage.json"
    stamp = path.stat()
    return _load(path, stamp.st_mtime_ns, stamp.st_size)


@functools.lru_cache(maxsize=4)
def _load(path: Path, _modified: int, _size: int) -> Package:
    try:
        described = json.loads(path.read_text(encoding="utf-8"))
        resources = {}
        for entry in described["resources"]:
            schema = entry["schema"]
            key = schema["primaryKey"]
            resources[entry["name"]] = Resource(
                name=entry["name"],
                title=entry.get("title", entry["name"]),
                path=path.parent / entry["path"],
                key=key if isinstance(key, str) else key[0],
                heading=entry.get("heading", []),
                columns={column["name"]: _column(column) for column in schema["fields"]},
                foreign_keys=[_foreign_key(entry["name"], given) for given in schema.get("foreignKeys", [])],
            )
        return Package(described["as_of"], resources)
    except json.JSONDecodeError as error:
        fault = Problem(
            path.name,
            error.lineno,
            "",
            "",
            _("is not valid JSON ({reason})").format(reason=error.msg),
            _("mend the comma or bracket at that line, or take the file from the last version that worked"),
        )
        raise DataError([fault]) from None
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        fault = Problem(
            path.name,
            None,
            "",
            str(error).strip("'"),
            _("is missing from a description"),
            _("every table needs name, path and schema with fields and primaryKey; the package needs as_of"),
        )
        raise DataError([fault]) from None


def _column(given: dict[str, Any]) -> Column:
    limits = given.get("constraints", {})
    name = given["name"]
    return Column(
        name=name,
        title=given.get("title", name.replace("_", " ").capitalize()),
        description=given.get("description", ""),
        type=given.get("type", "string"),
        required=bool(limits.get("required")),
        unique=bool(limits.get("unique")),
        choices=[str(choice) for choice in limits["enum"]] if "enum" in limits else None,
        labels=given.get("labels", {}),
        pattern=limits.get("pattern"),
        delimiter=given.get("delimiter", ";"),
        empty=given.get("empty", UNKNOWN),
        glosses=given.get("glosses", {}),
    )


def _foreign_key(table: str, given: dict[str, Any]) -> ForeignKey:
    def first(value: str | list[str]) -> str:
        return value if isinstance(value, str) else value[0]

    reference = given["reference"]
    # In Frictionless an empty or absent resource means the table itself.
    return ForeignKey(first(given["fields"]), reference.get("resource") or table, first(reference["fields"]))
