"""What the teacher's HTML pages share: one self-contained file each, escaped, in the look of the lessons, no script."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape

from lesson_lib.classroom.gradebook import number
from lesson_lib.know import catalogue
from lesson_lib.know.catalogue import _, ngettext, pgettext
from lesson_lib.know.foreign import parts
from lesson_lib.know.sources import Source, source
from lesson_lib.think.brief import clean
from lesson_lib.think.markup import rich
from lesson_lib.think.numerals import separated

STYLE = re.sub(
    r"\n\s*",
    "",
    """
:root{color-scheme:light dark;--surface:#fff;--sunk:#f5f6f8;--ink:#1a1c20;--ink-2:#4a4f57;--line:#d5d8dd;
 --line-strong:#7c838d;--accent:#1a5fb4;--right:#1b6e3c;--partly:#8a5a00;--wrong:#a4262c;--tint:8%}
@media(prefers-color-scheme:dark){:root{--surface:#111417;--sunk:#20252a;--ink:#eceff2;--ink-2:#b3bac2;--line:#39414a;
 --line-strong:#77818c;--accent:#7fb4ff;--right:#7ed29a;--partly:#f0c05a;--wrong:#ff9a94;--tint:14%}}
*{box-sizing:border-box}html{background:var(--surface)}
body{margin:0 auto;max-width:820px;padding:32px 28px 64px;background:var(--surface);color:var(--ink);
 font:15px/1.55 system-ui,"Noto Sans","DejaVu Sans",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.6em;line-height:1.25;margin:0 0 4px;letter-spacing:-.01em}
h2{font-size:1.05em;line-height:1.4;margin:0;font-weight:600}h3{font-size:1em;margin:0 0 4px}p{margin:0 0 10px}
a{color:var(--accent)}a:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.quiet{color:var(--ink-2);font-size:.93em}.num{font-variant-numeric:tabular-nums;white-space:nowrap}
.right{color:var(--right)}.partly{color:var(--partly)}.wrong{color:var(--wrong)}
.right,.partly,.wrong{font-weight:650}
table{border-collapse:collapse;width:100%;font-size:.95em;line-height:1.45;margin:14px 0}
caption{text-align:left;padding:0 0 6px;font-weight:650}caption span{font-weight:400;color:var(--ink-2)}
th,td{padding:7px 14px 7px 0;vertical-align:top;text-align:left;border-bottom:1px solid var(--line);
 overflow-wrap:break-word}
th:last-child,td:last-child{padding-right:0}thead th{border-bottom:2px solid var(--ink);font-weight:650}
tbody th{font-weight:600;color:var(--ink-2)}td.num,th.num{text-align:right}
tfoot th,tfoot td{border-bottom:0;font-weight:650}
pre,.prose{white-space:pre-wrap;font:inherit;margin:0}
@media(max-width:640px){body{padding:20px 16px 48px}
 table.stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
 table.stack tr,table.stack td,table.stack tbody th{display:block;border:0;padding:2px 0}
 table.stack tr{border-bottom:1px solid var(--line);padding:8px 0}
 table.stack td[data-col]:before{content:attr(data-col);display:block;
 font-size:.85em;font-weight:600;color:var(--ink-2)}}
@media print{@page{margin:16mm}:root{color-scheme:light;--surface:#fff;--sunk:#fff;--ink:#000;--ink-2:#333;--line:#bbb;
 --line-strong:#666;--accent:#1a5fb4;--right:#1b6e3c;--partly:#6b4600;--wrong:#a4262c}
 body{max-width:none;padding:0;font-size:10.5pt}a{color:inherit}h1,h2,h3{break-after:avoid}tr{break-inside:avoid}
 p{orphans:3;widows:3}}
""",
).strip()

# Nothing is fetched and nothing runs, whatever a student wrote.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(title: str, *parts: str, style: str = "") -> str:
    """A whole page from parts that are HTML already; `title` is plain text, `style` what only this page needs."""
    return (
        f'<!doctype html>\n<html lang="{catalogue.current()}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{plain(title)}</title><style>{STYLE}{style}</style></head>\n"
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )


def plain(text: object) -> str:
    """Escaped HTML of any text, without characters that no page can show.

    >>> plain("<b>Li & Co</b>")
    '&lt;b&gt;Li &amp; Co&lt;/b&gt;'
    """
    return escape(clean(str(text), most=100_000))


# ---- words that the library does not translate ---------------------------------------------------------------------

_CYRILLIC = ("uk",)
"""The languages of the library whose letters tell them from English."""


def lang_of(text: str) -> str:
    """The attribute of a text that is English on a page in another language; nothing elsewhere.

    Questions stay in the bank's language and facts in that of their table. A bank does not say which that is, and a
    teacher may write one in Ukrainian: the letters tell.

    >>> lang_of("Which claim?")
    ''
    >>> catalogue.speak("uk")
    >>> lang_of("Which claim?"), lang_of("Яке твердження?")
    (' lang="en"', '')
    >>> catalogue.speak("en")
    """
    if catalogue.current() not in _CYRILLIC:
        return ""
    latin, own = len(re.findall(r"[A-Za-z]", text)), len(re.findall(r"[\u0400-\u04ff]", text))
    return f' lang="{catalogue.ENGLISH}"' if latin > own else ""


def own_words(text: str, shown: Callable[[str], str] = rich) -> str:
    """HTML of a text that stays in its own language, which it says where that is not the page's.

    >>> own_words("**Who** said it?")
    '<b>Who</b> said it?'
    """
    lang = lang_of(text)
    return f"<span{lang}>{shown(text)}</span>" if lang else shown(text)


def told(text: str) -> str:
    """HTML of a sentence of the library, and of the text of the tables that is marked in it (`know.foreign`).

    >>> told("<i>")
    '&lt;i&gt;'
    """
    if len(pieces := parts(text)) < 2:
        return own_words(text, plain)
    lang = f' lang="{catalogue.ENGLISH}"'
    return "".join(
        f"<span{lang}>{escape(clean(piece))}</span>" if theirs else _spaced(piece) for piece, theirs in pieces
    )


def _spaced(text: str) -> str:
    """The words between two marks with the spaces that part them from those."""
    words = text.strip()
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :] if words else ""
    return f"{before}{plain(words)}{after}"


def source_name(found: Source, shown: Callable[[str], str] | None = None) -> str:
    """HTML of a source's name and date: the name in its own language, the date in the page's."""
    shown = shown or plain
    name, comma, when = found.short().rpartition(", ")
    if not found.published_on or not lang_of(name):
        return own_words(found.short(), shown)
    return f"{own_words(name, shown)}{comma}{shown(when)}"


# ---- numbers -------------------------------------------------------------------------------------------------------


def mark(value: float) -> str:
    """Points without needless decimals, as a reader of the page writes them: "7.5" in English, "7,5" in Ukrainian."""
    return separated(number(value))


def points(value: float) -> str:
    """
    >>> points(1), points(2.5)
    ('1 point', '2.5 points')
    """
    shown = mark(value)
    if not shown.isdigit():  # in Ukrainian a fraction takes a form of its own
        return pgettext("of a fraction", "{n} points").format(n=shown)
    return ngettext("{n} point", "{n} points", int(shown)).format(n=shown)


def of_points(earned: float, possible: float) -> str:
    """
    >>> of_points(0.5, 1), of_points(7, 12.5)
    ('0.5 of 1 point', '7 of 12.5 points')
    """
    shown = mark(possible)
    if not shown.isdigit():
        said = pgettext("of a fraction", "{earned} of {possible} points")
    else:
        said = ngettext("{earned} of {possible} point", "{earned} of {possible} points", int(shown))
    return said.format(earned=mark(earned), possible=shown)


# ---- parts of pages ------------------------------------------------------------------------------------------------


def stem(text: str, tag: str = "h2") -> str:
    """A question as the lessons show it: its first paragraph as a heading, how it is meant below."""
    first, _blank, rest = text.strip().partition("\n\n")
    meant = f'<p class="quiet"{lang_of(rest)}>{rich(rest)}</p>' if rest.strip() else ""
    return f"<{tag}{lang_of(first)}>{rich(first)}</{tag}>{meant}"


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    """A table of cells that are HTML already; the first of each row is its heading. `caption` and `heads` are text."""
    head = "".join(f'<th scope="col"{lang_of(one)}>{plain(one)}</th>' for one in heads)
    body = "".join(
        f'<tr><th scope="row">{first}</th>'
        + "".join(f'<td data-col="{plain(col)}">{cell}</td>' for col, cell in zip(heads[1:], rest, strict=True))
        + "</tr>"
        for first, *rest in rows
    )
    return (
        f'<table class="{f"stack {kind}".strip()}"><caption>{plain(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def styled(style: str, *columns: str) -> str:
    """The style, where it names columns by their English headings, for the headings that are shown."""
    for column in columns:
        if (shown := _(column)) != column:
            style = style.replace(f"[data-col={column}]", f'[data-col="{shown}"]')
    return style


def cited(source_ids: Iterable[str]) -> str:
    """Sources in one line, each with its address where it has one; "" without any."""
    links = []
    for source_id in source_ids:
        found = source(source_id)
        label = source_name(found)
        web = found.url and re.match(r"https?://", found.url)
        links.append(f'<a href="{escape(str(found.url))}">{label}</a>' if web else label)
    return "; ".join(links)
