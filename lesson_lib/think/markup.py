"""The little Markdown that questions and tables may use: **bold**, *italic*, `code`, and paragraphs. Nothing else."""

from __future__ import annotations

import re
from html import escape


def rich(text: str) -> str:
    """Escaped HTML from it.

    >>> rich("**Who** said <b>it</b>?")
    '<b>Who</b> said &lt;b&gt;it&lt;/b&gt;?'
    """
    html = escape(text.strip())
    html = re.sub(r"`([^`]+)`", r"<code>\1</code>", html)
    html = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", html)
    html = re.sub(r"(?<!\*)\*([^*\s](?:[^*]*[^*\s])?)\*(?!\*)", r"<i>\1</i>", html)
    return re.sub(r"\s*\n\s*\n\s*", "<br><br>", html)


def plain(text: str) -> str:
    """The same text without its marks, on one line; no-break spaces stay.

    >>> plain("**Who** said `it`?")
    'Who said it?'
    """
    return re.sub(r"[^\S\u00a0]+", " ", re.sub(r"\*\*|`|(?<!\w)\*|\*(?!\w)", "", text)).strip()
