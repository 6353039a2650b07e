"""From a bank to marks: what is drawn, what students get, what they are given for it, and what a new key changes."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import bank as small
import pytest

from lesson_lib import hand_in, progress, quiz
from lesson_lib.classroom import gradebook
from lesson_lib.classroom.bank import draw, load_unit, new_bank, note_release, releases, units
from lesson_lib.classroom.grade import Graded, Paper, grade, mark_again, mark_paper
from lesson_lib.classroom.release import folder_name, write_release
from lesson_lib.classroom.roster import Student, read_roster, same_name
from lesson_lib.know.errors import DataError, LessonError, UnknownName
from lesson_lib.think import answers
from lesson_lib.think.units import file_name

TEST = {"release": "first", "per_student": True, "behaviour": "test"}
STUDENTS = [Student(f"s{number}", f"Student {number}") for number in range(60)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small.write(tmp_path / "bank")


def right(unit: Any, student: str, release: str = "first") -> dict[str, Any]:
    """A record with every answer as the key has it."""
    items = {}
    for each in draw(unit, release, student):
        key, kind = each.item.key, each.item.type
        answer: Any = {
            "single": key.get("right") or "yes", "multiple": key.get("right"), "numeric": key.get("value"),
            "order": key.get("steps"), "classify": key.get("bins"), "text": "One two three four five six.",
            "short": (key.get("accepted") or [""])[0],
        }[kind]  # fmt: skip
        items[f"T-{each.part}/{each.item.id}"] = {
            "answer": answer,
            "sure": 3,
            "at": "2026-11-01T10:00:00",
            "attempts": [{}],
        }
    return {"items": items, "unit": {"release": release, "student": student}}


# ---- the class list -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "id,name\ns1,Ada\ns2,Bo\n",
        "\ufeffID number;Full name\r\ns1;Ada\r\ns2;Bo\r\n",
        "First name\tSurname\tUsername\nAda\t\ts1\nBo\t\ts2\n",
        (
            "Student,ID,SIS User ID,SIS Login ID,Section,Quiz\n    Points Possible,,,,,10\n"
            "Ada,901,s1,a@x,One,7\nBo,902,s2,b@x,One,\n"
        ),
    ],
)
def test_class_lists_of_teachers_and_platforms_are_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8")
    assert [(student.id, student.name) for student in read_roster(path)] == [("s1", "Ada"), ("s2", "Bo")]


def test_a_class_list_from_excel_keeps_its_letters(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes("id;name\ns1;Müller\n".encode("cp1252"))
    assert read_roster(path)[0].name == "Müller"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("id,name\n", "has no students"),
        ("name\nAda\n", "no column for an id"),
        ("id\ns1\n", "no column for a name"),
        ("id,name\ns1,Ada\ns1,Bo\n", "stands twice"),
        ("id,name\n,Ada\n", "is empty"),
    ],
)
def test_what_is_wrong_with_a_class_list_is_said(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=says):
        read_roster(path)


def test_names_are_compared_as_people_write_them() -> None:
    assert same_name("KOVAL, Olena") == same_name("Olena  Koval")
    assert same_name("Olena Koval") != same_name("Olha Koval")


# ---- the draw -----------------------------------------------------------------------------------------------------


def test_the_same_student_always_draws_the_same(folder: Path) -> None:
    unit = load_unit("T", folder)
    assert draw(unit, "first", "s1") == draw(load_unit("T", folder), "first", "s1")
    # Fixed for good: a draw that moved between versions would mark students on questions they never saw.
    assert [(each.item.id, each.variant) for each in draw(unit, "first", "s1")] == DRAWN


DRAWN = [("word", 0), ("years", 3), ("one", 0), ("several", 0), ("steps", 0), ("view", 0)]


def test_students_draw_differently_and_every_objective_is_asked(folder: Path) -> None:
    unit = load_unit("T", folder)
    seen: Counter[str] = Counter()
    orders = set()
    for student in STUDENTS:
        drawn = draw(unit, "first", student.id)
        assert len(drawn) == 6
        assert {each.item.objective for each in drawn} == {"read", "weigh", "reckon"}
        assert [each.part for each in drawn] == sorted(each.part for each in drawn)
        seen.update(each.item.id for each in drawn)
        orders.add(tuple(each.item.id for each in drawn))
        one = next((each for each in drawn if each.item.id == "one"), None)
        if one:
            orders.add(tuple(choice["id"] for choice in one.item.body["choices"]))
    assert set(seen) == set(unit.items)
    assert len(orders) > 20
    assert {
        each.variant for student in STUDENTS for each in draw(unit, "first", student.id) if each.item.id == "years"
    } == {0, 1, 2, 3}


def test_drawn_numbers_have_their_own_keys(folder: Path) -> None:
    for variant in load_unit("T", folder).items["years"]:
        year = int("".join(filter(str.isdigit, variant.body["stem"].split("to")[0])))
        assert variant.key["value"] == 2025 - year


def test_a_unit_or_bank_that_is_not_there_is_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="T"):
        load_unit("Q", folder)
    with pytest.raises(LessonError, match="does not exist"):
        units(tmp_path / "nowhere")


def test_a_private_bank_overwrites_nothing(folder: Path, tmp_path: Path) -> None:
    assert new_bank(tmp_path / "mine", folder) == ["T"]
    with pytest.raises(LessonError, match="is not empty"):
        new_bank(tmp_path / "mine", folder)


# ---- what students get --------------------------------------------------------------------------------------------


def every_byte(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_test_release_holds_no_key_in_any_form(folder: Path, tmp_path: Path) -> None:
    write_release(load_unit("T", folder), tmp_path / "out", release="first", students=STUDENTS)
    files = every_byte(tmp_path / "out")
    assert len(files) == 2 * len(STUDENTS)
    for name, content in files.items():
        assert b"SECRET" not in content, name
        for word in (b'"key', b'"right', b'"why', b'answer"', b"accepted", b"model", b"source_ids", b'bins": {'):
            assert word not in content, (name, word)


def test_two_keys_give_the_same_files_to_the_byte(folder: Path, tmp_path: Path) -> None:
    other = small.SMALL.replace('why = "SECRET-A"\nright = true', 'why = "Another"').replace(
        'why = "SECRET-B"', 'why = "Yet another"\nright = true', 1
    )
    other = other.replace('bin = "fact"', 'bin = "figure"', 1).replace('["SECRETWORD"]', '["other", "words"]')
    other = other.replace('of = ["2025", "{year}"]', 'of = ["3000", "{year}"]').replace(
        "tolerance = 0", "tolerance = 9"
    )
    steps = [other[other.index(f'id = "{step}"') :].split("[[")[0] for step in ("quarrel", "repair")]
    other = other.replace(steps[0], "@@").replace(steps[1], steps[0]).replace("@@", steps[1])
    assert other != small.SMALL
    for name, text in (("one", small.SMALL), ("two", other)):
        unit = load_unit("T", small.write(tmp_path / f"bank-{name}", text))
        write_release(unit, tmp_path / name, release="first", students=STUDENTS)
    assert load_unit("T", tmp_path / "bank-two").items["steps"][0].key != load_unit("T", folder).items["steps"][0].key
    assert every_byte(tmp_path / "one") == every_byte(tmp_path / "two")


def test_a_study_release_says_that_it_holds_its_key(folder: Path, tmp_path: Path) -> None:
    (where,) = write_release(load_unit("T", folder), tmp_path / "out", release="study", behaviour="study")
    held = json.loads((where / "unit-T.json").read_text(encoding="utf-8"))
    assert held["keys"]["one" if "one" in held["keys"] else next(iter(held["keys"]))]["key"]
    assert "holds the key openly" in (where / "unit-T.ipynb").read_text(encoding="utf-8")


def test_a_release_is_the_same_bytes_again_and_is_remembered(folder: Path, tmp_path: Path) -> None:
    unit = load_unit("T", folder)
    for name in ("one", "two"):
        write_release(unit, tmp_path / name, release="first", students=STUDENTS[:3])
    assert every_byte(tmp_path / "one") == every_byte(tmp_path / "two")
    for digest in ("a", "b"):
        note_release(folder, {"unit": "T", "release": "first", "digest": digest})
    assert releases(folder) == [{"unit": "T", "release": "first", "digest": "b"}]


@pytest.mark.parametrize("name", ["../up", "", "a/b", "x" * 41])
def test_a_release_name_stays_in_its_folder(folder: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(LessonError, match="will not do"):
        write_release(load_unit("T", folder), tmp_path / "out", release=name)


def test_ids_become_folders_that_stay_apart() -> None:
    ids = ["s1", "../s1", "s/1", "s 1", "con", "~con", "ä", "a.", "S1", ""]
    folders = [folder_name(each) for each in ids]
    assert len({name.casefold() for name in folders if name.casefold() != "s1"}) == len(ids) - 2
    assert not any("/" in name or "\\" in name or name.startswith(".") for name in folders)


# ---- the student's side -------------------------------------------------------------------------------------------


@pytest.fixture
def desk(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A student's folder with a test unit in it."""
    (where,) = write_release(load_unit("T", folder), tmp_path / "desk", release="first", students=STUDENTS[:1])
    monkeypatch.chdir(where)
    monkeypatch.setenv("LESSON_ANSWERS", str(where / "my-answers"))
    return where


