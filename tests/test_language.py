"""The languages of the library: the catalogue is whole and in step, and a lesson is the same in each of them."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import pytest
from right_answers import right_answer

from lesson_lib import hand_in, lab, language, progress, quiz
from lesson_lib.know import catalogue
from lesson_lib.know.catalogue import _, ngettext, pgettext
from lesson_lib.know.data import data_folder
from lesson_lib.know.errors import DataError, UnknownName, unknown
from lesson_lib.know.language import LANGUAGES
from lesson_lib.know.sources import day
from lesson_lib.show import panel
from lesson_lib.show.quiz import QuizView
from lesson_lib.think import answers, log, marking, numerals, questions, translated
from lesson_lib.think.answers import AnswerLog
from lesson_lib.think.questions import Item, Lesson

ROOT = Path(__file__).resolve().parents[1]
OTHERS = [code for code in LANGUAGES if code != "en"]
TRANSLATED = sorted((data_folder() / "questions").glob("*/*.toml"))
every = pytest.mark.parametrize("path", TRANSLATED, ids=lambda path: f"{path.parent.name}/{path.stem}")


def load(tool: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(tool, ROOT / "tools" / f"{tool}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tool = load("catalogue")


@pytest.fixture(autouse=True)
def english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every test begins and ends in English; what is not translated is seen."""
    monkeypatch.setenv("LESSON_UNTRANSLATED", "mark")
    monkeypatch.setenv("LESSON_ANSWERS", str(tmp_path / "my-answers"))
    yield
    language("en")


def both(lesson: str, code: str) -> tuple[Lesson, Lesson]:
    """The lesson in English and in the other language, which is then spoken."""
    language("en")
    original = questions.load_lesson(lesson)
    language(code)
    return original, questions.load_lesson(lesson)


# ---- the catalogue -------------------------------------------------------------------------------


def test_code_template_languages_and_compiled_files_are_in_step(capsys: pytest.CaptureFixture[str]) -> None:
    assert tool.main(["--check"]) == 0, capsys.readouterr().out


def test_every_language_has_its_files() -> None:
    assert [path.parents[1].name for path in tool.languages()] == sorted(OTHERS)


def test_what_is_compiled_is_what_is_written() -> None:
    for path in tool.languages():
        with path.open("rb") as file:
            written = tool.read_po(file)
        language(path.parents[1].name)
        for message in written:
            if isinstance(message.id, str) and message.id:
                said = pgettext(message.context, message.id) if message.context else _(message.id)
                assert said == message.string


PO = """
msgid ""
msgstr ""
"Language: uk\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : "
"2);\\n"
"Content-Type: text/plain; charset=utf-8\\n"

"""


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ('msgid "Right."\nmsgstr ""', "not translated"),
        ('#, fuzzy\nmsgid "Right."\nmsgstr "Правильно."', "fuzzy"),
        ('msgid "{a} of {b}"\nmsgstr "{a} з {c}"', "has not the same"),
        (
            'msgid "{n} word"\nmsgid_plural "{n} words"\nmsgstr[0] "{n} слово"\nmsgstr[1] "{n} слова"',
            "translated",
        ),
        ('msgid "{n} word"\nmsgid_plural "{n} words"\nmsgstr[0] "{n} с"\nmsgstr[1] "слова"\nmsgstr[2] "{n} с"', "same"),
    ],
)
def test_a_fault_of_a_translation_is_seen(tmp_path: Path, entry: str, fault: str) -> None:
    path = tmp_path / "uk" / "LC_MESSAGES" / "lesson_lib.po"
    path.parent.mkdir(parents=True)
    path.write_text(PO + entry + "\n", encoding="utf-8")
    with path.open("rb") as file:
        found = list(tool.wrong(tool.read_po(file, locale="uk")))
    assert any(fault in line for line in found), found


def test_texts_are_collected_wherever_they_stand() -> None:
    source = "x = f\"{_('inside')} {y}\"\n_(z)\nngettext('{n} one', '{n} many', 3)\nWORDS = {1: N_('constant')}\n"
    assert list(tool.in_python(source)) == ["inside", ("{n} one", "{n} many"), "constant"]
    with pytest.raises(SystemExit, match="put together"):
        list(tool.in_python("_(f'{x} more')"))


def test_the_page_asks_for_what_the_catalogue_has() -> None:
    scripts = {path.name: list(tool._texts(path)) for path in (ROOT / "lesson_lib" / "show").glob("*.js")}
    code = panel.script(*(set(scripts) - {"panel.js", "lab.js"}))[0]
    collected = {text if isinstance(text, str) else text[0] for texts in scripts.values() for text in texts}
    assert set(panel.words(code)) == collected
    assert len(collected) > 60


