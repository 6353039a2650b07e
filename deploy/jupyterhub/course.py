"""What every hub of this course is told, whichever kind it is: the hand-in service, and what students' servers know.

The configuration for trying out and the one for The Littlest JupyterHub both call `configure`; `values.yaml` says the
same to Kubernetes, and a test compares the two.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

SERVICE = "hand-in"
FIRST = "00-start-here.ipynb"
HERE = Path(__file__).resolve().parent


def configure(c: Any, *, folder: Path, port: int, python: str = sys.executable, user: str = "") -> None:
    """Adds the course to a hub's configuration.

    `folder` is the teacher's, in which the hand-ins lie; `user` the system's user that owns it, the hub's own when
    left out; `port` one that is free on this machine.
    """
    address = f"http://127.0.0.1:{port}"
    service = {
        "name": SERVICE,
        "url": address,
        "command": [python, str(HERE / "hand_in_service.py")],
        "environment": {"HAND_IN_FOLDER": str(folder)},
        "oauth_no_confirm": True,
    }
    if user:
        service["user"] = user
    # Added, not set: The Littlest JupyterHub loads this apart from its own configuration, and what is set here would
    # take the place of what stands there, such as the service that stops idle servers.
    c.JupyterHub.services.append(service)
    c.JupyterHub.load_roles.extend(roles())
    # What a student's server may do by its token: tell the hub that it is in use, be opened, and hand in.
    c.Spawner.server_token_scopes = [
        "users:activity!user",
        "access:servers!server",
        f"access:services!service={SERVICE}",
    ]
    c.Spawner.environment.update({"LESSON_HAND_IN_URL": f"{address}/services/{SERVICE}/send"})


def roles() -> list[dict[str, Any]]:
    """Every user of the hub may reach the service; the service itself may do nothing but ask who somebody is."""
    return [{"name": "user", "scopes": ["self", f"access:services!service={SERVICE}"]}]
