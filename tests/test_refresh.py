"""The tool that stores the notebooks' results: what it drops, what it refuses, and that twice is once."""

from __future__ import annotations

import copy
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

TOOL = Path(__file__).resolve().parents[1] / "tools" / "refresh_notebooks.py"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("refresh_notebooks", TOOL)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def code(name: str, source: str, *tags: str) -> dict[str, Any]:
    metadata: dict[str, Any] = {"collapsed": True, "scrolled": "auto"}
    if tags:
        metadata["tags"] = list(tags)
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": metadata,
        "outputs": [],
        "source": source,
    }


def notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    title = {"cell_type": "markdown", "id": "title", "metadata": {"editable": True}, "source": "# A title"}
    metadata = {
        "kernelspec": {"display_name": "Other", "language": "python", "name": "other"},
        "language_info": {"name": "python", "version": "3.11.4"},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {}}},
    }
    return {"cells": [title, *cells], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def write(path: Path, content: dict[str, Any]) -> Path:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def refresh(*paths: Path | str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(TOOL), *map(str, paths)],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1"} | environment,
        timeout=180,
    )


BUNDLE = """
from IPython.display import display
view = {"application/vnd.jupyter.widget-view+json": {"model_id": "a1"}}
display({**view, "text/plain": "in words – “so”", "text/html": "<p>in words</p>"}, raw=True)
display(view, raw=True)
"""
PLACE = "import os, pathlib\nprint(os.environ.get('LESSON_DATA'), pathlib.Path.cwd().name)"
ANSWERS = "pathlib.Path(os.environ['LESSON_ANSWERS']).exists()"


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A notebook with every kind of noise, refreshed once; the environment is that of a student at work."""
    folder = tmp_path_factory.mktemp("lessons")
    path = folder / "a.ipynb"
    cells = (
        code("setup", "x = 1"),
        code("b", BUNDLE),
        code("c", PLACE),
        code("d", ANSWERS),
        code("blank", ""),
        code("e", "x", "panel"),
    )
    write(path, notebook(*cells))
    done = refresh(path, LESSON_ANSWERS=str(folder), LESSON_DATA=str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    return path, done.stdout


def cell(path: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(cell for cell in json.loads(path.read_bytes())["cells"] if cell["id"] == name)
    return found


def test_the_live_view_goes_and_what_can_be_read_stays(stored: tuple[Path, str]) -> None:
    outputs = cell(stored[0], "b")["outputs"]
    assert [sorted(output["data"]) for output in outputs] == [["text/html", "text/plain"]]
    assert outputs[0]["data"]["text/plain"] == ["in words – “so”"]


def test_the_cells_run_in_their_folder_and_apart_from_ones_own_answers_and_data(
    stored: tuple[Path, str],
) -> None:
    path, _ = stored
    assert cell(path, "c")["outputs"][0]["text"] == [f"None {path.parent.name}\n"]
    assert cell(path, "d")["outputs"][0]["data"]["text/plain"] == ["False"]


def test_nothing_of_the_run_is_kept(stored: tuple[Path, str]) -> None:
    path, _ = stored
    content = json.loads(path.read_bytes())
    assert content["metadata"]["kernelspec"] == {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    }
    assert "version" not in content["metadata"]["language_info"]
    assert set(content["metadata"]) == {"kernelspec", "language_info"}
    assert [each["metadata"] for each in content["cells"]] == [{}] * 6 + [{"tags": ["panel"]}]
    counts = [each["execution_count"] for each in content["cells"] if each["cell_type"] == "code"]
    assert counts == [1, 2, 3, 4, 5, 6]  # a kernel does not count the empty cell
    assert cell(path, "e")["outputs"][0]["execution_count"] == 6


def test_the_file_is_as_nbformat_writes_it(stored: tuple[Path, str]) -> None:
    data = stored[0].read_bytes()
    assert b"\r" not in data
    again = json.dumps(json.loads(data), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    assert data.decode("utf-8") == again


def test_refreshing_twice_changes_nothing_and_says_so(stored: tuple[Path, str]) -> None:
    path, first = stored
    before = path.read_bytes(), path.stat().st_mtime_ns
    second = refresh(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert "[1/1] a.ipynb … written" in first
    assert "[1/1] a.ipynb … unchanged" in second.stdout
    assert second.stderr == ""


def test_check_writes_nothing_and_names_cell_and_line(stored: tuple[Path, str], tmp_path: Path) -> None:
    content = json.loads(stored[0].read_bytes())
    content["cells"][2]["outputs"][0]["data"]["text/html"] = ["<p>in other words</p>"]
    path = write(tmp_path / "old.ipynb", content)
    before = path.read_bytes()
    done = refresh("--check", path, stored[0])
    assert done.returncode == 1
    assert path.read_bytes() == before
    assert 'old.ipynb: cell b: stored "<p>in other words</p>" but now "<p>in words</p>"' in done.stdout
    # The folder's name is part of what the other one prints, so only this one differs.
    assert "[2/2] a.ipynb … unchanged" in done.stdout


def test_errors_are_named_and_do_not_stop_the_next_notebook(tmp_path: Path) -> None:
    warns = "import sys\nprint('a warning', file=sys.stderr)"
    bad = write(tmp_path / "bad.ipynb", notebook(code("w", warns), code("sum", "1/0"), code("after", "2")))
    good = write(tmp_path / "good.ipynb", notebook(code("one", "1"), code("told", "1/0", "raises-exception")))
    before = bad.read_bytes()
    done = refresh(bad, good)
    assert done.returncode == 1
    assert "bad.ipynb: cell w: stderr: a warning" in done.stdout
    assert "bad.ipynb: cell sum: ZeroDivisionError: division by zero" in done.stdout
    assert "cell after" not in done.stdout
    assert bad.read_bytes() == before
    assert "[2/2] good.ipynb … written" in done.stdout
    assert cell(good, "told")["outputs"][0]["ename"] == "ZeroDivisionError"


def test_a_dead_kernel_is_one_line(tmp_path: Path) -> None:
    dies = write(tmp_path / "dies.ipynb", notebook(code("end", "import os\nos._exit(1)")))
    done = refresh(dies)
    assert done.returncode == 1
    assert "dies.ipynb: stopped: " in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_folder_of_this_computer_is_refused(tmp_path: Path) -> None:
    tells = write(tmp_path / "tells.ipynb", notebook(code("where", "import os\nos.environ['LESSON_ANSWERS']")))
    done = refresh(tells)
    assert done.returncode == 1
    assert "cell where: shows " in done.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not a notebook"),
        ("[]", "is not a notebook"),
        (json.dumps(notebook(code("", "1"))), "cell number 2: has no id"),
        (json.dumps(notebook(code("a", "1"), code("a", "2"))), "cell a: this id is used 2 times"),
        (json.dumps({**notebook(), "nbformat_minor": 4}), "without cell ids"),
        (json.dumps(notebook({**code("a", "1"), "outputs": 3})), "is not a valid notebook"),
    ],
)
def test_what_is_no_notebook_is_refused_before_anything_runs(tool: ModuleType, text: str, said: str) -> None:
    with pytest.raises(tool.Failed, match=said):
        tool.load(text)


def test_a_missing_file_is_one_line(tool: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tool.main([str(tmp_path / "none.ipynb")]) == 1
    assert "none.ipynb: cannot be read" in capsys.readouterr().out


def test_differences_name_every_cell_that_differs(tool: ModuleType) -> None:
    old = notebook(code("a", "1"), code("b", "2"))
    new = copy.deepcopy(old)
    new["cells"][1]["outputs"] = [{"text": ["now\n"]}]
    new["cells"][2]["execution_count"] = 7
    new["metadata"].pop("widgets")
    found = tool.differences(json.dumps(old), json.dumps(new))
    assert [line.split(":")[0] for line in found] == ["cell a", "cell b", "metadata of the notebook"]
    assert 'stored "execution_count": null, but now "execution_count": 7,' in found[1]
    assert tool.differences(json.dumps(old), json.dumps(old)) == [
        "the layout of the file: spaces, the order of keys, or the ends of lines"
    ]


def test_a_long_line_is_cut_around_the_difference(tool: ModuleType) -> None:
    old, new = {"a": "x" * 500 + "old" + "y" * 500}, {"a": "x" * 500 + "new" + "y" * 500}
    said = tool.first_difference(old, new)
    assert len(said) < 260
    assert "old" in said
    assert "new" in said
