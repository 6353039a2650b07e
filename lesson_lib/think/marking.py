"""Marks answers and says so in sentences. Everything here is a pure function of JSON values.

Five outcomes: right, partly, wrong, blank, unreadable; and recorded, for what is not for marking. Blank and
unreadable are never wrong. Partial credit: multiple = (right picks minus wrong picks) / number of right
choices, not below 0; match, classify and table = share of parts right; order = share of pairs of steps in the
right order, 0 up to a half.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lesson_lib.know.catalogue import _
from lesson_lib.think import reading
from lesson_lib.think.kinds import KINDS
from lesson_lib.think.numerals import Doubt
from lesson_lib.think.questions import Item
from lesson_lib.think.reading import Json, Unreadable

__all__ = ["Doubt", "Mark", "Unreadable", "answer_text", "doubt", "feedback", "mark", "read", "remark", "unfilled"]


@dataclass(frozen=True)
class Mark:
    """What an answer is worth: outcome, score from 0 to 1, which parts are right, and the sentence."""

    outcome: str
    score: float
    parts: dict[str, bool]
    says: str


def read(body: dict[str, Any], answer: object) -> Json:
    """The answer in the form that is stored (ids, numbers, text), or None when it is blank.

    Raises Unreadable, whose message is the sentence for the student.

    >>> yes_no = {"type": "single", "choices": [{"id": "yes", "text": "Yes"}, {"id": "no", "text": "No"}]}
    >>> read(yes_no, "B)")
    'no'
    """
    given = reading.plain(answer)
    if reading.is_blank(given):
        return None
    found = KINDS[body["type"]].read(body, given)
    return None if reading.is_blank(found) else found


def mark(body: dict[str, Any], key: dict[str, Any], answer: object) -> Mark:
    """The mark for an answer. Never raises, whatever the answer is.

    >>> yes_no = {"type": "single", "choices": [{"id": "yes", "text": "Yes"}, {"id": "no", "text": "No"}]}
    >>> mark(yes_no, {"right": "no"}, "b").says
    'Right.'
    >>> mark(yes_no, {"right": "no"}, "B}").says
    'I can\\'t read "B}": type one of a, b.'
    """
    kind = KINDS[body["type"]]
    try:
        given = read(body, answer)
    except Unreadable as error:
        return Mark("unreadable", 0.0, {}, str(error))
    if given is None:
        return Mark("blank", 0.0, {}, _("Nothing answered yet."))
    if body.get("opinion") or not kind.marked or not key:  # a test unit holds no key: its answers are only kept
        return Mark("recorded", 0.0, {}, kind.recorded(body, given))
    parts, score = kind.mark(key, given)
    if score >= 1:
        return Mark("right", 1.0, parts, _("Right."))
    tally = kind.tally(key, given)
    if score > 0:
        return Mark("partly", score, parts, _("Partly right: {tally}").format(tally=tally))
    return Mark(
        "wrong",
        0.0,
        parts,
        f"{_(kind.wrong).rstrip('.')}: {tally}" if tally and any(parts.values()) else _(kind.wrong),
    )


def remark(outcome: str, sure: int | None, told: bool = False) -> str:
    """How the answer and the student's certainty (1 a guess, 2 fairly sure, 3 certain) fit together.

    `told` says whether the answer is shown with it: then there is nothing left to look for.

    >>> remark("right", 3), remark("wrong", 3), remark("wrong", 3, told=True)
    ('Right, and you were certain.', 'You were certain: worth a second look.', 'You were certain: remember this one.')
    """
    if outcome == "right":
        return {
            1: _("Right, though you were guessing: see why."),
            2: _("Right, and you were fairly sure."),
            3: _("Right, and you were certain."),
        }.get(sure or 0, "")
    if outcome not in ("wrong", "partly"):
        return ""
    if told:
        return {1: _("You knew that it was a guess."), 3: _("You were certain: remember this one.")}.get(sure or 0, "")
    return {
        1: _("You knew that it was a guess."),
        2: _("You were fairly sure: look again."),
        3: _("You were certain: worth a second look."),
    }.get(sure or 0, "")


def unfilled(body: dict[str, Any], answer: object) -> int:
    """How many parts of an item are still empty; 0 for an item of one part, and for what cannot be read.

    >>> pair = {"type": "classify", "cards": [{"id": "x", "text": "X"}, {"id": "y", "text": "Y"}],
    ...         "bins": [{"id": "fact", "text": "Fact"}, {"id": "figure", "text": "Figure"}]}
    >>> unfilled(pair, {"x": "fact"})
    1
    """
    try:
        given = read(body, answer)
    except Unreadable:
        return 0
    return KINDS[body["type"]].unfilled(body, given) if given is not None else 0


def doubt(body: dict[str, Any], answer: object) -> Doubt | None:
    """What else an answer may mean than what is read and marked; None when that is clear, or nothing can be read.

    It depends on what was typed alone, never on the key: asking tells nothing.

    >>> doubt({"type": "numeric", "unit": ""}, "90.000").other
    '90,000'
    """
    try:
        given = reading.plain(answer)
        return None if reading.is_blank(given) else KINDS[body["type"]].doubt(body, given)
    except Unreadable:
        return None


def feedback(
    item: Item, answer: object, mark: Mark, miss: int, reveal: bool, sure: int | None = None
) -> dict[str, Any]:
    """What the page may say of an answer: after a first miss only what is wrong with what was chosen.

    Everything, key and explanations, is told when the answer is right, from the second miss on (`miss` counts
    this one) and on request (`reveal`). Keys: outcome, score, says, parts {id: {state, why}}, and when
    everything is told why, key (as an answer would be; none for opinions) and key_text. A state is right,
    wrong, missed or noted. In match, classify, order and table a part's why tells where it belongs, and so
    waits for the key.
    """
    kind = KINDS[item.type]
    missed = mark.outcome in ("wrong", "partly")
    everything = reveal or mark.outcome in ("right", "recorded") or (missed and miss >= 2)
    if item.type == "text" and not reveal:
        # A model answer before an answer of one's own would be read instead of writing one.
        everything = len(str(answer or "").split()) * 2 >= item.body["min_words"]
    slip = kind.slip(item.key, read(item.body, answer)) if missed else ""
    parts: dict[str, dict[str, str]] = {}
    for part, right in mark.parts.items():
        tell = everything or not (right or kind.why_tells)
        why = _whys(item).get(part, "") if tell else ""
        parts[part] = {"state": "right" if right else "wrong", "why": why or ("" if right else slip)}
    calibration = remark(mark.outcome, sure, everything)
    says = calibration if mark.outcome == "right" and calibration else f"{mark.says} {calibration}".strip()
    page: dict[str, Any] = {"outcome": mark.outcome, "score": mark.score, "says": says, "parts": parts}
    if not everything:
        return page
    key = None if item.opinion else kind.right(item.key)
    for part, why in _whys(item).items():
        state = "noted" if key is None or (item.body.get("choices") and part not in _listed(key)) else "missed"
        parts.setdefault(part, {"state": state, "why": why})
    page["why"] = item.key["why"]
    if key is not None:
        page |= {"key": key, "key_text": kind.text(item.body, key)}
    return page


def _whys(item: Item) -> dict[str, str]:
    """The explanation of each part; for a table, of each cell asked, which is that of its row."""
    whys: dict[str, str] = item.key["whys"]
    if item.type != "table":
        return whys
    return {f"{row}/{column}": whys[row] for row, columns in item.body["ask"].items() for column in columns}


def _listed(key: Json) -> list[Json]:
    return key if isinstance(key, list) else [key]


def answer_text(body: dict[str, Any], answer: object) -> str:
    """An answer as a reader would say it: "b. Assist by such action as it deems necessary"; "" when blank.

    >>> yes_no = {"type": "single", "choices": [{"id": "yes", "text": "Yes"}, {"id": "no", "text": "No"}]}
    >>> answer_text(yes_no, "no")
    'b. No'
    """
    try:
        given = read(body, answer)
    except Unreadable:
        return reading.quote(answer if isinstance(answer, str | int | float) else _("an answer that cannot be read"))
    return "" if given is None else KINDS[body["type"]].text(body, given)
