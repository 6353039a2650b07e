"""The log: nothing lost or rewritten, one sentence when something is wrong; and what follows from it."""

import errno
import json
import multiprocessing
import os
import stat
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lesson_lib.think import answers, log, questions
from lesson_lib.think.answers import AnswerLog

LESSON = """
lesson = "08"
title = "Eight"
[objectives]
all = "All"
[quizzes.before]
title = "Before"
behaviour = "predict"
[quizzes.main]
title = "Main"
[quizzes.after]
title = "Again"
returns_to = "before"
[[items]]
quiz = "before"
id = "duty"
type = "single"
objective = "all"
difficulty = 1
stem = "?"
hints = ["one", "two"]
[[items.choices]]
id = "war"
text = "War"
why = "No."
[[items.choices]]
id = "assist"
text = "Assist"
why = "Yes."
right = true
[[items]]
quiz = "main"
id = "years"
type = "numeric"
objective = "all"
difficulty = 1
stem = "?"
why = "w"
answer = 72
hints = ["one", "two"]
[[items]]
quiz = "main"
id = "words"
type = "text"
objective = "all"
difficulty = 1
stem = "?"
why = "w"
rubric = ["r"]
"""


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    path = tmp_path_factory.mktemp("questions") / "08.toml"
    path.write_text(LESSON, encoding="utf-8")
    return questions.read_lesson(path)


@pytest.fixture
def kept(tmp_path):
    return AnswerLog(tmp_path / "my-answers")


def add(kept, answer="b", quiz="08-main", item="years", do="check", **more):
    return kept.append(quiz, item, do, answer, **more)


# ---- the log -----------------------------------------------------------------------------------------------


def test_a_line_has_what_the_contract_says(kept):
    assert add(kept, {"s1": "fact"}, sure=3, at="2026-01-31T14:02:11+01:00") == ""
    assert kept.path("08").read_text() == (
        '{"v": 1, "at": "2026-01-31T14:02:11+01:00", "quiz": "08-main", "item": "years", "do": "check", '
        '"answer": {"s1": "fact"}, "sure": 3}\n'
    )
    add(kept)
    assert len(kept.events("08")[1]["at"]) == len("2026-01-31T14:02:11+01:00")


