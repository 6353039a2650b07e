"""Reads Moodle XML: what this course exports, and what other Moodle courses do."""

from __future__ import annotations

from lesson_lib.classroom.exchange.asked import Answer, Asked, plain_right, put
from lesson_lib.classroom.exchange.found import Bank, number, told
from lesson_lib.classroom.exchange.markup import esc, read_html
from lesson_lib.classroom.exchange.xmltree import Node, fault, read_xml
from lesson_lib.know.catalogue import _

_KINDS = {"matching": "match", "multianswer": "cloze"}
"""Moodle's names in the file, where they are not those inside Moodle."""


def read(content: bytes, bank: Bank) -> None:
    """Puts every question of the file into the bank. Raises DataError for a file that is no Moodle XML."""
    root = read_xml(content)
    if root.name != "quiz":
        fix = _("export the questions from Moodle as Moodle XML format")
        raise fault(root.line, _("is no Moodle XML"), fix, root.name)
    path: list[str] = []
    for node in root.all("question"):
        kind = node.attributes.get("type", "")
        if kind == "category":
            category = next(iter(node.all("category")), None)
            path = split_path(category.get("text") if category else "")
            read_objectives(bank, _html(node, "info"))
        elif kind != "description":
            put(bank, _asked(node, kind, path))


def read_objectives(bank: Bank, html: str) -> None:
    """The objectives that an export of this course keeps beside its first category."""
    listed = read_html(html).regions.get("objectives", [])
    bank.objectives |= dict(zip(listed[::2], listed[1::2], strict=False))


def split_path(text: str) -> list[str]:
    """A category's steps; a slash within a name is written twice.

    >>> split_path("$course$/top/Clauses//claims/Part 1")
    ['$course$', 'top', 'Clauses/claims', 'Part 1']
    """
    return [step.replace("\x00", "/").strip() for step in text.replace("//", "\x00").split("/")]


def _html(node: Node, name: str) -> str:
    """A text of the question as HTML, whatever its format says it is."""
    for child in node.all(name):
        return as_html(child.get("text", child.text), child.attributes.get("format", "html"))
    return ""


def as_html(text: str, kind: str) -> str:
    """A text in one of Moodle's formats as HTML; in Moodle's own auto-format and Markdown a line end is a line end."""
    if kind in ("html", ""):
        return text
    body = esc(text) if kind == "plain_text" else text
    return body.replace("\r\n", "\n").replace("\n\n", "<p></p>").replace("\n", "<br>")


def _asked(node: Node, kind: str, path: list[str]) -> Asked:
    kind = _KINDS.get(kind, kind)
    asked = Asked(kind, node.line, path=path)
    asked.name = node.get("idnumber").strip() or node.get("name")
    asked.stem, asked.general = _html(node, "questiontext"), _html(node, "generalfeedback")
    asked.single = node.get("single", "true").strip().casefold() not in ("false", "0")
    asked.hints = [as_html(each.get("text"), each.attributes.get("format", "html")) for each in node.all("hint")]
    for marks in node.all("tags"):
        asked.marks += [each.get("text").strip() for each in marks.all("tag")]
    # Moodle reckons what an embedded question is worth by itself.
    asked.points = (told(asked.marks, "points:") or "1") if kind == "cloze" else node.get("defaultgrade", "1")
    asked.grader = _html(node, "graderinfo")
    asked.least = int(number(node.get("minwordlimit", "0")) or 0)
    for units in node.all("units"):
        asked.unit = next((unit.get("unit_name") for unit in units.all("unit")), "")
    plain = kind in ("numerical", "shortanswer")
    for each in node.all("answer"):
        text = each.get("text") if plain else as_html(each.get("text"), each.attributes.get("format", "html"))
        share = float(number(each.attributes.get("fraction", "0")) or 0)
        asked.answers.append(Answer(text, share, _html(each, "feedback"), each.get("tolerance", "0")))
    for each in node.all("subquestion"):
        right = plain_right(each.get("answer"))
        asked.pairs.append((as_html(each.get("text"), each.attributes.get("format", "html")), right))
    return asked
