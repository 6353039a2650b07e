"""Questions to and from other systems: what goes out is read back, what it loses is said, what comes in is harmless."""

from __future__ import annotations

import io
import json
import random
import re
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import bank as small
import pytest

from lesson_lib.classroom.bank import Unit, load_unit
from lesson_lib.classroom.exchange import KINDS, export_unit, import_bank
from lesson_lib.classroom.exchange.found import TODO
from lesson_lib.classroom.exchange.loss import LOSSES
from lesson_lib.classroom.exchange.markup import bare, clean, flow, paragraphs, read_html
from lesson_lib.know import catalogue
from lesson_lib.know.errors import DataError, LessonError, UnknownName
from lesson_lib.think import marking
from lesson_lib.think.questions import Item, read_lesson

MORE = """
[[items]]
quiz = "part-1"
id = "pairs"
type = "match"
objective = "read"
difficulty = 2
stem = "Match them."
source_ids = ["north-atlantic-treaty-1949"]
why = "SECRET-R"
decoys = ["Nobody"]
hints = ["Look twice.", "Look again."]
[[items.pairs]]
id = "left-one"
left = "One"
right = "Uno"
why = "SECRET-S"
[[items.pairs]]
id = "left-two"
left = "Two"
right = "Due"
why = "SECRET-T"

[[items]]
quiz = "part-2"
id = "grid"
type = "table"
objective = "read"
difficulty = 3
points = 3
stem = "Fill the cells."
source_ids = ["north-atlantic-treaty-1949"]
why = "SECRET-U"
columns = [{ id = "us", text = "US" }, { id = "uk", text = "UK" }]
values = [{ id = "yes", text = "Says yes" }, { id = "no", text = "Says no" }, { id = "silent", text = "Silent" }]
[[items.rows]]
id = "war"
text = "War"
cells = { us = ["yes", "silent"], uk = "no" }
why = "SECRET-V"
[[items.rows]]
id = "peace"
text = "Peace"
cells = { uk = "yes" }
why = "SECRET-W"

[[items]]
quiz = "part-2"
id = "far"
type = "numeric"
objective = "reckon"
difficulty = 1
stem = "How far?"
source_ids = ["north-atlantic-treaty-1949"]
answer = 12.5
tolerance = 0.25
unit = "km"
why = "SECRET-X"
[[items.near]]
value = 1250
tolerance = 1
why = "SECRET-Y"

[[items]]
quiz = "part-2"
id = "name-it"
type = "short"
objective = "reckon"
difficulty = 1
stem = "Name it."
source_ids = ["north-atlantic-treaty-1949"]
accepted = ["NATO", "North Atlantic Treaty Organisation"]
why = "SECRET-Z"
[[items.near]]
text = "OTAN"
why = "In French."
"""


def unit_of(folder: Path, text: str, name: str = "T") -> Unit:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return load_unit(name, folder)


@pytest.fixture
def unit(tmp_path: Path) -> Unit:
    return unit_of(tmp_path / "bank", small.SMALL + MORE)


def back(unit: Unit, kind: str, folder: Path, variants: str = "first") -> tuple[dict[str, Item], list[str]]:
    """The items of a unit after it went out and came in again."""
    text, losses = import_bank(export_unit(unit, kind, variants)[0], unit.name)
    path = folder / "back" / f"{unit.name}.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    lesson = read_lesson(path)
    return {item.id: item for quiz in lesson.quizzes.values() for item in quiz.items}, losses


def firsts(unit: Unit) -> dict[str, Item]:
    return {name: rows[0] for name, rows in unit.items.items()}


def seen(item: Item, kind: str) -> dict[str, Any]:
    """An item without the names of its parts, and without what the format does not hold."""
    body, key = item.body, item.key
    whys = {part: clean(why) for part, why in key["whys"].items()}
    found: dict[str, Any] = {
        "type": item.type, "objective": item.objective, "difficulty": item.difficulty, "opinion": item.opinion,
        "sources": item.source_ids, "stem": clean(body["stem"]), "points": item.points, "why": clean(key["why"]),
        "hints": [clean(hint) for hint in item.hints] if kind != "gift" else [],
    }  # fmt: skip

    def plain(text: str) -> str:
        # Once is enough on the way out; what came back may look like a mark again.
        while bare(text) != clean(text):
            text = bare(text)
        return " ".join(clean(text).split("\n"))

    def texts(name: str) -> dict[str, str]:
        return {part["id"]: clean(part["text"]) for part in body[name]}

    if item.type in ("single", "multiple"):
        right = key["right"] if isinstance(key["right"], list) else [key["right"]]
        found["choices"] = [(text, whys[name], name in right) for name, text in texts("choices").items()]
    elif item.type == "numeric":
        found["key"] = (key["value"], key["tolerance"], bare(body["unit"]))
        found["near"] = [(near["value"], near["tolerance"], clean(near["why"])) for near in key["near"]]
    elif item.type == "short":
        arrow = "→" if kind == "gift" else "->"
        found["key"] = [clean(text).replace("->", arrow) for text in key["accepted"]]
        found["near"] = [(clean(near["text"]).replace("->", arrow), clean(near["why"])) for near in key["near"]]
    elif item.type == "match":
        right_of = texts("right")
        found["pairs"] = [
            (text, plain(right_of[key["pairs"][name]]), whys[name]) for name, text in texts("left").items()
        ]
        found["right"] = sorted(map(plain, right_of.values()))
    elif item.type == "classify":
        bins = texts("bins")
        found["cards"] = [(text, plain(bins[key["bins"][name]]), whys[name]) for name, text in texts("cards").items()]
        found["bins"] = sorted(map(plain, bins.values()))
    elif item.type == "order":
        found["steps"] = [(texts("steps")[name], whys[name]) for name in key["steps"]]
        found["ends"] = (clean(body["first"]), clean(body["last"]))
    elif item.type == "text":
        found["rubric"], found["model"] = [clean(point) for point in body["rubric"]], clean(key["model"] or "")
        found["words"] = body["min_words"] if kind != "gift" else 0
    else:
        rows, columns, values = texts("rows"), texts("columns"), texts("values")
        found["cells"] = [
            (rows[row], whys[row], columns[column], [plain(values[value]) for value in key["cells"][row][column]])
            for row, asked in body["ask"].items()
            for column in asked
        ]
        if kind == "gift":
            # Columns come in the order in which the rows name them.
            found["cells"] = sorted((row, why, column, right[:1]) for row, why, column, right in found["cells"])
        else:
            found["values"] = [plain(text) for text in values.values()]
    return found


# ---- there and back ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["moodle-xml", "gift"])
def test_a_unit_comes_back_as_it_went(unit: Unit, kind: str, tmp_path: Path) -> None:
    found, losses = back(unit, kind, tmp_path)
    assert {name: seen(item, kind) for name, item in found.items()} == {
        name: seen(item, kind) for name, item in firsts(unit).items()
    }
    assert [line for line in losses if "TODO" in line or "Left out" in line] == []
    lesson = read_lesson(tmp_path / "back" / "T.toml")
    assert lesson.title == "A small unit"
    assert lesson.objectives == unit.lesson.objectives
    assert {name: quiz.title for name, quiz in lesson.quizzes.items()} == {
        "part-1": "First part",
        "part-2": "Second part",
    }


