"""Other graders, each in an environment of its own beside the course's: their pins and ours need not agree.

The one place where their versions stand; the benchmark runs both, a test runs nbgrader.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEERS = {"nbgrader": "nbgrader==0.9.6", "otter": "otter-grader==7.0.0"}


def environment(peer: str) -> Path:
    """The Python of a peer's own environment (.venv-nbgrader, .venv-otter) with this library in it; made when missing.

    One that was made for another version, or not to the end, is made anew.
    """
    place = ROOT / f".venv-{peer}"
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    ready = place / "ready"
    if not ready.is_file() or ready.read_text(encoding="utf-8") not in ("", PEERS[peer]):
        print(f"  installing {PEERS[peer]} …", flush=True)
        shutil.rmtree(place, ignore_errors=True)
        venv.create(place, with_pip=True)
        command = [str(python), "-m", "pip", "install", "-q", PEERS[peer], "-e", str(ROOT)]
        subprocess.run(command, check=True, capture_output=True, timeout=900)
        ready.write_text(PEERS[peer], encoding="utf-8")
    return python
