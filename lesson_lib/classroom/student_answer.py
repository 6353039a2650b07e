"""A student's answer on their page of feedback: the choices, the parts or the words, with what may be told of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lesson_lib.classroom.grade import Graded
from lesson_lib.classroom.pages import lang_of, own_words, plain, table
from lesson_lib.classroom.paper_marks import NOT_READ
from lesson_lib.know.catalogue import _
from lesson_lib.think import marking
from lesson_lib.think.markup import rich
from lesson_lib.think.questions import Item
from lesson_lib.think.reading import letter

IN_PARTS = ("match", "classify", "table", "order")
"""The types of question whose answer is a table of parts."""


def answered(item: Item, row: Graded, told: dict[str, Any], reveal: str) -> str:
    """What the student answered, as HTML; `told` is what `marking.feedback` lets be said of it."""
    if row.outcome == "unreadable":
        said = str(row.answer)
        if said.startswith(NOT_READ):
            said = f"{_(NOT_READ)}{said.removeprefix(NOT_READ)}"
        return f'<div class="said"><b>{_("Your answer:")}</b> <span class="prose">{plain(said)}</span></div>'
    given = marking.read(item.body, row.answer) if row.outcome != "blank" else None
    if item.type in ("single", "multiple"):
        return _choices(item, given, told)
    if item.type in IN_PARTS:
        return _parts(item, given, told, reveal)
    text = marking.answer_text(item.body, given) if given is not None else ""
    words = f'<span class="prose"{lang_of(text)}>{plain(text)}</span>' if text else _not_answered()
    return f'<div class="said"><b>{_("Your answer:")}</b> {words}</div>'


def _not_answered() -> str:
    return f'<span class="quiet">{_("not answered")}</span>'


def _choices(item: Item, given: Any, told: dict[str, Any]) -> str:
    chosen = given if isinstance(given, list) else [given]
    lines = []
    for place, choice in enumerate(item.body["choices"]):
        state = told["parts"].get(choice["id"], {"state": "", "why": ""})
        tags = [_("Your answer")] if choice["id"] in chosen else []
        kind = "chosen" if tags else ""
        if state["state"] in ("right", "missed") and not item.opinion:
            kind, sign = "is-right", f'<span class="tag right">{_("✓ Right")}</span>'
        elif state["state"] == "wrong":
            kind, sign = "is-wrong", f'<span class="tag wrong">{_("✗ Not this one")}</span>'
        else:
            sign = ""
        label = " · ".join(filter(None, [f'<span class="tag">{tags[0]}</span>' if tags else "", sign]))
        why = f"<p{lang_of(state['why'])}>{rich(state['why'])}</p>" if state["why"] else ""
        text = f"{letter(place)}. {own_words(choice['text'])}"
        lines.append(f'<li class="{kind}">{f"{label}<br>" if label else ""}{text}{why}</li>')
    return f'<ul class="choices">{"".join(lines)}</ul>'


def _parts(item: Item, given: Any, told: dict[str, Any], reveal: str) -> str:
    """A table of the parts: what was answered, from `hints` on whether it is right, with `answers` what is, and why."""
    body, key, explained = item.body, told.get("key"), reveal == "answers"
    if item.type == "order":
        first, last = (body.get(end) for end in ("first", "last"))
        above = (
            _("From {first} to {last}.").format(first=own_words(first), last=own_words(last)) if first and last else ""
        )
        first, heads, rows = _("Place"), [_("Your answer")], _order_rows(body, given, key, told, reveal)
    elif item.type == "table":
        above = _options(body["values"])
        first, heads = _("Row"), [column["text"] for column in body["columns"]]
        rows = _grid_rows(body, given, key, told, reveal)
    else:
        left, right = ("cards", "bins") if item.type == "classify" else ("left", "right")
        above = _options(body[right])
        texts = {one["id"]: one["text"] for one in body[right]}
        first, heads, rows = _("Part"), [_("Your answer")], []
        for one in body[left]:
            part, answer = one["id"], (given or {}).get(one["id"], "")
            cell = _cell(texts.get(answer, ""), told, part, texts[key[part]] if key else "", reveal)
            rows.append([own_words(one["text"]), cell, own_words(_why(told, part))])
    # A table needs no "why" column where nothing is explained.
    rows = rows if explained else [row[:-1] for row in rows]
    above = f"<p class='quiet'>{above}</p>" if above else ""
    heads = [first, *heads, *([_("Why")] if explained else [])]
    return above + table(_("Your answer"), heads, rows, f"parts {item.type}")


def _options(options: Sequence[dict[str, str]]) -> str:
    return _("To choose from: {choices}").format(choices=" · ".join(own_words(one["text"]) for one in options))


def _order_rows(body: dict[str, Any], given: Any, key: Any, told: dict[str, Any], reveal: str) -> list[list[str]]:
    texts = {step["id"]: step["text"] for step in body["steps"]}
    if not given and not key:
        return [["–", own_words(step["text"]), ""] for step in body["steps"]]
    rows = []
    for place in range(len(texts)):
        put, right = given[place] if given else "", key[place] if key else ""
        cell = _cell(texts.get(put, ""), told, put, texts.get(right, ""), reveal)
        rows.append([str(place + 1), cell, own_words(_why(told, right))])
    return rows


def _grid_rows(body: dict[str, Any], given: Any, key: Any, told: dict[str, Any], reveal: str) -> list[list[str]]:
    values = {value["id"]: value["text"] for value in body["values"]}
    rows = []
    for row in body["rows"]:
        name, asked = row["id"], body["ask"][row["id"]]
        cells = []
        for column in (one["id"] for one in body["columns"]):
            answer = (given or {}).get(name, {}).get(column, "")
            right = _(" or ").join(values[one] for one in key[name][column]) if key and column in asked else ""
            cell = _cell(values.get(answer, ""), told, f"{name}/{column}", right, reveal)
            cells.append(cell if column in asked else f'<span class="quiet">{_("not asked")}</span>')
        rows.append([own_words(row["text"]), *cells, own_words(_why(told, f"{name}/{asked[0]}"))])
    return rows


def _cell(answer: str, told: dict[str, Any], part: str, right: str, reveal: str) -> str:
    """What was answered, whether it is right, and what is: as much as may be told."""
    lines = [own_words(answer, plain) if answer else _not_answered()]
    state = told["parts"].get(part, {}).get("state", "") if answer else ""
    if reveal != "score" and state in ("right", "wrong"):
        lines.append(f'<span class="{state}">{_("✓ right") if state == "right" else _("✗ not right")}</span>')
    if right and state != "right":
        lines.append(_("Right answer: {answer}").format(answer=f"<b>{own_words(right, plain)}</b>"))
    return "<br>".join(lines)


def _why(told: dict[str, Any], part: str) -> str:
    return str(told["parts"].get(part, {}).get("why", ""))