def test_the_pages_script_speaks_the_language_and_english_carries_no_words() -> None:
    english, key = panel.script()
    assert "Object({})" in english
    for code in OTHERS:
        language(code)
        script, other = panel.script()
        assert other != key
        assert "⟦" not in script
        words = panel.words(script)
        assert len(set(map(str, words.values()))) > 0.9 * len(words)
        assert all(len(said) == 3 for said in words.values() if isinstance(said, list)) or code != "uk"


def test_english_reads_no_catalogue() -> None:
    code = (
        "import sys\nfrom lesson_lib import quiz, compare\nquiz('00-first')._repr_mimebundle_()\n"
        "compare('claims', ['s14-nato-name'])._repr_mimebundle_()\n"
        "from lesson_lib.know import catalogue\nprint(catalogue._catalogue.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", cwd=ROOT)
    assert done.stdout.strip() == "0", done.stderr
    loaded = "import sys, lesson_lib\nprint('gettext' in sys.modules, 'lesson_lib.know.catalogue' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, encoding="utf-8", cwd=ROOT)
    assert done.stdout.strip() == "False False", done.stderr


def test_a_notebook_with_a_missing_translation_is_not_stored() -> None:
    output = nbformat.v4.new_output("display_data", {"text/plain": "⟦Right.⟧ Правильно."})
    cell = nbformat.v4.new_code_cell("quiz()", id="q-first", outputs=[output])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    found = list(load("refresh_notebooks").complaints(notebook, []))
    assert found == ["cell q-first: has no translation of “Right.”: run tools/catalogue.py and translate it"]


# ---- what is not translated ----------------------------------------------------------------------


def test_what_is_missing_is_seen_in_tests_and_not_by_students(monkeypatch: pytest.MonkeyPatch) -> None:
    language("uk")
    assert _("Never translated.") == "⟦Never translated.⟧"
    assert ngettext("{n} thing", "{n} things", 2) == "⟦{n} things⟧"
    monkeypatch.delenv("LESSON_UNTRANSLATED")
    assert _("Never translated.") == "Never translated."
    assert ngettext("{n} thing", "{n} things", 1) == "{n} thing"


def test_without_its_file_a_language_is_english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("LESSON_UNTRANSLATED")
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    catalogue._catalogue.cache_clear()
    language("uk")
    try:
        assert _("Right.") == "Right."
        assert catalogue.forms("{n} word", "{n} words") == ["{n} words", "{n} word"][::-1]
    finally:
        catalogue._catalogue.cache_clear()


def test_an_unknown_language_is_answered_with_those_that_are() -> None:
    with pytest.raises(UnknownName, match="en, uk"):
        language("ua")
    assert catalogue.current() == "en"


def test_a_question_that_is_not_translated_is_whole_and_says_its_language() -> None:
    original, other = both("01", "uk")
    view = QuizView(other.quizzes["warm-up"])
    assert [item.body for item in other.quizzes["exit"].items] == [
        item.body | {"lang": "en"} for item in original.quizzes["exit"].items
    ]
    html = view._repr_mimebundle_()["text/html"]
    assert html.startswith('<div lang="uk">')
    assert html.count('<b lang="en">') == 1 + len(view.quiz.items), "the title and each question"
    assert '<summary lang="uk">Підказка 1</summary>' in html or "<details" not in html
    assert "⟦" not in html


def test_a_translation_with_a_hole_shows_that_question_in_the_original() -> None:
    path = data_folder() / "questions" / "00.toml"
    original = tomllib.loads(path.read_text(encoding="utf-8"))
    words = tomllib.loads((path.parent / "uk" / "00.toml").read_text(encoding="utf-8"))
    del words["items"][0]["choices"][2]["why"]
    assert translated.faults(original, words) == ["items checkable, choices two-hours, why: is not translated"]
    items = questions.read_lesson(path, words=words).quizzes["first"].items
    assert [item.body.get("lang") for item in items] == ["en", None]
    assert items[0].body["stem"] == original["items"][0]["stem"]


def test_a_translation_cannot_change_what_marks() -> None:
    path = data_folder() / "questions" / "00.toml"
    original = tomllib.loads(path.read_text(encoding="utf-8"))
    words = tomllib.loads((path.parent / "uk" / "00.toml").read_text(encoding="utf-8"))
    words["items"][0]["choices"][0] |= {"right": True}
    words["items"][5] |= {"answer": 90}
    words["items"].append({"id": "of-my-own", "stem": "?"})
    found = translated.faults(original, words)
    assert [line.rpartition(":")[0] for line in found] == [
        "items of-my-own",
        "items checkable, choices success, right",
        "items minutes, answer",
    ]
    items = questions.read_lesson(path, words=words)
    assert items.quizzes["first"].items[0].key["right"] == "two-hours"
    assert items.quizzes["typed"].items[0].key["value"] == 85


