"""Between the bank's little Markdown and HTML: all is escaped on the way out, all that is live dropped on the way in.

What goes out comes back the same: a mark becomes one element, and that element the same mark.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

from lesson_lib.know.catalogue import N_

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MARKS = re.compile(r"`([^`]+)`|\*\*(.+?)\*\*|(?<!\*)\*([^*\s](?:[^*]*[^*\s])?)\*(?!\*)")


def clean(text: str) -> str:
    """The text without characters that XML forbids, its line ends as the bank has them, no blank line twice.

    >>> clean("one\\x00\\r\\n\\n\\n two ")
    'one\\n\\ntwo'
    """
    bare = _ILLEGAL.sub("", re.sub(r"\r\n?", "\n", text)).strip()
    return re.sub(r"\s*\n[^\S\n]*\n\s*", "\n\n", bare)


def esc(text: str) -> str:
    """A text as XML or HTML may hold it, in an element or an attribute.

    >>> esc('a < "b"')
    'a &lt; &quot;b&quot;'
    """
    return escape(clean(text))


def inline(text: str) -> str:
    """One paragraph as HTML; a line end in it becomes a break.

    >>> inline("**Who** said <b>it</b>?")
    '<b>Who</b> said &lt;b&gt;it&lt;/b&gt;?'
    """
    return _inline(clean(text)).replace("\n", "<br/>")


def _inline(text: str) -> str:
    parts, end = [], 0
    for found in _MARKS.finditer(text):
        parts.append(escape(text[end : found.start()], quote=False))
        end = found.end()
        code, bold, italic = found.groups()
        if code is not None:
            parts.append(f"<code>{escape(code, quote=False)}</code>")
        else:
            parts.append(f"<b>{_inline(bold)}</b>" if bold is not None else f"<i>{_inline(italic)}</i>")
    return "".join([*parts, escape(text[end:], quote=False)])


def paragraphs(text: str) -> str:
    """The whole text as HTML paragraphs.

    >>> paragraphs("one\\n\\n*two*")
    '<p>one</p><p><i>two</i></p>'
    """
    return "".join(f"<p>{inline(each)}</p>" for each in clean(text).split("\n\n") if each)


def flow(text: str) -> str:
    """A choice or an explanation as HTML: paragraphs only where there are several."""
    return paragraphs(text) if "\n\n" in clean(text) else inline(text)


def bare(text: str) -> str:
    """The text without its marks, for places that show plain text only.

    >>> bare("**Who** paid 5 * 3?")
    'Who paid 5 * 3?'
    """
    return _MARKS.sub(lambda found: bare(found[1] or found[2] or found[3]), clean(text))


def listed(kind: str, texts: Sequence[str]) -> str:
    """A list whose class says what it is, so that reading it back knows."""
    return f'<ul class="{kind}">' + "".join(f"<li>{flow(text)}</li>" for text in texts) + "</ul>" if texts else ""


# ---- reading ------------------------------------------------------------------------------------------------------

REGIONS = ("parts", "objectives", "rubric", "model", "sources", "unit", "ends", "row", "column")
"""What an export of this course marks by a class: read apart from the text around it."""
_MARK = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`", "tt": "`"}
_APART = {"p", "div", "ul", "ol", "dl", "table", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre"}
_SILENT = {"script", "style", "template", "iframe", "object", "noscript"}
_SAID = {
    "img": N_("pictures"), "audio": N_("recordings"), "video": N_("recordings"), "iframe": N_("embedded pages"),
    "object": N_("embedded pages"), "script": N_("scripts"), "table": N_("tables"), "a": N_("links"),
    "math": N_("formulas"),
}  # fmt: skip
_VOID = {"br", "img", "hr", "input", "source", "wbr", "meta", "link"}


@dataclass
class Reading:
    """HTML as the bank's text; `regions` are the marked lists, `dropped` what the text cannot hold, in English."""

    text: str
    regions: dict[str, list[str]] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.regions: dict[str, list[str]] = {}
        self.dropped: set[str] = set()
        self._open: list[tuple[str, str]] = []  # a tag and the region that it begins
        self._silent = 0

    def _region(self) -> str:
        return next((name for _, name in reversed(self._open) if name), "")

    def _put(self, text: str) -> None:
        region = self._region()
        if not region:
            self.text.append(text)
        elif self.regions[region]:
            self.regions[region][-1] += text

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SAID:
            self.dropped.add(_SAID[tag])
        if tag in _SILENT:
            self._silent += 1
        if tag == "br":
            self._put("\n")
        if tag in _VOID or self._silent:
            return
        classes = (dict(attrs).get("class") or "").split()
        region = next((name for name in REGIONS if name in classes), "")
        if region:
            self._open.append((tag, region))
            self.regions.setdefault(region, [])
            if tag not in ("ul", "dl"):
                self.regions[region].append("")
            return
        self._open.append((tag, ""))
        if tag in ("li", "dt", "dd") and self._region():
            self.regions[self._region()].append("")
        elif tag in _APART:
            self._put("\n\n")
        elif tag in ("li", "dt", "dd"):
            self._put("\n")
        self._put(_MARK.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT and self._silent:
            self._silent -= 1
            return
        if self._silent or not any(tag == name for name, _ in self._open):
            return
        self._put(_MARK.get(tag, ""))
        while self._open and self._open.pop()[0] != tag:
            pass
        if tag in _APART:
            self._put("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            # A line end in HTML is a space; where a line should end, there is an element.
            self._put(re.sub(r"[ \t]*\n\s*", " ", data))


def read_html(html: str) -> Reading:
    """The bank's text of some HTML. Nothing live is left in it; what it cannot hold is named.

    >>> read_html('<p>Who <strong>paid</strong>?</p><script>x()</script><p>And when?</p>').text
    'Who **paid**?\\n\\nAnd when?'
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    regions = {name: [clean(text) for text in texts] for name, texts in reader.regions.items()}
    return Reading(clean("".join(reader.text)), regions, reader.dropped)
