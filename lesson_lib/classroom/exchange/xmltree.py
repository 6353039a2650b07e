"""Reads XML that somebody sent: no document type, no entities of its own, nothing deep or huge; faults by line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from lesson_lib.know.catalogue import _
from lesson_lib.know.errors import DataError, Problem

MOST_BYTES = 20_000_000
_MOST_NODES = 500_000
_MOST_DEEP = 60


@dataclass
class Node:
    """One element: its text is all the text directly in it."""

    name: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def all(self, name: str) -> list[Node]:
        """The children of that name."""
        return [child for child in self.children if child.name == name]

    def get(self, name: str, default: str = "") -> str:
        """The text of the first child of that name; of the `text` in it, where Moodle wraps one around it."""
        for child in self.all(name):
            inner = child.all("text")
            return inner[0].text if inner else child.text
        return default

    def walk(self) -> Iterator[Node]:
        """This element and everything in it."""
        yield self
        for child in self.children:
            yield from child.walk()


class _Fault(Exception):
    """What is wrong and what to do, found while the parser runs."""


def fault(line: int | None, wrong: str, fix: str, value: str = "") -> DataError:
    """The error for a file that cannot be read at all."""
    return DataError([Problem(_("the file to import"), line, "", value, wrong, fix)])


def too_large() -> DataError:
    """The error for a file of more than MOST_BYTES."""
    wrong = _("is larger than {n} MB").format(n=MOST_BYTES // 1_000_000)
    return fault(None, wrong, _("export fewer questions at a time"))


def read_xml(content: bytes) -> Node:
    """The root of a document. Raises DataError with the line of what is wrong."""
    if len(content) > MOST_BYTES:
        raise too_large()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    open_nodes: list[Node] = []
    roots: list[Node] = []
    count = 0

    def refuse(what: str, fix: str) -> NoReturn:
        raise _Fault(what, fix)

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > _MOST_NODES or len(open_nodes) >= _MOST_DEEP:
            fix = _("export the questions again, fewer at a time")
            refuse(_("is nested too deeply or holds too many elements"), fix)
        node = Node(name, attributes, parser.CurrentLineNumber)
        (open_nodes[-1].children if open_nodes else roots).append(node)
        open_nodes.append(node)

    def end(_name: str) -> None:
        open_nodes.pop()

    def data(text: str) -> None:
        if open_nodes:
            open_nodes[-1].text += text

    def doctype(*_told: object) -> None:
        refuse(_("has a DOCTYPE, which could hide entities"), _("remove that line"))

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, data
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(content, True)
    except _Fault as found:
        wrong, fix = found.args
        raise fault(parser.CurrentLineNumber, wrong, fix) from None
    except expat.ExpatError as error:
        wrong = _("is no XML that can be read ({reason})").format(reason=expat.ErrorString(error.code))
        raise fault(error.lineno, wrong, _("export the questions again")) from None
    except (LookupError, ValueError) as error:
        wrong = _("has an encoding that cannot be read ({reason})").format(reason=error)
        raise fault(None, wrong, _("save the file as UTF-8")) from None
    return roots[0]
