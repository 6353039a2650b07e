"""A translated lesson in a real JupyterLab: every word of the page is Ukrainian, fits, and the answers are the same."""

from __future__ import annotations

import json
import re

from conftest import Lab
from playwright.sync_api import expect

WORDS = """() => [...document.querySelectorAll('.gp')].flatMap((root) => [
  ...[...root.querySelectorAll('button, label, legend, summary, .said, .saved, option[value=""], .n')]
    .map((each) => each.textContent),
  ...[...root.querySelectorAll('[aria-label]')].map((each) => each.getAttribute('aria-label')),
])"""

PARTS = ".gp button, .gp .pill, .gp legend, .gp label, .gp .said, .gp .why, .gp th"
CUT = """(parts) => [...document.querySelectorAll(parts)]
  .filter((each) => each.offsetParent && getComputedStyle(each).display !== 'inline')
  .filter((each) => each.getBoundingClientRect().width > 2)
  .filter((each) => each.scrollWidth > each.clientWidth + 2
    || each.getBoundingClientRect().right > each.closest('.gp').getBoundingClientRect().right + 12)
  .map((each) => each.textContent)"""


def test_the_ukrainian_lesson_speaks_ukrainian_fits_a_phone_and_keeps_the_same_answers(lab: Lab) -> None:
    notebook = lab.open("uk/00-start-here.ipynb", width=400, height=1200)
    notebook.run_all()
    assert set(notebook.page.locator(".gp").evaluate_all("all => all.map((each) => each.lang)")) == {"uk"}

    form = notebook.item("00-first/checkable")
    form.locator('input[value="success"]').check()
    form.get_by_role("button", name="Підказка").click()
    expect(form.locator(".hint")).to_contain_text("Підказка 1. Для якого")
    form.get_by_text("вгадую", exact=True).click()
    form.get_by_role("button", name="Перевірити", exact=True).click()
    expect(form.locator(".is-wrong")).to_contain_text("✗ Не це.")
    expect(form.locator(".said")).to_contain_text("Не це. Ви знали, що вгадуєте.")
    form.locator('input[value="two-hours"]').check()
    form.get_by_role("button", name="Перевірити ще раз").click()
    expect(form.locator(".said")).to_contain_text("Правильно, хоча ви вгадували")
    number = notebook.item("00-typed/minutes")
    number.get_by_label("Ваша відповідь").fill("85 хвилин")
    number.get_by_role("button", name="Перевірити", exact=True).click()
    expect(number.locator(".said")).to_contain_text("Правильно.")
    table = notebook.item("00-table/shop")
    table.get_by_label("Крамниця відчинена: Анна", exact=True).select_option("says")
    table.get_by_role("button", name="Перевірити", exact=True).click()
    expect(table.locator(".said")).to_contain_text("Ще 3 не заповнено")
    expect(notebook.page.locator(".meter")).to_contain_text("Урок 00: 2 з 9 виконано")

    letters = re.compile(r"[A-Za-z]{3,}")
    known = {"Shift", "Check", "Enter", "Run", "All", "Cells", "NATO", "Tab"}
    said = notebook.page.evaluate(WORDS)
    assert len(said) > 100
    assert [text for text in said if set(letters.findall(text)) - known] == []
    assert notebook.page.evaluate(CUT, PARTS) == []

    hand_in = notebook.page.locator("form", has=notebook.page.get_by_label("Ваше ім’я, під яким вас знає вчитель"))
    hand_in.locator("input").fill("Олена")
    hand_in.get_by_role("button", name="Створити файл для здачі").click()
    expect(hand_in.locator(".said")).to_contain_text("Файл для здачі створено: Олена")
    record = json.loads((lab.notebooks / "my-answers" / "hand-in-00.json").read_text(encoding="utf-8"))
    assert record["items"]["00-typed/minutes"]["answer"] == "85 хвилин"
    assert not (lab.notebooks / "uk" / "my-answers").exists()
    assert notebook.outside == []
    assert notebook.errors == []
    notebook.close()

    english = lab.open("00-start-here.ipynb")
    english.run_all()
    expect(english.item("00-typed/minutes").locator(".said")).to_contain_text("Right.")
    expect(english.item("00-first/checkable").locator(".said")).to_contain_text("though you were guessing")
    expect(english.page.locator(".meter")).to_contain_text("2 of 9 answered")
    english.close()


LABS = {"negotiation": "Лабораторія переговорів", "brief": "Ваша записка"}

# Words that are neither Ukrainian nor said to be English; ids of rows have hyphens and stand for themselves.
UNTOLD = """() => { const found = [];
  for (const root of document.querySelectorAll('.gp.lab')) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { data, parentElement: at } = walker.currentNode;
      if (at.closest('style') || at.closest('[lang]').getAttribute('lang') === 'en') continue;
      const rest = data.replace(/DOCX|HTML|Markdown|Reuters|[a-z0-9]+-[a-z0-9-]+/g, '');
      if (/[A-Za-z]{3,}/.test(rest)) found.push(data);
    }
  }
  return found; }"""
MARKED = """() => [...document.querySelectorAll('.gp.lab, .gp.lab *')].flatMap((each) => [
  ...[...each.attributes].map(({ value }) => value),
  ...[...each.childNodes].filter(({ nodeType }) => nodeType === 3).map(({ data }) => data),
]).filter((text) => /[\\ue000-\\ue002]/.test(text))"""


def test_a_lab_names_things_in_ukrainian_and_says_what_is_english(lab: Lab) -> None:
    path = lab.notebooks / "uk" / "00-start-here.ipynb"
    written = json.loads(path.read_text(encoding="utf-8"))
    code = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    lines = ['from lesson_lib import lab, language\n\nlanguage("uk")', *(f'lab("{name}")' for name in LABS)]
    written["cells"] = [code | {"id": f"cell-{number}", "source": line} for number, line in enumerate(lines)]
    path.write_text(json.dumps(written), encoding="utf-8")
    notebook = lab.open("uk/00-start-here.ipynb", width=400, height=1200)
    notebook.run_all()

    found = [notebook.page.locator(".gp.lab").filter(has_text=title) for title in LABS.values()]
    negotiation, brief = (each.first for each in found)
    negotiation.get_by_role("button", name="Російський документ, червень").click()
    expect(negotiation.get_by_label("Іноземні військові")).to_have_value("troops-none")
    expect(negotiation.locator(".view")).to_contain_text("Іноземні військові: Без іноземних військових")
    expect(negotiation.locator('.view [lang="en"]').first).to_be_attached()

    brief.get_by_label("Питання", exact=True).select_option("right-size")
    brief.locator(".control.many summary").first.click()
    brief.get_by_role("checkbox", name="It is large enough to matter.").first.check()
    expect(brief.locator('.view td [lang="en"]').first).to_have_text("It is large enough to matter.")
    expect(brief.locator('svg tspan[lang="en"]').first).to_contain_text("right size")
    assert notebook.page.evaluate(UNTOLD) == []
    assert notebook.page.evaluate(MARKED) == []
    cut = notebook.page.evaluate(CUT, ".gp.lab button, .gp.lab legend, .gp.lab label, .gp.lab .said, .gp.lab select")
    assert cut == []

    notebook.run_code('lab("credibility")')
    says = notebook.page.locator(".gp.lab .view > p").filter(has_text="нижча за поріг")
    assert says.first.text_content() == "Віра 10\u00a0% нижча за поріг 46\u00a0%."
    assert notebook.outside == []
    assert notebook.errors == []
    notebook.close()
