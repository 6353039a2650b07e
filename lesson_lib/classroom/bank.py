"""Banks of graded units, and the draw: which items a student gets, with which numbers, in which order.

A draw depends on the unit, the release's name and the student's id alone. It never looks at a key, so that two banks
that differ only in their keys release the same files, to the byte.
"""

from __future__ import annotations

import functools
import hashlib
import json
import shutil
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lesson_lib.know.catalogue import _
from lesson_lib.know.data import data_folder
from lesson_lib.know.errors import LessonError, unknown
from lesson_lib.think.files import write_whole
from lesson_lib.think.questions import Item, Lesson, read_lesson

RELEASES = "releases.json"
"""In the bank's folder: what was released, so that grading knows without asking the students' files."""


@dataclass(frozen=True)
class Unit:
    """One graded unit with its keys: the teacher's side.

    `items` has an entry for each row from which an item's numbers can be drawn; `parts` says in which quiz it stands.
    """

    name: str
    lesson: Lesson
    items: dict[str, tuple[Item, ...]]
    parts: dict[str, str]
    digest: str

    @property
    def title(self) -> str:
        return self.lesson.title


@dataclass(frozen=True)
class Drawn:
    """One item as one student gets it."""

    part: str
    item: Item
    variant: int


def model_folder() -> Path:
    """The course's own banks, whose keys are public: `assignments/` beside the data."""
    return data_folder().parent / "assignments"


def bank_folder(folder: Path | None = None) -> Path:
    """The folder with the banks: the one given, or the course's own models. Raises LessonError."""
    place = folder or model_folder()
    if not place.is_dir():
        raise LessonError(
            _(
                "There is no bank in {folder}: that folder does not exist. Make one of your own with lessons bank new "
                "FOLDER, then give it with --bank FOLDER."
            ).format(folder=place)
        )
    return place


def units(folder: Path | None = None) -> list[str]:
    """The names of the units in a bank."""
    return sorted(path.stem for path in bank_folder(folder).glob("*.toml"))


def load_unit(name: str, folder: Path | None = None) -> Unit:
    """A unit with every row its numbers can be drawn from. Raises UnknownName, DataError."""
    place = bank_folder(folder)
    if name not in units(place):
        raise unknown(_("unit"), name, units(place))
    path = place / f"{name}.toml"
    stat = path.stat()
    return _load(path, stat.st_mtime_ns, stat.st_size)


@functools.lru_cache(maxsize=32)
def _load(path: Path, _changed: int, _size: int) -> Unit:
    lesson = read_lesson(path, variant=0)
    first = {item.id: (name, item) for name, quiz in lesson.quizzes.items() for item in quiz.items}
    most = max((item.variants for _, item in first.values()), default=1)
    rows = [lesson, *(read_lesson(path, variant=variant) for variant in range(1, most))]
    drawn = [{item.id: item for quiz in row.quizzes.values() for item in quiz.items} for row in rows]
    items = {name: tuple(drawn[row][name] for row in range(item.variants)) for name, (_, item) in first.items()}
    parts = {name: part for name, (part, _) in first.items()}
    return Unit(lesson.lesson, lesson, items, parts, hashlib.sha256(path.read_bytes()).hexdigest()[:12])


def draw(unit: Unit, release: str, student: str = "", *, in_order: bool = True) -> tuple[Drawn, ...]:
    """The items of one student: as many as the unit releases, every objective covered, difficulties mixed.

    The same unit, release and student always give the same; without a student, the one draw of the whole class.
    `in_order=False` leaves the choices as the bank has them, which marking does not mind.
    """
    seed = f"{unit.name}|{release}|{student}|".encode()

    def place(name: str) -> bytes:
        return hashlib.sha256(seed + name.encode()).digest()

    places = {name: place(name) for name in unit.items}
    chosen = _chosen(unit, places)
    parts = list(unit.lesson.quizzes)
    ordered = sorted(chosen, key=lambda name: (parts.index(unit.parts[name]), places[name]))
    found = []
    for name in ordered:
        variants = unit.items[name]
        variant = int.from_bytes(places[name][-4:], "big") % len(variants)
        item = _shuffled(variants[variant], seed) if in_order else variants[variant]
        found.append(Drawn(unit.parts[name], item, variant))
    return tuple(found)


