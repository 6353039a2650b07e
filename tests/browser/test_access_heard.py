"""What a screen reader is given: Chromium's own accessibility tree of one of each thing, read as sentences.

A transcript is what stands in the tree, in its order: the kind of thing, its name, what describes it, its value and
state. Wording and order of a real screen reader differ; what it has to say it with is this.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Lab, Notebook
from playwright.sync_api import Browser, Locator, expect
from test_course import LESSONS
from test_labs import NAMES, changed, the_lab, view

from lesson_lib import lab as open_lab

SPOKEN = {"radio", "checkbox", "textbox", "combobox", "slider", "button", "link", "fold"}
SKIPPED = {"Legend", "Caption", "caption", "InlineTextBox", "ListMarker", "MenuListPopup", "LineBreak"}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Lab]:
    running = Lab(tmp_path_factory.mktemp("course"), browser)
    yield running
    running.stop()


def heard(notebook: Notebook, shown: Locator) -> list[str]:
    """The transcript of one element, a line for each thing in it."""
    shown.scroll_into_view_if_needed()
    shown.evaluate("(node) => { globalThis.heardNode = node; }")
    session = notebook.page.context.new_cdp_session(notebook.page)
    found = session.send("Runtime.evaluate", {"expression": "globalThis.heardNode"})["result"]["objectId"]
    for _ in range(50):
        # What has only just been scrolled to is not in the tree at once.
        if nodes := session.send("Accessibility.queryAXTree", {"objectId": found})["nodes"]:
            break
        notebook.page.wait_for_timeout(100)
    session.detach()
    every = {node["nodeId"]: node for node in nodes}
    return list(lines(nodes[0], every))


def lines(node: dict[str, Any], every: dict[str, dict[str, Any]]) -> Iterator[str]:
    role = node.get("role", {}).get("value", "")
    role = "fold" if role.startswith("DisclosureTriangle") else role
    name = " ".join(str(node.get("name", {}).get("value", "")).split())
    inner = [every[each] for each in node.get("childIds", []) if each in every]
    if role in SKIPPED:
        return
    if role == "StaticText":
        if name:
            yield name
        return
    state = {each["name"]: each["value"].get("value") for each in node.get("properties", [])}
    if role in SPOKEN:
        if node.get("ignored"):  # hidden from everybody
            return
        said = [f"{role}: {name}"]
        if value := node.get("value", {}).get("value"):
            said.append(f"= {state.get('valuetext') or value}")
        if described := node.get("description", {}).get("value"):
            said.append(f"({' '.join(described.split())})")
        flags = {"checked": "true", "pressed": "true", "disabled": True, "invalid": "true"}
        said += [f"[{flag}]" for flag, on in flags.items() if state.get(flag) == on]
        yield " ".join(said)
        return
    if role == "row":
        cells = [" ".join(lines(each, every)) for each in inner]
        yield "row: " + " | ".join(cells)
        return
    if role == "LabelText":  # its words are the name of what it labels
        for each in inner:
            yield from (line for line in lines(each, every) if line.partition(":")[0] in SPOKEN)
        return
    if role in ("status", "listitem"):
        if text := " ".join(line for each in inner for line in lines(each, every)):
            yield f"{role}: {text}"
        return
    if role in ("group", "table", "list", "image", "img", "graphics-document", "figure") and name:
        yield f"{role}: {name}"
    if role not in ("image", "img", "graphics-document"):
        for each in inner:
            yield from lines(each, every)


def unheard(notebook: Notebook) -> list[str]:
    """The regions for what is read out that are in no accessibility tree while they are empty.

    Orca with Firefox reads out what comes into a region, and is silent about a region that comes with its words.
    """
    return list(
        notebook.page.evaluate(
            """() => [...document.querySelectorAll('.gp [role=status]')]
            .filter((node) => !node.textContent && node.parentElement.checkVisibility() && !node.checkVisibility())
            .map((node) => node.outerHTML)"""
        )
    )


# ---- one question of each type, before it is answered ---------------------------------------------------------------

SURE = "group: How sure?\nradio: guess\nradio: fairly\nradio: certain\nbutton: Hint\nbutton: Check"
KINDS = "radio: Fact\nradio: Figure\nradio: Prediction\nradio: Characterisation\nradio: Quotation"

QUESTIONS = {
    "00-first/checkable": f"""\
