"""Questions to and from other systems: Moodle XML, GIFT, QTI 2.1 and the QTI 1.2 that Canvas reads."""

from __future__ import annotations

from collections.abc import Callable

from lesson_lib.classroom.bank import Unit
from lesson_lib.classroom.exchange import gift, moodle_xml, qti12, qti21, read_gift, read_moodle
from lesson_lib.classroom.exchange.entries import entries
from lesson_lib.classroom.exchange.found import Bank
from lesson_lib.classroom.exchange.loss import losses
from lesson_lib.know.catalogue import ENGLISH, _, speaking
from lesson_lib.know.errors import LessonError, unknown

__all__ = ["KINDS", "VARIANTS", "export_unit", "import_bank"]

_EXPORTS: dict[str, Callable[[Unit, str], bytes]] = {
    "moodle-xml": moodle_xml.export,
    "gift": gift.export,
    "qti21": qti21.export,
    "canvas": qti12.export,
}
KINDS = tuple(_EXPORTS)
"""The formats of `lessons export --to`."""
VARIANTS = ("all", "first")
"""Every row of an item whose numbers are drawn, or its first."""


def export_unit(unit: Unit, kind: str, variants: str = "all") -> tuple[bytes, list[str]]:
    """A unit in another system's format, and what that format loses of it, one line each.

    The file holds the keys. Same unit, same bytes, whatever language is spoken: what a file says beside the bank's own
    words stays English. Raises UnknownName for a format that is not one of KINDS.
    """
    if kind not in _EXPORTS:
        raise unknown(_("format"), kind, KINDS)
    if variants not in VARIANTS:
        raise unknown(_("choice of variants"), variants, VARIANTS)
    with speaking(ENGLISH):
        content = _EXPORTS[kind](unit, variants)
    return content, losses(unit, kind, entries(unit, variants), variants)


def import_bank(content: bytes, name: str) -> tuple[str, list[str]]:
    """A question file of this course from Moodle XML or GIFT, and what could not come along, one line each.

    The text is that of NAME.toml; it reads as a unit at once. Where the bank wants what the file has not, it says
    TODO. Raises DataError with line and fix for a file that cannot be read, LessonError when no question is left.
    """
    if not name.isascii() or not name.isalnum():
        wrong = _("The name {name} will not do for a unit: use letters and digits, as in A or week3.")
        raise LessonError(wrong.format(name=repr(name)))
    bank = Bank(name)
    is_xml = content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or content[:2] in (b"\xff\xfe", b"\xfe\xff")
    (read_moodle.read if is_xml else read_gift.read)(content, bank)
    text = bank.toml() if bank.items else ""
    if not bank.items:
        why = "".join(f"\n  • {line}" for line in bank.losses())
        raise LessonError(_("No question in this file can become one of the course.") + why)
    return text, [
        *bank.losses(),
        _("How many questions one student gets is not in the file: add [release] with items = N."),
    ]