def test_a_unit_is_answered_and_handed_in_like_a_lesson(folder: Path, desk: Path) -> None:
    unit = load_unit("T", folder)
    given = right(unit, "s0")["items"]
    for each in draw(unit, "first", "s0"):
        view = quiz(f"T-{each.part}")
        answer = given[f"T-{each.part}/{each.item.id}"]["answer"]
        state = view._reply({"do": "check", "item": each.item.id, "answer": answer, "sure": 2, "n": 1})
        assert state is not None
        told = state["items"][each.item.id]["feedback"]
        assert told == {"outcome": "recorded", "says": "Kept. You can change it until you hand in.", "parts": {}}
    assert "6 of 6 answered" in repr(progress("T"))
    assert hand_in("T").title.startswith("Hand in unit T: ")
    record, trouble = hand_in("T").make("Student 0")
    assert trouble == ""
    assert record["unit"] == {"release": "first", "student": "s0", "behaviour": "test"}
    read, problems = answers.read_record(json.dumps(record))
    assert problems == []
    rows = mark_paper(unit, Paper("s0", "Student 0", read), TEST)
    assert {row.outcome for row in rows} <= {"right", "recorded"}
    assert len(rows) == 6


def test_a_unit_without_its_file_or_with_a_damaged_one_is_one_sentence(desk: Path) -> None:
    (desk / file_name("T")).write_text('{"format": "guarantees-unit/1", "unit": "T"')
    with pytest.raises(LessonError, match="cannot be read as JSON"):
        quiz("T-part-1")
    (desk / file_name("T")).write_text('{"format": "guarantees-unit/1", "unit": "T"}')
    with pytest.raises(LessonError, match="parts of the questions are missing"):
        quiz("T-part-1")
    (desk / file_name("T")).unlink()
    with pytest.raises(UnknownName):
        quiz("T-part-1")


