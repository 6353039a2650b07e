"""A quiz as text and as plain HTML: what a notebook stores, and what print, GitHub and hosts without widgets show.

The question is whole here, without its key. Letters and marks stand in the text, because JupyterLab strips list types
and styles from a notebook that is not trusted yet.
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from html import escape
from typing import Any

from lesson_lib.think.markup import plain, rich
from lesson_lib.think.questions import Item, Quiz

Body = dict[str, Any]

ASKS = {
    "single": "one answer",
    "multiple": "one or more answers",
    "numeric": "a number",
    "short": "a few words",
    "text": "in your own words",
    "match": "match each line",
    "order": "put in order",
    "classify": "sort each line",
    "table": "fill the table",
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
    return f'To answer by typing: quiz("{quiz.id}", {python_name(first.id)}={example(first)}, sure=2)'


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
            ends = [f"{end}: {body[end]}" for end in ("first", "last") if body.get(end)]
            yield "; ".join(ends), lettered(body["steps"])
        case "match":
            yield "", named(body["left"])
            yield "with one of", lettered(body["right"])
        case "classify":
            yield "", named(body["cards"])
            yield "each under one of", named(body["bins"])
        case "table":
            asked = [f"{row['id']}: {row['text']} ({', '.join(body['ask'][row['id']])})" for row in body["rows"]]
            yield "", asked
            yield "each with one of", named(body["values"])
        case "text":
            yield "A good answer:", list(body["rubric"])
        case "numeric" if body.get("unit"):
            yield f"in {body['unit']}", []


def head(quiz: Quiz, number: int, item: Item) -> str:
    """Question 2 of 4 · one answer"""
    opinion = " · no right or wrong" if item.opinion else ""
    length = f" · about {item.body['min_words']} words" if item.body.get("min_words") else ""
    return f"Question {number} of {len(quiz.items)} · {ASKS[item.type]}{length}{opinion}"


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
    parts = [f"<p><b>{escape(quiz.title)}</b></p>"] if quiz.title else []
    for number, item in enumerate(quiz.items, 1):
        lists = "".join(
            (f"<p>{escape(heading)}</p>" if heading else "")
            + (f"<ul>{''.join(f'<li>{rich(entry)}</li>' for entry in entries)}</ul>" if entries else "")
            for heading, entries in _lists(item.body)
        )
        hints = "".join(
            f"<details><summary>Hint {place}</summary>{rich(hint)}</details>"
            for place, hint in enumerate(item.hints, 1)
        )
        answer = f"<p><b>{rich(said[item.id])}</b></p>" if item.id in said else ""
        parts.append(
            f"<fieldset><legend>{head(quiz, number, item)}</legend><p><b>{rich(item.body['stem'])}</b></p>"
            f"{lists}{hints}{answer}</fieldset>"
        )
    run = "<p><b>To answer by clicking: choose Run → Run All Cells in the menu.</b></p>"
    return f"<div>{run}{''.join(parts)}<p><small>{escape(how(quiz))}</small></p></div>"
