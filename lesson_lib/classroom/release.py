"""Releases: the notebook and the question file that a student gets, without the key (test) or with it (study)."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lesson_lib.classroom.bank import Unit, draw
from lesson_lib.classroom.pages import lang_of, points
from lesson_lib.classroom.roster import Student
from lesson_lib.know import catalogue
from lesson_lib.know.catalogue import N_, _, ngettext
from lesson_lib.know.errors import LessonError
from lesson_lib.think import units
from lesson_lib.think.questions import Item

_HOW = {
    "test": N_(
        "Your answers are kept as you give them, and you can change them until you hand in. Nothing here says whether "
        "an answer is right: this notebook and its file hold no key."
    ),
    "study": N_(
        "This unit is for studying: each answer is explained at once, and the file beside this notebook holds the key "
        "openly. It counts for completion, not for its score."
    ),
}

_BRIEF = N_(
    "Your brief of lesson 10 belongs to this unit and is worth {points}: hand in lesson 10 as well, with the last cell "
    "of its notebook."
)


def student_file(unit: Unit, release: str, behaviour: str, student: str = "") -> dict[str, Any]:
    """What one student's question file holds."""
    if behaviour not in units.BEHAVIOURS:
        wrong = _("There is no behaviour {name}: choose {choices}.")
        raise LessonError(wrong.format(name=repr(behaviour), choices=_(" or ").join(units.BEHAVIOURS)))
    parts: dict[str, list[Item]] = {}
    for each in draw(unit, release, student):
        parts.setdefault(each.part, []).append(_in_its_language(each.item))
    held = units.released(unit.lesson, parts, behaviour=behaviour, release=release, student=student)
    return held | ({"brief": unit.lesson.brief} if unit.lesson.brief else {})


def _in_its_language(item: Item) -> Item:
    """The question, which says that it is English where the notebook around it speaks another language."""
    if not lang_of(str(item.body["stem"])):
        return item
    return replace(item, body=item.body | {"lang": item.body.get("lang", catalogue.ENGLISH)})


def notebook(held: dict[str, Any]) -> dict[str, Any]:
    """The notebook around a question file: a title, one cell a part, the progress line and handing in.

    It is in the language spoken now, and so will be what the library says in it.
    """
    unit, count = held["unit"], sum(len(part["items"]) for part in held["parts"])
    cells: list[dict[str, Any]] = []

    def text(cell_id: str, words: str) -> None:
        lines = words.splitlines(keepends=True)
        cells.append({"cell_type": "markdown", "id": cell_id, "metadata": {}, "source": lines})

    def code(cell_id: str, line: str) -> None:
        cells.append(
            {
                "cell_type": "code",
                "execution_count": None,
                "id": cell_id,
                "metadata": {},
                "outputs": [],
                "source": line.splitlines(keepends=True),
            }
        )

    asked = ngettext("{n} question.", "{n} questions.", count).format(n=count)
    keep = _(
        "Keep `{file}` beside this notebook, choose **Run → Run All Cells**, answer, and hand in at the end. Answers "
        "are kept in the folder `my-answers`, also when you close the notebook."
    )
    paragraphs = [
        f"# {_('Unit {unit}: {title}').format(unit=unit, title=held['title'])}",
        f"{asked} {_(_HOW[held['behaviour']])}",
        keep.format(file=units.file_name(unit)),
        *([_(_BRIEF).format(points=points(held["brief"]))] if "brief" in held else []),
    ]
    text("title", "\n\n".join(paragraphs))
    spoken = catalogue.current()
    if spoken == catalogue.ENGLISH:
        code("setup", "from lesson_lib import hand_in, progress, quiz")
    else:
        code("setup", f'from lesson_lib import hand_in, language, progress, quiz\n\nlanguage("{spoken}")')
    for part in held["parts"]:
        code(part["id"].partition("-")[2], f'quiz("{part["id"]}")')
    code("progress", f'progress("{unit}")')
    code("hand-in", f'hand_in("{unit}")')
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def write_release(
    unit: Unit, target: Path, *, release: str, behaviour: str = "test", students: Sequence[Student] = ()
) -> list[Path]:
    """Writes a release: one folder a student, or the same two files for all when no students are given.

    Same input, same bytes. Gives the folders written. Raises LessonError where one cannot be.
    """
    if not re.fullmatch(r"[\w.-]{1,40}", release):
        wrong = _("The release name {name} will not do: use letters, digits, points and hyphens.")
        raise LessonError(wrong.format(name=repr(release)))
    folders = []
    for student in students or (None,):
        folder = target / folder_name(student.id) if student else target
        held = student_file(unit, release, behaviour, student.id if student else "")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, content in (
                (units.file_name(unit.name), held),
                (f"unit-{unit.name}.ipynb", notebook(held)),
            ):
                text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=False) + "\n"
                (folder / name).write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise LessonError(
                _("{folder} cannot be written ({reason}).").format(folder=folder, reason=error.strerror)
            ) from None
        folders.append(folder)
    return folders


def folder_name(student_id: str) -> str:
    """A student's id as the name of a folder, on any system; two ids never share one.

    >>> folder_name("s-0042"), folder_name("../etc"), folder_name("con")
    ('s-0042', '~2E~2E~2Fetc', '~con')
    """
    if student_id.upper() in _TAKEN:
        return f"~{student_id}"
    if re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]*", student_id) and not student_id.endswith("."):
        return student_id
    return re.sub(r"[^A-Za-z0-9_-]", lambda match: "".join(f"~{byte:02X}" for byte in match[0].encode()), student_id)


_TAKEN = {"CON", "PRN", "AUX", "NUL", *(f"{device}{number}" for device in ("COM", "LPT") for number in range(1, 10))}
"""Names that Windows keeps for itself."""
