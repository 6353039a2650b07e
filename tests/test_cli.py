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
