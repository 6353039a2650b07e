"""A TOML file block by block, with the line of every field, so that each problem is said where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from lesson_lib.know.catalogue import _
from lesson_lib.know.errors import Problem, nearest

Path: TypeAlias = tuple[str | int, ...]
"""Where something stands in the file: ("items", 2, "choices", 0, "why")."""

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TOKENS = re.compile(
    r'''"""(?:\\.|[^\\])*?"{3,5} | \'{3}.*?\'{3,5} | "(?:\\.|[^"\\\n])*" | '[^'\n]*' | \#[^\n]*''',
    re.DOTALL | re.VERBOSE,
)
_KEY = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*\]\]?\s*$")
_FIELD = re.compile(rf"\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*=")


class Lines:
    """The line of every heading and field of a TOML text (tomllib keeps the values only).

    >>> Lines('lesson = "01"\\n[[items]]\\nid = "x"').of("items", 0, "id")
    3
    """

    def __init__(self, text: str) -> None:
        self._at: dict[Path, int] = {}
        counts: dict[Path, int] = {}
        base: Path = ()
        # A line inside a text over several lines, or a comment, may look like a field: blank those out first.
        bare = _TOKENS.sub(lambda m: re.sub(r"[^\n]", " ", m[0]) if m[0][0] == "#" or "\n" in m[0] else m[0], text)
        for number, line in enumerate(bare.split("\n"), start=1):
            if heading := _HEADER.match(line):
                base = ()
                names = _names(heading[2])
                for place, name in enumerate(names):
                    base = (*base, name)
                    if heading[1] == "[[" and place == len(names) - 1:
                        counts[base] = counts.get(base, -1) + 1
                    if base in counts:
                        base = (*base, counts[base])
                self._at.setdefault(base, number)
            elif assigned := _FIELD.match(line):
                self._at.setdefault((*base, *_names(assigned[1])), number)

    def of(self, *path: str | int) -> int | None:
        """The line of a field; when it has none of its own, of the block it belongs to."""
        for end in range(len(path), 0, -1):
            if path[:end] in self._at:
                return self._at[path[:end]]
        return None


def _names(dotted: str) -> list[str]:
    return [name.strip("\"'") for name in re.findall(_KEY, dotted)]


@dataclass
class Page:
    """One file being read: its name, its lines, and the problems found so far."""

    file: str
    lines: Lines
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, path: Path, where: str, value: object, wrong: str, fix: str) -> None:
        """Note a problem."""
        shown = value if isinstance(value, str) else "" if value is None else str(value)
        self.problems.append(Problem(self.file, self.lines.of(*path), where, shown, wrong, fix))


