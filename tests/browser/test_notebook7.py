"""A lesson in the real Jupyter Notebook 7: run, answered wrongly and rightly, restarted, handed in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Lab
from playwright.sync_api import Browser, expect
from right_answers import right_answer
from test_course import check, click_answer, every, verdict

from lesson_lib.show.work import RECORD
from lesson_lib.think import answers

pytest.importorskip("notebook", reason="Notebook 7 is in the extra `test`")

LESSON = "02-what-is-a-guarantee.ipynb"


class Notebook7(Lab):
    """A running Notebook 7: the server and the tests' way about it are JupyterLab's, the page is its own."""

    program, settings_of, page_of = "notebook", "JupyterNotebookApp", "notebooks/notebooks/{}"


@pytest.fixture
def notebook7(tmp_path: Path, browser: Browser) -> Iterator[Notebook7]:
    running = Notebook7(tmp_path, browser)
    yield running
    running.stop()


def test_a_lesson_is_answered_restarted_and_handed_in(notebook7: Notebook7) -> None:
    notebook = notebook7.open(LESSON)
    page = notebook.page
    assert page.evaluate("() => window.jupyterapp.name") == "Jupyter Notebook"
    of_its_own = list(notebook.errors)  # Notebook 7.6 reports one when it opens, whatever the notebook
    notebook.run_all()
    chosen = {item.type: (quiz, item) for quiz, item in reversed(every("02")) if quiz.behaviour == "practice"}
    quiz, item = chosen["single"]
    single = notebook.item(f"{quiz.id}/{item.id}")
    click_answer(single, item, next(c["id"] for c in item.body["choices"] if c["id"] not in item.key["right"]))
    check(single)
    expect(verdict(single)).to_contain_text("Not")
    for quiz, item in chosen.values():
        form = notebook.item(f"{quiz.id}/{item.id}")
        click_answer(form, item, right_answer(item))
        check(form)
        # A draft is saved too: only the verdict says that the check has arrived, before the kernel is restarted.
        expect(verdict(form)).to_contain_text("Recorded" if item.opinion or item.type == "text" else "Right")
        expect(form.locator(".saved")).to_contain_text("Saved")

    notebook.restart()
    notebook.run_all()
    for quiz, item in chosen.values():
        expect(verdict(notebook.item(f"{quiz.id}/{item.id}"))).to_be_visible()
    expect(page.get_by_text("Name: count, dtype: int64")).to_be_visible()  # the cell for those who want pandas

    page.get_by_label("Your name, as your teacher knows you").fill("Olena Приклад <b>")
    with page.expect_download() as download:
        page.get_by_role("button", name="Make my hand-in file").click()
        page.get_by_role("button", name="Download the file").click()
    handed = json.loads((notebook7.notebooks / "my-answers" / "hand-in-02.json").read_text(encoding="utf-8"))
    assert json.loads(Path(download.value.path()).read_text(encoding="utf-8")) == handed
    assert answers.read_record(handed)[1] == []
    assert sum(entry["answer"] is not None for entry in handed["items"].values()) == len(chosen)

    saved = json.loads(notebook.save().read_text(encoding="utf-8"))
    outputs = [output.get("data", {}) for cell in saved["cells"] for output in cell.get("outputs", [])]
    assert [bundle[RECORD] for bundle in outputs if RECORD in bundle] == [handed]
    assert notebook.outside == []
    assert notebook.errors == of_its_own
    notebook.close()