group: Question 1 of 2 · one answer. A local paper writes about a town meeting. Which sentence states something \
that can be checked?
radio: a. The meeting was a great success.
radio: b. The next meeting will go better.
radio: c. The meeting lasted for two hours.
radio: d. The meeting should have been shorter.
{SURE}""",
    "00-first/your-answers": f"""\
group: Question 2 of 2 · one or more answers. Which two sentences about your answers in this course are right? \
The text above tells you.
checkbox: a. They are kept on the computer that runs this course.
checkbox: b. They are sent to your teacher each time you click.
checkbox: c. They are gone after the program has been restarted.
checkbox: d. They are there again when you come back to them.
{SURE}""",
    "00-kinds/library": f"""\
group: Question 1 of 1 · sort each line. Sort these sentences about a library by kind. Lesson 01 does the same with \
a real story.
group: The library is a pleasant place.
{KINDS}
group: The library opened its doors this morning.
{KINDS}
group: The librarian said: “Silence, please.”
{KINDS}
group: The library has 12,000 books.
{KINDS}
group: The library will be full tomorrow.
{KINDS}
{SURE}""",
    "00-words/status-words": f"""\
group: Question 1 of 2 · match each line. Match each status word with what it means in this course.
supported
combobox: supported = choose …
imprecise
combobox: imprecise = choose …
contested
combobox: contested = choose …
contradicted
combobox: contradicted = choose …
unverified
combobox: unverified = choose …
{SURE}""",
    "00-typed/minutes": f"""\
group: Question 1 of 2 · a number. A meeting begins at 14:40 and ends at 16:05. How many minutes does it last?
textbox: Your answer, minutes
minutes
{SURE}""",
    "00-typed/run-key": f"""\
group: Question 2 of 2 · a few words. In a notebook: which key do you press together with Shift to run a cell?
textbox: Your answer
{SURE}""",
    "00-table/shop": f"""\
group: Question 1 of 1 · fill the table. Ann says: “The shop is open, and it sells bread.” Ben says: “The shop is \
shut.” Fill the table: what does each of them say on the two claims?
row:  | Ann | Ben
row: The shop is open | combobox: The shop is open: Ann = choose … | combobox: The shop is open: Ben = choose …
row: The shop sells bread | combobox: The shop sells bread: Ann = choose … | combobox: The shop sells bread: Ben = \
choose …
{SURE}""",
    "00-yours/your-guess": """\
