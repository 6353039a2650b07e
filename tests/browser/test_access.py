"""Every lesson's outputs against WCAG 2.2 AA: axe-core in four looks, zoom, reflow, text spacing, targets, focus, rest.

Only what the course draws is looked at, not JupyterLab's own menus and bars. What axe cannot tell, that everything is
used by keyboard and reads as sentences, is in test_access_keys.py and test_access_heard.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from conftest import Lab, Notebook
from playwright.sync_api import Browser
from test_course import LESSONS, every

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
DARK = ["JupyterLab Dark", "JupyterLab Dark High Contrast"]
FORCED = "forced colours"
OUTPUT = ".jp-OutputArea-output"
MEASURES = (Path(__file__).parent / "access.js").read_text(encoding="utf-8")

# The spacing that WCAG 1.4.12 lets a reader set.
SPACING = """.jp-OutputArea-output * { line-height: 1.5 !important; letter-spacing: .12em !important;
word-spacing: .16em !important; } .jp-OutputArea-output p { margin-bottom: 2em !important; }"""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Lab]:
    """One server for all lessons, whose notebooks are drawn whole: JupyterLab else draws what is in the window."""
    running = Lab(tmp_path_factory.mktemp("course"), browser)
    file = running.settings / "@jupyterlab" / "notebook-extension" / "tracker.jupyterlab-settings"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"windowingMode": "none"}))
    yield running
    running.stop()


# ---- the page made ready -------------------------------------------------------------------------------------------


def unfold(notebook: Notebook) -> None:
    notebook.page.evaluate(
        "(output) => document.querySelectorAll(`${output} details`).forEach((one) => (one.open = true))", OUTPUT
    )


def whole(notebook: Notebook, width: int = 1280) -> None:
    """Makes the window as high as the notebook: axe takes for hidden what is scrolled out of sight."""
    page = notebook.page
    for _ in range(4):
        high = int(page.evaluate("() => document.querySelector('.jp-WindowedPanel-viewport').scrollHeight")) + 400
        if page.viewport_size == {"width": width, "height": high}:
            break
        # What is as high as the window allows, the controls of a lab, grows with it: hence once more.
        page.set_viewport_size({"width": width, "height": high})
        settled(notebook)
    page.evaluate(
        """() => { document.querySelector('.jp-WindowedPanel-outer').scrollTop = 0;
        document.body.style.setProperty('overflow', 'visible', 'important'); }"""
    )
    settled(notebook)


def settled(notebook: Notebook) -> None:
    """Waits until the outputs have kept their height for two looks in a row."""
    high = "() => document.querySelector('.jp-WindowedPanel-viewport').scrollHeight"
    before = notebook.page.evaluate(high)
    for _ in range(40):
        notebook.page.wait_for_timeout(100)
        if (now := notebook.page.evaluate(high)) == before:
            return
        before = now


def look(notebook: Notebook, name: str) -> None:
    """One of the looks: a theme of JupyterLab, or the system's own few colours on black."""
    page = notebook.page
    forced = name == FORCED
    page.emulate_media(forced_colors="active" if forced else "none", color_scheme="dark" if forced else "light")
    theme = "JupyterLab Light" if forced else name
    notebook.command("apputils:change-theme", {"theme": theme})
    page.wait_for_function("(theme) => document.body.dataset.jpThemeName === theme", arg=theme)
    page.wait_for_timeout(300)
    page.locator("#jupyterlab-splash").wait_for(state="detached")
    settled(notebook)


def answered(notebook: Notebook, lesson: str) -> None:
    """Every question answered somehow, its hints asked for, every other answer told: reasons are looked at too."""
    forms = notebook.page.locator("form.gp-item[data-item]")
    assert forms.count() == len(every(lesson))
    for step in ("fill", "hint", "tell"):
        notebook.page.evaluate(
            """(step) => { const forms = [...document.querySelectorAll('form.gp-item[data-item]')];
            const press = (form, text) => [...form.querySelectorAll('button')]
              .find((button) => !button.hidden && button.textContent.startsWith(text))?.click();
            forms.forEach((form, place) => {
              if (step === 'hint') return press(form, 'Hint');
              if (step === 'tell') return place % 2 ? press(form, 'Show the answer') : null;
              const groups = new Set([...form.querySelectorAll('input[type=radio]')].map((one) => one.name));
              groups.forEach((name) => (form.querySelector(`input[name="${name}"]`).checked = true));
              form.querySelectorAll('input[type=checkbox]').forEach((one, n) => (one.checked = n < 2));
              form.querySelectorAll('select').forEach((one) => (one.selectedIndex = 1));
              form.querySelectorAll('textarea').forEach((one) => (one.value = 'My own words.'));
              form.querySelectorAll('input[type=text]').forEach((one) => (one.value = '1'));
              form.requestSubmit();
            }); }""",
            step,
        )
        notebook.idle()
        settled(notebook)
    notebook.page.evaluate(
        "() => document.querySelectorAll('table.map').forEach((map) => map.querySelector('button')?.click())"
    )
    name = notebook.page.locator("input[autocomplete=name]")
    name.fill("A student")
    name.press("Enter")
    notebook.page.locator(".said .verdict.right", has_text="Receipt").wait_for()
    unfold(notebook)


# ---- what is looked for --------------------------------------------------------------------------------------------

