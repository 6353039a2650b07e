"""How far a student is, and handing in: one small file, and the same record in the notebook's own output."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lesson_lib.know.errors import LessonError
from lesson_lib.know.sources import day
from lesson_lib.show.quiz import answer_log, live
from lesson_lib.think import answers
from lesson_lib.think.answers import RECORD
from lesson_lib.think.files import write_whole
from lesson_lib.think.questions import Lesson
from lesson_lib.think.units import load_lesson

if TYPE_CHECKING:
    from lesson_lib.show.panel import Panel


def progress(lesson: str) -> ProgressView:
    """How many questions of the lesson you have answered; it counts on while you answer.

    Raises UnknownName for a lesson that does not exist.

    >>> progress("01")  # doctest: +ELLIPSIS
    <Progress in lesson 01: ... answered>
    """
    return ProgressView(load_lesson(lesson))


@dataclass(frozen=True)
class ProgressView:
    """What `progress` gives: shows itself in a notebook."""

    lesson: Lesson

    def __repr__(self) -> str:
        return f"<Progress in lesson {self.lesson.lesson}: {answers.progress(self.lesson, answer_log())}>"

    def _state(self) -> dict[str, Any]:
        log = answer_log()
        now = answers.progress(self.lesson, log)
        where = f" · kept in {log.folder.name}" if now.answered else ""
        says = f"Lesson {self.lesson.lesson}: {now}{where}"
        trouble = log.trouble(self.lesson.lesson)
        return {
            "share": now.answered / now.of if now.of else 0,
            "says": f"{says}. {trouble}" if trouble else says,
        }

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        state = self._state()
        quizzes = answers.progress(self.lesson, answer_log()).quizzes
        lines = [
            f"{self.lesson.quizzes[quiz_id.partition('-')[2]].title}: {answered} of {of}"
            for quiz_id, (answered, of) in quizzes.items()
        ]
        bundle: dict[str, Any] = {
            "text/plain": "\n".join([state["says"], *(f"  {line}" for line in lines)]),
            "text/html": f"<p><b>{escape(state['says'])}</b></p>"
            f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>",
        }
        panel = live("progress", {}, state, lambda _message: None)
        return bundle | (_followed(panel, self._state) if panel else {})


def _followed(panel: Panel, state: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The panel's view; from now on the panel shows what the log says, whenever an answer is added."""

    def update(_event: object) -> None:
        panel.state = state()

    answer_log().watch(update)
    return panel.view()


def hand_in(lesson: str, name: str | None = None) -> HandIn:
    """The form to hand in a lesson: what is still blank, your name, and a button that makes the file.

    Where there is nothing to click, write your name: `hand_in("01", name="…")` makes the file at once. The file and
    the saved notebook hold the same record; either can be uploaded. Raises UnknownName for an unknown lesson.

    >>> hand_in("01")
    <HandIn of lesson 01>
    """
    if name is not None and not str(name).strip():
        raise LessonError('Write your name in quotation marks: hand_in("01", name="…").')
    return HandIn(load_lesson(lesson), str(name).strip() if name is not None else None)


