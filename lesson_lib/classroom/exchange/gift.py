"""A unit as GIFT, Moodle's text format that many systems read (docs.moodle.org, "GIFT format").

Each text stands on a line of its own, HTML as the marker [html] says, and the signs that GIFT reads are escaped.
"""

from __future__ import annotations

import re
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
    solution,
    stem,
    tags,
    texts,
)
from lesson_lib.classroom.exchange.markup import clean, flow, inline
from lesson_lib.classroom.exchange.moodle_xml import PARTIAL, plain_html


def signs(text: str) -> str:
    r"""A text with every sign escaped that GIFT would read, on one line.

    >>> signs("2:1 = {a}")
    '2\\:1 \\= \\{a\\}'
    """
    return re.sub(r"[\\~=#{}:]", r"\\\g<0>", clean(text)).replace("\n", r"\n")


def export(unit: Unit, variants: str = "all") -> bytes:
    """The whole unit as one text file."""
    lines = [f"// {unit.name}. {_line(unit.title)}"]
    lines += [f"// objective {name}: {_line(text)}" for name, text in unit.lesson.objectives.items()]
    blocks, last = ["\n".join(lines)], ("", "")
    for part, rows in pools(entries(unit, variants)):
        pool = rows[0].item.id if len(rows) > 1 else ""
        if (part, pool) != last:
            steps = [step.replace("/", "//") for step in path(unit, part, pool)]
            blocks.append("$CATEGORY: " + "/".join(["$course$", "top", *steps]))
            last = (part, pool)
        blocks += [_question(entry) for entry in rows]
    return ("\n\n".join(blocks) + "\n").encode("utf-8")


def _line(text: str) -> str:
    return " ".join(clean(text).split())


def _question(entry: Entry) -> str:
    item = entry.item
    told = item.type if item.type in ("order", "classify", "table") else ""
    noted = tags(entry, told) + ([f"points:{number(item.points)}"] if item.points != 1 else [])
    marks = "".join(f" [tag:{_line(each).replace(']', chr(92) + ']')}]" for each in noted)
    lines = [f"// question: {entry.name} [id:{entry.name}]{marks}"]
    opening, answers = _KINDS[item.type](entry)
    lines.append(f"::{signs(entry.name)}::[html]{signs(stem(item, unit=True))}{{{opening}")
    lines += [f"\t{answer}" for answer in answers]
    told_all = solution(item)
    if told_all:
        lines.append(f"\t####{signs(told_all)}")
    return "\n".join([*lines, "}"])


_Answers = tuple[str, list[str]]
"""What follows the opening brace, and a line for each answer."""


def _shown(text: str) -> str:
    """A text in HTML; a bracket at its beginning would be taken for the name of a format."""
    html = flow(text)
    return signs(f"[html]{html}" if html.startswith("[") else html)


def _why(why: str) -> str:
    return f"#{_shown(why)}" if why else ""


def _choices(entry: Entry) -> _Answers:
    item, right = entry.item, entry.item.key["right"]
    answers = []
    for place, choice in enumerate(item.body["choices"]):
        if item.opinion:
            # An equals sign makes it a question of one choice; every choice earns all.
            weight = "=" if item.type == "single" and not place else "~%100%"
        elif item.type == "single":
            weight = "=" if choice["id"] == right else "~%0%"
        else:
            weight = f"~%{number((100 if choice['id'] in right else -100) / min(len(right), PARTIAL))}%"
        answers.append(weight + _shown(choice["text"]) + _why(item.key["whys"][choice["id"]]))
    return "", answers


def _numeric(entry: Entry) -> _Answers:
    key = entry.item.key
    rows = [(100, key["value"], key["tolerance"], "")]
    rows += [(0, near["value"], near["tolerance"], near["why"]) for near in key["near"]]
    return "#", [f"=%{share}%{exact(value)}:{exact(off)}{_why(why)}" for share, value, off, why in rows]


def _short(entry: Entry) -> _Answers:
    key = entry.item.key
    rows = [(100, text, "") for text in key["accepted"]] + [(0, near["text"], near["why"]) for near in key["near"]]
    return "", [f"=%{share}%{_plain(text)}{_why(why)}" for share, text, why in rows]


def _plain(text: str) -> str:
    # A star would stand for any text at all, and an arrow would make pairs of all the answers.
    starred = clean(text).replace("*", r"\*").replace("->", "→")
    return signs(f"[plain]{starred}" if starred.startswith("[") else starred)


def _matching(pairs: Iterable[tuple[str, str]], spare: Iterable[str] = ()) -> _Answers:
    rows = [f"={signs(f'[html]{left}' if left.startswith('[') else left)} -> {signs(right)}" for left, right in pairs]
    return "", rows + [f"= -> {signs(right)}" for right in spare]


def _match(entry: Entry) -> _Answers:
    left, right, key = texts(entry.item, "left"), texts(entry.item, "right"), entry.item.key["pairs"]
    spare = [plain_html(text) for name, text in right.items() if name not in key.values()]
    return _matching([(flow(left[name]), plain_html(right[key[name]])) for name in left], spare)


def _classify(entry: Entry) -> _Answers:
    cards, bins, key = texts(entry.item, "cards"), texts(entry.item, "bins"), entry.item.key["bins"]
    spare = [plain_html(text) for name, text in bins.items() if name not in key.values()]
    return _matching([(flow(cards[name]), plain_html(bins[key[name]])) for name in cards], spare)


def _order(entry: Entry) -> _Answers:
    shown = texts(entry.item, "steps")
    steps = enumerate(entry.item.key["steps"], start=1)
    return _matching([(flow(shown[step]), str(place)) for place, step in steps])


def _table(entry: Entry) -> _Answers:
    rows, columns, values = (texts(entry.item, name) for name in ("rows", "columns", "values"))
    used, pairs = set(), []
    for row, column, right in cells(entry.item):
        used.add(right[0])
        left = f'<span class="row">{inline(rows[row])}</span>, <span class="column">{inline(columns[column])}</span>'
        pairs.append((left, plain_html(values[right[0]])))
    return _matching(pairs, [plain_html(text) for name, text in values.items() if name not in used])


def _text(entry: Entry) -> _Answers:
    return "", []


_KINDS = {
    "single": _choices, "multiple": _choices, "numeric": _numeric, "short": _short, "match": _match,
    "classify": _classify, "order": _order, "text": _text, "table": _table,
}  # fmt: skip
