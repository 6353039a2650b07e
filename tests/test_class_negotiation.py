"""The negotiation in class: cards for every size, and a class of twelve played through on files."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from lesson_lib.classroom import negotiation as room
from lesson_lib.classroom.cli import lessons
from lesson_lib.know.data import rows
from lesson_lib.know.errors import LessonError
from lesson_lib.think import proposals
from lesson_lib.think.proposals import Proposal
from lesson_lib.think.provisions import ready, record


class Balance(HTMLParser):
    """Every element that is opened is closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "iframe", "img", "link")
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def sound(page: str) -> str:
    reader = Balance()
    reader.feed(page)
    assert reader.open == []
    return unescape(re.sub(r"<[^>]+>", "", page))


def package(name: str) -> dict[str, str]:
    held = record()
    return ready({one: rows("packages")[name][one] for one in held.provisions}, held)[0]


# ---- seats and cards ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("players", range(6, 31))
def test_everybody_has_a_seat(players: int) -> None:
    for tables in range(players // 6 + 1):
        plan = room.seats(players, tables)
        assert sum(map(len, plan)) == players
        assert len(plan) == (tables or players // 6)
        sizes = [len(one) for one in plan]
        assert max(sizes) - min(sizes) <= 1
        assert min(sizes) >= 6
        for roles in plan:
            assert {"United States", "Ukraine", "Russia"} <= set(roles)
            counts = [roles.count(role) for role in set(roles)]
            assert max(counts) - min(counts) <= 1


@pytest.mark.parametrize(("players", "tables"), [(5, 0), (31, 0), (0, 0), (-3, 0), (12, 3), (12, -1)])
def test_what_cannot_be_seated_is_said(players: int, tables: int) -> None:
    with pytest.raises(LessonError, match=str(players)):
        room.seats(players, tables)


@pytest.mark.parametrize("players", [6, 12, 18, 24, 30])
def test_each_seat_has_a_public_and_a_sealed_sheet(players: int) -> None:
    page = room.role_cards(players)
    text = sound(page)
    assert text.count("public: may be shown") == players
    assert text.count("sealed: for this seat alone") == players
    assert text.count("Package sheet") == len(room.seats(players))


def test_red_lines_stand_on_sealed_sheets_with_their_rows() -> None:
    page = room.role_cards(12, 1)
    sheets = page.split("<section")
    held = record()
    for role in room.ROLES:
        sealed = next(one for one in sheets if "sealed: for" in one and f"<h1>{role}: red lines" in one)
        public = next(one for one in sheets if "public: may" in one and f"<h1>{role}</h1>" in one)
        lines = {one.id for (actor, _), one in held.positions.items() if actor == role and abs(one.stance) == 2}
        assert set(re.findall(r"row ([a-z0-9-]+)\.", sealed)) == lines
        assert "Your reading may differ" in sealed
        for (actor, _), one in held.positions.items():
            if actor == role:
                assert one.words in unescape(public)
        # The strength is the secret: the public sheet gives neither a score nor a row.
        assert "red line" not in public.casefold()


def test_every_role_is_an_actor_with_positions() -> None:
    held = record()
    assert len(set(room.ROLES)) == 12
    for role in room.ROLES:
        assert len([1 for actor, _ in held.positions if actor == role]) >= 5, role


# ---- a class of twelve, on files ---------------------------------------------------------------------------------


def test_a_class_of_twelve_plays_it_through(tmp_path: Path) -> None:
    run = CliRunner()
    cards = tmp_path / "cards.html"
    done = run.invoke(lessons, ["role-cards", "--players", "12", "-o", str(cards)])
    assert done.exit_code == 0, done.output
    assert sound(cards.read_text(encoding="utf-8")).count("sealed: for this seat alone") == 12

    plan = room.seats(12)
    assert [len(roles) for roles in plan] == [6, 6]
    folder = tmp_path / "proposals"
    first = Proposal("Table 1", package("article-5-type"), 1, tuple(plan[0]), "Words first.")
    second = Proposal("Table 2", package("strong-army"), 1, tuple(plan[1]), "Means first.")
    moved = {**first.package, "form": "form-treaty", "army": "army-free"}
    for one in (first, second, Proposal("Table 1", moved, 2, tuple(plan[0]), "Words, ratified.")):
        assert proposals.save(one, folder).startswith("Saved as proposals/")
    # A stick pulled out too early, and a file of something else.
    whole = proposals.written(Proposal("Table 2", {**second.package, "watch": "watch-observers"}, 2))
    (folder / "table-2-round-2.json").write_bytes(whole[: len(whole) // 2])
    (folder / "holiday.json").write_bytes(b"\x89PNG\r\n")

    sheet = tmp_path / "outcome.html"
    done = run.invoke(lessons, ["outcome", str(folder), "-o", str(sheet)])
    assert done.exit_code == 0, done.output
    text = sound(sheet.read_text(encoding="utf-8"))
    assert "holiday.json is not text (UTF-8): not read." in text
    assert "table-2-round-2.json cannot be read as a proposal" in text
    assert "Table 1, round 1 to 2: Ukraine's army: left open → No limits" in text
    assert "Legal form: left open → A treaty ratified by parliaments" in text
    assert "No package is ranked" in text
    assert "Words, ratified." in text
    for role in plan[0]:
        assert role in text
    # Both tables leave the army without limits: Russia's red line is crossed in each column, with its source.
    crossed = re.search(r"<th scope='row'>Russia</th><td>(.*?)</td><td>(.*?)</td>", sheet.read_text(encoding="utf-8"))
    assert crossed
    assert all("Army without limits <sup>[" in cell for cell in crossed.groups())


def test_two_groups_of_one_name_both_stay(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(proposals.written(Proposal("Us", {"eu": "eu-part"})))
    (tmp_path / "b.json").write_bytes(proposals.written(Proposal("us", {"eu": "eu-apart"})))
    text = sound(room.outcome(tmp_path))
    assert "2 groups, 2 proposals" in text
    assert "Us (2)" in text


def test_what_students_write_stays_text(tmp_path: Path) -> None:
    nasty = "<script>alert(1)</script>\"'&"
    one = Proposal(nasty[:40], {"eu": "eu-part"}, 1, (nasty,), nasty)
    (tmp_path / "a.json").write_bytes(proposals.written(one))
    (tmp_path / "<b>.json").write_bytes(b"{")
    page = room.outcome(tmp_path)
    sound(page)
    assert "<script" not in page
    assert "<b>.json" not in page


def test_thirty_groups_make_a_sheet(tmp_path: Path) -> None:
    for number in range(30):
        proposals.save(Proposal(f"Table {number}", package("russian-june")), tmp_path)
    assert "30 groups" in sound(room.outcome(tmp_path))


@pytest.mark.parametrize("content", [None, b"{"])
def test_a_folder_without_a_proposal_is_one_sentence(tmp_path: Path, content: bytes | None) -> None:
    if content:
        (tmp_path / "a.json").write_bytes(content)
    done = CliRunner().invoke(lessons, ["outcome", str(tmp_path), "-o", str(tmp_path / "o.html")])
    assert done.exit_code == 1
    assert "There is no proposal in" in done.output
    assert "Traceback" not in done.output
    assert not (tmp_path / "o.html").exists()


def test_commands_say_what_is_wrong(tmp_path: Path) -> None:
    run = CliRunner()
    assert "takes 6 to 30 players" in run.invoke(lessons, ["role-cards", "--players", "4"]).output
    gone = run.invoke(lessons, ["role-cards", "-o", str(tmp_path / "nowhere" / "cards.html")])
    assert gone.exit_code == 1
    assert "could not be written" in gone.output
