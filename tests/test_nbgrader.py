"""The real nbgrader, in an environment of its own, releases a unit and marks it as we do."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import bank as small
import pytest
from test_classroom import right

from lesson_lib.classroom.bank import draw, load_unit
from lesson_lib.classroom.grade import Paper, mark_paper
from lesson_lib.classroom.nbgrader import BANK, earned, source, write
from lesson_lib.think import answers

ROOT = Path(__file__).resolve().parents[1]
SHARED = {"release": "first", "per_student": False, "behaviour": "test"}


def handed_in(record: dict[str, Any]) -> str:
    """A hand-in file as a student's notebook writes it."""
    items = record["items"]
    whole = {"format": answers.FORMAT, "lesson": "T", "title": "A small unit", "name": "S", "items": items}
    return json.dumps(whole | {"unreadable_lines": 0, "receipt": answers.receipt("T", "S", items)})


def class_of_three(folder: Path) -> dict[str, dict[str, Any]]:
    """Everything right, everything blank, and half of it."""
    unit = load_unit("T", folder)
    best = right(unit, "")
    half = {"items": dict(list(best["items"].items())[::2])}
    return {"ada": best, "bo": {"items": {}}, "cy": half}


def test_the_source_holds_no_key_and_every_item_its_points(tmp_path: Path) -> None:
    unit = load_unit("T", small.write(tmp_path / "bank"))
    book, held = source(unit, "first")
    assert "SECRET" not in json.dumps([book, held])
    points = {
        cell["metadata"]["nbgrader"]["grade_id"]: cell["metadata"]["nbgrader"]["points"]
        for cell in book["cells"]
        if "nbgrader" in cell["metadata"]
    }
    assert points == {f"T-{each.item.id}": each.item.points for each in draw(unit, "first")}


def test_a_test_cell_gives_what_grading_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bank = small.write(tmp_path / "bank")
    monkeypatch.setenv(BANK, str(bank))
    monkeypatch.chdir(tmp_path)
    unit = load_unit("T", bank)
    name = draw(unit, "first")[0].item.id
    assert earned("T", "first", name) == 0
    for record in class_of_three(bank).values():
        (tmp_path / "hand-in-T.json").write_text(handed_in(record), encoding="utf-8")
        for row in mark_paper(unit, Paper("", "", record), SHARED):
            assert earned("T", "first", row.item) == row.earned
    (tmp_path / "hand-in-T.json").write_text("{")
    assert earned("T", "first", name) == 0


@pytest.fixture(scope="session")
def own_environment() -> Path:
    """nbgrader with this library, in the environment that the benchmark uses too."""
    spec = importlib.util.spec_from_file_location("peers", ROOT / "benchmarks" / "peers.py")
    assert spec is not None
    assert spec.loader is not None
    peers = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(peers)
    python: Path = peers.environment("nbgrader")
    return python


@pytest.mark.nbgrader
def test_the_real_nbgrader_gives_the_same_points(tmp_path: Path, own_environment: Path) -> None:
    bank, course = small.write(tmp_path / "bank"), tmp_path / "course"
    unit = load_unit("T", bank)
    write(unit, "first", course)
    (course / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'guarantees'\n")
    environment = os.environ | {BANK: str(bank), "JUPYTER_CONFIG_DIR": str(tmp_path / "config")}
    environment |= {"IPYTHONDIR": str(tmp_path / "ipython"), "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime")}
    environment["PATH"] = f"{own_environment.parent}{os.pathsep}{environment['PATH']}"  # nbgrader calls alembic by name
    environment.pop("PYTHONPATH", None)

    def nbgrader(*arguments: str) -> None:
        command = [str(own_environment), "-m", "nbgrader", *arguments]
        done = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stderr[-4_000:]

    nbgrader("generate_assignment", "unit-T", "--create")
    released = course / "release" / "unit-T"
    assert "earned(" not in (released / "unit-T.ipynb").read_text(encoding="utf-8")
    for student, record in class_of_three(bank).items():
        folder = course / "submitted" / student / "unit-T"
        shutil.copytree(released, folder)
        (folder / "hand-in-T.json").write_text(handed_in(record), encoding="utf-8")
    nbgrader("autograde", "unit-T", "--create")
    base = sqlite3.connect(course / "gradebook.db")
    found = base.execute(
        """select submitted_assignment.student_id, base_cell.name, grade.auto_score from grade
        join base_cell on base_cell.id = grade.cell_id
        join submitted_notebook on submitted_notebook.id = grade.notebook_id
        join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id"""
    ).fetchall()
    base.close()
    theirs = {(student, name): score or 0.0 for student, name, score in found}
    ours = {
        (student, f"T-{row.item}"): row.earned
        for student, record in class_of_three(bank).items()
        for row in mark_paper(unit, Paper(student, student, record), SHARED)
    }
    assert set(theirs) == set(ours)
    for cell, points in ours.items():
        assert theirs[cell] == pytest.approx(points), cell
