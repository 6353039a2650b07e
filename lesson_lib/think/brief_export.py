"""A brief as a document to hand to somebody: one text, written as Markdown and as HTML (DOCX is made in `show`).

All forms are made of the same blocks, so they hold the same words. Text of the tables is marked (`know.foreign`), and
HTML and DOCX say in which language it is. Whatever a student typed is text and stays text:
no mark-up, script, link or formula of theirs has an effect in any of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from lesson_lib.know import catalogue
from lesson_lib.know.catalogue import N_, _, pgettext
from lesson_lib.know.data import as_of
from lesson_lib.know.foreign import bare, original, spans
from lesson_lib.know.sources import Footnotes, Source, day
from lesson_lib.think.brief import Brief, Part
from lesson_lib.think.brief_checks import band
from lesson_lib.think.evidence import evidence, side_word, status_word

NOT_YET = N_("(not written yet)")


def document_language() -> str:
    """The language of the brief's own headings, as a document says it."""
    spoken = catalogue.current()
    return "en-GB" if spoken == catalogue.ENGLISH else spoken


Kind = Literal["title", "heading", "fact", "text", "evidence", "source"]


@dataclass(frozen=True)
class Block:
    """One paragraph: `lead` is a word or two set off before it, `notes` are numbers of sources, `url` a source's."""

    kind: Kind
    words: str
    lead: str = ""
    notes: tuple[int, ...] = ()
    url: str = ""

    @property
    def text(self) -> str:
        """The paragraph as it reads in any form; a source without its number, which is the list's."""
        address = f" {self.url}" if self.url else ""
        return bare(f"{self.lead} {self.words}{_marks(self.notes)}{address}".strip())


@dataclass(frozen=True)
class Document:
    """A brief ready to be written: its paragraphs in order, the sources last."""

    title: str
    author: str
    blocks: tuple[Block, ...]

    @property
    def texts(self) -> list[str]:
        return [block.text for block in self.blocks]


def _marks(notes: Iterable[int]) -> str:
    return "".join(f" [{number}]" for number in notes)


def address(source: Source) -> str:
    """A source's web address if it is one, else nothing: no other kind of address is ever made a link."""
    url = source.url or ""
    return url if re.fullmatch(r"https?://[^\s<>\"'\x00-\x1f]+", url) else ""


def document(one: Brief) -> Document:
    """The brief as paragraphs: question and date, claim, recommendation, reasons, counter-argument, reply, confidence.

    Each piece of evidence has a line of its own with the numbers of its sources, which stand at the end in full.

    >>> document(Brief(question="right-size", name="Ana")).texts[:3]
    ['Is a force of about 50,000 the right size?', 'Written by: Ana', 'As of: 19 August 2025']
    """
    notes, held = Footnotes(), evidence()
    title = one.title or one.asked or _("A policy brief")
    blocks = [Block("title", title), Block("fact", one.name or _(NOT_YET), _("Written by:"))]
    blocks.append(Block("fact", day(as_of()), _("As of:")))
    if one.asked and one.asked != title:
        blocks.append(Block("fact", one.asked, _("Question:")))
    answer = {"for": _("yes (for)"), "against": _("no (against)")}.get(
        one.side, side_word(one.side) if one.side else _(NOT_YET)
    )
    blocks.append(Block("fact", answer, _("The answer of this brief:")))

    def section(heading: str, words: str) -> None:
        blocks.append(Block("heading", heading))
        blocks.extend(_paragraphs(words))

    def rests(part: Part) -> None:
        for name in part.evidence:
            row = held[name]
            marks = tuple(notes.mark(row.source_ids))
            unsure = (
                _(" Status in the course: {status}.").format(status=status_word(row.status))
                if row.status != "supported"
                else ""
            )
            later = _(" Known only from after the as-of date.") if row.later else ""
            blocks.append(Block("evidence", f"{_stopped(row.says)}{unsure}{later}", f"{row.kind}:", marks))

    section(pgettext("of a brief", "Claim"), one.claim)
    blocks.append(Block("heading", _("Recommendation")))
    blocks.append(Block("fact", one.audience or _(NOT_YET), _("To:")))
    blocks.extend(_paragraphs(one.recommendation))
    for number, part in one.begun or [(1, Part())]:
        section(_("Reason {number}").format(number=number), part.words)
        rests(part)
    section(_("The strongest counter-argument"), one.counter.words)
    rests(one.counter)
    section(_("Reply"), one.reply)
    sure = (
        _("{number} per cent ({band}).").format(number=one.confidence, band=band(one.confidence))
        if one.confidence
        else _(NOT_YET)
    )
    section(_("How sure I am"), sure)
    section(_("What would change my mind"), one.change)
    blocks.append(Block("heading", _("Sources")))
    # In English throughout but for the date: as a whole it is the table's.
    listed = [(original(_stopped(found.citation())), address(found)) for _, found in notes.entries()]
    blocks += [Block("source", words, url=url) for words, url in listed]
    if not notes.ids():
        blocks.append(Block("text", _("(no sources yet)")))
    return Document(bare(title), one.name or _("unknown"), tuple(blocks))


def _stopped(text: str) -> str:
    return text if bare(text).endswith((".", "!", "?", "…")) else f"{text}."


def _paragraphs(words: str) -> list[Block]:
    return [Block("text", " ".join(one.split())) for one in words.split("\n") if one.strip()] or [
        Block("text", _(NOT_YET))
    ]


# ---- Markdown ----------------------------------------------------------------------------------------------------