def test_default_places(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LESSON_ANSWERS", raising=False)
    assert AnswerLog().folder == tmp_path / "my-answers"
    monkeypatch.setenv("LESSON_ANSWERS", str(tmp_path / "elsewhere"))
    assert AnswerLog().folder == tmp_path / "elsewhere"


def test_a_torn_last_line_costs_itself_only(kept):
    add(kept, "one")
    with kept.path("08").open("ab") as file:
        file.write(b'{"v": 1, "at": "2026')
    add(kept, "two")
    assert [event["answer"] for event in kept.events("08")] == ["one", "two"]
    assert kept.trouble("08") == "Line 2 of my-answers/08.jsonl could not be read; the other 2 answers are there."


GARBAGE = [
    b"hello", b"[1, 2]", b"{}", b"\xff\xfe\x00", b"null",
    b'{"v": 2, "at": "", "quiz": "08-main", "item": "years", "do": "check"}',
    b"[" * 5000, b'{"v": 1, "at": 5, "quiz": "08-main", "item": "years", "do": "check"}', b"9" * 5000,
    b'{"v": 1, "at": "", "quiz": "08-main", "item": "years", "do": "eat"}',
    b'{"v": 1, "at": "", "quiz": "08-main", "item": "years", "do": ["check"]}',
    b'{"v": 1, "at": "", "quiz": "08-main", "item": "years", "do": "check", "sure": "very"}',
]  # fmt: skip


@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_is_counted_and_left_alone(kept, garbage):
    add(kept, "one")
    with kept.path("08").open("ab") as file:
        file.write(garbage + b"\n\n  \n")
    add(kept, "two")
    before = kept.path("08").read_bytes()
    fresh = AnswerLog(kept.folder)
    assert [event["answer"] for event in fresh.events("08")] == ["one", "two"]
    assert fresh.unreadable("08") == [2]
    assert kept.path("08").read_bytes() == before


def test_many_bad_lines_are_one_sentence(kept):
    kept.folder.mkdir()
    kept.path("08").write_bytes(b"x\n" * 7)
    assert kept.trouble("08") == (
        "Lines 1, 2, 3, 4, 5 and 2 more of my-answers/08.jsonl could not be read; there is nothing else in it."
    )


def test_two_tabs_see_each_other(kept):
    other = AnswerLog(kept.folder)
    add(kept, "one")
    assert [event["answer"] for event in other.events("08")] == ["one"]
    add(other, "two")
    assert [event["answer"] for event in kept.events("08")] == ["one", "two"]


def test_a_log_deleted_while_open_begins_anew(kept):
    add(kept, "one")
    kept.path("08").unlink()
    kept.folder.rmdir()
    assert kept.events("08") == []
    assert add(kept, "two") == ""
    assert [event["answer"] for event in kept.events("08")] == ["two"]


def test_a_file_named_like_the_folder(tmp_path):
    (tmp_path / "my-answers").write_text("a list of my own")
    kept = AnswerLog(tmp_path / "my-answers")
    assert add(kept).startswith("Not saved: something else is named like the folder my-answers")
    assert kept.events("08")[0]["answer"] == "b"
    (tmp_path / "my-answers").unlink()
    add(kept, "two")
    assert [event["answer"] for event in AnswerLog(kept.folder).events("08")] == ["b", "two"]


def test_a_folder_named_like_the_file(kept):
    kept.path("08").mkdir(parents=True)
    assert add(kept).startswith("Not saved: something else is named like")
    assert len(kept.events("08")) == 1
    assert kept.trouble("08") == ""


@pytest.mark.skipif(os.name != "posix", reason="permissions as Unix has them")
def test_a_read_only_folder(kept, monkeypatch):
    add(kept, "one")
    kept.path("08").chmod(stat.S_IREAD)
    kept.folder.chmod(stat.S_IREAD | stat.S_IXUSR)
    try:
        if os.geteuid() == 0:  # nothing is read-only to root: have the system call say it

            def refuse(*_, **__):
                raise PermissionError(errno.EACCES, "Permission denied")

            monkeypatch.setattr(os, "open", refuse)
        said = add(kept, "two")
    finally:
        kept.folder.chmod(stat.S_IRWXU)
        kept.path("08").chmod(stat.S_IREAD | stat.S_IWRITE)
    assert said.startswith("Not saved: the folder my-answers is read-only")
    assert "\n" not in said
    assert [event["answer"] for event in kept.events("08")] == ["one", "two"]


@pytest.mark.parametrize("failing", ["write", "fsync", "part"])
def test_a_full_disk_loses_nothing(kept, monkeypatch, failing):
    add(kept, "one")
    real = os.write

    def full(descriptor, *data):
        if failing == "part":
            return real(descriptor, data[0][:20])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write" if failing == "part" else failing, full)
        assert add(kept, "two").startswith("Not saved: the disk is full")
        assert add(kept, "three").startswith("Not saved: the disk is full")
    assert [event["answer"] for event in kept.events("08")] == ["one", "two", "three"]
    assert add(kept, "four") == ""
    answers_ = [event["answer"] for event in AnswerLog(kept.folder).events("08")]
    assert answers_ == ["one", "two", "three", "four"]


@pytest.mark.parametrize("answer", [float("nan"), object(), {1, 2}, 10**5000], ids=["nan", "object", "set", "huge"])
def test_what_is_no_json_is_said(kept, answer):
    assert add(kept, answer).startswith("Not saved: ")
    assert kept.events("08") == []


@pytest.mark.parametrize("quiz", ["../08-main", "", "-main", "a/b-main"])
def test_no_way_out_of_the_folder(kept, quiz):
    assert add(kept, quiz=quiz).startswith("Not saved: ")
    assert not kept.folder.exists()


def _write_many(folder, name, count):
    kept = AnswerLog(Path(folder))
    for number in range(count):
        said = kept.append("08-main", name, "check", [number, "x" * 300])
        assert said == ""


def test_processes_writing_at_once_lose_and_tear_nothing(tmp_path):
    context = multiprocessing.get_context("spawn")
    names = [f"tab-{number}" for number in range(4)]
    workers = [context.Process(target=_write_many, args=(str(tmp_path), name, 150)) for name in names]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    kept = AnswerLog(tmp_path)
    assert kept.unreadable("08") == []
    for name in names:
        numbers = [event["answer"][0] for event in kept.events("08") if event["item"] == name]
        assert numbers == list(range(150))


def test_a_line_that_comes_in_between_is_not_written_over(kept, monkeypatch):
    add(kept, "one")
    real = os.read

    def meanwhile(*given_):
        monkeypatch.setattr(os, "read", real)
        add(AnswerLog(kept.folder), "from another tab")
        return real(*given_)

    monkeypatch.setattr(os, "read", meanwhile)
    add(kept, "two")
    assert [event["answer"] for event in kept.events("08")] == ["one", "from another tab", "two"]


def test_watchers_hear_of_every_answer_and_cannot_do_harm(kept):
    heard = []

    def broken(event):
        heard.append(event["answer"])
        raise RuntimeError

    stop = kept.watch(broken)
    kept.watch(lambda event: heard.append(event["do"]))
    assert add(kept, "one") == ""
    stop()
    stop()
    add(kept, "two", do="draft")
    assert heard == ["one", "check", "draft"]
    assert len(kept.events("08")) == 2


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
steps = st.lists(
    st.tuples(
        st.sampled_from([0, 1]),
        st.sampled_from(["append", "append", "read", "fail", "tear"]),
        json_values | st.just("\ud800\n\u2028"),
    )
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(steps)
def test_what_was_added_is_read_back_in_any_interleaving(steps):
    with tempfile.TemporaryDirectory() as folder:
        logs = [AnswerLog(Path(folder)), AnswerLog(Path(folder))]
        added = [[], []]
        real = log._append

        def full(path, data):
            raise OSError(errno.ENOSPC, "full")

        for number, (who, what, answer) in enumerate(steps):
            if what == "tear":
                with logs[0].path("08").open("ab") as file:
                    file.write(b'{"v": 1, "torn')
                continue
            if what != "read":
                log._append = full if what == "fail" else real
                try:
                    said = logs[who].append("08-main", f"tab-{who}", "check", answer, at=str(number))
                finally:
                    log._append = real
                assert (said == "") == (what == "append")
                added[who].append((str(number), answer))
            mine = [(e["at"], e["answer"]) for e in logs[who].events("08") if e["item"] == f"tab-{who}"]
            assert mine == added[who]
        for who in (0, 1):  # the next answer that can be saved takes along what could not
            logs[who].append("08-main", "last", "draft", None)
        there = AnswerLog(Path(folder)).events("08")
        for who in (0, 1):
            assert [(e["at"], e["answer"]) for e in there if e["item"] == f"tab-{who}"] == added[who]


# ---- state, progress, change -------------------------------------------------------------------------------


def test_state_follows_the_events(lesson, kept):
    for do, answer in [
        ("draft", "7"), ("check", "80"), ("hint", None), ("hint", None), ("hint", None), ("check", ""),
        ("check", "x"),
        ("check", "81"), ("reveal", None),
    ]:  # fmt: skip
        add(kept, answer, do=do, sure=2 if do == "check" else None)
    now = answers.state(lesson.quizzes["main"], kept.events("08"))["years"]
    assert [attempt.outcome for attempt in now.attempts] == ["wrong", "blank", "unreadable", "wrong"]
    assert (now.misses, now.hints, now.revealed, now.draft, now.latest.sure) == (2, 2, True, "81", 2)
    add(kept, None, do="again")
    add(kept, "72")
    now = answers.state(lesson.quizzes["main"], kept.events("08"))["years"]
    assert (len(now.attempts), now.misses, now.hints, now.revealed) == (5, 0, 0, False)
    assert (now.latest.outcome, now.latest.score, now.most_hints, now.ever_revealed) == (
        "right",
        1.0,
        2,
        True,
    )


def test_a_double_click_is_not_a_second_miss(lesson, kept):
    for answer, misses in [("80", 1), ("80", 1), ("81", 2), ("80", 3)]:
        add(kept, answer)
        assert answers.state(lesson.quizzes["main"], kept.events("08"))["years"].misses == misses


def test_items_the_lesson_does_not_know_are_passed_over_and_kept(lesson, kept):
    add(kept, item="gone")
    add(kept, quiz="08-gone")
    assert answers.progress(lesson, kept).answered == 0
    assert set(answers.record(lesson, log=kept)["items"]) == {
        "08-before/duty",
        "08-main/years",
        "08-main/words",
        "08-after/duty",
    }
    assert len(kept.events("08")) == 2


def test_progress_counts_what_was_checked_and_the_return_apart(lesson, kept):
    assert str(answers.progress(lesson, kept)) == "0 of 4 answered"
    add(kept, "1", do="draft")
    add(kept, "  ")
    add(kept, "war", quiz="08-before", item="duty")
    add(kept, "my words", item="words")
    got = answers.progress(lesson, kept)
    assert (str(got), got.quizzes) == (
        "2 of 4 answered",
        {"08-before": (1, 1), "08-main": (1, 2), "08-after": (0, 1)},
    )


def test_what_is_begun_is_counted_as_the_hand_in_holds_it(lesson, kept):
    add(kept, "72", item="years", do="draft")
    add(kept, " ? ", item="words", do="draft")
    add(kept, "war", quiz="08-before", item="duty")
    add(kept, "nonsense", quiz="08-after", item="duty", do="draft")
    got = answers.progress(lesson, kept)
    assert str(got) == "1 of 4 answered, 2 begun"
    assert got.begun == {"08-main": [1], "08-after": [1]}
    handed = answers.record(lesson, log=kept)["items"]
    assert answers.counted(lesson, handed) == got
    assert [handed[name]["answer"] for name in ("08-main/years", "08-after/duty")] == ["72", "nonsense"]
    # Begun anew after a check: the file keeps what was checked, and a draft of free text counts at once.
    add(kept, None, quiz="08-before", item="duty", do="again")
    add(kept, "assist", quiz="08-before", item="duty", do="draft")
    add(kept, "a few words", item="words", do="draft")
    assert str(answers.progress(lesson, kept)) == "1 of 4 answered, 3 begun"
    assert answers.record(lesson, log=kept)["items"]["08-before/duty"]["answer"] == "war"


def test_a_record_of_another_version_of_the_lesson_is_counted_as_far_as_it_goes(lesson):
    entry = {"answer": "72", "attempts": [], "sure": None}
    assert str(answers.counted(lesson, {"08-main/years": entry, "08-main/gone": entry})) == "0 of 4 answered, 1 begun"


def test_change_is_what_was_said_before_the_return_and_the_last_word(lesson, kept):
    for quiz, answer in [
        ("before", "?"),
        ("before", "b"),
        ("before", "a"),
        ("after", "a"),
        ("before", "b"),
        ("after", "b"),
        ("after", ""),
    ]:
        add(kept, answer, quiz=f"08-{quiz}", item="duty")
    (change,) = answers.change(lesson.quizzes["after"], kept.events("08")).values()
    assert (change.first.answer, change.first.outcome) == ("a", "wrong")
    assert (change.latest.answer, change.latest.outcome) == ("b", "right")
    (nothing,) = answers.change(lesson.quizzes["after"], []).values()
    assert (nothing.first, nothing.latest) == (None, None)


# ---- handing in --------------------------------------------------------------------------------------------


def fill(kept):
    add(kept, "80", sure=3, at="t1")
    add(kept, None, do="hint", at="t2")
    add(kept, "72", sure=2, at="t3")
    add(kept, "first words", item="words", at="t4")
    add(kept, "better words", item="words", do="draft", at="t5")
    add(kept, "a", quiz="08-before", item="duty", do="draft", at="t6")


def test_the_record_is_the_contract_and_the_same_each_time(lesson, kept):
    fill(kept)
    record = answers.record(lesson, "Łucja", kept)
    assert list(record) == ["format", "lesson", "title", "name", "items", "unreadable_lines", "receipt"]
    assert record["items"]["08-main/years"] == {
        "answer": "72", "sure": 2, "at": "t3", "hints": 1, "revealed": False,
        "attempts": [{"answer": "80", "sure": 3, "at": "t1"}, {"answer": "72", "sure": 2, "at": "t3"}],
    }  # fmt: skip
    assert record["items"]["08-main/words"]["answer"] == "better words"
    assert record["items"]["08-before/duty"]["answer"] == "a"
    assert record["items"]["08-after/duty"]["answer"] is None
    assert json.dumps(record) == json.dumps(answers.record(lesson, "Łucja", AnswerLog(kept.folder)))
    assert "score" not in json.dumps(record)


def test_a_record_comes_back_as_it_went(lesson, kept):
    fill(kept)
    record = answers.record(lesson, "Łucja", kept)
    for given_ in (record, json.dumps(record), json.dumps(record, ensure_ascii=False, indent=2).encode()):
        assert answers.read_record(given_) == (record, [])


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda r: r["items"]["08-main/years"].update(answer="73"), ["The receipt does not fit"]),
        (lambda r: r.update(name="Somebody"), ["The receipt does not fit"]),
        (lambda r: r.update(receipt="00000000"), ["The receipt does not fit"]),
        (lambda r: r.pop("receipt"), ["The receipt does not fit"]),
        (lambda r: r.update(format="other/9"), ["The format is 'other/9'"]),
        (lambda r: r.pop("title"), ["The title is missing"]),
        (lambda r: r["items"].update({"08-main/years": 5}), ["08-main/years: the answer", "The receipt"]),
        (
            lambda r: r["items"]["08-main/years"].update(attempts="no"),
            ["08-main/years: attempts", "The receipt"],
        ),
        (lambda r: r["items"]["08-main/years"]["attempts"].append(5), ["08-main/years: att", "The receipt"]),
        (lambda r: r.update(items=[]), ["The answers are missing"]),
    ],
)
def test_damage_is_said_and_the_rest_is_read(lesson, kept, damage, said):
    fill(kept)
    record = answers.record(lesson, "Łucja", kept)
    damage(record)
    read, problems = answers.read_record(record)
    assert len(problems) == len(said)
    assert all(problem.startswith(start) and "\n" not in problem for problem, start in zip(problems, said, strict=True))
    if isinstance(record["items"], dict):
        assert read["items"]["08-main/words"]["answer"] == "better words"


@settings(max_examples=300, deadline=None)
@given(json_values | st.text() | st.binary() | st.dictionaries(st.sampled_from(
    ["format", "lesson", "title", "name", "items", "receipt", "unreadable_lines"]), json_values))  # fmt: skip
def test_no_record_is_too_broken_to_read(given_):
    read, problems = answers.read_record(given_)
    assert set(read) == {"format", "lesson", "title", "name", "items", "unreadable_lines", "receipt"}
    assert problems
    json.dumps(read)
