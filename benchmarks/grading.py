"""Grading, side by side with nbgrader and otter; and a class of a hundred thousand.

    python3 run.py benchmark grading            every figure: value, limit, and value as a share of the limit

The same ten questions and hand-ins for all three. nbgrader and otter run each student's notebook, each in an
environment of its own (peers.py makes it when it is missing): that is what they are for, and
what takes their time. Trust the ratios: the milliseconds are this computer's. Exit code 1 when a limit is missed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from peers import environment

from lesson_lib.classroom import gradebook
from lesson_lib.classroom.bank import Unit, draw, load_unit, units
from lesson_lib.classroom.handed_in import mark_into
from lesson_lib.classroom.roster import Student
from lesson_lib.classroom.working import Working
from lesson_lib.think import answers
from run import Report

ROOT = Path(__file__).resolve().parent.parent
SHARED = {"release": "bench", "per_student": False, "behaviour": "test"}
EACH = {**SHARED, "per_student": True}


def guess(item: Any, dice: random.Random) -> Any:
    """Some answer to an item, right about as often as not."""
    body = item.body
    match item.type:
        case "single":
            return dice.choice([item.key.get("right") or body["choices"][0]["id"], dice.choice(body["choices"])["id"]])
        case "multiple":
            return [choice["id"] for choice in body["choices"] if dice.random() < 0.5]
        case "numeric":
            return dice.choice([item.key["value"], 7])
        case "short":
            return dice.choice([item.key["accepted"][0], "something else"])
        case "text":
            return "Two sources, each read in the original, and the day on which each was written."
        case "order":
            return dice.sample(item.key["steps"], len(item.key["steps"]))
        case "match":
            return {left["id"]: dice.choice(body["right"])["id"] for left in body["left"]}
        case "classify":
            return {card["id"]: dice.choice(body["bins"])["id"] for card in body["cards"]}
        case _:
            values = [value["id"] for value in body["values"]]
            return {row: {column: dice.choice(values) for column in asked} for row, asked in body["ask"].items()}


def handed_in(unit: Unit, student: str, per_student: bool, count: int) -> dict[str, Any]:
    """A record as a student's notebook writes it."""
    dice = random.Random(student)
    items = {}
    for each in draw(unit, "bench", student if per_student else "", in_order=False)[:count]:
        answer = guess(each.item, dice)
        entry = {"answer": answer, "sure": dice.choice([1, 2, 3, None]), "at": "2026-11-01T10:00:00+01:00"}
        items[f"{unit.name}-{each.part}/{each.item.id}"] = {
            **entry,
            "attempts": [dict(entry)],
            "hints": 0,
            "revealed": False,
        }
    about = {"release": "bench", "student": student if per_student else "", "behaviour": "test"}
    return {
        "format": answers.FORMAT, "lesson": unit.name, "title": unit.title, "name": student, "items": items,
        "unit": about, "unreadable_lines": 0, "receipt": answers.receipt(unit.name, student, items),
    }  # fmt: skip


def course(folder: Path, items: int) -> tuple[Path, Unit]:
    """A bank with one unit of so many items, taken from the course's own."""
    folder.mkdir(parents=True)
    source = units()[0]
    text = (ROOT / "assignments" / f"{source}.toml").read_text(encoding="utf-8")
    before, rest = text.split("[release]", 1)
    after = rest.split("items", 1)[1].split("\n", 1)[1]
    (folder / f"{source}.toml").write_text(f"{before}[release]\nitems = {items}\n{after}", encoding="utf-8")
    return folder, load_unit(source, folder)


def files(folder: Path, unit: Unit, students: Sequence[Student], per_student: bool, items: int) -> None:
    for number, student in enumerate(students):
        place = folder / f"{number // 1000:04}"
        place.mkdir(parents=True, exist_ok=True)
        record = handed_in(unit, student.id, per_student, items)
        (place / f"{student.id}_hand-in-{unit.name}.json").write_text(json.dumps(record), encoding="utf-8")


def memory() -> float:
    """The most memory that this process has had, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e6 if sys.platform == "darwin" else 1e3)


OURS = """
import json, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import grading
print(json.dumps(grading.once(*map(Path, sys.argv[2:5]), sys.argv[5] == "each", int(sys.argv[6]))))
"""


def once(bank: Path, folder: Path, out: Path, per_student: bool, workers: int) -> dict[str, float]:
    """Collects and marks everything in a folder, and looks at the items: seconds and megabytes."""
    from lesson_lib.classroom.analysis import analyse

    unit = load_unit(units(bank)[0], bank)
    roster = [Student(f"s{number:06}", f"s{number:06}") for number in range(sum(1 for _ in folder.rglob("*.json")))]
    began = time.perf_counter()
    given_out = EACH if per_student else SHARED
    with Working(out) as working, ProcessPoolExecutor(workers) if workers > 1 else contextlib.nullcontext() as pool:
        mark_into(working, unit, given_out, [folder], roster, pool)
        working.finish().replace(out)
        working.clear()
    marked = time.perf_counter() - began
    analyse(unit, gradebook.read(out))
    return {"seconds": time.perf_counter() - began, "marked": marked, "answers": working.answers, "memory": memory()}


def ours(bank: Path, folder: Path, out: Path, per_student: bool, workers: int) -> dict[str, float]:
    """The same in a process of its own, so that memory is what it takes alone."""
    which = "each" if per_student else "same"
    command = [
        sys.executable,
        "-c",
        OURS,
        str(Path(__file__).parent),
        str(bank),
        str(folder),
        str(out),
        which,
        str(workers),
    ]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def nbgrader(scratch: Path, bank: Path, unit: Unit, students: Sequence[Student]) -> float:
    """Seconds that nbgrader's autograde takes for each hand-in: the slope between a few and more of them."""
    from lesson_lib.classroom.nbgrader import BANK, write

    python, place = environment("nbgrader"), scratch / "nbgrader"
    write(unit, "bench", place)
    (place / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'bench'\n")
    around = os.environ | {BANK: str(bank), "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"}
    around |= {"JUPYTER_CONFIG_DIR": str(scratch / "config"), "IPYTHONDIR": str(scratch / "ipython")}

    def run(*arguments: str) -> float:
        began = time.perf_counter()
        subprocess.run(
            [str(python), "-m", "nbgrader", *arguments], cwd=place, env=around, check=True, capture_output=True
        )
        return time.perf_counter() - began

    run("generate_assignment", f"unit-{unit.name}", "--create")
    took = []
    for some in (students[:2], students[2:]):
        for student in some:
            target = place / "submitted" / student.id / f"unit-{unit.name}"
            shutil.copytree(place / "release" / f"unit-{unit.name}", target)
            record = handed_in(unit, student.id, False, len(unit.items))
            (target / f"hand-in-{unit.name}.json").write_text(json.dumps(record))
        took.append(run("autograde", f"unit-{unit.name}", "--create"))  # those marked before are passed over
    return (took[1] - took[0]) / (len(students) - 4) if len(students) > 4 else took[1] / len(students)


OTTER = """
OK_FORMAT = True
case = {{"code": ">>> earned('{unit}', 'bench', '{item}') > 0\\nTrue"}}
test = {{"name": "{name}", "points": 1, "suites": [{{"cases": [case]}}]}}
"""


def otter(scratch: Path, bank: Path, unit: Unit, students: Sequence[Student]) -> float:
    """Seconds that `otter run` takes for each hand-in, one test an item."""
    from lesson_lib.classroom.nbgrader import BANK

    python, place = environment("otter"), scratch / "otter"
    (place / "tests").mkdir(parents=True)
    cells = ["from lesson_lib.classroom.nbgrader import earned", "import otter", "grader = otter.Notebook()"]
    for number, each in enumerate(draw(unit, "bench"), start=1):
        text = OTTER.format(name=f"q{number}", unit=unit.name, item=each.item.id)
        (place / "tests" / f"q{number}.py").write_text(text)
        cells.append(f'grader.check("q{number}")')
    empty = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    book = {
        "cells": [{**empty, "id": f"c{number}", "source": [cell]} for number, cell in enumerate(cells)],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    around = os.environ | {BANK: str(bank), "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"}
    (place / "requirements.txt").write_text("")
    command = [str(python), "-m", "otter"]
    subprocess.run(
        [*command, "generate", "-t", "tests", "-o", "autograder.zip", "--no-environment"],
        cwd=place, env=around, check=True, capture_output=True,
    )  # fmt: skip
    took = []
    for student in students:
        (place / "hand-in.ipynb").write_text(json.dumps(book))
        record = handed_in(unit, student.id, False, len(unit.items))
        (place / f"hand-in-{unit.name}.json").write_text(json.dumps(record))
        began = time.perf_counter()
        subprocess.run(
            [*command, "run", "-a", "autograder.zip", "hand-in.ipynb"],
            cwd=place,
            env=around,
            check=True,
            capture_output=True,
        )
        took.append(time.perf_counter() - began)
    return sorted(took)[len(took) // 2]


def roster(count: int) -> list[Student]:
    return [Student(f"s{number:06}", f"s{number:06}") for number in range(count)]


def measure(report: Report, scratch: Path, *, many: int, peers: bool) -> Iterator[None]:
    """Every figure of the classroom, in the order of the list."""
    report.part("The same ten questions, 200 hand-ins")
    bank, unit = course(scratch / "bank-ten", 10)
    files(scratch / "ten", unit, roster(200), per_student=False, items=10)
    found = ours(bank, scratch / "ten", scratch / "ten.jsonl", False, 1)
    each = found["seconds"] / 200
    report.note("ours, a hand-in", each * 1000, "ms")
    report.figure("memory", found["memory"], 300, "MB")
    yield
    if peers:
        for name, peer in (("nbgrader", nbgrader), ("otter", otter)):
            seconds = peer(scratch, bank, unit, roster(12 if name == "nbgrader" else 3))
            report.note(f"{name}, a hand-in", seconds * 1000, "ms")
            # A limit is a most: a thousandth of the peer's time is the most that ours may take.
            report.figure(f"ours ÷ {name}, thousandths", 1000 * each / seconds, 1)
            yield
    report.part(f"{many:,} hand-ins of 20 questions, each drawn for its student, with the look at the items")
    bank, unit = course(scratch / "bank-twenty", 20)
    took = {}
    for count in (many // 2, many):
        files(scratch / f"many-{count}", unit, roster(count), per_student=True, items=20)
        took[count] = ours(bank, scratch / f"many-{count}", scratch / f"many-{count}.jsonl", True, 2)
        shutil.rmtree(scratch / f"many-{count}")
    whole = took[many]
    report.figure("seconds for 100,000, on two cores", whole["seconds"] * 100_000 / many, 120, "s")
    report.figure("memory", whole["memory"], 500, "MB")
    report.figure("twice the class ÷ the class, less two", whole["seconds"] / took[many // 2]["seconds"] - 2, 0.3)
    yield


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure everything, in the order of the list of figures."""
    parser = argparse.ArgumentParser(description="Grading, side by side with nbgrader and otter.")
    parser.add_argument("--quick", action="store_true", help="ten thousand hand-ins instead of a hundred thousand")
    parser.add_argument("--alone", action="store_true", help="without nbgrader and otter")
    given = parser.parse_args(arguments)
    report = Report()
    with tempfile.TemporaryDirectory(prefix="benchmark-", ignore_cleanup_errors=True) as scratch:
        for _ in measure(report, Path(scratch), many=10_000 if given.quick else 100_000, peers=not given.alone):
            pass
    print(f"\nMissed: {', '.join(report.missed)}." if report.missed else "\nEvery limit is kept.", flush=True)
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