# ---- marks --------------------------------------------------------------------------------------------------------


def test_full_marks_no_marks_and_what_waits_for_a_reader(folder: Path) -> None:
    unit = load_unit("T", folder)
    for student in STUDENTS:
        rows = mark_paper(unit, Paper(student.id, student.name, right(unit, student.id)), TEST)
        for row in rows:
            assert row.outcome == ("recorded" if row.opinion or row.type == "text" else "right")
            assert row.score == (None if row.type == "text" else 1.0)
            assert row.earned == (0 if row.type == "text" else row.points)
        nothing = mark_paper(unit, Paper(student.id, student.name, {"items": {}}), TEST)
        assert {row.outcome for row in nothing} == {"blank"}
        assert sum(row.earned for row in nothing) == 0


@pytest.mark.parametrize(
    "items", [None, [], "x", {"T-part-1/one": None}, {"T-part-1/one": {"answer": {"a": {"b": []}}}}]
)
def test_damaged_answers_are_marked_as_far_as_they_go(folder: Path, items: Any) -> None:
    unit = load_unit("T", folder)
    rows = mark_paper(unit, Paper("s1", "A", {"items": items}), TEST)
    assert {row.outcome for row in rows} <= {"blank", "unreadable"}
    json.dumps([row.to_json() for row in rows], allow_nan=False)


def test_knowing_nothing_earns_nothing_and_extra_answers_do_not_count(folder: Path) -> None:
    unit = load_unit("T", folder)
    record = right(unit, "s1")
    drawn = {each.item.id for each in draw(unit, "first", "s1")}
    (left_out,) = [name for name in unit.items if name not in drawn][:1]
    record["items"][f"T-{unit.parts[left_out]}/{left_out}"] = {"answer": "alpha"}
    rows = mark_paper(unit, Paper("s1", "A", record), TEST)
    assert left_out not in {row.item for row in rows}


def test_study_counts_for_completion(folder: Path) -> None:
    unit = load_unit("T", folder)
    record = {
        "items": {name: {"answer": "gamma"} for name in right(unit, "s1")["items"] if name.endswith(("one", "several"))}
    }
    rows = mark_paper(unit, Paper("s1", "A", record), TEST | {"behaviour": "study"})
    for row in rows:
        assert row.score == (1.0 if row.item in ("one", "several") else 0.0)


def test_processes_give_the_same_bytes(folder: Path) -> None:
    unit = load_unit("T", folder)
    papers = [Paper(student.id, student.name, right(unit, student.id)) for student in STUDENTS * 10]
    alone = "".join(grade(unit, papers, TEST))
    with ProcessPoolExecutor(2) as pool:
        assert "".join(grade(unit, papers, TEST, pool, ahead=2)) == alone


