"""Collecting hand-ins: the places they lie in, whose they are, which one counts, and everything that is hostile."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import stat
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lesson_lib.classroom import archives, collect
from lesson_lib.classroom.archives import Archives, Trouble
from lesson_lib.classroom.collect import Collected, Handin, problems_csv, stream
from lesson_lib.classroom.roster import Student
from lesson_lib.classroom.senders import Senders, origin
from lesson_lib.think import answers, units
from lesson_lib.think.answers import FORMAT, RECORD, AnswerLog, receipt

ADA = Student("s1", "Ada Lovelace", "ada@uni.example", extra={"Username": "ada", "Identifier": "Participant 771"})
BEN = Student("s2", "Ben Okri", extra={"Username": "okri-b"})
ZOE = Student("s3", "Zoë Müller-Ortiz", extra={"ID": "9041", "SIS User ID": "s3"})
KIM = [Student("s4", "Kim Lee"), Student("s5", "Lee, Kim")]
CLASS = [ADA, BEN, ZOE, *KIM]

EARLY, LATE = "2026-11-25T10:00:00+01:00", "2026-11-25T09:30:00+00:00"  # the second is later, whatever the letters say


def record(name: str = "", student: str = "", at: str | None = EARLY, answer: Any = "alpha", **other: Any) -> dict:
    entry = {"answer": answer, "sure": 2, "at": at, "attempts": [], "hints": 0, "revealed": False}
    items = {"A-part-1/one": entry}
    return {
        "format": FORMAT, "lesson": "A", "title": "A unit", "name": name, "items": items,
        "unit": {"release": "autumn", "student": student}, "unreadable_lines": 0,
        "receipt": receipt("A", name, items),
    } | other  # fmt: skip


def text(given: Any) -> str:
    return json.dumps(given, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def notebook(*records: dict) -> str:
    outputs = [
        {"output_type": "display_data", "metadata": {}, "data": {"text/plain": "…", RECORD: one}} for one in records
    ]
    cells = [{"cell_type": "markdown", "source": ["# A"]}, {"cell_type": "code", "source": [], "outputs": outputs}]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def put(folder: Path, files: dict[str, Any]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data(content))
    return folder


def data(content: Any) -> bytes:
    if isinstance(content, bytes):
        return content
    return (content if isinstance(content, str) else text(content)).encode()


def packed(files: dict[str, Any], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, content in files.items():
            archive.writestr(name, data(content))
    return out.getvalue()


def got(*paths: Path, unit: str = "A", roster: list[Student] = CLASS) -> Collected:
    return collect.collect(paths, unit, roster)


def who(found: Collected) -> list[str]:
    return [each.student.id for each in found.handins]


def only(found: Collected) -> Trouble:
    assert len(found.problems) == 1, found.problems
    return found.problems[0]


# ---- where hand-ins lie -------------------------------------------------------------------------------------------


def test_files_notebooks_and_folders(tmp_path: Path) -> None:
    put(tmp_path, {
        "one/hand-in-A-Ada.json": record("Ada Lovelace"),
        "one/deep/er/unit-A.ipynb": notebook(record(student="s2")),
        "hand-in-A.json": record("x", "s3"),
    })  # fmt: skip
    found = got(tmp_path / "one", tmp_path / "hand-in-A.json")
    assert who(found) == ["s1", "s2", "s3"]
    assert not found.problems
    assert [each.id for each in found.missing] == ["s4", "s5"]
    assert [each.file for each in found.handins] == [
        "one/hand-in-A-Ada.json",
        "one/deep/er/unit-A.ipynb",
        "hand-in-A.json",
    ]
    assert found.handins[0].at == EARLY
    assert found.handins[0].record["items"]["A-part-1/one"]["answer"] == "alpha"


def test_a_hand_in_as_a_student_makes_it(tmp_path: Path) -> None:
    body = {"id": "one", "type": "text", "stem": "Why?", "opinion": False, "hints": 0, "words": [1, 9]}
    part = {"id": "A-part-1", "title": "Part", "items": [body]}
    unit = {"format": units.FORMAT, "unit": "A", "title": "A unit", "behaviour": "test", "release": "autumn",
            "student": "s1", "parts": [part]}  # fmt: skip
    put(tmp_path / "s1", {"unit-A.json": unit})
    log = AnswerLog(tmp_path / "s1" / "my-answers")
    made = answers.record(units.read(tmp_path / "s1" / "unit-A.json"), "Augusta", log)
    put(tmp_path / "s1", {"my-answers/hand-in-A.json": made})
    (tmp_path / "s1" / "unit-A.json").unlink()
    found = got(tmp_path / "s1")
    assert [each.record for each in found.handins] == [answers.read_record(made)[0]]
    assert who(found) == ["s1"]
    assert not found.problems


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    put(tmp_path, {"one/hand-in-A.json": record("Ada Lovelace")})
    found = got(tmp_path / "one", tmp_path / "one" / "hand-in-A.json", tmp_path / "one" / ".." / "one")
    assert who(found) == ["s1"]
    assert not found.problems


@pytest.mark.parametrize("tail", ["", "_"])
def test_moodle_folders(tmp_path: Path, tail: str) -> None:
    (tmp_path / "m.zip").write_bytes(packed({
        f"Ada Lovelace_771_assignsubmission_file{tail}/hand-in-A.json": record("somebody"),
        f"Ada Lovelace_771_assignsubmission_onlinetext{tail}/onlinetext.html": "<p>See the file.</p>",
        f"Zoë Müller-Ortiz_773_assignsubmission_file{tail}/My Unit.ipynb": notebook(record("me")),
        f"Zoë Müller-Ortiz_773_assignsubmission_file{tail}/notes.pdf": b"%PDF",
        f"Group 1-Ben Okri_774_assignsubmission_onlinetext{tail}/onlinetext.html":
            "<p>" + text(record("b")).replace("<", "&lt;").replace('"', "&quot;").replace("\n", "<br />") + "</p>",
    }))  # fmt: skip
    found = got(tmp_path / "m.zip")
    assert who(found) == ["s1", "s2", "s3"]
    assert not found.problems  # what lies beside a proper hand-in of the same student is no worry
    assert found.handins[0].file == f"m.zip/Ada Lovelace_771_assignsubmission_file{tail}/hand-in-A.json"


def test_moodle_without_folders_and_with_hidden_names(tmp_path: Path) -> None:
    (tmp_path / "m.zip").write_bytes(packed({
        "Participant_771_assignsubmission_file_hand-in-A.json": record("nobody"),
        "Participant_772_assignsubmission_file_hand-in-A.json": record(student="s2"),
        "Participant_773_assignsubmission_file_hand-in-A.json": record(),
        "Ben Okri_9_assignsubmission_onlinetext_onlinetext.html": "<p>Sorry!</p>",
    }))  # fmt: skip
    found = got(tmp_path / "m.zip")
    assert who(found) == ["s1", "s2"]  # 771 is in the grading worksheet
    reasons = {each.file.rpartition("/")[2][:15]: each for each in found.problems}
    assert "Moodle's name “Participant”" in reasons["Participant_773"].reason
    assert "no hand-in is in it" in reasons["Ben Okri_9_assi"].reason
    assert reasons["Ben Okri_9_assi"].who == "Ben Okri"


def test_moodle_names_that_are_not_said_to_be_utf_8(tmp_path: Path) -> None:
    name = "Zoë Müller-Ortiz_773_assignsubmission_file/hand-in-A.json"
    for number, raw in enumerate((name.encode(), name.encode("cp437"))):
        out = packed({"X" * len(raw): record("?")})
        path = tmp_path / f"{number}.zip"
        path.write_bytes(out.replace(b"X" * len(raw), raw))
        found = got(path)
        assert who(found) == ["s3"]
        assert found.handins[0].file == f"{number}.zip/{name}"


def test_canvas(tmp_path: Path) -> None:
    (tmp_path / "submissions.zip").write_bytes(packed({
        "lovelaceada_12345_67890_hand-in-A.json": record("?"),
        "okriben_LATE_12346_67891_hand-in-A-2.json": record("?"),
        "whoever_9041_67892_unit-A.ipynb": notebook(record("?")),
        "leekim_12350_67895_hand-in-A.json": record("?"),
        "anon_x7Yz2_67896_hand-in-A.json": record("?"),
        "lovelaceada_12345_text.html": "<p>nothing</p>",
    }))  # fmt: skip
    found = got(tmp_path / "submissions.zip")
    assert who(found) == ["s1", "s2", "s3"]
    assert [each.order for each in found.handins] == [0, 2, 0]
    assert len(found.problems) == 2
    assert "More than one student" in found.problems[1].reason
    assert "“?”" in found.problems[0].reason


@pytest.mark.parametrize(
    ("label", "login", "name", "order"),
    [
        ("group_a_1_2_hand-in-A.json", "1", "group_a", 0),
        ("smith2_late_31_42_hand-in-A-11.json", "31", "smith2", 11),
        ("LATE_anon_Ab12z_42_hand-in-A-1.json", "anon_Ab12z", "", 1),
        ("x_1_2_hand-in-A-0f8fad5b-d9cb-469f-a165-70867728950e.json", "1", "x", 8),
        ("x_1_2_hand-in-A-Ada-3.json", "1", "x", 3),
        ("x_1_2_work.zip/hand-in-A-3.json", "1", "x", 0),
    ],
)
def test_canvas_names(label: str, login: str, name: str, order: int) -> None:
    sent = origin(label, "A")
    assert (sent.platform, sent.login, sent.name, sent.order) == ("canvas", login, name, order)


def test_a_unit_called_by_a_number_is_no_resubmission() -> None:
    assert origin("x_1_2_hand-in-4.json", "4").order == 0
    assert origin("hand-in-A-4.json", "A").order == 0


def test_nbgrader_exchange(tmp_path: Path) -> None:
    put(tmp_path, {
        "course/inbound/ada+A+2026-11-25 10:00:00.5 UTC+aB_-c1/unit-A.ipynb": notebook(record("?", answer=1)),
        "course/inbound/ada+A+2026-11-25 10:00:00.5 UTC+aB_-c1/timestamp.txt": "2026-11-25 10:00:00.5 UTC",
        "course/inbound/ada+A+2026-11-25 10:00:00.5 UTC+aB_-c1/submission_secret.txt": "0f",
        "course/inbound/ada+A+2026-11-25 11:00:00.1 UTC+aa/unit-A.ipynb": notebook(record("?", answer=2)),
        "course/inbound/nobody+A+2026-11-25 11:00:00 UTC/unit-A.ipynb": notebook(record("?")),
        "course/outbound/A/unit-A.ipynb": notebook(),
        "mine/submitted/okri-b/A/unit-A.ipynb": notebook(),
        "mine/submitted/okri-b/A/unit-A.json": {"format": "guarantees-unit/1"},
        "mine/submitted/okri-b/A/timestamp.txt": "2026-11-25 10:00:00 UTC",
        "mine/submitted/okri-b/A/my-answers/hand-in-A.json": record("?"),
        "mine/submitted/okri-b/A/my-answers/A.jsonl": "{}",
        "mine/source/A/unit-A.ipynb": notebook(),
    })  # fmt: skip
    found = got(tmp_path / "course", tmp_path / "mine")
    assert who(found) == ["s1", "s2"]
    assert found.handins[0].record["items"]["A-part-1/one"]["answer"] == 2
    assert [each.reason.partition(":")[0] for each in found.problems] == [
        "Superseded",
        "Nobody in the class list has the user name “nobody” or the name “?”.",
    ]


def test_what_computers_leave_behind_is_passed_over(tmp_path: Path) -> None:
    files = {
        "hand-in-A.json": record("Ada Lovelace"),
        ".DS_Store": b"\0",
        "__MACOSX/._hand-in-A.json": b"\0",
        "._x.json": b"",
    }
    put(tmp_path / "folder", files)
    (tmp_path / "z.zip").write_bytes(packed(files))
    for name in ("folder", "z.zip"):
        found = got(tmp_path / name)
        assert who(found) == ["s1"]
        assert not found.problems


def test_a_zip_in_a_zip_is_opened_and_no_further(tmp_path: Path) -> None:
    inner = packed({"a/hand-in-A.json": record("?"), "read me.docx": b"x"})
    (tmp_path / "z.zip").write_bytes(packed({
        "Ada Lovelace_1_assignsubmission_file/work.zip": inner,
        "Ben Okri_2_assignsubmission_file/work.zip": packed({"again.zip": inner}),
        "Zoë Müller-Ortiz_3_assignsubmission_file/work.zip": packed({"read me.docx": b"x"}),
    }))  # fmt: skip
    found = got(tmp_path / "z.zip")
    assert who(found) == ["s1"]
    assert found.handins[0].file.endswith("work.zip/a/hand-in-A.json")
    assert [each.reason.partition(":")[0] for each in found.problems] == [
        "It is a zip in a zip in a zip",
        "The zip holds no hand-in file and no notebook.",
    ]


# ---- whose --------------------------------------------------------------------------------------------------------


def test_the_record_then_the_platform_then_the_name() -> None:
    ask = Senders(CLASS).whose
    moodle = origin("Ada Lovelace_1_assignsubmission_file/hand-in-A.json")
    assert ask("s1", "Ben Okri", origin("hand-in-A.json")).student is ADA
    assert ask("", "Ben Okri", moodle).student is ADA
    assert "Ben Okri (s2)" in ask("", "Ben Okri", moodle).note
    assert ask("s77", "", moodle).student is ADA
    assert "“s77”" in ask("s77", "", moodle).note
    assert ask("", "OKRI, ben", origin("hand-in-A.json")).student is BEN
    assert ask("", "Kim Lee", origin("hand-in-A.json")).student is None
    assert "More than one" in ask("", "Kim Lee", origin("hand-in-A.json")).reason
    assert "no id and no name" in ask(" ", " ", origin("hand-in-A.json")).reason


def test_the_same_name_is_told_apart_by_the_id(tmp_path: Path) -> None:
    put(tmp_path, {"1.json": record("Kim Lee", "s5"), "2.json": record("Kim Lee", "s4"), "3.json": record("Kim Lee")})
    found = got(tmp_path)
    assert who(found) == ["s4", "s5"]
    assert only(found).who == "Kim Lee"


def test_nobody_takes_anothers_place(tmp_path: Path) -> None:
    files = {
        "Ada Lovelace_1_assignsubmission_file/hand-in-A.json": record("Ada", "s1", EARLY),
        "Ben Okri_2_assignsubmission_file/hand-in-A.json": record("Ada", "s1", LATE, "beta"),
    }
    put(tmp_path, files)
    found = got(tmp_path)
    assert who(found) == ["s1"]
    assert found.handins[0].record["items"]["A-part-1/one"]["answer"] == "alpha"
    assert "Ben Okri (s2) handed it in" in only(found).reason
    (tmp_path / next(iter(files))).unlink()
    found = got(tmp_path)
    assert who(found) == ["s1"]
    assert only(found).reason.startswith("Counted all the same. The record names Ada Lovelace (s1)")


# ---- which one counts ---------------------------------------------------------------------------------------------


def test_the_latest_counts_by_its_answers_not_by_the_letters_of_their_times(tmp_path: Path) -> None:
    put(
        tmp_path,
        {"1.json": record("", "s1", LATE, "beta"), "2.json": record("", "s1", EARLY), "3.json": record("", "s1", None)},
    )
    found = got(tmp_path)
    assert found.handins[0].file.endswith("1.json")
    assert [each.reason for each in found.problems] == [f"Superseded: {tmp_path.name}/1.json is later and counts."] * 2


def test_a_records_newest_answer_is_the_latest_moment(tmp_path: Path) -> None:
    made = record("", "s1", EARLY)
    made["items"] |= {
        "A-part-1/two": made["items"]["A-part-1/one"] | {"at": LATE},
        "A-part-1/three": made["items"]["A-part-1/one"] | {"at": "2026-11-25"},
        "A-part-1/four": made["items"]["A-part-1/one"] | {"at": "9999, soon after dawn"},
        "A-part-1/five": made["items"]["A-part-1/one"] | {"at": 9e99},
    }
    assert got(put(tmp_path, {"1.json": made})).handins[0].at == LATE


def test_a_folder_of_the_exchange_says_when_in_its_name(tmp_path: Path) -> None:
    inbound = tmp_path / "inbound"
    put(inbound, {
        "ada+A+2026-11-25 10:00:00 UTC+a/1.ipynb": notebook(record(at=None, answer="old")),
        "ada+A+2026-11-25 09:00:00 UTC+b/1.ipynb": notebook(record(at=None, answer="older")),
    })  # fmt: skip
    os.utime(inbound / "ada+A+2026-11-25 10:00:00 UTC+a" / "1.ipynb", (1_000, 1_000))
    assert got(inbound).handins[0].record["items"]["A-part-1/one"]["answer"] == "old"


def test_a_collected_folder_says_when_in_its_timestamp(tmp_path: Path) -> None:
    put(tmp_path, {
        "1/submitted/ada/A/1.ipynb": notebook(record(at=None, answer="new")),
        "1/submitted/ada/A/timestamp.txt": "2026-11-25 10:00:00.000000 UTC\n",
        "2/submitted/ada/A/1.ipynb": notebook(record(at=None, answer="old")),
        "2/submitted/ada/A/timestamp.txt": "2026-11-25 09:00:00.000000 UTC\n",
    })  # fmt: skip
    os.utime(tmp_path / "1" / "submitted" / "ada" / "A" / "1.ipynb", (1_000, 1_000))
    assert got(tmp_path).handins[0].record["items"]["A-part-1/one"]["answer"] == "new"


def test_the_platforms_number_comes_first_and_the_files_time_last(tmp_path: Path) -> None:
    put(tmp_path, {"c/okriben_1_2_hand-in-A-1.json": record(at=EARLY), "c/okriben_1_3_hand-in-A.json": record(at=LATE)})
    assert got(tmp_path / "c").handins[0].order == 1
    put(tmp_path, {"f/2.json": record("", "s1", answer="old"), "f/1.json": record("", "s1", answer="new")})
    os.utime(tmp_path / "f" / "2.json", (1_000, 1_000))
    assert got(tmp_path / "f").handins[0].file == "f/1.json"


def test_the_same_hand_in_twice_is_said_to_be_the_same(tmp_path: Path) -> None:
    put(tmp_path, {"1.json": record("", "s1"), "2.ipynb": notebook(record("", "s1"))})
    found = got(tmp_path)
    assert who(found) == ["s1"]
    assert only(found).reason.startswith("The same answers once more")


def test_of_a_notebook_and_a_file_the_one_whose_receipt_fits(tmp_path: Path) -> None:
    changed = record("", "s1", LATE) | {"receipt": "00000000"}
    put(tmp_path, {"a/hand-in-A.json": changed, "a/unit-A.ipynb": notebook(record("", "s1", EARLY))})
    found = got(tmp_path)
    assert found.handins[0].file.endswith(".ipynb")
    assert "receipt does not fit" in only(found).reason
    put(tmp_path, {"a/hand-in-A.json": record("", "s1", LATE)})
    assert got(tmp_path).handins[0].file.endswith(".json")


def test_a_receipt_that_does_not_fit_is_counted_and_noted(tmp_path: Path) -> None:
    put(tmp_path, {"hand-in-A.json": record("", "s1") | {"receipt": "00000000", "title": 3}})
    found = got(tmp_path)
    assert who(found) == ["s1"]
    assert only(found).reason.startswith("Counted all the same. The title is missing. The receipt does not fit")
    assert only(found).who == "Ada Lovelace"


def test_the_notebooks_last_record_for_the_unit(tmp_path: Path) -> None:
    several = [record("", "s1", answer=1), record("", "s1", answer=2), record("", "s1") | {"lesson": "B"}]
    put(tmp_path, {"unit-A.ipynb": notebook(*several)})
    assert got(tmp_path).handins[0].record["items"]["A-part-1/one"]["answer"] == 2
    assert "for “B”" in only(got(put(tmp_path, {"unit-A.ipynb": notebook(several[2])}))).reason


# ---- bad input ----------------------------------------------------------------------------------------------------

BAD = {
    "empty": (b"", "It is empty"),
    "blank": (b" \n\0\0", "It is empty"),
    "cut off": (text(record("Ben Okri")).encode()[:-40], "damaged or cut off"),
    "deep": (b"[" * 100_000 + b"]" * 100_000, "nested more deeply"),
    "deep answer": (text(record("Ben Okri", answer=json.loads("[" * 60 + "]" * 60))), "nested more deeply"),
    "no encoding": (b'{"name": "\x81\x8d"}', "encoding is not UTF-8"),
    "other unit": (text(record("Ben Okri") | {"lesson": "B"}), "for “B”, not for unit A"),
    "no unit": (text(record("Ben Okri") | {"lesson": None}), "no unit that can be read"),
    "a list": (b"[1, 2]", "no record"),
    "a number": (b"1" * 5_000, "damaged or cut off"),
    "a long number": (b"1." + b"1" * 5_000_000, "no record"),
    "a question file": (b'{"format": "guarantees-unit/1"}', "question file"),
    "answers gone": (text(record("Ben Okri") | {"items": None}), "answers are missing"),
    "answers in heaps": (text(record("Ben Okri") | {"items": dict.fromkeys(map(str, range(3_000)))}), "3,000 answers"),
    "parts in a record": (text(record("Ben Okri") | {"labs": {str(one): {} for one in range(120_000)}}), "more parts"),
    "in parts": (b"[" + b"[]," * 1_000_000 + b"1]", "more parts"),
    "nobody's": (text(record("Nobody Known")), "Nobody in the class list has the name “Nobody Known”"),
    "a pickle": (b"\x80\x04cos\nsystem\n(S'touch pwned'\ntR.", "cannot be read as JSON"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_cannot_be_used_is_one_row_and_the_rest_goes_on(tmp_path: Path, kind: str) -> None:
    content, reason = BAD[kind]
    put(tmp_path / "f", {"0.json": content, "1.json": record("Ada Lovelace")})
    (tmp_path / "f.zip").write_bytes(packed({"0.json": content, "1.json": record("Ada Lovelace")}, zipfile.ZIP_STORED))
    for name in ("f", "f.zip"):
        begun = time.process_time()
        found = got(tmp_path / name)
        assert time.process_time() - begun < 1
        assert who(found) == ["s1"]
        assert only(found).file == f"{name}/0.json"
        assert reason in only(found).reason


def test_a_text_without_end_is_not_read(tmp_path: Path) -> None:
    put(tmp_path, {"Ben Okri_2_assignsubmission_onlinetext/onlinetext.html": "&#1;" * 1_000_000})
    assert "too long" in only(got(tmp_path)).reason


@pytest.mark.parametrize("name", ["0.ipynb", "0.html", "0.pdf", "0", "0.exe"])
def test_what_is_no_hand_in_at_all(tmp_path: Path, name: str) -> None:
    put(tmp_path, {name: notebook(), "1.json": record("Ada Lovelace")})
    assert "o hand-in" in only(got(tmp_path)).reason


@pytest.mark.parametrize("mangled", [{}, {"cells": 3}, {"cells": [1, {"outputs": [2, {"data": {RECORD: 5}}]}]}, []])
def test_a_notebook_that_is_none(tmp_path: Path, mangled: Any) -> None:
    put(tmp_path, {"0.ipynb": json.dumps(mangled)})
    assert "holds no hand-in" in only(got(tmp_path)).reason


def test_a_record_that_jupyter_kept_as_text(tmp_path: Path) -> None:
    held = notebook(record("", "s1")).replace(text(record("", "s1")), "")
    lines = json.loads(held)
    lines["cells"][1]["outputs"][0]["data"][RECORD] = text(record("", "s1")).splitlines(keepends=True)
    put(tmp_path, {"unit-A.ipynb": json.dumps(lines)})
    assert who(got(tmp_path)) == ["s1"]


def test_a_huge_file_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, {"1.json": record("Ada Lovelace")})
    with (tmp_path / "0.json").open("wb") as file:
        file.truncate(100_000_000)
    opened = []
    monkeypatch.setattr(archives, "_opened", lambda path, real=archives._opened: opened.append(path) or real(path))
    found = got(tmp_path)
    assert "It has 100 MB" in only(found).reason
    assert {Path(path).name for path in opened} == {"1.json"}


def test_other_encodings(tmp_path: Path) -> None:
    said = text(record("Zoë Müller-Ortiz"))
    for encoding in ("utf-8-sig", "utf-16"):
        found = got(put(tmp_path, {"hand-in-A.json": said.encode(encoding)}))
        assert who(found) == ["s3"]
        assert not found.problems
    found = got(put(tmp_path, {"hand-in-A.json": said.encode("cp1252")}))
    assert who(found) == ["s3"]
    assert "read as Windows text" in only(found).reason


def test_numbers_and_letters_that_cannot_be_written_again(tmp_path: Path) -> None:
    said = text(record("Ada Lovelace", answer=["X", "Y", "Z"]))
    said = said.replace('"X"', "NaN").replace('"Y"', "1e999").replace('"Z"', '"\\ud800 \\ud83d\\ude00"')
    found = got(put(tmp_path, {"hand-in-A.json": said}))
    assert found.handins[0].record["items"]["A-part-1/one"]["answer"] == [None, None, "\ufffd 😀"]
    json.dumps(found.handins[0].record, allow_nan=False, ensure_ascii=False).encode()


def test_hostile_names_are_data_and_no_formulas(tmp_path: Path) -> None:
    names = ["<script>alert(1)</script>", "=HYPERLINK(1)", "+1+1", "-1+1", "@SUM(A1)", "a\r\n=1"]
    put(tmp_path, {f"{number}.json": record(name) for number, name in enumerate(names)})
    found = got(tmp_path)
    assert [each.who for each in found.problems][:5] == names[:5]
    cells = [cell for row in csv.reader(io.StringIO(problems_csv(found.problems))) for cell in row]
    assert not any(cell[:1] in ("=", "+", "-", "@", "\t", "\r") for cell in cells)
    assert "'=HYPERLINK(1)" in cells


# ---- hostile folders and zips -------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes of Unix")
def test_links_and_pipes_are_not_followed(tmp_path: Path) -> None:
    put(tmp_path, {"out/hand-in-A.json": record("Ben Okri"), "in/hand-in-A.json": record("Ada Lovelace")})
    (tmp_path / "in" / "a.json").symlink_to(tmp_path / "out" / "hand-in-A.json")
    (tmp_path / "in" / "b").symlink_to(tmp_path / "out")
    (tmp_path / "in" / "c").symlink_to(tmp_path / "in")
    os.mkfifo(tmp_path / "in" / "d.json")
    found = got(tmp_path / "in")
    assert who(found) == ["s1"]
    assert [each.reason.partition(":")[0] for each in found.problems] == ["It is a link"] * 3 + [
        "It is no ordinary file."
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="a link of Unix")
def test_a_file_that_becomes_a_link_is_not_read(tmp_path: Path) -> None:
    put(tmp_path, {"x.json": record("Ada Lovelace"), "secret.json": record("Ben Okri")})
    with Archives() as walked:
        entry = next(
            one for one in walked.walk([tmp_path]) if not isinstance(one, Trouble) and one.label.endswith("x.json")
        )
        (tmp_path / "x.json").unlink()
        (tmp_path / "x.json").symlink_to(tmp_path / "secret.json")
        with pytest.raises(archives.Unfit):
            walked.read(entry)


@pytest.mark.skipif(sys.platform == "win32" or not hasattr(os, "fsencode"), reason="bytes as names")
def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    try:
        (tmp_path / os.fsdecode(b"\xff\n.json")).write_text(text(record("Nobody")))
    except OSError:
        pytest.skip("this file system has only text as names")
    found = got(tmp_path)
    only(found).file.encode()
    problems_csv(found.problems).encode()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../../etc/hand-in-A.json", "leads out of the zip"),
        ("a/../../hand-in-A.json", "leads out of the zip"),
        ("..\\..\\hand-in-A.json", "leads out of the zip"),
        ("/etc/hand-in-A.json", "leads out of the zip"),
        ("C:\\hand-in-A.json", "leads out of the zip"),
        ("a/CON.json", "for a device"),
        ("nul", "for a device"),
        ("Aux/hand-in-A.json", "for a device"),
        ("x" * 2_000 + ".json", "too long"),
        ("d/" * 40 + "hand-in-A.json", "too long"),
    ],
)
def test_names_that_lead_elsewhere(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "z.zip").write_bytes(packed({name: record("Ben Okri"), "hand-in-A.json": record("Ada Lovelace")}))
    found = got(tmp_path / "z.zip")
    assert who(found) == ["s1"]
    assert reason in only(found).reason
    assert [path.name for path in tmp_path.iterdir()] == ["z.zip"]


def test_a_nul_in_a_name(tmp_path: Path) -> None:
    out = packed({"hand-in-A.jsonQ.exe": record("Ben Okri"), "ok.json": record("Ada Lovelace")})
    (tmp_path / "z.zip").write_bytes(out.replace(b"jsonQ.exe", b"json\0.exe"))
    assert "NUL" in only(got(tmp_path / "z.zip")).reason


def _member(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, mode << 16
    return info


def test_links_and_devices_in_a_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr(_member("a.json", stat.S_IFLNK | 0o777), "/etc/passwd")
        archive.writestr(_member("b.json", stat.S_IFCHR | 0o666), "")
        archive.writestr(_member("c.json", stat.S_IFREG | 0o644), text(record("Ada Lovelace")))
    found = got(tmp_path / "z.zip")
    assert who(found) == ["s1"]
    assert [each.reason[:12] for each in found.problems] == ["It is a link", "It is no ord"]


def test_zip_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = {"Ada Lovelace_1_assignsubmission_file/hand-in-A.json": record("?")}
    bombs = {
        "Ben Okri_2_assignsubmission_file/hand-in-A.json": b" " * 19_000_000,
        "Ben Okri_2_assignsubmission_file/big.json": b" " * 60_000_000,
        "Ben Okri_2_assignsubmission_file/many.zip": packed({f"{one}.json": b"" for one in range(2_000)}),
        "Ben Okri_2_assignsubmission_file/much.zip": packed({f"{one}.json": b" " * 990_000 for one in range(70)}),
    }
    (tmp_path / "z.zip").write_bytes(packed(good | bombs))
    begun = time.process_time()
    found = got(tmp_path / "z.zip")
    assert time.process_time() - begun < 1
    assert who(found) == ["s1"]
    assert [each.file.rpartition("/")[2] for each in found.problems] == [
        "big.json",
        "hand-in-A.json",
        "many.zip",
        "much.zip",
    ]
    for each, said in zip(found.problems, ("zip bomb", "zip bomb", "2,000 files", "unpacks to"), strict=True):
        assert said in each.reason
    monkeypatch.setattr(archives, "_GIVEN", archives._Limits(3, 10_000, 10_000))
    assert "no more than 3" in only(got(tmp_path / "z.zip")).reason
    monkeypatch.setattr(archives, "_GIVEN", archives._Limits(300, 100, 10_000))
    assert "lists more files" in only(got(tmp_path / "z.zip")).reason


def test_a_zip_of_overlapping_parts(tmp_path: Path) -> None:
    # Each entry of the list points at the same bytes, so that the zip unpacks to a multiple of what it holds.
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("a.json", os.urandom(5_000).hex())
        first = archive.infolist()[0]
        for number in range(50):
            other = zipfile.ZipInfo(f"{number:02}.json")
            for name in ("CRC", "compress_size", "file_size", "header_offset", "compress_type"):
                setattr(other, name, getattr(first, name))
            archive.filelist.append(other)
        archive._didModify = True
    assert "overlap" in only(got(tmp_path / "z.zip")).reason


def test_a_member_that_is_longer_than_it_says(tmp_path: Path) -> None:
    out = bytearray(packed({"a.json": b" " * 900_000}))
    for at in (out.find(b"PK\x03\x04") + 22, out.find(b"PK\x01\x02") + 24):
        out[at : at + 4] = (100).to_bytes(4, "little")
    (tmp_path / "z.zip").write_bytes(out)
    only(got(tmp_path / "z.zip"))


def test_a_million_members_cost_nothing(tmp_path: Path) -> None:
    listing = b"PK\x01\x02" + bytes(42)
    size = 1_500_000 * len(listing)
    end = b"PK\x05\x06" + bytes(4) + b"\xff\xff\xff\xff" + size.to_bytes(4, "little") + bytes(4) + bytes(2)
    put(tmp_path, {"f/0.zip": listing * 1_500_000 + end, "f/1.json": record("Ada Lovelace")})
    begun = time.process_time()
    found = got(tmp_path / "f")
    assert time.process_time() - begun < 1
    assert who(found) == ["s1"]
    assert "lists more files" in only(found).reason


def test_an_encrypted_zip(tmp_path: Path) -> None:
    out = bytearray(packed({"hand-in-A.json": record("Ben Okri")}))
    for at in (out.find(b"PK\x03\x04") + 6, out.find(b"PK\x01\x02") + 8):
        out[at] |= 1
    (tmp_path / "z.zip").write_bytes(out)
    assert "password" in only(got(tmp_path / "z.zip")).reason


@pytest.mark.parametrize("how", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing(tmp_path: Path, how: int) -> None:
    (tmp_path / "z.zip").write_bytes(packed({"hand-in-A.json": record("Ada Lovelace")}, how))
    assert who(got(tmp_path / "z.zip")) == ["s1"]


def test_a_zip_that_is_none(tmp_path: Path) -> None:
    put(tmp_path, {"a.zip": b"PK\x03\x04 no", "b.zip": b"", "c.json": record("Ada Lovelace")})
    found = got(tmp_path, tmp_path / "not there")
    assert who(found) == ["s1"]
    assert len(found.problems) == 3
    assert all("damaged" in each.reason or "cannot be found" in each.reason for each in found.problems)


# ---- properties ---------------------------------------------------------------------------------------------------


def mutated(chance: random.Random, given: bytes) -> bytes:
    out = bytearray(given)
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(out) + 1)
        kind = chance.randrange(4)
        if kind == 0 and at < len(out):
            out[at] = chance.randrange(256)
        elif kind == 1:
            del out[at : at + chance.randint(1, 30)]
        elif kind == 2:
            out[at:at] = chance.choice(
                [b'"', b"{", b"[", b"}", b"\0", b"\xff\xff\xff\xff", b"null", b"1e999", b"\\ud800"]
            )
        elif len(out) > 8:
            out[at : at + 4] = out[:4]
    return bytes(out)


def everything(found: Iterator[Handin | Trouble]) -> list[Handin | Trouble]:
    """All of it, and all of it can be written."""
    every = list(found)
    for each in every:
        if isinstance(each, Handin):
            json.dumps(each.record, allow_nan=False, ensure_ascii=False).encode()
        else:
            assert each.reason
    problems_csv([each for each in every if isinstance(each, Trouble)]).encode()
    return every


@pytest.mark.parametrize("seed", range(6))
def test_no_mutation_raises_or_is_dropped(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    for kind, given in {
        "json": text(record("Ada Lovelace", "s1")).encode(),
        "ipynb": notebook(record("Ben Okri")).encode(),
    }.items():
        for number in range(60):
            put(tmp_path / kind, {f"{number:02}.{kind}": mutated(chance, given)})
        every = everything(stream([tmp_path / kind], "A", CLASS))
        assert {each.file for each in every} == {f"{kind}/{number:02}.{kind}" for number in range(60)}
    inner = packed({"hand-in-A.json": record("Zoë Müller-Ortiz")})
    whole = packed(
        {"Ada Lovelace_1_assignsubmission_file/hand-in-A.json": record("?"), "x_1_2_w.zip": inner, "é.json": b"{}"}
    )
    for number in range(60):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(mutated(chance, whole))
        assert everything(stream([path], "A", CLASS))


@pytest.mark.parametrize("seed", range(6))
def test_no_path_raises(seed: int) -> None:
    chance = random.Random(seed)
    pieces = [
        "Ada Lovelace", "_", "123", "_assignsubmission_", "file", "/", "+", "2026-11-25 10:00:00 UTC", "LATE", "anon_",
        "submitted", "-", ".json", "é", "\0", "text.html", "hand-in-A", "99999999999999999999", "-1", " ",
    ]  # fmt: skip
    ask = Senders(CLASS).whose
    for _ in range(2_000):
        sent = origin("".join(chance.choices(pieces, k=chance.randint(1, 14))), "A")
        assert ask(chance.choice(["", "s1", "?"]), chance.choice(["", "Ben Okri", "=1"]), sent) is not None


def test_the_order_of_the_file_system_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        f"{number:02}.json": record(one.name, at=f"2026-11-25T10:00:{number:02}Z")
        for number, one in enumerate(CLASS * 3)
    }
    put(tmp_path / "f", files)
    for path in (tmp_path / "f").iterdir():
        os.utime(path, (1_000, 1_000))
    put(tmp_path / "f", {f"bad {number}.json": b"" for number in range(9)})
    expected, streamed = got(tmp_path / "f"), list(stream([tmp_path / "f"], "A", CLASS))
    chance = random.Random(3)
    real = os.scandir

    class Shuffled:
        def __init__(self, path: str) -> None:
            self.found = list(real(path))
            chance.shuffle(self.found)

        def __enter__(self) -> list:
            return self.found

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(archives.os, "scandir", Shuffled)
    for _ in range(3):
        assert got(tmp_path / "f") == expected
        assert list(stream([tmp_path / "f"], "A", CLASS)) == streamed
    zips = []
    for number in range(2):
        names = list(files)
        chance.shuffle(names)
        path = tmp_path / str(number) / "z.zip"
        path.parent.mkdir()
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(zipfile.ZipInfo(name), text(files[name]))
                archive.writestr(zipfile.ZipInfo(f"bad {name}"), "")
        zips.append((got(path), [each for each in stream([path], "A", CLASS) if isinstance(each, Trouble)]))
    assert zips[0] == zips[1]


@pytest.mark.parametrize("seed", range(3))
def test_one_hand_in_a_student_and_nothing_lost(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    roster = [Student(f"s{number}", f"First{number} Last{number}") for number in range(40)]
    files, newest = {}, {}
    for number in range(120):
        student = chance.choice(roster)
        day, hour, minute = chance.randint(1, 28), chance.randint(0, 23), chance.randint(0, 59)
        at = f"2026-11-{day:02}T{hour:02}:{minute:02}:{number % 60:02}Z"
        newest[student.id] = max(newest.get(student.id, ""), at)
        files[f"{number}.json"] = record(student.name, chance.choice(["", student.id]), at)
    put(tmp_path / "f", files)
    found = got(tmp_path / "f", roster=roster)
    assert {each.student.id: each.at for each in found.handins} == newest
    assert len(found.handins) + len(found.problems) == 120
    assert len(found.handins) + len(found.missing) == 40


def test_what_is_collected_is_what_is_streamed(tmp_path: Path) -> None:
    put(tmp_path / "f", {"1.json": record("Ben Okri"), "2.json": record("Ada Lovelace"), "3.json": b""})
    every = list(stream([tmp_path / "f"], "A", CLASS))
    found = got(tmp_path / "f")
    assert {each.file for each in every} == {each.file for each in (*found.handins, *found.problems)}
    assert found == got(tmp_path / "f")
