"""Graded units as students hold them: `unit-A.json` beside the notebook, read like a lesson.

A *test* unit holds no key in any form: its answers are kept and marked by the teacher. A *study* unit holds its key
openly, gives feedback at once, and says so. Lessons come from the course, units from the folder of the notebook.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lesson_lib.know.catalogue import N_, _
from lesson_lib.know.errors import LessonError, unknown
from lesson_lib.think import questions
from lesson_lib.think.kinds import KINDS
from lesson_lib.think.questions import Item, Lesson, Quiz

FORMAT = "guarantees-unit/1"
BEHAVIOURS = ("test", "study")


def file_name(unit: str) -> str:
    """What a unit's file is called.

    >>> file_name("A")
    'unit-A.json'
    """
    return f"unit-{unit}.json"


def load_lesson(lesson: str, folder: Path | None = None) -> Lesson:
    """A lesson of the course, or the graded unit of that name beside the notebook.

    `folder` is where units are looked for, the working folder when it is left out. Raises UnknownName; LessonError
    for a unit's file that is damaged.
    """
    here = folder or Path.cwd()
    path = here / file_name(lesson)
    if lesson.isalnum() and path.is_file():
        return read(path)
    if lesson not in questions.lessons():
        beside = sorted(each.stem.partition("-")[2] for each in here.glob("unit-*.json"))
        raise unknown(_("lesson"), lesson, [*questions.lessons(), *beside])
    return questions.load_lesson(lesson)


def load_quiz(quiz_id: str, folder: Path | None = None) -> Quiz:
    """One quiz by its name: "01-warm-up" of a lesson, "A-part-1" of a unit. Raises UnknownName, LessonError."""
    lesson = str(quiz_id).partition("-")[0]
    if lesson.isalnum() and ((folder or Path.cwd()) / file_name(lesson)).is_file():
        quizzes = {quiz.id: quiz for quiz in load_lesson(lesson, folder).quizzes.values()}
        if quiz_id not in quizzes:
            raise unknown(_("quiz"), str(quiz_id), quizzes)
        return quizzes[quiz_id]
    return questions.load_quiz(quiz_id)


def released(
    unit: Lesson, parts: dict[str, list[Item]], *, behaviour: str, release: str, student: str = ""
) -> dict[str, Any]:
    """What goes into a student's file: bodies only for a test, with key and hints for study.

    `parts` are the items of each quiz in the order in which this student meets them.
    """
    open_book = behaviour == "study"
    written: dict[str, Any] = {
        "format": FORMAT,
        "unit": unit.lesson,
        "title": unit.title,
        "behaviour": behaviour,
        "release": release,
        "student": student,
        "parts": [
            {
                "id": f"{unit.lesson}-{name}",
                "title": unit.quizzes[name].title,
                "items": [item.body | ({} if open_book else {"hints": 0}) for item in items],
            }
            for name, items in parts.items()
        ],
    }
    if open_book:
        written["keys"] = {
            item.id: {"key": item.key, "hints": list(item.hints), "source_ids": list(item.source_ids)}
            for items in parts.values()
            for item in items
        }
    return written


def read(path: Path) -> Lesson:
    """The unit in a student's file. Raises LessonError, in one sentence, for what cannot be used."""
    try:
        given = json.loads(path.read_bytes())
    except OSError as error:
        raise _damaged(_("{file} cannot be read ({reason}).").format(file=path.name, reason=error.strerror)) from None
    except (ValueError, RecursionError):
        raise _damaged(_("{file} is damaged: it cannot be read as JSON.").format(file=path.name)) from None
    try:
        return _lesson(given, path)
    except (KeyError, TypeError, AttributeError, ValueError):
        raise _damaged(_("{file} is damaged: parts of the questions are missing.").format(file=path.name)) from None


_AGAIN = N_("Copy the unit's files again from where your teacher put them; your answers are kept apart in my-answers.")


def _damaged(wrong: str) -> LessonError:
    return LessonError(f"{wrong} {_(_AGAIN)}")


def _lesson(given: dict[str, Any], path: Path) -> Lesson:
    if given["format"] != FORMAT:
        wrong = _("{file} is made for another version of the course ({format}).")
        raise _damaged(wrong.format(file=path.name, format=f"{given['format']!r:.40}"))
    unit, behaviour, keys = str(given["unit"]), given["behaviour"], given.get("keys", {})
    if behaviour not in BEHAVIOURS or unit != path.stem.partition("-")[2]:
        raise ValueError
    quizzes = {}
    for part in given["parts"]:
        name = str(part["id"]).partition("-")[2]
        items = tuple(_item(body, keys.get(body["id"], {})) for body in part["items"])
        shown = "practice" if behaviour == "study" else "test"
        quizzes[name] = Quiz(f"{unit}-{name}", unit, str(part["title"]), shown, None, items)
    about = {"release": str(given["release"]), "student": str(given["student"]), "behaviour": behaviour}
    return Lesson(unit, str(given["title"]), (), {}, quizzes, path, 0, about)


def _item(body: dict[str, Any], held: dict[str, Any]) -> Item:
    if body["type"] not in KINDS:
        raise ValueError
    hints, sources = tuple(held.get("hints", ())), tuple(held.get("source_ids", ()))
    return Item(body["id"], body["type"], "", 1, bool(body["opinion"]), sources, body, held.get("key", {}), hints)