def _chosen(unit: Unit, places: dict[str, bytes]) -> list[str]:
    wanted = unit.lesson.release or len(unit.items)
    if wanted >= len(unit.items):
        return list(unit.items)
    by_objective: dict[str, list[str]] = defaultdict(list)
    for name in sorted(unit.items, key=places.__getitem__):
        by_objective[unit.items[name][0].objective].append(name)
    queues = [_mixed(names, unit) for _, names in sorted(by_objective.items())]
    # Each objective in its turn, so that none is left out; which comes first is drawn too.
    queues.sort(key=lambda queue: places[queue[0]])
    found: list[str] = []
    while len(found) < wanted:
        for queue in queues:
            if queue and len(found) < wanted:
                found.append(queue.pop(0))
    return found


def _mixed(names: Sequence[str], unit: Unit) -> list[str]:
    """Easy, middling and hard in turn, each in the order drawn."""
    levels: dict[int, list[str]] = defaultdict(list)
    for name in names:
        levels[unit.items[name][0].difficulty].append(name)
    turns = sorted((place, level, name) for level, queue in levels.items() for place, name in enumerate(queue))
    return [name for _, _, name in turns]


_ORDERED = {"single": "choices", "multiple": "choices", "classify": "cards", "match": "left", "table": "rows"}


def _shuffled(item: Item, seed: bytes) -> Item:
    """The item with its choices, cards or lines in this student's order."""
    name = _ORDERED.get(item.type)
    if name is None:
        return item

    def place(part: dict[str, Any]) -> bytes:
        return hashlib.sha256(seed + f"{item.id}/{part['id']}".encode()).digest()

    return replace(item, body=item.body | {name: sorted(item.body[name], key=place)})


# ---- what was released ------------------------------------------------------------------------------------------


def noted(path: Path, again: str, needs: Iterable[str] = ()) -> list[dict[str, Any]]:
    """What a file of the bank remembers of what was given out, oldest first; `again` is the command to make it anew.

    Entries that lack their unit, their release or what it `needs` besides are passed over. Raises LessonError for a
    file that is damaged.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return [each for each in found if {"unit", "release", *needs} <= set(each)]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError):
        damaged = _("{path} is damaged: restore it from a backup, or remove it and {command} again.")
        raise LessonError(damaged.format(path=path, command=again)) from None


def note(path: Path, entry: dict[str, Any], again: str, needs: Iterable[str] = ()) -> None:
    """Remembers what was given out; the same unit and release given out again takes its old place."""
    made = (entry["unit"], entry["release"])
    kept = [each for each in noted(path, again, needs) if (each["unit"], each["release"]) != made]
    write_whole(path, [(json.dumps([*kept, entry], ensure_ascii=False, indent=1) + "\n").encode()])


def releases(folder: Path | None = None) -> list[dict[str, Any]]:
    """What was released from a bank, oldest first."""
    return noted(bank_folder(folder) / RELEASES, "release")


def note_release(folder: Path, entry: dict[str, Any]) -> None:
    """Remembers a release."""
    note(folder / RELEASES, entry, "release")


def new_bank(target: Path, source: Path | None = None) -> list[str]:
    """A private bank that starts from the course's models. Raises LessonError when the folder is not empty."""
    origin = bank_folder(source)
    if target.exists() and any(target.iterdir()):
        raise LessonError(
            _("{folder} is not empty: name a new folder, so that nothing of yours is overwritten.").format(
                folder=target
            )
        )
    target.mkdir(parents=True, exist_ok=True)
    names = units(origin)
    for name in names:
        shutil.copyfile(origin / f"{name}.toml", target / f"{name}.toml")
    return names