def test_a_translation_that_cannot_be_read_costs_a_student_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "uk").mkdir()
    (tmp_path / "00.toml").write_bytes((data_folder() / "questions" / "00.toml").read_bytes())
    (tmp_path / "uk" / "00.toml").write_text('title = "Почніть', encoding="utf-8")
    language("uk")
    with pytest.raises(DataError, match=r"00\.toml, рядок 1"):
        questions.load_lesson("00", tmp_path)
    monkeypatch.delenv("LESSON_UNTRANSLATED")
    assert questions.load_lesson("00", tmp_path).title == "Start here"


# ---- a translated lesson -------------------------------------------------------------------------


@every
def test_a_translation_is_whole_and_says_nothing_else(path: Path) -> None:
    original = tomllib.loads((path.parents[1] / path.name).read_text(encoding="utf-8"))
    assert translated.faults(original, tomllib.loads(path.read_text(encoding="utf-8"))) == []


def without_texts(value: Any) -> Any:
    """A body or a key without what is only read: what is left marks, and has to be the same."""
    if isinstance(value, dict):
        return {
            name: without_texts(each)
            for name, each in value.items()
            if name not in ("text", "stem", "again", "why", "whys", "unit", "first", "last", "rubric", "model")
            or (name == "text" and "why" in value)
        }
    return [without_texts(each) for each in value] if isinstance(value, list) else value


@every
def test_a_translated_lesson_has_the_ids_keys_and_sources_of_the_original(path: Path) -> None:
    original, other = both(path.stem, path.parent.name)
    assert list(other.quizzes) == list(original.quizzes)
    assert (other.cites, list(other.objectives)) == (original.cites, list(original.objectives))
    for name, quiz_ in original.quizzes.items():
        assert other.quizzes[name].behaviour == quiz_.behaviour
        for one, two in zip(quiz_.items, other.quizzes[name].items, strict=True):
            assert without_texts(two.body) == without_texts(one.body)
            assert without_texts(two.key) == without_texts(one.key)
            assert list(two.key["whys"]) == list(one.key["whys"])
            for field in ("id", "type", "objective", "difficulty", "opinion", "source_ids", "points", "variants"):
                assert getattr(two, field) == getattr(one, field)
            assert len(two.hints) == len(one.hints)
            assert two.body["stem"] != one.body["stem"]


def right(item: Item) -> Any:
    """The key's answer, a number with its unit as the language has it."""
    if item.type == "numeric":
        return f"{item.key['value']} {item.body['unit']}"
    return right_answer(item, "слово " * 20)


@every
def test_the_same_answers_are_the_same_record_and_marks_in_both(path: Path, tmp_path: Path) -> None:
    original, other = both(path.stem, path.parent.name)
    kept = AnswerLog(tmp_path / "both")
    for quiz_ in other.quizzes.values():
        for item in quiz_.items:
            kept.append(quiz_.id, item.id, "check", right(item), 2, at="2025-08-19T10:00:00+03:00")
    records, outcomes = [], []
    for code, lesson in ((path.parent.name, other), ("en", original)):
        language(code)
        records.append(json.dumps(answers.record(lesson, "Олена", kept), ensure_ascii=False))
        states = [answers.state(quiz_, kept.events(path.stem)) for quiz_ in lesson.quizzes.values()]
        outcomes.append([now.latest.outcome for found in states for now in found.values() if now.latest])
    assert records[0] == records[1]
    assert outcomes[0] == outcomes[1]
    assert set(outcomes[0]) <= {"right", "recorded"}
    assert json.loads(records[0])["title"] == original.title