def test_two_halves_make_the_whole(folder: Path) -> None:
    unit = load_unit("T", folder)
    papers = [Paper(student.id, student.name, right(unit, student.id)) for student in STUDENTS]
    halves = ["".join(grade(unit, papers[:30], TEST)), "".join(grade(unit, papers[30:], TEST))]
    assert halves[0] + halves[1] == "".join(grade(unit, papers, TEST))


# ---- the gradebook ------------------------------------------------------------------------------------------------


@pytest.fixture
def rows(folder: Path) -> list[Graded]:
    unit = load_unit("T", folder)
    return [row for s in STUDENTS[:8] for row in mark_paper(unit, Paper(s.id, s.name, right(unit, s.id)), TEST)]


def test_a_gradebook_is_read_as_it_was_written(rows: list[Graded], tmp_path: Path) -> None:
    path = tmp_path / "gradebook.jsonl"
    assert gradebook.write(path, (row.to_line() for row in rows)) == len(rows)
    assert list(gradebook.read(path)) == rows
    path.write_text(path.read_text() + '{"unit": 1}\n')
    with pytest.raises(DataError, match=str(len(rows) + 1)):
        list(gradebook.read(path))


@pytest.mark.parametrize("damaged", ["", "{", '{"unit": 1}', "[1, 2]", "two rows", "half a row"])
def test_a_damaged_line_far_down_is_named_and_what_is_before_it_is_read(
    rows: list[Graded], tmp_path: Path, damaged: str
) -> None:
    lines = [row.to_line().rstrip("\n") for row in rows * 20]
    bad = {"two rows": f"{lines[0]},{lines[1]}", "half a row": lines[0][:-1]}.get(damaged, damaged)
    lines[599:599] = [bad]
    path = tmp_path / "gradebook.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    taken: list[Graded] = []
    with pytest.raises(DataError, match="line 600"):
        taken.extend(gradebook.read(path))
    assert taken == (rows * 20)[:599]


def test_totals_keep_the_class_in_order_and_nobody_is_dropped(rows: list[Graded]) -> None:
    roster = [Student("zz", "Nobody Yet"), STUDENTS[1]]
    found = gradebook.totals(rows, roster)
    assert [total.student for total in found] == ["zz", "s1", "s0", *(f"s{number}" for number in range(2, 8))]
    assert found[0].items == 0
    assert found[1].possible == sum(row.points for row in rows if row.student == "s1")


def test_a_readers_marks_are_added_and_survive(rows: list[Graded]) -> None:
    text = next(row for row in rows if row.type == "text")
    before = {total.student: total for total in gradebook.totals(rows)}[text.student]
    marked = list(gradebook.with_rubric(rows, {(text.student, text.item): 0.5}))
    after = {total.student: total for total in gradebook.totals(marked)}[text.student]
    assert after.points == before.points + 0.5 * text.points
    assert (before.to_mark, after.to_mark) == (1, 0)


def test_no_cell_is_a_formula(rows: list[Graded]) -> None:
    evil = [Student("=cmd|' /C calc'!A0", "+1+1", "@x"), *STUDENTS[:4]]
    found = gradebook.totals(rows, evil)
    for text in (
        gradebook.gradebook_csv(found, evil),
        gradebook.canvas_csv(found, evil, "=T"),
        gradebook.moodle_csv(found, evil, "-T"),
    ):
        for line in text.splitlines():
            for cell in line.split(","):
                assert not cell.strip('"').startswith(("=", "+", "@")), line


def test_a_new_key_shows_who_changes_and_by_how_much(folder: Path, tmp_path: Path) -> None:
    unit = load_unit("T", folder)
    old = [row for s in STUDENTS for row in mark_paper(unit, Paper(s.id, s.name, right(unit, s.id)), TEST)]
    other = small.SMALL.replace('why = "SECRET-A"\nright = true', 'why = "No"').replace(
        'why = "SECRET-B"', 'why = "Yes"\nright = true', 1
    )
    changed = load_unit("T", small.write(tmp_path / "other", other))
    new = list(mark_again(changed, old, TEST))
    moved = gradebook.changes(old, new)
    assert {each.student for each in moved} == {row.student for row in old if row.item == "one"}
    for each in moved:
        assert each.items == ("one",)
        assert each.after == each.before - 1
    assert gradebook.changes(old, list(mark_again(unit, old, TEST))) == []


def test_a_dask_cluster_gives_the_same_bytes(folder: Path) -> None:
    from dask.distributed import Client, LocalCluster

    unit = load_unit("T", folder)
    papers = [Paper(student.id, student.name, right(unit, student.id)) for student in STUDENTS * 10]
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        theirs = "".join(grade(unit, papers, TEST, client.get_executor()))
    assert theirs == "".join(grade(unit, papers, TEST))
