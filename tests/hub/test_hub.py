"""A class on one server: ten at once, the hub restarted in the middle, a full disk, a kernel that never answers."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import pytest
from a_hub import REPO, Hub
from playwright.sync_api import Browser, Locator, expect
from students import LESSON, NOTEBOOK, ByMessages, InBrowser, every

from lesson_lib.classroom.collect import collect
from lesson_lib.classroom.roster import Student
from lesson_lib.think import answers

expect.set_options(timeout=30_000)  # the machine may have other work

IN_BROWSER = min(int(os.environ.get("HUB_TEST_BROWSERS") or 2), 9)
"""How many of the ten have a browser of their own; two cores bear two while other tests run."""


def handed_in(hub: Hub, student: str) -> list[dict[str, object]]:
    """What lies in the teacher's folder of a student, the earliest first; every file whole."""
    folders = sorted((hub.handed_in / LESSON).glob(f"{student}+*"))
    return [json.loads((folder / f"hand-in-{LESSON}.json").read_bytes()) for folder in folders]


def test_ten_students_at_once_answer_and_hand_in_and_none_is_lost(hub: Hub, browser: Browser) -> None:
    names = hub.students[:10]
    clicking = [InBrowser(hub, name, browser) for name in names[:IN_BROWSER]]
    sending = [ByMessages(hub, name) for name in names[IN_BROWSER:]]
    ready = threading.Barrier(len(sending) + 1)
    told: dict[str, dict[str, object]] = {}

    def work(student: ByMessages) -> None:
        try:
            student.log_in()
            student.open()
            for quiz, item in every():
                assert not student.answer(quiz, item)["problem"]
        except BaseException:
            ready.abort()
            raise
        ready.wait(240)
        told[student.name] = student.hand_in("Somebody else")

    with ThreadPoolExecutor(len(sending) or 1) as pool:
        working = [pool.submit(work, student) for student in sending]
        for one in clicking:
            one.log_in()
        for one in clicking:
            one.open()
            one.run_all()
        for one in clicking:
            first = one.item("02-warm-up/").first
            first.locator("input").first.check()
            first.get_by_role("button", name="Save my answer").click()
            expect(first.locator(".saved")).to_contain_text("Saved")
            one.page.get_by_label("Your name, as your teacher knows you").fill("Somebody else")
        ready.wait(240)
        for one in clicking:
            one.page.get_by_role("button", name="Hand in", exact=True).click()
        for one in clicking:
            said = f"Handed in: your teacher has it, from {one.name},"
            expect(one.page.locator(".gp-item .said", has_text=said)).to_be_visible(timeout=30_000)
        for each in working:
            each.result(240)

    for student in sending:
        assert f"from {student.name}," in str(told[student.name]["receipt"]), told[student.name]
    for name in names:
        (record,) = handed_in(hub, name)
        read, problems = answers.read_record(record)
        assert problems == []
        answered = sum(entry["answer"] is not None for entry in read["items"].values())
        assert answered == (1 if name in names[:IN_BROWSER] else len(every()))

    # Handing in again keeps the earlier file, and the teacher's program takes the later.
    again = sending[0]
    again.answer(*every()[0])
    again.hand_in("Somebody else")
    assert len(handed_in(hub, again.name)) == 2
    roster = [Student(id=name, name=f"Student {name}") for name in names]
    found = collect([hub.handed_in / LESSON], LESSON, roster)
    assert [each.student.id for each in found.handins] == sorted(names, key=names.index)
    assert found.missing == ()
    assert [problem.who for problem in found.problems] == [f"Student {again.name}"]
    assert "Superseded" in found.problems[0].reason
    assert not list(hub.handed_in.rglob(".*")), "no draft is left"
    for student in sending:
        student.socket.close()
    for one in clicking:
        one.close()


def late(question: Locator) -> dict[str, object]:
    """The line that the notebook does not answer, and what its button downloads."""
    said = question.locator(".said")
    expect(said).to_contain_text("The notebook has not answered yet.")
    with question.page.expect_download() as downloading:
        said.get_by_role("button", name="Download what I answered").click()
    assert downloading.value.suggested_filename == f"hand-in-{LESSON}-from-the-page.json"
    record: dict[str, object] = json.loads(Path(downloading.value.path()).read_bytes())
    return record


