"""The course in JupyterLite, as a static host serves it: a real build, a real Chromium, and nobody else to ask."""

from __future__ import annotations

import functools
import http.server
import importlib
import json
import os
import shutil
import socketserver
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import REPO, chromium
from lying_still import lying_still
from playwright.sync_api import BrowserContext, Locator, Page, Playwright, expect
from right_answers import right_answer
from test_course import check, click_answer, every, verdict

from lesson_lib.think import answers
from lesson_lib.think.questions import Item, Quiz

pytest.importorskip("jupyterlite_core", reason="JupyterLite is in the extra `site`")
pytest.importorskip("jupyterlite_pyodide_kernel", reason="JupyterLite is in the extra `site`")

LESSON = "02-what-is-a-guarantee.ipynb"
MOST_MB = 60
MOST_SECONDS = 20


class Host(http.server.SimpleHTTPRequestHandler):
    """A static host, without a word on the screen."""

    def log_message(self, format: str, *args: object) -> None:
        pass


class Gate(socketserver.StreamRequestHandler):
    """Stands where the internet would be: writes down who was asked for, and answers nothing."""

    def handle(self) -> None:
        self.server.asked.append(self.rfile.readline().decode(errors="replace").strip())  # type: ignore[attr-defined]


def serve(server: socketserver.ThreadingTCPServer) -> str:
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `run.py site` builds it."""
    for reason, there in (
        ("npm, which fetches Pyodide for the site, is missing", shutil.which("npm")),
        ("no Chromium was found", chromium()),
    ):
        if not there:
            pytest.skip(reason)
    target = tmp_path_factory.mktemp("site") / "lite"
    built = builder(str(target))
    assert built.returncode == 0, built.stderr
    assert "Built without pandas" in built.stdout
    return target


@pytest.fixture
def home(site: Path) -> Iterator[str]:
    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Host, directory=str(site.parent))
    ) as server:
        yield f"{serve(server)}/lite/"
        server.shutdown()


@pytest.fixture
def alone(playwright: Playwright) -> Iterator[tuple[BrowserContext, list[str]]]:
    """A browser whose only way out, service workers included, is a gate that lets nothing through."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Gate) as gate:
        gate.asked = []  # type: ignore[attr-defined]
        # Without what Chromium asks its maker for by itself, so that whatever is asked for is the site's doing.
        own = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
        own += ["--disable-features=AutofillServerCommunication,OptimizationHints,Translate"]
        started = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-dev-shm-usage", *own]
        )
        context = started.new_context(
            viewport={"width": 1280, "height": 900}, proxy={"server": serve(gate), "bypass": "127.0.0.1"}
        )
        yield context, gate.asked  # type: ignore[attr-defined]
        started.close()
        gate.shutdown()


def open_lesson(page: Page, home: str, app: str = "lab") -> None:
    page.goto(f"{home}{app}/index.html?path=notebooks/{LESSON}")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)


def run_all(page: Page, first: Locator) -> float:
    """Run → Run All Cells, with the mouse, as the lesson says; when the first question was there, and all have run."""
    for _ in range(4):
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        try:  # again, when JupyterLab took the command before it was ready
            expect(first.or_(page.get_by_text("[*]:").first).first).to_be_visible(timeout=15_000)
            break
        except AssertionError:
            continue
    first.wait_for(timeout=90_000)
    there = time.monotonic()
    expect(page.get_by_text("[*]:")).to_have_count(0, timeout=90_000)
    lying_still(page)
    return there


def form_of(page: Page, quiz: Quiz, item: Item) -> Locator:
    return page.locator(f'form[data-item="{quiz.id}/{item.id}"]')