@dataclass
class HandIn:
    """What `hand_in` gives: shows a form and, once handed in, the receipt."""

    lesson: Lesson
    name: str | None = None

    def __repr__(self) -> str:
        return f"<HandIn of lesson {self.lesson.lesson}>"

    @property
    def path(self) -> Path:
        """Where the hand-in file goes: beside the answers."""
        return answer_log().folder / f"hand-in-{self.lesson.lesson}.json"

    def made(self) -> dict[str, Any] | None:
        """The record of an earlier hand-in, so that running the cell again does not take it out of the notebook."""
        try:
            record, problems = answers.read_record(self.path.read_bytes())
        except OSError:
            return None
        return record if not problems and record["lesson"] == self.lesson.lesson else None

    def checklist(self) -> list[str]:
        """What is answered and what is still blank, in sentences."""
        log = answer_log()
        now = answers.progress(self.lesson, log)
        titles = {quiz.id: quiz.title for quiz in self.lesson.quizzes.values()}
        blank = [f"{titles[quiz_id]} ({of - done})" for quiz_id, (done, of) in now.quizzes.items() if done < of]
        lines = [f"{now}."]
        if not now.answered:
            lines.append("Nothing to hand in yet: answer some questions above first.")
        elif blank:
            lines.append(f"Still blank: {', '.join(blank)}. You may hand in all the same, and again later.")
        else:
            lines.append("Nothing is left blank.")
        return lines + [line for line in [log.trouble(self.lesson.lesson)] if line]

    def make(self, name: str) -> tuple[dict[str, Any], str]:
        """Makes the record and writes its file: the record, and a sentence when it could not be written."""
        record = answers.record(self.lesson, name, answer_log())
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.path, [_text(record).encode()], mode=0o600)
        except OSError as error:
            return record, (
                f"The file could not be written ({error.strerror}). Use “Download the file”, or save this notebook "
                "and hand in the notebook: it holds the same record."
            )
        return record, ""

    def _ipython_display_(self) -> None:
        from IPython.display import display, update_display

        receipt_id = f"hand-in-{self.lesson.lesson}"
        record, trouble = self.make(self.name) if self.name is not None else (self.made(), "")

        def reply(message: dict[str, Any]) -> dict[str, Any] | None:
            if message.get("do") != "hand-in":
                return None
            name = str(message.get("name") or "").strip()[:200]
            if not name:
                return self._state(None, "Write your name first, as your teacher knows you.")
            made, problem = self.make(name)
            update_display(self._receipt(made, problem), display_id=receipt_id, raw=True)
            return self._state(made, problem)

        title = f"Hand in lesson {self.lesson.lesson}: {self.lesson.title}"
        state = self._state(record, trouble)
        lines = [
            title,
            *state["lines"],
            f'To hand in without clicking: hand_in("{self.lesson.lesson}", name="your name")',
        ]
        bundle: dict[str, Any] = {
            "text/plain": "\n".join(lines),
            "text/html": f"<p><b>{escape(title)}</b></p>" + "".join(f"<p>{escape(line)}</p>" for line in lines[1:]),
        }
        panel = live("hand-in", {"title": title}, state, reply)
        display(bundle | (_followed(panel, lambda: self._state(None, "")) if panel else {}), raw=True)
        display(self._receipt(record, trouble), display_id=receipt_id, raw=True)

    def _state(self, record: dict[str, Any] | None, trouble: str) -> dict[str, Any]:
        state: dict[str, Any] = {
            "lines": self.checklist(),
            "problem": trouble,
            "receipt": [],
            "name": self.name or "",
        }
        if record:
            state |= {
                "receipt": self._lines(record, trouble),
                "name": record["name"],
                "file": f"{self.path.stem}-{_file_name(record['name'])}.json",
                "text": _text(record),
            }
        return state

    def _lines(self, record: dict[str, Any], trouble: str) -> list[str]:
        answered = sum(entry["answer"] is not None for entry in record["items"].values())
        when = ""
        with contextlib.suppress(OSError):
            made = datetime.fromtimestamp(self.path.stat().st_mtime).astimezone()
            when = "" if trouble else f", {day(made.date().isoformat())}, {made:%H:%M}"
        first = (
            f"Hand-in file made for {record['name']}{when}: {answered} of {len(record['items'])} questions. "
            f"Receipt {record['receipt']}."
        )
        second = (
            f"Nothing has been sent yet. Give your teacher the file {self.path.parent.name}/{self.path.name} "
            "(or download it), or this notebook once you have saved it: both hold the same record."
        )
        return [first] if trouble else [first, second]

    def _receipt(self, record: dict[str, Any] | None, trouble: str) -> dict[str, Any]:
        """The output that carries the record; the form above it has said the rest."""
        lines = [
            self._lines(record, trouble)[0] + " The record is in this notebook: save it to keep it there."
            if record
            else "No hand-in yet."
        ]
        bundle: dict[str, Any] = {
            "text/plain": "\n".join(lines),
            "text/html": "".join(f"<p><small>{escape(line)}</small></p>" for line in lines),
        }
        return bundle | ({RECORD: record} if record else {})


def _file_name(name: str) -> str:
    """A name as part of a file name: letters and digits of any script, the rest as hyphens."""
    return re.sub(r"[^\w-]+", "-", name).strip("-") or "student"


def _text(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
