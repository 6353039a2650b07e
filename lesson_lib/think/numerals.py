"""Numbers as people write them, and as readers want them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from lesson_lib.know.catalogue import _
from lesson_lib.think.reading import Json, Unreadable, quote

_MAGNITUDES = re.compile(
    r"(thousand|million|billion|trillion|k|m|bn|mn|tn|тисяч[аіу]?|тис|мільйон\w*|млн|мільярд\w*|млрд|трильйон\w*|трлн)\b",
    re.IGNORECASE,
)
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_ABOUT = re.compile(
    r"(about|around|roughly|approximately|approx\.?|circa|ca?\.|близько|приблизно|орієнтовно|=|~|≈)\s*", re.IGNORECASE
)
_NUMBER = re.compile(
    r"([+-]?)\s*(\d[\d.,'_ ]*\d|\d|[.,]\d+)(e[+-]?\d{1,3})?(?![\d.,])\s*(.*)", re.IGNORECASE | re.DOTALL
)
_TWO_WAYS = re.compile(r"([1-9]\d{0,2})([.,])(\d{3})")
_GROUPED = re.compile(r"([1-9]\d{0,2}(?:([ ,.'_])\d{3})(?:\2\d{3})*)(?:([.,])(\d+))?")


def number(given: Json, unit: str = "") -> int | float:
    """A number as people write it: "1,953", "1 953", "72 years", "−3", "0,5"; or Unreadable.

    >>> number("1,953"), number("about 72 years", "years"), number("−2,5")
    (1953, 72, -2.5)
    """
    if isinstance(given, list) and len(given) == 1:
        given = given[0]
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise Unreadable(_("I can't read this as a number: type digits, as in 12 or 0.5{unit}."), unit=_in(unit))
    if isinstance(given, str):
        return _typed_number(given, unit)
    return given


@dataclass(frozen=True)
class Doubt:
    """A number that some mean as it is read and others otherwise: both as a reader sees them and as one types them.

    `write` is how the other is typed so that it is read, `keep` how the one that was read leaves no doubt.
    """

    given: str
    read: str
    other: str
    write: str
    keep: str


def doubt(given: Json, unit: str = "") -> Doubt | None:
    """What else a number may mean; None when that is clear. "90.000" is read as 90, and is ninety thousand for many.

    In doubt is one point or comma with three digits after it and up to three before, unless it is the sign with which
    the language of the notebook sets thousands apart. What is read never depends on the language. Raises Unreadable.

    >>> doubt("90.000 soldiers")
    Doubt(given='"90.000 soldiers"', read='90', other='90,000', write='90000', keep='90')
    >>> doubt("1.953").keep, doubt("90,000"), doubt("0.953"), doubt("90.00")
    ('1.9530', None, None, None)
    """
    if isinstance(given, list) and len(given) == 1:
        given = given[0]
    if not isinstance(given, str):
        return None
    _typed_number(given, unit)
    match = _numeral_in(given)
    two = _TWO_WAYS.fullmatch(match[2]) if match and not match[3] else None
    if match is None or two is None or two[2] == separated(",")[:1]:
        return None
    sign = match[1].replace("+", "")
    whole, part = int(f"{sign}{two[1]}{two[3]}"), float(f"{sign}{two[1]}.{two[3]}")
    short = f"{part:g}" if f"{part:g}" != f"{part:.3f}" else f"{part:.4f}"
    thousands, decimal = (figure(whole), str(whole)), (figure(part), separated(short))
    (read, keep), (other, write) = (decimal, thousands) if two[2] == "." else (thousands, decimal)
    return Doubt(quote(given), read, other, write, keep)


def _numeral_in(given: str) -> re.Match[str] | None:
    """Sign, digits, exponent and the words after them, in what was typed."""
    text = re.sub(r"\s", " ", unicodedata.normalize("NFKC", given)).strip().replace("’", "'")
    text = re.sub(r"^[−–—‒]", "-", _ABOUT.sub("", text, count=1) if _ABOUT.match(text) else text)
    return _NUMBER.fullmatch(re.sub(r"^([+-]?)\s*[$€£]\s*", r"\1", text))


def _typed_number(given: str, unit: str) -> int | float:
    match = _numeral_in(given)
    digits = _digits(match[2]) if match else None
    if match is None or digits is None:
        raise Unreadable(
            _("I can't read {given} as a number: type digits, as in 12 or 0.5{unit}."),
            given=quote(given),
            unit=_in(unit),
        )
    rest = match[4].strip(" .").casefold()
    if rest and not _same_unit(rest, unit.casefold()):
        raise Unreadable(
            _("I can't read {given} here: type the number alone{unit}."), given=quote(rest), unit=_in(unit)
        )
    value = float(match[1] + digits + (match[3] or ""))
    if abs(value) > 1e300:
        raise Unreadable(_("I can't read a number as large as that."))
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _in(unit: str) -> str:
    return _(", in {unit}").format(unit=unit) if unit else ""


def _same_unit(rest: str, unit: str) -> bool:
    # Nothing to contradict, or a unit in the language in which the question was shown; but "5 million" is not 5.
    if not unit or bool(_CYRILLIC.search(rest)) != bool(_CYRILLIC.search(unit)):
        return not re.search(r"\d", rest) and not _MAGNITUDES.match(rest)
    signs = {"%": "percent", "per cent": "percent"}
    rest, unit = signs.get(rest, rest), signs.get(unit, unit)
    if unit.startswith(rest) or rest.rstrip("s") == unit.rstrip("s"):
        return True
    # Ukrainian endings follow the number: 85 хвилин, 3 хвилини, 1 хвилина; or 85 хв.
    if _CYRILLIC.search(rest) and (rest.startswith(unit.strip(".")) or (len(rest) > 3 and rest[:4] == unit[:4])):
        return True
    # "yrs" for years: its letters in their order, from the first on; "days" is none of that.
    letters = iter(unit)
    return rest.isalpha() and rest[0] == unit[0] and all(letter in letters for letter in rest)


def _digits(text: str) -> str | None:
    """Digits with a decimal point from digits with separators, or None when the separators make no sense."""
    grouped = _GROUPED.fullmatch(text)
    # One point with three digits after it, "1.953", is decimal; one comma, "1,953", separates thousands.
    if grouped and grouped[3] != grouped[2] and not (grouped[2] == "." and not grouped[3] and text.count(".") == 1):
        return re.sub(r"\D", "", grouped[1]) + "." + (grouped[4] or "0")
    single = re.fullmatch(r"(\d*)[.,](\d+)|(\d+)", text)
    return text.replace(",", ".") if single else None


def figure(value: float) -> str:
    """A number as readers write it: thousands set apart, no more decimals than it has.

    >>> figure(50000), figure(2.50), figure(0.125)
    ('50,000', '2.5', '0.125')
    """
    return separated(f"{value:,.10g}" if abs(value) < 1e10 else f"{value:,.0f}")


def percent(english: str) -> str:
    """A number of per cent as the language of the notebook writes it: "7.5%" in English, "7,5 %" in Ukrainian.

    >>> percent("7.5")
    '7.5%'
    """
    return _("{number}%").format(number=separated(english))


def separated(english: str) -> str:
    """A number written as the language of the notebook does: "50,000.5" in English, "50 000,5" in Ukrainian.

    >>> separated("50,000.5")
    '50,000.5'
    """
    shape = _("50,000.5")
    if len(shape) != len("50,000.5") or shape == "50,000.5":
        return english
    return english.translate({ord(","): shape[2], ord("."): shape[6]})