def test_the_hub_is_restarted_and_a_server_is_lost_in_the_middle_of_a_quiz(
    hub: Hub, browser: Browser, tmp_path: Path
) -> None:
    one = InBrowser(hub, "student11", browser)
    one.log_in()
    one.open()
    one.run_all()
    kept = one.item("02-rungs/").first
    kept.locator("input").first.check()
    kept.get_by_role("button", name="Check", exact=True).click()
    expect(kept.locator(".saved")).to_contain_text("Saved")
    one.page.get_by_label("Your name, as your teacher knows you").fill("Student 11")

    # The hub goes: the student's server goes on, and only the teacher's folder is out of reach.
    hub.stop()
    written = one.item("02-your-view/").filter(has=one.page.locator("textarea")).first
    area = written.locator("textarea")
    area.fill("Written while the hub was away.")
    area.blur()
    expect(written.locator(".saved")).to_contain_text("Saved")
    form = one.page.locator("form.gp-item:not([data-item])")
    form.get_by_role("button", name="Hand in", exact=True).click()
    expect(form.locator(".said")).to_contain_text("Not handed in yet: your teacher’s folder cannot be reached")
    with one.page.expect_download() as downloading:
        form.get_by_role("button", name="Download the file").click()
    assert answers.read_record(Path(downloading.value.path()).read_bytes())[1] == []
    assert handed_in(hub, one.name) == []
    hub.start()
    form.get_by_role("button", name="Hand in", exact=True).click()
    expect(form.locator(".said")).to_contain_text("Handed in: your teacher has it, from student11,")
    assert len(handed_in(hub, one.name)) == 1
    one.command("docmanager:save")

    # Now the student's own server is lost: what is typed stays in the page, can be downloaded, and comes back.
    hub.kill(one.name)
    area.fill("Typed after the server was lost.")
    written.locator("button[type=submit]").click()
    record = late(written)
    read, problems = answers.read_record(record)
    assert [problem.split(":")[0] for problem in problems] == ["It was saved from the page while no kernel answered"]
    given = [entry["answer"] for entry in read["items"].values()]
    assert "Typed after the server was lost." in given
    assert sum(answer is not None for answer in given) == 2
    (tmp_path / "from-the-page.json").write_text(json.dumps(record))
    found = collect([tmp_path], LESSON, [Student(id="11", name="Student 11")])
    assert [each.student.id for each in found.handins] == ["11"]
    assert found.problems[0].reason.startswith("Counted all the same. It was saved from the page")
    one.log_in_again()
    one.open()
    one.run_all()
    expect(area).to_have_value("Typed after the server was lost.")
    expect(written.locator(".saved")).to_contain_text("Saved")
    one.close()


def full(folder: Path) -> Path:
    """Fills the disk on which the folder lies, to the last byte."""
    filler = folder / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"x" * size)
    return filler


@pytest.fixture
def small_home(hub: Hub) -> Iterator[Path]:
    """A home on a disk of 16 MB."""
    home = hub.home("student12")
    home.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(home)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("needs the right to mount a small disk")
    hub.settings("student12")
    yield home
    hub.kill("student12")
    subprocess.run(["umount", "--lazy", str(home)], check=True)


def test_a_full_home_is_told_in_a_line_and_the_answers_still_reach_the_teacher(
    hub: Hub, browser: Browser, small_home: Path
) -> None:
    one = InBrowser(hub, "student12", browser)
    one.log_in()
    one.open()
    one.run_all()
    filler = full(small_home)
    written = one.item("02-your-view/").filter(has=one.page.locator("textarea")).first
    written.locator("textarea").fill("Written on a full disk.")
    written.locator("button[type=submit]").click()
    expect(written.locator(".saved")).to_contain_text("Not saved: the disk is full; free some space")
    form = one.page.locator("form.gp-item:not([data-item])")
    form.locator("input").fill("Student 12")
    form.get_by_role("button", name="Hand in", exact=True).click()
    expect(form.locator(".said")).to_contain_text("Your teacher has it. Your own copy could not be written")
    (record,) = handed_in(hub, one.name)
    assert "Written on a full disk." in json.dumps(record)
    with one.page.expect_download() as downloading:
        form.get_by_role("button", name="Download the file").click()
    assert json.loads(Path(downloading.value.path()).read_bytes()) == record

    # With space again, everything that waited is saved with the next answer.
    filler.unlink()
    written.locator("textarea").fill("Written with space again.")
    written.locator("button[type=submit]").click()
    expect(written.locator(".saved")).to_contain_text("Saved")
    log = (small_home / "notebooks/my-answers" / f"{LESSON}.jsonl").read_text(encoding="utf-8")
    assert "Written on a full disk." in log
    assert "Written with space again." in log
    one.close()


