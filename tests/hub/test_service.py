"""The hand-in service: what it keeps, what it refuses, and who may do what."""

from __future__ import annotations

import importlib.util
import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import requests
from a_hub import REPO, TEACHER_PASSWORD, Hub
from students import ByMessages

from lesson_lib.classroom.collect import collect
from lesson_lib.classroom.roster import Student
from lesson_lib.classroom.senders import origin
from lesson_lib.think import answers

NOW = datetime(2025, 9, 3, 9, 15, 2, 120483, tzinfo=UTC)


@pytest.fixture(scope="module")
def service(needs_a_hub: None) -> ModuleType:
    path = REPO / "deploy/jupyterhub/hand_in_service.py"
    spec = importlib.util.spec_from_file_location("hand_in_service", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def record(lesson: str = "02", answer: str = "b", at: str = "2025-09-03T09:14:00+00:00") -> dict[str, Any]:
    entry = {"answer": answer, "sure": 2, "at": at, "attempts": [], "hints": 0, "revealed": False}
    items = {f"{lesson}-warm-up/x": entry}
    whole = {"format": answers.FORMAT, "lesson": lesson, "title": "", "name": "Somebody else", "items": items}
    return whole | {"unreadable_lines": 0, "receipt": answers.receipt(lesson, "Somebody else", items)}


def sent(*given: str, **more: str) -> bytes:
    return json.dumps(record(*given, **more)).encode()


def test_a_hand_in_lies_whole_under_the_name_on_the_hub(service: ModuleType, tmp_path: Path) -> None:
    kept = service.keep(tmp_path, "ada", sent(), NOW)
    assert kept.read_bytes() == sent()
    label = kept.relative_to(tmp_path).as_posix()
    assert label.startswith("02/ada+02+2025-09-03 09-15-02.120483 UTC+")
    assert (origin(label, "02").platform, origin(label, "02").login) == ("nbgrader", "ada")
    assert origin(label, "02").time == pytest.approx(NOW.timestamp())


def test_handing_in_again_keeps_both_and_the_later_counts(service: ModuleType, tmp_path: Path) -> None:
    service.keep(tmp_path, "ada", sent("02", "a"), NOW)
    service.keep(tmp_path, "ada", sent("02", "b", at="2025-09-03T10:00:00+00:00"), NOW)
    service.pack(tmp_path, "02", tmp_path / "02.zip")
    for place in (tmp_path / "02", tmp_path / "02.zip"):
        found = collect([place], "02", [Student(id="ada", name="A. Student")])
        (counted,) = found.handins
        assert counted.record["items"]["02-warm-up/x"]["answer"] == "b"
        assert len(found.problems) == 1


@pytest.mark.parametrize(
    ("name", "login"),
    [
        ("a.b-c_d@example.org", "a.b-c_d@example.org"),
        ("Олена", "Олена"),
        ("with space", "with space"),
        ("a+b@example.org", "a%2Bb@example.org"),
        ("../../etc", "%2E.%2F..%2Fetc"),
        (".hidden", "%2Ehidden"),
        ("a/b", "a%2Fb"),
        ("50%", "50%25"),
    ],
)
def test_no_name_leaves_the_folder_or_looks_like_another(
    service: ModuleType, tmp_path: Path, name: str, login: str
) -> None:
    kept = service.keep(tmp_path, name, sent(), NOW)
    assert [path.name for path in tmp_path.glob("02/[!.]*")] == [kept.parent.name]
    assert origin(kept.relative_to(tmp_path).as_posix(), "02").login == login


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"7", b"\xff", b'{"lesson": "../x", "items": {}}', b'{"lesson": "02"}', b"[" * 100_000,
     b'{"lesson": 2, "items": {}}', b'{"lesson": "a/b", "items": {}}', b'{"lesson": ".", "items": {}}'],
)  # fmt: skip
def test_what_is_no_hand_in_is_refused(service: ModuleType, tmp_path: Path, body: bytes) -> None:
    with pytest.raises(service.Refused, match="is no hand-in"):
        service.keep(tmp_path, "ada", body, NOW)
    assert not list(tmp_path.iterdir())


