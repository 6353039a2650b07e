"""A unit as Moodle XML, the format of Moodle's own question bank (docs.moodle.org, "Moodle XML format").

Moodle reads `]]>`, quotation marks and angle brackets as text: HTML stands in CDATA and holds no markup of the bank's.
"""

from __future__ import annotations

from collections.abc import Iterable

from lesson_lib.classroom.bank import Unit
from lesson_lib.classroom.exchange.entries import (
    Entry,
    cells,
    entries,
    exact,
    number,
    path,
    pools,
    rubric_html,
    solution,
    stem,
    tags,
    texts,
)
from lesson_lib.classroom.exchange.markup import bare, esc, flow, inline
from lesson_lib.classroom.exchange.package import HEAD, cdata, leaf, tag

PARTIAL = 10
"""Moodle knows a choice's share as 100 divided by a number up to this one."""
_RELATIVE_TO_ALL = "RELATIVE_ALL_PREVIOUS_AND_NEXT"
"""qtype_ordering: each pair of items in the right order counts, the nearest to the course's own marking.

The importer knows the name only: a number would silently become its default, the next item alone."""


def export(unit: Unit, variants: str = "all") -> bytes:
    """The whole unit as one file to import into a Moodle question bank."""
    parts: list[str] = []
    last = ("", "")
    for part, rows in pools(entries(unit, variants)):
        pool = rows[0].item.id if len(rows) > 1 else ""
        if (part, pool) != last:
            parts.append(_category(unit, part, pool, first=not parts))
            last = (part, pool)
        parts += [_question(entry) for entry in rows]
    return (HEAD + tag("quiz", {}, "\n", "\n".join(parts), "\n") + "\n").encode("utf-8")


def _html(name: str, html: str) -> str:
    return tag(name, {"format": "html"}, tag("text", {}, cdata(html)))


def _category(unit: Unit, part: str, pool: str, *, first: bool) -> str:
    steps = ["$course$", "top", *(step.replace("/", "//") for step in path(unit, part, pool))]
    objectives = "".join(f"<dt>{name}</dt><dd>{inline(text)}</dd>" for name, text in unit.lesson.objectives.items())
    info = [_html("info", f'<dl class="objectives">{objectives}</dl>')] if first else []
    return tag("question", {"type": "category"}, tag("category", {}, leaf("text", "/".join(steps))), *info)


def _question(entry: Entry) -> str:
    item = entry.item
    kind, told, own = _KINDS[item.type](entry)
    parts = item.type not in ("order", "table")
    marks = tags(entry, told) + ([f"points:{number(item.points)}"] if kind == "cloze" and item.points != 1 else [])
    text = stem(item) if item.type != "table" else _cloze(entry)
    general = [
        tag("name", {}, leaf("text", entry.name)),
        _html("questiontext", text),
        _html("generalfeedback", solution(item, parts=parts, rubric=False)),
        *([] if kind == "cloze" else [leaf("defaultgrade", number(item.points))]),
        leaf("penalty", number(1 / (len(item.hints) + 1) if item.hints else 0)),
        leaf("hidden", 0),
        leaf("idnumber", entry.name),
        *own,
        *(_html("hint", flow(hint)) for hint in item.hints),
        tag("tags", {}, *(tag("tag", {}, leaf("text", each)) for each in marks)),
    ]
    return tag("question", {"type": kind}, "\n", "\n".join(general), "\n")


_Own = tuple[str, str, list[str]]
"""Moodle's name of the type, the course's name where that differs, and the elements of the type."""


def _answer(share: float, text: str, why: str, *more: str) -> str:
    """An answer whose text is HTML already, or plain text already escaped."""
    attributes = {"fraction": number(share), "format": "html" if text.startswith("<![") else "moodle_auto_format"}
    return tag("answer", attributes, tag("text", {}, text), _html("feedback", flow(why)), *more)


def _choices(entry: Entry) -> _Own:
    item, right = entry.item, entry.item.key["right"]
    single = item.type == "single"
    answers = []
    for choice in item.body["choices"]:
        if item.opinion:
            share = 100.0
        elif single:
            share = 100.0 if choice["id"] == right else 0.0
        else:
            share = (100 if choice["id"] in right else -100) / min(len(right), PARTIAL)
        answers.append(_answer(share, cdata(flow(choice["text"])), item.key["whys"][choice["id"]]))
    own = [leaf("single", str(single).lower()), leaf("shuffleanswers", "true"), leaf("answernumbering", "abc")]
    return "multichoice", "", own + answers


