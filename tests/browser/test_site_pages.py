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

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from deploy.site.build import APPS, build, lead_back
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
        page.evaluate("Promise.all([...document.images].map((each) => each.decode()))")
        assert page.evaluate("[...document.images].every((each) => each.complete && each.naturalWidth > 0)"), name
        page.close()
        assert size <= BYTES, lines[-1]
        assert seconds <= SECONDS, lines[-1]
    print("\n" + "\n".join(lines))


SHIFTS = """new Promise((done) => {
  const moved = [], where = (each) => [each.node?.nodeName, each.previousRect.top, each.currentRect.top];
  new PerformanceObserver((seen) => moved.push(...seen.getEntries().flatMap(({ sources }) => sources.map(where))))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(moved), 200);
})"""


@pytest.mark.parametrize("width", [400, 1280])
def test_nothing_jumps_when_the_script_comes(site: Site, context: BrowserContext, width: int) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 800})

    def late(route: Route) -> None:
        page.wait_for_timeout(300)  # the page has been painted, and somebody reads it
        route.continue_()

    page.route("**/site*.js*", late)
    for name in ("00-start-here", "uk/00-start-here", LESSON, "06-fifty-thousand"):
        page.goto(site.url(name), wait_until="load")
        expect(page.locator("form[data-item]").first).to_be_visible()
        assert page.evaluate(SHIFTS) == [], name
        assert page.locator(".contents details").evaluate("(one) => one.open") == (width == 1280)