def test_a_loop_that_hands_in_for_ever_is_stopped(
    service: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_FILES", 2)
    for _ in range(2):
        service.keep(tmp_path, "ada", sent(), NOW)
    with pytest.raises(service.Refused, match="2 hand-ins of yours already"):
        service.keep(tmp_path, "ada", sent(), NOW)
    service.keep(tmp_path, "ad", sent(), NOW)
    service.keep(tmp_path, "ada", sent("03"), NOW)


@pytest.fixture
def full_folder(tmp_path: Path) -> Iterator[Path]:
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(tmp_path)]
    if subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("needs the right to mount a small disk")
    (tmp_path / "filler").write_bytes(b"x" * 60_000)
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_full_teachers_folder_is_said_and_nothing_half_is_left(service: ModuleType, full_folder: Path) -> None:
    with pytest.raises(service.Refused, match="folder is full") as refused:
        service.keep(full_folder, "ada", sent("02", "b" * 20_000), NOW)
    assert refused.value.status == 507
    assert not list(full_folder.glob("02/*"))
    assert not list(full_folder.glob("02/.*"))


# ---- with the real hub ------------------------------------------------------------------------------------------


def token_of(hub: Hub, name: str) -> str:
    """The token of a student's server, as any cell in it can read it."""
    for pid in hub.processes(name):
        for pair in Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0"):
            if pair.startswith("JUPYTERHUB_API_TOKEN="):
                return pair.partition("=")[2]
    raise AssertionError(f"no server of {name}")


def test_a_students_token_hands_in_for_nobody_else_and_reads_nothing(hub: Hub) -> None:
    one, other = hub.students[:2]
    for name in (one, other):
        ByMessages(hub, name).log_in()
    address, mine = f"{hub.base}/services/hand-in/", {"Authorization": f"token {token_of(hub, one)}"}
    before = len(list(hub.handed_in.glob("04/*")))
    assert requests.post(address + "send", sent("04"), timeout=30).status_code == 403
    wrong = {"Authorization": "token 0123456789abcdef"}
    assert requests.post(address + "send", sent("04"), headers=wrong, timeout=30).status_code == 403
    done = requests.post(address + "send", json=record("04") | {"name": other, "user": other}, headers=mine, timeout=30)
    assert (done.status_code, done.json()["student"]) == (201, one)
    (kept,) = hub.handed_in.glob("04/*")
    assert (before, kept.name.partition("+")[0]) == (0, one)

    said = requests.post(address + "send", b"{}", headers=mine, timeout=30)
    assert (said.status_code, said.json()["message"]) == (400, "what was sent is no hand-in; run the cell again")
    try:
        large = requests.post(address + "send", b" " * 6_000_000, headers=mine, timeout=30).status_code
    except requests.ConnectionError:
        large = 413
    assert large >= 400
    for path in ("?lesson=04", "", "send"):
        got = requests.get(address + path, headers=mine, timeout=30)
        assert got.status_code in (403, 405), path
    for path in (f"/user/{other}/api/contents", "/hub/api/users", f"/hub/api/users/{other}", "/hub/api/proxy"):
        assert requests.get(hub.base + path, headers=mine, timeout=30).status_code in (403, 404), path
    assert len(list(hub.handed_in.glob("04/*"))) == 1


def test_the_teacher_downloads_what_the_program_grades(hub: Hub, tmp_path: Path) -> None:
    ByMessages(hub, hub.students[0]).log_in()
    mine = {"Authorization": f"token {token_of(hub, hub.students[0])}"}
    requests.post(f"{hub.base}/services/hand-in/send", sent("05"), headers=mine, timeout=30).raise_for_status()
    teacher = ByMessages(hub, "teacher", TEACHER_PASSWORD)
    teacher.sign_in()
    page = teacher.session.get(f"{hub.base}/services/hand-in/", timeout=30)
    assert '<a href="?lesson=05">05.zip</a>: 1 files' in page.text
    zipped = tmp_path / "05.zip"
    zipped.write_bytes(teacher.session.get(f"{hub.base}/services/hand-in/?lesson=05", timeout=30).content)
    found = collect([zipped], "05", [Student(id=hub.students[0], name="A. Student")])
    assert [each.student.id for each in found.handins] == [hub.students[0]]
    assert found.problems == ()
    assert "Handed in" in teacher.session.get(f"{hub.base}/services/hand-in/?lesson=../..", timeout=30).text
