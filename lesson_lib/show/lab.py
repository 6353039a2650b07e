"""`lab(...)`: a model to try. Controls on the page, an answer that is drawn again at every move.

A lab is a `Kind`: its controls, and a function from settings to what is shown. Everything it computes is in `think`.
Each move is one message to the kernel and one back, whatever the view holds (docs/decisions/0004-labs.md).
"""

from __future__ import annotations

import base64
import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from lesson_lib.know.catalogue import _
from lesson_lib.know.errors import LessonError, unknown
from lesson_lib.know.foreign import bare, spans
from lesson_lib.know.foreign import name as named
from lesson_lib.know.sources import Footnotes, shown
from lesson_lib.show import page
from lesson_lib.show.picture import Picture
from lesson_lib.show.quiz import answer_log, live
from lesson_lib.show.view import Block, Cell, Drawing, Figure, Figures, Grid, Heading, Row, Says
from lesson_lib.think import answers
from lesson_lib.think.controls import Control, Many, Pick, Range, Settings, Tick, Words, settle, starting

__all__ = [
    "Action", "Block", "Cell", "Drawing", "Figure", "Figures", "Grid", "Heading", "Kind", "Many", "Opened", "Pick",
    "Picture", "Preset", "Range", "Row", "Saved", "Says", "Settings", "Tick", "Words", "lab",
]  # fmt: skip

_HOMES = {
    "brief": "lesson_lib.show.lab_brief",
    "credibility": "lesson_lib.show.lab_credibility",
    "force": "lesson_lib.show.lab_force",
    "negotiation": "lesson_lib.show.lab_negotiation",
}


@dataclass(frozen=True)
class Preset:
    """A button that sets several controls at once, and says why in a line."""

    id: str
    label: str
    values: Settings
    why: str = ""


@dataclass(frozen=True)
class Saved:
    """What an action made: a sentence, and the file that the page offers to download."""

    says: str
    name: str
    content: bytes
    mime: str = "application/octet-stream"


@dataclass(frozen=True)
class Opened:
    """What was read from a file that the student chose: settings as far as they can be read, and a sentence."""

    says: str
    values: Settings


@dataclass(frozen=True)
class Action:
    """A button under the answer: `do` makes something of the settings, `opens` reads a file into them."""

    id: str
    label: str
    do: Callable[[Settings], str | Saved] | None = None
    opens: Callable[[bytes, str], Opened] | None = None


@dataclass(frozen=True)
class Kind:
    """A lab: `view` is a pure function of complete settings, total over everything within their limits.

    `writing` gives the controls half of the page, for a lab in which students mostly write.
    """

    name: str
    lesson: str
    title: str
    lead: str
    controls: Sequence[Control]
    view: Callable[[Settings], Sequence[Block]]
    presets: Sequence[Preset] = ()
    actions: Sequence[Action] = ()
    writing: bool = False

    @property
    def log_name(self) -> str:
        """What the lab's settings are kept under, beside the answers of its lesson."""
        return f"{self.lesson}-lab"


def lab(name: str, /, **settings: object) -> Lab:
    """A model to try: move a slider, choose, and the answer follows; what you last set is there again.

    Settings may be typed instead: `lab("force", deployed=30_000)` starts there. Raises UnknownName for a lab or a
    setting that does not exist, LessonError for a value outside its limits.

    >>> lab("force")
    <Lab 'force'>
    """
    if name not in _HOMES:
        raise unknown(_("lab"), name, _HOMES)
    kind: Kind = importlib.import_module(_HOMES[name]).LAB
    for setting in settings:
        if setting not in (valid := [one.id for one in kind.controls]):
            raise unknown(_("setting of the lab {lab}").format(lab=name), setting, valid)
    values, notes = settle(kind.controls, settings, starting(kind.controls))
    if notes:
        raise LessonError(" ".join(notes.values()))
    return Lab(kind, values, typed=bool(settings))


