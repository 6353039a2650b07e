"""Students of a hub: in a browser as a person is, or by the messages that a browser sends."""

from __future__ import annotations

import contextlib
import json
import time
import uuid
from pathlib import Path
from typing import Any

import requests
import websocket
from a_hub import PASSWORD, Hub
from lying_still import lying_still
from playwright.sync_api import Browser, BrowserContext, Locator, Page, TimeoutError
from right_answers import right_answer

from lesson_lib.think.questions import Item, load_lesson

LESSON = "02"
NOTEBOOK = "02-what-is-a-guarantee.ipynb"


def every() -> list[tuple[str, Item]]:
    return [(quiz.id, item) for quiz in load_lesson(LESSON).quizzes.values() for item in quiz.items]


class ByMessages:
    """A student whose browser is this program: logs in, starts a server and a kernel, runs the lesson's cells."""

    def __init__(self, hub: Hub, name: str, password: str = PASSWORD) -> None:
        self.hub, self.name, self.password = hub, name, password
        self.session = requests.Session()
        self.session.trust_env = False
        self.panels: dict[str, dict[str, Any]] = {}
        self.idle: set[str] = set()

    def sign_in(self) -> None:
        page = f"{self.hub.base}/hub/login"
        self.session.get(page, timeout=60).raise_for_status()
        given = {"username": self.name, "password": self.password, "_xsrf": self._cookie("/hub/")}
        self.session.post(page, given, timeout=60).raise_for_status()

    def log_in(self) -> None:
        """Signs in, and waits for the server that the hub starts."""
        self.sign_in()
        end = time.monotonic() + 120
        while time.monotonic() < end:
            came = self.session.get(self.url("lab"), timeout=120)
            if came.ok and "/lab" in came.url and "/hub/" not in came.url:
                return
            if "/hub/" in came.url and "/spawn" not in came.url and "/login" not in came.url:
                self.session.get(f"{self.hub.base}/hub/spawn", timeout=120)
            time.sleep(0.5)
        raise AssertionError(f"no server for {self.name}: {came.url} {came.status_code}")

    def open(self, cells: int | None = None) -> None:
        """Starts the lesson's kernel and runs every cell, or the first few."""
        asked = {"path": f"notebooks/{NOTEBOOK}", "name": NOTEBOOK, "type": "notebook", "kernel": {"name": "python3"}}
        headers = {"X-XSRFToken": self._cookie(f"/user/{self.name}/")}
        made = self.session.post(self.url("api/sessions"), json=asked, headers=headers, timeout=120)
        made.raise_for_status()
        channels = self.url(f"api/kernels/{made.json()['kernel']['id']}/channels").replace("http", "ws")
        cookies = "; ".join(
            f"{one.name}={one.value}" for one in self.session.cookies if f"/user/{self.name}/".startswith(one.path)
        )
        self.socket = websocket.create_connection(channels, timeout=120, cookie=cookies, http_no_proxy=["*"])
        notebook = json.loads((self.hub.home(self.name) / "notebooks" / NOTEBOOK).read_text(encoding="utf-8"))
        self.cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
        for source in self.cells[:cells]:
            self.run(source)

    def run(self, code: str) -> None:
        self.ask("execute_request", {"code": code, "silent": False, "store_history": True, "allow_stdin": False})

    def send(self, panel: str, message: dict[str, Any]) -> dict[str, Any]:
        """What the page sends to a panel's kernel half; the state that came back."""
        content = {"comm_id": panel, "data": {"method": "custom", "content": message}}
        self.ask("comm_msg", content)
        state: dict[str, Any] = self.panels[panel]["state"]
        return state

    def panel(self, kind: str, quiz: str = "") -> str:
        return next(
            name
            for name, held in self.panels.items()
            if held.get("kind") == kind and held["body"].get("id", "") in ("", quiz)
        )

    def answer(self, quiz: str, item: Item) -> dict[str, Any]:
        message = {"do": "check", "item": item.id, "answer": right_answer(item), "sure": 2, "n": time.time_ns()}
        state = self.send(self.panel("quiz", quiz), message)
        told: dict[str, Any] = state["items"][item.id]
        assert told["n"] == message["n"], "the kernel's word for it that this answer has arrived"
        return told | {"problem": state["problem"]}

    def hand_in(self, name: str) -> dict[str, Any]:
        return self.send(self.panel("hand-in"), {"do": "hand-in", "name": name})

    def ask(self, kind: str, content: dict[str, Any]) -> None:
        """Sends one message and reads until the kernel is idle again after it."""
        header = {"msg_id": uuid.uuid4().hex, "username": "", "session": "a", "msg_type": kind, "version": "5.3"}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        self.socket.send(json.dumps(message))
        while True:
            got = json.loads(self.socket.recv())
            said, about = got["content"], got.get("parent_header", {}).get("msg_id")
            match got["header"]["msg_type"]:
                case "error":
                    raise AssertionError("\n".join(said["traceback"]))
                case "comm_open":
                    self.panels[said["comm_id"]] = dict(said["data"]["state"])
                case "comm_msg" if said["data"].get("method") == "update":
                    self.panels.setdefault(said["comm_id"], {}).update(said["data"]["state"])
                case "status" if said["execution_state"] == "idle" and about == header["msg_id"]:
                    return

    def url(self, path: str) -> str:
        return f"{self.hub.base}/user/{self.name}/{path}"

    def _cookie(self, path: str) -> str:
        return next(one.value or "" for one in self.session.cookies if one.name == "_xsrf" and one.path == path)


