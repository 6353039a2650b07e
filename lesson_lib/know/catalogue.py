"""The language in which the library speaks. English is in the code and costs nothing; others are read when asked for.

`_` is what gettext calls it everywhere: `_("Nothing answered yet.")` gives the sentence in the language of this
notebook. `N_` marks a constant that is translated when it is shown. Where one English word means two things, one of
them is asked for with `pgettext`, or marked with `NP_`, and a context that a translator reads. What has no translation
is shown in English, and a student is not bothered with that; where the variable LESSON_UNTRANSLATED is `mark`, as in
the tests, it stands between ⟦ and ⟧.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import gettext
import os
from collections.abc import Iterator
from pathlib import Path

ENGLISH = "en"
FOLDER = Path(__file__).resolve().parent.parent / "locale"
_APART = "\x04"
"""What stands between a context and its text in a constant, as in the compiled catalogues of gettext."""


class _Spoken:
    code = ENGLISH


def speak(code: str) -> None:
    """From here on the library speaks this language; one that has no catalogue falls back to English."""
    _Spoken.code = code


@contextlib.contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speaks this language for a while.

    >>> with speaking("uk"):
    ...     _("Nothing answered yet.")
    'Ще немає відповіді.'
    >>> _("Nothing answered yet.")
    'Nothing answered yet.'
    """
    before = _Spoken.code
    speak(code)
    try:
        yield
    finally:
        speak(before)


def current() -> str:
    """The code of the language spoken now, as it stands in a `lang` attribute.

    >>> current()
    'en'
    """
    return _Spoken.code


def _(text: str) -> str:
    """The text in the language of this notebook."""
    if _APART in text:
        return pgettext(*text.split(_APART, 1))
    return text if _Spoken.code == ENGLISH else _catalogue(_Spoken.code).gettext(text)


def pgettext(context: str, text: str) -> str:
    """The text where it means what the context says: for a word that another language says in two ways.

    >>> speak("uk")
    >>> _("Claim"), pgettext("of a brief", "Claim")
    ('Твердження', 'Теза')
    >>> speak("en")
    >>> pgettext("of a brief", "Claim")
    'Claim'
    """
    return text if _Spoken.code == ENGLISH else _catalogue(_Spoken.code).pgettext(context, text)


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


def NP_(context: str, text: str) -> str:  # noqa: N802 (as N_)
    """The same for a text with a context: only `_` may show what this gives.

    >>> _(NP_("of a brief", "Claim"))
    'Claim'
    """
    return f"{context}{_APART}{text}"


def translation(text: str) -> str | None:
    """The text in the language of this notebook, or None where the catalogue does not have it. English is there."""
    context, apart, plain = text.rpartition(_APART)
    if _Spoken.code == ENGLISH:
        return plain
    found = _read("lesson_lib", _Spoken.code, FOLDER)
    said = found.pgettext(context, plain) if apart else found.gettext(plain)
    return said if said != plain else None


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

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)


@functools.cache
def _catalogue(code: str) -> gettext.NullTranslations:
    found = copy.copy(_read("lesson_lib", code, FOLDER))
    found.add_fallback(copy.copy(_read("classroom", code, FOLDER)))  # not in the students' copy of the course
    found.add_fallback(_Missing())
    return found


@functools.cache
def _read(part: str, code: str, folder: Path) -> gettext.NullTranslations:
    try:
        return gettext.translation(part, folder, [code])
    except OSError:  # no file of this language, or one that cannot be read: English serves
        return gettext.NullTranslations()