@dataclass
class Lab:
    """What `lab` gives: shows itself in a notebook as a widget, and stores the starting answer as text and HTML."""

    kind: Kind
    start: Settings
    typed: bool = False
    values: Settings = field(init=False)

    def __post_init__(self) -> None:
        self.values = dict(self.start)
        if not self.typed:
            kept = answers.kept_settings(answer_log(), self.kind.log_name).get(self.kind.name)
            self.values = settle(self.kind.controls, kept, self.values)[0]

    def __repr__(self) -> str:
        return f"<Lab {self.kind.name!r}>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        # The stored forms show the lab as it starts, not as one student left it.
        notes = Footnotes()
        blocks = self.kind.view(self.start)
        settings = [f"{_said(one.label)}: {one.text(self.start[one.id])}" for one in self.kind.controls]
        title, lead = _(self.kind.title), _(self.kind.lead)
        lines = [title, lead, "", *(f"  {one}" for one in settings), ""]
        lines += [line for block in blocks for line in block.to_text(notes)]
        listed = "".join(f"<li>{escape(one)}</li>" for one in settings)
        drawn = "".join(block.to_html(notes) for block in blocks)
        shown(notes.ids())
        bundle: dict[str, Any] = {
            "text/plain": bare("\n".join([*lines, "", *page.footnote_text(notes)]).rstrip()),
            "text/html": spans(
                page.block(
                    f"<p><b>{escape(title)}</b><br>{escape(lead)} {_('To try it: Run → Run All Cells.')}</p>",
                    f"<details><summary>{_('The settings shown')}</summary><ul>{listed}</ul></details>{drawn}",
                    page.footnotes(notes),
                )
            ),
        }
        panel = live("lab", self._body(), self._state(blocks if self.values == self.start else None), self._reply)
        return bundle | (panel.view() if panel else {})

    def _body(self) -> dict[str, Any]:
        lists: list[list[dict[str, str]]] = []  # each list travels once, however many controls choose from it

        def described(one: Control) -> dict[str, Any]:
            said: dict[str, Any] = {"id": one.id, "kind": one.kind, "label": _said(one.label)}
            said |= {"group": _said(one.group), "help": _said(one.help)}
            match one:
                case Range():
                    said |= {"least": one.least, "most": one.most, "step": one.step, "unit": _said(one.unit)}
                case Pick() | Many():
                    spoken = one.option if isinstance(one, Many) else lambda _id, text: named(text)
                    options = [{"id": each, "text": spoken(each, text)} for each, text in one.options]
                    if options not in lists:
                        lists.append(options)
                    said["list"] = lists.index(options)
                case Words():
                    said |= {"rows": one.rows, "most": one.most}
            return said

        return {
            "name": self.kind.name,
            "title": _(self.kind.title),
            "lead": _(self.kind.lead),
            "writing": self.kind.writing,
            "controls": [described(one) for one in self.kind.controls],
            "lists": lists,
            "presets": [{"id": one.id, "label": _said(one.label), "why": _said(one.why)} for one in self.kind.presets],
            "actions": [
                {"id": one.id, "label": _(one.label), "opens": one.opens is not None} for one in self.kind.actions
            ],
        }

    def _state(self, blocks: Sequence[Block] | None = None, **said: Any) -> dict[str, Any]:
        """What the page draws; `blocks` where the view of these settings is there already."""
        notes = Footnotes()
        drawn = [block.to_json(notes) for block in blocks or self.kind.view(self.values)]
        shown(notes.ids())
        sources = [{"n": number, "text": found.citation(), "url": found.url} for number, found in notes.entries()]
        return {"values": self.values, "notes": {}, "says": "", "blocks": drawn, "sources": sources, **said}

    def _reply(self, message: dict[str, Any]) -> dict[str, Any] | None:
        do, says, saved = message.get("do"), "", None
        given, notes = settle(self.kind.controls, message.get("values"), self.values)
        action = next((one for one in self.kind.actions if one.id == message.get("action")), None)
        match do:
            case "preset":
                preset = next((one for one in self.kind.presets if one.id == message.get("preset")), None)
                if preset is None:
                    return None
                given, notes = settle(self.kind.controls, preset.values, given)
                says = f"{_said(preset.label)}. {_said(preset.why)}".strip()
            case "reset":
                given, notes = dict(self.start), {}
            case "open" if action and action.opens:
                opened = action.opens(
                    str(message.get("content", "")).encode("utf-8", "replace"), str(message.get("name"))
                )
                given, notes = settle(self.kind.controls, opened.values, given)
                says = opened.says
            case "act" | "set" | "keep":
                pass
            case _:
                return None
        self.values = given
        if do == "act" and action and action.do:
            made = action.do(self.values)
            says, saved = (made.says, made) if isinstance(made, Saved) else (made, None)
        trouble = "" if do == "set" else answer_log().append(self.kind.log_name, self.kind.name, "draft", self.values)
        state = self._state(notes=notes, says=" ".join(filter(None, [says, trouble])), n=message.get("n"))
        if saved:
            content = base64.b64encode(saved.content).decode()
            state["file"] = {"name": saved.name, "mime": saved.mime, "content": content}
        return state


def _said(text: str) -> str:
    """A text of a lab, its own or one from the tables, in the language of the notebook."""
    return named(text)
