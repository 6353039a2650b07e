"""A class to practise with: a bank, a release, and hand-ins that a program answered, packed as Moodle gives them.

Nobody in it exists. Its students are numbered; the stronger ones are right more often, texts are cut from the bank's
model answers, briefs are put together from the course's own rows. The same seed gives the same class, to the byte.
"""

from __future__ import annotations

import json
import random
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lesson_lib.classroom import bank
from lesson_lib.classroom.bank import Unit
from lesson_lib.classroom.release import folder_name, write_release
from lesson_lib.classroom.roster import Student
from lesson_lib.know.foreign import bare
from lesson_lib.think import answers, units
from lesson_lib.think.evidence import evidence, topics
from lesson_lib.think.kinds import KINDS
from lesson_lib.think.questions import Item

RELEASE = "practice"
_AT = "2025-11-03T{hour:02}:{minute:02}:00+00:00"
_ZIPPED = (2025, 11, 4, 8, 0, 0)


@dataclass(frozen=True)
class Practice:
    """Where the practice class stands."""

    bank: Path
    roster: Path
    handins: Path
    grades: Path


def make(folder: Path, name: str, students: int = 24, seed: int = 19) -> Practice:
    """Makes a practice class for a unit of the course's models in an empty folder: released, answered, handed in.

    The last student hands in nothing; one file is torn, one is handed in twice, one is nobody's.
    """
    place = Practice(folder / "bank", folder / "class.csv", folder / "moodle.zip", folder / "grades")
    bank.new_bank(place.bank)
    unit = bank.load_unit(name, place.bank)
    names = [Student(f"s{number:02}", f"Student {number:02}") for number in range(1, students + 1)]
    place.roster.write_text("id,name\n" + "".join(f"{one.id},{one.name}\n" for one in names), encoding="utf-8")
    write_release(unit, folder / "release", release=RELEASE, students=names)
    entry = {"unit": name, "release": RELEASE, "behaviour": "test", "per_student": True}
    bank.note_release(place.bank, entry | {"class": str(place.roster), "digest": unit.digest})
    with zipfile.ZipFile(place.handins, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, text in _handed_in(unit, folder / "release", names, seed):
            packed.writestr(zipfile.ZipInfo(path, _ZIPPED), text)
    return place


def _handed_in(unit: Unit, released: Path, names: list[Student], seed: int) -> Iterator[tuple[str, str]]:
    file = f"hand-in-{unit.name}.json"
    for number, student in enumerate(names[:-1], start=1):
        dice = random.Random(f"{seed}/{student.id}")  # noqa: S311 (a class to practise with, no secret)
        skill = 0.25 + 0.7 * number / len(names)
        given = units.read(released / folder_name(student.id) / units.file_name(unit.name))
        keyed = {each.item.id: each.item for each in bank.draw(unit, RELEASE, student.id)}
        asked = [(f"{quiz.id}/{item.id}", keyed[item.id]) for quiz in given.quizzes.values() for item in quiz.items]
        entries = {name: _entry(item, skill, dice, place) for place, (name, item) in enumerate(asked)}
        items = {name: entry for name, entry in entries.items() if entry}
        text = _record(unit.name, unit.title, student.name, items, unit=given.unit)
        folder = f"{student.name}_{9000 + number}_assignsubmission_file_"
        if number == 2:
            yield f"{folder}/{file}", text[: len(text) // 2]
            continue
        yield f"{folder}/{file}", text
        if number == 5:
            yield f"{folder}/hand-in-{unit.name}-1.json", text
        if unit.lesson.brief and dice.random() < 0.9:
            labs = {"brief": _brief(student.name, skill, dice)}
            yield f"{folder}/hand-in-10.json", _record("10", "Your brief", student.name, {}, labs=labs)
    yield f"Somebody else_9900_assignsubmission_file_/{file}", _record(unit.name, unit.title, "Somebody else", {})


def _record(lesson: str, title: str, name: str, items: dict[str, Any], **more: Any) -> str:
    record = {
        "format": answers.FORMAT, "lesson": lesson, "title": title, "name": name, "items": items, **more,
        "unreadable_lines": 0, "receipt": answers.receipt(lesson, name, items, more.get("labs")),
    }  # fmt: skip
    return json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _entry(item: Item, skill: float, dice: random.Random, number: int) -> dict[str, Any] | None:
    """One answer: right with the chance that this student has at this difficulty, now and then none at all."""
    good = dice.random() < skill - 0.12 * (item.difficulty - 2)
    if dice.random() < 0.02:
        return None
    answer = _text(item, skill, dice) if item.type == "text" else _right(item, dice) if good else _wrong(item, dice)
    sure = dice.choice([2, 3, 3] if good else [1, 2, 2, 3])
    attempt = {"answer": answer, "sure": sure, "at": _AT.format(hour=10, minute=number)}
    return {**attempt, "attempts": [attempt], "hints": 0, "revealed": False}


def _right(item: Item, dice: random.Random) -> Any:
    """An answer that is right; of an opinion any of the choices."""
    if item.opinion:
        return dice.choice(item.body["choices"])["id"]
    right = KINDS[item.type].right(item.key)
    if item.type == "table":  # of a cell, the first of the values that would do
        return {row: {column: values[0] for column, values in cells.items()} for row, cells in right.items()}
    return right


def _wrong(item: Item, dice: random.Random) -> Any:
    """A plausible slip: another choice, two steps exchanged, a part of the lines by guessing."""
    body, right = item.body, _right(item, dice)
    match item.type:
        case "single":
            return dice.choice([one["id"] for one in body["choices"] if one["id"] != item.key.get("right")])
        case "multiple":
            return [one["id"] for one in body["choices"] if dice.random() < 0.5] or [body["choices"][0]["id"]]
        case "numeric":
            return right * dice.choice([2, 10]) + 1
        case "short":
            return "the other one"
        case "order":
            at = dice.randrange(len(right) - 1)
            return [*right[:at], right[at + 1], right[at], *right[at + 2 :]]
        case "match" | "classify":
            options = [one["id"] for one in body["right" if item.type == "match" else "bins"]]
            return {part: one if dice.random() < 0.5 else dice.choice(options) for part, one in right.items()}
        case _:
            values = [one["id"] for one in body["values"]]
            return {
                row: {column: one if dice.random() < 0.5 else dice.choice(values) for column, one in cells.items()}
                for row, cells in right.items()
            }


def _text(item: Item, skill: float, dice: random.Random) -> str:
    """The first part of the model answer, or of what the rubric asks for; longer the stronger the student."""
    asked = " ".join(f"{point[:1].upper()}{point[1:].rstrip('.')}." for point in item.body["rubric"])
    words = str(item.key.get("model") or f"An answer to practise with, made of the rubric. {asked}").split()
    most = round(len(words) * min(1.0, skill + dice.uniform(-0.1, 0.15)))
    return " ".join(words[: max(8, most)])


def _brief(name: str, skill: float, dice: random.Random) -> dict[str, Any]:
    """A brief of the course's own rows, with more of its parts the stronger the student."""
    rows = list(evidence().values())
    question = dice.choice(sorted(topics()))
    side = dice.choice(["for", "against"])
    own, other = ([row for row in rows if (row.question, row.side) == (question, one)]
                  for one in (side, "against" if side == "for" else "for"))  # fmt: skip
    brief: dict[str, Any] = {"question": question, "side": side, "name": name, "claim": bare(own[0].says)}
    for number, row in enumerate(own[1 : 2 + round(2 * skill)], start=1):
        warrant = "This bears on the claim, since the claim would be weaker if it were not so."
        brief[f"reason_{number}"] = f"{bare(row.says)} {warrant}"
        brief[f"evidence_{number}_a"] = [row.id]
    if skill > 0.4 and other:
        brief |= {"counter": bare(f"{other[0].says} {other[-1].says}"), "evidence_counter_a": [other[0].id]}
        brief["reply"] = "That is so in part. It says how hard the thing is, and not that it would be wrong."
    if skill > 0.6:
        brief |= {"confidence": str(dice.choice([60, 70, 80])), "change": "A year in which the contrary was observed."}
        brief |= {"audience": "The ministers who prepare the meeting", "recommendation": "Put the point in writing."}
    return brief
