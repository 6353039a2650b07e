"""The student's way through the course in a real JupyterLab: click, type on the keyboard, restart, hand in."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import REPO, WATCH_SET_BACK, Lab, Notebook
from playwright.sync_api import Locator, expect
from right_answers import right_answer

from lesson_lib.know import data
from lesson_lib.show.work import RECORD
from lesson_lib.think import answers, questions
from lesson_lib.think.questions import Item, Quiz

LESSONS = {path.name[:2]: path.name for path in sorted((REPO / "notebooks").glob("*.ipynb"))}


def every(lesson: str) -> list[tuple[Quiz, Item]]:
    return [(quiz, item) for quiz in questions.load_lesson(lesson).quizzes.values() for item in quiz.items]


# ---- with the mouse ------------------------------------------------------------------------------------------


def click_answer(form: Locator, item: Item, answer: object) -> None:
    """Fills the form as somebody with a mouse does."""
    body = item.body
    match item.type:
        case "single" | "multiple":
            for choice in [answer] if isinstance(answer, str) else answer:  # type: ignore[attr-defined]
                form.locator(f'input[value="{choice}"]').check()
        case "numeric" | "short":
            form.locator("input[type=text]").fill(str(answer))
        case "text":
            form.locator("textarea").fill(str(answer))
        case "match":
            for left in body["left"]:
                form.get_by_label(left["text"], exact=True).select_option(answer[left["id"]])  # type: ignore[index]
        case "classify":
            for place, card in enumerate(body["cards"]):
                form.locator(".part").nth(place).locator(f'input[value="{answer[card["id"]]}"]').check()  # type: ignore[index]
        case "order":
            sort_steps(form, item, answer, lambda button: button.click())  # type: ignore[arg-type]
        case _:
            for row in body["rows"]:
                for column in body["columns"]:
                    if column["id"] in body["ask"].get(row["id"], []):
                        label = f"{row['text']}: {column['text']}"
                        form.get_by_label(label, exact=True).select_option(answer[row["id"]][column["id"]])  # type: ignore[index]


def sort_steps(form: Locator, item: Item, wanted: list[str], press: Callable[[Locator], None]) -> None:
    """Moves each step up to its place."""
    texts = {step["id"]: step["text"] for step in item.body["steps"]}
    now = [step["id"] for step in item.body["steps"]]
    for place, step in enumerate(wanted):
        for _ in range(now.index(step) - place):
            press(form.get_by_label(f"Move up: {texts[step]}", exact=True))
        now.remove(step)
        now.insert(place, step)


def check(form: Locator) -> None:
    form.locator("button[type=submit]").click()


def verdict(form: Locator) -> Locator:
    return form.locator(".said .verdict").first


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_is_worked_through_restarted_and_handed_in(lab: Lab, lesson: str) -> None:
    notebook = lab.open(LESSONS[lesson])
    notebook.run_all()
    for quiz, item in every(lesson):
        form = notebook.item(f"{quiz.id}/{item.id}")
        click_answer(form, item, right_answer(item))
        if item.type != "text" and not item.opinion:
            form.locator(".sure").get_by_text("fairly", exact=True).click()
        check(form)
        expected = "Right" if not item.opinion and item.type != "text" and quiz.behaviour == "practice" else ""
        expect(verdict(form)).to_contain_text(expected or ("Kept" if quiz.behaviour == "predict" else "Recorded"))
        expect(form.locator(".saved")).to_contain_text("Saved")

    everything = f"{len(every(lesson))} of {len(every(lesson))} answered"
    expect(notebook.page.locator(".meter")).to_contain_text(everything)

    notebook.restart()
    notebook.run_all()
    for quiz, item in every(lesson):
        form = notebook.item(f"{quiz.id}/{item.id}")
        expect(verdict(form)).to_be_visible()
    expect(notebook.page.locator(".meter")).to_contain_text(everything)

    notebook.page.get_by_label("Your name, as your teacher knows you").fill("Olena Приклад <b>")
    with notebook.page.expect_download() as download:
        notebook.page.get_by_role("button", name="Make my hand-in file").click()
        notebook.page.get_by_role("button", name="Download the file").click()
    file = lab.notebooks / "my-answers" / f"hand-in-{lesson}.json"
    handed = json.loads(file.read_text(encoding="utf-8"))
    assert json.loads(Path(download.value.path()).read_text(encoding="utf-8")) == handed
    assert handed["name"] == "Olena Приклад <b>"
    assert answers.read_record(handed)[1] == []
    assert all(entry["answer"] is not None for entry in handed["items"].values())
    expect(notebook.page.get_by_text(f"Receipt {handed['receipt']}").first).to_be_visible()

    saved = json.loads(notebook.save().read_text(encoding="utf-8"))
    outputs = [output.get("data", {}) for cell in saved["cells"] for output in cell.get("outputs", [])]
    assert [bundle[RECORD] for bundle in outputs if RECORD in bundle] == [handed]
    assert notebook.outside == []
    assert notebook.errors == []
    notebook.close()


# ---- with the keyboard alone ---------------------------------------------------------------------------------


def keys_to(notebook: Notebook, target: Locator, *, most: int = 60) -> None:
    """Presses Tab until the target has the focus."""
    for _ in range(most):
        if target.evaluate("(node) => node === document.activeElement"):
            return
        notebook.page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {target}")


def key_answer(notebook: Notebook, form: Locator, item: Item, answer: object) -> None:
    """Fills the form with Tab, arrows, Space and letters, as somebody without a mouse does."""
    press, body = notebook.page.keyboard.press, item.body

    def arrow_to(group: Locator, value: str) -> None:
        radios = group.locator("input[type=radio]")
        values = [radios.nth(place).get_attribute("value") for place in range(radios.count())]
        keys_to(notebook, radios.first)
        press("Space")
        for _ in range(values.index(value)):
            press("ArrowDown")
        expect(group.locator(f'input[value="{value}"]')).to_be_checked()

    def select(box: Locator, value: str) -> None:
        keys_to(notebook, box)
        values = box.evaluate("(node) => [...node.options].map((option) => option.value)")
        for _ in range(values.index(value)):
            press("ArrowDown")
        expect(box).to_have_value(value)

    match item.type:
        case "single":
            arrow_to(form.locator("fieldset").first, str(answer))
        case "multiple":
            for choice in [answer] if isinstance(answer, str) else answer:  # type: ignore[attr-defined]
                keys_to(notebook, form.locator(f'input[value="{choice}"]'))
                press("Space")
        case "numeric" | "short":
            keys_to(notebook, form.locator("input[type=text]"))
            notebook.page.keyboard.type(str(answer))
        case "text":
            keys_to(notebook, form.locator("textarea"))
            notebook.page.keyboard.type(str(answer))
        case "match":
            for left in body["left"]:
                select(form.get_by_label(left["text"], exact=True), answer[left["id"]])  # type: ignore[index]
        case "classify":
            for place, card in enumerate(body["cards"]):
                arrow_to(form.locator(".part").nth(place), answer[card["id"]])  # type: ignore[index]
        case "order":

            def push(button: Locator) -> None:
                button.focus()
                press("Enter")

            sort_steps(form, item, answer, push)  # type: ignore[arg-type]
        case _:
            for row in body["rows"]:
                for column in body["columns"]:
                    if column["id"] in body["ask"].get(row["id"], []):
                        box = form.get_by_label(f"{row['text']}: {column['text']}", exact=True)
                        select(box, answer[row["id"]][column["id"]])  # type: ignore[index]


def test_every_type_of_question_is_answered_by_keyboard_alone(lab: Lab) -> None:
    notebook = lab.open(LESSONS["00"])
    notebook.run_all()
    before = notebook.sources()
    for quiz, item in every("00"):
        form = notebook.item(f"{quiz.id}/{item.id}")
        form.scroll_into_view_if_needed()
        # From here on only keys: the focus is put where Tab would have brought it.
        form.locator("input, select, textarea, button").first.focus()
        key_answer(notebook, form, item, right_answer(item))
        keys_to(notebook, form.locator("button[type=submit]"))
        notebook.page.keyboard.press("Enter")
        expect(verdict(form)).to_be_visible()
    # None of these keys was a command to JupyterLab: no cell was added, cut or changed.
    assert notebook.sources() == before
    expect(notebook.page.locator(".meter")).to_contain_text(f"{len(every('00'))} of {len(every('00'))}")
    notebook.close()


# ---- misses, hints, opinions, the way back -------------------------------------------------------------------


def first(lesson: str, wanted: Callable[[Quiz, Item], bool]) -> tuple[Quiz, Item]:
    return next((quiz, item) for quiz, item in every(lesson) if wanted(quiz, item))


def test_a_miss_tells_why_and_only_the_second_tells_the_answer(lab: Lab) -> None:
    quiz, item = first("01", lambda quiz, item: item.type == "single" and not item.opinion and bool(item.hints)
                       and quiz.behaviour == "practice" and not quiz.returns_to)  # fmt: skip
    whys = item.key["whys"]
    wrong = [choice["id"] for choice in item.body["choices"] if choice["id"] != item.key["right"]]
    notebook = lab.open(LESSONS["01"])
    notebook.run_all()
    form = notebook.item(f"{quiz.id}/{item.id}")
    assert whys[item.key["right"]] not in notebook.page.content()

    check(form)
    expect(verdict(form)).to_have_text("Nothing answered yet.")
    click_answer(form, item, wrong[0])
    check(form)
    expect(form.locator(".is-wrong .why")).to_be_visible()
    expect(form.locator(".is-right")).to_have_count(0)
    assert form.locator(".why").count() == 1

    for place, hint in enumerate(item.hints, 1):
        form.get_by_role("button", name="Hint").click()
        expect(form.locator(".hint")).to_have_count(place)
        expect(form.locator(".hint").last).to_contain_text(f"Hint {place}. {hint[:20]}")

    click_answer(form, item, wrong[1])
    check(form)
    expect(form.locator(".is-right .verdict")).to_contain_text("Right")
    expect(form.locator(".choice .why")).to_have_count(len(item.body["choices"]))

    form.get_by_role("button", name="Try again").click()
    expect(form.locator(".why")).to_have_count(0)
    click_answer(form, item, item.key["right"])
    check(form)
    expect(verdict(form)).to_contain_text("Right")
    log = answers.AnswerLog(lab.notebooks / "my-answers")
    attempts = answers.state(quiz, log.events("01"))[item.id].attempts
    assert [attempt.outcome for attempt in attempts] == ["wrong", "wrong", "right"]
    notebook.close()


def test_the_first_prediction_is_there_at_the_end(lab: Lab) -> None:
    back = next(quiz for quiz in questions.load_lesson("01").quizzes.values() if quiz.returns_to)
    item = back.items[0]
    said = next(choice for choice in item.body["choices"] if choice["id"] != item.key["right"])
    notebook = lab.open(LESSONS["01"])
    notebook.run_all()
    click_answer(notebook.item(f"{back.returns_to}/{item.id}"), item, said["id"])
    check(notebook.item(f"{back.returns_to}/{item.id}"))
    expect(verdict(notebook.item(f"{back.returns_to}/{item.id}"))).to_contain_text("Kept")
    form = notebook.item(f"{back.id}/{item.id}")
    click_answer(form, item, item.key["right"])
    check(form)
    expect(form.locator(".before")).to_contain_text("Before you read, you said:")
    expect(form.locator(".before")).to_contain_text(said["text"])
    notebook.close()


def test_a_contested_question_is_never_marked(lab: Lab) -> None:
    quiz, item = first("01", lambda _quiz, item: item.opinion and item.type == "single")
    notebook = lab.open(LESSONS["01"])
    notebook.run_all()
    form = notebook.item(f"{quiz.id}/{item.id}")
    click_answer(form, item, item.body["choices"][0]["id"])
    check(form)
    expect(verdict(form)).to_contain_text("Recorded")
    expect(form.locator(".is-right, .is-wrong")).to_have_count(0)
    expect(form.locator(".is-noted")).to_have_count(len(item.body["choices"]))
    notebook.close()


# ---- what goes wrong -----------------------------------------------------------------------------------------


def test_nothing_typed_is_lost_when_the_kernel_restarts(lab: Lab) -> None:
    quiz, item = first("01", lambda _quiz, item: item.type == "text")
    notebook = lab.open(LESSONS["01"])
    notebook.run_all()
    form = notebook.item(f"{quiz.id}/{item.id}")
    notebook.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown().then(() => null)")
    form.locator("textarea").fill("Written while no kernel was there.")
    check(form)
    expect(form.locator(".said")).to_contain_text("has not answered yet", timeout=8000)
    notebook.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.startKernel().then(() => null)")
    notebook.idle()
    notebook.run_all()
    expect(notebook.item(f"{quiz.id}/{item.id}").locator("textarea")).to_have_value(
        "Written while no kernel was there."
    )
    expect(notebook.item(f"{quiz.id}/{item.id}").locator(".saved")).to_contain_text("Saved")
    events = answers.AnswerLog(lab.notebooks / "my-answers").events("01")
    assert "Written while no kernel was there." in [event["answer"] for event in events]
    notebook.close()


def test_a_page_reload_finds_the_live_questions_again(lab: Lab) -> None:
    quiz, item = every("00")[0]
    notebook = lab.open(LESSONS["00"])
    notebook.run_all()
    notebook.save()
    notebook.load()
    form = notebook.item(f"{quiz.id}/{item.id}")
    click_answer(form, item, right_answer(item))
    check(form)
    expect(verdict(form)).to_contain_text("Right")
    notebook.close()


def test_a_saved_notebook_opens_with_its_questions_and_its_hand_in(lab: Lab) -> None:
    quiz, item = every("00")[0]
    notebook = lab.open(LESSONS["00"])
    notebook.run_all()
    form = notebook.item(f"{quiz.id}/{item.id}")
    click_answer(form, item, right_answer(item))
    check(form)
    expect(verdict(form)).to_contain_text("Right")
    notebook.page.get_by_label("Your name, as your teacher knows you").fill("Олена")
    notebook.page.get_by_role("button", name="Make my hand-in file").click()
    expect(notebook.page.get_by_text("Nothing has been sent yet").first).to_be_visible()
    notebook.save()
    notebook.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown().then(() => null)")
    notebook.load()
    expect(verdict(notebook.item(f"{quiz.id}/{item.id}"))).to_contain_text("Right")
    assert "model not found" not in notebook.page.content()
    assert "Loading widget" not in notebook.page.content()

    notebook.run_all()
    saved = json.loads(notebook.save().read_text(encoding="utf-8"))
    outputs = [output.get("data", {}) for cell in saved["cells"] for output in cell.get("outputs", [])]
    assert [bundle[RECORD]["name"] for bundle in outputs if RECORD in bundle] == ["Олена"]
    notebook.close()


def test_two_tabs_keep_both_answers(lab: Lab) -> None:
    quiz, item = every("00")[0]
    shutil.copy(lab.notebooks / LESSONS["00"], lab.notebooks / "copy.ipynb")
    tabs = [lab.open(LESSONS["00"]), lab.open("copy.ipynb")]
    choices = [choice["id"] for choice in item.body["choices"]][:2]
    for tab, choice in zip(tabs, choices, strict=True):
        tab.run_all()
        click_answer(tab.item(f"{quiz.id}/{item.id}"), item, choice)
        check(tab.item(f"{quiz.id}/{item.id}"))
        expect(verdict(tab.item(f"{quiz.id}/{item.id}"))).to_be_visible()
    log = answers.AnswerLog(lab.notebooks / "my-answers")
    # The second tab shows the first one's verdict until its own has come.
    end = time.monotonic() + 10
    given: list[object] = []
    while given != choices and time.monotonic() < end:
        given = [event["answer"] for event in log.events("00") if event["do"] == "check"]
        time.sleep(0.1)
    assert given == choices
    for tab in tabs:
        tab.close()


def test_a_folder_that_cannot_be_written_is_said_and_the_download_works(lab: Lab) -> None:
    quiz, item = every("00")[0]
    # Something else named like the folder: a read-only folder is none for a root user, and CI may be one.
    (lab.notebooks / "my-answers").write_text("in the way")
    notebook = lab.open(LESSONS["00"])
    notebook.run_all()
    form = notebook.item(f"{quiz.id}/{item.id}")
    click_answer(form, item, right_answer(item))
    check(form)
    expect(form.locator(".saved")).to_contain_text("Not saved")
    notebook.page.get_by_label("Your name, as your teacher knows you").fill("A")
    with notebook.page.expect_download() as download:
        notebook.page.get_by_role("button", name="Make my hand-in file").click()
        notebook.page.get_by_role("button", name="Download the file").click()
    record = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert record["items"][f"{quiz.id}/{item.id}"]["answer"] is not None
    notebook.close()


def test_a_misspelt_name_is_one_line_in_the_notebook(lab: Lab) -> None:
    notebook = lab.open(LESSONS["00"])
    notebook.run_all()
    notebook.run_code('from lesson_lib import quiz\nquiz("00-frist")')
    error = notebook.page.locator(".jp-OutputArea-output").last
    expect(error).to_contain_text("There is no quiz called '00-frist'. Did you mean '00-first'?")
    assert "Traceback" not in error.inner_text()
    assert "File " not in error.inner_text()
    notebook.close()


PAYLOAD = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"


def test_text_from_data_questions_and_answers_never_runs(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = lab.folder / "data"
    shutil.copytree(data.data_folder(), copy)
    quoted = PAYLOAD.replace('"', "'").replace("'owned'", "`owned`")
    for path in copy.glob("*.csv"):
        head, _, rest = path.read_text(encoding="utf-8").partition("\n")
        path.write_text(f"{head}\n{rest.replace('Trump', quoted.replace(',', ''))}", encoding="utf-8")
    package = copy / "datapackage.json"
    package.write_text(package.read_text(encoding="utf-8").replace('"Trump"', json.dumps(quoted)), encoding="utf-8")
    for path in (copy / "questions").glob("*.toml"):
        text = (
            path.read_text(encoding="utf-8")
            .replace('why = "', f'why = "{quoted} ')
            .replace('text = "', f'text = "{quoted} ')
        )
        path.write_text(text.replace('title = "', f'title = "{quoted} '), encoding="utf-8")
    notebook = lab.open(LESSONS["00"])
    notebook.page.evaluate("() => { document.title = 'safe'; }")
    notebook.run_code(f"import os\nos.environ['LESSON_DATA'] = {str(copy)!r}")
    notebook.run_code("from lesson_lib import *\nfrom IPython.display import display\n"
                      "from lesson_lib.think.questions import load_lesson\n"
                      "[display(quiz(name)) for name in (q.id for q in load_lesson('00').quizzes.values())]\n"
                      "display(compare('claims'), both_sides('step-closer'), sources('01'), timeline())\n"
                      "hand_in('00', name=" + repr(PAYLOAD) + ")")  # fmt: skip
    for quiz, item in every("00"):
        form = notebook.item(f"{quiz.id}/{item.id}").last
        if item.type in ("short", "text"):
            form.locator("input[type=text], textarea").first.fill(PAYLOAD)
        elif item.type == "single":
            form.locator("input[type=radio]").first.check()
        check(form)
        expect(verdict(form)).to_be_visible()
    assert notebook.page.locator(".gp").get_by_text("onerror=").count() > 10
    assert notebook.page.locator(".gp img, .gp script").count() == 0
    assert notebook.page.evaluate("() => [...document.querySelectorAll('img[src=x]')].length") == 0
    assert "owned" not in notebook.page.title()
    notebook.close()


# ---- how it looks, as far as a machine can tell ---------------------------------------------------------------


@pytest.mark.parametrize("lesson", [lesson for lesson in LESSONS if lesson != "00"])
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (720, True), (400, False)])
def test_outputs_fit_the_page_and_pictures_are_drawn(lab: Lab, lesson: str, width: int, dark: bool) -> None:
    notebook = lab.open(LESSONS[lesson], width=width, dark=dark)
    notebook.run_all()
    if "vegalite" in (lab.notebooks / LESSONS[lesson]).read_text(encoding="utf-8"):
        notebook.page.locator(".vega-embed svg").first.wait_for(state="attached")
    wide = notebook.page.evaluate(
        """() => [...document.querySelectorAll('.gp, .vega-embed svg')]
        .filter((node) => node.getBoundingClientRect().width > node.closest('.jp-OutputArea-output').clientWidth + 1
          || node.scrollWidth > node.clientWidth + 1).map((node) => node.innerText?.slice(0, 60) ?? 'svg')"""
    )
    assert wide == []
    ink = notebook.page.locator("form.gp-item legend").first.evaluate("(node) => getComputedStyle(node).color")
    assert (ink == "rgb(236, 239, 242)") is dark
    assert notebook.errors == []
    notebook.close()


# ---- things to look at that answer ----------------------------------------------------------------------------


def test_a_cell_of_the_stance_map_tells_its_words_by_mouse_and_by_keyboard(lab: Lab) -> None:
    notebook = lab.open(LESSONS["05"])
    notebook.run_all()
    table = notebook.page.locator("table.map").first
    behind = notebook.page.locator(".behind").first
    buttons = table.locator("button.s")
    buttons.first.click()
    expect(buttons.first).to_have_attribute("aria-pressed", "true")
    expect(behind).to_contain_text("Rests on:")
    expect(behind).to_contain_text("Sources:")
    told = behind.inner_text()
    notebook.page.keyboard.press("Tab")
    notebook.page.keyboard.press("Enter")
    expect(behind).not_to_have_text(told)
    notebook.close()


def test_the_explorer_builds_marks_and_finds(lab: Lab) -> None:
    notebook = lab.open(LESSONS["04"])
    notebook.run_all()
    panel = notebook.page.locator(".gp:has(.build)").first
    panel.scroll_into_view_if_needed()
    before = panel.locator("table.gp-table tbody tr").count()
    unticked = panel.locator("fieldset.ticks").nth(1).locator("input:not(:checked)").first
    name = unticked.evaluate("(node) => node.parentElement.textContent")
    unticked.check()
    expect(panel.locator("table.gp-table tbody tr")).to_have_count(before + 1)
    expect(panel.locator("tbody th", has_text=name).first).to_be_visible()
    panel.get_by_role("button", name="Find the outlier").click()
    expect(panel.locator("p[role=status]")).to_contain_text("stand")
    panel.get_by_role("button", name="Copy as CSV").click()
    expect(panel.locator("p[role=status]")).to_contain_text("CSV")
    notebook.close()


def test_what_was_ticked_is_not_set_back_by_the_answer_to_an_earlier_tick(lab: Lab) -> None:
    notebook = lab.open(LESSONS["04"])
    notebook.run_all()
    panel = notebook.page.locator(".gp:has(.build)").first
    panel.scroll_into_view_if_needed()
    before = panel.locator("table.gp-table tbody tr").count()
    left = panel.locator("fieldset.ticks").nth(1).locator("input:not(:checked)")
    second = left.nth(1).element_handle()
    assert second is not None
    second.evaluate(WATCH_SET_BACK)
    left.evaluate_all("(boxes) => boxes.slice(0, 2).forEach((box) => box.click())")
    expect(panel.locator("table.gp-table tbody tr")).to_have_count(before + 2)
    assert second.is_checked()
    assert second.evaluate("(box) => box.setBack") == 0
    notebook.close()


# ---- what is answered while the page is busy ------------------------------------------------------------------


def test_a_press_counts_though_a_line_above_the_button_goes_meanwhile(lab: Lab) -> None:
    notebook = lab.open(LESSONS["01"])
    notebook.run_all()
    form = notebook.item("01-numbers/armistice-years")
    form.locator("input[type=text]").fill("zzz")
    check(form)
    expect(form.locator(".said")).to_contain_text('I can\'t read "zzz"')
    # What is typed is kept as the pointer leaves the field, and the kernel's answer takes that line away.
    form.locator("input[type=text]").fill("72")
    place = form.locator("button[type=submit]").bounding_box()
    assert place is not None
    notebook.page.mouse.move(place["x"] + 20, place["y"] + place["height"] / 2)
    notebook.page.mouse.down()
    notebook.page.wait_for_timeout(400)
    notebook.page.mouse.up()
    expect(verdict(form)).to_have_text("Right.")
    notebook.close()


def test_a_choice_stands_though_its_cell_is_run_again_at_once(lab: Lab) -> None:
    notebook = lab.open(LESSONS["01"])
    notebook.run_all()
    form = notebook.item("01-warm-up/how-much-holds")
    form.scroll_into_view_if_needed()
    # As in a browser that gives a clicked choice no focus: nothing then says that the focus has gone. And however slow
    # this computer is, the cell is there again before the choice would have been sent.
    chosen = notebook.page.evaluate(
        """() => { const { content } = window.jupyterapp.shell.currentWidget;
        const { cells } = content.model.sharedModel;
        content.activeCellIndex = cells.findIndex((cell) => cell.source.includes('01-warm-up'));
        document.activeElement?.blur?.();
        const wait = window.setTimeout;
        window.setTimeout = (what, time, ...more) => wait(what, time === 350 ? 20000 : time, ...more);
        const choice = document.querySelectorAll('form[data-item="01-warm-up/how-much-holds"] .choice input')[1];
        choice.form.dataset.before = "";
        choice.checked = true;
        choice.dispatchEvent(new Event('change', { bubbles: true }));
        window.jupyterapp.commands.execute('notebook:run-cell');
        return choice.value; }"""
    )
    form = notebook.page.locator('form[data-item="01-warm-up/how-much-holds"]:not([data-before])')
    expect(form).to_be_visible()
    expect(form.locator(f'input[value="{chosen}"]')).to_be_checked()
    expect(form.locator(".saved")).to_contain_text("Saved")
    notebook.close()


def test_a_page_that_was_too_busy_for_its_widgets_hears_the_kernel_all_the_same(lab: Lab) -> None:
    # anywidget gives a model two seconds and rejects it for good; here they are over at once, as in a page that draws.
    lab_page = lab.browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    lab_page.add_init_script(
        "AbortSignal.timeout = () => { const given = new AbortController();"
        " setTimeout(() => given.abort(), 0); return given.signal; };"
    )
    notebook = Notebook(lab, lab_page, LESSONS["00"])
    notebook.run_all()
    quiz, item = every("00")[0]
    form = notebook.item(f"{quiz.id}/{item.id}")
    click_answer(form, item, right_answer(item))
    check(form)
    expect(verdict(form)).to_be_visible(timeout=15_000)
    assert any("Failed to initialize" in error for error in notebook.errors), "nothing was too late: this tests nothing"
