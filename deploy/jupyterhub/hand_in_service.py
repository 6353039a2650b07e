"""A JupyterHub service that puts hand-ins into the teacher's folder, under the name the student has on the hub.

`hand_in()` in a notebook sends the record here with the token of the student's own server. The hub says whose token
it is, so nobody can hand in for another; nobody can read or change what is there; and the answer is sent only when
the file lies whole on the disk. Handing in again keeps the earlier file. A teacher downloads everything as one zip.

This one file needs JupyterHub and tornado, which every hub has, and nothing of the course: it is copied as it is.
HAND_IN_FOLDER names the folder; its layout is that of nbgrader's inbox, which `lessons grade` reads:
LESSON/STUDENT+LESSON+TIME+RANDOM/hand-in-LESSON.json.
"""

from __future__ import annotations

import contextlib
import errno
import html
import json
import os
import re
import secrets
import shutil
import tempfile
import zipfile
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from jupyterhub.services.auth import HubAuth, HubAuthenticated, HubOAuth, HubOAuthCallbackHandler, HubOAuthenticated
from tornado import httpserver, ioloop, web

MOST_BYTES = 5_000_000
"""Far larger than any hand-in: a lesson answered whole is some tens of kilobytes."""

MOST_FILES = 200
"""Of one student in one lesson: a loop that hands in for ever fills no disk."""

READ = "custom:hand-in:read"
"""Who may download: the hub's administrators, and whoever has this scope."""


class Refused(Exception):
    """A hand-in that is not kept; its text is the line for the student, `status` the HTTP status."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def keep(folder: Path, student: str, body: bytes, now: datetime) -> Path:
    """Writes one hand-in whole, beside the earlier ones; returns its file when it is on the disk. Raises Refused."""
    lesson = _lesson(body)
    if not lesson:
        raise Refused(400, "what was sent is no hand-in; run the cell again")
    # "+" divides the parts of the folder's name; what some system cannot have in a name is written as %xx.
    sender = re.sub(r"^\.|[^\w@. -]", lambda odd: f"%{ord(odd[0]):02X}", student) + f"+{lesson}+"
    shelf = folder / lesson
    draft = shelf / f".{secrets.token_hex(8)}"
    try:
        shelf.mkdir(parents=True, exist_ok=True)
        if sum(name.startswith(sender) for name in os.listdir(shelf)) >= MOST_FILES:  # noqa: PTH208 (names alone)
            raise Refused(429, f"your teacher has {MOST_FILES} hand-ins of yours already; ask your teacher")
        draft.mkdir()
        kept = shelf / f"{sender}{now:%Y-%m-%d %H-%M-%S.%f} UTC+{secrets.token_hex(4)}"
        with (draft / f"hand-in-{lesson}.json").open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(kept)
        for path in (kept, shelf):
            _settle(path)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        why = "your teacher’s folder is full" if full else "your teacher’s folder cannot be written"
        raise Refused(507 if full else 500, f"{why}; tell your teacher") from error
    return kept / f"hand-in-{lesson}.json"


def _lesson(body: bytes) -> str:
    """The lesson that a hand-in is for; "" where it is no hand-in, or its lesson no name for a folder."""
    try:
        record = json.loads(body)
        lesson = record["lesson"]
        return lesson if isinstance(record["items"], dict) and re.fullmatch(r"\w{1,40}", lesson) else ""
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def _settle(folder: Path) -> None:
    """Brings a folder's new name to the disk, so that it outlives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def pack(folder: Path, lesson: str, target: Path) -> None:
    """Everything handed in for a lesson, as the zip that `lessons grade` reads."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted((folder / lesson).glob("[!.]*/*.json")):
            archive.write(path, path.relative_to(folder))


class Send(HubAuthenticated, web.RequestHandler):  # type: ignore[misc]
    """Where notebooks send to: by token only, never by a browser's cookie."""

    hub_auth: HubAuth

    @web.authenticated
    async def post(self) -> None:
        student = self.current_user
        now = datetime.now(timezone.utc)  # noqa: UP017 (it runs on the hub's own Python: 3.10 with Ubuntu 22.04)
        loop = ioloop.IOLoop.current()
        try:
            if student.get("kind", "user") != "user":
                raise Refused(403, "only a student's own server can hand in")
            await loop.run_in_executor(None, keep, _folder(), student["name"], self.request.body, now)
        except Refused as no:
            self.set_status(no.status)
            self.finish({"message": str(no)})
            return
        self.set_status(201)
        self.finish({"student": student["name"], "at": now.isoformat(timespec="seconds")})