@pytest.mark.parametrize("kind", ["moodle-xml", "gift"])
@pytest.mark.parametrize("name", ["A", "B", "C", "D"])
def test_the_courses_own_banks_come_back(kind: str, name: str, tmp_path: Path) -> None:
    try:
        unit = load_unit(name)
    except UnknownName:
        pytest.skip("this bank is not there")
    found, _ = back(unit, kind, tmp_path)
    assert {name: seen(item, kind) for name, item in found.items()} == {
        name: seen(item, kind) for name, item in firsts(unit).items()
    }


@pytest.mark.parametrize("kind", ["moodle-xml", "gift"])
def test_every_row_of_drawn_numbers_is_a_question_in_a_category(unit: Unit, kind: str, tmp_path: Path) -> None:
    content = export_unit(unit, kind)[0].decode()
    assert content.count("A small unit/First part/years") == 1
    found, losses = back(unit, kind, tmp_path, "all")
    rows = unit.items["years"]
    assert [seen(found[f"years-{place}"], kind) for place in range(1, 5)] == [seen(row, kind) for row in rows]
    assert any(line.startswith("Drawn numbers: each row became a question") for line in losses)


NASTY = [
    '"quoted"', "{braces}", "{", "}", "~", "=", "#", ":", "\\", "\\n", "\\{", "]]>", "<script>alert(1)</script>",
    '<img src=x onerror="x()">', "&amp;", "&lt;b&gt;", "& co", "עברית \u202eevil\u202c", "😀🏳️‍🌈", "line\nend",
    "para\n\ngraph",
    "**bold**", "*slant*", "`code`", "**open", "a * b * c", "%50%", "%", "-> x", "####", "[html]", "[", "]", "::", "//",
    "$CATEGORY: x", "'", "\u2028", "\x01", "\x7f", "$x$", "<!--", "-->", "<![CDATA[", "{1:MULTICHOICE:=a}", "&#35;",
    "TRUE",
    "[tag:x]", "“…”", "日本語", "\t", "</p>", "[cell_1]", "1e5", "a  b",
]  # fmt: skip


def nasty(rng: random.Random, label: str) -> str:
    """A text nobody would write, with a word that makes it this one's own."""
    pieces = [rng.choice(NASTY) for _ in range(rng.randint(1, 4))]
    pieces.insert(rng.randint(0, len(pieces)), label)
    return rng.choice(["", " "]).join(pieces).strip() or label


def hostile_bank(seed: int) -> str:
    """A bank with each type of item, its texts of the worst kind."""
    rng = random.Random(seed)
    count = 0

    def text() -> str:
        nonlocal count
        count += 1
        return nasty(rng, f"w{count}")

    def quoted(value: object) -> str:
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")

    def fields(**told: object) -> str:
        return "".join(f"{name} = {quoted(value)}\n" for name, value in told.items())

    def item(name: str, kind: str, **more: object) -> str:
        head = fields(
            quiz="main", id=name, type=kind, objective="aim", difficulty=rng.randint(1, 3), stem=text(), why=text(),
            source_ids=["north-atlantic-treaty-1949"][: rng.randint(0, 1)],
            hints=[text() for _ in range(rng.randint(0, 3))], points=rng.choice([1, 2, 0.5]), **more,
        )  # fmt: skip
        return f"\n[[items]]\n{head}"

    def blocks(name: str, rows: list[dict[str, object]]) -> str:
        return "".join(f"[[items.{name}]]\n{fields(**row)}" for row in rows)

    def named(number: int, **more: object) -> dict[str, object]:
        return {"id": f"part{number}", "text": text(), "why": text(), **more}

    right = rng.randint(0, 3)
    some = [rng.random() < 0.5 for _ in range(4)]
    some[rng.randint(0, 3)] = True
    out = 'lesson = "T"\ntitle = "Hostile"\n[objectives]\naim = "Aim at *it*"\n[quizzes.main]\ntitle = "Main"\n'
    out += item("single", "single")
    out += blocks("choices", [named(n, right=True) if n == right else named(n) for n in range(4)])
    out += item("several", "multiple")
    out += blocks("choices", [named(n, right=True) if some[n] else named(n) for n in range(4)])
    out += item("opinion", "single", opinion=True) + blocks("choices", [named(n) for n in range(3)])
    out += item(
        "number",
        "numeric",
        answer=rng.choice([0.1, -7, 1e-6, 123456789.25]),
        tolerance=rng.choice([0, 0.5]),
        unit=text(),
    )
    out += blocks("near", [{"value": rng.uniform(-5, 5), "why": text()}])
    out += item("word", "short", accepted=[text(), text()]) + blocks("near", [{"text": text(), "why": text()}])
    out += item("essay", "text", rubric=[text(), text()], model=text(), min_words=rng.randint(0, 9))
    out += item("pairs", "match", decoys=[text()])
    out += blocks("pairs", [{"id": f"p{n}", "left": text(), "right": text(), "why": text()} for n in range(3)])
    out += item("sorting", "classify")
    out += blocks("bins", [{"id": f"bin{n}", "text": text()} for n in range(3)])
    out += blocks("cards", [named(n, bin=f"bin{rng.randint(0, 1)}") for n in range(3)])
    out += item("steps", "order", first=text(), last=text())
    out += blocks("steps", [{**named(n), "id": name} for n, name in enumerate(["mid", "zed", "abc", "kin"])])
    out += item("grid", "table")
    out += blocks("columns", [{"id": f"col{n}", "text": text()} for n in range(2)])
    out += blocks("values", [{"id": f"val{n}", "text": text()} for n in range(3)])
    for n in range(2):
        out += blocks("rows", [named(n)]) + f'cells = {{ col0 = "val{n}", col1 = ["val1", "val2"] }}\n'
    return out


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("kind", ["moodle-xml", "gift"])
def test_hostile_texts_come_back_unharmed(kind: str, seed: int, tmp_path: Path) -> None:
    unit = unit_of(tmp_path / "bank", hostile_bank(seed))
    found, losses = back(unit, kind, tmp_path)
    for name, item in firsts(unit).items():
        assert seen(found[name], kind) == seen(item, kind)
    assert [line for line in losses if "Left out" in line or "TODO" in line] == []


@pytest.mark.parametrize("seed", range(60))
def test_gift_stays_what_moodle_takes_it_for(seed: int, tmp_path: Path) -> None:
    """The signs by which Moodle tells the types apart, looked for as Moodle does it."""
    unit = unit_of(tmp_path / "bank", hostile_bank(seed))
    kinds = {"single": "~", "several": "~", "opinion": "~", "number": "#", "essay": ""}
    kinds |= {"word": "="} | dict.fromkeys(("pairs", "sorting", "steps", "grid"), "->")
    for block in export_unit(unit, "gift")[0].decode().split("\n\n")[2:]:
        lines = [line for line in block.split("\n") if not line.startswith("//")]
        # Two by two, so that an escaped backslash escapes nothing further.
        bare_text = re.sub(r"\\.", "", "\n".join(lines))
        assert (bare_text.count("{"), bare_text.count("}")) == (1, 1)
        name = bare_text.split("::")[1]
        inside = bare_text[bare_text.index("{") + 1 : bare_text.index("}")].rpartition("####")[0].strip()
        if inside.startswith("#") or not inside:
            found = inside[:1]
        else:
            found = next((sign for sign in ("~", "->", "=") if sign in inside), "")
        assert found == kinds[name], name
        assert ":" not in lines[0].split("::", 2)[2].replace("\\\\", "").replace("\\:", "")


