"""The measures of access.js see what they are there for: each is given a page with one fault, and names the thing.

A measure that finds nothing in eleven lessons may be blind; here it is not let off before it has found something.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

MEASURES = (Path(__file__).parent / "access.js").read_text(encoding="utf-8")
WELL = """<style>button, select, summary, input { min-height: 30px; line-height: 1.5 }
:focus-visible { outline: 2px solid #1a5fb4 }</style>
<p>Words that can be read, with a <a href='#'>link</a>.</p><button>Check</button>
<details open><summary>The two sources</summary><p>Both of them.</p></details>
<label for=n>Soldiers</label><input id=n type=range><select aria-label=Who><option>Anybody</option></select>
<svg width=200 height=30><text y=20>50,000 soldiers</text></svg>"""

# A measure, the fault, and what it says of it.
BLIND = {
    "a low button": ("small", "button { min-height: 0; height: 18px }", "button Check: "),
    "a narrow button": ("small", "button { width: 20px; padding: 0; overflow: visible }", "button Check: 20 by 30 px"),
    "a low fold": ("small", "summary { min-height: 0; line-height: 18px }", "summary The two sources: "),
    "a low slider": ("small", "input { min-height: 0; height: 12px }", "input Soldiers: "),
    "words hidden below": ("cut", "p { height: 12px; overflow: hidden }", "cut below: Words that can be read, with a"),
    "words clipped below": ("cut", "p { height: 12px; overflow: clip }", "cut below: Words that can be read, with a"),
    "words over others": ("cut", "p { height: 8px }", "runs out below: Words that can be read, with a"),
    "words hidden at the side": ("cut", "button { width: 40px; overflow: hidden }", "cut sideways: Check"),
    "words out of a button": ("cut", "button { width: 40px }", "runs over: Check"),
    "a low list of choices": ("cut", "select { min-height: 0; height: 16px }", "cut below: Who"),
    "words wider than the window": ("cut", "p { width: 900px }", "scrolls sideways: "),
    "words out of a picture": ("cut", "svg { width: 30px }", "outside its picture: 50,000 soldiers"),
    "a fade": ("moving", "button { transition: background .3s }", "button.null Check"),
    "a fade of a sign": ("moving", "button::before { content: '+'; transition: width .3s }", "button.null Check"),
    "a blink": ("moving", "@keyframes on { to { opacity: 0 } } p { animation: on 1s infinite }", "p.null Words"),
    "no focus ring": ("focus", "button:focus-visible { outline: none }", "looks the same: button Check"),
    "no ring that is seen": ("focus", "a:focus-visible { outline-color: #0000 }", "the line round it is pale: a link"),
    "a pale ring": (
        "focus",
        "input:focus-visible { outline-color: #ddd }",
        "the line round it is pale: input Soldiers",
    ),
    "pale words": ("faint", "p { color: #999 }", "2.85 : 1 Words"),
    "words paled with their box": ("faint", ".jp-OutputArea-output > div { opacity: .4 }", " : 1 Check"),
}


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 640, "height": 600})
    yield context.new_page()
    context.close()


def measured(page: Page, style: str, measure: str, body: str = WELL) -> list[str]:
    page.set_content(
        f"<body style='background:#fff;font:14px/1.5 sans-serif'><div class=jp-OutputArea-output>"
        f"<div class=gp>{body}<style>{style}</style></div></div>"
    )
    page.evaluate(MEASURES)
    page.keyboard.press("Shift")
    found: Any = page.evaluate("(measure) => access[measure]('*')", measure)
    return found if isinstance(found, list) else found["faults"]


@pytest.mark.parametrize("measure", ["small", "cut", "moving", "focus", "faint"])
def test_what_is_well_is_let_pass(page: Page, measure: str) -> None:
    assert measured(page, "", measure) == []


@pytest.mark.parametrize("fault", BLIND)
def test_a_fault_is_seen_and_named(page: Page, fault: str) -> None:
    measure, style, said = BLIND[fault]
    found = measured(page, style, measure)
    assert any(said in each for each in found), found


def test_what_tab_passes_by_and_what_lies_under_something_is_seen(page: Page) -> None:
    out = WELL.replace("<button>", "<button tabindex=-1>").replace("type=range", "type=range tabindex=-1")
    assert measured(page, "", "focus", out) == ["Tab passes it by: button Check", "Tab passes it by: input Soldiers"]
    under = "summary::after { content: ''; position: absolute; inset: 0; background: #fff }"
    assert any(each.startswith("covered by") and "Check" in each for each in measured(page, under, "focus"))


def test_motion_for_those_who_did_not_ask_for_less_is_let_pass(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    style = "@media (prefers-reduced-motion: no-preference) { button { transition: background .3s } }"
    assert measured(page, style, "moving") == []
    page.emulate_media(reduced_motion="no-preference")
    assert measured(page, style, "moving") == ["button.null Check"]


def test_words_in_the_colour_of_the_strip_that_the_system_lays_under_them_are_seen(page: Page) -> None:
    page.emulate_media(forced_colors="active")
    style = "button { background: LinkText; color: Canvas }"
    assert any("1.00 : 1 Check" in each for each in measured(page, style, "faint"))
    assert measured(page, style + "button { forced-color-adjust: none }", "faint") == []
    page.emulate_media(forced_colors="none")
