"""Questions drawn for a pen: boxes to tick, lines to write on, places for a letter's number.

Only black on white, and nothing that a screen reader would have to guess: every box stands beside its letter, a table
has its headings, and what is decoration is hidden from it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from lesson_lib.classroom.bank import Drawn
from lesson_lib.classroom.pages import own_words, plain, points, stem
from lesson_lib.classroom.paper_forms import letter, slots
from lesson_lib.know.catalogue import N_, _, ngettext, pgettext
from lesson_lib.think.questions import Item

STYLE = """
.q{break-inside:avoid;margin:0 0 11mm;padding-top:3mm;border-top:.4mm solid var(--line-strong)}
.q .label{display:flex;gap:2mm 4mm;margin:0 0 1.5mm;color:var(--ink-2);font-size:.86em}
.q .label b{color:var(--ink);font-size:1.12em}.q .label .pts{margin-left:auto;white-space:nowrap}
.q h3{font-size:1em;line-height:1.4;font-weight:650;margin:0 0 1.5mm}.q h3+.quiet{font-size:1em;color:var(--ink)}
.how{color:var(--ink-2);font-size:.9em;margin:0 0 2mm}
ul.plain{list-style:none;margin:0;padding:0}ul.plain>li{display:flex;gap:2.6mm;padding:1.1mm 0;align-items:baseline}
.box{flex:none;display:inline-block;width:4.6mm;height:4.6mm;border:.35mm solid var(--ink);vertical-align:-.8mm}
.wide{flex:none;display:inline-block;width:9.5mm;height:7.5mm;border:.35mm solid var(--ink);vertical-align:-2.2mm}
.rule{display:inline-block;width:52mm;max-width:100%;border-bottom:.35mm solid var(--ink);height:8mm}
.rule.long{width:100%}
.lines{margin-top:1mm}.lines i{display:block;height:8.6mm;border-bottom:.25mm solid var(--line-strong)}
.two{display:grid;grid-template-columns:11fr 10fr;gap:0 8mm}.two h4{font-size:.9em;margin:0 0 1mm;font-weight:650}
.two>div+div{border-left:.25mm solid var(--line-strong);padding-left:5mm}
.q table{font-size:.94em;margin:1mm 0 0;line-height:1.35}.q th,.q td{padding:1.6mm 3mm 1.6mm 0;vertical-align:middle}
.q tbody th{font-weight:400;color:var(--ink)}.q thead th{vertical-align:bottom}.q td.tick,.q th.tick{text-align:center}
.q td{white-space:nowrap}
.q caption{font-weight:400}.q caption span{margin-right:6mm;color:var(--ink)}.at{display:inline-block;width:6mm}
.sorts{table-layout:fixed}.sorts td:first-child,.sorts tbody th{width:46%}.sorts thead th{font-size:.93em;padding:1mm}
.q ol,.q ul.points{margin:0 0 1mm;padding-left:6mm}
.clip{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media(max-width:560px){.two{grid-template-columns:1fr}.two>div+div{border:0;padding:3mm 0 0}}
@media screen and (max-width:560px){.sorts td:first-child,.sorts tbody th{width:36%}
.sorts thead th{font-size:.7em;padding:1mm 0}}
@media print{.two{grid-template-columns:11fr 10fr}}
""".replace("\n", "")

_BOX = '<span class="box" aria-hidden="true"></span>'
_WIDE = '<span class="wide" aria-hidden="true"></span>'

HOW = {
    "single": N_("Tick one."),
    "multiple": N_("Tick every one that is right. A wrong tick costs what a right one earns."),
    "numeric": N_("Write a number."),
    "match": N_("In each box write the number of the line on the right that belongs there."),
    "order": N_("Number the boxes."),
    "classify": N_("Tick one column in each line."),
    "short": N_("Write a word or a few."),
    "text": N_("Write whole sentences."),
    "table": N_("Write a number in each box."),
}
"""What a student does with each type of question."""


def question(place: int, each: Drawn, form: str) -> str:
    """One question as it stands on form `form`, with room for the answer."""
    item = each.item
    how = _(HOW[item.type]) + (" " + _("No answer is marked right or wrong.") if item.opinion else "")
    name = _("Question {n}").format(n=place)
    return (
        f'<section class="q" aria-label="{name}"><p class="label"><b>{name}</b>'
        f"<span>{_('Form {letter}').format(letter=plain(form))}</span>"
        f'<span class="pts">{points(item.points)}</span></p>'
        f'{stem(item.body["stem"], "h3")}<p class="how">{how}</p>{_DRAWN[item.type](item.body)}'
        "</section>"
    )


def _choices(body: dict[str, Any]) -> str:
    lines = "".join(
        f"<li>{_BOX}<b>{letter(place)}</b><span>{own_words(choice['text'])}</span></li>"
        for place, choice in enumerate(body["choices"])
    )
    return f'<ul class="plain" role="list">{lines}</ul>'


def _numeric(body: dict[str, Any]) -> str:
    return f'<p>{_("Answer:")} <span class="rule"></span> {own_words(body["unit"], plain)}</p>'


def _short(_body: dict[str, Any]) -> str:
    return f'<p>{_("Answer:")} <span class="rule" style="width:110mm"></span></p>'


def _text(body: dict[str, Any]) -> str:
    good = "".join(f"<li>{own_words(point)}</li>" for point in body["rubric"])
    count = body["min_words"]
    about = ngettext("About {n} word or more.", "About {n} words or more.", count).format(n=count)
    least = f'<p class="how">{about}</p>' if count else ""
    return (
        f'<p class="how">{_("A good answer:")}</p><ul class="points">{good}</ul>{least}'
        f'<div class="lines" aria-hidden="true">{"<i></i>" * lines_for(body)}</div>'
    )


def lines_for(body: Mapping[str, Any]) -> int:
    """How many lines a text gets: about seven words of handwriting a line, and some to spare.

    >>> lines_for({"min_words": 50}), lines_for({"min_words": 0}), lines_for({"min_words": 900})
    (11, 6, 21)
    """
    return min(21, max(6, math.ceil(int(body["min_words"]) / 7) + 3))


def _match(body: dict[str, Any]) -> str:
    left = "".join(
        f"<li>{_WIDE}<b>{letter(place)}</b><span>{own_words(part['text'])}</span></li>"
        for place, part in enumerate(body["left"])
    )
    right = "".join(
        f"<li><b>{place}</b><span>{own_words(part['text'])}</span></li>"
        for place, part in enumerate(body["right"], start=1)
    )
    more = len(body["right"]) - len(body["left"])
    belongs = _("What belongs there ({n} more than needed)").format(n=more) if more > 0 else _("What belongs there")
    lines = _("Lines {first} to {last}").format(first=letter(0), last=letter(len(body["left"]) - 1))
    return (
        f'<div class="two"><div><h4>{lines}</h4><ul class="plain" role="list">{left}</ul></div>'
        f'<div><h4>{belongs}</h4><ul class="plain" role="list">{right}</ul></div></div>'
    )


def _order(body: dict[str, Any]) -> str:
    count = len(body["steps"])
    first, last = body["first"] or pgettext("of an order", "first"), body["last"] or pgettext("of an order", "last")
    lines = "".join(
        f"<li>{_WIDE}<b>{letter(place)}</b><span>{own_words(step['text'])}</span></li>"
        for place, step in enumerate(body["steps"])
    )
    ends = f"1 = {own_words(first, plain)}, {count} = {own_words(last, plain)}."
    return f'<p class="how">{ends} {_("Use each number once.")}</p><ul class="plain" role="list">{lines}</ul>'


def _classify(body: dict[str, Any]) -> str:
    heads = "".join(
        f'<th scope="col" class="tick">{place}<br>{own_words(one["text"])}</th>'
        for place, one in enumerate(body["bins"], start=1)
    )
    box = f'<td class="tick">{_BOX}</td>' * len(body["bins"])
    lines = "".join(
        f'<tr><th scope="row"><b>{letter(place)}</b> {own_words(card["text"])}</th>{box}</tr>'
        for place, card in enumerate(body["cards"])
    )
    return (
        f'<table class="sorts"><caption class="clip">{_("Cards and columns")}</caption><thead><tr><td></td>'
        f"{heads}</tr></thead><tbody>{lines}</tbody></table>"
    )


def _table(body: dict[str, Any]) -> str:
    heads = "".join(f'<th scope="col">{own_words(one["text"])}</th>' for one in body["columns"])
    names = {slot: letter(place) for place, slot in enumerate(slots(body))}
    empty, lines = f'<td class="quiet">{_("not asked")}</td>', []
    for row in body["rows"]:
        cells = []
        for column in body["columns"]:
            name = names.get((row["id"], column["id"]))
            cells.append(f'<td><b class="at">{name}</b>{_WIDE}</td>' if name else empty)
        lines.append(f'<tr><th scope="row">{own_words(row["text"])}</th>{"".join(cells)}</tr>')
    values = "".join(
        f"<span><b>{place}</b>&nbsp;{own_words(one['text'])}</span>"
        for place, one in enumerate(body["values"], start=1)
    )
    return (
        f"<table><caption>{values}</caption><thead><tr><td></td>{heads}</tr></thead>"
        f"<tbody>{''.join(lines)}</tbody></table>"
    )


_DRAWN = {
    "single": _choices, "multiple": _choices, "numeric": _numeric, "match": _match, "order": _order,
    "classify": _classify, "short": _short, "text": _text, "table": _table,
}  # fmt: skip


def on_sheet(item: Item) -> str:
    """Where an answer goes on an answer sheet: the letters with their boxes, or a line."""
    body, kind = item.body, item.type
    if kind in ("single", "multiple"):
        names = [letter(place) for place in range(len(body["choices"]))]
        return "".join(f'<span class="slot"><b>{name}</b>{_BOX}</span>' for name in names)
    if kind == "numeric":
        return f'<span class="rule"></span> {own_words(body["unit"], plain)}'
    if kind == "short":
        return '<span class="rule" style="width:90mm"></span>'
    if kind == "text":
        return f'<span class="slot">{_BOX}</span> {_("written on the question pages")}'
    return "".join(f'<span class="slot"><b>{letter(place)}</b>{_WIDE}</span>' for place in range(len(slots(body))))
