"""The static site: its kernel in JavaScript says and keeps what Python does, to the letter; its pages are whole."""

from __future__ import annotations

import difflib
import doctest
import hashlib
import html
import itertools
import json
import os
import posixpath
import random
import re
import runpy
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import deploy.site.build
import lesson_lib
from deploy.site import cells, content, frame, front, labs, markdown, narrow, pictures, script, scroll, words
from deploy.site.build import build, main
from lesson_lib.know import catalogue
from lesson_lib.know.sources import as_of_line
from lesson_lib.show.page import asset
from lesson_lib.show.quiz import QuizView, answer_log
from lesson_lib.show.work import HandIn, _text, progress
from lesson_lib.think import answers, marking, reading
from lesson_lib.think.kinds import KINDS, _bare
from lesson_lib.think.log import AnswerLog
from lesson_lib.think.questions import Item, Lesson, lessons, load_lesson

ROOT = Path(__file__).resolve().parents[1]
NODE = shutil.which("node")
LESSONS = lessons()

HARNESS = """
const fs = require("fs");
const [dataFile] = process.argv.slice(2);
const data = JSON.parse(fs.readFileSync(dataFile, "utf8"));
const named = (list, wanted) => list.find(({ id }) => id === wanted);
const itemOf = ([lesson, quiz, item]) => named(named(data.lessons[lesson].quizzes, quiz).items, item);
const DO = {
  mark: ({ item, answer }) => {
    const found = itemOf(item);
    const given = orElse(() => plain(answer), () => null);
    return [mark(found.body, found.key, answer), unfilled(found.body, answer), answerText(found.body, given)];
  },
  doubt: ({ item, answer }) => doubt(itemOf(item).body, answer),
  words: ({ text }) => [words(text), bare(text)],
  alike: ({ a, b }) => alikeness(a, b),
  quote: ({ value }) => quote(value),
  fold: ({ text }) => [casefold(text), letters(text).map((char) => Number(accent(char))).join("")],
  digest: ({ text }) => sha256(text),
  dumps: ({ value }) => [dumps(value, { ascii: true }), fileText(value)],
  play: ({ lesson, steps, stored, name }) => {
    const kept = new Map(stored === null ? [] : [[AnswerLog.name(lesson), stored]]);
    const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
    const log = new AnswerLog(storage, `this browser/${lesson}.jsonl`);
    const asked = data.lessons[lesson];
    const kernels = Object.fromEntries(asked.quizzes.map((quiz) => [quiz.id, quizKernel(asked, quiz, log)]));
    const handIn = handInKernel(asked, log);
    return {
      bodies: Object.fromEntries(Object.entries(kernels).map(([id, { body }]) => [id, body])),
      replies: steps.map(({ quiz, message }) => kernels[quiz].reply(message)),
      states: Object.fromEntries(Object.entries(kernels).map(([id, { state }]) => [id, state()])),
      progress: progressState(asked, log), checklist: handIn.state().lines,
      receipt: handIn.reply({ do: "hand-in", name }).receipt[0],
      file: fileText(record(asked, name, log)), log: kept.get(AnswerLog.name(lesson)) ?? "",
    };
  },
};
process.stdout.write(JSON.stringify(data.cases.map((one) => DO[one.do](one))));
"""


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Any:
    if NODE is None:
        message = "Node is not installed: the site's kernel cannot be compared with Python's"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(message)
        pytest.skip(message)
    folder = tmp_path_factory.mktemp("node")
    # The panel's own t and tn, which it is made of the words of a language for.
    words = asset("panel.js").partition("const LETTERS")[0]
    ready: dict[str, Any] = {}

    def prepare(spoken: str) -> None:
        said = {"lang": spoken, "words": script.told(script.kernel()) if spoken != "en" else {}}
        own = words.replace('"__WORDS__"', json.dumps(said))
        program = folder / f"kernel.{spoken}.cjs"
        program.write_text(f'"use strict";\n{own}\n{script.kernel()}\n{HARNESS}', encoding="utf-8")
        ready[spoken] = program, {name: content.lesson(load_lesson(name)) for name in LESSONS}

    def run(cases: list[dict[str, Any]]) -> list[Any]:
        spoken = catalogue.current()
        if spoken not in ready:
            prepare(spoken)
        program, every = ready[spoken]
        data = folder / "cases.json"
        data.write_text(json.dumps({"lessons": every, "cases": cases}), encoding="utf-8")
        done = subprocess.run([NODE, program, data], capture_output=True, encoding="utf-8", timeout=120)
        assert done.returncode == 0, done.stderr[-2000:]
        found: list[Any] = json.loads(done.stdout)
        return found

    return run


def leveled(one: Any) -> Any:
    """The value with 1.0 as 1: JavaScript cannot tell them apart."""
    if isinstance(one, dict):
        return {name: leveled(each) for name, each in one.items()}
    if isinstance(one, list | tuple):
        return [leveled(each) for each in one]
    return int(one) if isinstance(one, float) and one.is_integer() and abs(one) < 1e15 else one


