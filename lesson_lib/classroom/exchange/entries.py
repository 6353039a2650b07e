"""What is exported: each item, or each row of an item whose numbers are drawn, and what goes along with each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from lesson_lib.classroom.bank import Unit
from lesson_lib.classroom.exchange.markup import clean, esc, flow, inline, listed, paragraphs
from lesson_lib.know.errors import UnknownName
from lesson_lib.know.sources import source
from lesson_lib.think.questions import Item

UNIT = "Unit: "
"""Before the unit of a number, where it stands in the question."""


@dataclass(frozen=True)
class Entry:
    """One question of the export. `pool` is how many rows of its item go out; `name` is its own."""

    item: Item
    name: str
    part: str
    pool: int

    @property
    def points(self) -> float:
        return self.item.points


def entries(unit: Unit, variants: str = "all") -> list[Entry]:
    """Every question of a unit in the order of its parts; `variants` is "all" or "first"."""
    found = []
    for part in unit.lesson.quizzes:
        for name, rows in unit.items.items():
            if unit.parts[name] != part:
                continue
            chosen = rows[:1] if variants == "first" else rows
            for place, item in enumerate(chosen, start=1):
                label = name if len(chosen) == 1 else f"{name}-{place}"
                found.append(Entry(item, label, part, len(chosen)))
    return found


def pools(found: list[Entry]) -> Iterator[tuple[str, list[Entry]]]:
    """The questions part by part and item by item: the rows of one item together."""
    for _, each in groupby(found, key=lambda entry: (entry.part, entry.item.id)):
        rows = list(each)
        yield rows[0].part, rows


def path(unit: Unit, part: str, pool: str = "") -> list[str]:
    """The category of a question: unit, part, and for drawn numbers the item."""
    titles = [f"{unit.name}. {unit.title}", unit.lesson.quizzes[part].title, *([pool] if pool else [])]
    return [" ".join(clean(title).split()) for title in titles]


def tags(entry: Entry, told: str = "") -> list[str]:
    """What the formats have no field for, as tags. `told` is the type, where the format's own type does not say it."""
    item = entry.item
    found = [f"part:{entry.part}", f"objective:{item.objective}", f"difficulty:{item.difficulty}"]
    found += [f"source:{each}" for each in item.source_ids]
    return [*found, *(["opinion"] if item.opinion else []), *([f"type:{told}"] if told else [])]


def citations(item: Item) -> list[str]:
    """The item's sources as a reader would cite them; the bare name of one that is not in the registry."""
    found = []
    for each in item.source_ids:
        try:
            found.append(source(each).citation())
        except UnknownName:
            found.append(each)
    return found


def whys(item: Item) -> list[tuple[str, str]]:
    """The parts of an item and why each belongs where it does, in the order of the file."""
    names = {"match": "left", "classify": "cards", "order": "steps", "table": "rows"}
    if item.type not in names:
        return []
    texts = {part["id"]: part["text"] for part in item.body[names[item.type]]}
    order = item.key["steps"] if item.type == "order" else list(texts)
    return [(texts[part], item.key["whys"][part]) for part in order]


def solution(item: Item, *, parts: bool = True, rubric: bool = True) -> str:
    """What is shown when all is told: the explanation, that of each part, rubric and model, and the sources."""
    html = paragraphs(item.key["why"] or "")
    if parts and whys(item):
        html += '<dl class="parts">' + "".join(
            f"<dt>{inline(text)}</dt><dd>{flow(why)}</dd>" for text, why in whys(item)
        )  # fmt: skip
        html += "</dl>"
    if rubric and item.type == "text":
        html += rubric_html(item)
    if item.source_ids:
        html += f'<p class="sources">Sources: {esc("; ".join(citations(item)))}</p>'
    return html


def rubric_html(item: Item) -> str:
    """The points of a good answer, and the model."""
    model = item.key["model"]
    return listed("rubric", item.body["rubric"]) + (f'<div class="model">{flow(model)}</div>' if model else "")


def stem(item: Item, *, unit: bool = False) -> str:
    """The question as HTML, with the ends of an order, and the unit where the format has no field for it."""
    html = paragraphs(item.body["stem"])
    ends = [item.body.get(name, "") for name in ("first", "last")]
    if any(ends):
        html += '<ul class="ends">' + "".join(f"<li>{inline(text)}</li>" for text in ends) + "</ul>"
    if unit and item.body.get("unit"):
        html += f'<p class="unit">{UNIT}{inline(item.body["unit"])}</p>'
    return html


def cells(item: Item) -> list[tuple[str, str, list[str]]]:
    """Each cell that a table asks for: its row, its column, and the values that are right (ids)."""
    return [
        (row, column, item.key["cells"][row][column]) for row, columns in item.body["ask"].items() for column in columns
    ]


def texts(item: Item, name: str) -> dict[str, str]:
    """The text of each part by its id."""
    return {part["id"]: part["text"] for part in item.body[name]}


def number(value: float) -> str:
    """A number as every format reads it.

    >>> number(72.0), number(0.5), number(100 / 3)
    ('72', '0.5', '33.33333')
    """
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.7g}"


def exact(value: float) -> str:
    """A number of the key, as it is: nothing rounded, and no power of ten, which GIFT does not know.

    >>> exact(72), exact(0.1 + 0.2), exact(1e-7)
    ('72', '0.30000000000000004', '0.0000001')
    """
    return str(int(value)) if value == int(value) else format(Decimal(repr(float(value))), "f")