@pytest.mark.parametrize("seed", range(200))
def test_markdown_goes_to_html_and_back(seed: int) -> None:
    text = nasty(random.Random(seed), "word")
    for html in (flow(text), paragraphs(text)):
        assert read_html(html).text == clean(text)
        ET.fromstring(f"<x>{html}</x>")


# ---- nothing live --------------------------------------------------------------------------------------------------

HARMLESS = {"p", "b", "i", "code", "br", "ul", "li", "dl", "dt", "dd", "div", "span", "table", "tr", "th", "td"}


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.names |= {name for name, _ in attrs}


def live(html: str) -> set[str]:
    tags = Tags()
    tags.feed(html)
    tags.close()
    return (tags.found - HARMLESS) | (tags.names - {"class"})


def members(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name).decode("utf-8") for name in package.namelist()}


@pytest.mark.parametrize("seed", range(20))
def test_no_markup_of_the_banks_is_live_anywhere(seed: int, tmp_path: Path) -> None:
    unit = unit_of(tmp_path / "bank", hostile_bank(seed))
    for node in ET.fromstring(export_unit(unit, "moodle-xml")[0]).iter():
        if node.attrib.get("format") == "html":
            text = node.findtext("text") or ""
            assert live(text) == set()
            # What stands inside an embedded answer is decoded once more.
            for cell in re.findall(r"\{1:MULTICHOICE:(.*?)\}", text):
                assert live(re.sub(r"&#(\d+);", lambda found: chr(int(found[1])), cell)) == set()
    for name, text in members(export_unit(unit, "qti21")[0]).items():
        for node in ET.fromstring(text).iter():
            if name.startswith("items/") and "}" in node.tag:
                assert node.tag.rpartition("}")[2] in HARMLESS | QTI_NAMES
    for text in members(export_unit(unit, "canvas")[0]).values():
        for node in ET.fromstring(text).iter():
            if node.attrib.get("texttype") == "text/html":
                assert live(node.text or "") == set()


# ---- what a mark is worth elsewhere --------------------------------------------------------------------------------

QTI_NAMES = {
    "assessmentItem", "responseDeclaration", "correctResponse", "value", "mapping", "mapEntry", "outcomeDeclaration",
    "defaultValue", "itemBody", "choiceInteraction", "simpleChoice", "textEntryInteraction", "extendedTextInteraction",
    "orderInteraction", "matchInteraction", "simpleMatchSet", "simpleAssociableChoice", "rubricBlock",
    "responseProcessing", "responseCondition", "responseIf", "responseElseIf", "setOutcomeValue", "mapResponse",
    "variable", "correct", "baseValue", "equal", "match", "index", "sum", "product", "divide", "stringMatch",
    "modalFeedback",
}  # fmt: skip
Q = "{http://www.imsglobal.org/xsd/imsqti_v2p1}"


class Delivered:
    """A QTI 2.1 item and as much of response processing as its author may use, written from the specification."""

    def __init__(self, text: str) -> None:
        self.root = ET.fromstring(text)
        self.declaration = self.root.find(f"{Q}responseDeclaration")
        assert self.declaration is not None
        self.outcomes: dict[str, Any] = {}

    def score(self, response: Any) -> float:
        self.outcomes = {"SCORE": 0.0, "RESPONSE": response}
        for rule in self.root.find(f"{Q}responseProcessing") or []:
            self._run(rule)
        return float(self.outcomes["SCORE"] or 0)

    def shown(self) -> set[str]:
        """The feedback that the outcomes make visible."""
        found = set()
        for each in self.root.iter(f"{Q}modalFeedback"):
            value = self.outcomes.get(each.attrib["outcomeIdentifier"])
            if each.attrib["identifier"] in (value if isinstance(value, list) else [value]):
                found.add("".join(each.itertext()))
        return found

    def _run(self, rule: ET.Element) -> None:
        if rule.tag == f"{Q}setOutcomeValue":
            self.outcomes[rule.attrib["identifier"]] = self._value(rule[0])
            return
        assert rule.tag == f"{Q}responseCondition"
        for branch in rule:
            if self._value(branch[0]):
                for inner in branch[1:]:
                    self._run(inner)
                return

    def _value(self, node: ET.Element) -> Any:
        name = node.tag.removeprefix(Q)
        if name == "variable":
            return self.outcomes.get(node.attrib["identifier"])
        if name == "correct":
            return self._typed(self.declaration.find(f"{Q}correctResponse")[0].text or "", self.declaration)
        if name == "baseValue":
            return self._typed(node.text or "", node)
        if name == "mapResponse":
            return self._mapped()
        if name == "sum":
            return sum(self._value(child) for child in node)
        if name == "index":
            held = self._value(node[0])
            return held[int(node.attrib["n"]) - 1] if held else None
        left, right = (self._value(child) for child in node)
        if left is None or right is None:
            return None
        if name in ("product", "divide"):
            return left * right if name == "product" else left / right
        if name == "match":
            return left == right
        if name == "stringMatch":
            assert node.attrib["caseSensitive"] == "false"
            return left.casefold() == right.casefold()
        assert name == "equal"
        off = float(node.attrib["tolerance"].split()[0]) if node.attrib["toleranceMode"] == "absolute" else 0
        return abs(left - right) <= off

    def _typed(self, text: str, node: ET.Element) -> Any:
        return float(text) if node.attrib["baseType"] == "float" else text

    def _mapped(self) -> float:
        mapping = self.declaration.find(f"{Q}mapping")
        response = self.outcomes["RESPONSE"]
        total = 0.0
        for each in response if isinstance(response, list) else [response]:
            fits = [
                float(row.attrib["mappedValue"])
                for row in mapping
                if row.attrib["mapKey"] == each
                or (
                    row.attrib.get("caseSensitive") == "false"
                    and row.attrib["mapKey"].casefold() == str(each).casefold()
                )
            ]
            total += fits[0] if fits else float(mapping.attrib["defaultValue"])
        return min(max(total, float(mapping.attrib["lowerBound"])), float(mapping.attrib["upperBound"]))


def answers_of(item: Item, rng: random.Random) -> Any:
    """Any answer a student might give."""
    body = item.body
    ids = {name: [part["id"] for part in value] for name, value in body.items() if _parts(value)}
    if item.type == "single":
        return rng.choice(ids["choices"])
    if item.type == "multiple":
        return [name for name in ids["choices"] if rng.random() < 0.5] or ids["choices"][:1]
    if item.type == "numeric":
        return rng.choice([item.key["value"] + sign * item.key["tolerance"] for sign in (-1.1, -1, 0, 1, 1.1)] + [1250])
    if item.type == "short":
        return rng.choice([item.key["accepted"][-1], item.key["accepted"][0].upper(), "OTAN", "nothing"])
    if item.type == "match":
        return {name: rng.choice(ids["right"]) for name in ids["left"]}
    if item.type == "classify":
        return {name: rng.choice(ids["bins"]) for name in ids["cards"]}
    if item.type == "order":
        return rng.sample(ids["steps"], len(ids["steps"]))
    return {row: {column: rng.choice(ids["values"]) for column in asked} for row, asked in body["ask"].items()}


