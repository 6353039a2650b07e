"""What the tables say, inside what the library says: names in the language of the notebook, the rest marked as English.

Names of things (options, actors, arrangements, packages) are in the catalogue. Longer text of the tables stays English,
and a screen reader has to be told where it begins and ends. So where the library speaks another language, such a text
stands between two marks; whoever shows it makes a `lang` attribute of them (`spans`, the page's script) or takes them
out (`bare`). In English there are no marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lesson_lib.know.catalogue import ENGLISH, current, translation

FIRST, LAST = "\ue000", "\ue001"
"""Two characters for private use: no text of the course has them, and what is typed loses them where it is read."""

_MARKS = re.compile(f"([{FIRST}{LAST}])")
_TAG = re.compile("<[^<>]*>")
_DRAWN = re.compile(r"<text\b.*?</text>", re.DOTALL)


def name(text: str) -> str:
    """A name from the tables in the language of the notebook; one that has no translation as `original` gives it.

    >>> from lesson_lib.know.catalogue import speak
    >>> name("Small rotations")
    'Small rotations'
    >>> speak("uk")
    >>> name("Small rotations"), bare(name("A name that a teacher has added"))
    ('Невеликі ротаційні контингенти', 'A name that a teacher has added')
    >>> speak("en")
    """
    said = translation(text) if text else text
    return original(text) if said is None else said


def original(text: str) -> str:
    """Text of the tables, which is English, marked as such where the library speaks another language."""
    words = any(map(str.isalpha, text))  # "%" is the same everywhere
    return f"{FIRST}{bare(text)}{LAST}" if words and current() != ENGLISH else text


def bare(text: str) -> str:
    """The text without marks: for what shows no languages, such as plain text and the names of files."""
    return _MARKS.sub("", text)


def parts(text: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is the tables'.

    >>> parts(f"Пункт: {FIRST}No limits{LAST}.")
    [('Пункт: ', False), ('No limits', True), ('.', False)]
    """
    found, theirs = [], False
    for piece in _MARKS.split(text):
        if piece in (FIRST, LAST):
            theirs = piece == FIRST
        elif piece:
            found.append((piece, theirs))
    return found


def spans(html: str) -> str:
    """HTML in which each marked text is an element that says its language; an attribute cannot say it.

    >>> spans(f'<td title="{FIRST}No limits{LAST}">{FIRST}No limits{LAST}</td><text>{FIRST}No limits{LAST}</text>')
    '<td title="No limits"><span lang="en">No limits</span></td><text><tspan lang="en">No limits</tspan></text>'
    """
    if FIRST not in html:
        return html
    html = _TAG.sub(lambda tag: bare(tag[0]), html)
    html = _DRAWN.sub(lambda text: _elements(text[0], "tspan"), html)
    return _elements(html, "span")


def _elements(html: str, name: str) -> str:
    return html.replace(FIRST, f'<{name} lang="{ENGLISH}">').replace(LAST, f"</{name}>")


def evened(lines: Iterable[str]) -> list[str]:
    """Lines into which a marked text was broken, each with marks of its own.

    >>> [parts(line) for line in evened([f"{FIRST}one", f"two{LAST} три"])]
    [[('one', True)], [('two', True), (' три', False)]]
    """
    made, theirs = [], False
    for line in lines:
        begun = FIRST if theirs else ""
        marks = _MARKS.findall(line)
        theirs = marks[-1] == FIRST if marks else theirs
        made.append(f"{begun}{line}{LAST if theirs else ''}")
    return made
