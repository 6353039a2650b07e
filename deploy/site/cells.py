"""A notebook's cells as parts of a page: text, stored tables, pictures, and places for what answers."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape, unescape
from pathlib import Path
from typing import Any, TypeAlias

from deploy.site import labs, markdown, pictures, words
from deploy.site.narrow import SCREEN, narrow
from deploy.site.scroll import scrolls
from lesson_lib import stances
from lesson_lib.know import catalogue
from lesson_lib.know.catalogue import _
from lesson_lib.show import forms
from lesson_lib.show.chart import VEGA_LITE
from lesson_lib.think.questions import Lesson, load_lesson

FULL = {
    "lab": "This lab works in the full course ({where}). Here is what it shows at first.",
    "explore": "This table is built by ticking in the full course ({where}). Here is the first comparison.",
    "frame": "This cell needs pandas and works in the full course ({where}). Here is its line and what it gives.",
}
"""What is said of an output that needs Python, by what makes it."""
THERE = "In the full course: {lead}"


@dataclass
class Page:
    """One lesson as the site has it."""

    lesson: Lesson
    file: str
    language: str = catalogue.ENGLISH
    title: str = ""
    question: str = ""
    minutes: str = ""
    heading: str = ""
    parts: list[str] = field(default_factory=list)
    contents: list[tuple[str, str]] = field(default_factory=list)
    panels: dict[str, Any] = field(default_factory=dict)
    pictures: dict[str, str] = field(default_factory=dict)

    @property
    def root(self) -> str:
        """The way from the page to the folder of the site."""
        return "../" * self.file.count("/")


Where: TypeAlias = Callable[[str, str], str]
"""Where the full course is, in HTML: asked with the id of the cell that needs it, and the heading it stands under."""


def read(path: Path, where: Where) -> Page:
    """The lesson in a notebook, in the language spoken now."""
    notebook, wording, spoken = json.loads(path.read_text(encoding="utf-8")), words.cells(), catalogue.current()
    folder = "" if spoken == catalogue.ENGLISH else f"{spoken}/"
    page = Page(load_lesson(path.name[:2]), f"{folder}{path.stem}.html", spoken)
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            _text(page, cell["id"], reworded(source, page.lesson.lesson, cell["id"], wording))
        else:
            # A link of the text may lead to what a cell shows.
            shown = "\n".join(_code(page, cell, source, where))
            page.parts += [f'<div id="{escape(cell["id"])}">\n{shown}\n</div>'] if shown else []
    return page


def reworded(source: str, lesson: str, cell_id: str, wording: list[dict[str, Any]]) -> str:
    """A text cell as the site says it. Raises ValueError where what is to be replaced is not there."""
    for rule in wording:
        if rule["id"] != cell_id or rule.get("lesson", lesson) != lesson:
            continue
        if "text" in rule:
            return str(rule["text"])
        if rule["find"] not in source and not rule.get("optional"):
            raise ValueError(
                f"The site's wording: lesson {lesson}, cell {cell_id} no longer says “{rule['find'][:60]}”"
            )
        source = source.replace(rule["find"], rule["put"])
    return source


def _text(page: Page, cell_id: str, source: str) -> None:
    html, headings = markdown.html(source, cell_id)
    page.parts.append(html)
    for level, place, text in headings:
        page.heading = unescape(re.sub(r"<.*?>", "", text))
        if level == 1:
            page.title = re.sub(r"<.*?>", "", text)
        elif level == 2:
            page.contents.append((place, text))
    if cell_id == "title":
        question = re.search(r"<strong>(.*?)</strong>", html)
        minutes = re.search(r"\d+ (?:minutes|хвилин)\w*", html)
        page.question = question[1] if question else ""
        page.minutes = minutes[0] if minutes else ""


def _code(page: Page, cell: Mapping[str, Any], source: str, where: Where) -> Iterator[str]:
    name, arguments = _call(source)
    outputs = [output["data"] for output in cell["outputs"] if "data" in output]
    if name == "quiz":
        quiz = page.lesson.quizzes[str(arguments[0]).partition("-")[2]]
        yield _place("quiz", quiz.id, _form(forms.as_html(quiz, {})))
    elif name in ("progress", "hand_in"):
        yield _place(name.replace("_", "-"), "", "")
    elif name == "stances":
        page.panels[cell["id"]] = _stances(source)
        yield _place("stances", cell["id"], "".join(map(_stored, outputs)))
    elif name == "lab":
        yield f'<p class="full">{words.say(FULL["lab"]).format(where=where(cell["id"], page.heading))}</p>'
        yield labs.html(labs.of(source), words.say(THERE))
    elif any(VEGA_LITE in data for data in outputs):
        for place, data in enumerate(outputs):
            yield _picture(page, f"{cell['id']}-{place}", data) if VEGA_LITE in data else _stored(data)
    elif outputs:
        needs = "frame" if "frame(" in source else name
        if needs in FULL:
            yield f'<p class="full">{words.say(FULL[needs]).format(where=where(cell["id"], page.heading))}</p>'
        if needs == "frame":
            yield scrolls(words.say("Code"), f"<pre><code>{escape(source)}</code></pre>")
        for data in outputs:
            yield _stored(data).replace(f" {_('To try it: Run → Run All Cells.')}", "")


def _call(source: str) -> tuple[str, list[Any]]:
    """What the last line of a cell calls, and what it is given as plain values.

    >>> _call('quiz("02-rungs")')
    ('quiz', ['02-rungs'])
    """
    last = ast.parse(source).body[-1]
    if not (isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) and isinstance(last.value.func, ast.Name)):
        return "", []
    return last.value.func.id, [one.value for one in last.value.args if isinstance(one, ast.Constant)]


def _stances(source: str) -> dict[str, Any]:
    """What the stance map's panel draws: the cell's own call, with plain values, made again."""
    from ipywidgets import Widget

    call = ast.parse(source).body[-1]
    if not (isinstance(call, ast.Expr) and isinstance(call.value, ast.Call)):
        raise ValueError("a stance map has to be the last call of its cell")
    given = {str(one.arg): ast.literal_eval(one.value) for one in call.value.keywords}
    shown = stances(*map(ast.literal_eval, call.value.args), **given)._repr_mimebundle_()
    widgets: dict[str, Any] = Widget.get_manager_state()["state"]
    drawn: dict[str, Any] = widgets[shown["application/vnd.jupyter.widget-view+json"]["model_id"]]["state"]["body"]
    return drawn


def _place(kind: str, of: str, inside: str) -> str:
    """Where a panel goes; what is inside stays where there is no JavaScript."""
    return f'<div class="live" data-panel="{kind}" data-of="{escape(of)}">{inside}</div>'


def _form(stored: str) -> str:
    """A quiz's stored form without its two lines on running and typing, which are for notebooks."""
    first = escape(_("To answer by clicking: choose Run → Run All Cells in the menu."))
    stored = stored.replace(f"<p><b>{first}</b></p>", "", 1)
    return re.sub(r"<p><small>(?:(?!<small>).)*</small></p>(?=</div>$)", "", stored, flags=re.DOTALL)


