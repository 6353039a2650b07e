"""Proposal files: the same out as in, and every damage said in a sentence, with what can be read kept."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest

from lesson_lib.think import proposals
from lesson_lib.think.proposals import MOST_BYTES, Proposal, Reading
from lesson_lib.think.provisions import Record, record

PACKAGE = {"trigger": "trigger-attack", "duty": "duty-consult", "eu": "eu-part"}


@pytest.fixture(scope="module")
def held() -> Record:
    return record()


def read(content: object, held: Record) -> Reading:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return proposals.read(raw, "table-1.json", held)


def test_what_is_written_is_read_again(held: Record) -> None:
    chance = random.Random(9)
    for number in range(200):
        package = {
            name: chance.choice(one.options).id for name, one in held.provisions.items() if chance.random() < 0.5
        }
        name = "".join(chance.choice("abc XYZ-éЖ中0 ") for _ in range(20)).strip() or "A"
        one = Proposal(" ".join(name.split()), package, number % 9 + 1, ("Ada", "Ukraine"), "Because it holds.")
        again = proposals.read(proposals.written(one), "x.json", held)
        assert again.problems == ()
        assert again.proposal == one


def test_a_file_is_saved_and_replaced_in_one_step(tmp_path: Path, held: Record) -> None:
    folder = tmp_path / "my-proposals"
    one = Proposal("Table 1", PACKAGE)
    assert proposals.save(one, folder) == "Saved as my-proposals/table-1-round-1.json."
    proposals.save(Proposal("Table 1", {"eu": "eu-apart"}), folder)
    proposals.save(Proposal("Table 1", PACKAGE, round=2), folder)
    assert sorted(path.name for path in folder.iterdir()) == ["table-1-round-1.json", "table-1-round-2.json"]
    found = [reading.proposal for reading in proposals.read_folder(folder, held)]
    assert [dict(one.package) for one in found if one] == [{"eu": "eu-apart"}, PACKAGE]


def test_where_nothing_can_be_written_a_sentence_says_so(tmp_path: Path) -> None:
    blocked = tmp_path / "my-proposals"
    blocked.write_text("a file where the folder should be", encoding="utf-8")
    assert proposals.save(Proposal("Table 1", PACKAGE), blocked).startswith("The proposal could not be saved in my-")


@pytest.mark.parametrize("name", ["", "///", "..", "con", "a" * 500, "../../etc/passwd", "\0", "Група 1", "x\ny"])
def test_a_groups_name_makes_a_harmless_file_name(name: str, tmp_path: Path) -> None:
    file = proposals.file_name(Proposal(name, {}))
    assert file.endswith("-round-1.json")
    assert not set(file) & set('/\\:*?"<>|\n\0')
    assert len(file.encode()) < 200
    assert (tmp_path / file).resolve().parent == tmp_path.resolve()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is damaged at line 1"),
        (b"\xff\xfe\x00", "is not text (UTF-8)"),
        (b"[]", "holds no proposal, only a list"),
        (b"3", "only a number"),
        (b"null", "only nothing"),
        (b"NaN", "only a number"),
        (b"[" * 15_000, "is damaged at"),
        (b" " * (MOST_BYTES + 1), "is too large for a proposal"),
        (b"import os; os.remove('x')", "is damaged at line 1"),
    ],
)
def test_what_is_no_proposal_is_said(content: bytes, words: str, held: Record) -> None:
    found = read(content, held)
    assert found.proposal is None
    assert len(found.problems) == 1
    assert words in found.problems[0]
    assert found.problems[0].endswith(".")


def test_what_can_be_read_is_kept(held: Record) -> None:
    found = read(
        {
            "format": "guarantees-proposal/9",
            "round": "two",
            "players": "Ada",
            "package": {"duty": "duty-consult", "eu": "eu-maybe", "price": 3, "troops": ["x"], "army": None},
            "extra": {"__class__": "os"},
        },
        held,
    )
    assert found.proposal == Proposal("table-1", {"duty": "duty-consult"})
    said = " ".join(found.problems)
    for part in (
        "format is not",
        "no group's name",
        "round is not",
        "list of players",
        "'eu-maybe'",
        "'price'",
        "['x']",
    ):
        assert part in said
    assert "army" not in said.casefold().replace("ukraine's army", "")


def test_a_torn_file_gives_back_its_provisions(held: Record) -> None:
    whole = proposals.written(Proposal("Table 1", PACKAGE))
    torn = whole[: whole.index(b'"eu"') + 2]
    found = read(torn, held)
    assert found.proposal
    assert found.proposal.package == {"trigger": "trigger-attack", "duty": "duty-consult"}
    assert "2 provisions could still be read and are kept" in found.problems[0]


def test_no_cut_and_no_noise_makes_it_fall_over(held: Record) -> None:
    whole = proposals.written(Proposal("Table 1", PACKAGE, 2, ("Ada",), "Why"))
    for end in range(len(whole)):
        found = read(whole[:end], held)
        assert found.problems or (found.proposal and found.proposal.package == PACKAGE)
    chance = random.Random(1)
    for _ in range(400):
        noisy = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            noisy[chance.randrange(len(noisy))] = chance.randrange(256)
        found = read(bytes(noisy), held)
        if found.proposal:
            for name, option in found.proposal.package.items():
                assert held.options[option].provision == name


def test_a_large_number_or_a_deep_value_is_no_trouble(held: Record) -> None:
    huge = b'{"format":"guarantees-proposal/1","name":"A","round":' + b"9" * 5000 + b',"package":{}}'
    assert read(huge, held).problems
    assert read({"format": proposals.FORMAT, "name": {"a": 1}, "round": True, "package": []}, held).proposal


def test_words_are_cut_to_one_line_and_to_length(held: Record) -> None:
    found = read({"format": proposals.FORMAT, "name": "A\n<b>" + "x" * 900, "round": 1, "package": {},
                  "reason": "r\u202e" * 700, "players": ["p" * 90] * 90}, held).proposal  # fmt: skip
    assert found
    assert "\n" not in found.name
    assert len(found.name) <= 40
    assert len(found.reason) <= 600
    assert "\u202e" not in found.reason
    assert len(found.players) == 30


def test_a_folder_is_read_file_by_file(tmp_path: Path, held: Record) -> None:
    (tmp_path / "b.json").write_bytes(proposals.written(Proposal("B", PACKAGE)))
    (tmp_path / "a.JSON").write_bytes(b"{")
    (tmp_path / "notes.txt").write_text("not a proposal", encoding="utf-8")
    (tmp_path / "folder.json").mkdir()
    found = proposals.read_folder(tmp_path, held)
    assert [one.file for one in found] == ["a.JSON", "b.json", "folder.json"]
    assert [bool(one.proposal) for one in found] == [False, True, False]
    missing = proposals.read_folder(tmp_path / "nowhere", held)
    assert "cannot be opened" in missing[0].problems[0]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_what_is_no_ordinary_file_is_not_waited_for(tmp_path: Path, held: Record) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    assert proposals.read_folder(tmp_path, held)[0].problems == ("pipe.json is no file: not read.",)
