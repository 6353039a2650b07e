"""A real JupyterLab in a real Chromium, on a copy of the course in a temporary folder."""

from __future__ import annotations

import json
import os
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from lying_still import lying_still
from playwright.sync_api import Browser, Locator, Page, Playwright, sync_playwright

REPO = Path(__file__).resolve().parents[2]
RUN = runpy.run_path(str(REPO / "run.py"))

# For one radio button or checkbox: counts how often the page itself takes the mark away.
WATCH_SET_BACK = """(node) => {
  const { get, set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'checked');
  node.setBack = 0;
  Object.defineProperty(node, 'checked', {
    get() { return get.call(node); },
    set(on) { if (!on && get.call(node)) node.setBack += 1; set.call(node, on); },
  });
}"""
chromium = RUN["find_chromium"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    path = chromium()
    if path is None:
        message = "no Chromium was found: install one, or say where it is in the variable CHROMIUM"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(message)
        pytest.skip(message)
    # Without a sandbox because a CI job is often root, and without Chromium's own calls to the outside.
    started = playwright.chromium.launch(
        executable_path=path,
        args=[
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
        ],
    )
    yield started
    started.close()


class Lab:
    """A running JupyterLab and its folder; `open` gives a page on a notebook."""

    program, settings_of, page_of = "jupyterlab", "LabApp", "lab/tree/notebooks/{}?reset"

    def __init__(self, folder: Path, browser: Browser) -> None:
        self.folder, self.browser = folder, browser
        self.notebooks = folder / "notebooks"
        shutil.copytree(REPO / "notebooks", self.notebooks, ignore=shutil.ignore_patterns("my-answers", ".ipynb*"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.settings = folder / "settings"
        self.theme("JupyterLab Light")
        for plugin, settings in RUN["LAB_SETTINGS"].items():
            extension, _, name = plugin.partition(":")
            file = self.settings / extension / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(settings))
        environment = os.environ | {
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTERLAB_SETTINGS_DIR": str(self.settings),
            "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        }
        environment.pop("LESSON_ANSWERS", None)
        self.log = (folder / "server.log").open("wb")
        self.server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                self.program,
                "--no-browser",
                "--allow-root",
                f"--port={self.port}",
                "--ServerApp.port_retries=0",
                "--IdentityProvider.token=course",
                f"--ServerApp.root_dir={folder}",
                f"--{self.settings_of}.expose_app_in_browser=True",
            ],
            env=environment,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        for _ in range(240):
            try:
                urllib.request.urlopen(self.url("api"), timeout=2).close()
                break
            except OSError:
                time.sleep(0.25)
        else:
            raise RuntimeError((folder / "server.log").read_text())

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}{'&' if '?' in path else '?'}token=course"

    def theme(self, name: str) -> None:
        file = self.settings / "@jupyterlab" / "apputils-extension" / "themes.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"theme": name, "adaptive-theme": False}))

    def open(self, notebook: str, *, width: int = 1280, height: int = 900, dark: bool = False) -> Notebook:
        self.theme("JupyterLab Dark" if dark else "JupyterLab Light")
        context = self.browser.new_context(viewport={"width": width, "height": height})
        page = context.new_page()
        return Notebook(self, page, notebook)

    def stop(self) -> None:
        os.killpg(self.server.pid, signal.SIGTERM)
        try:
            self.server.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.server.pid, signal.SIGKILL)
        self.log.close()


class Notebook:
    """One notebook open in a page."""

    def __init__(self, lab: Lab, page: Page, name: str) -> None:
        self.lab, self.page, self.name = lab, page, name
        self.outside: list[str] = []
        self.errors: list[str] = []
        home = f"http://127.0.0.1:{lab.port}/"
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((home, "data:", "blob:", home.replace("http", "ws")))
                else self.outside.append(request.url)
            ),
        )
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.load()

    def load(self) -> None:
        self.page.goto(self.lab.url(self.lab.page_of.format(self.name)))
        self.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        self.idle()
        # The file browser takes a third of a narrow window; a student closes it.
        self.command("application:toggle-left-area") if self.page.locator("#jp-left-stack:visible").count() else None

    def command(self, name: str, arguments: dict[str, object] | None = None) -> None:
        # Not awaited: a command that runs cells is done when they are, and `idle` is what waits for that.
        self.page.evaluate(
            "([name, given]) => { window.jupyterapp.commands.execute(name, given ?? {}); }", [name, arguments]
        )

    def idle(self, timeout: float = 90) -> None:
        """Waits until the kernel is idle and no cell is waiting to run."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            state = self.page.evaluate(
                """() => { const panel = window.jupyterapp?.shell?.currentWidget;
                const kernel = panel?.sessionContext?.session?.kernel?.status;
                const prompts = [...document.querySelectorAll('.jp-InputPrompt')];
                return [kernel, prompts.some((prompt) => prompt.textContent.includes('*'))]; }"""
            )
            if state[0] == "idle" and not state[1]:
                return
            time.sleep(0.1)
        raise TimeoutError(f"the kernel of {self.name} is {state}")

    def run_all(self) -> None:
        """Run → Run All Cells, and wait; repeated when Lab took the command before it was ready."""
        for _ in range(5):
            # The counts that are stored are from another run: without them, those that come are of this one.
            self.page.evaluate(
                "() => { for (const cell of window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells)"
                " if (cell.cell_type === 'code') cell.execution_count = null; }"
            )
            self.command("notebook:run-all-cells")
            end = time.monotonic() + 20
            while not all(counts := self._counts()) and time.monotonic() < end:
                self.idle()
                time.sleep(0.1)
            if all(counts):
                self.idle()
                lying_still(self.page)
                return
        raise TimeoutError(f"not every cell of {self.name} ran: {counts}")

    def _counts(self) -> list[int | None]:
        counts: list[int | None] = self.page.evaluate(
            "() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells"
            ".filter((cell) => cell.cell_type === 'code').map((cell) => cell.execution_count)"
        )
        return counts

    def run_code(self, source: str) -> None:
        """Adds a cell at the end, runs it and waits."""
        self.page.evaluate(
            """(source) => { const content = window.jupyterapp.shell.currentWidget.content;
            const model = content.model.sharedModel;
            model.insertCell(model.cells.length, {cell_type: 'code', source, metadata: {}});
            content.activeCellIndex = model.cells.length - 1; }""",
            source,
        )
        self.command("notebook:run-cell")
        self.page.wait_for_timeout(300)
        self.idle()

    def sources(self) -> list[str]:
        """The text of every cell."""
        found: list[str] = self.page.evaluate(
            "() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells.map((cell) => cell.source)"
        )
        return found

    def restart(self) -> None:
        self.page.evaluate(
            "() => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel().then(() => null)"
        )
        self.idle()

    def save(self) -> Path:
        self.command("docmanager:save")
        self.page.wait_for_timeout(500)
        return self.lab.notebooks / self.name

    def item(self, name: str) -> Locator:
        """The live question of an item, "01-warm-up/how-much-holds"."""
        return self.page.locator(f'form[data-item="{name}"]')

    def close(self) -> None:
        self.page.context.close()


@pytest.fixture
def lab(tmp_path: Path, browser: Browser) -> Iterator[Lab]:
    running = Lab(tmp_path, browser)
    yield running
    running.stop()
