"""What surrounds every page: head, way through the course, foot. One sheet, one script, nothing from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import lesson_lib
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


@dataclass(frozen=True)
class Setting:
    """What all pages of a build share: `mark` stands for the version of its files, `repository` is an address or ""."""

    mark: str
    repository: str = ""


def document(title: str, described: str, body: str, setting: Setting, root: str, *, runs: bool = False) -> str:
    """A whole HTML document in the language spoken now; `runs` where it needs the script, as a lesson does."""
    spoken, mark = catalogue.current(), setting.mark
    run = f'<script src="{root}{script_name(spoken)}?{mark}" defer></script>' if runs else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{spoken}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f'<title>{escape(title)}</title>\n<meta name="description" content="{escape(described)}">\n'
        # The panel asks for this id before it puts its own style into the page.
        f'<link rel="stylesheet" id="gp-style" href="{root}site.css?{mark}">\n'
        f'<link rel="icon" href="{root}icon.svg">\n{run}\n'
        f'</head>\n<body>\n<a class="skip" href="#main">{say("Skip to the text")}</a>\n{body}\n</body>\n</html>\n'
    )


def script_name(spoken: str) -> str:
    """The script of a language: its words are in it.

    >>> script_name("en"), script_name("uk")
    ('site.js', 'site.uk.js')
    """
    return "site.js" if spoken == catalogue.ENGLISH else f"site.{spoken}.js"


def lesson(page: Page, pages: Sequence[Page], others: Sequence[Page], data: str, full: str, setting: Setting) -> str:
    """A lesson's page: its contents beside it, its parts, the way on, and what its script has to know.

    `pages` are the course in English, `others` the same lesson in other languages.
    """
    at = next(place for place, each in enumerate(pages) if each.lesson.lesson == page.lesson.lesson)
    way = [(pages[at - 1] if at else None), (pages[at + 1] if at + 1 < len(pages) else None)]
    top, onward = (_way(page, way, say(label)) for label in ("Lessons", "Onward"))
    tongues = "".join(
        f'<p class="tongue">{_to(page, each, f"{LANGUAGES[each.language].capitalize()}: {each.title}")}</p>'
        for each in others
    )
    here = say("On this page")
    contents = "".join(f'<li><a href="#{escape(place)}">{text}</a></li>' for place, text in page.contents)
    body = (
        f'<header><a href="index.html">{say(NAME)}</a>{top}</header>\n'
        f'<div class="columns">\n<nav class="contents" aria-label="{here}"><details><summary>{here}'
        f"</summary><ol>{contents}</ol></details></nav>\n"
        f'<main id="main" tabindex="-1">\n<noscript><p class="notice">{say(NO_SCRIPT)}</p></noscript>'
        f'<p class="notice" id="notice" role="status" hidden></p>\n{tongues}{_opening(page, full)}\n</main>\n</div>\n'
        f"<footer>{onward}{foot(setting)}</footer>\n"
        f'<script type="application/json" id="lesson">{data}</script>'
    )
    words = re.sub(r"<.*?>", "", page.question)
    return document(f"{page.title} · {say(NAME)}", words, body, setting, page.root, runs=True)


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


def foot(setting: Setting) -> str:
    """What stands under every page: the day of its facts, whose it is, and which version of the course made it."""
    made = say("Version {number} of the course.").format(number=lesson_lib.__version__)
    link = f' <a href="{escape(setting.repository)}">{say("The repository")}</a>.' if setting.repository else ""
    return (
        f"<p>{as_of_line()} {say(NO_SIDE)}</p><p>{say(NAME)}, Guarantees on Paper contributors. {say(WHOSE)} "
        f'<a href="{LICENCE}">CC BY 4.0</a>; {say("code: MIT.")} {made}{link} {say(KEPT_HERE)}</p>'
    )
