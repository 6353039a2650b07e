"""What a page's script has to know of a lesson: its questions with their keys, as JSON in the page.

Practice questions hold their keys openly, here as in the notebook; a graded unit is never part of the site.
"""

from __future__ import annotations

import json
from typing import Any

from lesson_lib.know.sources import source
from lesson_lib.think.kinds import KINDS
from lesson_lib.think.questions import Item, Lesson, Quiz


def lesson(given: Lesson) -> dict[str, Any]:
    """The lesson as the kernel's half in JavaScript takes it."""
    quizzes = list(given.quizzes.values())
    cited = dict.fromkeys(each for quiz in quizzes for item in quiz.items for each in item.source_ids)
    return {
        "lesson": given.lesson,
        "title": given.title,
        "original": given.original or given.title,
        "quizzes": [_quiz(quiz) for quiz in quizzes],
        "sources": {each: source(each).brief() for each in cited},
    }


def _quiz(quiz: Quiz) -> dict[str, Any]:
    return {
        "id": quiz.id,
        "title": quiz.title,
        "behaviour": quiz.behaviour,
        "returns_to": quiz.returns_to,
        "items": [_item(item) for item in quiz.items],
    }


def _item(item: Item) -> dict[str, Any]:
    kind = KINDS[item.type]
    key = None if item.opinion else kind.right(item.key)
    return {
        "id": item.id,
        "type": item.type,
        "opinion": item.opinion,
        "body": item.body,
        "key": item.key,
        # JavaScript knows no 77.0, only 77: how the key is said is Python's word.
        "key_text": "" if key is None else kind.text(item.body, key),
        "hints": list(item.hints),
        "source_ids": list(item.source_ids),
    }


def embedded(value: object) -> str:
    """JSON that cannot end the script element it stands in.

    >>> embedded({"a": "</script>"})
    '{"a":"\\\\u003c/script>"}'
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
