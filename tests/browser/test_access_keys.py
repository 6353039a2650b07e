"""What test_course.py and test_labs.py leave out, by keyboard alone: Tab, arrows, Space, Enter and letters are pressed.

The types of question are answered by keyboard in test_course.py, the controls of the labs moved in test_labs.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import Lab, Notebook
from playwright.sync_api import Browser, Locator, expect
from test_course import LESSONS, every, first, keys_to, verdict
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


PASSED_BY = """(node) => {
  const group = (one) => (one.type === 'radio' ? one.name : one), been = new Set([...globalThis.cameTo].map(group));
  const named = (one) => one.ariaLabel || one.labels?.[0]?.textContent || one.textContent || one.outerHTML;
  return [...node.querySelectorAll("a[href], button, input, select, textarea, summary, .scroll")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled)
    .filter((one) => !one.closest('[aria-hidden=true]'))
    .filter((one) => one.tabIndex < 0 || !been.has(group(one)))
    .map((one) => `${one.localName} ${named(one).trim().slice(0, 60)}`);
}"""


def passed_by(notebook: Notebook, output: Locator, *, most: int = 500) -> list[str]:
    """What Tab does not come to from the first thing in an output to the last; of radio buttons one in a group."""
    output.evaluate(
        """(node) => { document.activeElement.blur(); globalThis.cameTo = new Set();
        node.addEventListener('focusin', (event) => globalThis.cameTo.add(event.target)); }"""
    )
    start_at(notebook, output)
    for _ in range(most):
        notebook.page.keyboard.press("Tab")
        if not output.evaluate("(node) => node.contains(document.activeElement)"):
            break
    found: list[str] = output.evaluate(PASSED_BY)
    return found


def answers(notebook: Notebook, shown: Locator, target: Locator, key: str, *, most: int = 60) -> None:
    """Presses a key on something of a lab, and waits until the lab's answer is another one."""
    stood, name = view(shown), target.evaluate("(node) => node.labels?.[0]?.textContent || node.textContent")
    press(notebook, target, key, most=most)
    try:
        changed(shown, stood)
    except AssertionError:
        raise AssertionError(f"{name}: {key} changes nothing in the lab's answer") from None


def practice(quiz: Quiz, item: Item) -> bool:
    return item.type == "single" and not item.opinion and quiz.behaviour == "practice" and bool(item.hints)


def test_tab_comes_to_everything_in_a_question_of_each_type(course: Lab) -> None:
    notebook = course.open(LESSONS["00"])
    notebook.run_all()
    for quiz, item in every("00"):
        found = passed_by(notebook, notebook.item(f"{quiz.id}/{item.id}"))
        assert found == [], f"{item.type}: Tab passes by {found}"
    notebook.close()


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
    assert (found := passed_by(notebook, form)) == [], f"Tab passes by {found}"
    start_at(notebook, form)
    keys.type("Dd Aa Bb 1")  # letters that are JupyterLab's commands
    keys_to(notebook, form.get_by_role("button", name="Make my hand-in file"))
    keys.type("abdd")  # in a box JupyterLab leaves letters alone; on a button only the course keeps them from it
    assert notebook.sources() == before, "what was typed in the hand-in was taken for commands: cells came or went"
    press(notebook, form.get_by_role("button", name="Make my hand-in file"), "Enter")
    expect(verdict(form)).to_contain_text("Hand-in file made for Dd Aa Bb 1")
    assert (found := passed_by(notebook, form)) == [], f"Tab passes by {found}"
    start_at(notebook, form)
    with notebook.page.expect_download() as download:
        press(notebook, form.get_by_role("button", name="Download the file"), "Space")
    assert download.value.suggested_filename.endswith(".json")
    assert notebook.sources() == before
    notebook.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_lab_from_end_to_end(course: Lab, name: str) -> None:
    """A preset, a list of ticks, a folded table, starting again, a picture that scrolls: all by Tab and a key."""
    notebook = course.open(LESSONS[open_lab(name).kind.lesson])
    notebook.run_all()
    shown, kind, before = the_lab(notebook, name), open_lab(name).kind, notebook.sources()
    start_at(notebook, shown)
    if kind.presets:
        answers(notebook, shown, shown.get_by_role("button", name=kind.presets[-1].label, exact=True), "Enter")
    folded = shown.locator(".controls details > summary")
    if folded.count():
        press(notebook, folded.first, "Enter")
        box = shown.locator(".controls details[open] input[type=checkbox]").first
        ticked = box.is_checked()
        answers(notebook, shown, box, "Space")
        assert box.is_checked() is not ticked
    # A part of the answer that is unfolded by key stays under the finger when the lab draws its answer anew.
    parts = shown.locator(".view summary")
    if parts.count():
        press(notebook, parts.first, "Enter", most=300)
        assert parts.first.evaluate("(node) => node.parentElement.open")
        start_at(notebook, shown)
    again = shown.get_by_role("button", name="Start again")
    keys_to(notebook, again, most=300)
    stood = view(shown)
    notebook.page.keyboard.press("Enter")
    if "once more" in again.inner_text():
        notebook.page.keyboard.press("Enter")
    changed(shown, stood)
    shown.evaluate("(node) => node.querySelectorAll('.view details').forEach((each) => (each.open = true))")
    assert (found := passed_by(notebook, shown)) == [], f"Tab passes by {found}"
    # In a narrow window a picture scrolls, and by the arrows too.
    notebook.page.set_viewport_size({"width": 400, "height": 900})
    notebook.page.wait_for_timeout(1000)
    if shown.locator(".scroll").count():
        start_at(notebook, shown)
        press(notebook, shown.locator(".scroll").first, "ArrowRight", most=500)
        scrolled = "(node) => new Promise((done) => setTimeout(() => done(node.scrollLeft), 500))"
        assert shown.locator(".scroll").first.evaluate(scrolled) > 0, "the arrows do not move the first picture"
    assert notebook.sources() == before
    assert notebook.errors == []
    notebook.close()
