"""Keeps the catalogue of translations in step with the code: lesson_lib/locale/, in the format of gettext.

    python tools/catalogue.py            collect every text, add new ones to each language, compile
    python tools/catalogue.py --check    change nothing; fail, and say what is missing, when a file is out of step

Texts are collected from `_`, `ngettext` and `N_` in Python (with a context from `pgettext` and `NP_`), from `t` and
`tn` in the page's scripts, from the headings and choices of data/datapackage.json, and from the names in the small
tables. A translator edits the .po file; docs/translating.md says how.
"""

from __future__ import annotations

import argparse
import ast
import copy
import csv
import io
import json
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "lesson_lib" / "locale"
TEMPLATE = FOLDER / "lesson_lib.pot"
FLOORS = ("know", "think", "show", "classroom")
TEACHERS = "lesson_lib/classroom/"
PYTHON = {"_": 1, "N_": 1, "ngettext": 2, "pgettext": 2, "NP_": 2}
"""The functions that take a text, and how many strings: its forms, or a context and the text."""
CONTEXT = ("pgettext", "NP_")
NAMES = {
    "arguments": ("question_text",),
    "arrangements": ("label",),
    "forces": ("label",),
    "issues": ("label",),
    "packages": ("label", "why"),
    "positions": ("actor",),
    "provisions": ("group", "provision_label", "question", "label"),
}
"""The columns that hold names of things, which a lab says in the language of the notebook."""
SCRIPT: dict[str, tuple[int, ...] | None] = {"t": None, "tn": (1, 2)}
_UNSTEADY = re.compile(
    r'^"(?:POT-Creation-Date|PO-Revision-Date|Generated-By|Report-Msgid-Bugs-To|Last-Translator|Language-Team): .*\n',
    re.MULTILINE,
)
_DAY = datetime(2025, 8, 19, tzinfo=UTC)
"""A day that never changes: a file says nothing of when it was made, so that the same texts give the same file."""


class InContext(NamedTuple):
    """A text with the context that tells a translator which of its meanings is meant."""

    context: str
    text: str


Message = str | tuple[str, ...] | InContext


def collected() -> Catalog:
    """Every text that a student or a teacher may be shown, with the files it stands in."""
    about = "# What the library says: collected by tools/catalogue.py. MIT, like the code."
    found = Catalog(project="Guarantees on Paper", version="1", header_comment=about, fuzzy=False, creation_date=_DAY)
    for path in sorted(path for floor in FLOORS for path in (ROOT / "lesson_lib" / floor).rglob("*.*")):
        for text in _texts(path):
            where = [(path.relative_to(ROOT).as_posix(), 0)]
            if isinstance(text, InContext):
                found.add(text.text, locations=where, context=text.context)
            else:
                found.add(text, locations=where)
    for heading in headings():
        found.add(heading, locations=[("data/datapackage.json", 0)])
    for table in NAMES:
        for name in names(table):
            found.add(name, locations=[(f"data/{table}.csv", 0)])
    return found


def _texts(path: Path) -> Iterator[Message]:
    if path.suffix == ".py":
        yield from in_python(path.read_text(encoding="utf-8"))
    elif path.suffix == ".js":
        with path.open("rb") as file:
            options = {"parse_template_string": True}
            for _line, text, _comments, _context in extract("javascript", file, SCRIPT, options=options):
                yield tuple(text) if isinstance(text, tuple | list) else text


def in_python(source: str) -> Iterator[Message]:
    """The texts of a module, in the order in which they stand; those inside f-strings too, which Babel passes over."""
    read = ast.parse(source)
    yield from filter(None, (help_of(node) for node in ast.walk(read) if isinstance(node, ast.FunctionDef)))
    calls = [node for node in ast.walk(read) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        if not isinstance(call.func, ast.Name) or call.func.id not in PYTHON:
            continue
        given = call.args[: PYTHON[call.func.id]]
        if any(isinstance(each, ast.JoinedStr | ast.BinOp) for each in given):
            raise SystemExit(
                f"line {call.lineno}: a text that is put together cannot be translated: {ast.unparse(call)}"
            )
        texts = tuple(each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str))
        if len(texts) == PYTHON[call.func.id]:
            contextual = call.func.id in CONTEXT
            yield InContext(*texts) if contextual else texts if len(texts) > 1 else texts[0]


