"""The static site in a real Chromium: a lesson answered and handed in with the network cut."""

from __future__ import annotations

import functools
import http.server
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from deploy.site.build import build
from lesson_lib.think import answers
from lesson_lib.think.kinds import KINDS
from lesson_lib.think.log import AnswerLog
from lesson_lib.think.questions import Item, load_lesson

LESSON = "02-what-is-a-guarantee"
BYTES, SECONDS = 500_000, 2.0
BLOCKED = "sandbox allow-scripts allow-forms allow-downloads"
"""A page in a sandbox has no store of its own: the browser refuses localStorage as it does where storage is blocked."""


class Site:
    """The built site on a server of its own, in a folder below its root; `/blocked/` is the same without storage."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "any" / "folder"
        self.pages = build(self.folder)
        site = self.folder

        class Handler(http.server.SimpleHTTPRequestHandler):
            def translate_path(self, path: str) -> str:
                return super().translate_path(path.replace("/blocked/", "/folder/", 1))

            def end_headers(self) -> None:
                if "/blocked/" in self.path:
                    self.send_header("Content-Security-Policy", BLOCKED)
                super().end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Handler, directory=str(site.parent))
        )
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, page: str, folder: str = "folder") -> str:
        return f"http://127.0.0.1:{self.server.server_port}/{folder}/{page}.html"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    running = Site(tmp_path_factory.mktemp("site"))
    yield running
    running.server.shutdown()
    running.server.server_close()


@pytest.fixture
def context(site: Site, browser: Browser) -> Iterator[BrowserContext]:
    """A reader's browser in which anything asked of another place, and any error in the page, fails the test."""
    made = browser.new_context(viewport={"width": 1280, "height": 900})
    outside: list[str] = []
    home = site.url("")[: -len("folder/.html")]

    def route(route: Any) -> None:
        if route.request.url.startswith((home, "file:")):
            route.continue_()
        else:
            outside.append(route.request.url)
            route.abort()

    made.route("**/*", route)
    errors: list[str] = []

    def listen(page: Page) -> None:
        page.on("pageerror", lambda error: errors.append(str(error)))
        # The browser may ask for the icon when it likes, also while the network is cut.
        page.on(
            "console",
            lambda said: (
                errors.append(said.text)
                if said.type == "error" and not said.location["url"].endswith("icon.svg")
                else None
            ),
        )
        page.on("dialog", lambda dialog: errors.append(dialog.message))

    made.on("page", listen)
    yield made
    made.close()
    assert outside == []
    assert errors == []


def form(page: Page, quiz: str, item: str) -> Locator:
    return page.locator(f'form[data-item="{quiz}/{item}"]')


def fill(place: Locator, item: Item, answer: Any) -> None:
    """Enters an answer as a student would: clicks, choices, typed words, moves."""
    match item.type:
        case "single":
            place.locator(f'.choice input[value="{answer}"]').check()
        case "multiple":
            for choice in item.body["choices"]:
                place.locator(f'.choice input[value="{choice["id"]}"]').set_checked(choice["id"] in answer)
        case "numeric" | "short":
            place.locator(".line input").fill(str(answer))
        case "text":
            place.locator("textarea").fill(answer)
        case "classify":
            for part, card in zip(place.locator(".part").all(), item.body["cards"], strict=True):
                part.locator(f'input[value="{answer[card["id"]]}"]').check()
        case "match":
            for box, left in zip(place.locator("select").all(), item.body["left"], strict=True):
                box.select_option(answer[left["id"]])
        case "table":
            asked = [
                answer[row["id"]][column["id"]]
                for row in item.body["rows"]
                for column in item.body["columns"]
                if column["id"] in item.body["ask"][row["id"]]
            ]
            for box, value in zip(place.locator("select").all(), asked, strict=True):
                box.select_option(value)
        case "order":
            texts = {step["id"]: step["text"] for step in item.body["steps"]}
            for target, step in enumerate(answer):
                up = place.get_by_role("button", name=f"Move up: {texts[step]}", exact=True)
                for _ in range(len(answer)):
                    if (
                        up.locator("xpath=ancestor::li").evaluate("(row) => [...row.parentNode.children].indexOf(row)")
                        > target
                    ):
                        up.click()


def right(item: Item) -> Any:
    if item.opinion:
        return item.body["choices"][0]["id"]
    key = KINDS[item.type].right(item.key)
    if item.type == "table":
        return {row: {column: values[0] for column, values in cells.items()} for row, cells in key.items()}
    return " ".join(["word"] * item.body["min_words"]) if item.type == "text" else key


