"""A file is written whole or not at all, and nothing is left lying about."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from lesson_lib.think.files import write_whole


def test_a_file_is_written_and_written_again(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_whole(path, [b"one"])
    write_whole(path, [b"two, ", b"three"])
    assert path.read_bytes() == b"two, three"
    assert list(tmp_path.iterdir()) == [path]


def test_what_breaks_half_way_leaves_the_earlier_file_and_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"earlier")

    def parts() -> Iterator[bytes]:
        yield b"half"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(path, parts())
    assert path.read_bytes() == b"earlier"
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_take_the_place_is_an_error_and_leaves_no_draft(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_whole(tmp_path / "folder", [b"x"])
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_students_file_is_the_students_alone(tmp_path: Path) -> None:
    write_whole(tmp_path / "own", [b"x"], mode=0o600)
    assert stat.S_IMODE((tmp_path / "own").stat().st_mode) == 0o600