def help_of(function: ast.FunctionDef) -> str:
    """What a command says of itself when asked for help, which is its docstring; "" when it is no command."""
    made = [each.func if isinstance(each, ast.Call) else each for each in function.decorator_list]
    command = any(isinstance(each, ast.Attribute) and each.attr in ("command", "group") for each in made)
    return (ast.get_docstring(function) or "") if command else ""


def headings() -> Iterator[str]:
    """The words of the description of the tables: their titles, and those of columns and choices."""
    package = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        yield resource["title"]
        for column in resource["schema"]["fields"]:
            yield from filter(None, [column.get("title"), column.get("empty")])
            for words in ("labels", "glosses"):
                yield from column.get(words, {}).values()


def names(table: str) -> list[str]:
    """The names that a table holds, each once, in file order."""
    with (ROOT / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        found = [row[column] for row in csv.DictReader(file) for column in NAMES[table]]
    return list(dict.fromkeys(filter(None, found)))


def languages() -> list[Path]:
    """The file of each language."""
    return sorted(FOLDER.glob("*/LC_MESSAGES/lesson_lib.po"))


def updated(path: Path, template: Catalog) -> Catalog:
    """A language's catalogue with today's texts: new ones empty, never guessed; those that are gone left out."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.parents[1].name)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.creation_date = catalogue.revision_date = _DAY
    catalogue.fuzzy = False
    return catalogue


def as_po(catalogue: Catalog) -> bytes:
    """The text of a .po or .pot file: sorted by file, without line numbers, which change with every edit."""
    out = io.BytesIO()
    write_po(out, catalogue, width=118, include_lineno=False, sort_by_file=True, ignore_obsolete=True)
    return _UNSTEADY.sub("", out.getvalue().decode()).encode()


def as_mo(catalogue: Catalog) -> bytes:
    """The compiled file, which is what the library reads."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def part(catalogue: Catalog, *, teachers: bool) -> Catalog:
    """What teachers alone are shown, or all the rest: students' copies of the course hold only the rest."""
    kept = copy.deepcopy(catalogue)
    for message in catalogue:
        if message.id and teachers != all(path.startswith(TEACHERS) for path, _ in message.locations):
            kept.delete(message.id, message.context)
    return kept


def wrong(catalogue: Catalog) -> Iterator[str]:
    """What a catalogue lacks or has too much of, one line each."""
    for message in catalogue:
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple | list) else [message.id]
        said = message.string if isinstance(message.string, tuple | list) else [message.string or ""]
        if message.fuzzy:
            yield f"{ids[0]!r}: is marked as fuzzy: look at it and remove the mark"
        if not all(said):  # of a plural, each form that the language has
            yield f"{ids[0]!r}: is not translated"
            continue
        names = {name for text in ids for name in placeholders(text)}
        for text in said:
            if placeholders(text) != names:
                yield f"{ids[0]!r}: has the names {sorted(names)}, and {text!r} has not the same"


def placeholders(text: str) -> set[str]:
    """The names in braces: {count}."""
    return set(re.findall(r"\{(\w*)\}", text))


def main(arguments: Sequence[str] | None = None) -> int:
    """Bring the files up to date, or say whether they are."""
    parser = argparse.ArgumentParser(description="Collect texts, update the languages, compile.")
    parser.add_argument("--check", action="store_true", help="write nothing, fail when a file would change")
    check = parser.parse_args(arguments).check
    template = collected()
    files = {TEMPLATE: as_po(template)}
    lines: list[str] = []
    for path in languages():
        catalogue = updated(path, template)
        files |= {
            path: as_po(catalogue),
            path.with_suffix(".mo"): as_mo(part(catalogue, teachers=False)),
            path.with_name("classroom.mo"): as_mo(part(catalogue, teachers=True)),
        }
        lines += [f"{path.relative_to(ROOT)}: {line}" for line in wrong(catalogue)]
    for path, content in files.items():
        if path.is_file() and path.read_bytes() == content:
            continue
        lines += [f"{path.relative_to(ROOT)}: is out of step: run tools/catalogue.py"] if check else []
        if not check:
            path.write_bytes(content)
    print(f"{len(template)} texts, {len(languages())} language(s), {len(lines)} thing(s) to do.")
    print("\n".join(lines[:200]))
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main())
