"""A notebook's text cells as HTML, by the renderer that Jupyter itself exports with."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Any

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from deploy.site import words
from deploy.site.scroll import scrolls


class _Renderer(IPythonRenderer):
    """Headings named after their cell, links between lessons as pages, tables whose headings say what they head."""

    def __init__(self, cell_id: str) -> None:
        super().__init__(escape=True, exclude_anchor_links=True)
        self.cell_id = cell_id
        self.headings: list[tuple[int, str, str]] = []

    def heading(self, text: str, level: int, **_attrs: Any) -> str:
        place = f"{self.cell_id}-{len(self.headings)}" if self.headings else self.cell_id
        self.headings.append((level, place, text))
        return f'<h{level} id="{escape(place)}">{text}</h{level}>\n'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        # The title of a link is the id of its source, for the tests; a reader gets nothing from it.
        return f'<a href="{escape(_address(url))}">{text}</a>'

    def table(self, text: str) -> str:
        # Named by its columns: a page has several tables.
        heads = [unescape(re.sub(r"<.*?>", "", head)) for head in re.findall(r'<th scope="col">(.*?)</th>', text)]
        label = f"{words.say('Table')}: {', '.join(heads)}" if heads else words.say("Table")
        return f"{scrolls(escape(label), f'<table>{text}</table>')}\n"

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        if not head:
            return f"  <td>{text}</td>\n"
        return f'  <th scope="col">{text}</th>\n' if text else "  <td></td>\n"


def _address(url: str) -> str:
    """A link of a notebook as it is on the site.

    >>> _address("01-one-story-many-claims.ipynb")
    '01-one-story-many-claims.html'
    """
    return re.sub(r"^([\w./-]+)\.ipynb(?=$|#)", r"\1.html", url)


def html(source: str, cell_id: str) -> tuple[str, list[tuple[int, str, str]]]:
    """The cell as HTML, and its headings: level, name on the page, text as HTML.

    >>> html("## Both *sides*", "both")
    ('<h2 id="both">Both <em>sides</em></h2>\\n', [(2, 'both', 'Both <em>sides</em>')])
    """
    renderer = _Renderer(cell_id)
    return str(MarkdownWithMath(renderer=renderer).render(source)), renderer.headings
