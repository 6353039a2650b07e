"""What surrounds every page: head, way through the course, foot. One sheet, one script, nothing from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from deploy.site.cells import Page
from deploy.site.words import say
from lesson_lib.know import catalogue
from lesson_lib.know.language import LANGUAGES
from lesson_lib.know.sources import as_of_line

NAME = "Guarantees on Paper"
QUESTION = "What would make a promise to defend Ukraine worth the paper it is written on?"
# Scripts and styles are the site's own files. Bars and rungs set their size in an attribute: that alone is loose.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
NO_SCRIPT = (
    "Without JavaScript this page can be read, with its questions and their hints; answering needs JavaScript. "
    "Switch it on in the browser and load the page again."
)
NO_SIDE = "The course takes no side; positions are attributed, dated and sourced."
WHOSE = "Text, questions and tables:"
KEPT_HERE = "Nothing on this site is sent anywhere: your answers stay in this browser."
LICENCE = "https://creativecommons.org/licenses/by/4.0/"


def document(title: str, described: str, body: str, version: str, *, page: Page | None = None) -> str:
    """A whole HTML document, with the script where it is a lesson's page."""
    root, spoken = (page.root, page.language) if page else ("", catalogue.ENGLISH)
    run = f'<script src="{root}{script_name(spoken)}?{version}" defer></script>' if page else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{spoken}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f'<title>{escape(title)}</title>\n<meta name="description" content="{escape(described)}">\n'
        # The panel asks for this id before it puts its own style into the page.
        f'<link rel="stylesheet" id="gp-style" href="{root}site.css?{version}">\n'
        f'<link rel="icon" href="{root}icon.svg">\n{run}\n'
        f'</head>\n<body>\n<a class="skip" href="#main">{say("Skip to the text")}</a>\n{body}\n</body>\n</html>\n'
    )


def script_name(spoken: str) -> str:
    """The script of a language: its words are in it.

    >>> script_name("en"), script_name("uk")
    ('site.js', 'site.uk.js')
    """
    return "site.js" if spoken == catalogue.ENGLISH else f"site.{spoken}.js"


def lesson(page: Page, pages: Sequence[Page], others: Sequence[Page], data: str, full: str, version: str) -> str:
    """A lesson's page: its contents beside it, its parts, the way on, and what its script has to know.

    `pages` are the course in English, `others` the same lesson in other languages.
    """
    at = next(place for place, each in enumerate(pages) if each.lesson.lesson == page.lesson.lesson)
    way = [(pages[at - 1] if at else None), (pages[at + 1] if at + 1 < len(pages) else None)]
    top, foot = (_way(page, way, say(label)) for label in ("Lessons", "Onward"))
    tongues = "".join(
        f'<p class="tongue">{_to(page, each, f"{LANGUAGES[each.language].capitalize()}: {each.title}")}</p>'
        for each in others
    )
    here = say("On this page")
    contents = "".join(f'<li><a href="#{escape(place)}">{text}</a></li>' for place, text in page.contents)
    body = (
        f'<header><a href="{page.root}index.html"{_lang(page, catalogue.ENGLISH)}>{NAME}</a>{top}</header>\n'
        f'<div class="columns">\n<nav class="contents" aria-label="{here}"><details open><summary>{here}'
        f"</summary><ol>{contents}</ol></details></nav>\n"
        f'<main id="main" tabindex="-1">\n<noscript><p class="notice">{say(NO_SCRIPT)}</p></noscript>'
        f'<p class="notice" id="notice" role="status" hidden></p>\n{tongues}{_opening(page, full)}\n</main>\n</div>\n'
        f"<footer>{foot}{_foot()}</footer>\n"
        f'<script type="application/json" id="lesson">{data}</script>'
    )
    words = re.sub(r"<.*?>", "", page.question)
    return document(f"{page.title} · {NAME}", words, body, version, page=page)


