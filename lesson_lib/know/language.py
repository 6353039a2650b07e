"""`language(...)`: the language of a lesson, for its first cell."""

from __future__ import annotations

from lesson_lib.know import catalogue
from lesson_lib.know.catalogue import _
from lesson_lib.know.errors import unknown

LANGUAGES = {"en": "English", "uk": "українська"}
"""The languages there are, each by its own name."""


def language(code: str) -> None:
    """What the library says from here on, and the questions where they are translated, in this language.

    It stands in the first cell of a translated lesson: `language("uk")`. What is answered, handed in and marked is
    the same in every language. What has no translation is shown in English. Raises UnknownName.

    >>> language("uk")
    >>> catalogue.current(), _("Nothing answered yet.")
    ('uk', 'Ще немає відповіді.')
    >>> language("en")
    """
    if code not in LANGUAGES:
        raise unknown(_("language"), code, LANGUAGES)
    catalogue.speak(code)
