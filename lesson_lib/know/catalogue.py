"""The language in which the library speaks. English is in the code and costs nothing; others are read when asked for.

`_` is what gettext calls it everywhere: `_("Nothing answered yet.")` gives the sentence in the language of this
notebook. `N_` marks a constant that is translated when it is shown. What has no translation is shown in English, and
a student is not bothered with that; where the variable LESSON_UNTRANSLATED is `mark`, as in the tests, it stands
between ⟦ and ⟧.
"""

from __future__ import annotations

import functools
import gettext
import os
from pathlib import Path

ENGLISH = "en"
FOLDER = Path(__file__).resolve().parent.parent / "locale"


class _Spoken:
    code = ENGLISH


def speak(code: str) -> None:
    """From here on the library speaks this language; one that has no catalogue falls back to English."""
    _Spoken.code = code


def current() -> str:
    """The code of the language spoken now, as it stands in a `lang` attribute.

    >>> current()
    'en'
    """
    return _Spoken.code


def _(text: str) -> str:
    """The text in the language of this notebook."""
    return text if _Spoken.code == ENGLISH else _catalogue(_Spoken.code).gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """The form of the text that belongs to this number; Ukrainian has three.

    >>> speak("uk")
    >>> [ngettext("The {n} source", "The {n} sources", count).format(n=count) for count in (1, 3, 5)]
    ['1 джерело', '3 джерела', '5 джерел']
    >>> speak("en")
    >>> ngettext("The {n} source", "The {n} sources", 2)
    'The {n} sources'
    """
    if _Spoken.code == ENGLISH:
        return one if count == 1 else many
    return _catalogue(_Spoken.code).ngettext(one, many, count)


def N_(text: str) -> str:  # noqa: N802 (the name that gettext's users and tools know)
    """The text as it is: marks a constant for the catalogue, to be translated with `_` when it is shown."""
    return text


def forms(one: str, many: str) -> list[str]:
    """Every plural form of a text, in the order of the catalogue: for the page, which counts by itself."""
    if _Spoken.code == ENGLISH:
        return [one, many]
    # Each form by a number that takes it; no language that gettext knows needs a number above 199 to show one.
    which = getattr(_catalogue(_Spoken.code), "plural", lambda count: int(count != 1))
    number_of = {which(count): count for count in range(200, -1, -1)}
    return [ngettext(one, many, number_of[form]) for form in sorted(number_of)]


def marking() -> bool:
    """Whether what is not translated is to be seen as such: in tests, and by who translates."""
    return os.environ.get("LESSON_UNTRANSLATED") == "mark"


class _Missing(gettext.NullTranslations):
    """What is asked when a text has no translation: gives the English, visible as such where a test asks for that."""

    def gettext(self, message: str) -> str:
        words = any(map(str.isalpha, message))  # "%" is the same everywhere
        return f"⟦{message}⟧" if words and marking() else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@functools.cache
def _catalogue(code: str) -> gettext.NullTranslations:
    try:
        found: gettext.NullTranslations = gettext.translation("lesson_lib", FOLDER, [code])
    except OSError:  # no file of this language, or one that cannot be read: English serves
        return _Missing()
    found.add_fallback(_Missing())
    return found
