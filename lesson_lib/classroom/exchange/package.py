"""XML as text, and packages: zip files that are the same to the byte whenever the bank is the same."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

from lesson_lib.classroom.exchange.markup import esc

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
XSI = "http://www.w3.org/2001/XMLSchema-instance"


def tag(name: str, attributes: Mapping[str, object] | None = None, *content: str) -> str:
    """One element; its content is XML already, its attributes are text.

    >>> tag("p", {"class": 'a"b'}, "one")
    '<p class="a&quot;b">one</p>'
    """
    told = "".join(f' {key}="{esc(str(value))}"' for key, value in (attributes or {}).items())
    return f"<{name}{told}>{''.join(content)}</{name}>" if content else f"<{name}{told}/>"


def leaf(name: str, text: object) -> str:
    """An element that holds text only.

    >>> leaf("title", "A < B")
    '<title>A &lt; B</title>'
    """
    return f"<{name}>{esc(str(text))}</{name}>"


def cdata(html: str) -> str:
    """HTML as it stands, for formats that carry it as text.

    >>> cdata("<p>]]></p>")
    '<![CDATA[<p>]]]]><![CDATA[></p>]]>'
    """
    return "<![CDATA[" + html.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def ident(prefix: str, name: str) -> str:
    """A name as XML identifiers must be: a letter first, then letters, digits, points, hyphens.

    >>> ident("i", "six-or-seven"), ident("i", "a b")
    ('i-six-or-seven', 'i-a_b')
    """
    return f"{prefix}-{re.sub(r'[^A-Za-z0-9.-]', '_', name)}"


def pack(files: Mapping[str, str]) -> bytes:
    """A zip file: its members in the order given, every one with the same date."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name, text in files.items():
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            member.create_system = 3
            package.writestr(member, text.encode("utf-8"), compresslevel=9)
    return target.getvalue()