def _parts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def expected(item: Item, answer: Any) -> float:
    """The course's own mark in points; for an order, by places."""
    if item.opinion:
        return item.points
    if item.type == "order":
        return item.points * sum(a == b for a, b in zip(answer, item.key["steps"], strict=True)) / len(answer)
    return item.points * marking.mark(item.body, item.key, answer).score


def as_qti(item: Item, answer: Any) -> Any:
    if item.type in ("single", "multiple", "order"):
        return [f"c-{each}" for each in answer] if isinstance(answer, list) else f"c-{answer}"
    if item.type in ("match", "classify"):
        return [f"s-{one} t-{other}" for one, other in answer.items()]
    if item.type == "table":
        return [f"s-{row}.{column} t-{value}" for row, cells in answer.items() for column, value in cells.items()]
    return answer


def test_qti_21_gives_the_same_points(unit: Unit) -> None:
    files = members(export_unit(unit, "qti21", "first")[0])
    rng = random.Random(11)
    for name, item in firsts(unit).items():
        delivered = Delivered(files[f"items/{name}.xml"])
        if item.type == "text":
            continue
        for _ in range(60):
            answer = answers_of(item, rng)
            assert delivered.score(as_qti(item, answer)) == pytest.approx(expected(item, answer)), (name, answer)
            shown = delivered.shown()
            if item.type in ("single", "multiple"):
                picked = answer if isinstance(answer, list) else [answer]
                for choice, why in item.key["whys"].items():
                    assert (why in shown) == (choice in picked)
            assert not item.key["why"] or any(text.startswith(item.key["why"]) for text in shown)
        assert delivered.score(None) == 0 or item.opinion
    far = Delivered(files["items/far.xml"])
    far.score(1250.5)
    assert "SECRET-Y" in far.shown()
    word = Delivered(files["items/name-it.xml"])
    word.score("otan")
    assert "In French." in word.shown()


C = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"


def canvas_items(unit: Unit, variants: str = "first") -> dict[str, ET.Element]:
    files = members(export_unit(unit, "canvas", variants)[0])
    root = ET.fromstring(files["guarantees-unit-T/guarantees-unit-T.xml"])
    return {item.attrib["title"]: item for item in root.iter(f"{C}item")}


def canvas_meta(item: ET.Element) -> dict[str, str]:
    return {
        field.findtext(f"{C}fieldlabel") or "": field.findtext(f"{C}fieldentry") or ""
        for field in item.iter(f"{C}qtimetadatafield")
    }


def canvas_holds(node: ET.Element, given: dict[str, list[Any]]) -> bool:
    name = node.tag.removeprefix(C)
    if name == "conditionvar":
        return any(canvas_holds(child, given) for child in node)
    if name in ("and", "or"):
        return (all if name == "and" else any)(canvas_holds(child, given) for child in node)
    if name == "not":
        return not canvas_holds(node[0], given)
    if name == "other":
        return False
    values = given.get(node.attrib["respident"], [])
    if name == "varequal":
        return any(str(value).casefold() == (node.text or "").casefold() or value == node.text for value in values)
    limit = float(node.text or "")
    return any(value >= limit if name == "vargte" else value <= limit for value in values)


def canvas_score(item: ET.Element, given: dict[str, list[Any]]) -> float:
    total = 0.0
    for rule in item.iter(f"{C}respcondition"):
        setvar, asked = rule.find(f"{C}setvar"), rule.find(f"{C}conditionvar")
        assert asked is not None
        if setvar is not None and canvas_holds(asked, given):
            value = float(setvar.text or 0)
            if setvar.attrib["action"] == "Set":
                return value
            total += value
    return total


def as_canvas(item: Item, answer: Any) -> dict[str, list[Any]]:
    if item.type in ("single", "multiple"):
        return {"response1": [f"c-{each}" for each in (answer if isinstance(answer, list) else [answer])]}
    if item.type in ("match", "classify"):
        offered = [part["id"] for part in item.body["right" if item.type == "match" else "bins"]]
        return {f"response_c-{one}": [f"t-{offered.index(other) + 1}"] for one, other in answer.items()}
    if item.type == "order":
        return {f"response_c-{step}": [f"t-{place}"] for place, step in enumerate(answer, start=1)}
    if item.type == "table":
        cells = [value for row in item.body["ask"] for value in answer[row].values()]
        return {f"response_cell_{place}": [f"cell_{place}-v-{value}"] for place, value in enumerate(cells, start=1)}
    return {"response1": [answer]}


CANVAS_TYPES = {
    "single": "multiple_choice_question", "multiple": "multiple_answers_question", "numeric": "numerical_question",
    "match": "matching_question", "classify": "matching_question", "order": "matching_question",
    "short": "short_answer_question", "text": "essay_question", "table": "multiple_dropdowns_question",
}  # fmt: skip


def test_canvas_gives_the_same_points(unit: Unit) -> None:
    items, rng = canvas_items(unit), random.Random(12)
    assert list(items) == [name for part in unit.lesson.quizzes for name in unit.items if unit.parts[name] == part]
    for name, item in firsts(unit).items():
        meta = canvas_meta(items[name])
        assert meta["question_type"] == CANVAS_TYPES[item.type]
        assert float(meta["points_possible"]) == item.points
        if item.type == "text":
            continue
        for _ in range(60):
            answer = answers_of(item, rng)
            # Of several picks Canvas reckons the share itself: only all right earns the whole.
            full = expected(item, answer) == item.points
            score = canvas_score(items[name], as_canvas(item, answer)) / 100 * item.points
            points = (item.points if full else 0) if item.type == "multiple" else expected(item, answer)
            assert score == pytest.approx(points, abs=0.01 * item.points), (name, answer)


def test_every_feedback_of_canvas_is_there_and_shown(unit: Unit) -> None:
    for name, item in canvas_items(unit).items():
        linked = {each.attrib["linkrefid"] for each in item.iter(f"{C}displayfeedback")}
        assert linked == {each.attrib["ident"] for each in item.iter(f"{C}itemfeedback")}, name
    texts = {each.text for each in canvas_items(unit)["pairs"].iter(f"{C}mattext")}
    assert {"SECRET-S", "SECRET-T"} <= texts


@pytest.mark.parametrize("name", ["T", "A", "B", "C", "D"])
def test_canvas_tells_sides_and_feedbacks_apart(name: str, unit: Unit) -> None:
    """As its importer does: sides by the first number in their names, some feedbacks by words in theirs."""
    unit = unit if name == "T" else load_unit(name)
    files = members(export_unit(unit, "canvas")[0])
    for item in ET.fromstring(files[f"guarantees-unit-{name}/guarantees-unit-{name}.xml"]).iter(f"{C}item"):
        for each in item.iter(f"{C}itemfeedback"):
            ident = each.attrib["ident"]
            special = re.search("wrong|incorrect|_IC$|correct|_C$|solution|general_|_all", ident, re.IGNORECASE)
            assert special is None or ident == "general_fb"
        if canvas_meta(item)["question_type"] == "matching_question":
            sides = {each.attrib["ident"] for each in item.iter(f"{C}response_label")}
            found = [re.search(r"\d+", side) for side in sides]
            assert len({side[0] for side in found if side}) == len(sides)


