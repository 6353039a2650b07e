"""The first page, once in each language: the question, the lessons, how to work with them, and what teachers find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from deploy.site import frame
from deploy.site.cells import Page
from deploy.site.words import say
from lesson_lib.know import catalogue
from lesson_lib.know.language import LANGUAGES

ABOUT = (
    "The course starts from one newspaper story of 19 August 2025, the morning after the Washington meeting. "
    "You learn to read a claim, find its source, set arrangements side by side, test an argument with simple "
    "arithmetic, and defend a position. You need no programming and no account."
)
HOW = (
    "Each lesson can be read and its questions answered on its page; the labs of lessons 06, 07 and 09 and the "
    "brief of lesson 10 are worked in the full course. Your answers are kept by this browser and sent nowhere; at "
    "the end of a lesson you download a small file for your teacher."
)
FULL = (
    'To work with the labs and tables as well, <a href="{address}">open the full course in the browser</a>: it brings '
    "its own Python and takes some seconds to start."
)
HAND_INS = (
    "A student's hand-in is a small JSON file with every answer, try and hint and their times; it opens in any text "
    "editor. The answers of these practice questions stand openly in the pages: they are for learning. Units for "
    "grades are never on a site."
)
FOLDER = (
    "Pacing, likely misconceptions and the way from a class's hand-ins to grades are in the folder "
    "<code>instructors</code> of the course's repository."
)
MISTAKE = (
    "Tell the course, in an issue of its repository, the lesson, the question or heading, what it should say, and a "
    "source."
)
WHO_KNOWS = "Whoever gave you this site knows where the repository is."


def file(language: str) -> str:
    """Where the first page of a language is.

    >>> file("en"), file("uk")
    ('index.html', 'uk/index.html')
    """
    return "index.html" if language == catalogue.ENGLISH else f"{language}/index.html"


def index(pages: Sequence[Page], own: Mapping[str, Page], lab: str, setting: frame.Setting) -> str:
    """The first page in the language spoken now.

    `pages` are the lessons in English, `own` those that there are in this language, by number; `lab` is where the full
    course is, from the folder of the site, or empty.
    """
    spoken = catalogue.current()
    root = "../" * file(spoken).count("/")
    name, question = say(frame.NAME), say(frame.QUESTION)
    first = own.get(pages[0].lesson.lesson, pages[0])
    full = f'<p class="full">{say(FULL).format(address=root + lab)}</p>' if lab else ""
    begin = say("Begin with {lesson}").format(lesson=escape(first.title))
    body = (
        f"<header><span>{name}</span>{_tongues(root)}</header>\n"
        f'<main id="main" class="index" tabindex="-1">\n<div class="opening"><div><h1>{name}</h1>\n'
        f'<p class="lead">{question}</p>\n<p>{say(ABOUT)}</p>\n</div>\n'
        f'<div class="begin"><p><a class="go" href="{root}{first.file}">{begin} →</a></p>\n'
        f'<p>{say(HOW)}</p>\n{full}</div></div>\n<h2 id="lessons">{say("The lessons")}</h2>\n'
        f'<ol class="lessons">{"".join(_row(page, own.get(page.lesson.lesson), root) for page in pages)}</ol>\n'
        f"{_teachers(setting)}</main>\n<footer>{frame.foot(setting)}</footer>"
    )
    return frame.document(name, question, body, setting, root)


def _tongues(root: str) -> str:
    """The links to the first page in the other languages."""
    others = [language for language in LANGUAGES if language != catalogue.current()]
    links = "".join(
        f'<a rel="alternate" href="{root}{file(each)}" hreflang="{each}" lang="{each}">'
        f"{LANGUAGES[each].capitalize()}</a>"
        for each in others
    )
    return f'<nav class="way" aria-label="{say("Language")}">{links}</nav>'


def _row(page: Page, own: Page | None, root: str) -> str:
    """A lesson in the list: in this language, or in English, its title and question in this language all the same."""
    shown = own or page
    title, question, minutes = (own.title, own.question, own.minutes) if own else _said(page)
    tongue = f' hreflang="{page.language}"' if shown.language != catalogue.current() else ""
    note = f" · {say('in English')}" if tongue else ""
    return (
        f'<li><a href="{root}{shown.file}"{tongue}><b>{escape(title)}</b></a> <span class="asks">{question}</span> '
        f'<span class="quiet">{minutes}{note}</span></li>'
    )


def _said(page: Page) -> tuple[str, str, str]:
    minutes, _, _ = page.minutes.partition(" ")
    return say(page.title), say(page.question), say("{n} minutes").format(n=minutes)


def _teachers(setting: frame.Setting) -> str:
    link = f' <a href="{escape(setting.repository)}">{say("The repository")}</a>.' if setting.repository else ""
    knows = link or f" {say(WHO_KNOWS)}"
    return (
        f'<div class="two"><section aria-labelledby="teachers"><h2 id="teachers">{say("For teachers")}</h2>\n'
        f"<p>{say(HAND_INS)}</p>\n<p>{say(FOLDER)}{link}</p></section>\n"
        f'<section aria-labelledby="mistake"><h2 id="mistake">{say("A mistake?")}</h2>\n'
        f"<p>{say(MISTAKE)}{knows}</p></section></div>\n"
    )
