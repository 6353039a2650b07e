"""A question as it is found in another system's file, whatever the format, and as an item of this course."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from lesson_lib.classroom.exchange import found
from lesson_lib.classroom.exchange.entries import UNIT
from lesson_lib.classroom.exchange.found import Bank, told
from lesson_lib.classroom.exchange.markup import Reading, clean, read_html
from lesson_lib.know.catalogue import _


@dataclass
class Answer:
    """One answer: its text (HTML, or plain in short and numerical questions), its share of 100 and its feedback."""

    text: str
    share: float
    why: str = ""
    tolerance: str = "0"


@dataclass
class Asked:
    """One question of a file. `kind` is Moodle's name of its type; texts are HTML as they stand there."""

    kind: str
    line: int
    name: str = ""
    stem: str = ""
    general: str = ""
    points: str = "1"
    single: bool = True
    unit: str = ""
    grader: str = ""
    least: int = 0
    path: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    pairs: list[tuple[str, str]] = field(default_factory=list)


class Skip(Exception):
    """This question cannot be an item of the course; the message says why."""


def put(bank: Bank, asked: Asked) -> None:
    """Adds the question to the bank, or notes why it is left out."""
    where = _("line {n}").format(n=asked.line)
    make = _KINDS.get(asked.kind)
    if make is None:
        none = _("Left out: the course has no question of the type {type}")
        bank.lose(none.format(type=asked.kind or _("unknown")), where)
        return
    # A table of embedded answers is read by itself.
    stem, general = read_html(_TABLE.sub("", asked.stem)), read_html(asked.general)
    if not stem.text:
        bank.lose(_("Left out: it asks nothing"), where)
        return
    try:
        item: dict[str, Any] = {
            "quiz": "",
            "id": bank.item_id(asked.name or " ".join(stem.text.split()[:6])),
            "type": "",
        }
        item |= {"objective": "", "difficulty": 2, "stem": stem.text, "source_ids": []}
        made = make(bank, asked, item["id"], stem, general)
    except Skip as reason:
        bank.lose(_("Left out: {reason}").format(reason=reason), where)
        return
    item["quiz"] = _quiz(bank, asked)
    points = bank.points(asked.points, item["id"])
    item |= {"points": points} if points != 1 else {}
    hints = [text for text in (read_html(hint).text for hint in asked.hints) if text]
    if len(hints) > 3:
        bank.lose(_("Hints after the third"), item["id"])
    item |= {"hints": hints[:3]} if hints else {}
    item |= {"why": general.text} if general.text else {}
    _dropped(bank, stem.dropped | general.dropped, item["id"])
    bank.add(item | made, asked.marks)


def _quiz(bank: Bank, asked: Asked) -> str:
    part = told(asked.marks, "part:")
    steps = [step for step in asked.path if step not in ("top", "$course$", "$system$", "")]
    # An export of this course: unit, part, and for drawn numbers the item.
    title = steps[1] if part and len(steps) > 1 else steps[-1] if steps else _("Imported")
    if part and steps and steps[0].startswith(f"{bank.name}. "):
        bank.title = steps[0].partition(". ")[2] or bank.title
    if part and len(steps) > 2:
        bank.lose(_("Drawn numbers: each row became a question of its own"), asked.name)
    return bank.quiz(part, title)


def _text(bank: Bank, html: str, where: str) -> str:
    reading = read_html(html)
    _dropped(bank, reading.dropped, where)
    return reading.text


def _dropped(bank: Bank, names: set[str], where: str) -> None:
    for name in sorted(names):
        bank.lose(_("The text lost its {things}").format(things=_(name)), where)


def _part_whys(bank: Bank, general: Reading, count: int, where: str) -> list[str]:
    """Why each part belongs where it does, as an export writes it into the general feedback."""
    explained = general.regions.get("parts", [])[1::2]
    if len(explained) != count:
        explained = [""] * count
    return [bank.why(text, where) for text in explained]


_Made = dict[str, Any]