def test_limits_in_canvas_are_not_blurred_by_binary_sums(tmp_path: Path) -> None:
    text = (small.SMALL + MORE).replace("answer = 12.5\ntolerance = 0.25", "answer = 0.1\ntolerance = 0.2")
    far = canvas_items(unit_of(tmp_path / "bank", text))["far"]
    assert (far.findtext(f".//{C}vargte"), far.findtext(f".//{C}varlte")) == ("-0.1", "0.3")


def test_moodle_is_given_the_rule_of_an_order_by_name(unit: Unit) -> None:
    rules = {node.text for node in ET.fromstring(export_unit(unit, "moodle-xml")[0]).iter("gradingtype")}
    assert rules == {"RELATIVE_ALL_PREVIOUS_AND_NEXT"}


def test_hints_that_moodle_does_not_read_are_told() -> None:
    assert any(line.startswith("Hints of written answers") for line in export_unit(load_unit("A"), "moodle-xml")[1])


@pytest.mark.parametrize("name", ["A", "B", "C", "D"])
def test_the_key_earns_the_full_mark_in_qti_21_to_the_last_digit(name: str) -> None:
    files = members(export_unit(load_unit(name), "qti21", "first")[0])
    for path, text in files.items():
        if not path.startswith("items/"):
            continue
        delivered = Delivered(text)
        declared = delivered.declaration
        right = [value.text or "" for value in declared.findall(f"{Q}correctResponse/{Q}value")]
        if right:
            given: Any = right if declared.attrib["cardinality"] != "single" else delivered._typed(right[0], declared)
            most = delivered.root.findtext(f"{Q}outcomeDeclaration[@identifier='MAXSCORE']/{Q}defaultValue/{Q}value")
            assert delivered.score(given) == float(most or 0), path


def test_moodle_gives_the_same_points(unit: Unit) -> None:
    root = ET.fromstring(export_unit(unit, "moodle-xml", "first")[0])
    found = {node.findtext("idnumber"): node for node in root.iter("question")}
    rng = random.Random(13)
    for name in ("one", "several", "view"):
        item, node = firsts(unit)[name], found[name]
        assert float(node.findtext("defaultgrade") or 0) == item.points
        shares = [float(answer.attrib["fraction"]) for answer in node.iter("answer")]
        by_id = dict(zip([choice["id"] for choice in item.body["choices"]], shares, strict=True))
        for _ in range(40):
            answer = answers_of(item, rng)
            picked = answer if isinstance(answer, list) else [answer]
            share = min(1, max(0, sum(by_id[each] for each in picked) / 100))
            assert share * item.points == pytest.approx(expected(item, answer))
    # Each cell is a menu of one point; every value that is right earns it.
    stem = found["grid"].findtext("questiontext/text") or ""
    assert stem.count("{1:MULTICHOICE:") == 3
    assert stem.count("%100%") == 4


def test_moodle_allows_the_shares_of_several_choices(tmp_path: Path) -> None:
    # The shares that Moodle knows; any other is refused at its import.
    known = {
        100,
        90,
        83.33333,
        80,
        75,
        70,
        66.66667,
        60,
        50,
        40,
        33.33333,
        30,
        25,
        20,
        16.66667,
        14.28571,
        12.5,
        11.11111,
        10,
        5,
    }
    for count in range(1, 13):
        text = 'lesson = "T"\ntitle = "t"\n[objectives]\naim = "a"\n[quizzes.main]\ntitle = "m"\n'
        text += '[[items]]\nquiz = "main"\nid = "many"\ntype = "multiple"\nobjective = "aim"\n'
        text += 'difficulty = 1\nstem = "s"\nsource_ids = []\n'
        for place in range(count + 2):
            right = "right = true\n" if place < count else ""
            text += f'[[items.choices]]\nid = "cc{place}"\ntext = "t{place}"\nwhy = "w"\n{right}'
        unit = unit_of(tmp_path / str(count), text)
        content, losses = export_unit(unit, "moodle-xml")
        shares = {abs(float(node.attrib["fraction"])) for node in ET.fromstring(content).iter("answer")}
        assert shares <= known
        assert any("More than 10" in line for line in losses) == (count > 10)


# ---- packages ------------------------------------------------------------------------------------------------------


def test_the_qti_21_package_holds_what_its_manifest_names(unit: Unit) -> None:
    files = members(export_unit(unit, "qti21")[0])
    cp = "{http://www.imsglobal.org/xsd/imscp_v1p1}"
    manifest = ET.fromstring(files["imsmanifest.xml"])
    resources = {node.attrib["identifier"]: node for node in manifest.iter(f"{cp}resource")}
    assert {node.attrib["href"] for node in manifest.iter(f"{cp}file")} == set(files) - {"imsmanifest.xml"}
    assert {node.attrib["identifierref"] for node in manifest.iter(f"{cp}dependency")} == set(resources) - {"unit-T"}
    assert {node.attrib["type"] for node in resources.values()} == {"imsqti_test_xmlv2p1", "imsqti_item_xmlv2p1"}
    assert "Read a clause" in files["imsmanifest.xml"]
    assert "difficulty 2 of 3" in files["imsmanifest.xml"]
    test = ET.fromstring(files["test.xml"])
    refs = {node.attrib["identifier"]: node.attrib["href"] for node in test.iter(f"{Q}assessmentItemRef")}
    assert {f"i-{name}" for name in ("one", "years-1", "years-4")} < set(refs)
    for name, href in refs.items():
        assert ET.fromstring(files[href]).attrib["identifier"] == name
    pools = [node for node in test.iter(f"{Q}assessmentSection") if node.find(f"{Q}selection") is not None]
    assert [(pool.attrib["identifier"], len(pool) - 1) for pool in pools] == [("pool-years", 4)]


ORDER = ["responseDeclaration", "outcomeDeclaration", "itemBody", "responseProcessing", "modalFeedback"]

