"""What each format cannot hold: one line for each thing that is lost or changed, with the questions it touches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lesson_lib.classroom.bank import Unit
from lesson_lib.classroom.exchange.entries import Entry, cells, whys
from lesson_lib.classroom.exchange.markup import bare, clean
from lesson_lib.classroom.exchange.moodle_xml import PARTIAL
from lesson_lib.know.catalogue import N_, _, ngettext
from lesson_lib.think.questions import Item

MOODLE, GIFT, QTI21, CANVAS = "moodle-xml", "gift", "qti21", "canvas"
EVERY = (MOODLE, GIFT, QTI21, CANVAS)


@dataclass(frozen=True)
class Loss:
    """One thing: which items have it, and what becomes of it in each format that does not keep it as it is.

    What becomes of it is translated when it is told.
    """

    touches: Callable[[Item], bool]
    told: dict[str, str]


def _is(*types: str) -> Callable[[Item], bool]:
    return lambda item: item.type in types


def _all(text: str, *formats: str) -> dict[str, str]:
    return dict.fromkeys(formats or EVERY, text)


def _marked(item: Item) -> bool:
    """Whether a text that the format shows plainly has emphasis in it."""
    names = {"match": "right", "classify": "bins", "table": "values"}
    shown = item.body.get(names.get(item.type, ""), [])
    return any(bare(part["text"]) != clean(part["text"]) for part in shown)


_PLACES = N_("Order: each step is given its place; points by places, not by pairs in the right order")

LOSSES = (
    Loss(
        lambda item: True,
        _all(N_("How sure a student is: not asked")),
    ),
    Loss(
        lambda item: True,
        {
            MOODLE: N_("Objective, difficulty and source ids: tags, which Moodle keeps but does not draw by"),
            GIFT: N_("Objective, difficulty and source ids: tags in comments, which Moodle reads and others skip"),
            QTI21: N_("Objective, difficulty and sources: words in the manifest, which few systems show"),
            CANVAS: N_("Objective and difficulty: left out; sources stand in the general comment"),
        },
    ),
    Loss(
        lambda item: True,
        {CANVAS: N_("Parts of the unit: Canvas gets one list of questions")},
    ),
    Loss(
        lambda item: True,
        _all(N_("Names of choices, cards and steps: made anew from their words when read back"), MOODLE, GIFT),
    ),
    Loss(
        lambda item: item.points != 1,
        {GIFT: N_("Points: a tag only; set them in the quiz")},
    ),
    Loss(
        lambda item: bool(item.hints),
        {
            GIFT: N_("Hints: left out"),
            QTI21: N_("Hints: for the tutor only"),
            CANVAS: N_("Hints: left out"),
        },
    ),
    Loss(
        lambda item: bool(item.hints) and item.type == "text",
        {MOODLE: N_("Hints of written answers: left out, Moodle has none there")},
    ),
    Loss(
        lambda item: bool(item.key.get("near")),
        {CANVAS: N_("Feedback on foreseen slips: left out")},
    ),
    Loss(
        lambda item: bool(whys(item)) and item.type in ("match", "classify"),
        _all(N_("Why each part belongs where it does: a list in the general feedback"), MOODLE, GIFT, QTI21),
    ),
    Loss(
        lambda item: item.type in ("order", "table"),
        _all(N_("Why each step or row is as it is: a list in the general feedback"), GIFT, QTI21),
    ),
    Loss(
        _is("table"),
        {
            MOODLE: N_("Table: embedded answers; Moodle gives one point for each cell, whatever the bank says"),
            GIFT: N_("Table: a matching question of its cells"),
            QTI21: N_("Table: a matching question of its cells"),
            CANVAS: N_("Table: a menu in each cell; why a row is as it is stands in the general comment"),
        },
    ),
    Loss(
        lambda item: item.type == "table" and any(len(right) > 1 for _, _, right in cells(item)),
        {GIFT: N_("Cells where more than one value is right: only the first counts")},
    ),
    Loss(
        _is("classify"),
        _all(N_("Classify: a matching question"), *EVERY),
    ),
    Loss(
        _is("order"),
        {
            MOODLE: N_("Order: needs Moodle's question type Ordering; points by Moodle's own rule for pairs"),
            GIFT: _PLACES,
            QTI21: N_("Order: points by places, not by pairs in the right order"),
            CANVAS: _PLACES,
        },
    ),
    Loss(
        lambda item: bool(item.body.get("unit")),
        _all(N_("Unit: stands in the question; a number typed with it is not understood"), GIFT, QTI21, CANVAS),
    ),
    Loss(
        _is("short"),
        _all(N_("Short answers: accents, punctuation and a leading article count"), *EVERY),
    ),
    Loss(
        lambda item: item.type == "short" and any("->" in text for text in item.key["accepted"]),
        {GIFT: N_("Short answers with -> in them: the sign becomes →, since GIFT makes pairs of it")},
    ),
    Loss(
        _is("text"),
        {
            MOODLE: N_("Rubric: notes for the grader, not boxes to tick"),
            GIFT: N_("Rubric and model: in the general feedback"),
            QTI21: N_("Rubric and model: a block for the scorer"),
            CANVAS: N_("Rubric and model: in the general comment, which students see"),
        },
    ),
    Loss(
        lambda item: bool(item.body.get("min_words")),
        _all(N_("Fewest words: left out"), GIFT, QTI21, CANVAS),
    ),
    Loss(
        lambda item: item.opinion and item.type != "text",
        {
            MOODLE: N_("Opinion: any choice earns all points"),
            GIFT: N_("Opinion: any choice earns all points"),
            QTI21: N_("Opinion: any choice earns all points"),
            CANVAS: N_("Opinion: any choice earns all points; of several picks, all of them together"),
        },
    ),
    Loss(
        lambda item: item.type == "multiple" and not item.opinion and len(item.key["right"]) > PARTIAL,
        _all(N_("More than {most} right choices: {most} of them earn all points"), MOODLE, GIFT),
    ),
    Loss(
        _marked,
        _all(N_("Bold, italic and code in menus: plain text"), MOODLE, GIFT, CANVAS),
    ),
)


def losses(unit: Unit, kind: str, every: Sequence[Entry], variants: str) -> list[str]:
    """The printed list: one line each, with how many questions of this unit it touches."""
    items = list({entry.item.id: entry.item for entry in every}.values())
    lines = []
    for loss in LOSSES:
        count = sum(loss.touches(item) for item in items)
        if count and kind in loss.told:
            lines.append(_line(_(loss.told[kind]).format(most=PARTIAL), count))
    if unit.lesson.release:
        lines.append(
            ngettext(
                "The draw of {items} of {n} question for each student, every objective covered: set it in the quiz.",
                "The draw of {items} of {n} questions for each student, every objective covered: set it in the quiz.",
                len(items),
            ).format(items=unit.lesson.release, n=len(items))
        )
    drawn = [item for item in items if item.variants > 1]
    if drawn and variants == "first":
        lines.append(_line(_("Drawn numbers: only the first row goes along"), len(drawn)))
    elif drawn and kind in (MOODLE, GIFT):
        told = _("Drawn numbers: a category for each; put a random question from it into the quiz")
        lines.append(_line(told, len(drawn)))
    elif drawn:
        told = _("Drawn numbers: one row is drawn from a pool, by the other system's own chance")
        lines.append(_line(told, len(drawn)))
    return lines


def _line(text: str, count: int) -> str:
    return ngettext("{what}: {n} question.", "{what}: {n} questions.", count).format(what=text, n=count)