def _choice(bank: Bank, asked: Asked, name: str, stem: Reading, general: Reading) -> _Made:
    shares = [answer.share for answer in asked.answers]
    if len(shares) < 2:
        raise Skip(_("it has fewer than two choices"))
    texts = [_text(bank, answer.text, name) for answer in asked.answers]
    if not all(texts):
        raise Skip(_("a choice is empty, or a picture only"))
    whys = [bank.why(_text(bank, answer.why, name), name) for answer in asked.answers]
    opinion = "opinion" in asked.marks
    right = [share > 0 and not opinion for share in shares]
    if asked.single and not opinion:
        full = [share >= 99.9 for share in shares]
        if sum(full) != 1:
            raise Skip(_("not exactly one of its choices is fully right"))
        if any(right[place] and not full[place] for place in range(len(full))):
            bank.lose(_("Half-right choices became wrong ones"), name)
        right = full
    elif not opinion:
        expected = 100 / max(1, sum(right))
        if any(abs(share - (expected if good else -expected)) > 0.1 for share, good in zip(shares, right, strict=True)):
            bank.lose(_("Shares of its own: now (right picks less wrong picks) / number of right choices"), name)
    rows = list(zip(texts, whys, right, strict=True))
    kind = {"type": "single" if asked.single else "multiple"} | ({"opinion": True} if opinion else {})
    return kind | {"choices": found.choices(rows)}


def _true_false(bank: Bank, asked: Asked, name: str, stem: Reading, general: Reading) -> _Made:
    bank.lose(_("True or false became a choice of two"), name)
    return _choice(bank, asked, name, stem, general)


def _numeric(bank: Bank, asked: Asked, name: str, stem: Reading, general: Reading) -> _Made:
    rows = [(found.number(each.text), found.number(each.tolerance or "0") or 0, each) for each in asked.answers]
    right = [(value, off) for value, off, each in rows if value is not None and each.share >= 99.9]
    if not right:
        raise Skip(_("no number in it is fully right"))
    if len(right) > 1:
        bank.lose(_("Right numbers after the first"), name)
    near = []
    for value, off, each in rows:
        if value is not None and each.share < 99.9:
            if each.share > 0:
                bank.lose(_("Half-right answers became foreseen slips"), name)
            near.append({"value": value, "tolerance": off, "why": bank.why(_text(bank, each.why, name), name)})
    unit = next(iter(stem.regions.get("unit", [])), "").removeprefix(UNIT) or asked.unit
    made: _Made = {"type": "numeric", "answer": right[0][0], "tolerance": right[0][1]}
    made |= {"unit": unit} if unit else {}
    return made | _needs_why(bank, general, name) | ({"near": near} if near else {})


def _short(bank: Bank, asked: Asked, name: str, stem: Reading, general: Reading) -> _Made:
    accepted, near = [], []
    for each in asked.answers:
        if re.search(r"(?<!\\)\*", each.text):
            bank.lose(_("Answers with a star for any text"), name)
            continue
        text = clean(each.text.replace(r"\*", "*"))
        if text and each.share >= 99.9:
            accepted.append(text)
        elif text:
            if each.share > 0:
                bank.lose(_("Half-right answers became foreseen slips"), name)
            near.append({"text": text, "why": bank.why(_text(bank, each.why, name), name)})
    if not accepted:
        raise Skip(_("no answer in it is fully right"))
    return {"type": "short", "accepted": accepted} | _needs_why(bank, general, name) | ({"near": near} if near else {})


def _needs_why(bank: Bank, general: Reading, name: str) -> _Made:
    return {} if general.text else {"why": bank.why("", name)}


def _match(bank: Bank, asked: Asked, name: str, stem: Reading, general: Reading) -> _Made:
    kind = told(asked.marks, "type:")
    spare = [clean(right) for left, right in asked.pairs if not left]
    pairs = [(left, clean(right)) for left, right in asked.pairs if left]
    if len(pairs) < 2:
        raise Skip(_("it has fewer than two pairs"))
    if kind == "table":
        return _table_of_pairs(bank, pairs, spare, name, general)
    whys = _part_whys(bank, general, len(pairs), name)
    rows = [(_text(bank, left, name), right, why) for (left, right), why in zip(pairs, whys, strict=True)]
    if not all(left and right for left, right, _ in rows):
        raise Skip(_("a side of a pair is empty, or a picture only"))
    if kind == "classify":
        return {"type": "classify"} | found.classify(rows, spare)
    if kind == "order" and sorted(right for _, right, _ in rows) == sorted(map(str, range(1, len(rows) + 1))):
        steps = [(text, why) for text, right, why in sorted(rows, key=lambda row: int(row[1]))]
        return _steps(bank, steps, name, stem, general)
    return {"type": "match"} | found.match(rows, spare)


def _table_of_pairs(
    bank: Bank, pairs: Sequence[tuple[str, str]], spare: Sequence[str], name: str, general: Reading
) -> _Made:
    rows: dict[str, dict[str, list[str]]] = {}
    for left, right in pairs:
        regions = read_html(left).regions
        if not (regions.get("row") and regions.get("column")):
            raise Skip(_("its rows and columns cannot be told apart any more"))
        rows.setdefault(regions["row"][0], {})[regions["column"][0]] = [right]
    columns = dict.fromkeys(column for cells in rows.values() for column in cells)
    values = dict.fromkeys([*(right for _, right in pairs), *spare])
    whys = _part_whys(bank, general, len(rows), name)
    lines = [(text, why, cells) for (text, cells), why in zip(rows.items(), whys, strict=True)]
    return {"type": "table"} | _needs_why(bank, general, name) | found.table(lines, list(columns), list(values))


