"""The teacher's commands, run as a teacher runs them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lesson_lib.know import data


def lessons(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = os.environ | ({"LESSON_DATA": str(folder)} if folder else {})
    return subprocess.run(
        [sys.executable, "-m", "lesson_lib.classroom.cli", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment | {"PYTHONIOENCODING": "utf-8"},
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the data folder to spoil."""
    shutil.copytree(data.data_folder(), tmp_path / "data")
    return tmp_path / "data"


def test_help_names_the_commands() -> None:
    told = lessons("--help")
    assert told.returncode == 0
    assert "lint" in told.stdout


def test_a_clean_bank_is_told_so_without_colour() -> None:
    told = lessons("lint")
    assert told.returncode == 0, told.stdout
    assert "nothing to mend" in told.stdout
    assert "\x1b[" not in told.stdout


def test_every_fault_is_told_with_its_line(folder: Path) -> None:
    bank = folder / "questions" / "01.toml"
    bank.write_text(bank.read_text(encoding="utf-8").replace("right = true", "rigth = true", 1), encoding="utf-8")
    table = folder / "claims.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(",contradicted,", ",contradictd,", 1), encoding="utf-8")
    told = lessons("lint", folder=folder)
    assert told.returncode == 1
    assert "01.toml, line" in told.stdout
    assert "rigth" in told.stdout
    assert "claims.csv, line" in told.stdout
    assert "to mend" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_missing_folder_is_one_line(tmp_path: Path) -> None:
    told = lessons("lint", folder=tmp_path / "nowhere")
    assert told.returncode == 1
    assert "data folder is missing" in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize("executor", ["processses", "0", "tcp://127.0.0.1:9"])
def test_an_executor_that_is_none_is_one_sentence(tmp_path: Path, executor: str) -> None:
    mine, out = str(tmp_path / "bank"), str(tmp_path / "grades")
    (tmp_path / "roster.csv").write_text("id,name\ns1,Ada\n", encoding="utf-8")
    (tmp_path / "handed-in").mkdir()
    assert lessons("bank", "new", mine).returncode == 0
    release = ["release", "A", "--bank", mine, "--class", str(tmp_path / "roster.csv"), "-o", str(tmp_path / "out")]
    assert lessons(*release).returncode == 0
    told = lessons(
        "grade", str(tmp_path / "handed-in"), "--unit", "A", "--bank", mine, "-o", out, "--executor", executor
    )
    assert told.returncode == 1
    assert "Traceback" not in told.stderr
    assert executor in told.stderr
    assert "processes" in told.stderr, "what can be chosen is said"


def test_a_folder_without_questions_is_no_clean_bank(tmp_path: Path) -> None:
    told = lessons("lint", str(tmp_path))
    assert told.returncode == 1
    assert "no question file" in told.stderr


def test_an_export_into_a_folder_asks_for_a_file_and_a_new_folder_is_made(tmp_path: Path) -> None:
    told = lessons("export", "A", "--to", "gift", "-o", str(tmp_path))
    assert told.returncode == 1
    assert f"{tmp_path} is a folder: name the file" in told.stderr
    assert lessons("export", "A", "--to", "gift", "-o", str(tmp_path / "new" / "A.txt")).returncode == 0
    assert (tmp_path / "new" / "A.txt").is_file()