class InBrowser:
    """A student with a mouse and a keyboard."""

    def __init__(self, hub: Hub, name: str, browser: Browser, *, width: int = 1280) -> None:
        self.hub, self.name = hub, name
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": 900}, accept_downloads=True
        )
        self.page: Page = self.context.new_page()
        # JupyterLab asks whether to start another server when the hub's proxy was away; this student waits.
        self.asked: list[str] = []
        self.page.add_locator_handler(self.page.locator("dialog.jp-Dialog").last, self.dismiss, no_wait_after=True)

    def dismiss(self, dialog: Locator) -> None:
        self.asked.append(dialog.get_attribute("aria-label") or "")
        dialog.locator("button.jp-mod-reject, button:only-child").first.click()

    def log_in(self) -> None:
        self.page.goto(f"{self.hub.base}/hub/login")
        self.page.get_by_label("Username").fill(self.name)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url("**/user/**", timeout=120_000)

    def log_in_again(self) -> None:
        """After the server was lost: as soon as the hub has noticed, its address leads to another."""
        self.page.on("dialog", lambda dialog: dialog.accept())  # "changes may not be saved": the student leaves
        for _ in range(40):
            came = self.page.goto(f"{self.hub.base}/hub/spawn/{self.name}")
            if came and came.ok:
                break
            self.page.wait_for_timeout(2000)
        self.page.wait_for_url("**/user/**/lab**", timeout=120_000)

    def open(self, notebook: str = NOTEBOOK) -> None:
        self.page.goto(f"{self.hub.base}/user/{self.name}/lab/tree/notebooks/{notebook}?reset")
        self.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=120_000)

    def run_all(self) -> None:
        """Run → Run All Cells, as soon as the kernel is there; again when Lab took it before it was ready."""
        ready = "() => window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
        for _ in range(5):
            self.page.wait_for_function(ready, timeout=120_000)
            self.page.get_by_role("menuitem", name="Run", exact=True).click()
            self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
            with contextlib.suppress(TimeoutError):
                self.item("02-warm-up").first.wait_for(timeout=45_000)
                self.page.wait_for_function(ready, timeout=120_000)
                lying_still(self.page)
                return
        raise AssertionError(f"the lesson did not run for {self.name}")

    def item(self, name: str) -> Locator:
        """The live question of that name, or the questions of a quiz."""
        return self.page.locator(f'form[data-item^="{name}"]')

    def command(self, name: str) -> None:
        self.page.evaluate("(name) => { window.jupyterapp.commands.execute(name, {}); }", name)

    def file(self, name: str) -> Path:
        return self.hub.home(self.name) / "notebooks" / name

    def close(self) -> None:
        self.context.close()
