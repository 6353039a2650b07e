r"""Reads GIFT: what this course exports, and what other systems write (docs.moodle.org, "GIFT format").

Signs that are escaped are set aside first, as characters that no text holds; then the plain signs can be split at.
"""

from __future__ import annotations

import re

from lesson_lib.classroom.exchange.asked import Answer, Asked, plain_right, put
from lesson_lib.classroom.exchange.found import Bank, number
from lesson_lib.classroom.exchange.markup import esc
from lesson_lib.classroom.exchange.read_moodle import as_html, split_path
from lesson_lib.classroom.exchange.xmltree import MOST_BYTES, fault, too_large
from lesson_lib.know.catalogue import _

_ASIDE = {sign: chr(0xF0000 + place) for place, sign in enumerate(r"~=#{}:\n")}
"""Each escaped sign, and n for a line end, as a character of a private plane."""
_BACK = {ord(aside): "\n" if sign == "n" else sign for sign, aside in _ASIDE.items()}
_FORMATS = {"html": "html", "moodle": "moodle_auto_format", "plain": "plain_text", "markdown": "markdown"}
_WEIGHT = re.compile(r"%(-*\d{1,3}\.?\d*)%")


def read(content: bytes, bank: Bank) -> None:
    """Puts every question of the file into the bank. Raises DataError for a file that is no text."""
    if len(content) > MOST_BYTES:
        raise too_large()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise fault(line, _("is not UTF-8 text"), _("save the file with the encoding UTF-8")) from None
    # What stands in for escaped signs must not be in the file itself.
    lines = re.sub("[\U000f0000-\U000f00ff]", "", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    path: list[str] = []
    block: list[str] = []
    for place, each in enumerate([*lines, ""], start=1):
        if each.strip():
            block.append(each)
        elif block:
            path = _block(bank, block, place - len(block), path)
            block = []


def _block(bank: Bank, block: list[str], line: int, path: list[str]) -> list[str]:
    """One question or category; gives the category that holds from here on."""
    notes = [each.strip()[2:].strip() for each in block if each.strip().startswith("//")]
    for note in notes:
        if told := re.fullmatch(r"objective ([a-z0-9-]+): (.+)", note):
            bank.objectives[told[1]] = told[2]
    rest = [(at, each) for at, each in enumerate(block, start=line) if not each.strip().startswith("//")]
    while rest and rest[0][1].strip().startswith("$CATEGORY:"):
        path = split_path(rest.pop(0)[1].strip().removeprefix("$CATEGORY:").strip())
    text = "\n".join(each for _, each in rest).strip()
    if text:
        put(bank, _asked(_aside(text), rest[0][0], notes, path))
    return path


def _aside(text: str) -> str:
    return re.sub(r"\\([~=#{}:\\n])", lambda found: _ASIDE[found[1]], text)


def _back(text: str) -> str:
    return text.translate(_BACK).strip()


def _split(text: str, default: str) -> tuple[str, str]:
    """A text and its format, which may stand before it in brackets."""
    text = text.strip()
    told = re.match(r"\[(html|moodle|plain|markdown)\]", text)
    return (_back(text[told.end() :]), told[1]) if told else (_back(text), default)


def _html(text: str, default: str) -> str:
    body, told = _split(text, default)
    return as_html(esc(body) if told == "plain" else body, _FORMATS[told])


def _asked(text: str, line: int, notes: list[str], path: list[str]) -> Asked:
    asked = Asked("", line, path=path)
    for note in notes:
        asked.marks += [each.replace("\\]", "]") for each in re.findall(r"\[tag:((?:\\]|[^\]])*)\]", note)]
        asked.name = next(iter(re.findall(r"\[id:((?:\\]|[^\]])*)\]", note)), asked.name)
    asked.points = next((mark[7:] for mark in asked.marks if mark.startswith("points:")), "1")
    if text.startswith("::") and "::" in text[2:]:
        name, _colons, text = text[2:].partition("::")
        asked.name = asked.name or _back(name)
        text = text.strip()
    begin, end = text.find("{"), text.find("}")
    if begin < 0 and end < 0:
        asked.kind, asked.stem = "description", text
        return asked
    if begin < 0 or end < begin:
        fix = _("close the braces, or write {escaped} for a brace in the text").format(escaped=r"\{")
        raise fault(line, _("has one brace without the other"), fix)
    inside = text[begin + 1 : end].strip()
    after = text[end + 1 :].strip()
    stem, told = _split(f"{text[:begin]}_____{text[end + 1 :]}" if after else text[:begin], "moodle")
    asked.stem = as_html(esc(stem) if told == "plain" else stem, _FORMATS[told])
    inside, gap, general = inside.rpartition("####") if "####" in inside else (inside, "", "")
    asked.general = _html(general, told) if gap else ""
    _answers(asked, inside.strip(), told)
    return asked


def _answers(asked: Asked, inside: str, told: str) -> None:
    if not inside:
        asked.kind = "essay"
    elif inside.startswith("#"):
        asked.kind = "numerical"
        right, _tilde, _wrong = inside[1:].partition("~")
        pieces = [each for each in right.split("=") if each.strip()]
        asked.answers = [_numerical(each.strip(), told) for each in pieces]
    elif "~" in inside:
        asked.kind, asked.single = "multichoice", "=" in inside
        pieces = [each for each in re.split(r"(?=[~=])", inside) if each.strip()]
        asked.answers = [_weighted(each.strip(), told, html=True) for each in pieces]
    elif all("->" in each for each in inside.split("=") if each.strip()):
        asked.kind = "match"
        for each in inside.split("="):
            left, arrow, right = each.partition("->")
            if arrow:
                asked.pairs.append((_html(left, told) if left.strip() else "", plain_right(_back(right))))
    elif re.fullmatch(r"(T|TRUE|F|FALSE)\s*(#.*)?", inside, re.DOTALL):
        _true_false(asked, inside, told)
    else:
        asked.kind = "shortanswer"
        asked.answers = [_weighted(f"={each.strip()}", told) for each in inside.split("=") if each.strip()]


def _weighted(text: str, told: str, *, html: bool = False) -> Answer:
    """An answer after its sign: the weight, the text, the feedback."""
    sign, rest = text[0], text[1:].strip()
    share = 100.0 if sign == "=" else 0.0
    # Among choices, what an equals sign marks is right, and a percentage after it belongs to the text.
    weight = None if html and sign == "=" else _WEIGHT.match(rest)
    if weight:
        share, rest = float(number(weight[1]) or 0), rest[weight.end() :]
    body, _sign, why = rest.partition("#")
    return Answer(_html(body, told) if html else _split(body, told)[0], share, _html(why, told))


def _numerical(text: str, told: str) -> Answer:
    answer = _weighted(f"={text}", told)
    if between := re.fullmatch(r"(\S+?)\s*\.\.\s*(\S+)", answer.text):
        low, high = number(between[1]), number(between[2])
        if low is not None and high is not None:
            return Answer(repr((low + high) / 2), answer.share, answer.why, repr(abs(high - low) / 2))
    value, _colon, tolerance = answer.text.partition(":")
    return Answer(value, answer.share, answer.why, tolerance or "0")


def _true_false(asked: Asked, inside: str, told: str) -> None:
    """GIFT gives the feedback on the wrong answer first, and that on the right one after it."""
    word, *whys = inside.split("#")
    wrong, right = ([_html(why, told) for why in whys[:2]] + ["", ""])[:2]
    true = word.strip() in ("T", "TRUE")
    asked.kind = "truefalse"
    asked.answers = [
        Answer(_("True"), 100.0 if true else 0.0, right if true else wrong),
        Answer(_("False"), 0.0 if true else 100.0, wrong if true else right),
    ]
