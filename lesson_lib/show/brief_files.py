"""The files of a brief: its DOCX form, and what the lab's buttons do: save and export."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lesson_lib.know.catalogue import ENGLISH, _
from lesson_lib.know.data import as_of
from lesson_lib.know.foreign import parts
from lesson_lib.know.sources import day
from lesson_lib.show.lab import Saved
from lesson_lib.think import brief_files
from lesson_lib.think.brief import Brief, brief
from lesson_lib.think.brief_export import Block, Document, document, document_language, html, markdown

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

MIME = {
    "md": "text/markdown",
    "html": "text/html",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json",
}
_STYLES = {
    "title": "Title", "heading": "Heading 1", "fact": "Normal", "text": "Normal",
    "evidence": "List Bullet", "source": "List Number",
}  # fmt: skip


def docx(made: Document) -> bytes:
    """The document for a word processor: real headings, lists and links, its title, author and language set.

    Raises ImportError where python-docx is missing.
    """
    # Only whoever exports waits for the library.
    import docx as library

    word = library.Document()
    _dressed(word, made)
    number = 0
    for block in made.blocks:
        paragraph = word.add_paragraph(style=_STYLES[block.kind])
        if block.lead:
            paragraph.add_run(f"{block.lead} ").bold = True
        for piece, theirs in parts(block.words):
            _spoken(paragraph.add_run(piece), ENGLISH if theirs else "")
        for note in block.notes:
            paragraph.add_run(" ")
            _linked(paragraph, f"[{note}]", anchor=f"source-{note}")
        if block.kind == "source":
            number += 1
            _source(paragraph, block, number)
    kept = io.BytesIO()
    word.save(kept)
    return kept.getvalue()


def _dressed(word: Word, made: Document) -> None:
    """Page, type and what the file says about itself."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    about = word.core_properties
    about.title, about.author, about.last_modified_by = made.title[:250], made.author[:250], made.author[:250]
    about.language, about.comments, about.keywords = document_language(), "", ""
    about.created = about.modified = datetime.datetime.now(datetime.UTC)
    about.subject = _("Policy brief, as of {as_of}").format(as_of=day(as_of()))
    page = word.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(2.2)
    for name, size in (("Normal", 10.5), ("Title", 18), ("Heading 1", 12.5)):
        style: Any = word.styles[name]
        style.font.size = Pt(size)
        style.paragraph_format.space_after = Pt(4)
    for run in word.styles.element.iter(qn("w:rPrDefault")):
        properties = run.find(qn("w:rPr"))
        language = properties.find(qn("w:lang")) if properties is not None else None
        if properties is not None and language is None:
            language = OxmlElement("w:lang")
            properties.append(language)
        if language is not None:
            language.set(qn("w:val"), document_language())


def _spoken(run: Run, language: str) -> None:
    """Says in which language a run is; nothing where it is the document's."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    if language:
        mark = OxmlElement("w:lang")
        mark.set(qn("w:val"), language)
        run._r.get_or_add_rPr().append(mark)


def _linked(paragraph: Paragraph, words: str, *, anchor: str = "", url: str = "") -> None:
    """Words that lead to a source further down, or to an address on the web."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    link: Any = OxmlElement("w:hyperlink")
    if anchor:
        link.set(qn("w:anchor"), anchor)
    else:
        link.set(qn("r:id"), paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = paragraph.add_run(words)
    if anchor:
        run.font.superscript = True
    else:
        run.font.underline = True
    link.append(run._r)
    paragraph._p.append(link)


def _source(paragraph: Paragraph, block: Block, number: int) -> None:
    """A source's address as a link, and a mark to which the numbers in the text lead."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    if block.url:
        paragraph.add_run(" ")
        _linked(paragraph, block.url, url=block.url)
    for tag in ("w:bookmarkStart", "w:bookmarkEnd"):
        mark: Any = OxmlElement(tag)
        mark.set(qn("w:id"), str(number))
        if tag == "w:bookmarkStart":
            mark.set(qn("w:name"), f"source-{number}")
        paragraph._p.append(mark)


# ---- what the buttons do -----------------------------------------------------------------------------------------


def exporter(end: str, make: Callable[[Document], bytes]) -> Callable[[Mapping[str, Any]], str | Saved]:
    """What a button does that writes the brief in one form, with its settings beside it."""

    def export(settings: Mapping[str, Any]) -> str | Saved:
        one = brief(settings)
        if refused := _refused(one):
            return refused
        try:
            content = make(document(one))
        except ImportError:
            return _(
                "The DOCX file needs the package python-docx, which is not installed here. Export as "
                "HTML instead: every word processor opens it."
            )
        return _saved(one, settings, end, content)

    return export


def save(settings: Mapping[str, Any]) -> str | Saved:
    """Writes the settings alone, to be opened again here or elsewhere."""
    one = brief(settings)
    return _refused(one) or _saved(one, settings, "json", brief_files.written(settings))


def _refused(one: Brief) -> str:
    if not one.name:
        return _("Nothing saved: write your name first, at the end of the form.")
    if not (one.claim or one.begun):
        return _("Nothing saved: there is no claim and no reason yet.")
    return ""


def _saved(one: Brief, settings: Mapping[str, Any], end: str, content: bytes) -> Saved:
    folder = Path.cwd() / brief_files.FOLDER
    tried = brief_files.stem(one.name, one.question)
    try:
        tried = brief_files.place(folder, one.name, one.question)
        brief_files.save(folder, tried, {"json": brief_files.written(settings), end: content})
        says = _("Saved as {file}.").format(file=f"{folder.name}/{tried}.{end}")
        if end != "json":
            says += _(" Your settings are beside it in {file}, to be opened again.").format(file=f"{tried}.json")
    except OSError as error:
        says = _("The file could not be written in {folder} ({reason}); the page offers it as a download.").format(
            folder=folder.name, reason=error.strerror or error
        )
    return Saved(says, f"{tried}.{end}", content, MIME[end])


to_markdown = exporter("md", lambda made: markdown(made).encode())
to_html = exporter("html", lambda made: html(made).encode())
to_docx = exporter("docx", docx)