def _stored(data: Mapping[str, Any]) -> str:
    """An output's HTML without the style that each carries: the page has it once. Its text where there is none."""
    if "text/html" not in data:
        return f'<pre class="stored">{escape("".join(data["text/plain"]))}</pre>'
    html = re.sub(r"<style\b.*?</style>", "", "".join(data["text/html"]), flags=re.DOTALL)
    if 'class="dataframe"' in html:
        html = html.replace('<table border="1" class="dataframe">', '<table class="dataframe">')
        html = html.replace("<th></th>", "<td></td>")
        return scrolls(words.say("Result"), html)
    return html


def _picture(page: Page, name: str, data: Mapping[str, Any]) -> str:
    spec = data[VEGA_LITE]
    alt = escape(str(spec.get("description") or "".join(data.get("text/plain", ""))))
    address, size = _drawn(page, name, pictures.svg(spec))
    image = f'<img src="{address}" alt="{alt}" {size}>'
    if (small := narrow(spec)) is None:
        return f'<figure class="picture">{scrolls(words.say("Picture"), image)}</figure>'
    address, size = _drawn(page, f"{name}-narrow", pictures.svg(small, most=SCREEN))
    source = f'<source media="(max-width:40rem)" srcset="{address}" {size}>'
    return f'<figure class="picture fits"><picture>{source}{image}</picture></figure>'


def _drawn(page: Page, name: str, drawn: str) -> tuple[str, str]:
    """Keep a picture among the page's files; give its address, and the attributes of its size."""
    address = f"pictures/{page.lesson.lesson}-{name}.svg"
    page.pictures[address] = drawn
    width, height = pictures.size(drawn)
    return page.root + address, f'width="{width}" height="{height}"'