# What axe leaves undecided and was looked at: words that are signs alone (the arrows that move a step, a ✗ before a
# reason), whose ink is that of words it measures elsewhere; and words in a picture, which lie over its marks: `faint`
# measures those.
KNOWN_UNDECIDED = ("only non-text characters", "<text ")
# A table as pandas prints it scrolls in JupyterLab's own output, where it can be focused by keyboard since the browsers
# themselves see to it (Chromium since 130, Firefox always). What scrolls in an output of ours has a frame for it.
KNOWN_SCROLLS = 'scrollable-region-focusable <div class="lm-Widget jp-RenderedHTMLCommon'


def clean(notebook: Notebook, what: str, only: list[str] | None = None, without: list[str] | None = None) -> None:
    """axe-core finds no violation, leaves nothing undecided that nobody looked at, and has seen something."""
    asked = {"only": only, "except": without or [], "tags": RULES}
    for _ in range(2):
        found: dict[str, Any] = notebook.page.evaluate("(asked) => access.axeRun(asked)", asked)
        left = [one for one in found["undecided"] if not any(known in one for known in KNOWN_UNDECIDED)]
        if not left:
            break
        whole(notebook)  # an output that grew since, by a late answer, has left the window
    assert found["violations"] == [], f"{what}: {found['violations'][:8]}"
    assert left == [], f"{what}: undecided {left[:8]}"
    shown = notebook.page.locator(f"{OUTPUT}:visible").count()
    assert found["measured"] > 3 * shown, f"{what}: {found['measured']} contrasts measured in {shown} outputs"


def stacked(notebook: Notebook, what: str) -> None:
    """axe-core finds no violation where tables stand as blocks; their colours are those of a wide window."""
    asked = {"only": None, "except": ["color-contrast"], "tags": RULES}
    found: dict[str, Any] = notebook.page.evaluate("(asked) => access.axeRun(asked)", asked)
    tables = notebook.page.locator(f"{OUTPUT}:has(.dataframe)").count()
    scrolls = [one for one in found["violations"] if one.startswith(KNOWN_SCROLLS)]
    assert len(scrolls) <= tables, f"{what}: {scrolls}"
    left = [one for one in found["violations"] if one not in scrolls]
    assert left == [], f"{what}: {left[:8]}"


def faint(notebook: Notebook, what: str, which: str) -> None:
    """No words that are hard to read; looked for among the nodes that `which` selects."""
    found = notebook.page.evaluate("(which) => access.faint(which)", which)
    assert found["faults"] == [], f"{what}: {found['faults'][:8]}"
    assert found["measured"] or notebook.page.locator(f"{OUTPUT} {which}").count() == 0


def none(notebook: Notebook, measure: str, where: str) -> None:
    """One of the measures of access.js that give a list finds nothing."""
    found: list[str] = notebook.page.evaluate(f"() => access.{measure}()")
    assert not found, f"{where}, {measure}: {found[:8]} and {max(len(found) - 8, 0)} more"


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_stands_up_to_wcag(course: Lab, lesson: str) -> None:
    notebook = course.open(LESSONS[lesson])
    page = notebook.page
    page.evaluate(AXE + MEASURES)
    # As it is opened, before anything is run: what the notebook stores.
    unfold(notebook)
    whole(notebook)
    # JupyterLab takes the style from a notebook that it was not told to trust, and with it the room between the links
    # of a reading list; `run.py lab` tells it.
    clean(notebook, "as stored", without=["target-size"])

    notebook.run_all()
    shown = page.locator(f"{OUTPUT}:visible").count()
    stored = json.loads((course.notebooks / notebook.name).read_text(encoding="utf-8"))
    assert shown == sum(len(cell.get("outputs", [])) for cell in stored["cells"])
    page.locator(".gp form.gp-item").first.wait_for()
    answered(notebook, lesson)
    whole(notebook)
    clean(notebook, "JupyterLab Light")
    faint(notebook, "JupyterLab Light", "*")
    for name in DARK:
        look(notebook, name)
        # Only colours change with the look.
        clean(notebook, name, ["color-contrast", "link-in-text-block"])
        faint(notebook, name, "*")
    # axe reads the colours of the sheet, not those that the system puts in their place.
    look(notebook, FORCED)
    faint(notebook, FORCED, "*")
    look(notebook, "JupyterLab Light")
    none(notebook, "small", "1280 wide")

    # In a window of the usual height; a key was the last thing used, so that the browser shows where the focus is.
    page.set_viewport_size({"width": 1280, "height": 900})
    settled(notebook)
    for name in ("JupyterLab Dark", "JupyterLab Light"):
        look(notebook, name)
        page.keyboard.press("Shift")
        found = page.evaluate("() => access.focus()")
        assert found["faults"] == [], f"{name}: {found['faults'][:8]}"
        assert found["count"] > len(every(lesson)) * 4
    page.emulate_media(reduced_motion="reduce")
    none(notebook, "moving", "for somebody who asked for less motion")

    # 200 per cent of 1280 by 900 is a window of 640 by 450; 400 per cent is one of 320 wide.
    for width, height in ((640, 450), (320, 640)):
        page.set_viewport_size({"width": width, "height": height})
        settled(notebook)
        none(notebook, "cut", f"{width} wide")
        none(notebook, "small", f"{width} wide")
        whole(notebook, width)
        stacked(notebook, f"{width} wide")
    page.set_viewport_size({"width": 640, "height": 450})
    page.add_style_tag(content=SPACING)
    settled(notebook)
    none(notebook, "cut", "with wide spacing")
    assert notebook.errors == []
    notebook.close()
