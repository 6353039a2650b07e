"""The one widget of the course: a quiz, a progress line or a hand-in form, drawn in the page by `panel.js`.

The script and its styles travel once a page. A widget's `_esm` is part of its state and would be sent with every
quiz; so one undisplayed widget carries the script and leaves it on the page under its version, and every panel is a
stub of a few lines that waits for it there. The version is in the name, so that an updated course in an open page
does not meet yesterday's script.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
import uuid
from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

from lesson_lib.know import catalogue
from lesson_lib.know.catalogue import _
from lesson_lib.show.page import asset

Message = dict[str, Any]
Reply = Callable[[Message], Message | None]
"""Takes what the page sent and gives the new state, or None when nothing is to change."""

WIDGET = "application/vnd.jupyter.widget-view+json"

_STUB = """
const key = "%s";
const once = () => { let resolve; const ready = new Promise((done) => (resolve = done)); return { ready, resolve }; };
export default { async render(given) { return (await (globalThis[key] ??= once()).ready).render(given); } };
"""

_SCRIPT = """
const once = () => { let resolve; const ready = new Promise((done) => (resolve = done)); return { ready, resolve }; };
export default { initialize() { (globalThis["%s"] ??= once()).resolve({ render }); } };
"""


_WORD = re.compile(r'\bt\(\s*("(?:[^"\\\n]|\\.)*")')
_COMMENT = re.compile(r"^[ ]*(?://.*|/\*\*.*\*/)\n", re.MULTILINE)
"""A line that is all comment: it stays in the file, and is not sent with every page."""
_INDENT = re.compile(r"^ +", re.MULTILINE)
"""What a line begins with; no text of the scripts runs over several lines."""
_COUNTED = re.compile(r'\btn\(\s*("[^"\n]*"),\s*("[^"\n]*")')


def words(code: str) -> dict[str, str | list[str]]:
    """What the page says, by the English, in the language spoken now: the texts that stand in t(…) and tn(…)."""
    counted = [(json.loads(one), json.loads(many)) for one, many in _COUNTED.findall(code)]
    said = {text: _(text) for text in map(json.loads, _WORD.findall(code))}
    return said | {one: catalogue.forms(one, many) for one, many in counted}


def script(*more: str) -> tuple[str, str]:
    """The page's script with its styles and words inside, and the name it is known by on the page.

    `more` are scripts that few pages need: what they draw comes with one of their own.
    """
    return _script(catalogue.current(), more)


@functools.cache
def _script(spoken: str, more: tuple[str, ...]) -> tuple[str, str]:
    sheet = "".join(map(asset, ("page.css", "panel.css", "stances.css", "lab.css"))).replace("\n", "")
    code = _INDENT.sub("", _COMMENT.sub("", "".join(map(asset, ("panel.js", "lab.js", *more)))))
    # English is in the script itself; of another language, the words of the page go with it.
    said = {"lang": spoken, "words": words(code)} if spoken != catalogue.ENGLISH else {}
    code = code.replace('"__WORDS__"', json.dumps(said, ensure_ascii=False))
    code = code.replace('"__STYLE__"', json.dumps(sheet))
    key = f"guarantees-{hashlib.sha256(code.encode()).hexdigest()[:12]}"
    return code.replace("export function render", "function render") + _SCRIPT % key, key


class Script(anywidget.AnyWidget):
    """Carries the script to the page; never displayed."""

    def __init__(self, *more: str) -> None:
        self._esm = script(*more)[0]
        super().__init__()


@functools.cache
def _carrier(_key: str, *more: str) -> Script:
    return Script(*more)


class Panel(anywidget.AnyWidget):
    """What a student acts on. `body` is drawn once, `state` when it changes; `reply` answers the page's messages."""

    me = traitlets.Unicode().tag(sync=True)
    kind = traitlets.Unicode().tag(sync=True)
    body = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, kind: str, body: Message, state: Message, reply: Reply, *more: str) -> None:
        key = script(*more)[1]
        self._esm = _STUB % key
        # All share the carrier's layout: a default one of its own would cost each panel a message and 1.6 kB.
        me = uuid.uuid4().hex  # so that the page finds its own model among the others: see `hear` in panel.js
        layout = _carrier(key, *more).layout
        super().__init__(kind=kind, body=body, state=state, layout=layout, me=me, model_id=me)
        self._reply = reply
        self.on_msg(self._answer)

    def _answer(self, _widget: object, message: object, _buffers: object) -> None:
        if isinstance(message, dict) and (state := self._reply(message)) is not None:
            self.state = state

    def view(self) -> dict[str, Any]:
        """The part of an output's bundle that shows this panel."""
        bundle = self._repr_mimebundle_()
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        return {WIDGET: data[WIDGET]} if data and WIDGET in data else {}
