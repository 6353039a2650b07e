"""What a quiz, the progress line and handing in show and keep, without a browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lesson_lib import hand_in, progress, quiz
from lesson_lib.know.errors import LessonError, UnknownName
from lesson_lib.show import forms, panel
from lesson_lib.show.quiz import QuizView, answer_log
from lesson_lib.show.work import RECORD, HandIn
from lesson_lib.think import answers, questions
from lesson_lib.think.questions import Item, Quiz

ITEMS = [
    pytest.param(found, item, id=f"{found.id}/{item.id}")
    for lesson in questions.lessons()
    for found in questions.load_lesson(lesson).quizzes.values()
    for item in found.items
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Answers of a test go to a folder of its own."""
    monkeypatch.setenv("LESSON_ANSWERS", str(tmp_path / "my-answers"))
    return tmp_path / "my-answers"


def practice() -> tuple[Quiz, Item]:
    """A marked question with one answer."""
    return next(
        (found, item)
        for found in questions.load_lesson("01").quizzes.values()
        for item in found.items
        if item.type == "single" and not item.opinion and found.behaviour == "practice" and not found.returns_to
    )


def first(kind: str) -> tuple[Quiz, Item]:
    """Lesson 01's first question of a type."""
    return next(
        (found, item)
        for found in questions.load_lesson("01").quizzes.values()
        for item in found.items
        if item.type == kind
    )


def wrong(item: Item) -> list[str]:
    return [choice["id"] for choice in item.body["choices"] if choice["id"] != item.key["right"]]


def page(view: QuizView, item: Item, do: str, answer: object = None, sure: int | None = None) -> dict[str, Any]:
    """What the page gets back for what it sends."""
    state = view._reply({"do": do, "item": item.id, "answer": answer, "sure": sure, "n": 7})
    assert state is not None
    found: dict[str, Any] = state["items"][item.id]
    return found


@pytest.mark.parametrize(("found", "item"), ITEMS)
def test_what_travels_to_the_page_holds_no_key(found: Quiz, item: Item) -> None:
    view = QuizView(found)
    bundle = view._repr_mimebundle_()
    travels = json.dumps([view._body(), view._state(), bundle["text/plain"], bundle["text/html"]], ensure_ascii=False)
    told = [item.key["why"], *item.key["whys"].values(), *(near["why"] for near in item.key.get("near", []))]
    for why in told:
        if len(why) < 20:  # "6 August." may well stand in a question
            continue
        assert json.dumps(why, ensure_ascii=False)[1:-1] not in travels


@pytest.mark.parametrize(("found", "item"), ITEMS)
def test_the_stored_forms_hold_the_whole_question(found: Quiz, item: Item) -> None:
    bundle = QuizView(found)._repr_mimebundle_()
    stem = forms.plain(item.body["stem"])
    assert stem in bundle["text/plain"]
    assert forms.rich(item.body["stem"]) in bundle["text/html"]
    for part in ("choices", "steps", "left", "right", "cards", "bins", "rows", "values"):
        for option in item.body.get(part, []):
            assert forms.plain(option["text"]) in bundle["text/plain"]
    assert bundle["text/html"].count("<details>") == sum(len(each.hints) for each in found.items)
    assert bundle["text/html"].count("<legend>") == len(found.items)
    assert "<script" not in bundle["text/html"]


@pytest.mark.parametrize(("found", "item"), ITEMS)
def test_the_example_of_typing_can_be_read(found: Quiz, item: Item) -> None:
    typed = eval(forms.example(item), {})
    view = quiz(found.id, **{forms.python_name(item.id): typed})
    assert "can't read" not in view.said.get(item.id, "")


def test_a_miss_then_the_answer_and_every_attempt_is_kept() -> None:
    found, item = practice()
    view = QuizView(found)
    assert page(view, item, "check")["feedback"]["outcome"] == "blank"
    assert answers.state(found, answer_log().events("01"))[item.id].attempts == []
    first = page(view, item, "check", wrong(item)[0], 2)
    assert first["feedback"]["outcome"] == "wrong"
    assert set(first["feedback"]["parts"]) == {wrong(item)[0]}
    assert first["done"] is False
    assert "sources" not in first["feedback"]
    second = page(view, item, "check", wrong(item)[1], 3)
    assert second["done"] is True
    assert second["feedback"]["key"] == item.key["right"]
    assert len(second["feedback"]["sources"]) == len(item.source_ids)
    assert page(view, item, "again")["feedback"] is None
    assert page(view, item, "check", item.key["right"], 1)["feedback"]["outcome"] == "right"
    kept = answers.state(found, answer_log().events("01"))[item.id].attempts
    assert [(one.outcome, one.sure) for one in kept] == [("wrong", 2), ("wrong", 3), ("right", 1)]