def busy() -> float:
    """How many times its processors this machine has to do: what is timed beside other work takes as much longer."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)) if hasattr(os, "getloadavg") else 1.0


def test_a_lesson_is_answered_reloaded_and_handed_in_with_nobody_else_to_ask(
    site: Path, home: str, alone: tuple[BrowserContext, list[str]]
) -> None:
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) / 1e6
    assert size <= MOST_MB

    context, asked = alone
    others: list[str] = []
    context.on("request", lambda request: None if own(request.url, home) else others.append(request.url))
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    began = time.monotonic()
    open_lesson(page, home)
    first = form_of(page, *every("02")[0])
    seconds, load = run_all(page, first) - began, busy()
    print(f"The first question was there after {seconds:.1f} s at load {load:.1f}; the site has {size:.1f} MB.")
    # The one cell that needs pandas says so in a line, and the cells behind it have run.
    expect(page.get_by_text("This cell needs pandas")).to_have_count(1)
    expect(page.locator('[data-mime-type="application/vnd.jupyter.stderr"]')).to_have_count(0)

    # One question of each type in the lesson; the first marked one is answered wrongly before.
    chosen = {item.type: (quiz, item) for quiz, item in reversed(every("02")) if quiz.behaviour == "practice"}
    single = quiz, item = chosen["single"]
    wrong = next(choice["id"] for choice in item.body["choices"] if choice["id"] not in item.key["right"])
    form = form_of(page, quiz, item)
    click_answer(form, item, wrong)
    check(form)
    expect(verdict(form)).to_contain_text("Not", timeout=20_000)
    for quiz, item in chosen.values():
        form = form_of(page, quiz, item)
        click_answer(form, item, right_answer(item))
        check(form)
        expect(form.locator(".saved")).to_contain_text("Saved", timeout=20_000)
    expect(page.locator(".meter")).to_contain_text(f"{len(chosen)} of ")

    page.reload()
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    run_all(page, first)
    for quiz, item in chosen.values():
        form = form_of(page, quiz, item)
        expect(verdict(form)).to_be_visible(timeout=120_000)

    page.get_by_label("Your name, as your teacher knows you").fill("Olena Приклад <b>")
    with page.expect_download() as download:
        page.get_by_role("button", name="Make my hand-in file").click()
        page.get_by_role("button", name="Download the file").click()
    handed, problems = answers.read_record(Path(download.value.path()).read_bytes())
    assert problems == []
    assert handed["name"] == "Olena Приклад <b>"
    for quiz, item in chosen.values():
        assert handed["items"][f"{quiz.id}/{item.id}"]["answer"] is not None
    tried = handed["items"][f"{single[0].id}/{single[1].id}"]["attempts"]
    assert [attempt["answer"] == wrong for attempt in tried] == [True, False]

    assert others == []
    assert asked == []
    assert errors == []
    assert seconds <= MOST_SECONDS * load


def own(url: str, home: str) -> bool:
    return url.startswith((home.removesuffix("lite/"), "data:", "blob:"))


def test_where_the_browser_keeps_no_files_the_student_is_told_and_can_still_download(
    home: str, alone: tuple[BrowserContext, list[str]]
) -> None:
    context, _ = alone
    context.add_init_script("delete Navigator.prototype.serviceWorker")  # as in a private window of Firefox
    page = context.new_page()
    open_lesson(page, home, "notebooks")
    form = form_of(page, *every("02")[0])
    run_all(page, form)
    click_answer(form, every("02")[0][1], right_answer(every("02")[0][1]))
    check(form)
    expect(page.get_by_text("your answers are gone when you close this page").first).to_be_visible(timeout=20_000)
    page.get_by_label("Your name, as your teacher knows you").fill("Olena")
    with page.expect_download() as download:
        page.get_by_role("button", name="Make my hand-in file").click()
        page.get_by_role("button", name="Download the file").click()
    handed, problems = answers.read_record(Path(download.value.path()).read_bytes())
    assert problems == []
    assert sum(entry["answer"] is not None for entry in handed["items"].values()) == 1


def test_the_lock_names_what_is_there_and_nothing_else(site: Path) -> None:
    folder = site / "static" / "pyodide"
    lock = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))
    named = {package["file_name"] for package in lock["packages"].values()}
    assert named == {path.name for path in folder.glob("*.whl")}
    settings = json.loads((site / "jupyter-lite.json").read_text(encoding="utf-8"))["jupyter-config-data"]
    kernel = settings["litePluginSettings"]["@jupyterlite/pyodide-kernel-extension:kernel"]
    assert kernel["disablePyPIFallback"]
    assert set(kernel["loadPyodideOptions"]["packages"]) == set(lock["packages"])
    assert not list(site.rglob("*.map"))


def builder(*arguments: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = os.environ | ({"PATH": path} if path is not None else {})
    command = [sys.executable, str(REPO / "deploy" / "lite" / "build.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment)


def test_without_npm_the_builder_says_so_in_one_line(tmp_path: Path) -> None:
    done = builder(str(tmp_path / "site"), path=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith("JupyterLite needs npm once, for Pyodide: install Node.js")
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "site").exists()


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    done = builder(str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.endswith("holds something else, and nothing was built: name a new folder, or an empty one.\n")
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "mine"


def wheel(folder: Path, name: str, tag: str, *needs: str) -> None:
    """A wheel with nothing in it but its name and what it needs."""
    label, _, version = name.partition("-")
    with zipfile.ZipFile(folder / f"{name}-{tag}.whl", "w") as file:
        lines = [f"Name: {label}", f"Version: {version}", *(f"Requires-Dist: {need}" for need in needs)]
        file.writestr(f"{name}.dist-info/METADATA", "\n".join(lines) + "\n\n")


def test_pandas_is_taken_from_a_folder_of_wheels_for_this_pyodide_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(REPO / "deploy" / "lite"))
    packages = importlib.import_module("packages")
    about = {"abi_version": "2026_0"}
    needs = ("numpy>=2", "python-dateutil>=2.8", 'tzdata; sys_platform == "emscripten"', 'pytest; extra == "test"')
    wheel(tmp_path, "pandas-3.0.2", "cp314-cp314-pyemscripten_2025_0_wasm32", *needs)
    with pytest.raises(packages.Stop, match="There is no pandas for this Pyodide"):
        packages.pandas_from(tmp_path, about)
    wheel(tmp_path, "pandas-3.0.2", "cp314-cp314-pyemscripten_2026_0_wasm32", *needs)
    with pytest.raises(packages.Stop, match="numpy"):
        packages.pandas_from(tmp_path, about)
    wheel(tmp_path, "numpy-2.4.6", "cp314-cp314-pyemscripten_2026_0_wasm32")
    wheel(tmp_path, "python_dateutil-2.9.0", "py2.py3-none-any", "six>=1.5")
    wheel(tmp_path, "scipy-1.0", "cp314-cp314-pyemscripten_2026_0_wasm32")
    taken = packages.pandas_from(tmp_path, about)
    assert sorted(path.name.split("-")[0] for path in taken) == ["numpy", "pandas", "python_dateutil"]
    assert all("2025_0" not in path.name for path in taken)
    # What the folder lacks is named, to be had with the rest.
    here = {"numpy", "pandas", "python-dateutil"}
    assert packages._missing(taken, here) == ["six", "tzdata"]