class Download(HubOAuthenticated, web.RequestHandler):  # type: ignore[misc]
    """The teacher's page: what came in for each lesson, and a zip of it."""

    @web.authenticated
    async def get(self) -> None:
        user: dict[str, Any] = self.current_user
        if not user.get("admin") and READ not in user.get("scopes", []):
            self.set_status(403)
            self.finish("<p>This page is for teachers. Your own hand-in is confirmed in the notebook.</p>")
            return
        folder = _folder()
        lessons = sorted(path.name for path in folder.glob("[!.]*") if path.is_dir())
        wanted = self.get_query_argument("lesson", "")
        if wanted in lessons:
            await self._send(folder, wanted)
            return
        lines = [
            f'<li><a href="?lesson={quote(name)}">{html.escape(name)}.zip</a>: '
            f"{sum(1 for _ in (folder / name).glob('[!.]*'))} files</li>"
            for name in lessons
        ]
        self.finish(
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Handed in</title><h1>Handed in</h1>'
            f"<ul>{''.join(lines)}</ul><p>{'' if lines else 'Nothing yet. '}For the marks: "
            "<code>lessons grade A.zip --unit A --bank my-bank -o grades</code></p></html>"
        )

    async def _send(self, folder: Path, lesson: str) -> None:
        self.set_header("Content-Type", "application/zip")
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(lesson)}.zip")
        with tempfile.TemporaryDirectory() as scratch:
            target = Path(scratch) / "all.zip"
            await ioloop.IOLoop.current().run_in_executor(None, pack, folder, lesson, target)
            with target.open("rb") as file:
                while part := file.read(1 << 20):
                    self.write(part)
                    await self.flush()
        self.finish()


def _folder() -> Path:
    return Path(os.environ["HAND_IN_FOLDER"])


def main() -> None:
    """Runs the service as the hub starts it: address, prefix and token come in the environment."""
    address = urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"])
    prefix = os.environ["JUPYTERHUB_SERVICE_PREFIX"]
    by_token, by_login = HubAuth(cache_max_age=60), HubOAuth.instance(cache_max_age=60)
    Send.hub_auth, Download.hub_auth = by_token, by_login
    app = web.Application(
        [
            (prefix + "send", Send),
            (prefix + "oauth_callback", HubOAuthCallbackHandler),
            (prefix + "?", Download),
        ],
        cookie_secret=secrets.token_bytes(32),
    )
    os.umask(0o027)
    _folder().mkdir(parents=True, exist_ok=True)
    server = httpserver.HTTPServer(app, max_buffer_size=MOST_BYTES, max_body_size=MOST_BYTES)
    # Kubernetes reaches the service by the name of the hub's pod; on one machine nobody outside needs to.
    server.listen(address.port or 80, os.environ.get("HAND_IN_LISTEN") or address.hostname or "127.0.0.1")
    # A hub that was killed starts another service: this one must not keep its place.
    hub, loop = os.getppid(), ioloop.IOLoop.current()
    ioloop.PeriodicCallback(lambda: None if os.getppid() == hub else loop.stop(), 1000).start()
    with contextlib.suppress(KeyboardInterrupt):
        loop.start()


if __name__ == "__main__":
    main()