# Angle brackets and ampersands as entities, since not every reader of Markdown knows them escaped; every other sign
# that could begin mark-up with a backslash.
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def marked_down(text: str) -> str:
    """A text that Markdown shows as it stands.

    >>> marked_down("<b> *now* [x](y)")
    '&lt;b&gt; \\\\*now\\\\* \\\\[x\\\\](y)'
    """
    text = re.sub(r"[\\`*_{}\[\]#|~$^]", r"\\\g<0>", text)
    text = re.sub(r"[<>&]", lambda found: _ENTITIES[found[0]], text)
    # Only at the start of a line do these begin a list, a rule, a heading or a quotation.
    text = re.sub(r"^([-+=:])", r"\\\1", text)
    text = re.sub(r"^(\d+)([.)])", r"\1\\\2", text)
    # No address that a student types becomes a link by itself.
    return re.sub(r"(?i)\b(https?|ftp|mailto|javascript|data)(:)", r"\1\\:", text).replace("www.", r"www\.")


def markdown(made: Document) -> str:
    """The document as Markdown, for any editor.

    >>> markdown(document(Brief(question="right-size"))).splitlines()[0]
    '# Is a force of about 50,000 the right size?'
    """
    lines, number = [], 0
    for block in made.blocks:
        words = marked_down(bare(block.words)) + marked_down(_marks(block.notes))
        lead = f"**{marked_down(bare(block.lead))}** " if block.lead else ""
        match block.kind:
            case "title":
                lines.append(f"# {words}")
            case "heading":
                lines.append(f"## {words}")
            case "evidence":
                lines.append(f"- {lead}{words}")
            case "source":
                number += 1
                lines.append(f"{number}. {words}{f' <{block.url}>' if block.url else ''}")
            case _:
                lines.append(f"{lead}{words}")
    return "\n\n".join(lines) + "\n"


# ---- HTML --------------------------------------------------------------------------------------------------------

_STYLE = """
:root{color-scheme:light dark;--ink:#1b1b1b;--quiet:#555;--line:#ccc;--page:#fff;--link:#0b57a4}
@media(prefers-color-scheme:dark){:root{--ink:#ececec;--quiet:#b5b5b5;--line:#555;--page:#171717;--link:#8fc1ff}}
body{margin:0;background:var(--page);color:var(--ink);font:17px/1.5 Georgia,"Times New Roman",serif}
main{max-width:42rem;margin:0 auto;padding:2rem 1.25rem;overflow-wrap:anywhere}
h1{font-size:1.7rem;line-height:1.25;margin:0 0 .8rem}
h2{font-size:1.15rem;margin:1.5rem 0 .3rem;border-bottom:1px solid var(--line);padding-bottom:.15rem}
p{margin:.35rem 0}ul{margin:.4rem 0;padding-left:1.2rem;color:var(--quiet);font-size:.94rem}
a{color:var(--link)}sup{line-height:0}ol{padding-left:1.8rem;font-size:.92rem}li{margin:.25rem 0}
li:target{outline:2px solid var(--link)}
@media print{:root{--ink:#000;--quiet:#222;--page:#fff;--link:#000}body{font-size:10.5pt;line-height:1.35}
main{max-width:none;padding:0}h2{break-after:avoid;margin-top:.9rem}li,p{break-inside:avoid}a{text-decoration:none}
@page{margin:20mm}}
"""

# Nothing may be loaded and nothing may run, whatever stands in the text.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def html(made: Document) -> str:
    """The document as one HTML file that needs nothing else: readable by screen readers, in print, light and dark.

    >>> html(document(Brief(claim="<script>alert(1)</script>"))).count("<script")
    0
    """
    lines: list[str] = []
    for kind, run in _runs(made.blocks):
        items = [_element(block) for block in run]
        if kind == "evidence":
            items = ["<ul>", *items, "</ul>"]
        elif kind == "source":
            numbered = [f'<li id="source-{number}">{item}</li>' for number, item in enumerate(items, 1)]
            items = ["<ol>", *numbered, "</ol>"]
        lines += items
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="{document_language()}">',
            '<head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<meta name="author" content="{escape(made.author)}">',
            f"<title>{escape(made.title)}</title>",
            f"<style>{_STYLE}</style></head>",
            "<body><main>",
            *lines,
            "</main></body></html>",
            "",
        ]
    )


def _element(block: Block) -> str:
    lead = f"<b>{escape(block.lead)}</b> " if block.lead else ""
    source = escape(_("Source {number}"))
    marks = "".join(
        f' <sup><a href="#source-{number}" aria-label="{source.format(number=number)}">[{number}]</a></sup>'
        for number in block.notes
    )
    words = spans(f"{lead}{escape(block.words)}{marks}")
    match block.kind:
        case "title":
            return f"<h1>{words}</h1>"
        case "heading":
            return f"<h2>{words}</h2>"
        case "evidence":
            return f"<li>{words}</li>"
        case "source":
            return words + (f' <a href="{escape(block.url)}">{escape(block.url)}</a>' if block.url else "")
        case _:
            return f"<p>{words}</p>"


def _runs(blocks: Sequence[Block]) -> list[tuple[Kind, list[Block]]]:
    """Blocks of the same kind that stand together, so that a list is one list."""
    runs: list[tuple[Kind, list[Block]]] = []
    for block in blocks:
        if not runs or runs[-1][0] != block.kind:
            runs.append((block.kind, []))
        runs[-1][1].append(block)
    return runs