def _opening(page: Page, full: str) -> str:
    """The parts of a lesson, and after its first, the title, where the full course is."""
    first, *rest = page.parts
    return "\n".join([first, f'<p class="full">{full}</p>' if full else "", *rest])


def _way(page: Page, way: Sequence[Page | None], label: str) -> str:
    before, after = way
    back = _to(page, before, f"← {before.title}", "prev") if before else ""
    on = _to(page, after, f"{after.title} →", "next") if after else ""
    return f'<nav class="way" aria-label="{label}">{back}{on}</nav>'


def _to(page: Page, other: Page, words: str, relation: str = "alternate") -> str:
    """A link from a lesson's page to another's."""
    tongue = f' hreflang="{other.language}"' if other.language != page.language else ""
    address = f"{page.root}{other.file}"
    return f'<a rel="{relation}" href="{address}"{tongue}{_lang(page, other.language)}>{escape(words)}</a>'


def _lang(page: Page, language: str) -> str:
    """The attribute for words in another language than the page's."""
    return f' lang="{language}"' if language != page.language else ""


def _foot() -> str:
    return (
        f"<p>{as_of_line()} {say(NO_SIDE)}</p><p>{NAME}, Guarantees on Paper contributors. {say(WHOSE)} "
        f'<a href="{LICENCE}">CC BY 4.0</a>; {say("code: MIT.")} {say(KEPT_HERE)}</p>'
    )


TEACHERS = (
    '<h2 id="teachers">For teachers</h2>\n'
    "<p>A student's hand-in is a small JSON file with every answer, try and hint and their times; it opens in any "
    "text editor. The answers of these practice questions stand openly in the pages: they are for learning. Units for "
    "grades are never on a site. Pacing, likely misconceptions and the way from a class's hand-ins to grades are in "
    "the folder <code>instructors</code> of the course's repository.</p>\n"
    "<p><b>A mistake?</b> Tell the course, in an issue of its repository, the lesson, the question or heading, what it "
    "should say, and a source. Whoever gave you this site knows where the repository is.</p>\n"
)


def index(pages: Sequence[Page], others: Sequence[Page], lab: str, version: str) -> str:
    """The first page: the question, the lessons, and how to work with them."""
    rows = "".join(
        f'<li><a href="{page.file}"><b>{escape(page.title)}</b></a> <span class="asks">{page.question}</span> '
        f'<span class="quiet">{page.minutes}</span></li>'
        for page in pages
    )
    tongues = "".join(
        f'<p lang="{each.language}">{LANGUAGES[each.language].capitalize()}: <a hreflang="{each.language}" '
        f'href="{each.file}">{escape(each.title)}</a></p>'
        for each in others
    )
    full = (
        f'<p class="full">To work with the labs and tables as well, <a href="{lab}">open the full course in the browser'
        "</a>: it brings its own Python and takes some seconds to start.</p>"
        if lab
        else ""
    )
    body = (
        f'<header><span>{NAME}</span></header>\n<main id="main" class="index" tabindex="-1">\n<h1>{NAME}</h1>\n'
        f'<p class="lead">{QUESTION}</p>\n'
        "<p>The course starts from one newspaper story of 19 August 2025, the morning after the Washington meeting. "
        "You learn to read a claim, find its source, set arrangements side by side, test an argument with simple "
        "arithmetic, and defend a position. You need no programming and no account.</p>\n"
        "<p>Each lesson can be read and its questions answered on its page; the labs of lessons 06, 07 and 09 and the "
        "brief of lesson 10 are worked in the full course. Your answers are kept by this browser and sent nowhere; at "
        f"the end of a lesson you download a small file for your teacher. Begin with lesson 00.</p>\n{full}\n"
        f'<h2 id="lessons">The lessons</h2>\n<ol class="lessons">{rows}</ol>\n{tongues}{TEACHERS}</main>\n'
        f"<footer>{_foot()}</footer>"
    )
    return document(NAME, QUESTION, body, version)
