"""The teacher's notebook in a real JupyterLab: a class graded, and a text marked by keyboard into the sheet."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import REPO, WATCH_SET_BACK, Lab, Notebook
from playwright.sync_api import expect

from lesson_lib.classroom.practice import Practice, make


def with_folders(lab: Lab, place: Practice) -> str:
    """The notebook with a teacher's own folders in its first cell."""
    book = json.loads((REPO / "instructors" / "gradebook.ipynb").read_text(encoding="utf-8"))
    cell = next(cell for cell in book["cells"] if cell["id"] == "folders")
    paths = {"BANK": place.bank, "CLASS_LIST": place.roster, "HAND_INS": place.handins, "GRADES": place.grades}
    cell["source"] = ['UNIT = "D"\n', *(f"{name} = {str(path)!r}\n" for name, path in paths.items())]
    (lab.notebooks / "gradebook.ipynb").write_text(json.dumps(book), encoding="utf-8")
    return "gradebook.ipynb"


def sheet(place: Practice, kind: str) -> list[dict[str, str]]:
    text = (place.grades / f"{kind}-D.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def opened(lab: Lab, tmp_path: Path) -> tuple[Notebook, Practice]:
    place = make(tmp_path / "class", "D", students=6)
    page = lab.open(with_folders(lab, place), height=1000)
    page.run_all()
    return page, place


def halves(place: Practice) -> int:
    return sum(list(line.values()).count("0.5") for line in sheet(place, "brief"))


def until(check: Callable[[], bool], page: Notebook, seconds: float = 20) -> None:
    """Waits until what was set in the page is true of the file."""
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "nothing was kept"
        page.page.wait_for_timeout(100)


def test_a_text_and_a_brief_are_marked_in_the_notebook(opened: tuple[Notebook, Practice]) -> None:
    page, place = opened
    assert (place.grades / "gradebook-D.jsonl").is_file()
    panel = page.page.locator(".gp").filter(has_text="Answers to mark")
    panel.scroll_into_view_if_needed()
    groups = panel.locator(".gp-item fieldset")
    first = sheet(place, "rubric")[0]
    points = [head for head in first if head.startswith("point ") and first[head] != "–"]
    expect(groups).to_have_count(len(points))

    # Two moves before the kernel has answered the first: the answer to the first does not undo the second.
    half = groups.nth(0).locator("input[value='0.5']")
    half.evaluate(WATCH_SET_BACK)
    half.evaluate("(half) => { half.closest('.pills').querySelectorAll('input')[3].click(); half.click(); }")
    until(lambda: sheet(place, "rubric")[0][points[0]] == "0.5", page)
    page.page.wait_for_timeout(500)  # the file is written before the page is told
    assert half.evaluate("(half) => half.setBack") == 0
    # By keyboard alone: native radio buttons, arrow keys move, every move is kept.
    half.focus()
    for key, mark in (("ArrowRight", "1"), ("ArrowLeft", "0.5")):
        page.page.keyboard.press(key)
        until(lambda mark=mark: sheet(place, "rubric")[0][points[0]] == mark, page)  # type: ignore[misc]
    assert half.is_checked()
    for number, head in enumerate(points[1:], start=1):
        groups.nth(number).locator("input[value='1']").check()
        until(lambda head=head: sheet(place, "rubric")[0][head] == "1", page)  # type: ignore[misc]
    # A comment that is still being typed is kept when the next answer is asked for.
    panel.get_by_label("Comment for the student").fill("=Read “again”")
    panel.get_by_role("button", name="Next that is open").click()
    until(lambda: sheet(place, "rubric")[0]["comment"] == "'=Read “again”", page)
    expect(panel.get_by_label("Answer")).to_have_value("1")
    expect(panel.get_by_label("Comment for the student")).to_have_value("")

    # The same for a brief, in the other order; run again, the cell shows what is kept.
    by_question = panel.get_by_label("Answer").locator("option").all_inner_texts()
    panel.get_by_text("student by student").click()
    until(lambda: panel.get_by_label("Answer").locator("option").all_inner_texts() != by_question, page)
    brief = panel.get_by_label("Answer").locator("option").filter(has_text=" brief · ").first
    panel.get_by_label("Answer").select_option(value=brief.get_attribute("value"))
    expect(groups).to_have_count(7)
    expect(panel).to_contain_text("of 16 done")
    for number in range(7):
        groups.nth(number).locator("input[value='0.5']").check()
        until(lambda number=number: halves(place) == number + 1, page)  # type: ignore[misc]
    expect(panel).to_contain_text("2 marked")
    page.run_all()
    expect(page.page.locator(".gp").filter(has_text="Answers to mark")).to_contain_text("2 marked")
    assert page.errors == []
    assert page.outside == []
    page.close()
