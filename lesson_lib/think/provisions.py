"""What a package of guarantees can be made of, and the tables that it is held against, read once.

A package is one option for each provision of `provisions.csv`; a provision without one is left open. A `label` is what
the table says, in English; a `name` is the same in the language of the notebook, for readers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from lesson_lib.know.catalogue import _
from lesson_lib.know.data import Row, columns, listed, rows
from lesson_lib.know.errors import unknown
from lesson_lib.know.foreign import name as named

Package: TypeAlias = Mapping[str, str]
"""The chosen option's id by the provision's id; a provision that is not in it is left open."""


@dataclass(frozen=True)
class Option:
    """One way to settle a provision.

    `touches` pairs an issue with the end of its scale that the option gives, −2 to 2. `apart` are positions that lean
    to an end for a reason of their own: the option is not held against them.
    """

    id: str
    provision: str
    label: str
    text: str
    touches: tuple[tuple[str, int], ...]
    apart: frozenset[str]
    rung: str | None
    source_ids: tuple[str, ...]
    note: str

    @property
    def name(self) -> str:
        return named(self.label)


@dataclass(frozen=True)
class Provision:
    """One thing that a package settles or leaves open."""

    id: str
    group: str
    label: str
    question: str
    options: tuple[Option, ...]

    @property
    def name(self) -> str:
        return named(self.label)


@dataclass(frozen=True)
class Position:
    """Where an actor stood on an issue on the cut-off date: the row of `positions.csv` on the map."""

    id: str
    actor: str
    issue: str
    stance: int
    person: str
    basis: str
    words: str
    date: str
    source_ids: tuple[str, ...]


@dataclass(frozen=True)
class Coded:
    """An arrangement of `arrangements.csv`, its known features by provision."""

    id: str
    label: str
    features: Mapping[str, str]
    source_ids: tuple[str, ...]

    @property
    def name(self) -> str:
        return named(self.label)


@dataclass(frozen=True)
class Conflict:
    """A contradiction, a tension or a gap that a package may have."""

    id: str
    kind: str
    options: frozenset[str]
    others: frozenset[str]
    needs: str | None
    why: str
    source_ids: tuple[str, ...]


@dataclass(frozen=True)
class Record:
    """Everything a package is held against, read once: provisions, positions, arrangements, conflicts."""

    provisions: Mapping[str, Provision]
    issues: Mapping[str, str]
    actors: tuple[str, ...]
    positions: Mapping[tuple[str, str], Position]
    arrangements: tuple[Coded, ...]
    conflicts: tuple[Conflict, ...]

    @cached_property
    def options(self) -> dict[str, Option]:
        """Every option by its id."""
        return {option.id: option for one in self.provisions.values() for option in one.options}

    def label(self, option: str) -> str:
        """An option as a reader sees it, in the language of the notebook: its provision and its words.

        >>> record().label("duty-consult")
        'What is owed: Meet at once and decide'
        """
        found = self.options[option]
        return f"{self.provisions[found.provision].name}: {found.name}"

    def issue(self, name: str) -> str:
        """An issue as a reader sees it, in the language of the notebook.

        >>> record().issue("eu-membership")
        'EU membership'
        """
        return named(self.issues[name])


def record() -> Record:
    """The tables of the course as a package is held against them; read anew when a table has changed.

    Raises DataError for a table that cannot be trusted.

    >>> len(record().actors), record().positions["Russia", "european-troops"].stance
    (15, -2)
    """
    provisions: dict[str, list[Row]] = {}
    for row in rows("provisions").values():
        provisions.setdefault(str(row["provision"]), []).append(row)
    main = [row for row in rows("positions").values() if row["main"] and row["current"]]
    names = rows("arrangements")
    return Record(
        provisions={
            name: Provision(
                name,
                str(found[0]["group"]),
                str(found[0]["provision_label"]),
                str(found[0]["question"]),
                tuple(_option(row) for row in found),
            )
            for name, found in provisions.items()
        },
        issues={name: str(row["label"]) for name, row in rows("issues").items()},
        actors=tuple(columns("positions")["actor"].choices or dict.fromkeys(str(row["actor"]) for row in main)),
        positions={(str(row["actor"]), str(row["issue"])): _position(row) for row in main},
        arrangements=tuple(
            Coded(
                name,
                str(names[name]["label"]),
                {one: str(row[one]) for one in provisions if row.get(one) is not None},
                tuple(listed(row)),
            )
            for name, row in rows("features").items()
        ),
        conflicts=tuple(
            Conflict(
                name,
                str(row["kind"]),
                frozenset(listed(row, "options")),
                frozenset(listed(row, "others")),
                _text(row, "needs") or None,
                str(row["why"]),
                tuple(listed(row)),
            )
            for name, row in rows("conflicts").items()
        ),
    )


def _text(row: Row, column: str) -> str:
    return "" if row.get(column) is None else str(row[column])


def _number(row: Row, column: str) -> int:
    value = row.get(column)
    return value if isinstance(value, int) else 0


def _option(row: Row) -> Option:
    pairs = (("issue", "direction"), ("also_issue", "also_direction"))
    return Option(
        str(row["id"]),
        str(row["provision"]),
        str(row["label"]),
        str(row["text"]),
        tuple((_text(row, issue), _number(row, direction)) for issue, direction in pairs if _text(row, issue)),
        frozenset(listed(row, "apart")),
        _text(row, "rung") or None,
        tuple(listed(row)),
        _text(row, "note"),
    )


def _position(row: Row) -> Position:
    return Position(
        str(row["id"]),
        str(row["actor"]),
        str(row["issue"]),
        _number(row, "stance"),
        str(row["person"]),
        str(row["basis"]),
        str(row["paraphrase"]),
        str(row["date"]),
        tuple(listed(row)),
    )


def ready(given: Mapping[str, Any], held: Record) -> tuple[dict[str, str], list[str]]:
    """A package of whatever was given, in the order of the provisions, and a sentence for all that was left out.

    Never raises. An empty value, None and "open" leave a provision open.

    >>> ready({"duty": "duty-consult", "trigger": "open", "price": "high"}, record())
    ({'duty': 'duty-consult'}, ["There is no provision called 'price': it was left out."])
    """
    package: dict[str, str] = {}
    for name, provision in held.provisions.items():
        if given.get(name) in [option.id for option in provision.options]:
            package[name] = given[name]
    said = []
    for name, value in given.items():
        if name not in held.provisions:
            said.append(_("There is no provision called {name}: it was left out.").format(name=_shown(name)))
        elif name not in package and value not in (None, "", "open"):
            said.append(
                _("{label} has no option called {value}: it was left open. The options are {options}.").format(
                    label=held.provisions[name].name,
                    value=_shown(value),
                    options=", ".join(option.id for option in held.provisions[name].options),
                )
            )
    return package, said


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"


def chosen(package: Package, held: Record) -> list[Option]:
    """The options of a package, in the order of the provisions."""
    for name, option in package.items():
        if name not in held.provisions:
            raise unknown(_("provision"), name, held.provisions)
        if option not in held.options or held.options[option].provision != name:
            raise unknown(
                _("option of {name}").format(name=name), option, [one.id for one in held.provisions[name].options]
            )
    return [held.options[package[name]] for name in held.provisions if name in package]