def same_bytes(value: object) -> str:
    """JSON as both write it, names sorted."""
    return json.dumps(leveled(value), sort_keys=True, ensure_ascii=False)


# ---- answers of every sort ------------------------------------------------------------------------

GARBAGE = [
    None, "", "  ", "?", [], {}, [None, ""], {"a": None}, True, False, 0, 1, -3, 2.5, 1e301, "zzz", "B}", "b)",
    "(B)", "a, b", "a and b", "A;B", "a\nb", "ab", "ba", "a b c", "c > b > a", "a→b", ["a"], ["a", "b"],
    ["b", ["a"]], [["a"]], {"a": True}, {"a": True, "b": False}, {"0": "a", "1": "b"}, {"x": "a"}, {"a": "x"},
    {"a": ["x"]}, "constructor", "__proto__", {"__proto__": "a"}, {"constructor": "b"},
    "<img src=x onerror=alert(1)>", "\u202eb", "ﬁve", "İstanbul", "\U0001f600", "\ud800", "a\x00b", "x" * 60,
    "word " * 130, [[[[[[[[[["deep"]]]]]]]]]], 'it\'s "so"', ["it's", 'a "b"', "\n"],
    [1, "a", None, True, {"b": 2.5}], " a ", "A.", "a:", "a) zzz", "ß", "ſ", "№", ">",
]  # fmt: skip
NUMBERS = [
    "1,5", "1.500", "1 500", "1\xa0500", "1\u202f500,5", "50k", "50 k", "½", "1/2", "−3", "–3", "- 3", "+3",
    "about 72 years", "ca. 5", "~5", "≈ 5", "=5", "5 million", "5m", "5 metres", "$5", "€ 5", "-$5", "5 %",
    "5 per cent", "5%", "5percent", "1e3", "1E-2", "1e400", "1.5.2", "1,953", "1.953", "1,953.5", "1.953,5", "1'953",
    "1’953", "1_953", "1953", "01953", "1,95,3", "٣", "٣٫٥", "１９５３", ".5", ",5", "5.", "5,", "72 yrs", "72 ys",
    "72 days", "72 Years.", "72 ſ", "0", "-0", "0.0", "inf", "nan", "1000000000000000", "999999999999999",
    "123456789012345678", "0.00001", "1234567.891", "two", "72 72", "72 7x", "\t72\n", "roughly  1 000 soldiers",
    "circa 5", "c.5", "5,000 km", "5.5 km²", "1 00", "1,000,00", "12,345,678", "5 млн", "близько 72 роки", "72 роки",
    "5 тис.", "3 хвилини", "1 500,5", "7 %.",
]  # fmt: skip


def typo(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text)) if text else 0
    return chance.choice(
        [
            text[:at] + text[at + 1 :],
            text[:at] + "x" + text[at:],
            text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :],
        ]
    )


def shape(text: str, chance: random.Random) -> str:
    return chance.choice(
        [text, text.upper(), text.lower(), f" {text}. ", f"The {text}", f"**{text}**", text.replace(" ", "-")]
    )


