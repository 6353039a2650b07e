"""A run of marking that is killed, and started again: it goes on, and gives what an unbroken run gives, to the byte."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lesson_lib.classroom.archives import Trouble
from lesson_lib.classroom.bank import note_release
from lesson_lib.classroom.working import Working
from lesson_lib.know.errors import LessonError

ROOT = Path(__file__).resolve().parents[1]
MANY = 2_000

GENERATE = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import grading
folder, count = Path(sys.argv[2]), int(sys.argv[3])
bank, unit = grading.course(folder / "bank", 4)
grading.files(folder / "handed-in", unit, grading.roster(count), True, 4)
"""


@pytest.fixture(scope="module")
def class_of_thousands(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hand-ins as the benchmark makes them, some with a receipt that does not fit."""
    folder = tmp_path_factory.mktemp("many")
    command = [sys.executable, "-c", GENERATE, str(ROOT / "benchmarks"), str(folder), str(MANY)]
    subprocess.run(command, check=True, cwd=ROOT, timeout=300)
    (folder / "roster.csv").write_text("id,name\n" + "".join(f"s{n:06},Student {n}\n" for n in range(MANY)))
    entry = {"unit": "A", "release": "bench", "behaviour": "test", "per_student": True}
    note_release(folder / "bank", entry | {"class": str(folder / "roster.csv"), "digest": ""})
    for number, path in enumerate(sorted((folder / "handed-in").rglob("*.json"))):
        if number % 97 == 0:
            record = json.loads(path.read_text(encoding="utf-8"))
            path.write_text(json.dumps(record | {"receipt": "00000000"}), encoding="utf-8")
    (folder / "handed-in" / "0000" / "torn.json").write_text("{", encoding="utf-8")
    (folder / "handed-in" / "0001" / "s001999_hand-in-A.json").unlink()
    return folder


def command(folder: Path, out: Path, executor: str) -> list[str]:
    start = [sys.executable, "-m", "lesson_lib.classroom.cli", "grade", str(folder / "handed-in"), "--unit", "A"]
    return [*start, "--bank", str(folder / "bank"), "-o", str(out), "--executor", executor]


def run(folder: Path, out: Path, executor: str = "none") -> str:
    done = subprocess.run(command(folder, out, executor), capture_output=True, text=True, cwd=ROOT, timeout=300)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def killed(folder: Path, out: Path, executor: str = "none", batches: int = 3, by: int | None = None) -> str:
    """Starts marking, and ends it as soon as so many batches are put down; gives what it said.

    It is killed when no signal is named; a signal goes to all its processes, as a terminal sends it.
    """
    log = out / "gradebook-A.part.log"
    with subprocess.Popen(
        command(folder, out, executor), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT,
        start_new_session=True,
    ) as process:  # fmt: skip
        end = time.monotonic() + 120
        while time.monotonic() < end and process.poll() is None:
            if log.is_file() and log.read_bytes().count(b"\n") > batches:
                break
            time.sleep(0.002)
        if by is None:
            process.kill()
        else:
            os.killpg(process.pid, by)
        told = process.communicate(timeout=120)[0]
    assert log.is_file(), "it was too fast to be ended: make the class larger"
    return told


def every_byte(out: Path) -> dict[str, bytes]:
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def whole(class_of_thousands: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("whole")
    told = run(class_of_thousands, out)
    assert f"{MANY - 1:,} hand-ins of {MANY:,} marked" in told
    assert "broken off" not in told
    found = every_byte(out)
    assert found["problems-A.csv"].count(b"receipt") > MANY // 100
    assert not any(".part" in name for name in found)
    return found


def after(told: str) -> int:
    """How many hand-ins a run passed over."""
    assert f"of {MANY - 1:,} hand-ins." in told
    return int(told.split("it goes on after ")[1].split(" of ")[0].replace(",", ""))


@pytest.mark.parametrize("executor", ["none", "2"])
def test_a_run_that_was_killed_goes_on_and_gives_the_same_bytes(
    class_of_thousands: Path, whole: dict[str, bytes], tmp_path: Path, executor: str
) -> None:
    killed(class_of_thousands, tmp_path, executor)
    assert not (tmp_path / "gradebook-A.jsonl").exists()
    told = run(class_of_thousands, tmp_path, executor)
    assert 750 <= after(told) < MANY - 1
    assert f"{MANY - 1:,} hand-ins of {MANY:,} marked" in told
    assert every_byte(tmp_path) == whole


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent otherwise there")
@pytest.mark.parametrize("executor", ["none", "2"])
def test_ctrl_c_is_one_sentence_and_the_run_goes_on(
    class_of_thousands: Path, whole: dict[str, bytes], tmp_path: Path, executor: str
) -> None:
    told = killed(class_of_thousands, tmp_path, executor, by=signal.SIGINT)
    assert "The same command goes on from here." in told
    assert "Traceback" not in told
    assert after(run(class_of_thousands, tmp_path)) >= 750
    assert every_byte(tmp_path) == whole


def test_killed_twice_and_with_torn_and_damaged_files(
    class_of_thousands: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    killed(class_of_thousands, tmp_path, batches=2)
    killed(class_of_thousands, tmp_path, batches=6)
    log, lines = tmp_path / "gradebook-A.part.log", tmp_path / "gradebook-A.part.jsonl"
    ends = [json.loads(line)["end"] for line in log.read_bytes().splitlines(keepends=True)[1:] if line[-1:] == b"\n"]
    with log.open("ab") as file:
        file.write(b'{"end": 99')
    with lines.open("r+b") as file:  # as a power cut may leave it: the length is there, the bytes are not
        file.seek(ends[4] + 10)
        file.write(b"\0" * 40)
    assert after(run(class_of_thousands, tmp_path)) == 5 * 250
    assert every_byte(tmp_path) == whole


def test_with_another_hand_in_or_another_key_it_begins_anew(
    class_of_thousands: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    killed(class_of_thousands, tmp_path)
    path = class_of_thousands / "handed-in" / "0001" / "s001500_hand-in-A.json"
    before = path.read_bytes()
    record = json.loads(before)
    next(iter(record["items"].values()))["answer"] = "something else altogether"
    path.write_text(json.dumps(record), encoding="utf-8")
    try:
        assert "broken off" not in run(class_of_thousands, tmp_path)
    finally:
        path.write_bytes(before)
    assert (tmp_path / "gradebook-A.jsonl").read_bytes() != whole["gradebook-A.jsonl"]
    killed(class_of_thousands, tmp_path)
    bank = class_of_thousands / "bank" / "A.toml"
    kept = bank.read_bytes()
    bank.write_bytes(kept + b"\n# another day\n")
    try:
        assert "broken off" not in run(class_of_thousands, tmp_path)
    finally:
        bank.write_bytes(kept)
    assert every_byte(tmp_path) == whole


def test_two_runs_do_not_write_into_one_folder(tmp_path: Path) -> None:
    book = tmp_path / "gradebook-A.jsonl"
    code = (
        "import sys; from pathlib import Path; from lesson_lib.classroom.working import Working\n"
        "with Working(Path(sys.argv[1])): print('in', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(book)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == b"in"
        with pytest.raises(LessonError, match="Another run is marking"), Working(book):
            pass
        other.kill()
    with Working(book) as working:
        assert working.start("x", 4) == 0


def test_what_is_put_down_is_there_again(tmp_path: Path) -> None:
    book = tmp_path / "gradebook-A.jsonl"
    odd = Trouble("ä.json", "It is “odd”.", "Ö")
    with Working(book) as working:
        assert working.start("run", 9) == 0
        working.keep("one\ntwo\n", 2, 3, [odd])
    for _ in range(2):
        with Working(book) as working:
            assert working.start("run", 9) == 3
            assert (working.handins, working.answers, working.troubles) == (2, 2, [odd])
    with Working(book) as working:
        assert working.start("run", 9) == 3
        working.keep("three\n", 1, 9, [])
        assert working.finish().read_bytes() == b"one\ntwo\nthree\n"
        working.clear()
    assert list(tmp_path.iterdir()) == []