INLINE = "b|i|code|br"
BLOCK = "p|ul|dl|div"
FLOW = f"({INLINE}|{BLOCK})*"
VALUE = "(variable|correct|baseValue|mapResponse|sum|product|divide|index|testVariables)"
LOGIC = "(equal|match|stringMatch)"
ACTIONS = "(responseCondition|setOutcomeValue)*"
# What an element may hold, in this order, and its attributes: those it must have, then those it may have.
RULES: dict[str, tuple[str, str, str]] = {
    "assessmentItem": (
        "(responseDeclaration)*(outcomeDeclaration)*(itemBody)?(responseProcessing)?(modalFeedback)*",
        "identifier title timeDependent", "adaptive"),
    "assessmentTest": ("(outcomeDeclaration)*(testPart)+(outcomeProcessing)?", "identifier title", ""),
    "testPart": ("(assessmentSection)+", "identifier navigationMode submissionMode", ""),
    "assessmentSection": ("(selection)?(assessmentItemRef|assessmentSection)*", "identifier title visible", ""),
    "selection": ("", "select", ""), "assessmentItemRef": ("", "identifier href", ""),
    "outcomeProcessing": ("(setOutcomeValue)*", "", ""),
    "responseDeclaration": ("(correctResponse)?(mapping)?", "identifier cardinality", "baseType"),
    "outcomeDeclaration": ("(defaultValue)?", "identifier cardinality", "baseType normalMaximum normalMinimum"),
    "correctResponse": ("(value)+", "", ""), "defaultValue": ("(value)+", "", ""), "value": ("", "", ""),
    "mapping": ("(mapEntry)+", "", "lowerBound upperBound defaultValue"),
    "mapEntry": ("", "mapKey mappedValue", "caseSensitive"),
    "itemBody": (
        f"({BLOCK}|choiceInteraction|orderInteraction|matchInteraction|extendedTextInteraction|rubricBlock)*", "", ""),
    "rubricBlock": (FLOW, "view", ""),
    "choiceInteraction": ("(simpleChoice)+", "responseIdentifier", "shuffle maxChoices"),
    "orderInteraction": ("(simpleChoice)+", "responseIdentifier", "shuffle"),
    "matchInteraction": ("(simpleMatchSet){2}", "responseIdentifier", "shuffle maxAssociations"),
    "simpleMatchSet": ("(simpleAssociableChoice)*", "", ""),
    "simpleChoice": (FLOW, "identifier", ""), "simpleAssociableChoice": (FLOW, "identifier matchMax", ""),
    "textEntryInteraction": ("", "responseIdentifier", "expectedLength"),
    "extendedTextInteraction": ("", "responseIdentifier", "expectedLines"),
    "responseProcessing": (ACTIONS, "", ""), "responseCondition": ("(responseIf)(responseElseIf)*", "", ""),
    "responseIf": (LOGIC + ACTIONS, "", ""), "responseElseIf": (LOGIC + ACTIONS, "", ""),
    "setOutcomeValue": (VALUE, "identifier", ""), "variable": ("", "identifier", ""),
    "correct": ("", "identifier", ""), "mapResponse": ("", "identifier", ""), "baseValue": ("", "baseType", ""),
    "sum": (VALUE + "+", "", ""), "product": (VALUE + "+", "", ""), "divide": (VALUE + "{2}", "", ""),
    "index": (VALUE, "n", ""), "testVariables": ("", "variableIdentifier", ""),
    "equal": (VALUE + "{2}", "", "toleranceMode tolerance"), "match": (VALUE + "{2}", "", ""),
    "stringMatch": (VALUE + "{2}", "caseSensitive", ""),
    "modalFeedback": (FLOW, "outcomeIdentifier identifier showHide", ""),
    "p": (f"({INLINE}|textEntryInteraction)*", "", "class"), "div": (FLOW, "", "class"), "ul": ("(li)*", "", "class"),
    "li": (FLOW, "", ""), "dl": ("(dt|dd)*", "", "class"), "dt": (f"({INLINE})*", "", ""), "dd": (FLOW, "", ""),
    "b": (f"({INLINE})*", "", ""), "i": (f"({INLINE})*", "", ""), "code": (f"({INLINE})*", "", ""), "br": ("", "", ""),
}  # fmt: skip
MIXED = {"value", "baseValue", "rubricBlock", "simpleChoice", "simpleAssociableChoice", "modalFeedback"}
MIXED |= {"p", "div", "li", "dt", "dd", "b", "i", "code"}
ENUMERATED = {
    "baseType": "identifier|float|string|directedPair", "cardinality": "single|multiple|ordered", "showHide": "show",
    "view": "scorer|tutor", "toleranceMode": "exact|absolute", "navigationMode": "nonlinear|linear",
    "submissionMode": "individual|simultaneous", "shuffle": "true|false", "adaptive": "true|false",
    "timeDependent": "true|false", "caseSensitive": "true|false", "visible": "true|false",
    "matchMax": r"\d+", "maxChoices": r"\d+", "maxAssociations": r"\d+", "select": r"\d+",
    "identifier": r"[A-Za-z_][\w.-]*",
}  # fmt: skip


@pytest.mark.parametrize("name", ["0", "1", "2", "A", "B", "C", "D"])
def test_qti_21_keeps_the_rules_of_its_schema(name: str, tmp_path: Path) -> None:
    """Order of children, attributes and their values as in imsqti_v2p1p1.xsd, for every element that is written."""
    unit = unit_of(tmp_path / "bank", hostile_bank(int(name))) if name.isdigit() else load_unit(name)
    for path, text in members(export_unit(unit, "qti21")[0]).items():
        if path == "imsmanifest.xml":
            continue
        for node in ET.fromstring(text).iter():
            tag = node.tag.removeprefix(Q)
            content, must, may = RULES[tag]
            held = "".join(f"<{child.tag.removeprefix(Q)}>" for child in node)
            model = re.sub(r"[A-Za-z]+", lambda found: f"<{found[0]}>", content)
            assert re.fullmatch(model, held), (path, tag, held)
            has = {each for each in node.attrib if not each.startswith("{")}
            assert set(must.split()) <= has <= set(f"{must} {may}".split()), (path, tag, has)
            for each in has & set(ENUMERATED):
                assert re.fullmatch(ENUMERATED[each], node.attrib[each]), (path, tag, each)
            texts = [node.text, *(child.tail for child in node)]
            assert tag in MIXED or not any((each or "").strip() for each in texts), (path, tag)


@pytest.mark.parametrize("seed", range(10))
def test_qti_21_items_are_built_as_the_specification_says(seed: int, tmp_path: Path) -> None:
    unit = unit_of(tmp_path / "bank", hostile_bank(seed))
    for name, text in members(export_unit(unit, "qti21")[0]).items():
        if not name.startswith("items/"):
            continue
        root = ET.fromstring(text)
        order = [ORDER.index(child.tag.removeprefix(Q)) for child in root]
        assert order == sorted(order)
        offered = [
            each.attrib["identifier"]
            for each in root.iter()
            if each.tag in (f"{Q}simpleChoice", f"{Q}simpleAssociableChoice")
        ]
        assert len(offered) == len(set(offered))
        assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", each) for each in offered)
        declared = root.find(f"{Q}responseDeclaration")
        assert declared is not None
        if declared.attrib["baseType"] in ("identifier", "directedPair"):
            keys = [row.attrib["mapKey"] for row in declared.iter(f"{Q}mapEntry")]
            keys += [value.text or "" for value in declared.iter(f"{Q}value")]
            assert {part for key in keys for part in key.split()} <= set(offered)
        told = {each.attrib["identifier"] for each in root.iter(f"{Q}outcomeDeclaration")}
        assert {each.attrib["identifier"] for each in root.iter(f"{Q}setOutcomeValue")} <= told
        assert {each.attrib["outcomeIdentifier"] for each in root.iter(f"{Q}modalFeedback")} <= told
        # Text directly in the body would not be valid: there are blocks only.
        body = root.find(f"{Q}itemBody")
        assert body is not None
        assert not any((child.tail or "").strip() for child in body)


