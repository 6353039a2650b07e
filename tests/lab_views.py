"""What the tests of the labs share: a view in all its forms."""

from __future__ import annotations

import json
from collections.abc import Sequence

from lesson_lib.know.sources import Footnotes
from lesson_lib.show.view import Block


def as_text(blocks: Sequence[Block]) -> str:
    """The view's text, once its page and its HTML have been made too and are whole."""
    notes = Footnotes()
    text = "\n".join(line for block in blocks for line in block.to_text(notes))
    html = "".join(block.to_html(notes) for block in blocks)
    for block in blocks:
        json.dumps(block.to_json(notes), allow_nan=False)
    assert html.count("<table") == html.count("</table>")
    return text
