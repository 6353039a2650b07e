"""What the site itself says, in the language of the page: its own few sentences, else the library's catalogue."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import Any

from lesson_lib.know import catalogue

HERE = Path(__file__).parent


def say(text: str) -> str:
    """The text in the language spoken now; English where it has no translation.

    >>> say("On this page")
    'On this page'
    """
    if catalogue.current() == catalogue.ENGLISH:
        return text
    own: dict[str, str] = read(catalogue.current()).get("words", {})
    return own[text] if text in own else catalogue._(text)


def cells() -> list[dict[str, Any]]:
    """What the lessons of this language say otherwise on the site than in the notebook."""
    found: list[dict[str, Any]] = read(catalogue.current()).get("cell", [])
    return found


@functools.cache
def read(language: str) -> dict[str, Any]:
    """The site's file of a language; nothing where there is none."""
    path = HERE / f"{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
