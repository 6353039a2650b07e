"""What test_course.py and test_labs.py leave out, by keyboard alone: Tab, arrows, Space, Enter and letters are pressed.

The types of question are answered by keyboard in test_course.py, the controls of the labs moved in test_labs.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import Lab, Notebook
from playwright.sync_api import Browser, Locator, expect
from test_course import LESSONS, first, keys_to, verdict
from test_labs import NAMES, changed, the_lab, view

from lesson_lib import lab as open_lab
from lesson_lib.think.questions import Item, Quiz


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Lab]:
    running = Lab(tmp_path_factory.mktemp("course"), browser)
    yield running
    running.stop()


def start_at(notebook: Notebook, output: Locator) -> None:
    """Puts the focus on the first thing in an output, where Tab would have brought it; from then on only keys."""
    output.scroll_into_view_if_needed()
    output.locator("a[href], button, input, select, textarea, summary, [tabindex='0']").first.focus()


def press(notebook: Notebook, target: Locator, key: str, *, most: int = 60) -> None:
    """Goes to the target with Tab and presses a key there."""
    keys_to(notebook, target, most=most)
    notebook.page.keyboard.press(key)


def practice(quiz: Quiz, item: Item) -> bool:
    return item.type == "single" and not item.opinion and quiz.behaviour == "practice" and bool(item.hints)


def test_hints_the_answer_and_another_try(course: Lab) -> None:
    quiz, item = first("01", practice)
    notebook = course.open(LESSONS["01"])
    notebook.run_all()
    before, keys = notebook.sources(), notebook.page.keyboard
    form = notebook.item(f"{quiz.id}/{item.id}")
    start_at(notebook, form)
    for place in range(1, len(item.hints) + 1):
        press(notebook, form.get_by_role("button", name="Hint"), "Enter")
        expect(form.locator(".hint")).to_have_count(place)
        if place < len(item.hints):  # the button stays under the finger for the next
            expect(form.get_by_role("button", name="Hint")).to_be_focused()
    wrong = next(place for place, choice in enumerate(item.body["choices"]) if choice["id"] != item.key["right"])
    start_at(notebook, form)
    keys.press("Space")
    for _ in range(wrong):
        keys.press("ArrowDown")
    keys.press("Enter")  # in a form, Enter checks
    expect(form.locator(".is-wrong .why")).to_be_visible()
    press(notebook, form.get_by_role("button", name="Show the answer"), "Space")
    expect(form.locator(".is-right .verdict")).to_be_visible()
    again = form.get_by_role("button", name="Try again")
    expect(again).to_be_focused()  # it came in the place of the button that went
    keys.press("Enter")
    expect(form.locator(".why")).to_have_count(0)
    expect(form.locator("input[type=radio]").first).to_be_focused()
    assert notebook.sources() == before
    notebook.close()


def test_the_stance_map_the_folded_words_and_the_table_behind_a_picture(course: Lab) -> None:
    notebook = course.open(LESSONS["05"])
    notebook.run_all()
    before, keys = notebook.sources(), notebook.page.keyboard
    panel = notebook.page.locator(".gp:has(table.map)").first
    start_at(notebook, panel)
    told = set()
    for _ in range(3):
        keys.press("Space")
        expect(notebook.page.locator(":focus")).to_have_attribute("aria-pressed", "true")
        told.add(panel.locator(".behind").inner_text())
        keys.press("Tab")
    assert len(told) == 3
    # The table under a picture is folded; so is a long list of sources.
    for folded in (notebook.page.locator("details:has(> table)"), notebook.page.locator("details:has(> .small)")):
        one = folded.last
        one.scroll_into_view_if_needed()
        closed = one.evaluate("(node) => !node.open")
        one.locator("summary").first.focus()
        keys.press("Enter")
        assert one.evaluate("(node) => node.open") is closed
        if closed and one.locator("a[href]:visible").count():
            press(notebook, one.locator("a[href]:visible").first, "Shift", most=3)
    assert notebook.sources() == before
    notebook.close()


def test_the_explorer(course: Lab) -> None:
    notebook = course.open(LESSONS["04"])
    notebook.run_all()
    before = notebook.sources()
    panel = notebook.page.locator(".gp:has(.build)").first
    start_at(notebook, panel)
    rows = panel.locator("table.gp-table tbody tr").count()
    press(notebook, panel.locator("fieldset.ticks").nth(1).locator("input:not(:checked)").first, "Space", most=80)
    expect(panel.locator("table.gp-table tbody tr")).to_have_count(rows + 1)
    press(notebook, panel.get_by_label("Mark differences"), "Space", most=80)
    expect(panel.locator("td.out")).to_have_count(0)
    press(notebook, panel.get_by_role("button", name="Find the outlier"), "Enter")
    expect(panel.locator("p[role=status]")).to_contain_text("stand")
    press(notebook, panel.get_by_role("button", name="Copy as Markdown"), "Enter")
    expect(panel.locator("p[role=status]")).to_contain_text("Markdown")
    assert notebook.sources() == before
    notebook.close()


def test_handing_in(course: Lab) -> None:
    notebook = course.open(LESSONS["00"])
    notebook.run_all()
    before, keys = notebook.sources(), notebook.page.keyboard
    form = notebook.page.locator("form.gp-item:has(input[autocomplete=name])")
    start_at(notebook, form)
    keys.type("Dd Aa Bb 1")  # letters that are JupyterLab's commands
    press(notebook, form.get_by_role("button", name="Make my hand-in file"), "Enter")
    expect(verdict(form)).to_contain_text("Hand-in file made for Dd Aa Bb 1")
    with notebook.page.expect_download() as download:
        press(notebook, form.get_by_role("button", name="Download the file"), "Space")
    assert download.value.suggested_filename.endswith(".json")
    assert notebook.sources() == before
    notebook.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_lab_from_end_to_end(course: Lab, name: str) -> None:
    """A preset, a list of ticks, a folded table, a picture that scrolls, starting again: all by Tab and a key."""
    notebook = course.open(LESSONS[open_lab(name).kind.lesson])
    notebook.run_all()
    shown, kind, before = the_lab(notebook, name), open_lab(name).kind, notebook.sources()
    start_at(notebook, shown)
    if kind.presets:
        stood = view(shown)
        press(notebook, shown.get_by_role("button", name=kind.presets[-1].label, exact=True), "Enter")
        changed(shown, stood)
    folded = shown.locator(".controls details > summary")
    if folded.count():
        press(notebook, folded.first, "Enter")
        box = shown.locator(".controls details[open] input[type=checkbox]").first
        ticked, stood = box.is_checked(), view(shown)
        press(notebook, box, "Space")
        changed(shown, stood)
        assert box.is_checked() is not ticked
    for part, most in (("summary", 300), (".scroll", 300)):
        found = shown.locator(f".view {part}")
        if found.count():
            press(notebook, found.first, "Enter", most=most)
            start_at(notebook, shown)
    press(notebook, shown.get_by_role("button", name="Start again"), "Enter", most=300)
    assert notebook.sources() == before
    assert notebook.errors == []
    notebook.close()