def wrong(item: Item) -> Any:
    key = right(item)
    match item.type:
        case "single":
            return next(each["id"] for each in item.body["choices"] if each["id"] != key)
        case "multiple":
            return [each["id"] for each in item.body["choices"] if each["id"] not in key][:1]
        case "numeric":
            return f"{key + 7 + 3 * item.key['tolerance']:g}"
        case "short":
            return "something else"
        case "classify":
            bins = [each["id"] for each in item.body["bins"]]
            return {name: next(each for each in bins if each != place) for name, place in key.items()}
        case "match":
            sides = [each["id"] for each in item.body["right"]]
            return {name: next(each for each in sides if each != place) for name, place in key.items()}
        case "order":
            return [*key[1:], key[0]]
        case "table":
            values = [each["id"] for each in item.body["values"]]
            cells = item.key["cells"]
            return {
                row: {column: next(each for each in values if each not in cells[row][column]) for column in columns}
                for row, columns in key.items()
            }
    return "short"


def one_of_each(lesson: str) -> list[tuple[str, Item]]:
    """The first practice item of each type, then the warm-up and its return."""
    loaded = load_lesson(lesson)
    found: dict[str, tuple[str, Item]] = {}
    for quiz in loaded.quizzes.values():
        for item in quiz.items:
            if quiz.behaviour == "practice" and not quiz.returns_to and not item.opinion:
                found.setdefault(item.type, (quiz.id, item))
    return list(found.values())


def test_every_kind_of_question_is_answered_and_handed_in_with_the_network_cut(
    site: Site, context: BrowserContext, tmp_path: Path
) -> None:
    page = context.new_page()
    page.goto(site.url(LESSON), wait_until="networkidle")
    context.set_offline(True)
    lesson = load_lesson("02")
    items = one_of_each("02")
    assert {item.type for _, item in items} == set(KINDS)
    first = lesson.quizzes["warm-up"].items[0]
    place = form(page, "02-warm-up", first.id)
    fill(place, first, wrong(first))
    place.get_by_role("button", name="Save my answer").click()
    expect(place.locator(".said")).to_contain_text("Kept. You meet this question again at the end.")
    assert not place.locator(".is-right, .is-wrong").count()
    back = form(page, "02-return", first.id)
    expect(back.locator(".before")).to_contain_text("Before you read, you said")
    for quiz, item in items:
        place = form(page, quiz, item.id)
        if item.type == "text":
            fill(place, item, right(item))
            place.get_by_role("button", name="Save my answer").click()
            expect(place.locator(".said")).to_contain_text("Recorded:")
            continue
        check = place.locator("button.primary")
        if item.type != "order":  # the order shown is an answer
            check.click()
            expect(place.locator(".said")).to_have_text("Nothing answered yet.")
        for number, hint in enumerate(item.hints, 1):
            place.get_by_role("button", name="Hint").click()
            expect(place.locator(".hint")).to_have_count(number)
            assert hint.split()[0].strip("*_`") in place.locator(".hint").last.inner_text()
        fill(place, item, wrong(item))
        place.locator(".sure input").last.check()
        check.click()
        expect(place.locator(".said .verdict")).to_have_class(re.compile("verdict (wrong|partly)"))
        expect(place.locator(".said")).to_contain_text("You were certain: worth a second look.")
        fill(place, item, right(item))
        check.click()
        expect(place.locator(".said .verdict")).to_have_class("verdict right")
        assert place.locator(".said").inner_text().startswith("Right, and you were certain.")
        assert "Sources:" in place.locator(".said").inner_text()
    done = len(items) + 1
    expect(page.locator(".meter")).to_contain_text(f"Lesson 02: {done} of 30 answered · kept in this browser")

    # The page is closed in the middle of a word, and everything is there again.
    open_item = next(item for quiz in lesson.quizzes.values() for item in quiz.items if item.type == "short")
    quiz_id = next(quiz.id for quiz in lesson.quizzes.values() if open_item in quiz.items)
    form(page, quiz_id, open_item.id).get_by_role("button", name="Answer again").click()
    form(page, quiz_id, open_item.id).locator(".line input").type("half a wo")
    context.set_offline(False)
    page.reload(wait_until="networkidle")
    context.set_offline(True)
    expect(form(page, quiz_id, open_item.id).locator(".line input")).to_have_value("half a wo")
    expect(page.locator(".meter")).to_contain_text(f"{done} of 30 answered")
    for quiz, item in items:
        if item.type not in ("text", "short"):
            expect(form(page, quiz, item.id).locator(".said .verdict")).to_have_class("verdict right")

    hand_in = page.locator('[data-panel="hand-in"]')
    hand_in.get_by_role("button", name="Make my hand-in file").click()
    expect(hand_in).to_contain_text("Write your name first")
    hand_in.get_by_label("Your name, as your teacher knows you").fill("Оксана <b>O'Neill</b>")
    hand_in.get_by_role("button", name="Make my hand-in file").click()
    with page.expect_download() as waited:
        hand_in.get_by_role("button", name="Download the file").click()
    assert waited.value.suggested_filename == "hand-in-02-Оксана-b-O-Neill-b.json"
    saved = tmp_path / "hand-in-02.json"
    waited.value.save_as(saved)
    record, problems = answers.read_record(saved.read_bytes())
    assert problems == []
    assert record["name"] == "Оксана <b>O'Neill</b>"
    expect(hand_in).to_contain_text(f"Receipt {record['receipt']}.")
    for quiz, item in items:
        if item.type != "short":
            assert len(record["items"][f"{quiz}/{item.id}"]["attempts"]) == (1 if item.type == "text" else 2)
    # What the browser kept is a log of the course: Python makes the same file of it.
    log = AnswerLog(tmp_path / "log")
    log.folder.mkdir()
    kept = page.evaluate('localStorage.getItem("guarantees-on-paper/02")')
    log.path("02").write_text(kept, encoding="utf-8")
    made = answers.record(lesson, record["name"], log)
    assert json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True) + "\n" == saved.read_text(encoding="utf-8")


