"""A unit as an nbgrader assignment: its source notebook, and what each of its test cells asks.

nbgrader keeps its own gradebook and workflow (source, release, submitted, autograded); the marks are ours. A test cell
holds one call, which reads the hand-in beside the notebook and gives the points earned: nbgrader takes a number that a
test cell gives as partial credit (nbgrader docs, "Creating and grading assignments"). The key stays in the bank, on the
machine that grades.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from lesson_lib.classroom.bank import Unit, draw, load_unit
from lesson_lib.classroom.grade import Paper, mark_paper
from lesson_lib.classroom.release import notebook, student_file
from lesson_lib.know.catalogue import _
from lesson_lib.know.errors import LessonError
from lesson_lib.think import answers, units

BANK = "LESSON_BANK"
"""Where the bank is, for the test cells: set it where `nbgrader autograde` runs."""


def source(unit: Unit, release: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The source notebook and the question file beside it, for `source/UNIT/` of an nbgrader course.

    One draw for the whole class, as nbgrader gives everybody the same notebook. Items that no machine marks become
    cells for nbgrader's own manual grading.
    """
    held = student_file(unit, release, "test")
    book = notebook(held)
    for each in draw(unit, release):
        item = each.item
        marked = item.type != "text"
        call = f'earned("{unit.name}", "{release}", "{item.id}")'
        code = [
            "### BEGIN HIDDEN TESTS\n",
            "from lesson_lib.classroom.nbgrader import earned\n",
            f"{call}\n",
            "### END HIDDEN TESTS",
        ]
        ask = _("Question {id}: read the answer in the hand-in file, and mark it here by hand.")
        text = [ask.format(id=item.id)]
        book["cells"].append(
            {
                "cell_type": "code" if marked else "markdown",
                "id": f"points-{item.id}"[:64],
                "metadata": {
                    "nbgrader": {
                        "cell_type": "code" if marked else "markdown",
                        "grade": True,
                        "grade_id": f"{unit.name}-{item.id}",
                        "locked": marked,
                        "points": item.points,
                        "schema_version": 3,
                        "solution": not marked,
                        "task": False,
                    }
                },
                "source": code if marked else text,
                **({"execution_count": None, "outputs": []} if marked else {}),
            }
        )
    return book, held


def write(unit: Unit, release: str, course: Path) -> Path:
    """Writes the source of an assignment into an nbgrader course folder; gives the assignment's folder."""
    folder = course / "source" / f"unit-{unit.name}"
    book, held = source(unit, release)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in ((f"unit-{unit.name}.ipynb", book), (units.file_name(unit.name), held)):
            text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        said = _("{folder} cannot be written ({reason}).")
        raise LessonError(said.format(folder=folder, reason=error.strerror)) from None
    return folder


def earned(unit: str, release: str, item: str) -> float:
    """The points that the hand-in beside this notebook earns for one item; 0 without a hand-in. Called by nbgrader.

    Reads `hand-in-UNIT.json` in the folder or in `my-answers`, and the bank that LESSON_BANK names.
    """
    place = os.environ.get(BANK)
    held = load_unit(unit, Path(place) if place else None)
    name = f"hand-in-{unit}.json"
    path = next((each for each in (Path(name), Path("my-answers", name)) if each.is_file()), None)
    if path is None:
        return 0.0
    record, _problems = answers.read_record(path.read_bytes())
    rows = mark_paper(held, Paper("", "", record), {"release": release, "per_student": False, "behaviour": "test"})
    return next((row.earned for row in rows if row.item == item), 0.0)
