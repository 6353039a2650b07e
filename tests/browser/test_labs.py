"""Each lab driven as students do: with the mouse, and with the keyboard alone."""

from __future__ import annotations

import json
import time
from pathlib import Path

import docx
import pytest
from conftest import Lab, Notebook
from playwright.sync_api import Locator, expect
from test_course import LESSONS

from lesson_lib import lab as open_lab
from lesson_lib.show import lab as home
from lesson_lib.think.controls import Pick, Range, Words

NAMES = sorted(home._HOMES)
every_lab = pytest.mark.parametrize("name", NAMES)


def notebook(lab: Lab, name: str, **look: object) -> tuple[Notebook, Locator]:
    """The lab's lesson, run, and the lab in it."""
    page = lab.open(LESSONS[open_lab(name).kind.lesson], **look)  # type: ignore[arg-type]
    page.run_all()
    return page, the_lab(page, name)


def the_lab(page: Notebook, name: str) -> Locator:
    """The first lab that starts from where the student left it, not from settings written in its cell."""
    labs = [source for source in page.sources() if source.startswith("lab(")]
    shown = page.page.locator(".gp.lab").nth(labs.index(f'lab("{name}")'))
    shown.scroll_into_view_if_needed()
    expect(shown.locator(".view > *").first).to_be_visible()
    return shown


def view(shown: Locator) -> str:
    return shown.locator(".view").text_content() or ""