def test_a_student_clears_the_answers_on_a_shared_computer(site: Site, context: BrowserContext) -> None:
    quiz = load_lesson("02").quizzes["warm-up"]
    item = quiz.items[0]
    page, other, index = context.new_page(), context.new_page(), context.new_page()
    for each, name in ((page, LESSON), (other, LESSON), (index, "00-start-here")):
        each.goto(site.url(name))
    fill(form(page, quiz.id, item.id), item, wrong(item))
    form(page, quiz.id, item.id).locator("button.primary").click()
    first = load_lesson("00").quizzes["first"]
    fill(form(index, first.id, first.items[0].id), first.items[0], wrong(first.items[0]))
    # What is only begun is cleared as well, and stands in the other page too.
    return_to = form(page, "02-return", item.id)
    fill(return_to, item, right(item))
    hand_in, box = page.locator('[data-panel="hand-in"]'), page.get_by_role("dialog")
    hand_in.get_by_label("Your name").fill("Олена")
    expect(hand_in).to_contain_text("1 of 30 answered, 1 begun.")
    expect(hand_in).to_contain_text("not pressed yet: The first question again, question 1.")
    other.reload()
    kept = "Object.keys(localStorage).filter((name) => name.includes('/')).sort()"
    assert page.evaluate(kept) == ["guarantees-on-paper/00", "guarantees-on-paper/02"]

    # By keyboard: nothing is cleared by one press, and who changes their mind is back at the button.
    button = page.get_by_role("button", name="Clear my answers on this computer")
    button.focus()
    page.keyboard.press("Enter")
    expect(box).to_be_visible()
    expect(box.get_by_role("button", name="Keep them")).to_be_focused()
    page.evaluate((Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    assert page.evaluate("axe.run(document.querySelector('.clear')).then((found) => found.violations)") == []
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(button).to_be_focused()
    assert len(page.evaluate(kept)) == 2

    page.keyboard.press("Enter")
    expect(box.get_by_role("button", name="Clear all lessons: 00, 02")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(box.get_by_role("button", name="Clear lesson 02")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Cleared: your answers to lesson 02.")).to_be_visible()
    expect(button).to_be_focused()
    assert page.evaluate(kept) == ["guarantees-on-paper/00"]
    expect(hand_in.get_by_label("Your name")).to_have_value("")
    expect(hand_in).to_contain_text("Nothing to hand in yet")
    for each in (page, other):
        expect(each.locator(".meter")).to_have_text("Lesson 02: 0 of 30 answered")
        expect(each.locator("form input:checked")).to_have_count(0)
        expect(each.locator(".said .verdict")).to_have_count(0)
    # The next student's answers are kept as ever.
    fill(form(page, quiz.id, item.id), item, right(item))
    form(page, quiz.id, item.id).locator("button.primary").click()
    expect(page.locator(".meter")).to_contain_text("1 of 30 answered")

    button.click()
    box.get_by_role("button", name="Clear all lessons: 00, 02").click()
    expect(page.get_by_text("Cleared: all your answers (00, 02).")).to_be_visible()
    assert page.evaluate(kept) == []
    expect(index.locator("form input:checked")).to_have_count(0)
    button.click()
    expect(page.get_by_text("There is nothing to clear")).to_be_visible()
    expect(box).to_be_hidden()


def test_what_was_begun_just_before_leaving_does_not_come_back_once_it_is_cleared(
    site: Site, context: BrowserContext
) -> None:
    first = load_lesson("00").quizzes["first"]
    page = context.new_page()
    page.goto(site.url("00-start-here"))
    fill(form(page, first.id, first.items[0].id), first.items[0], wrong(first.items[0]))
    page.goto(site.url(LESSON))
    page.get_by_role("button", name="Clear my answers on this computer").click()
    page.get_by_role("dialog").get_by_role("button", name="Clear all lessons: 00").click()
    expect(page.get_by_text("Cleared: all your answers (00).")).to_be_visible()
    page.goto(site.url("00-start-here"))
    expect(page.locator(".meter")).to_contain_text("0 of")
    expect(page.locator("form input:checked")).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.includes('/'))") == []


CUT = """(at) => [...document.querySelectorAll('.gp-item select')].flatMap((box) => {
  const longest = [...box.options].reduce((one, other) => (other.text.length > one.text.length ? other : one));
  box.value = longest.value;
  box.dispatchEvent(new Event('change', { bubbles: true }));
  const style = getComputedStyle(box), pen = document.createElement('canvas').getContext('2d');
  pen.font = style.font;
  const room = box.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - 16;
  const under = box.parentElement.querySelector('.whole')?.innerText;
  return pen.measureText(longest.text).width <= room || under === longest.text ? [] : [`${longest.text} at ${at}`];
})"""


@pytest.mark.parametrize("width", [1280, 1000, 400])
@pytest.mark.parametrize("name", ["01-one-story-many-claims", "05-article-5-type"])
def test_a_list_shows_the_whole_of_what_is_chosen(site: Site, context: BrowserContext, name: str, width: int) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(site.url(name))
    assert page.locator(".gp-item select").count() > 15
    assert page.evaluate(CUT, width) == []
    grids = page.locator("table.grid")
    if width == 1280:
        # As a table where it fits; where it does not, each row is a block.
        fits = grids.first.evaluate("(table) => table.offsetWidth <= table.parentElement.clientWidth")
        assert fits
        assert ("apart" in (grids.first.get_attribute("class") or "")) == name.startswith("01")


def test_what_is_wider_than_the_window_says_so_and_pictures_fit(site: Site, context: BrowserContext) -> None:
    page = context.new_page()
    for name in ("03-korea-since-1953", "06-fifty-thousand", "08-who-pays"):
        page.set_viewport_size({"width": 400, "height": 900})
        page.goto(site.url(name))
        for picture in page.locator(".picture img").all():
            picture.scroll_into_view_if_needed()
            box = picture.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 400
            assert "-narrow.svg" in picture.evaluate("(image) => image.currentSrc")
            # As large as it was drawn: its letters are not shrunk.
            assert picture.evaluate("(image) => image.clientWidth / image.naturalWidth") > 0.95
        frames = page.locator(".wide > .scroll:visible")
        cut = [frame for frame in frames.all() if frame.evaluate("(one) => one.scrollWidth > one.clientWidth + 1")]
        assert cut or name != "06-fifty-thousand"
        for frame in cut:
            assert frame.get_attribute("role") == "region"
            assert len(frame.get_attribute("aria-label") or "") > 3
            expect(frame.locator("xpath=following-sibling::p")).to_have_text("Scroll sideways →")
            expect(frame.locator("xpath=following-sibling::p")).to_be_visible()
            frame.focus()
            page.keyboard.press("ArrowRight")
            expect(frame).not_to_have_js_property("scrollLeft", 0)
        page.set_viewport_size({"width": 1280, "height": 900})
        # With more room hardly anything is out of sight, and what is not is no stop of the Tab key.
        wider = frames.evaluate_all("(all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1).length")
        assert wider <= 1
        expect(page.locator(".wide > p:visible")).to_have_count(wider)
        assert frames.evaluate_all("(all) => all.filter((one) => one.tabIndex === 0).length") == wider
        for picture in page.locator(".picture img").all():
            picture.scroll_into_view_if_needed()
            assert "-narrow" not in picture.evaluate("(image) => image.currentSrc")


CUT = """[...document.querySelectorAll('text')].filter((one) => {
  const box = one.getBoundingClientRect(), edge = document.documentElement.getBoundingClientRect();
  return box.width && (box.right > edge.right || box.left < edge.left || box.bottom > edge.bottom + 1);
}).map((one) => one.textContent)"""


def test_no_word_runs_over_the_edge_of_a_picture(site: Site, context: BrowserContext) -> None:
    page = context.new_page()
    files = sorted((site.folder / "pictures").glob("*.svg"))
    assert len(files) >= 28
    cut = {}
    for file in files:
        page.goto(file.as_uri())
        assert page.locator("text").count() > 4, file.name
        cut[file.name] = page.evaluate(CUT)
    assert {name: words for name, words in cut.items() if words} == {}


def test_on_paper_a_lesson_is_short_and_has_nothing_to_press(site: Site, context: BrowserContext) -> None:
    page = context.new_page()
    most = {LESSON: 27, "05-article-5-type": 24, "08-who-pays": 22}
    for name, pages in most.items():
        page.goto(site.url(name))
        made = page.pdf(format="A4")
        count = len(re.findall(rb"/Type\s*/Page\b", made))
        assert 8 < count <= pages, (name, count)
    page.goto(site.url("05-article-5-type"))
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 694, "height": 1000})
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    for gone in (".gp .actions", "nav", "#finish", '[data-panel="hand-in"]', ".full", ".wide > p"):
        expect(page.locator(gone).locator("visible=true")).to_have_count(0)
    # The map's words are buttons on the page, and words on paper.
    expect(page.locator(".map button").first).to_be_visible()
    # The sources are unfolded, small and in two columns; what a closed list holds is written out.
    expect(page.locator(".gp-foot").last).to_be_visible()
    assert page.locator(".gp-foot").last.evaluate("(list) => getComputedStyle(list).columnCount") == "2"
    expect(page.locator(".choices-on-paper").first).to_contain_text("To choose from: ")
    # No heading stands alone at the foot of a page, and no short question is cut.
    alone = "(all) => all.filter((one) => getComputedStyle(one).breakAfter !== 'avoid').map((one) => one.textContent)"
    assert page.locator("main :is(h1, h2, h3, h4, .quiz-title, caption):visible").evaluate_all(alone) == []
    whole = "(all) => all.every((one) => getComputedStyle(one).breakInside === 'avoid')"
    assert page.locator(".gp-item:not(.long)").count() > 10
    assert page.locator(".gp-item:not(.long)").evaluate_all(whole)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator(".choices-on-paper")).to_have_count(0)


AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
MEASURES = (Path(__file__).parent / "access.js").read_text(encoding="utf-8").replace(".jp-OutputArea-output", "body")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.mark.parametrize(
    "name", ["index", "uk/index", "05-article-5-type", "06-fifty-thousand", "07-would-anyone-believe-it"]
)
def test_axe_finds_nothing_on_a_page(site: Site, context: BrowserContext, name: str) -> None:
    page = context.new_page()
    for width, scheme in ((1280, "light"), (400, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(site.url(name))
        page.evaluate(AXE)
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        found = page.evaluate("(rules) => axe.run(document, rules).then((found) => found.violations)", RULES)
        assert [(one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in found] == [], (width, scheme)
    # In the system's own few colours, which axe does not know: every word against what is painted under it.
    page.evaluate(MEASURES)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, forced_colors="active")  # type: ignore[arg-type]
        words = page.evaluate("access.faint('*')")
        assert words["faults"] == [], scheme
        assert words["measured"] > 20


def test_the_way_back_from_the_full_course_and_to_the_place_in_it(tmp_path: Path, context: BrowserContext) -> None:
    # JupyterLite's page as far as it matters here: a heading that comes late, named as JupyterLab names headings.
    for app in APPS:
        (tmp_path / "lab" / app).mkdir(parents=True)
        body = '<main id="main" style="position:absolute;inset:0;overflow:auto"></main></body>'
        (tmp_path / "lab" / app / "index.html").write_text(f"<!DOCTYPE html><html><body>{body}</html>", "utf-8")
    lead_back(tmp_path / "lab")
    page = context.new_page()
    address = (tmp_path / "lab" / "notebooks" / "index.html").as_uri()
    page.goto(f"{address}?path=notebooks/06-fifty-thousand.ipynb&cell=s2-look#2.-From,-a-line")
    back = page.get_by_role("link", name="This lesson as a page")
    assert back.evaluate("(link) => link.href").endswith("/06-fifty-thousand.html#s2-look")
    page.evaluate(
        "main.innerHTML = '<div style=height:3000px></div><h2 data-jupyter-id=2.-From,-a-line>2. From, a line</h2>'"
        " + '<div style=height:3000px></div>'"
    )
    expect(page.locator("h2")).to_be_in_viewport(timeout=10_000)
    # Whoever went on finds the way to it again.
    page.mouse.wheel(0, -9000)
    expect(page.locator("h2")).not_to_be_in_viewport()
    page.get_by_role("link", name="To your place in the lesson").click()
    expect(page.locator("h2")).to_be_in_viewport()
    page.goto(f"{address}?path=notebooks/uk/00-start-here.ipynb")
    expect(page.get_by_role("link")).to_have_text(["← Цей урок як сторінка"])
    page.goto((tmp_path / "lab" / "tree" / "index.html").as_uri())
    assert page.get_by_role("link").evaluate("(link) => link.href").endswith("/index.html")