def test_a_question_is_answered_by_keyboard_alone(site: Site, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(site.url(LESSON))
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    inside = "document.activeElement.closest('form')?.dataset.item ?? ''"
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate(inside):
            break
    item = load_lesson("02").quizzes["warm-up"].items[0]
    assert page.evaluate(inside) == f"02-warm-up/{item.id}"
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    place = form(page, "02-warm-up", item.id)
    expect(place.locator(".said")).to_contain_text("Kept.")
    expect(place.locator(".choice input").nth(1)).to_be_checked()


def test_without_javascript_the_lesson_its_questions_and_hints_can_be_read(site: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url(LESSON))
    line = page.locator("noscript .notice")
    expect(line).to_be_visible()
    assert "answering needs JavaScript" in line.inner_text()
    text = page.locator("main").inner_text()
    for quiz in load_lesson("02").quizzes.values():
        for item in quiz.items:
            assert " ".join(item.body["stem"].split("\n")[0].replace("*", "").split())[:40] in " ".join(text.split())
    assert page.locator("summary", has_text="Hint 1").count() > 15
    hint = page.locator("details", has=page.locator("summary", has_text="Hint 1")).first
    hint.locator("summary").click()
    assert len(hint.inner_text()) > 20
    assert "Run All Cells" not in text
    context.close()


def test_where_nothing_is_stored_a_line_says_so_and_the_answers_are_handed_in(
    site: Site, context: BrowserContext
) -> None:
    page = context.new_page()
    page.goto(site.url(LESSON, "blocked"))
    with pytest.raises(Exception, match=r"(?i)denied|sandboxed"):
        page.evaluate("localStorage.length")
    expect(page.locator("#notice")).to_contain_text("This browser stores nothing for this page.")
    item = load_lesson("02").quizzes["warm-up"].items[0]
    place = form(page, "02-warm-up", item.id)
    fill(place, item, wrong(item))
    place.get_by_role("button", name="Save my answer").click()
    expect(place.locator(".said")).to_contain_text("Kept.")
    expect(place.locator(".saved")).to_contain_text("kept while this page is open")
    hand_in = page.locator('[data-panel="hand-in"]')
    hand_in.get_by_label("Your name").fill("A")
    hand_in.get_by_role("button", name="Make my hand-in file").click()
    with page.expect_download() as waited:
        hand_in.get_by_role("button", name="Download the file").click()
    record, problems = answers.read_record(Path(waited.value.path()).read_bytes())
    assert problems == []
    assert record["items"][f"02-warm-up/{item.id}"]["answer"] == wrong(item)


def test_a_hostile_or_damaged_store_does_no_harm(site: Site, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(site.url("index"))
    lesson = load_lesson("02")
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    lines = ["{torn", json.dumps({"v": 1, "quiz": "elsewhere"}), "[]"]
    for quiz in lesson.quizzes.values():
        for item in quiz.items:
            for answer in (evil, {"__proto__": evil}, [[[evil]]], 1e300, {item.id: {evil: evil}}):
                event = {
                    "v": 1,
                    "at": evil,
                    "quiz": quiz.id,
                    "item": item.id,
                    "do": "check",
                    "answer": answer,
                    "sure": 3,
                }
                lines.append(json.dumps(event))
    stored = "\n".join(lines)
    page.evaluate("(text) => localStorage.setItem('guarantees-on-paper/02', text)", stored)
    page.goto(site.url(LESSON))
    expect(page.locator(".meter")).to_contain_text("Lines 1, 2 and 3 of the answers in this browser could not be read;")
    assert page.locator("img[src=x], main script").count() == 0
    item = lesson.quizzes["warm-up"].items[0]
    place = form(page, "02-warm-up", item.id)
    fill(place, item, right(item))
    place.locator("button.primary").click()
    expect(place.locator(".said")).to_contain_text("Kept.")
    assert page.evaluate("localStorage.getItem('guarantees-on-paper/02')").startswith(stored)


def test_two_tabs_keep_each_other_s_answers(site: Site, context: BrowserContext) -> None:
    one, two = context.new_page(), context.new_page()
    quiz = load_lesson("00").quizzes["first"]
    for page in (one, two):
        page.goto(site.url("00-start-here"))
    for page in (one, two):
        place = form(page, quiz.id, quiz.items[0].id)
        fill(place, quiz.items[0], right(quiz.items[0]) if page is two else wrong(quiz.items[0]))
        place.locator("button.primary").click()
        expect(place.locator(".said .verdict")).to_be_visible()
    expect(one.locator(".meter")).to_contain_text("1 of")
    assert one.evaluate("localStorage.getItem('guarantees-on-paper/00')").count('"do":"check"') == 2


def test_a_translated_lesson_speaks_its_language_and_shares_its_answers(site: Site, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(site.url("uk/00-start-here"))
    quiz = load_lesson("00").quizzes["first"]
    place = form(page, quiz.id, quiz.items[0].id)
    fill(place, quiz.items[0], right(quiz.items[0]))
    place.get_by_role("button", name="Перевірити").click()
    expect(place.locator(".said .verdict")).to_have_text("Правильно.")
    expect(page.locator(".meter")).to_contain_text("зберігається в цьому браузері")
    page.get_by_role("link", name="English: 00. Start here").click()
    expect(form(page, quiz.id, quiz.items[0].id).locator(".said .verdict")).to_have_text("Right.")


def test_the_stance_map_opens_the_words_behind_a_cell(site: Site, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(site.url("05-article-5-type"))
    page.locator(".map button").first.click()
    expect(page.locator(".behind").first).to_contain_text("Sources:")


def test_a_page_opened_from_a_folder_works(site: Site, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto((site.folder / f"{LESSON}.html").as_uri())
    item = load_lesson("02").quizzes["warm-up"].items[0]
    place = form(page, "02-warm-up", item.id)
    fill(place, item, right(item))
    place.locator("button.primary").click()
    expect(place.locator(".said")).to_contain_text("Kept.")
    page.reload()
    expect(form(page, "02-warm-up", item.id).locator(".said")).to_contain_text("Kept.")


FIRST_QUESTION = """new MutationObserver((_, watch) => {
  if (!document.querySelector("form[data-item] button.primary")) return;
  window.firstQuestion = performance.now();
  watch.disconnect();
}).observe(document, { childList: true, subtree: true });"""


def test_pages_open_in_time_and_size_and_fit_a_narrow_window(site: Site, context: BrowserContext) -> None:
    context.add_init_script(FIRST_QUESTION)
    lines = []
    for name in [page.relative_to(site.folder).with_suffix("").as_posix() for page in site.pages]:
        page = context.new_page()
        seconds = 99.0
        for _ in range(3):  # the page's own time; what else this computer does is not its fault, so the best of three
            page.goto(site.url(name), wait_until="load")
            seconds = min(seconds, page.evaluate("window.firstQuestion") / 1000)
            if seconds <= SECONDS:
                break
        size = page.evaluate(
            "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
            ".reduce((sum, entry) => sum + entry.decodedBodySize, 0)"
        )
        lines.append(f"{name}: first question after {seconds:.2f} s, {size / 1000:.0f} kB")
        page.set_viewport_size({"width": 320, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
        assert page.evaluate("[...document.images].every((each) => each.complete && each.naturalWidth > 0)"), name
        page.close()
        assert size <= BYTES, lines[-1]
        assert seconds <= SECONDS, lines[-1]
    print("\n" + "\n".join(lines))
