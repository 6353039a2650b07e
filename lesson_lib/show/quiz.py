"""`quiz(...)`: the questions of a lesson, to click or to type; answers go to the log, the page shows what it says."""

from __future__ import annotations

import functools
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lesson_lib.know.catalogue import N_, _, ngettext
from lesson_lib.know.errors import LessonError, unknown
from lesson_lib.know.sources import shown, source
from lesson_lib.show import forms
from lesson_lib.think import answers, marking, reading
from lesson_lib.think.answers import AnswerLog, ItemState
from lesson_lib.think.questions import Item, Quiz
from lesson_lib.think.units import load_quiz

if TYPE_CHECKING:
    from lesson_lib.show.panel import Panel, Reply


_KEPT = {
    "predict": N_("Kept. You meet this question again at the end."),
    "test": N_("Kept. You can change it until you hand in."),
}
"""What is said of an answer that is kept and not marked here."""


def quiz(quiz_id: str, /, *, sure: int | None = None, **typed: object) -> QuizView:
    """The questions of one quiz, to answer by clicking; what you answered before is there again.

    An answer may be typed instead, by the question's name: `quiz("01-warm-up", how_much_holds="b", sure=2)`, where
    sure is 1 a guess, 2 fairly sure, 3 certain. Raises UnknownName for a quiz or question that does not exist.

    >>> quiz("01-warm-up")  # doctest: +ELLIPSIS
    <Quiz '01-warm-up': ...>
    """
    found = load_quiz(quiz_id)
    if sure not in (None, 1, 2, 3):
        raise LessonError(
            _("sure={given} cannot be read: write 1 for a guess, 2 for fairly sure, 3 for certain.").format(
                given=repr(sure)
            )
        )
    view = QuizView(found)
    items = {forms.python_name(item.id): item for item in found.items}
    for name, answer in typed.items():
        if name not in items:
            raise unknown(_("question of {quiz}").format(quiz=quiz_id), name, items)
        view.answer(items[name], answer, sure)
    return view


def answer_log() -> AnswerLog:
    """The answers of this notebook: one log a folder, so that everything shown in a kernel looks at the same one."""
    return _log(AnswerLog().folder)


@functools.cache
def _log(folder: Path) -> AnswerLog:
    return AnswerLog(folder)


