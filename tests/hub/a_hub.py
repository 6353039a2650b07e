"""A real JupyterHub with its proxy, its hand-in service and real single-user servers, in a folder of its own."""

from __future__ import annotations

import contextlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import requests

REPO = Path(__file__).resolve().parents[2]
PASSWORD, TEACHER_PASSWORD = "on-paper-only", "on-paper-only-and-for-the-teacher-alone"
RUN = runpy.run_path(str(REPO / "run.py"))


class Hub:
    """A hub for trying out, as `run.py hub` starts it; `stop` and `start` in the middle leave the servers alone."""

    def __init__(self, folder: Path, students: list[str]) -> None:
        self.folder, self.students = folder, students
        self.handed_in = folder / "handed-in"
        self.port = four_ports()
        self.base = f"http://127.0.0.1:{self.port}"
        for name in students:
            self.settings(name)
        # One installation of the proxy for all runs of the tests.
        RUN["install_proxy"](REPO / RUN["HUB"])
        (folder / "proxy").symlink_to(REPO / RUN["HUB"] / "proxy")
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def settings(self, student: str) -> None:
        """What `run.py` sets for JupyterLab where it installs, for this student."""
        for plugin, settings in RUN["LAB_SETTINGS"].items():
            extension, _, name = plugin.partition(":")
            file = self.home(student) / f".jupyter/lab/user-settings/{extension}/{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(settings))
        shown = {"LabApp": {"expose_app_in_browser": True}}  # the tests ask it whether the kernel is idle
        (self.home(student) / ".jupyter/jupyter_lab_config.json").write_text(json.dumps(shown))

    def home(self, student: str) -> Path:
        return self.folder / "homes" / student

    def start(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LESSON_")}
        environment |= {
            "HUB_STATE": str(self.folder),
            "HUB_PORT": str(self.port),
            "HUB_STUDENTS": " ".join(self.students),
            "HUB_PASSWORD": PASSWORD,
            "HUB_TEACHER_PASSWORD": TEACHER_PASSWORD,
            "HUB_KEEPS_SERVERS": "1",
        }
        config = str(REPO / RUN["HUB_FOLDER"] / "jupyterhub_config.py")
        with (self.folder / "hub.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyterhub", "-f", config],
                cwd=self.folder,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait(lambda: self.up("/hub/health") and self.up("/services/hand-in/oauth_callback", 400))

    def up(self, path: str, status: int = 200) -> bool:
        try:
            return requests.get(self.base + path, timeout=5).status_code == status
        except requests.RequestException:
            return False

    def wait(self, done: Callable[[], bool], seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if done():
                return
            time.sleep(0.2)
        raise TimeoutError(self.log()[-4000:])

    def log(self) -> str:
        return (self.folder / "hub.log").read_text(errors="replace")

    def stop(self) -> None:
        """The hub goes; the proxy and the students' servers stay."""
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)
            self.process = None

    def end(self) -> None:
        """Everything goes: each process that was started with this folder in its environment."""
        self.stop()
        self.kill()

    def kill(self, student: str = "") -> None:
        """A student's server and kernels are lost at once."""
        for pid in self.processes(student):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def processes(self, student: str = "") -> list[int]:
        """What runs in this hub's name, or of it what is one student's: server and kernels."""
        whose = f"JUPYTERHUB_USER={student}\0".encode() if student else b""
        found = []
        for each in Path("/proc").glob("[0-9]*"):
            try:
                known = (each / "environ").read_bytes() + (each / "cmdline").read_bytes()
            except OSError:
                continue
            if str(self.folder).encode() in known and whose in known and int(each.name) != os.getpid():
                found.append(int(each.name))
        return sorted(found)


def four_ports() -> int:
    """The first of four neighbouring ports that nobody uses."""
    for _ in range(50):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            first = int(probe.getsockname()[1])
        if first < 65_000 and all(RUN["port_is_free"](first + more) for more in range(4)):
            return first
    raise RuntimeError("no four free ports side by side")
