"""The site's one script and one style sheet: the course's own widget, and the kernel's half of it in JavaScript."""

from __future__ import annotations

import json
import re
from pathlib import Path

from deploy.site.words import say
from lesson_lib.know import catalogue
from lesson_lib.show.page import asset
from lesson_lib.show.panel import words

HERE = Path(__file__).parent
KERNEL = ("text", "reading", "kinds", "marking", "log", "answers", "quiz")
"""The files of `kernel/`, in the order in which they build on each other."""
PAGE = ("clear", "fit", "page")
"""The files of the page itself; the last begins it."""
_TOLD = re.compile(r'\b(?:tell|later)\(("(?:[^"\\]|\\.)*")')
_COUNTED = re.compile(r'\btellCount\(("[^"]*"), ("[^"]*")')
EXPORTS = "AnswerLog, quizKernel, progressState, handInKernel, shownAnswer, tell"
SHEETS = ("page.css", "panel.css", "stances.css", "lab.css", "clauses.css", "ladder.css", "sides.css")


def kernel() -> str:
    """What marks and remembers, without anything of a page: it runs under Node as well."""
    return "\n".join((HERE / "kernel" / f"{name}.js").read_text(encoding="utf-8") for name in KERNEL)


def script() -> str:
    """Everything a page runs, as one classic script: modules are refused to a page opened from a folder.

    English is in the script; of another language, the words go with it.
    """
    panel = (asset("panel.js") + asset("lab.js")).replace("export function render", "function render")
    page = "".join((HERE / f"{name}.js").read_text(encoding="utf-8") for name in PAGE)
    if catalogue.current() != catalogue.ENGLISH:
        said = {"lang": catalogue.current(), "words": words(panel) | told(kernel() + page)}
        panel = panel.replace('"__WORDS__"', json.dumps(said, ensure_ascii=False))
    # The kernel keeps its names to itself; of the panel's it knows only the words, t and tn. So does the page.
    behind = f"const kernel = (() => {{\n{kernel()}\nreturn {{ {EXPORTS} }};\n}})();"
    return f'(() => {{\n"use strict";\n{panel}\n{behind}\n{{\n{page}\n}}\n}})();\n'


def told(code: str) -> dict[str, str | list[str]]:
    """What the kernel's half says, by the English, in the language spoken now."""
    said: dict[str, str | list[str]] = {text: say(text) for text in map(json.loads, _TOLD.findall(code))}
    counted = [(json.loads(one), json.loads(many)) for one, many in _COUNTED.findall(code)]
    return said | {one: catalogue.forms(one, many) for one, many in counted}


def sheet() -> str:
    """The style of the outputs as in a notebook, then the site's own."""
    own = "".join((HERE / name).read_text(encoding="utf-8") for name in ("site.css", "print.css"))
    return re.sub(r"/\*.*?\*/\n?", "", "".join(map(asset, SHEETS)) + own, flags=re.DOTALL)