class Block:
    """One block of fields. What is asked for is what is valid: `close()` refuses the rest."""

    def __init__(self, page: Page, path: Path, label: str, values: Mapping[str, Any]) -> None:
        self.page, self.path, self.label, self.values = page, path, label, values
        self._asked: set[str] = set()

    def with_values(self, values: Mapping[str, Any]) -> Block:
        """The same block with other values in its fields."""
        other = Block(self.page, self.path, self.label, values)
        other._asked = self._asked
        return other

    def refuse(self, name: str, wrong: str, fix: str, value: object = None) -> None:
        """Note a problem with a field."""
        where = ", ".join(part for part in (self.label, name) if part)
        self.page.refuse((*self.path, name), where, value, wrong, fix)

    def _get(self, name: str, kinds: type | tuple[type, ...], noun: str, *, required: bool) -> Any:
        self._asked.add(name)
        value = self.values.get(name)
        if value is None:
            if required:
                self.refuse(name, _("is missing"), _("add {name} = {value}").format(name=name, value=noun))
            return None
        if not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool):
            self.refuse(name, _("is of the wrong kind"), _("write {value}").format(value=noun), value)
            return None
        return value

    def text(self, name: str, *, required: bool = True) -> str:
        """A text, stripped; "" when it is not there."""
        value = self._get(name, str, _('a text in quotation marks, "…"'), required=required)
        if required and value is not None and not value.strip():
            self.refuse(name, _("is empty"), _("write the text"))
        return (value or "").strip()

    def slug(self, name: str) -> str:
        """A name for the machine: small letters, digits and hyphens."""
        value = self.text(name)
        if value and not _SLUG.fullmatch(value):
            self.refuse(
                name,
                _("cannot be a name"),
                _("use small letters, digits and single hyphens, as in six-or-seven"),
                value,
            )
        return value

    def texts(self, name: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of texts."""
        value = self._get(name, list, _('a list of texts, ["…", "…"]'), required=required)
        if value is None:
            return ()
        if not all(isinstance(entry, str) and entry.strip() for entry in value):
            self.refuse(name, _("holds something other than texts"), _('write ["…", "…"] with no empty one'))
            return ()
        return tuple(entry.strip() for entry in value)

    def number(self, name: str, *, default: float | None = None) -> float:
        """A finite number; 0 when it is missing or wrong (which is noted)."""
        value = self._get(name, (int, float), _("a number without quotation marks"), required=default is None)
        if value is not None and not abs(value) < 1e300:
            self.refuse(name, _("is not a number to mark by"), _("write an ordinary number"), value)
            value = None
        fallback = 0 if default is None else default
        return fallback if value is None else value

    def flag(self, name: str) -> bool:
        """True or false; false when it is not there."""
        return bool(self._get(name, bool, _("true or false, without quotation marks"), required=False))

    def choice(self, name: str, valid: Iterable[str], *, default: str | None = None) -> str:
        """One of the valid words."""
        value = self.text(name, required=default is None)
        names = list(valid)
        if value and value not in names:
            guess = nearest(value, names)
            fix = _("the choices are {names}") if names else _("there are none yet")
            if guess:
                fix = _("did you mean {guess}? the choices are {names}")
            self.refuse(name, _("is not one of the choices"), fix.format(guess=guess, names=", ".join(names)), value)
        return value or default or ""

    def blocks(self, name: str, *, required: bool = True) -> list[Block]:
        """The blocks of a list of tables, [[items.choices]]."""
        heading = ".".join(step for step in (*self.path, name) if isinstance(step, str))
        noun = _("blocks, each under its own [[{heading}]]").format(heading=heading)
        value = self._get(name, list, noun, required=required)
        found = []
        for place, entry in enumerate(value or []):
            path = (*self.path, name, place)
            if isinstance(entry, dict):
                told = entry.get("id")
                label = f"{self.label}, {name} {told if isinstance(told, str) and told else place + 1}"
                found.append(Block(self.page, path, label.removeprefix(", "), entry))
            else:
                self.refuse(name, _("is of the wrong kind"), _("write {value}").format(value=noun), entry)
        return found

    def table(self, name: str, *, required: bool = False) -> Block | None:
        """A table of fields, [name]."""
        noun = _("fields under [{name}], or {{ … }}").format(name=name)
        value = self._get(name, dict, noun, required=required)
        if value is None:
            return None
        return Block(self.page, (*self.path, name), f"{self.label}, {name}".removeprefix(", "), value)

    def known(self, name: str) -> str:
        """The name, which counts as valid from now on: for blocks whose names the author chooses."""
        self._asked.add(name)
        return name

    def ask(self, *names: str) -> None:
        """Count fields as valid that were read in some other way."""
        self._asked.update(names)

    def close(self) -> None:
        """Refuse every field that nobody asked for."""
        for name in self.values:
            if name not in self._asked:
                guess = nearest(name, self._asked)
                fix = _("did you mean {guess}?") if guess else _("remove it; the fields are {names}")
                fix = fix.format(guess=guess, names=", ".join(sorted(self._asked)))
                self.refuse(name, _("is not a field here"), fix)