def test_the_page_is_told_that_its_answer_arrived() -> None:
    found, item = practice()
    state = page(QuizView(found), item, "draft", wrong(item)[0])
    assert state["n"] == 7
    assert state["answer"] == wrong(item)[0]
    assert state["feedback"] is None


def test_the_answer_is_there_when_the_cell_is_run_again() -> None:
    found, item = practice()
    page(QuizView(found), item, "check", item.key["right"], 3)
    again = QuizView(found)._state()["items"][item.id]
    assert again["answer"] == item.key["right"]
    assert again["feedback"]["outcome"] == "right"
    assert again["sure"] == 3


def test_typing_is_like_clicking_and_running_again_is_no_attempt() -> None:
    found, item = practice()
    typed: dict[str, Any] = {forms.python_name(item.id): "a"}
    for _ in range(3):
        view = quiz(found.id, sure=2, **typed)
    assert view.said[item.id].startswith("You answered: a. ")
    events = answer_log().events("01")
    assert [(event["do"], event["answer"], event["sure"]) for event in events] == [
        ("check", item.body["choices"][0]["id"], 2)
    ]
    assert view.said[item.id] in view._repr_mimebundle_()["text/plain"]


def test_what_cannot_be_read_is_told_and_costs_nothing() -> None:
    found, item = practice()
    view = quiz(found.id, **{forms.python_name(item.id): "x"})
    assert "I can't read" in view.said[item.id]
    assert answer_log().events("01") == []


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: quiz("01-warm-pu"), "Did you mean '01-warm-up'"),
        (lambda: quiz("01-warm-up", how_much_hold="a"), "Did you mean 'how_much_holds'"),
        (lambda: quiz("01-warm-up", how_much_holds="a", sure=5), "write 1 for a guess"),
        (lambda: progress("1"), "There is no lesson called '1'. Did you mean '01'"),
        (lambda: hand_in("01", name=" "), "in quotation marks"),
    ],
)
def test_a_wrong_name_is_one_line(call: Any, words: str) -> None:
    with pytest.raises((UnknownName, LessonError)) as caught:
        call()
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"do": "check"},
        {"do": "erase", "item": "x"},
        {"do": "check", "item": ["x"]},
        {"item": "how-much-holds", "do": None},
    ],
)
def test_a_message_that_makes_no_sense_changes_nothing(message: dict[str, Any]) -> None:
    assert QuizView(questions.load_quiz("01-warm-up"))._reply(message) is None
    assert answer_log().events("01") == []


def test_an_answer_too_deep_to_be_one_is_told() -> None:
    deep: Any = "x"
    for _ in range(5000):
        deep = [deep]
    state = QuizView(questions.load_quiz("01-warm-up"))._reply(
        {"do": "check", "item": "how-much-holds", "answer": deep}
    )
    assert state is not None
    assert state["problem"]


def test_progress_counts_on_while_answers_come(folder: Path) -> None:
    found, item = practice()
    view = progress("01")
    assert "0 of" in view._repr_mimebundle_()["text/plain"]
    page(QuizView(found), item, "check", item.key["right"])
    assert view._state()["says"].startswith("Lesson 01: 1 of ")
    assert view._state()["says"].endswith(f"kept in {folder.name}")