group: Question 1 of 1 · in your own words · about 15 words. In one or two sentences: which status word do you expect \
to meet most often in news about a war that is going on, and why? This is not marked.
A good answer:
listitem: uses one of the five status words
listitem: gives one reason
textbox: Your answer (A good answer: uses one of the five status words gives one reason)
button: Save my answer""",
}
NOT_YET = re.compile("^✗ Not yet")
STEP = """\
listitem: 3 Select Check. button: Move up: Select Check. button: Move down: Select Check."""


def test_each_type_of_question_a_verdict_a_table_and_the_hand_in(course: Lab) -> None:
    notebook = course.open(LESSONS["00"])
    notebook.run_all()
    assert unheard(notebook) == []
    for name, expected in QUESTIONS.items():
        assert "\n".join(heard(notebook, notebook.item(name))) == expected
    order = heard(notebook, notebook.item("00-words/how-to-answer"))
    asked = "In a notebook: put the steps of answering a question in order, from the first to the last."
    assert order[0] == f"group: Question 2 of 2 · put in order. {asked}"
    assert STEP in order
    assert "[disabled]" in next(line for line in order if line.startswith("listitem: 1"))

    # A hint, a miss and a step that was moved are in regions that are read out when they change.
    form = notebook.item("00-first/checkable")
    form.get_by_role("button", name="Hint").click()
    expect(form.locator(".hint")).to_be_visible()
    form.locator("input").first.check()
    form.locator("button[type=submit]").click()
    expect(form.locator(".is-wrong .why")).to_be_visible()
    told = heard(notebook, form)
    assert told[1] == (
        "radio: ✗ Not this one. a. The meeting was a great success. Success is a judgement. Two people who were there "
        "may disagree, and no record decides. [checked]"
    )
    assert "status: Hint 1. For which one could you look at a clock?" in told
    assert "status: Not this one." in told
    assert any(line.startswith("status: Saved ") for line in told)
    steps = notebook.item("00-words/how-to-answer")
    steps.get_by_role("button", name="Move up: Select Check.").click()
    assert "status: Now number 2 of 4: Select Check." in heard(notebook, steps)

    # Which line is right, and which is not, is heard with the line: what is read out by itself only counts them.
    kinds = notebook.item("00-kinds/library")
    for fact in kinds.get_by_role("radio", name="Fact", exact=True).all():
        fact.check()
    kinds.locator("button[type=submit]").click()
    pleasant = kinds.get_by_role("group", name="The library is a pleasant place.")
    expect(pleasant.get_by_role("radio", name="Fact")).to_have_accessible_description(NOT_YET)
    words = notebook.item("00-words/status-words")
    for box in words.get_by_role("combobox").all():
        box.select_option(index=1)
    words.locator("button[type=submit]").click()
    expect(words.get_by_role("combobox", name="contested")).to_have_accessible_description(NOT_YET)

    # A verdict that stands is not put there anew, and so not read out anew, when another question of the quiz is saved.
    stood = form.locator(".said .verdict")
    stood.evaluate("(node) => { node.dataset.same = 'yes'; }")
    notebook.item("00-first/your-answers").locator("input").first.check()
    expect(notebook.item("00-first/your-answers").locator(".saved")).to_contain_text("Saved")
    expect(stood).to_have_attribute("data-same", "yes")

    table = heard(notebook, notebook.page.locator("table.gp-table:not(.grid)").first)
    assert table[:2] == [
        "table: Two claims of one newspaper story As of 19 August 2025.",
        "row: Feature | NATO has 32 members | NATO's name: North American",
    ]
    assert "row: After checking | ✓ Supported [1–3] | ✗ Contradicted [4, 5]" in table
    handing = heard(notebook, notebook.page.locator("form.gp-item:has(input[autocomplete=name])"))
    assert handing[0] == "Hand in lesson 00: Start here"
    assert handing[-2:] == ["textbox: Your name, as your teacher knows you", "button: Make my hand-in file"]
    notebook.close()


def test_a_picture_and_a_stance(course: Lab) -> None:
    notebook = course.open(LESSONS["05"])
    notebook.run_all()
    picture = notebook.page.locator(".vega-embed:has(svg)").first
    picture.wait_for()
    # One image with a sentence, and nothing of its marks; the table under it has the rest.
    said = heard(notebook, picture)
    assert len(said) == 1
    assert said[0].startswith("graphics-document: Timeline of 15 events. First, 6 August 2025: Witkoff meets Putin")
    assert said[0].endswith("The table under the picture has them all.")
    panel = notebook.page.locator(".gp:has(table.map)").first
    panel.locator("button").first.click()
    told = heard(notebook, panel)
    assert told[2].startswith(
        "row: United States | button: United States, US soldiers: −− against [pressed] | button: "
    )
    assert any(line.startswith("status: United States, US soldiers: −− against") for line in told)
    # The same in a narrow window, where the rows are stacked: it is still a table to those who hear it.
    notebook.page.set_viewport_size({"width": 400, "height": 800})
    notebook.page.wait_for_timeout(500)
    assert heard(notebook, panel)[2].startswith("row: United States | ")
    notebook.close()


LABS = {
    "brief": "combobox: Question = choose a question",
    "credibility": "slider: What the aim is worth to the challenger = 60 (The protégé's independence is worth 100 "
    "points to the protégé: that is the measure.)",
    "force": "slider: Soldiers = 50000",
    "negotiation": "combobox: What sets it off = left open (Which event makes the promise fall due?)",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_lab(course: Lab, name: str) -> None:
    """Its first control; and that every control has a name, and every picture a sentence."""
    notebook = course.open(LESSONS[open_lab(name).kind.lesson])
    notebook.run_all()
    shown = the_lab(notebook, name)
    assert unheard(notebook) == []
    controls = heard(notebook, shown.locator(".controls"))
    assert controls[0] == f"group: {open_lab(name).kind.controls[0].group}"
    assert controls[1] == LABS[name]
    asked = [line for line in controls if line.split(":")[0] in SPOKEN]
    # What it is set to is not its name.
    unnamed = [line for line in asked if not line.partition(": ")[2].partition("= ")[0].strip(" []")]
    assert unnamed == []
    assert len(asked) >= len(open_lab(name).kind.controls)
    for drawing in shown.locator(".view svg").all():
        words = drawing.get_attribute("aria-label") or ""
        assert len(words.split()) > 5
        assert words.rstrip().endswith(".")
    groups = [line for line in heard(notebook, shown) if line.startswith(("group:", "image:"))]
    assert all(line.partition(": ")[2] for line in groups)

    # What a move changes is in regions that are read out, each once; what cannot be is said with its control.
    if presets := open_lab(name).kind.presets:
        stood = view(shown)
        shown.get_by_role("button", name=presets[-1].label, exact=True).click()
        changed(shown, stood)
    rested = shown.locator(".now").text_content() or ""
    expect(shown.locator("> .heard")).to_have_text(rested)
    told = heard(notebook, shown)
    for region in ("> .heard", ".bench .said"):
        words = " ".join((shown.locator(region).text_content() or "").split())
        if words:
            assert told.count(f"status: {words}") == 1, f"{region} is not read out once: {words}"
    assert "status: " in "".join(told)
    sliders = shown.locator("input[type=range]")
    if sliders.count():
        shown.locator("> .heard").evaluate(
            """(node) => { globalThis.spoke = 0;
            new MutationObserver(() => globalThis.spoke++).observe(node, { childList: true, characterData: true }); }"""
        )
        sliders.first.focus()
        for _ in range(10):
            notebook.page.keyboard.press("ArrowRight")
            notebook.page.wait_for_timeout(200)  # as long as the lab takes to answer, so that it answers each
        notebook.page.wait_for_timeout(1500)
        expect(shown.locator("> .heard")).to_have_text(shown.locator(".now").text_content() or "")
        spoke = notebook.page.evaluate("() => globalThis.spoke")
        assert spoke <= 4, f"ten steps of a slider are read out {spoke} times"
    typed = shown.locator("input[inputmode=decimal]")
    if typed.count():
        typed.first.fill("many")
        typed.first.press("Tab")
        wrong = shown.locator(".controls .warn:not(:empty)").first
        expect(wrong).to_be_visible()
        line = next(line for line in heard(notebook, shown) if line.startswith("textbox: ") and "= many" in line)
        assert line.endswith("[invalid]")
        assert wrong.inner_text() in line
    notebook.close()


# ---- motion --------------------------------------------------------------------------------------------------------


def test_nothing_moves_by_itself(course: Lab) -> None:
    """Nothing that the course draws fades, slides or blinks, so that there is nothing to turn off for those who ask."""
    notebook = course.open(LESSONS["06"])
    notebook.page.emulate_media(reduced_motion="reduce")
    notebook.page.evaluate((Path(__file__).parent / "access.js").read_text(encoding="utf-8"))
    notebook.page.evaluate(
        """() => { globalThis.moved = [];
        for (const way of ['animate', 'scrollIntoView', 'scrollTo', 'scrollBy']) {
          const does = Element.prototype[way];
          Element.prototype[way] = function (...given) {
            const slides = way === 'animate' || given.some((one) => one?.behavior === 'smooth');
            if (slides && this.closest('.gp')) globalThis.moved.push(`${way}: ${this.outerHTML.slice(0, 80)}`);
            return does.apply(this, given);
          };
        } }"""
    )
    notebook.run_all()
    shown = the_lab(notebook, "force")
    stood = view(shown)
    shown.get_by_role("button", name="Tripwire").click()
    changed(shown, stood)
    assert notebook.page.evaluate("() => access.moving()") == []
    # What scripts move is over before one can look: what they ask for is written down.
    assert notebook.page.evaluate("() => globalThis.moved") == []
    notebook.close()