@dataclass
class QuizView:
    """What `quiz` gives: shows itself in a notebook as a widget, and stores the questions as text and HTML."""

    quiz: Quiz
    said: dict[str, str] = field(default_factory=dict)
    waits: dict[str, str] = field(default_factory=dict)
    """Why an answer that was typed is not taken yet, by question: the page says it as well."""
    asked: dict[str, Any] = field(default_factory=dict)
    """What the student was asked about because it may mean two things, by question: to check it again is the answer."""

    def __repr__(self) -> str:
        count = len(self.quiz.items)
        return f"<Quiz {self.quiz.id!r}: {count} question{'s' if count != 1 else ''}>"

    def answer(self, item: Item, answer: object, sure: int | None) -> None:
        """One typed answer: kept in the log like a click, and what is said of it stands in the output."""
        try:
            given = marking.read(item.body, answer)
        except marking.Unreadable as error:
            self.said[item.id] = self.waits[item.id] = str(error)
            return
        if given is None:
            return
        log = answer_log()
        now = answers.state(self.quiz, log.events(self.quiz.lesson))[item.id]
        before = now.latest
        # The cell that holds a typed answer is run again with the notebook; that is not another attempt.
        trouble = ""
        if before is None or (before.answer, before.sure) != (given, sure):
            if doubt := marking.doubt(item.body, answer):
                # Run again, the cell says the same: it is answered by what is written in it. Until then it is begun.
                plain = reading.plain(answer)
                # What was entered since, in the page, stays.
                open_still = now.draft is None or (now.draft != plain and marking.doubt(item.body, now.draft))
                if before is None and open_still:
                    log.append(self.quiz.id, item.id, "draft", plain, sure)
                told = _(
                    "I read {given} as {read}. If you mean {other}, write {write}; if you mean {read}, write {keep}."
                )
                self.said[item.id] = self.waits[item.id] = told.format(**asdict(doubt))
                return
            trouble = log.append(self.quiz.id, item.id, "check", given, sure)
        page = self._item(item, answers.state(self.quiz, log.events(self.quiz.lesson))[item.id])["feedback"]
        whys = [part["why"] for part in page["parts"].values() if part["why"] and part["state"] != "noted"]
        answered = _("You answered: {answer}.").format(answer=marking.answer_text(item.body, given).removesuffix("."))
        parts = [answered, page["says"], *dict.fromkeys(whys), page.get("why", ""), trouble]
        self.said[item.id] = " ".join(part for part in parts if part)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        shown(source_id for item in self.quiz.items for source_id in item.source_ids)
        bundle: dict[str, Any] = {
            "text/plain": forms.as_text(self.quiz, self.said),
            "text/html": forms.as_html(self.quiz, self.said),
        }
        state = self._state()
        for item_id, says in self.waits.items():
            _wait(state["items"][item_id], says)
        panel = live("quiz", self._body(), state, self._reply)
        return bundle | (panel.view() if panel else {})

    # ---- what the page draws, and what it asks --------------------------------------------------------------------

    def _body(self) -> dict[str, Any]:
        return {
            "id": self.quiz.id,
            "title": self.quiz.title,
            "behaviour": self.quiz.behaviour,
            "items": [item.body for item in self.quiz.items],
        }

    def _state(self, trouble: str = "", told: tuple[str, int] | None = None) -> dict[str, Any]:
        log = answer_log()
        events = log.events(self.quiz.lesson)
        states = answers.state(self.quiz, events)
        items = {item.id: self._item(item, states[item.id]) for item in self.quiz.items}
        if self.quiz.returns_to:
            for item_id, change in answers.change(self.quiz, events).items():
                item = next(item for item in self.quiz.items if item.id == item_id)
                if change.first:
                    items[item_id]["first"] = marking.answer_text(item.body, change.first.answer)
        if told and told[0] in items:
            # The page's own number for what it sent: it knows by it that this answer has arrived.
            items[told[0]]["n"] = told[1]
        return {"problem": trouble or log.trouble(self.quiz.lesson), "items": items}

    def _item(self, item: Item, now: ItemState) -> dict[str, Any]:
        latest = now.latest
        page: dict[str, Any] = {
            "answer": now.draft if now.draft is not None else latest.answer if latest else None,
            "sure": latest.sure if latest else None,
            "saved": now.draft_at[11:16],
            "hints": list(item.hints[: now.hints]),
            "feedback": None,
            "done": False,
        }
        if latest is None and not now.revealed:
            return page
        answer = latest.answer if latest else None
        mark = marking.mark(item.body, item.key, answer)
        if self.quiz.behaviour in _KEPT:
            kept = mark.outcome not in ("blank", "unreadable")
            says = _(_KEPT[self.quiz.behaviour]) if kept else mark.says
            return page | {"feedback": {"outcome": "recorded", "says": says, "parts": {}}, "done": kept}
        told = marking.feedback(item, answer, mark, now.misses, now.revealed, latest.sure if latest else None)
        if done := "why" in told:
            told["sources"] = [source(each).brief() for each in item.source_ids]
        return page | {"feedback": told, "done": done}

    def _reply(self, message: dict[str, Any]) -> dict[str, Any] | None:
        item = next((item for item in self.quiz.items if item.id == message.get("item")), None)
        if item is None or message.get("do") not in answers.DOINGS:
            return None
        try:
            answer = reading.plain(message.get("answer"))
        except marking.Unreadable as error:
            return self._state(str(error))
        do, sure = message["do"], message.get("sure")
        blank = do == "check" and marking.mark(item.body, item.key, answer).outcome == "blank"
        told = self._not_yet(item, answer) if do == "check" else ""
        # What is not finished is kept as it stands, and costs no try.
        do = "draft" if told else do
        given = answer if do in ("draft", "check") else None
        trouble = answer_log().append(self.quiz.id, item.id, do, given, sure if sure in (1, 2, 3) else None)
        number = message.get("n")
        state = self._state(trouble, (item.id, number) if isinstance(number, int) else None)
        if told:
            _wait(state["items"][item.id], told)
        if blank:
            state["items"][item.id]["saved"] = ""
        return state

    def _not_yet(self, item: Item, answer: object) -> str:
        """Why an answer is not to be checked yet, in a sentence; "" when it is."""
        outcome = marking.mark(item.body, item.key, answer)
        if outcome.outcome in ("blank", "unreadable"):
            return outcome.says
        empty = marking.unfilled(item.body, answer) if self.quiz.behaviour == "practice" else 0
        if empty:
            return ngettext(
                "One is still empty: fill it in, then check.",
                "{count} are still empty: fill them in, then check.",
                empty,
            ).format(count=empty)
        doubt = marking.doubt(item.body, answer)
        latest = answers.state(self.quiz, answer_log().events(self.quiz.lesson))[item.id].latest
        if not doubt or answer in (self.asked.get(item.id), latest.answer if latest else None):
            return ""
        self.asked[item.id] = answer
        return _(
            "I read {given} as {read}. If you mean {other}, write {write}; if you mean {read}, press the button again."
        ).format(**asdict(doubt))


def _wait(page: dict[str, Any], says: str) -> None:
    """Puts on a question that its answer is not taken yet, and why: that is no verdict."""
    page |= {"feedback": {"outcome": "blank", "says": says, "parts": {}}, "done": False}


def live(kind: str, body: dict[str, Any], state: dict[str, Any], reply: Reply, *more: str) -> Panel | None:
    """The live panel for an output; None where widgets are not installed, so that the text forms serve.

    `more` are scripts that only this kind of panel needs.
    """
    try:
        from lesson_lib.show.panel import Panel
    except ImportError:
        return None
    return Panel(kind, body, state, reply, *more)