def _numeric(entry: Entry) -> _Own:
    key = entry.item.key
    rows = [(100.0, key["value"], key["tolerance"], "")]
    rows += [(0.0, near["value"], near["tolerance"], near["why"]) for near in key["near"]]
    answers = [
        _answer(share, exact(value), why, leaf("tolerance", exact(tolerance))) for share, value, tolerance, why in rows
    ]
    unit = entry.item.body["unit"]
    if not unit:
        return "numerical", "", [*answers, leaf("showunits", 3)]
    units = tag("units", {}, tag("unit", {}, leaf("multiplier", 1), leaf("unit_name", bare(unit))))
    # Typed after the number, and not asked for: the number alone is right as well, as in the course.
    return "numerical", "", [*answers, units, leaf("unitgradingtype", 0), leaf("showunits", 0), leaf("unitsleft", 0)]


def _short(entry: Entry) -> _Own:
    key = entry.item.key
    rows = [(100.0, text, "") for text in key["accepted"]]
    rows += [(0.0, near["text"], near["why"]) for near in key["near"]]
    # A star would stand for any text at all.
    answers = [_answer(share, esc(text.replace("*", r"\*")), why) for share, text, why in rows]
    return "shortanswer", "", [leaf("usecase", 0), *answers]


def _pair(left: str, right: str) -> str:
    return tag("subquestion", {"format": "html"}, tag("text", {}, cdata(left)), tag("answer", {}, leaf("text", right)))


def plain_html(text: str) -> str:
    """A text for Moodle's menus, which take plain text and read entities in it."""
    return esc(bare(text).replace("\n", " "))


def _matching(pairs: Iterable[tuple[str, str]], spare: Iterable[str], told: str = "") -> _Own:
    rows = [_pair(flow(left), plain_html(right)) for left, right in pairs]
    rows += [_pair("", plain_html(right)) for right in spare]
    return "matching", told, [leaf("shuffleanswers", "true"), *rows]


def _match(entry: Entry) -> _Own:
    left, right, key = texts(entry.item, "left"), texts(entry.item, "right"), entry.item.key["pairs"]
    spare = [text for name, text in right.items() if name not in key.values()]
    return _matching([(left[name], right[key[name]]) for name in left], spare)


def _classify(entry: Entry) -> _Own:
    cards, bins, key = texts(entry.item, "cards"), texts(entry.item, "bins"), entry.item.key["bins"]
    spare = [text for name, text in bins.items() if name not in key.values()]
    return _matching([(cards[name], bins[key[name]]) for name in cards], spare, "classify")


def _order(entry: Entry) -> _Own:
    shown, whys = texts(entry.item, "steps"), entry.item.key["whys"]
    answers = [
        _answer(place, cdata(flow(shown[step])), whys[step])
        for place, step in enumerate(entry.item.key["steps"], start=1)
    ]
    settings = {
        "layouttype": "VERTICAL", "selecttype": "ALL", "selectcount": 0, "gradingtype": _RELATIVE_TO_ALL,
        "showgrading": "SHOW", "numberingstyle": "none",
    }  # fmt: skip
    return "ordering", "", [*(leaf(name, value) for name, value in settings.items()), *answers]


def _text(entry: Entry) -> _Own:
    least = entry.item.body["min_words"]
    own = [
        leaf("responseformat", "editor"), leaf("responserequired", 1), leaf("responsefieldlines", 15),
        *([leaf("minwordlimit", least)] if least else []),
        leaf("attachments", 0), leaf("attachmentsrequired", 0),
        _html("graderinfo", rubric_html(entry.item)),
    ]  # fmt: skip
    return "essay", "", own


def _table(entry: Entry) -> _Own:
    return "cloze", "", []


def _embedded(html: str) -> str:
    """HTML inside an embedded answer: Moodle takes the answer apart by these signs first, and decodes them after."""
    return "".join(f"&#{ord(sign)};" if sign in "~#{}\\%=*&<>\"'" else sign for sign in html)


def _cloze(entry: Entry) -> str:
    item = entry.item
    rows, columns, values = (texts(item, name) for name in ("rows", "columns", "values"))
    asked = {(row, column): right for row, column, right in cells(item)}
    why = item.key["whys"]

    def cell(row: str, column: str) -> str:
        if (row, column) not in asked:
            return "<td></td>"
        choices = (
            f"{'%100%' if value in asked[row, column] else '%0%'}{_embedded(inline(text))}#{_embedded(flow(why[row]))}"
            for value, text in values.items()
        )
        return "<td>{1:MULTICHOICE:" + "~".join(choices) + "}</td>"

    head = "".join(f"<th>{inline(text)}</th>" for text in columns.values())
    body = "".join(
        f"<tr><th>{flow(text)}</th>{''.join(cell(row, column) for column in columns)}</tr>"
        for row, text in rows.items()
    )
    return f'{stem(item)}<table class="cells"><tr><th></th>{head}</tr>{body}</table>'


_KINDS = {
    "single": _choices, "multiple": _choices, "numeric": _numeric, "short": _short, "match": _match,
    "classify": _classify, "order": _order, "text": _text, "table": _table,
}  # fmt: skip
