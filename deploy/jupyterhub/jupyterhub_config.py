"""A hub on this computer for trying out: `python3 run.py hub`. It is reached from this computer only.

Everything it makes is in one folder (`.hub/` beside run.py, or HUB_STATE): the proxy, a home a student, the hub's
database, and `handed-in/`, which is the teacher's. All servers run as the person who started it, so students are NOT
safe from one another: for a class take The Littlest JupyterHub or Kubernetes, as README.md here says.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from course import FIRST, configure  # noqa: E402 (this folder is no package)

ROOT = HERE.parents[1]
STATE = Path(os.environ.get("HUB_STATE") or ROOT / ".hub").resolve()
PORT = int(os.environ.get("HUB_PORT") or 8000)
STUDENTS = os.environ.get("HUB_STUDENTS", "ada bo cy").split()

c: Any = get_config()  # type: ignore[name-defined]  # noqa: F821 (JupyterHub gives it)

c.JupyterHub.bind_url = f"http://127.0.0.1:{PORT}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{PORT + 1}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{PORT + 2}"
c.ConfigurableHTTPProxy.command = [str(STATE / "proxy/node_modules/.bin/configurable-http-proxy")]
c.ConfigurableHTTPProxy.pid_file = str(STATE / "proxy.pid")
c.JupyterHub.db_url = f"sqlite:///{STATE / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(STATE / "cookie_secret")
# Tests stop the hub in the middle of a quiz: servers and proxy then go on without it, as they do in Kubernetes.
c.JupyterHub.cleanup_servers = c.JupyterHub.cleanup_proxy = not os.environ.get("HUB_KEEPS_SERVERS")

# Whoever knows the password that run.py prints can come in under these names, and under no other.
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = os.environ["HUB_PASSWORD"]
c.SharedPasswordAuthenticator.admin_password = os.environ["HUB_TEACHER_PASSWORD"]
c.Authenticator.allowed_users = set(STUDENTS)
c.Authenticator.admin_users = {"teacher"}

c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(STATE / "homes" / "{username}")
c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
c.Spawner.notebook_dir = "~"
c.Spawner.default_url = f"/lab/tree/notebooks/{FIRST}"
c.Spawner.http_timeout = c.Spawner.start_timeout = 120
c.Spawner.poll_interval = 10  # a server that was lost is noticed, and another may be started
c.JupyterHub.concurrent_spawn_limit = 20
if hasattr(os, "geteuid") and os.geteuid() == 0:
    c.Spawner.args = ["--allow-root"]

c.Spawner.environment = {"JUPYTER_PREFER_ENV_PATH": "1"}


def give_notebooks(spawner: Any) -> None:
    """Puts the lessons into a student's home before the server starts: those that are not there yet, and no other."""
    home = STATE / "homes" / spawner.user.name
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        target = home / "notebooks" / path.name
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    # What a kernel and its server tell one another must not need the student's disk, which may be full.
    runtime = STATE / "run" / spawner.user.name
    runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
    spawner.environment = {**spawner.environment, "JUPYTER_RUNTIME_DIR": str(runtime)}


c.Spawner.pre_spawn_hook = give_notebooks

configure(c, folder=STATE / "handed-in", port=PORT + 3)
