"""A lab as a page shows it: what it answers to its first settings, drawn as in the notebook, with nothing to press."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from html import escape
from typing import Any

from deploy.site.scroll import scrolls
from lesson_lib import lab
from lesson_lib.know import catalogue
from lesson_lib.know.catalogue import _
from lesson_lib.know.foreign import name, spans
from lesson_lib.know.sources import Footnotes
from lesson_lib.show import page
from lesson_lib.show.lab import Block, Drawing, Figures, Heading, Lab, Says
from lesson_lib.think.controls import Words
from lesson_lib.think.markup import rich

ATTRIBUTES = {
    "line": ("x1", "y1", "x2", "y2"),
    "rect": ("x", "y", "width", "height", "rx"),
    "circle": ("cx", "cy", "r"),
    "path": ("d",),
}
"""What the values of a mark are called in SVG, as `show/lab.js` has it."""


def of(source: str) -> Lab:
    """The lab of a cell: the cell's own call, with plain values, made again.

    >>> of('lab("force", deployed=30_000)').start["deployed"]
    30000
    """
    call = ast.parse(source).body[-1]
    if not (isinstance(call, ast.Expr) and isinstance(call.value, ast.Call)):
        raise ValueError("a lab has to be the last call of its cell")
    settings = {str(one.arg): ast.literal_eval(one.value) for one in call.value.keywords}
    return lab(*map(ast.literal_eval, call.value.args), **settings)


def html(shown: Lab, within: str) -> str:
    """The lab's title, settings and answer. `within` has "{lead}" where the lab says what to do in it."""
    notes = Footnotes()
    drawn = "".join(_block(one, notes) for one in shown.kind.view(shown.start))
    title = escape(_(shown.kind.title))
    return spans(
        f'<div class="gp lab still" lang="{catalogue.current()}"><h3>{title}</h3>'
        f'<p class="quiet">{within.format(lead=escape(_(shown.kind.lead)))}</p>{_settings(shown)}'
        f'<div class="view">{drawn}</div>{page.footnotes(notes)}</div>'
    )


def _settings(shown: Lab) -> str:
    """What the lab is set to; what a student would still have to write is left out."""
    lines = "".join(
        f"<div><dt>{escape(name(one.label))}</dt><dd>{escape(one.text(shown.start[one.id]))}</dd></div>"
        for one in shown.kind.controls
        if shown.start[one.id] or not isinstance(one, Words)
    )
    return f'<details><summary>{_("The settings shown")}</summary><dl class="settings">{lines}</dl></details>'


def _block(block: Block, notes: Footnotes) -> str:
    match block:
        case Figures():
            return f'<dl class="figures">{"".join(map(_figure, block.to_json(notes)["items"]))}</dl>'
        case Heading():
            return f"<h4>{escape(block.words)}</h4>"
        case Says():
            said = block.to_json(notes)
            number = f"<sup>[{said['numbers']}]</sup>" if said["numbers"] else ""
            return f'<p class="tone {said["tone"]}">{rich(said["words"])}{number}</p>'
        case Drawing():
            return _drawing(block.to_json(notes))
    return block.to_html(notes)


def _figure(one: Mapping[str, str]) -> str:
    """A number large, and what it ranges over and means small, one under the other."""
    ranged = f'<dd class="quiet">{escape(one["range"])}</dd>' if one["range"] else ""
    means = f'<dd class="small">{escape(one["means"])}</dd>' if one["means"] else ""
    return f'<div><dt>{escape(one["label"])}</dt><dd class="big">{escape(one["value"])}</dd>{ranged}{means}</div>'


def _drawing(drawn: Mapping[str, Any]) -> str:
    title, alt = escape(drawn["title"]), escape(drawn["alt"])
    svg = (
        f'<svg viewBox="0 0 {drawn["width"]} {drawn["height"]}" role="img" aria-label="{alt}" '
        f'style="max-width:{drawn["width"]}px">{"".join(_mark(*mark) for mark in drawn["marks"])}</svg>'
    )
    return (
        f"<figure><figcaption>{title}</figcaption>{scrolls(title, svg)}"
        f"<details><summary>{_('The picture in words')}</summary><p>{alt}</p></details></figure>"
    )


def _mark(mark: str, kind: str, *values: Any) -> str:
    """One line, box, dot, path or word.

    >>> _mark("circle", "accent", 10, 20, 4)
    '<circle class="accent" cx="10" cy="20" r="4"/>'
    """
    if mark == "text":
        x, y, words, anchor, size = values
        place = f'x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}"'
        return f'<text class="{kind}" {place}>{escape(words)}</text>'
    given = "".join(f' {name}="{value}"' for name, value in zip(ATTRIBUTES[mark], values, strict=True))
    return f'<{mark} class="{kind}"{given}/>'