def test_the_canvas_package_has_its_three_files_and_draws_from_a_pool(unit: Unit) -> None:
    files = members(export_unit(unit, "canvas")[0])
    name = "guarantees-unit-T"
    assert list(files) == ["imsmanifest.xml", f"{name}/{name}.xml", f"{name}/assessment_meta.xml"]
    manifest = ET.fromstring(files["imsmanifest.xml"])
    assert {node.attrib["href"] for node in manifest.iter() if node.tag.endswith("}file")} == set(files) - {
        "imsmanifest.xml"
    }
    meta = ET.fromstring(files[f"{name}/assessment_meta.xml"])
    canvas = "{http://canvas.instructure.com/xsd/cccv1p0}"
    assert meta.tag == f"{canvas}quiz"
    assert meta.findtext(f"{canvas}title") == "T. A small unit"
    assert float(meta.findtext(f"{canvas}points_possible") or 0) == sum(item.points for item in firsts(unit).values())
    root = ET.fromstring(files[f"{name}/{name}.xml"])
    pool = next(node for node in root.iter(f"{C}section") if node.attrib["ident"] == "pool-years")
    assert pool.findtext(f"{C}selection_ordering/{C}selection/{C}selection_number") == "1"
    assert len(pool.findall(f"{C}item")) == 4
    idents = [node.attrib["ident"] for node in root.iter(f"{C}item")]
    assert len(idents) == len(set(idents)) == 15