def test_a_torn_log_is_said_and_costs_one_line(folder: Path) -> None:
    found, item = practice()
    page(QuizView(found), item, "check", item.key["right"])
    with (folder / "01.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"v":1,"at":"2026-0')
    state = QuizView(found)._state()
    assert state["items"][item.id]["feedback"]["outcome"] == "right"
    assert "could not be read; the other 1 answer is there" in state["problem"]
    assert "could not be read" in progress("01")._state()["says"]


def test_the_file_and_the_output_hold_the_same_record(folder: Path) -> None:
    found, item = practice()
    page(QuizView(found), item, "check", item.key["right"])
    form = hand_in("01", name="Олена")
    record, trouble = form.make("Олена")
    assert trouble == ""
    assert json.loads((folder / "hand-in-01.json").read_text(encoding="utf-8")) == record
    assert form._receipt(record, "")[RECORD] == record
    assert record["name"] == "Олена"
    assert answers.read_record(json.dumps(record))[1] == []
    assert not list(folder.glob("*.part"))


def test_what_is_blank_is_listed() -> None:
    lines = " ".join(hand_in("01").checklist())
    assert "Nothing to hand in yet" in lines
    found, item = practice()
    page(QuizView(found), item, "check", item.key["right"])
    lines = " ".join(hand_in("01").checklist())
    assert "Still blank:" in lines
    assert f"{found.title} ({len(found.items) - 1})" in lines


def test_the_checklist_the_progress_line_and_the_receipt_count_alike() -> None:
    found, item = practice()
    page(QuizView(found), item, "check", item.key["right"])
    numbers = questions.load_quiz("01-numbers")
    page(QuizView(numbers), numbers.items[1], "draft", "171")
    page(QuizView(numbers), numbers.items[2], "draft", "zzz")
    form = hand_in("01")
    count, begun, blank = form.checklist()
    every = sum(len(each.items) for each in questions.load_lesson("01").quizzes.values())
    assert count == f"1 of {every} answered, 2 begun."
    assert f"not pressed yet: {numbers.title}, questions 2, 3. What stands there goes into the file" in begun
    assert f"{numbers.title} ({len(numbers.items) - 2})" in blank
    record, _ = form.make("Олена")
    assert count in form._lines(record, "")[0]
    assert [record["items"][f"01-numbers/{each.id}"]["answer"] for each in numbers.items[:3]] == [None, "171", "zzz"]
    says = progress("01")._state()["says"]
    assert says.startswith(f"Lesson 01: {count.removesuffix('.')} · kept in ")


def test_nothing_is_begun_where_only_a_question_mark_stands() -> None:
    numbers = questions.load_quiz("01-numbers")
    page(QuizView(numbers), numbers.items[0], "draft", " ? ")
    assert "Nothing to hand in yet" in " ".join(hand_in("01").checklist())


def test_an_empty_check_says_nothing_of_saving() -> None:
    found, item = first("numeric")
    view = QuizView(found)
    empty = page(view, item, "check", None)
    assert (empty["feedback"]["says"], empty["saved"]) == ("Nothing answered yet.", "")
    assert page(view, item, "draft", "7")["saved"]
    assert page(view, item, "check", " ")["saved"] == ""
    assert page(view, item, "check", "zzz")["saved"]


def test_a_number_that_may_mean_two_things_is_asked_about_and_costs_no_try() -> None:
    numbers = questions.load_quiz("01-numbers")
    item = numbers.items[0]
    view = QuizView(numbers)
    asked = page(view, item, "check", "72.000", 2)
    assert asked["feedback"]["says"] == (
        'I read "72.000" as 72. If you mean 72,000, write 72000; if you mean 72, press the button again.'
    )
    assert (asked["done"], asked["answer"]) == (False, "72.000")
    # Another text of that kind is asked about as well; what is pressed again is meant.
    assert page(view, item, "check", "73.000")["feedback"]["says"].startswith('I read "73.000" as 73.')
    assert answers.state(numbers, answer_log().events("01"))[item.id].attempts == []
    assert page(view, item, "check", "73.000")["feedback"]["outcome"] == "wrong"
    assert page(view, item, "check", "72.000")["feedback"]["outcome"] == "blank"
    assert page(view, item, "check", "72.000", 2)["feedback"]["outcome"] == "right"
    # And what was checked is not asked about anew, whatever the kernel has forgotten.
    assert page(QuizView(numbers), item, "check", "72.000", 2)["feedback"]["outcome"] == "right"


def test_a_typed_number_that_may_mean_two_things_waits_until_it_is_written_clearly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    numbers = questions.load_quiz("01-numbers")
    item = numbers.items[0]
    name = forms.python_name(item.id)
    for _ in range(2):
        view = quiz(numbers.id, **{name: "72.000"})
        assert view.said[item.id] == (
            'I read "72.000" as 72. If you mean 72,000, write 72000; if you mean 72, write 72.'
        )
    assert [(event["do"], event["answer"]) for event in answer_log().events("01")] == [("draft", "72.000")]
    assert "1 begun" in hand_in("01").checklist()[0]
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr("lesson_lib.show.quiz.live", lambda _kind, _body, state, _reply: shown.append(state))
    view._repr_mimebundle_()
    assert shown[0]["items"][item.id]["feedback"]["says"] == view.said[item.id]
    # Written anew in the cell, it is taken; what was entered in the page since is not undone by the cell run again.
    quiz(numbers.id, **{name: "74.000"})
    assert answer_log().events("01")[-1]["answer"] == "74.000"
    page(QuizView(numbers), item, "draft", "5")
    quiz(numbers.id, **{name: "74.000"})
    assert answer_log().events("01")[-1]["answer"] == "5"
    assert "Right." in quiz(numbers.id, **{name: "72"}).said[item.id]
    quiz(numbers.id, **{name: "73.000"})
    assert answer_log().events("01")[-1]["answer"] == 72


def test_half_a_character_is_handed_in_as_json_escapes_it() -> None:
    lesson = questions.load_lesson("01")
    found, item = next((q, item) for q in lesson.quizzes.values() for item in q.items if item.type == "text")
    answer_log().append(found.id, item.id, "check", "a \ud800 b")
    form: HandIn = hand_in("01")
    assert form.title == f"Hand in lesson 01: {lesson.title}"
    record, trouble = form.make("Олена")
    assert trouble == ""
    assert record["items"][f"{found.id}/{item.id}"]["answer"] == "a \ud800 b"
    assert json.loads(form.path.read_bytes()) == record


def test_a_hand_in_that_cannot_be_written_is_told_and_can_be_downloaded(folder: Path) -> None:
    folder.mkdir()
    (folder / "hand-in-01.json").mkdir()
    form: HandIn = hand_in("01")
    record, trouble = form.make("A")
    assert "could not be written" in trouble
    state = form._state(record, trouble)
    assert json.loads(state["text"]) == record
    assert state["problem"] == trouble


def test_without_widgets_the_forms_still_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "lesson_lib.show.panel", None)
    bundle = quiz("01-warm-up")._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    assert set(progress("01")._repr_mimebundle_()) == {"text/plain", "text/html"}