def told(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from told(each)


@every
def test_everything_that_is_said_while_answering_is_translated(path: Path) -> None:
    _original, other = both(path.stem, path.parent.name)
    heard: list[str] = []

    def hear(state: Any) -> None:
        heard.extend(told(state))

    for quiz_ in other.quizzes.values():
        view = quiz(quiz_.id)
        hear(view._repr_mimebundle_())
        for number, item in enumerate(quiz_.items):
            for given in (None, "?!", {"?": 1}, *wrong_ones(item), right(item)):
                hear(view._reply({"item": item.id, "do": "check", "answer": given, "sure": number % 3 + 1}))
                hear(view._reply({"item": item.id, "do": "hint"}))
            hear(view._reply({"item": item.id, "do": "reveal"}))
            hear(view._reply({"item": item.id, "do": "again"}))
            heard.append(marking.answer_text(item.body, right(item)))
    hear(progress(path.stem)._repr_mimebundle_())
    form = hand_in(path.stem, name="Олена")
    record, trouble = form.make("Олена")
    hear(form._state(record, trouble))
    assert len(heard) > 500
    assert [text for text in heard if "⟦" in text] == []
    said = [text for text in heard if text.startswith(("Right", "Not ", "I can't", "Partly", "Recorded", "You "))]
    assert said == [], "English where nothing marked it"


def wrong_ones(item: Item) -> list[Any]:
    body = item.body
    match item.type:
        case "single":
            return [choice["id"] for choice in body["choices"]]
        case "multiple":
            return [[choice["id"]] for choice in body["choices"]]
        case "match":
            return [{left["id"]: body["right"][0]["id"] for left in body["left"]}, {body["left"][0]["id"]: "a"}]
        case "classify":
            return [{card["id"]: body["bins"][0]["id"] for card in body["cards"]}]
        case "order":
            return [list(reversed(item.key["steps"])), [step["id"] for step in body["steps"]]]
        case "table":
            return [{row: dict.fromkeys(cells, body["values"][0]["id"]) for row, cells in body["ask"].items()}]
        case "numeric":
            return ["12", "165", "12 годин", "багато"]
        case _:
            return ["Ctrl", "Entr", "слово"]


@pytest.mark.parametrize("name", ["force", "credibility"])
def test_a_lab_is_translated_whole(name: str) -> None:
    language("uk")
    one = lab(name)
    heard = [*told(one._repr_mimebundle_()), *told(one._body())]
    for preset in one.kind.presets:
        heard += told(one._reply({"do": "preset", "preset": preset.id}))
    heard += told(one._reply({"do": "set", "values": {control.id: {"?": 1} for control in one.kind.controls}}))
    assert len(heard) > 1000
    assert [text for text in heard if "⟦" in text] == []


# ---- numbers, dates, places ----------------------------------------------------------------------


def test_dates_numbers_and_plurals_are_those_of_the_language() -> None:
    assert (day("2025-08-19"), numerals.figure(50_000.5)) == ("19 August 2025", "50,000.5")
    language("uk")
    assert (day("2025-08-19"), day("2024-03")) == ("19 серпня 2025 року", "березень 2024 року")
    assert numerals.figure(50_000.5) == "50\u00a0000,5"
    assert numerals.number(numerals.figure(50_000.5)) == 50_000.5
    words = [ngettext("about {n} word", "about {n} words", n).format(n=n) for n in (1, 2, 5, 11, 21)]
    assert words == ["близько 1 слова", "близько 2 слів", "близько 5 слів", "близько 11 слів", "близько 21 слова"]
    assert catalogue.forms("The {n} source", "The {n} sources") == ["{n} джерело", "{n} джерела", "{n} джерел"]


@pytest.mark.parametrize(
    ("typed", "unit", "read"),
    [
        ("85 хвилин", "хв", 85),
        ("85 хв.", "хв", 85),
        ("3 хвилини", "хвилин", 3),
        ("85 хвилин", "minutes", 85),  # as a teacher's program reads it, in English
        ("85 minutes", "хв", 85),
        ("близько 85", "хв", 85),
    ],
)
def test_a_unit_may_be_typed_in_the_language_of_the_question(typed: str, unit: str, read: int) -> None:
    assert numerals.number(typed, unit) == read


@pytest.mark.parametrize(("typed", "unit"), [("85 годин", "хв"), ("5 мільйонів", "soldiers"), ("5 млн", "")])
def test_another_unit_or_a_magnitude_is_not_read_over(typed: str, unit: str) -> None:
    with pytest.raises(marking.Unreadable):
        numerals.number(typed, unit)


def test_answers_of_a_translated_lesson_lie_with_all_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LESSON_ANSWERS")
    (tmp_path / "uk").mkdir()
    monkeypatch.chdir(tmp_path / "uk")
    assert log.AnswerLog().folder == tmp_path / "uk" / "my-answers"
    language("uk")
    assert log.AnswerLog().folder == tmp_path / "my-answers"
    monkeypatch.chdir(tmp_path)
    assert log.AnswerLog().folder == tmp_path / "my-answers"


def test_an_error_is_said_in_the_language() -> None:
    language("uk")
    assert str(unknown(_("lesson"), "0", ["00", "01"])).startswith("Немає уроку з назвою '0'. Може, ви мали на увазі")
