"""A Vega-Lite picture as an SVG file: drawn once, when the site is built, in ink for light and for dark."""

from __future__ import annotations

import math
import re
from typing import Any

import vl_convert

# The ink of page.css. A picture is a document of its own, so that it asks the reader's system itself.
_INK = "<style>svg{color:#1a1c20}@media(prefers-color-scheme:dark){svg{color:#eceff2}}</style>"
_LEFT = 12


def svg(spec: dict[str, Any], most: float = math.inf) -> str:
    """The picture, its lines and letters in the page's ink. Nothing is fetched: a picture carries its data.

    A tenth of its width is kept free for letters wider than here, or what there is up to `most` pixels.
    """
    drawn: str = vl_convert.vegalite_to_svg(spec, vl_version="5.21", allowed_base_urls=[])
    width, height = size(drawn)
    # Letters are as wide as the reader's font has them, not as the one of this machine: room on both sides.
    least = width + _LEFT
    wide = max(least, min(least + width // 10, most))
    head = f'width="{wide}" height="{height}" viewBox="{-_LEFT} 0 {wide} {height}"'
    return re.sub(
        r"<svg\b.*?>", f'<svg xmlns="http://www.w3.org/2000/svg" {head}>{_INK}', drawn, count=1, flags=re.DOTALL
    )


def size(drawn: str) -> tuple[int, int]:
    """Width and height, so that the page keeps the room before the picture is there.

    >>> size('<svg width="720.4" height="380">')
    (720, 380)
    """
    width, height = (re.search(rf'\b{name}="([\d.]+)"', drawn) for name in ("width", "height"))
    return (round(float(width[1])), round(float(height[1]))) if width and height else (720, 380)