@pytest.mark.parametrize("kind", KINDS)
def test_same_unit_same_bytes(unit: Unit, kind: str) -> None:
    content = export_unit(unit, kind)[0]
    assert content == export_unit(unit, kind)[0]
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            assert {member.date_time for member in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_the_same_whatever_language_the_teacher_reads(kind: str) -> None:
    model = load_unit("A")
    english = export_unit(model, kind)[0]
    catalogue.speak("uk")
    try:
        assert export_unit(model, kind)[0] == english
        assert catalogue.current() == "uk"
    finally:
        catalogue.speak("en")


# ---- what is lost --------------------------------------------------------------------------------------------------


def test_the_list_says_what_is_lost_and_how_often(unit: Unit) -> None:
    gift = export_unit(unit, "gift")[1]
    assert "Hints: left out: 2 questions." in gift
    assert "Cells where more than one value is right: only the first counts: 1 question." in gift
    assert "Points: a tag only; set them in the quiz: 3 questions." in gift
    moodle = export_unit(unit, "moodle-xml")[1]
    assert not any(line.startswith("Hints") for line in moodle)
    assert any(line.startswith("Drawn numbers: a category for each") and "1 question" in line for line in moodle)
    assert any("6 of 12 questions" in line for line in moodle)
    assert "Drawn numbers: only the first row goes along: 1 question." in export_unit(unit, "canvas", "first")[1]
    for kind in KINDS:
        lines = export_unit(unit, kind)[1]
        assert len(lines) == len(set(lines))
        assert all("\n" not in line and line.endswith(".") for line in lines)


def test_nothing_is_said_of_what_is_not_there(tmp_path: Path) -> None:
    text = small.SMALL[: small.SMALL.index("[[items]]", small.SMALL.index("[[items]]") + 1)]
    text = text.replace("items = 6", "items = 1").replace('[quizzes.part-2]\ntitle = "Second part"\n', "")
    unit = unit_of(tmp_path / "bank", text)
    said = "\n".join(line for kind in KINDS for line in export_unit(unit, kind)[1])
    for word in ("Table", "Order", "Rubric", "Unit:", "Classify", "Drawn", "Opinion", "Points"):
        assert word not in said


def test_every_loss_can_be_met(tmp_path: Path) -> None:
    items = [item for seed in range(3) for item in firsts(unit_of(tmp_path / str(seed), hostile_bank(seed))).values()]
    many = replace(items[1], key=items[1].key | {"right": list("abcdefghijk")})
    arrow = next(item for item in items if item.type == "short")
    arrow = replace(arrow, key=arrow.key | {"accepted": ["a->b"]})
    for loss in LOSSES:
        assert any(loss.touches(item) for item in [*items, many, arrow]), loss.told


def test_a_format_that_does_not_exist_is_told_from_those_that_do(unit: Unit) -> None:
    with pytest.raises(UnknownName, match="moodle-xml"):
        export_unit(unit, "moodle")
    with pytest.raises(UnknownName, match="first"):
        export_unit(unit, "gift", "some")


# ---- what others wrote -----------------------------------------------------------------------------------------------

GIFT = r"""
// from the documentation of the format
$CATEGORY: $course$/top/Tombs // and graves

::Grant's tomb:: Who is buried in Grant's tomb?{
  =no one # right
  ~Grant # he is entombed
  ~Jefferson
}

Grant was {~buried =entombed ~living} in Grant's tomb.

::Q3:: Grant is buried in Grant's tomb.{FALSE#No: entombed.#Yes, entombed.}

Who wrote it?{=Paul =%50%Shew#Half. =%0%Nobody}

When was Grant born?{#=1822:0 =%50%1822:2}

What is pi?{#3.141..3.142 #about}

Two of them?{
  ~%50%One
  ~%50%Two
  ~%-100%Three
  ####All told.
}

Match.{ =Canada -> Ottawa =Italy -> Rome =Japan -> Tokyo }

Write an essay.{}

Only a description, nothing asked.

::braces:: The set \{1, 2\} has \~ two \= elements?{=yes\: two ~no}
"""


def test_gift_that_others_wrote_is_read(tmp_path: Path) -> None:
    text, losses = import_bank(GIFT.encode(), "G")
    (tmp_path / "G.toml").write_text(text, encoding="utf-8")
    lesson = read_lesson(tmp_path / "G.toml")
    items = {item.body["stem"]: item for quiz in lesson.quizzes.values() for item in quiz.items}
    tomb = items["Who is buried in Grant's tomb?"]
    assert (tomb.id, tomb.key["right"]) == ("grant-s-tomb", "no-one")
    assert tomb.key["whys"] == {"no-one": "right", "grant": "he is entombed", "jefferson": TODO}
    assert items["Grant was _____ in Grant's tomb."].key["right"] == "entombed"
    false = items["Grant is buried in Grant's tomb."]
    assert false.key["right"] == "false"
    assert false.key["whys"] == {"true": "No: entombed.", "false": "Yes, entombed."}
    word = items["Who wrote it?"].key
    assert word["accepted"] == ["Paul"]
    assert [(near["text"], near["why"]) for near in word["near"]] == [("Shew", "Half."), ("Nobody", TODO)]
    born = items["When was Grant born?"].key
    assert (born["value"], born["tolerance"], born["near"][0]["tolerance"]) == (1822, 0, 2)
    pi = items["What is pi?"].key
    assert (pi["value"], pi["tolerance"]) == (pytest.approx(3.1415), pytest.approx(0.0005))
    two = items["Two of them?"].key
    assert (two["right"], two["why"]) == (["one", "two"], "All told.")
    assert items["Match."].key["pairs"] == {"canada": "ottawa", "italy": "rome", "japan": "tokyo"}
    assert items["Write an essay."].type == "text"
    assert items["The set {1, 2} has ~ two = elements?"].body["choices"][0]["text"] == "yes: two"
    assert [quiz.title for quiz in lesson.quizzes.values()] == ["Tombs / and graves"]
    said = "\n".join(losses)
    for line in (
        "True or false became a choice of two: 1 question",
        "Half-right answers became foreseen slips: 2 questions",
        "Shares of its own",
        "No rubric in the file",
        "no question of the type description: 1 question (line 32)",
        "No objective in the file; “imported” stands in its place: 10 questions",
        f"No explanation in the file; “{TODO}”",
        "No sources in the file",
    ):
        assert line in said, line


MOODLE = """<?xml version="1.0" encoding="UTF-8"?>
<quiz>
<question type="category"><category><text>$course$/Default for Rome</text></category></question>
<question type="multichoice"><name><text>Capital</text></name>
<questiontext format="html"><text><![CDATA[<p>Capital of <em>Italy</em>?&nbsp;</p><script>x()</script>
<p><img src="@@PLUGINFILE@@/map.png" alt="map"> See <a href="https://example.org">here</a>.</p>]]></text></questiontext>
<generalfeedback format="html"><text></text></generalfeedback>
<defaultgrade>2.0000000</defaultgrade><penalty>0.3333333</penalty><single>true</single>
<answer fraction="100" format="html"><text><![CDATA[<p>Rome</p>]]></text>
<feedback format="html"><text>Yes &lt;b&gt;indeed&lt;/b&gt;.</text></feedback></answer>
<answer fraction="0" format="html"><text><![CDATA[<p>Milan</p>]]></text>
<feedback format="html"><text></text></feedback></answer>
<hint format="html"><text>It was not built in a day.</text></hint>
</question>
<question type="truefalse"><name><text>TF</text></name><questiontext format="moodle_auto_format"><text>Is it old?
Really?</text></questiontext><answer fraction="100"><text>true</text><feedback><text>Yes.</text></feedback></answer>
<answer fraction="0"><text>false</text><feedback><text>No.</text></feedback></answer></question>
<question type="calculated"><name><text>Calc</text></name>
<questiontext format="html"><text>{a}+{b}?</text></questiontext></question>
<question type="shortanswer"><name><text>Star</text></name><questiontext format="html"><text>Any?</text></questiontext>
<answer fraction="100"><text>A \\* star</text></answer><answer fraction="100"><text>fore*</text></answer></question>
<question type="cloze"><name><text>Gap</text></name>
<questiontext format="html"><text>{1:SHORTANSWER:=x}</text></questiontext></question>
</quiz>
"""


def test_moodle_xml_that_others_wrote_is_read(tmp_path: Path) -> None:
    text, losses = import_bank(MOODLE.encode(), "M")
    (tmp_path / "M.toml").write_text(text, encoding="utf-8")
    lesson = read_lesson(tmp_path / "M.toml")
    items = {item.id: item for quiz in lesson.quizzes.values() for item in quiz.items}
    assert list(items) == ["capital", "tf", "star"]
    capital = items["capital"]
    assert capital.body["stem"] == "Capital of *Italy*?\n\nSee here."
    assert (capital.points, capital.hints) == (2, ("It was not built in a day.",))
    assert capital.key["whys"] == {"rome": "Yes **indeed**.", "milan": TODO}
    assert items["tf"].body["stem"] == "Is it old?\nReally?"
    assert items["star"].key["accepted"] == ["A * star"]
    assert [quiz.title for quiz in lesson.quizzes.values()] == ["Default for Rome"]
    said = "\n".join(losses)
    for line in (
        "The text lost its pictures: 1 question (capital)",
        "The text lost its links: 1 question (capital)",
        "The text lost its scripts: 1 question (capital)",
        "the course has no question of the type calculated: 1 question (line 18)",
        "Answers with a star for any text: 1 question (star)",
        "embedded answers can be read in a table only",
    ):
        assert line in said, line


def test_two_questions_of_one_name_and_two_choices_of_one_text_are_kept_apart(tmp_path: Path) -> None:
    text, _ = import_bank(b"::class:: One?{=a b ~a b ~c d}\n\n::class:: Two?{=1 ~2}\n\n::12:: Three?{=x y ~z}", "G")
    (tmp_path / "G.toml").write_text(text, encoding="utf-8")
    items = [item for quiz in read_lesson(tmp_path / "G.toml").quizzes.values() for item in quiz.items]
    assert [item.id for item in items] == ["q-class", "q-class-2", "q-12"]
    assert len({choice["id"] for choice in items[0].body["choices"]}) == 3


# ---- bad files -------------------------------------------------------------------------------------------------------


def bomb() -> bytes:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x"}">' for n in range(9))
    return f'<?xml version="1.0"?>\n<!DOCTYPE quiz [{entities}]><quiz>&e8;</quiz>'.encode()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (bomb(), r"line 2: has a DOCTYPE, which could hide entities: remove that line"),
        (b'<!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>', "line 1: has a DOCTYPE"),
        (b"<quiz>\n<question>\n</quiz>", r"line 3: is no XML that can be read \(mismatched tag\)"),
        (b"<quiz>&nbsp;</quiz>", "undefined entity"),
        (b"<quiz>" + b"<a>" * 5000, "nested too deeply"),
        (b"<html></html>", "is no Moodle XML"),
        (b"<?xml version='1.0' encoding='x-no-such'?><quiz/>", "encoding"),
        (b"Who?{=a\n~b \xff}", "line 2: is not UTF-8 text: save the file with the encoding UTF-8"),
        (b"\n\nWho?{=a ~b", r"line 3: has one brace without the other: close the braces"),
        (b"x" * 20_000_001, "larger than 20 MB"),
        (b"<" + b"x" * 20_000_001, "larger than 20 MB"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(content: bytes, says: str) -> None:
    with pytest.raises(DataError, match=says):
        import_bank(content, "X")


@pytest.mark.parametrize("content", [b"", b"   \n", b"<quiz/>", b"Nothing asked here.", b"\xef\xbb\xbf"])
def test_a_file_without_questions_says_so(content: bytes) -> None:
    with pytest.raises(LessonError, match="No question in this file"):
        import_bank(content, "X")


@pytest.mark.parametrize("name", ["", "../A", "a b", "ä", "a-b"])
def test_a_name_that_could_be_a_path_is_refused(name: str) -> None:
    with pytest.raises(LessonError, match="will not do"):
        import_bank(GIFT.encode(), name)


@pytest.mark.parametrize("seed", range(150))
def test_broken_files_never_break_the_import(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    kind = rng.choice(["moodle-xml", "gift"])
    content = bytearray(export_unit(unit_of(tmp_path / "bank", hostile_bank(seed % 5)), kind, "first")[0])
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(content))
        cut = rng.choice([b"", b"{", b"}", b"~", b"=", b"<", b">", b"#", b"\\", b"\n\n", b"%", b"-1e999", b"\xff"])
        content[at : at + rng.choice([0, 1, 1, 30])] = cut
    try:
        text, _ = import_bank(bytes(content), "T")
    except LessonError:
        return
    (tmp_path / "T.toml").write_text(text, encoding="utf-8")
    read_lesson(tmp_path / "T.toml")
