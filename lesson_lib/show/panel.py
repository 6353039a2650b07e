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
from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

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


@functools.cache
def script() -> tuple[str, str]:
    """The page's script with its styles inside, and the name it is known by on the page."""
    sheet = "".join(map(asset, ("page.css", "panel.css", "stances.css", "lab.css"))).replace("\n", "")
    code = (asset("panel.js") + asset("lab.js")).replace('"__STYLE__"', json.dumps(sheet))
    key = f"guarantees-{hashlib.sha256(code.encode()).hexdigest()[:12]}"
    return code.replace("export function render", "function render") + _SCRIPT % key, key


class Script(anywidget.AnyWidget):
    """Carries the script to the page; never displayed."""

    def __init__(self) -> None:
        self._esm = script()[0]
        super().__init__()


@functools.cache
def _carrier() -> Script:
    return Script()


class Panel(anywidget.AnyWidget):
    """What a student acts on. `body` is drawn once, `state` when it changes; `reply` answers the page's messages."""

    kind = traitlets.Unicode().tag(sync=True)
    body = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, kind: str, body: Message, state: Message, reply: Reply) -> None:
        self._esm = _STUB % script()[1]
        # All share the carrier's layout: a default one of its own would cost each panel a message and 1.6 kB.
        super().__init__(kind=kind, body=body, state=state, layout=_carrier().layout)
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