def _ordering(bank: Bank, asked: Asked, name: str, stem: Reading, general: Reading) -> _Made:
    rows = sorted(asked.answers, key=lambda each: each.share)
    steps = [(_text(bank, each.text, name), bank.why(_text(bank, each.why, name), name)) for each in rows]
    return _steps(bank, steps, name, stem, general)


def _steps(bank: Bank, steps: Sequence[tuple[str, str]], name: str, stem: Reading, general: Reading) -> _Made:
    if len(steps) < 3:
        raise Skip(_("an order needs three steps or more"))
    ends = stem.regions.get("ends", [])
    made: _Made = {"type": "order"} | _needs_why(bank, general, name)
    if len(ends) == 2:
        made |= {end: text for end, text in zip(("first", "last"), ends, strict=True) if text}
    return made | {"steps": found.order(f"{bank.name}/{name}", steps)}


def _essay(bank: Bank, asked: Asked, name: str, stem: Reading, general: Reading) -> _Made:
    grader = read_html(asked.grader)
    rubric = grader.regions.get("rubric") or general.regions.get("rubric") or []
    model = next(iter(grader.regions.get("model") or general.regions.get("model") or []), "")
    if not rubric:
        bank.lose(_("No rubric in the file; one point to be written stands in its place"), name)
    made: _Made = {"type": "text", "rubric": rubric or [grader.text or _("TODO: write what a good answer has")]}
    made |= ({"model": model} if model else {}) | ({"min_words": asked.least} if asked.least else {})
    return made | _needs_why(bank, general, name)


_TABLE = re.compile(r'<table class="cells">(.*?)</table>', re.DOTALL)
_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
_EMBEDDED = re.compile(r"\{\d*:MULTICHOICE[A-Z_]*:(.*)\}", re.DOTALL)


def _cloze(bank: Bank, asked: Asked, name: str, stem: Reading, general: Reading) -> _Made:
    whole = _TABLE.search(asked.stem)
    grid = [_CELL.findall(row) for row in _ROW.findall(whole[1])] if whole else []
    if len(grid) < 2 or len(grid[0]) < 2 or any(len(row) != len(grid[0]) for row in grid):
        raise Skip(_("embedded answers can be read in a table only, as an export of this course writes them"))
    columns = [read_html(cell).text for cell in grid[0][1:]]
    values: dict[str, None] = {}
    rows = []
    for first, *rest in grid[1:]:
        right, whys = dict[str, list[str]](), list[str]()
        for column, cell in zip(columns, rest, strict=True):
            answers = _embedded(cell)
            if answers:
                values |= dict.fromkeys(text for text, _, _ in answers)
                right[column] = [text for text, share, _ in answers if share >= 99.9]
                whys += [why for _, _, why in answers if why]
        rows.append((read_html(first).text, bank.why(whys[0] if whys else "", name), right))
    return {"type": "table"} | _needs_why(bank, general, name) | found.table(rows, columns, list(values))


def _embedded(cell: str) -> list[tuple[str, float, str]]:
    """The answers embedded in a cell: text, share and feedback."""
    whole = _EMBEDDED.search(cell)
    if not whole:
        return []
    answers = []
    for each in re.split(r"(?<!\\)~", whole[1]):
        share, rest = 0.0, each
        if weight := re.match(r"%(-?[\d.]+)%|=", each):
            share, rest = (found.number(weight[1]) or 0) if weight[1] else 100, each[weight.end() :]
        # A number sign after & begins an entity; any other begins the feedback.
        text, *why = re.split(r"(?<![\\&])#", rest, maxsplit=1)
        parts = [read_html(html.unescape(part)).text for part in (text, *why)]
        answers.append((parts[0], share, parts[1] if why else ""))
    return answers


def plain_right(text: str) -> str:
    """A right side, which stands in Moodle as plain text with entities."""
    return html.unescape(text)


_KINDS: dict[str, Callable[[Bank, Asked, str, Reading, Reading], _Made]] = {
    "multichoice": _choice, "truefalse": _true_false, "numerical": _numeric, "shortanswer": _short,
    "match": _match, "ordering": _ordering, "essay": _essay, "cloze": _cloze,
}  # fmt: skip