def answers_to(item: Item, chance: random.Random) -> list[Any]:
    """Keys, near keys, partial, blank, and what nobody meant, in every way there is to give them."""
    body, key = item.body, item.key
    found: list[Any] = chance.sample(GARBAGE, 24)
    if body["type"] in ("single", "multiple"):
        ids = [choice["id"] for choice in body["choices"]]
        for place, choice in enumerate(body["choices"]):
            letter = reading.letter(place)
            found += [
                choice["id"],
                letter,
                f"{letter.upper()})",
                f"({letter}) {choice['text']}",
                shape(choice["text"], chance),
            ]
        subsets = [chance.sample(ids, chance.randint(1, len(ids))) for _ in range(12)]
        found += [*subsets, ids, key["right"], {each: chance.random() < 0.5 for each in ids}]
        found += [", ".join(reading.letter(ids.index(each)) for each in subset) for subset in subsets[:4]]
        found += ["".join(reading.letter(ids.index(each)) for each in subset) for subset in subsets[4:8]]
    elif body["type"] == "numeric":
        near = [each["value"] for each in key["near"]]
        for value in (key["value"], *near):
            for off in (0, key["tolerance"], -key["tolerance"], key["tolerance"] * 1.01, 1, 0.1):
                given = value + off
                found += [given if given != int(given) else int(given), f"{given:g}", f"{given:,} {body['unit']}"]
            found += [str(value).replace(".", ","), f"about {value} {body['unit'][:3]}"]
        found += NUMBERS
    elif body["type"] == "short":
        for text in (*key["accepted"], *(each["text"] for each in key["near"])):
            found += [
                text,
                [text],
                f"an {text}",
                *(shape(text, chance) for _ in range(4)),
                *(typo(text, chance) for _ in range(8)),
            ]
            found += [text + " " + text, text * 30]
        found += NUMBERS[:6]
    elif body["type"] == "text":
        found += ["word " * count for count in (1, 2, 10, body["min_words"] // 2, body["min_words"], 200)]
    elif body["type"] in ("match", "classify"):
        lefts, rights = (body["left"], body["right"]) if body["type"] == "match" else (body["cards"], body["bins"])
        right = key["pairs"] if body["type"] == "match" else key["bins"]
        some = [each["id"] for each in rights]
        for _ in range(10):
            picked = {each["id"]: chance.choice(some) for each in chance.sample(lefts, chance.randint(1, len(lefts)))}
            found += [picked, right | picked, list((right | picked).values())]
            found.append({shape(each["text"], chance): right[each["id"]] for each in lefts})
        found += [
            right,
            list(right.values()),
            {**right, lefts[0]["id"]: ""},
            {"nobody": some[0]},
            some[:1] * (len(lefts) - 1),
        ]
        found.append({each: [name for name, bin_ in right.items() if bin_ == each] for each in some})
        found.append({each: list(right) for each in some})
    elif body["type"] == "order":
        ids = [step["id"] for step in body["steps"]]
        for _ in range(12):
            mixed = chance.sample(ids, len(ids))
            found += [mixed, "".join(reading.letter(ids.index(each)) for each in mixed)]
            found.append(" → ".join(reading.letter(ids.index(each)) for each in mixed))
        found += [key["steps"], key["steps"][:-1], [*key["steps"], ids[0]], list(reversed(key["steps"]))]
        swapped = [key["steps"][1], key["steps"][0], *key["steps"][2:]]
        found += [swapped, {str(place): each for place, each in enumerate(swapped)}]
    else:
        values = [each["id"] for each in body["values"]]
        right = {row: {column: ids[0] for column, ids in cells.items()} for row, cells in key["cells"].items()}
        found += [right, {row["id"]: {} for row in body["rows"]}, {body["rows"][0]["id"]: {"nothing": values[0]}}]
        for _ in range(10):
            part: dict[str, Any] = {}
            for row, columns in body["ask"].items():
                for column in columns:
                    if chance.random() < 0.7:
                        part.setdefault(row, {})[column] = chance.choice([*values, "", right[row][column]])
            turned: dict[str, Any] = {}
            for row, cells in part.items():
                for column, value in cells.items():
                    turned.setdefault(column, {})[row] = value
            lines = [
                [cells.get(column["id"]) for column in body["columns"]]
                for cells in (part.get(row["id"], {}) for row in body["rows"])
            ]
            named = [{"": row["text"]} | part.get(row["id"], {}) for row in body["rows"]]
            found += [
                part,
                turned,
                lines,
                named,
                [[row["id"], *line] for row, line in zip(body["rows"], lines, strict=True)],
            ]
    return found


def every_item() -> Iterator[tuple[Lesson, str, Item]]:
    for name in LESSONS:
        lesson = load_lesson(name)
        for quiz in lesson.quizzes.values():
            for item in quiz.items:
                yield lesson, quiz.id, item


def test_every_item_is_marked_as_python_marks_it(node: Any) -> None:
    chance = random.Random(19)
    cases, due = [], []
    for lesson, quiz, item in every_item():
        for answer in answers_to(item, chance):
            cases.append({"do": "mark", "item": [lesson.lesson, quiz, item.id], "answer": answer})
            mark = marking.mark(item.body, item.key, answer)
            try:
                given = reading.plain(answer)
            except marking.Unreadable:
                given = None
            said = marking.answer_text(item.body, given)
            due.append([vars(mark), marking.unfilled(item.body, answer), said])
    outcomes = {each[0]["outcome"] for each in due}
    assert outcomes == {"right", "partly", "wrong", "blank", "unreadable", "recorded"}
    assert len(cases) > 15_000
    for case, wanted, got in zip(cases, due, node(cases), strict=True):
        assert same_bytes(got) == same_bytes(wanted), case


@pytest.mark.parametrize("language", ["en", "uk"])
def test_what_may_mean_two_things_is_found_alike(language: str, node: Any) -> None:
    chance = random.Random(90)
    item = next(item for _, _, item in every_item() if item.body.get("unit") == "years")
    name = next([lesson.lesson, quiz, each.id] for lesson, quiz, each in every_item() if each is item)
    around = ["{}", "about {}", "-{}", "$ {}", "{} years", "{} yrs", "+{}.", " ≈ {} ", "{}e2", "{},5", "٣{}", "{} days"]
    ends = ["000", "500", "250", "953", "9530"]
    numbers = [
        f"{chance.randrange(10 ** chance.randint(1, 4))}{chance.choice('.,')}{chance.choice(ends)}" for _ in range(300)
    ]
    given: list[Any] = [chance.choice(around).format(number) for number in numbers] + NUMBERS + GARBAGE
    given += [["90.000"], ["90.000", "1"], {"a": "90.000"}]
    catalogue.speak(language)
    try:
        due = [marking.doubt(item.body, answer) for answer in given]
        got = node([{"do": "doubt", "item": name, "answer": answer} for answer in given])
        assert 50 < sum(map(bool, due)) < 250
        for answer, wanted, found in zip(given, due, got, strict=True):
            assert found == (vars(wanted) if wanted else None), answer
    finally:
        catalogue.speak("en")


# ---- whole quizzes, played ------------------------------------------------------------------------


def play(lesson: Lesson, chance: random.Random, rounds: int) -> tuple[list[dict[str, Any]], list[Any]]:
    """Messages as a page sends them, by chance, a few to an item at a time; and what Python replies."""
    steps: list[dict[str, Any]] = []
    replies = []
    views = {quiz.id: QuizView(quiz) for quiz in lesson.quizzes.values()}

    def send(quiz: str, item: str, do: str, answer: Any, sure: Any) -> None:
        message = {"do": do, "item": item, "answer": leveled(answer), "sure": sure, "n": len(steps)}
        steps.append({"quiz": quiz, "message": message})
        replies.append(views[quiz]._reply(message))
        events = answer_log().events(lesson.lesson)
        message["at"] = events[-1]["at"] if events else ""

    places = [(quiz, item) for quiz in lesson.quizzes.values() for item in quiz.items]
    for quiz, item in chance.sample(places * rounds, len(places) * rounds):
        pool = answers_to(item, chance)
        misses = [each for each in pool if marking.mark(item.body, item.key, each).outcome in ("wrong", "partly")]
        for _ in range(5):
            kind = chance.random()
            answer = right_answer(item) if kind < 0.2 else chance.choice(misses if kind < 0.6 and misses else pool)
            do = chance.choices(["draft", "check", "hint", "reveal", "again", "dance"], [3, 10, 2, 1, 1, 0.2])[0]
            name = item.id if chance.random() < 0.99 else "nobody"
            send(quiz.id, name, do, answer, chance.choice([None, 1, 2, 3, 4, "2"]))
    # A number that may mean two things is asked about, and is meant when it is checked again.
    for quiz, item in [each for each in places if each[1].type == "numeric"]:
        for answer in ("7.000", "7.000", "8.500", "7,000", "7,000", "8.500", "8.500", None):
            send(quiz.id, item.id, "check", answer, None)
    # What is written after it was saved counts in free text, and nowhere else.
    for quiz, item in chance.sample(places, len(places) // 3) + [each for each in places if each[1].type == "text"]:
        send(quiz.id, item.id, "check", right_answer(item) or "some words", None)
        send(quiz.id, item.id, "draft", "other words", None)
    return steps, replies


def right_answer(item: Item) -> Any:
    right = None if item.opinion else KINDS[item.type].right(item.key)
    return (
        {row: {name: ids[0] for name, ids in cells.items()} for row, cells in right.items()}
        if item.type == "table"
        else right
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "this browser"
    monkeypatch.setenv("LESSON_ANSWERS", str(place))
    # What a test needs of the disk is its bytes, not that they survive a power cut.
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)
    return place


def python_side(lesson: Lesson, name: str) -> dict[str, Any]:
    return {
        "bodies": {quiz.id: QuizView(quiz)._body() for quiz in lesson.quizzes.values()},
        "states": {quiz.id: QuizView(quiz)._state() for quiz in lesson.quizzes.values()},
        "progress": progress(lesson.lesson)._state(),
        "checklist": HandIn(lesson).checklist(),
        # Python's tells the moment as well, where there is no trouble.
        "receipt": HandIn(lesson)._lines(answers.record(lesson, name, answer_log()), "trouble")[0],
        "file": _text(answers.record(lesson, name, answer_log())),
    }


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_played_gives_the_same_states_and_the_same_file(name: str, node: Any, folder: Path) -> None:
    lesson = load_lesson(name)
    steps, replies = play(lesson, random.Random(int(name)), 1)
    case = {"do": "play", "lesson": name, "steps": steps, "stored": None, "name": "Оксана “O” Ferrière 🙂"}
    (got,) = node([case])
    for step, wanted, reply in zip(steps, replies, got["replies"], strict=True):
        assert same_bytes(reply) == same_bytes(wanted), step
    due = python_side(lesson, case["name"])
    for part in ("bodies", "states", "progress", "checklist", "receipt"):
        assert same_bytes(got[part]) == same_bytes(due[part]), part
    assert answers.read_record(got["file"].encode())[1] == []
    # Half a character, as a browser may send, has no bytes: it is written escaped.
    assert got["file"] == due["file"].encode("utf-8", "backslashreplace").decode()
    # And the stored lines are lines of the course's own log.
    copy = AnswerLog(folder.parent / "copy")
    copy.folder.mkdir()
    copy.path(name).write_text(got["log"], encoding="utf-8")
    assert same_bytes(copy.events(name)) == same_bytes(answer_log().events(name))
    assert copy.unreadable(name) == []


def test_a_translated_lesson_is_marked_and_handed_in_alike(
    node: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LESSON_UNTRANSLATED", "mark")
    catalogue.speak("uk")
    try:
        lesson = load_lesson("00")
        steps, replies = play(lesson, random.Random(5), 4)
        (got,) = node([{"do": "play", "lesson": "00", "steps": steps, "stored": None, "name": "Оксана"}])
        for step, wanted, reply in zip(steps, replies, got["replies"], strict=True):
            assert same_bytes(reply) == same_bytes(wanted), step
        due = python_side(lesson, "Оксана")
        assert [got["checklist"], got["receipt"]] == [due["checklist"], due["receipt"]]
        assert got["file"] == due["file"].encode("utf-8", "backslashreplace").decode()
        pages = "".join((script.HERE / f"{name}.js").read_text() for name in script.PAGE)
        said = json.dumps(script.told(script.kernel() + pages), ensure_ascii=False)
        assert "⟦" not in said
        assert said.count("і") > 100
    finally:
        catalogue.speak("en")


FOREIGN = [
    "not json\n",
    '{"v":1}\n[1,2]\nnull\n"x"\n',
    '{"v":2,"at":"","quiz":"01-warm-up","item":"x","do":"check"}\n',
    '{"v":1,"at":"2025-08-19T10:00:00+02:00","quiz":"02-rungs","item":"nobody","do":"check","answer":"a","sure":null}\n',
    '{"v":1,"at":"x","quiz":"02-warm-up","item":"__proto__","do":"draft","answer":"a"}\n{"v":1,"at"',
    '{"v":1,"at":"x","quiz":"02-lab","item":"__proto__","do":"draft","answer":{"deployed":30000.5}}\n',
    '{"v":1,"at":"x","quiz":"02-lab","item":"force","do":"draft","answer":{"deployed":0.00001,"big":1e22}}\n',
    "\n\n  \n" + "x\n" * 9,
    "<script>alert(1)</script>",
    '{"v":1,"at":"2025","quiz":"02-warm-up","item":"%s","do":"check","answer":{"deep":[[[[[[[[[1]]]]]]]]]},"sure":9}\n',
]


@pytest.mark.parametrize("stored", FOREIGN)
def test_a_damaged_or_foreign_log_is_read_alike(stored: str, node: Any, folder: Path) -> None:
    lesson = load_lesson("02")
    first = lesson.quizzes["warm-up"].items[0]
    stored = stored.replace("%s", first.id).replace('"sure":9', '"sure":3')
    folder.mkdir()
    (folder / "02.jsonl").write_text(stored, encoding="utf-8")
    message = {"do": "check", "item": first.id, "answer": "a", "sure": 3, "n": 1}
    wanted = QuizView(lesson.quizzes["warm-up"])._reply(message)
    message["at"] = answer_log().events("02")[-1]["at"]
    step = {"quiz": "02-warm-up", "message": message}
    (got,) = node([{"do": "play", "lesson": "02", "steps": [step], "stored": stored, "name": "A"}])
    assert same_bytes(got["replies"]) == same_bytes([wanted])
    due = python_side(lesson, "A")
    for part in ("states", "progress", "checklist", "file"):
        assert same_bytes(got[part]) == same_bytes(due[part]), part


# ---- what Python has and JavaScript has not -------------------------------------------------------


def test_words_are_compared_alike_in_every_script(node: Any) -> None:
    # By blocks of a hundred letters; what one of the two Unicode versions does not know yet is left out.
    known = [code for code in range(0x20000) if unicodedata.category(chr(code)) not in ("Cn", "Cs")]
    blocks = ["".join(map(chr, known[start : start + 100])) for start in range(0, len(known), 100)]
    got = node([{"do": "fold", "text": block} for block in blocks])
    for block, (folded, accents) in zip(blocks, got, strict=True):
        assert folded == block.casefold(), [c for c in block if c.casefold() not in folded]
        # Asked of letters already taken apart, as `words` does.
        apart = [p for p, c in enumerate(block) if unicodedata.normalize("NFKD", c) == c]
        assert [accents[p] for p in apart] == [str(int(bool(unicodedata.combining(block[p])))) for p in apart]
    chance = random.Random(7)
    texts = ["".join(chance.choices(block, k=12)) + " The END " + block[:3] for block in blocks]
    for text, got_words in zip(texts, node([{"do": "words", "text": text} for text in texts]), strict=True):
        assert got_words == [reading.words(text), _bare(text)], text


def test_likeness_quotation_digest_and_json_are_pythons(node: Any) -> None:
    chance = random.Random(3)
    pairs = [
        (
            "".join(chance.choices("abcd", k=chance.randint(0, 12))),
            "".join(chance.choices("abcd", k=chance.randint(0, 12))),
        )
        for _ in range(500)
    ]
    pairs += [("ab" * 150, "ba" * 130), ("xyz", "abc" * 90), ("", ""), ("a" * 250, "a" * 201 + "b")]
    likes = node([{"do": "alike", "a": a, "b": b} for a, b in pairs])
    assert likes == [difflib.SequenceMatcher(None, a, b).ratio() for a, b in pairs]
    values = [each for each in GARBAGE if each != 1e301]
    assert node([{"do": "quote", "value": value} for value in values]) == [reading.quote(value) for value in values]
    texts = ["", "a", "x" * 55, "x" * 56, "x" * 64, "abc" * 999]
    assert node([{"do": "digest", "text": text} for text in texts]) == [
        hashlib.sha256(text.encode()).hexdigest() for text in texts
    ]
    odd = [*values, {"b": 1, "a": [0.1, 1e-7, 0.00012, 1e22, -0.5], "\U0001f600": "é\x7f\u2028\ud800", "\uffff": []}]
    for value, (tight, lines) in zip(odd, node([{"do": "dumps", "value": value} for value in odd]), strict=True):
        assert tight == json.dumps(value, sort_keys=True, separators=(",", ":"))
        if "\ud800" not in json.dumps(value, ensure_ascii=False):  # which Python refuses to write
            assert lines == json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        assert json.loads(lines) == value


# ---- the pages ------------------------------------------------------------------------------------


class Seen(HTMLParser):
    """What a page is made of: its tags, the addresses it names, its ids, its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.headings: list[int] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.quiet = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        self.ids += [given["id"]] if given.get("id") else []
        self.links += [given["href"] or ""] if tag == "a" else []
        self.loads += [str(given[name]) for name in ("src", "srcset", "data", "poster") if name in given]
        self.loads += [given["href"] or ""] if tag in ("link", "use", "image") else []
        self.headings += [int(tag[1])] if re.fullmatch("h[1-6]", tag) else []
        self.quiet += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self.quiet -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        self.words += [] if self.quiet else [data]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "out"
    build(folder)
    return folder


@pytest.fixture(scope="module")
def seen(built: Path) -> dict[str, Seen]:
    pages = sorted(built.rglob("*.html"), key=lambda path: path.relative_to(built).as_posix())
    return {path.relative_to(built).as_posix(): Seen(path.read_text(encoding="utf-8")) for path in pages}


def test_there_is_a_page_for_every_notebook_and_one_to_begin_with(seen: dict[str, Seen]) -> None:
    notebooks = [f"{path.stem}.html" for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
    translated = [f"uk/{path.stem}.html" for path in sorted((ROOT / "notebooks" / "uk").glob("*.ipynb"))]
    assert list(seen) == [*notebooks, "index.html", *translated, "uk/index.html"]
    # The way into the other language, the button, and the list.
    links = [link for link in seen["index.html"].links if link.endswith(".html")]
    assert links == ["uk/index.html", notebooks[0], *notebooks]
    links = [link for link in seen["uk/index.html"].links if link.endswith(".html")]
    own = [f"../{name if name in translated else name.removeprefix('uk/')}" for name in (f"uk/{n}" for n in notebooks)]
    assert links == ["../index.html", own[0], *own]
    for name in translated:
        assert f"../{name[3:]}" in seen[name].links
        assert name in seen[name[3:]].links


def test_every_sentence_of_a_notebook_is_on_its_page(built: Path, seen: dict[str, Seen]) -> None:
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        words = " ".join("".join(seen[f"{path.stem}.html"].words).replace("[", "").split())
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "markdown" and cell["id"] not in (
                "finish",
                "run",
                "title",
                "objectives",
                "answer",
                "sources-list",
            ):
                for line in re.split(r"[|\n]|\]\([^)]*\)", source):
                    plain = " ".join(re.sub(r"[*`\[]|^\s*(#+|>|\d+\.|-)\s|^[:\s-]+$", "", line).split())
                    assert plain in words, (path.name, cell["id"], plain)
            for output in cell.get("outputs", ()):
                # What a lab shows stands here as it is drawn there: see below.
                if "<table" in (html := "".join(output.get("data", {}).get("text/html", ""))) and "lab(" not in source:
                    for text in Seen(html.replace(" To try it: Run → Run All Cells.", "")).words:
                        assert " ".join(text.replace("[", "").split()) in words, (path.name, cell["id"], text)


def test_nothing_is_loaded_from_elsewhere_and_every_link_leads_somewhere(built: Path, seen: dict[str, Seen]) -> None:
    for name, page in seen.items():
        for address in page.loads:
            assert re.fullmatch(r"[\w./-]+(\?\w+)?", address), (name, address)
            assert (built / name).parent.joinpath(address.partition("?")[0]).is_file(), (name, address)
        for link in page.links:
            if not link.startswith(("http://", "https://")):
                file, _, place = link.partition("#")
                target = posixpath.normpath(posixpath.join(posixpath.dirname(name), file)) if file else name
                assert target in seen, (name, link)
                assert not place or place in seen[target].ids, (name, link)
    loose = re.compile(r"(?:url\(|@import|fetch\(|XMLHttpRequest|sendBeacon|WebSocket|import\()")
    for file in ("site.css", "site.js"):
        assert not loose.search((built / file).read_text(encoding="utf-8")), file
    for picture in (built / "pictures").glob("*.svg"):
        addresses = set(re.findall(r"https?://[^\s\"']+", picture.read_text(encoding="utf-8")))
        assert addresses <= {"http://www.w3.org/2000/svg"}, picture.name


def test_pages_are_built_for_everybody(seen: dict[str, Seen]) -> None:
    for name, page in seen.items():
        assert len(set(page.ids)) == len(page.ids), name
        assert page.headings[0] == 1, name
        assert page.headings.count(1) == 1, name
        assert all(next_ <= now + 1 for now, next_ in itertools.pairwise(page.headings)), (name, page.headings)
        tags = [tag for tag, _ in page.tags]
        assert [tags.count(tag) for tag in ("main", "header", "footer")] == [1, 1, 1], name
        assert page.links[0] == "#main", name
        given = dict(page.tags)
        assert given["html"] == {"lang": "uk" if name.startswith("uk/") else "en"}, name
        assert next(each for tag, each in page.tags if each.get("http-equiv"))["content"] == frame.POLICY
        words = "".join(page.words)
        assert as_of_line() in words or name.startswith("uk/"), name
        assert "CC BY 4.0" in words, name
        for tag, each in page.tags:
            assert not any(attribute.startswith("on") for attribute in each), (name, tag, each)
            if tag == "img":
                assert len(str(each["alt"])) > 40, (name, each)
                assert each["width"], (name, each)
                assert each["height"], (name, each)
            if tag == "a" and "lessons" not in name:
                assert "title" not in each, (name, each)
        if not name.endswith("index.html"):
            line = "щоб відповідати, потрібен JavaScript" if name.startswith("uk/") else "answering needs JavaScript"
            assert words.count(line) == 1, name
            assert "Run All Cells" not in words, name
            assert "notebook has" not in words, name


def test_the_page_s_data_cannot_end_its_script(built: Path) -> None:
    for path in built.rglob("[0-9]*.html"):
        (data,) = re.findall(
            r'<script type="application/json" id="lesson">(.*?)</script>', path.read_text(encoding="utf-8")
        )
        assert "<" not in data
        assert json.loads(data)["lesson"] == path.name[:2]


def test_what_needs_python_says_so_in_a_line(built: Path) -> None:
    line = 'class="full">'
    assert (built / "06-fifty-thousand.html").read_text(encoding="utf-8").count(
        line + "This lab works in the full course"
    ) == 1
    assert (built / "04-guarantees-outside-nato.html").read_text(encoding="utf-8").count(
        line + "This table is built by ticking"
    ) == 1
    assert (built / "02-what-is-a-guarantee.html").read_text(encoding="utf-8").count(
        line + "This cell needs pandas"
    ) == 1


def test_with_the_full_course_each_page_leads_to_its_own_lesson_there(tmp_path: Path) -> None:
    build(tmp_path / "out", lite=True)
    for path in (tmp_path / "out").rglob("[0-9]*.html"):
        file, text = path.relative_to(tmp_path / "out").with_suffix(".ipynb"), path.read_text(encoding="utf-8")
        assert (ROOT / "notebooks" / file).is_file()
        way = "../" * (len(file.parts) - 1)
        assert f'<a href="{way}lab/notebooks/index.html?path=notebooks/{file.as_posix()}">' in text
    assert "lab/notebooks/index.html" in (tmp_path / "out" / "index.html").read_text(encoding="utf-8")


def test_building_again_replaces_a_site_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    assert main([str(mine), "--without-lite"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "is no site of this course" in said
    assert [path.name for path in mine.iterdir()] == ["thesis.txt"]
    out = tmp_path / "out"
    build(out)
    first = {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    (out / "pictures" / "old.svg").write_text("gone")
    build(out)
    assert {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()} == first


def test_a_sentence_that_the_notebook_no_longer_has_stops_the_build() -> None:
    rule = {"id": "objectives", "lesson": "00", "find": "sing a song", "put": ""}
    with pytest.raises(ValueError, match="lesson 00, cell objectives no longer says “sing a song”"):
        cells.reworded("## By the end you can", "00", "objectives", [rule])
    assert cells.reworded("As it was.", "01", "objectives", [rule]) == "As it was."


@pytest.mark.parametrize(
    "module",
    [content, cells, frame, front, labs, markdown, narrow, pictures, scroll, words, deploy.site.build],
    ids=lambda module: module.__name__,
)
def test_examples_in_the_site_s_modules(module: Any) -> None:
    assert doctest.testmod(module).failed == 0


def test_every_line_on_the_command_line_is_there() -> None:
    options = runpy.run_path(str(ROOT / "run.py"))["parser"]().parse_args(["site", "-o", "x", "--without-lite"])
    assert (options.output, options.without_lite, options.wheels) == ("x", True, None)


# ---- labs, pictures, first pages and feet ---------------------------------------------------------


def test_a_lab_stands_on_its_page_as_it_is_drawn_in_the_notebook(built: Path, seen: dict[str, Seen]) -> None:
    found = 0
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        words = " ".join("".join(seen[f"{path.stem}.html"].words).split())
        page = (built / f"{path.stem}.html").read_text(encoding="utf-8")
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] != "code" or not (source := "".join(cell["source"])).startswith("lab("):
                continue
            found += 1
            shown = labs.of(source)
            state = shown._state(shown.kind.view(shown.start))
            for block in state["blocks"]:
                if block["block"] == "figures":
                    for one in block["items"]:
                        # A number is large and alone; what it means stands under it, and no full stop before it.
                        assert f'<dd class="big">{html.escape(one["value"])}</dd>' in page, (path.name, one)
                        parts = [one[name] for name in ("label", "value", "range", "means") if one[name]]
                        assert "".join(parts) in words, (path.name, parts)
                elif block["block"] == "drawing":
                    assert f'<svg viewBox="0 0 {block["width"]} {block["height"]}" role="img"' in page, path.name
                    assert all(" ".join(mark[4].split()) in words for mark in block["marks"] if mark[0] == "text")
                    assert " ".join(block["alt"].split()) in words, path.name
                elif block["block"] == "grid":
                    texts = [each["words"] for row in block["rows"] for each in row["cells"]]
                    assert all(" ".join(text.split()) in words for text in texts), path.name
            for source_ in state["sources"]:
                assert " ".join(source_["text"].split()) in words, (path.name, source_)
    assert found == 7


def test_every_picture_has_a_form_for_a_telephone_whose_letters_are_whole(built: Path) -> None:
    whole = [path for path in (built / "pictures").glob("*.svg") if not path.stem.endswith("-narrow")]
    assert len(whole) >= 14
    for path in whole:
        small = path.with_name(f"{path.stem}-narrow.svg").read_text(encoding="utf-8")
        width, _ = pictures.size(small)
        assert width <= 368, path.name
        said = " ".join(re.findall(r">([^<]+)<", small)).split()
        # The same words, whatever the lines, apart from the years and days at the axis.
        words = [word for word in " ".join(re.findall(r">([^<]+)<", path.read_text())).split() if word.isalpha()]
        assert set(words) - {"Jul", "Aug"} <= set(said), path.name


def test_a_name_of_several_lines_lies_on_no_other() -> None:
    ends = [{"entity": "One", "place": 10.0}, {"entity": "Two\nlines\nhigh", "place": 10.5}]
    narrow._apart(ends, 100)
    line = 16 * 10.5 / 100
    assert ends[1]["place"] - ends[0]["place"] >= 2 * line - 0.001


def test_the_first_page_is_there_in_every_language(built: Path) -> None:
    english, own = ((built / front.file(language)).read_text(encoding="utf-8") for language in ("en", "uk"))
    for title in ("Для вчителів", "Знайшли помилку?", "Уроки", "Почати: 00. Почніть тут", "04. Гарантії поза НАТО"):
        assert title in own
    # Nothing is left in English but the names of contributors and licences, and nothing in the list has no translation.
    left = re.sub(r"<style.*?</style>|<[^>]+>", " ", own)
    assert re.findall(r"[A-Za-z]{2,}(?: [A-Za-z]{2,}){3,}", left) == ["Guarantees on Paper contributors"]
    assert own.count("· англійською") == len(LESSONS) - 1
    for text in (front.ABOUT, front.HOW, front.HAND_INS, front.FOLDER, front.MISTAKE, front.WHO_KNOWS):
        assert text in english
        assert text in words.read("uk")["words"], text


def test_the_foot_names_the_version_and_a_repository_only_where_one_is_given(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in built.rglob("*.html"):
        foot = path.read_text(encoding="utf-8").rpartition("<footer>")[2]
        number = f"Версія курсу {lesson_lib.__version__}." if "uk" in path.parts else None
        assert (number or f"Version {lesson_lib.__version__} of the course.") in foot, path.name
        assert ">The repository<" not in foot
    address = "https://example.org/course?a=1&b=2"
    assert main([str(tmp_path / "out"), "--without-lite", "--repository", address]) == 0
    for path in (tmp_path / "out").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert 'href="https://example.org/course?a=1&amp;b=2"' in text, path.name
        assert "knows where the repository is" not in text
    capsys.readouterr()
    with pytest.raises(SystemExit):
        main([str(tmp_path / "out"), "--without-lite", "--repository", "javascript:alert(1)"])
    assert "is no address" in capsys.readouterr().err


def test_the_full_course_gets_a_way_back(tmp_path: Path) -> None:
    lab = tmp_path / "lab"
    for app in deploy.site.build.APPS:
        (lab / app).mkdir(parents=True)
        (lab / app / "index.html").write_text("<html><body><main></main></body></html>", encoding="utf-8")
    for _ in range(2):
        deploy.site.build.lead_back(lab)
    for app in deploy.site.build.APPS:
        assert (lab / app / "index.html").read_text(encoding="utf-8").count("way.js") == 1
    code = (lab / "way.js").read_text(encoding="utf-8")
    assert json.dumps("Цей урок як сторінка") in code
    assert "__WORDS__" not in code