def test_where_a_kernel_never_starts_the_questions_stand_as_text_and_the_answers_can_be_downloaded(
    hub: Hub, browser: Browser
) -> None:
    student = ByMessages(hub, "student11")
    student.log_in()
    student.open(cells=2)
    student.answer(*every()[0])
    student.socket.close()

    spec = hub.home(student.name) / ".local/share/jupyter/kernels/never/kernel.json"
    spec.parent.mkdir(parents=True, exist_ok=True)
    spec.write_text(json.dumps({"argv": ["sleep", "900"], "display_name": "Never", "language": "python"}))
    lesson = json.loads((REPO / "notebooks" / NOTEBOOK).read_text(encoding="utf-8"))
    lesson["metadata"]["kernelspec"]["name"] = "never"
    one = InBrowser(hub, student.name, browser)
    one.file("never.ipynb").write_text(json.dumps(lesson), encoding="utf-8")
    one.log_in()
    one.open("never.ipynb")
    stored = one.page.locator(".jp-OutputArea-output", has_text="To answer by clicking: choose Run → Run All Cells")
    expect(stored.first).to_contain_text("To declare war on the attacker")
    expect(one.page.locator("#jp-main-statusbar")).to_contain_text("Never | ")
    kept = student.session.get(student.url(f"files/notebooks/my-answers/{LESSON}.jsonl"), timeout=30)
    assert json.loads(kept.text.splitlines()[-1])["item"] == every()[0][1].id
    one.close()


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_a_link_brings_the_lessons_and_opens_one_and_later_merges(hub: Hub, browser: Browser, tmp_path: Path) -> None:
    course = tmp_path / "guarantees-on-paper"
    lesson = course / "notebooks" / NOTEBOOK
    lesson.parent.mkdir(parents=True)
    shutil.copyfile(REPO / "notebooks" / NOTEBOOK, lesson)

    def commit(said: str) -> None:
        me = ["-c", "user.name=A teacher", "-c", "user.email=teacher@example.org"]
        for words in (["add", "."], [*me, "commit", "--quiet", "-m", said]):
            subprocess.run(["git", *words], cwd=course, check=True)

    subprocess.run(["git", "init", "--quiet", "-b", "main", "."], cwd=course, check=True)
    commit("The course")
    opened = f"lab/tree/guarantees-on-paper/notebooks/{NOTEBOOK}"
    link = f"/hub/user-redirect/git-pull?{urlencode({'repo': course.as_uri(), 'branch': 'main', 'urlpath': opened})}"

    one = InBrowser(hub, "student11", browser)
    one.log_in()
    one.page.goto(hub.base + link)
    one.page.wait_for_url(f"**/user/student11/{opened}**", timeout=60_000)
    one.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    pulled = hub.home("student11") / "guarantees-on-paper/notebooks"
    (pulled / "my-answers").mkdir()
    (pulled / "my-answers/02.jsonl").write_text("what a student wrote")
    (lesson.parent / "new.txt").write_text("later")
    commit("More")
    one.page.on("dialog", lambda dialog: dialog.accept())
    one.page.goto(hub.base + link)
    one.page.wait_for_url(f"**/user/student11/{opened}**", timeout=60_000)
    assert (pulled / "new.txt").read_text() == "later"
    assert (pulled / "my-answers/02.jsonl").read_text() == "what a student wrote"
    one.close()


def kernel_memory(hub: Hub, student: str) -> float:
    """What a student's one kernel takes of the machine, in MB: its own pages, and its share of the common ones."""
    (kernel,) = [
        pid for pid in hub.processes(student) if "ipykernel" in Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    ]
    lines = Path(f"/proc/{kernel}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


def test_an_idle_students_kernel_is_little_larger_than_a_bare_one(hub: Hub) -> None:
    student = ByMessages(hub, "student12")
    student.log_in()
    student.open(cells=0)
    student.run("1")
    bare = kernel_memory(hub, student.name)
    for source in student.cells[:2]:
        student.run(source)
    with_a_quiz = kernel_memory(hub, student.name)
    student.run("import sys; assert 'pandas' not in sys.modules")
    student.socket.close()
    assert with_a_quiz / bare <= 1.15, f"{with_a_quiz:.1f} MB, and a bare kernel has {bare:.1f} MB"
