"""Files written whole or not at all: beside the old one first, then in its place."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path


def write_whole(path: Path, parts: Iterable[bytes], *, mode: int = 0o666) -> None:
    """Writes a file, in one part or many; a crash half-way leaves the earlier one. Raises OSError, and leaves no draft.

    `mode` is who may read it, as far as the system's own mask allows.
    """
    draft = path.with_name(f".{secrets.token_hex(6)}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(draft, flags, mode), "wb") as file:
            for part in parts:
                file.write(part)
        draft.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise
