"""A class of thirty through all of it, by the commands a teacher types: from a bank to marks, a new key, and on."""

from __future__ import annotations

import csv
import io
import json
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lesson_lib.classroom.bank import Unit, draw, load_unit
from lesson_lib.classroom.cli import lessons
from lesson_lib.think import answers

NAMES = [
    "Ada Lovelace", "Müller, Anna", "Олена Коваль", "Li Wei", "O'Brien, Seán", "=HYPERLINK(1)", "<b>Bo</b>",
    "Zoë Ångström", *(f"Student {number:02}" for number in range(9, 31)),
]  # fmt: skip


def run(*arguments: object) -> str:
    told = CliRunner().invoke(lessons, [str(each) for each in arguments])
    assert told.exit_code == 0, told.output
    return told.output


def answered(unit: Unit, student: str, skill: float, dice: random.Random) -> dict[str, Any]:
    """What a student of that skill hands in: each item right with that chance, a few left out."""
    items = {}
    for each in draw(unit, "autumn", student):
        key, body, item = each.item.key, each.item.body, each.item
        good = dice.random() < skill
        match item.type:
            case "single":
                ids = [choice["id"] for choice in body["choices"]]
                answer: Any = key["right"] if good and not item.opinion else dice.choice(ids)
            case "multiple":
                answer = key["right"] if good else [dice.choice(body["choices"])["id"]]
            case "numeric":
                answer = key["value"] if good else key["value"] + 11
            case "short":
                answer = key["accepted"][0] if good else "no idea"
            case "text":
                answer = "Two sources, each read in the original, and the day on which each of them was written."
            case "order":
                answer = key["steps"] if good else key["steps"][::-1]
            case "match":
                answer = key["pairs"] if good else {left["id"]: body["right"][0]["id"] for left in body["left"]}
            case "classify":
                answer = key["bins"] if good else {card["id"]: body["bins"][0]["id"] for card in body["cards"]}
            case _:
                cells = {
                    row: {column: right[0] for column, right in line.items()} for row, line in key["cells"].items()
                }
                answer = (
                    cells
                    if good
                    else {row: dict.fromkeys(line, body["values"][0]["id"]) for row, line in cells.items()}
                )
        if dice.random() < 0.03:
            continue
        attempt = {"answer": answer, "sure": dice.choice([1, 2, 3]), "at": "2026-11-20T10:00:00+01:00"}
        items[f"{unit.name}-{each.part}/{item.id}"] = {**attempt, "attempts": [attempt], "hints": 0, "revealed": False}
    return items


def record(unit: Unit, student: str, name: str, items: dict[str, Any]) -> dict[str, Any]:
    return {
        "format": answers.FORMAT, "lesson": unit.name, "title": unit.title, "name": name, "items": items,
        "unit": {"release": "autumn", "student": student, "behaviour": "test"}, "unreadable_lines": 0,
        "receipt": answers.receipt(unit.name, name, items),
    }  # fmt: skip


def saved_notebook(held: dict[str, Any]) -> str:
    output = {
        "output_type": "display_data",
        "metadata": {},
        "data": {"text/plain": ["handed in"], "application/vnd.guarantees.hand-in+json": held},
    }
    cell = {
        "cell_type": "code",
        "execution_count": 1,
        "id": "x",
        "metadata": {},
        "outputs": [output],
        "source": ["hand_in()"],
    }
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.mark.parametrize("unit_name", ["A", "C"])
def test_a_class_of_thirty_goes_all_the_way(tmp_path: Path, unit_name: str) -> None:
    bank, out, grades = tmp_path / "bank", tmp_path / "release", tmp_path / "grades"
    roster = tmp_path / "roster.csv"
    with roster.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "name", "email"])
        writer.writerows([f"s{number:02}", name, f"s{number:02}@example.org"] for number, name in enumerate(NAMES))
    run("bank", "new", bank)
    run("lint", bank)
    told = run("release", unit_name, "--bank", bank, "--class", roster, "-o", out, "--name", "autumn")
    assert "30 folders" in told
    unit = load_unit(unit_name, bank)

    # Handed in: by Moodle, by Canvas, as a saved notebook, as a file, one late, one twice, one damaged, two not at all.
    dice = random.Random(7)
    held = {}
    for number, name in enumerate(NAMES[:28]):
        student = f"s{number:02}"
        held[student] = record(unit, student, name, answered(unit, student, 0.25 + 0.025 * number, dice))
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    with zipfile.ZipFile(inbox / "moodle.zip", "w") as packed:
        for number in range(12):
            student = f"s{number:02}"
            place = f"{NAMES[number].replace('/', '_')}_{9000 + number}_assignsubmission_file_/hand-in-{unit_name}.json"
            packed.writestr(place, json.dumps(held[student]))
        packed.writestr("Student 29_9100_assignsubmission_file_/hand-in.json", "{ torn")
    with zipfile.ZipFile(inbox / "canvas.zip", "w") as packed:
        for number in range(12, 22):
            packed.writestr(
                f"student{number}_LATE_{number}_77_unit-{unit_name}-1.ipynb", saved_notebook(held[f"s{number:02}"])
            )
    for number in range(22, 28):
        (inbox / f"hand-in-{unit_name}-{number}.json").write_text(json.dumps(held[f"s{number:02}"]), encoding="utf-8")

    told = run("grade", inbox, "--unit", unit_name, "--bank", bank, "-o", grades)
    assert "28 hand-ins of 30 marked" in told
    assert "Nothing from Student 29, Student 30" in told
    book = grades / f"gradebook-{unit_name}.jsonl"
    rows = [json.loads(line) for line in book.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 28 * unit.lesson.release
    problems = list(csv.DictReader(io.StringIO((grades / f"problems-{unit_name}.csv").read_text(encoding="utf-8-sig"))))
    assert any("hand-in.json" in str(problem) for problem in problems)
    first = book.read_bytes()
    run("grade", inbox, "--unit", unit_name, "--bank", bank, "-o", grades, "--executor", "2")
    assert book.read_bytes() == first

    # The better students did better, and no cell of any table is a formula.
    points: dict[str, float] = {}
    for row in rows:
        points[row["student"]] = points.get(row["student"], 0) + row["earned"] / (row["points"] * unit.lesson.release)
    low, high = [[points[f"s{number:02}"] for number in some] for some in (range(9), range(19, 28))]
    assert sum(high) > sum(low)
    for table in grades.glob("*.csv"):
        for line in csv.reader(io.StringIO(table.read_text(encoding="utf-8-sig"))):
            for cell in line:
                assert not cell.startswith(("=", "+", "@", "\t", "\r")), (table.name, cell)

    # A key was wrong: the item is mended, and who changes is shown before anything is written.
    wrong = next(row for row in rows if row["type"] == "single" and row["outcome"] == "wrong" and not row["opinion"])
    path = bank / f"{unit_name}.toml"
    text = path.read_text(encoding="utf-8")
    start = text.index(f'id = "{wrong["item"]}"')
    end = text.find("\n[[items]]\n", start) if text.find("\n[[items]]\n", start) > 0 else len(text)
    block = text[start:end]
    changed = block.replace("right = true\n", "", 1)
    mark = f'id = "{wrong["answer"]}"'
    changed = changed.replace(mark, f"{mark}\nright = true", 1)
    path.write_text(text[:start] + changed + text[end:], encoding="utf-8")
    told = run("regrade", "--unit", unit_name, "--bank", bank, "-o", grades)
    assert "Nothing is written yet" in told
    assert wrong["item"] in told
    assert book.read_bytes() == first
    run("regrade", "--unit", unit_name, "--bank", bank, "-o", grades, "--write")
    assert book.read_bytes() != first
    assert (grades / "history" / f"gradebook-{unit_name}-001.jsonl").read_bytes() == first

    # A reader marks the texts, and the marks outlive another regrade.
    sheet = grades / f"rubric-{unit_name}.csv"
    if sheet.is_file():
        lines = list(csv.DictReader(io.StringIO(sheet.read_text(encoding="utf-8-sig"))))
        heads = list(lines[0])
        for line in lines:
            line.update({head: "1" for head in heads if head.startswith("point") and line[head] == ""})
        with sheet.open("w", encoding="utf-8", newline="") as file:
            filled = csv.DictWriter(file, heads, lineterminator="\n")
            filled.writeheader()
            filled.writerows(lines)
        run("regrade", "--unit", unit_name, "--bank", bank, "-o", grades, "--write")
        again = list(csv.DictReader(io.StringIO(sheet.read_text(encoding="utf-8-sig"))))
        assert any(line[head] == "1" for line in again for head in heads if head.startswith("point"))

    run("analyse", "--unit", unit_name, "--bank", bank, "-o", grades)
    run("feedback", "--unit", unit_name, "--bank", bank, "-o", grades, "--reveal", "answers")
    pages = sorted((grades / f"feedback-{unit_name}").glob("*.html"))
    assert len(pages) >= 28
    for page in pages:
        content = page.read_text(encoding="utf-8")
        assert "<script" not in content
        assert "<b>Bo</b>" not in content
