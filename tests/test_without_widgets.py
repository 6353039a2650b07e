"""A host that draws no widgets, such as VS Code without its extension, or a kernel without anywidget: text and HTML.

The lesson runs in a real kernel in which anywidget and ipywidgets cannot be imported; answers are typed.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from lesson_lib.know.errors import LessonError
from lesson_lib.know.frame import frame
from lesson_lib.think import answers
from lesson_lib.think.answers import RECORD

REPO = Path(__file__).resolve().parents[1]
BARE = "import sys\nfor name in ('anywidget', 'ipywidgets'): sys.modules[name] = None"
TYPED = [
    'quiz("02-rungs", one_treaty="b", sure=1)',
    'quiz("02-rungs", one_treaty="a", sure=3)',
    'hand_in("02", name="Olena Приклад")',
]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[nbformat.NotebookNode, Path]:
    folder = tmp_path_factory.mktemp("bare")
    notebook = nbformat.read(REPO / "notebooks" / "02-what-is-a-guarantee.ipynb", as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(BARE))
    notebook.cells += [nbformat.v4.new_code_cell(source) for source in TYPED]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LESSON_ANSWERS", str(folder))
        NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(REPO / "notebooks")}}).execute()
    return notebook, folder


def shown(cell: nbformat.NotebookNode) -> list[dict[str, str]]:
    return [output["data"] for output in cell.get("outputs", []) if "data" in output]


def test_every_output_of_a_lesson_is_there_as_text_and_html(ran: tuple[nbformat.NotebookNode, Path]) -> None:
    asked = 0
    for cell in ran[0].cells:
        assert not any(output["output_type"] == "error" for output in cell.get("outputs", []))
        for data in shown(cell):
            assert "application/vnd.jupyter.widget-view+json" not in data
            assert data["text/plain"]
            if cell.source.startswith("quiz("):
                asked += 1
                assert "<fieldset" in data["text/html"]
    assert asked >= 8


def test_a_typed_answer_is_marked_and_handed_in(ran: tuple[nbformat.NotebookNode, Path]) -> None:
    notebook, folder = ran
    wrong, right = (shown(cell)[0]["text/plain"] for cell in notebook.cells[-3:-1])
    assert "You answered: b. Article 4 is an assurance." in wrong
    assert "Not this one." in wrong
    assert "Right, and you were certain." in right
    handed, problems = answers.read_record((folder / "hand-in-02.json").read_bytes())
    assert problems == []
    assert handed["name"] == "Olena Приклад"
    attempts = handed["items"]["02-rungs/one-treaty"]["attempts"]
    assert [(attempt["answer"], attempt["sure"]) for attempt in attempts] == [("lower", 1), ("two-clauses", 3)]
    assert handed in [data.get(RECORD) for cell in notebook.cells for data in shown(cell)]


def test_where_pandas_is_missing_the_cell_says_so_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(LessonError, match="This cell needs pandas, which is not here: go on with the next one"):
        frame("clauses")