def test_the_script_is_sent_once_and_asks_for_nothing_outside() -> None:
    code, key = panel.script()
    assert len(code.encode()) <= 60_000
    # A namespace is a name, not a place: no browser asks for it.
    assert "http" not in code.replace("https?:", "").replace("http://www.w3.org/2000/svg", "")
    assert "innerHTML" not in code
    assert "eval(" not in code
    assert len(panel._STUB % key) < 400


def test_what_is_not_filled_in_costs_no_try() -> None:
    found, item = first("classify")
    view = QuizView(found)
    card = item.body["cards"][0]["id"]
    told = page(view, item, "check", {card: item.body["bins"][0]["id"]})
    assert "still empty" in told["feedback"]["says"]
    assert told["answer"] == {card: item.body["bins"][0]["id"]}
    assert told["done"] is False
    assert answers.state(found, answer_log().events("01"))[item.id].attempts == []


def test_running_the_cell_again_keeps_the_hand_in() -> None:
    found, item = practice()
    page(QuizView(found), item, "check", item.key["right"])
    record, _ = hand_in("01").make("Олена")
    again = hand_in("01")
    assert again.made() == record
    assert again._receipt(again.made(), "")[RECORD] == record
    assert again._state(again.made(), "")["name"] == "Олена"
    assert again._state(again.made(), "")["file"] == "hand-in-01-Олена.json"


def test_a_damaged_hand_in_file_is_not_shown_as_one(folder: Path) -> None:
    folder.mkdir()
    (folder / "hand-in-01.json").write_text('{"format": "guarantees-hand-in/1", "lesson": "01"', encoding="utf-8")
    assert hand_in("01").made() is None


def test_no_model_answer_before_an_answer() -> None:
    found, item = first("text")
    view = QuizView(found)
    short = page(view, item, "check", "Hi.")
    assert "key" not in short["feedback"]
    assert short["done"] is False
    full = page(view, item, "check", "word " * item.body["min_words"])
    assert full["feedback"]["key"] == item.key["model"]
