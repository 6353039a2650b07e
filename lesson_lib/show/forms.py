"""A quiz as text and as plain HTML: what a notebook stores, and what print, GitHub and hosts without widgets show.

The question is whole here, without its key. Letters and marks stand in the text, because JupyterLab strips list types
and styles from a notebook that is not trusted yet.
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from html import escape
from typing import Any

from lesson_lib.know.catalogue import N_, _, ngettext
from lesson_lib.show import page
from lesson_lib.think.markup import plain, rich
from lesson_lib.think.questions import Item, Quiz

Body = dict[str, Any]

ASKS = {
    "single": N_("one answer"),
    "multiple": N_("one or more answers"),
    "numeric": N_("a number"),
    "short": N_("a few words"),
    "text": N_("in your own words"),
    "match": N_("match each line"),
    "order": N_("put in order"),
    "classify": N_("sort each line"),
    "table": N_("fill the table"),
}


def python_name(item_id: str) -> str:
    """An item's name as it is typed: quiz("01-warm-up", six_or_seven="b")."""
    return item_id.replace("-", "_")


def example(item: Item) -> str:
    """An answer to this item as one would type it: shows the form, and never the key."""
    body = item.body
    match item.type:
        case "single":
            return '"a"'
        case "multiple":
            return '"a, b"'
        case "numeric":
            return "0"
        case "short" | "text":
            return '"…"'
        case "order":
            return '"' + " ".join(string.ascii_lowercase[: len(body["steps"])]) + '"'
        case "match":
            return f'{{"{body["left"][0]["id"]}": "a"}}'
        case "classify":
            return f'{{"{body["cards"][0]["id"]}": "{body["bins"][0]["id"]}"}}'
        case _:
            row = body["rows"][0]["id"]
            return f'{{"{row}": {{"{body["ask"][row][0]}": "{body["values"][0]["id"]}"}}}}'


def how(quiz: Quiz) -> str:
    """The line that says how to answer without clicking."""
    first = quiz.items[0]
    typed = f'quiz("{quiz.id}", {python_name(first.id)}={example(first)}, sure=2)'
    return _("To answer by typing: {code}").format(code=typed)


def _lists(body: Body) -> Iterator[tuple[str, list[str]]]:
    """What there is to choose from, as headed lists of plain lines."""

    def lettered(options: list[dict[str, str]]) -> list[str]:
        return [f"{letter}. {option['text']}" for letter, option in zip(string.ascii_lowercase, options, strict=False)]

    def named(options: list[dict[str, str]]) -> list[str]:
        # The id is what one types; where it is the word itself, once is enough.
        return [
            option["text"]
            if option["id"].casefold() == option["text"].casefold()
            else f"{option['id']}: {option['text']}"
            for option in options
        ]

    match body["type"]:
        case "single" | "multiple":
            yield "", lettered(body["choices"])
        case "order":
            ends = [_("first: {end}").format(end=body["first"])] if body.get("first") else []
            ends += [_("last: {end}").format(end=body["last"])] if body.get("last") else []
            yield "; ".join(ends), lettered(body["steps"])
        case "match":
            yield "", named(body["left"])
            yield _("with one of"), lettered(body["right"])
        case "classify":
            yield "", named(body["cards"])
            yield _("each under one of"), named(body["bins"])
        case "table":
            asked = [f"{row['id']}: {row['text']} ({', '.join(body['ask'][row['id']])})" for row in body["rows"]]
            yield "", asked
            yield _("each with one of"), named(body["values"])
        case "text":
            yield _("A good answer:"), list(body["rubric"])
        case "numeric" if body.get("unit"):
            yield _("in {unit}").format(unit=body["unit"]), []


def head(quiz: Quiz, number: int, item: Item) -> str:
    """Question 2 of 4 · one answer"""
    parts = [_("Question {n} of {of}").format(n=number, of=len(quiz.items)), _(ASKS[item.type])]
    if words := item.body.get("min_words"):
        parts.append(ngettext("about {n} word", "about {n} words", words).format(n=words))
    if item.opinion:
        parts.append(_("no right or wrong"))
    return " · ".join(parts)


def as_text(quiz: Quiz, said: dict[str, str]) -> str:
    """The quiz as plain text; `said` holds what is to be said of the items answered by typing."""
    lines = [quiz.title] if quiz.title else []
    for number, item in enumerate(quiz.items, 1):
        lines += ["", f"{head(quiz, number, item)} [{python_name(item.id)}]", plain(item.body["stem"])]
        for heading, entries in _lists(item.body):
            lines += [f"  {heading}"] if heading else []
            lines += [f"  {plain(entry)}" for entry in entries]
        lines += [f"  → {said[item.id]}"] if item.id in said else []
    return "\n".join([*lines, "", how(quiz)]).strip()


def as_html(quiz: Quiz, said: dict[str, str]) -> str:
    """The same as HTML that still reads well when its styles are stripped."""
    ours = page.ours()
    parts = [f"<p><b{page.lang(quiz.items[0].body.get('lang'))}>{escape(quiz.title)}</b></p>"] if quiz.title else []
    for number, item in enumerate(quiz.items, 1):
        theirs = page.lang(item.body.get("lang"))  # of a question that is not translated
        lists = "".join(
            (f"<p>{escape(heading)}</p>" if heading else "")
            + (f"<ul{theirs}>{''.join(f'<li>{rich(entry)}</li>' for entry in entries)}</ul>" if entries else "")
            for heading, entries in _lists(item.body)
        )
        hints = "".join(
            f"<details{theirs}><summary{ours}>{_('Hint {n}').format(n=place)}</summary>{rich(hint)}</details>"
            for place, hint in enumerate(item.hints, 1)
        )
        answer = f"<p><b>{rich(said[item.id])}</b></p>" if item.id in said else ""
        parts.append(
            f"<fieldset><legend>{head(quiz, number, item)}</legend><p><b{theirs}>{rich(item.body['stem'])}</b></p>"
            f"{lists}{hints}{answer}</fieldset>"
        )
    run = f"<p><b>{_('To answer by clicking: choose Run → Run All Cells in the menu.')}</b></p>"
    return f"<div{ours}>{run}{''.join(parts)}<p><small>{escape(how(quiz))}</small></p></div>"