def changed(shown: Locator, before: str) -> str:
    """Waits until the answer is another one."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if (now := view(shown)) != before:
            return now
        time.sleep(0.05)
    raise AssertionError("the answer did not change")


@every_lab
def test_a_lab_answers_the_mouse_and_comes_back(lab: Lab, name: str) -> None:
    page, shown = notebook(lab, name)
    kind = open_lab(name).kind
    before = view(shown)
    if kind.presets:
        last = kind.presets[-1]
        shown.get_by_role("button", name=last.label, exact=True).click()
        before = changed(shown, before)
        expect(shown.locator(".said").first).to_contain_text(last.label)
    pick = next((one for one in kind.controls if isinstance(one, Pick)), None)
    if pick:
        box = shown.get_by_label(pick.label, exact=True)
        other = next(option for option, _ in pick.options if option != box.input_value())
        box.select_option(other)
        before = changed(shown, before)
    kept = view(shown)
    log = lab.notebooks / "my-answers" / f"{kind.lesson}.jsonl"
    assert json.loads(log.read_text().splitlines()[-1])["quiz"] == kind.log_name
    # After a restart it stands where the student left it.
    page.restart()
    page.run_all()
    assert view(the_lab(page, name)) == kept
    assert page.errors == []
    assert page.outside == []


@every_lab
def test_a_lab_is_used_by_keyboard_alone(lab: Lab, name: str) -> None:
    page, shown = notebook(lab, name)
    kind, keys = open_lab(name).kind, page.page.keyboard
    controls = shown.locator(".controls").locator("input, select, textarea, summary, button")
    controls.first.focus()
    moved = set()
    for _ in range(controls.count() + 4):
        tag, kind_of, label = page.page.evaluate(
            """() => { const at = document.activeElement, name = at.getAttribute('aria-label');
            return [at.tagName, at.type ?? '', name ?? at.labels?.[0]?.textContent ?? at.textContent]; }"""
        )
        if not page.page.evaluate("() => Boolean(document.activeElement.closest('.gp.lab'))"):
            break  # past the lab's last control
        assert label.strip(), f"a control without a name: {tag} {kind_of}"
        if kind_of == "range" and "range" not in moved:
            stood = page.page.evaluate("() => document.activeElement.value")
            keys.press("ArrowRight")
            assert page.page.evaluate("() => document.activeElement.value") != stood
            moved.add("range")
        elif tag == "SELECT" and "pick" not in moved:
            before = view(shown)
            keys.press("ArrowDown")
            changed(shown, before)
            moved.add("pick")
        elif kind_of == "textarea" and "words" not in moved:
            keys.type("A dd b x 1")  # letters that are JupyterLab's commands must stay letters
            moved.add("words")
        keys.press("Tab")
    if any(isinstance(one, Range) for one in kind.controls):
        assert "range" in moved
    if any(isinstance(one, Words) and one.rows > 1 for one in kind.controls):
        expect(shown.locator("textarea").first).to_have_value("A dd b x 1")
    # The notebook's cells are as they were: no key was taken for a command.
    assert len(page.sources()) == len(json.loads((lab.notebooks / page.name).read_text())["cells"])
    assert page.errors == []


@every_lab
def test_what_cannot_be_is_said_at_its_control(lab: Lab, name: str) -> None:
    page, shown = notebook(lab, name)
    one = next((each for each in open_lab(name).kind.controls if isinstance(each, Range)), None)
    if one is None:
        pytest.skip("this lab has no numbers to type")
    field, before = shown.get_by_role("textbox", name=one.label, exact=True), view(shown)
    for typed in ("-1e12", "many"):
        field.fill(typed)
        field.press("Tab")
        expect(shown.locator(".control .warn", has_text="go" if typed[0] == "-" else "read").first).to_be_visible()
        assert field.input_value() == typed
        assert view(shown) == before
    assert page.errors == []


def test_a_dragged_slider_never_lags_behind(lab: Lab) -> None:
    page, shown = notebook(lab, "force")
    slider = shown.locator("input[type=range]").first
    slider.focus()
    for _ in range(60):
        page.page.keyboard.press("ArrowRight")
    last = slider.input_value()
    expect(shown.locator(".figures dd.big").first).to_have_text(f"{int(last):,}", timeout=2_000)


def test_a_lab_whose_kernel_died_says_so_and_keeps_what_was_set(lab: Lab) -> None:
    page, shown = notebook(lab, "force")
    page.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown().then(() => null)")
    first = next(one for one in open_lab("force").kind.controls if isinstance(one, Range))
    field = shown.get_by_role("textbox", name=first.label, exact=True)
    field.fill("30,000")
    field.press("Tab")
    expect(shown.locator(".said.warn")).to_contain_text("does not answer", timeout=15_000)
    assert field.input_value() == "30,000"


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (400, True)])
@every_lab
def test_a_lab_fits_the_page(lab: Lab, name: str, width: int, dark: bool) -> None:
    page, shown = notebook(lab, name, width=width, dark=dark)
    wide = page.page.evaluate(
        """() => [...document.querySelectorAll('.gp.lab, .gp.lab .bench, .gp.lab .view > *, .gp.lab .control')]
        .filter((each) => each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).display !== 'inline')
        .map((each) => `${each.className} ${each.textContent.slice(0, 60)}`)"""
    )
    assert wide == []
    small = page.page.evaluate(
        """() => [...document.querySelectorAll('.gp.lab svg text')].map((text) => text.getBoundingClientRect().height)
        .filter((height) => height > 0 && height < 8).length"""
    )
    assert small == 0
    assert shown.locator("svg[role=img]").count() == shown.locator("svg[aria-label]").count()
    assert page.errors == []


def test_what_somebody_wrote_is_not_gone_by_one_click(lab: Lab) -> None:
    page, shown = notebook(lab, "brief")
    words = shown.locator("textarea").first
    words.fill("Europe should say what it owes before it sends anybody.")
    words.press("Tab")
    again = shown.get_by_role("button", name="Start again")
    again.click()
    expect(shown.get_by_role("button", name="press once more")).to_be_visible()
    expect(words).to_have_value("Europe should say what it owes before it sends anybody.")
    shown.get_by_role("button", name="press once more").click()
    expect(words).to_have_value("")
    assert page.errors == []


def test_a_brief_is_exported_and_downloaded(lab: Lab, tmp_path: Path) -> None:
    page, shown = notebook(lab, "brief")
    shown.get_by_role("textbox", name="Claim", exact=True).fill("A claim that can be <b>argued</b>.")
    shown.get_by_role("textbox", name="Your name", exact=True).fill("A student")
    for action in open_lab("brief").kind.actions:
        if action.do is None:
            continue
        with page.page.expect_download(timeout=15_000) as waiting:
            shown.get_by_role("button", name=action.label, exact=True).click()
        waiting.value.save_as(tmp_path / waiting.value.suggested_filename)
    names = {path.suffix for path in tmp_path.iterdir() if path.is_file()}
    assert {".md", ".html", ".docx"} <= names
    document = docx.Document(str(next(tmp_path.glob("*.docx"))))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "A claim that can be <b>argued</b>." in text
    opened = page.page.context.new_page()
    opened.goto(next(tmp_path.glob("*.html")).as_uri())
    expect(opened.locator("body")).to_contain_text("A claim that can be <b>argued</b>.")
    assert page.errors == []
