"""How far a student is, and handing in: one small file, and the same record in the notebook's own output."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lesson_lib.know.catalogue import _, ngettext
from lesson_lib.know.errors import LessonError
from lesson_lib.know.sources import day
from lesson_lib.show import page
from lesson_lib.show.quiz import answer_log, live
from lesson_lib.think import answers, delivery
from lesson_lib.think.answers import RECORD
from lesson_lib.think.delivery import Delivery
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
        there = now.answered or now.begun
        where = " · " + _("kept in {folder}").format(folder=log.folder.name) if there else ""
        says = _("Lesson {lesson}: {progress}").format(lesson=self.lesson.lesson, progress=now) + where
        trouble = log.trouble(self.lesson.lesson)
        return {
            "share": now.answered / now.of if now.of else 0,
            "says": f"{says}. {trouble}" if trouble else says,
        }

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        state = self._state()
        quizzes = answers.progress(self.lesson, answer_log()).quizzes
        lines = [
            _("{quiz}: {answered} of {of}").format(
                quiz=self.lesson.quizzes[quiz_id.partition("-")[2]].title, answered=answered, of=of
            )
            for quiz_id, (answered, of) in quizzes.items()
        ]
        bundle: dict[str, Any] = {
            "text/plain": "\n".join([state["says"], *(f"  {line}" for line in lines)]),
            "text/html": f"<p{page.ours()}><b>{escape(state['says'])}</b></p>"
            f"<ul{page.ours()}>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>",
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
        raise LessonError(_('Write your name in quotation marks: hand_in("01", name="…").'))
    return HandIn(load_lesson(lesson), str(name).strip() if name is not None else None)


@dataclass
class HandIn:
    """What `hand_in` gives: shows a form and, once handed in, the receipt."""

    lesson: Lesson
    name: str | None = None
    sent: dict[str, Delivery] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<HandIn of lesson {self.lesson.lesson}>"

    @property
    def path(self) -> Path:
        """Where the hand-in file goes: beside the answers."""
        return answer_log().folder / f"hand-in-{self.lesson.lesson}.json"

    @property
    def _slip(self) -> Path:
        """Where it is kept that the teacher has the file, and since when."""
        return self.path.with_name(f"handed-in-{self.lesson.lesson}.json")

    def made(self) -> dict[str, Any] | None:
        """The record of an earlier hand-in, so that running the cell again does not take it out of the notebook."""
        try:
            record, problems = answers.read_record(self.path.read_bytes())
        except OSError:
            return None
        return record if not problems and record["lesson"] == self.lesson.lesson else None

    def checklist(self) -> list[str]:
        """What is answered, what is begun and what is still blank, in sentences; the file holds what they say."""
        log = answer_log()
        now = answers.progress(self.lesson, log)
        titles = {quiz.id: quiz.title for quiz in self.lesson.quizzes.values()}
        left = {quiz_id: of - done - len(now.begun.get(quiz_id, ())) for quiz_id, (done, of) in now.quizzes.items()}
        blank = [f"{titles[quiz_id]} ({count})" for quiz_id, count in left.items() if count]
        lines = [f"{now}."]
        if now.begun:
            begun = [
                ngettext("{quiz}, question {numbers}", "{quiz}, questions {numbers}", len(places)).format(
                    quiz=titles[quiz_id], numbers=", ".join(map(str, places))
                )
                for quiz_id, places in now.begun.items()
            ]
            pressed = _(
                "Begun, but “Check” or “Save my answer” not pressed yet: {questions}. What stands there goes into the "
                "file as it is."
            )
            lines.append(pressed.format(questions="; ".join(begun)))
        if not now.answered and not now.begun:
            lines.append(_("Nothing to hand in yet: answer some questions above first."))
        elif blank:
            still = _("Still blank: {quizzes}. You may hand in all the same, and again later.")
            lines.append(still.format(quizzes=", ".join(blank)))
        else:
            lines.append(_("Nothing is left blank."))
        return lines + [line for line in [log.trouble(self.lesson.lesson)] if line]

    def make(self, name: str) -> tuple[dict[str, Any], str]:
        """Makes the record and writes its file: the record, and a sentence when it could not be written.

        On a class's server the record also goes to the teacher.
        """
        record = answers.record(self.lesson, name, answer_log())
        # Half a character, as a damaged log may hold, is written the way JSON escapes it.
        text = _text(record).encode(errors="backslashreplace")
        fault = _write(self.path, text)
        if delivery.serves():
            sent = delivery.deliver(text)
            if sent.trouble:
                return record, _(
                    "Not handed in yet: {reason}. Press the button again in a minute, or use “Download the file” "
                    "and give the file to your teacher."
                ).format(reason=sent.trouble)
            self.sent[record["receipt"]] = sent
            fault = fault or _write(self._slip, json.dumps({**asdict(sent), "receipt": record["receipt"]}).encode())
            if fault:
                return record, _("Your teacher has it. Your own copy could not be written ({reason}).").format(
                    reason=fault.strerror
                )
        if fault:
            return record, (
                _(
                    "The file could not be written ({reason}). Use “Download the file”, or save this notebook "
                    "and hand in the notebook: it holds the same record."
                ).format(reason=fault.strerror)
            )
        return record, ""

    @property
    def title(self) -> str:
        """What stands above the form; a graded unit has a letter where a lesson has its number."""
        lesson = self.lesson.lesson
        said = _("Hand in lesson {lesson}: {title}") if lesson.isdigit() else _("Hand in unit {lesson}: {title}")
        return said.format(lesson=lesson, title=self.lesson.title)

    def _ipython_display_(self) -> None:
        from IPython.display import display, update_display

        receipt_id = f"hand-in-{self.lesson.lesson}"
        record, trouble = self.make(self.name) if self.name is not None else (self.made(), "")

        def reply(message: dict[str, Any]) -> dict[str, Any] | None:
            if message.get("do") != "hand-in":
                return None
            name = str(message.get("name") or "").strip()[:200]
            if not name:
                return self._state(None, _("Write your name first, as your teacher knows you."))
            made, problem = self.make(name)
            update_display(self._receipt(made, problem), display_id=receipt_id, raw=True)
            return self._state(made, problem)

        title = self.title
        state = self._state(record, trouble)
        typed = f'hand_in("{self.lesson.lesson}", name="{_("your name")}")'
        lines = [title, *state["lines"], _("To hand in without clicking: {code}").format(code=typed)]
        bundle: dict[str, Any] = {
            "text/plain": "\n".join(lines),
            "text/html": f"<p{page.ours()}><b>{escape(title)}</b></p>"
            + "".join(f"<p{page.ours()}>{escape(line)}</p>" for line in lines[1:]),
        }
        button = _("Hand in") if delivery.serves() else _("Make my hand-in file")
        body = {"title": title, "button": button, "lesson": self.lesson.lesson}
        panel = live("hand-in", body, state, reply)
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
        when = ""
        with contextlib.suppress(OSError):
            made = datetime.fromtimestamp(self.path.stat().st_mtime).astimezone()
            when = "" if trouble else f", {day(made.date().isoformat())}, {made:%H:%M}"
        made_for = _("Hand-in file made for {name}{when}:").format(name=record["name"], when=when)
        receipt = _("Receipt {receipt}.").format(receipt=record["receipt"])
        first = f"{made_for} {answers.counted(self.lesson, record['items'])}. {receipt}"
        second = _(
            "Nothing has been sent yet. Give your teacher the file {file} "
            "(or download it), or this notebook once you have saved it: both hold the same record."
        ).format(file=f"{self.path.parent.name}/{self.path.name}")
        if delivery.serves():
            second = self._whereabouts(record["receipt"])
        return [first] if trouble else [first, second]

    def _whereabouts(self, receipt: str) -> str:
        """On a class's server: whether the teacher has the file."""
        sent = self.sent.get(receipt)
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            kept = json.loads(self._slip.read_bytes())
            if not sent and kept["receipt"] == receipt:
                sent = Delivery(kept["student"], kept["at"])
        if not sent:
            return _("Your teacher does not have it yet: press the button to hand it in.")
        return _("Handed in: your teacher has it, from {student}, {when}.").format(
            student=sent.student, when=_moment(sent.at)
        )

    def _receipt(self, record: dict[str, Any] | None, trouble: str) -> dict[str, Any]:
        """The output that carries the record; the form above it has said the rest."""
        lines = [
            self._lines(record, trouble)[0] + " " + _("The record is in this notebook: save it to keep it there.")
            if record
            else _("No hand-in yet.")
        ]
        bundle: dict[str, Any] = {
            "text/plain": "\n".join(lines),
            "text/html": "".join(f"<p{page.ours()}><small>{escape(line)}</small></p>" for line in lines),
        }
        return bundle | ({RECORD: record} if record else {})


def _write(path: Path, data: bytes) -> OSError | None:
    """Writes a file of the student's own; what went wrong, where something did."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, [data], mode=0o600)
    except OSError as error:
        return error
    return None


def _moment(at: str) -> str:
    when = datetime.fromisoformat(at).astimezone()
    return f"{day(when.date().isoformat())}, {when:%H:%M}"


def _file_name(name: str) -> str:
    """A name as part of a file name: letters and digits of any script, the rest as hyphens."""
    return re.sub(r"[^\w-]+", "-", name).strip("-") or "student"


def _text(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
