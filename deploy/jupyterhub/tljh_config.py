"""For The Littlest JupyterHub: link this file into /opt/tljh/config/jupyterhub_config.d/. The steps are in README.md.

The Littlest JupyterHub gives each student a user and a home of their own. The course lies once, in
/srv/guarantees-on-paper, for reading only; the hand-ins go to /srv/handed-in, which belongs to the user `hand-in`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from course import FIRST, configure  # noqa: E402 (this folder is no package)

c: Any = get_config()  # type: ignore[name-defined]  # noqa: F821 (JupyterHub gives it)

# Where a student lands who comes without a link; the folder is the one that nbgitpuller makes.
c.Spawner.default_url = f"/lab/tree/guarantees-on-paper/notebooks/{FIRST}"

configure(c, folder=Path("/srv/handed-in"), port=15003, user="hand-in")
