"""Handing in on a class's server: the record goes to the teacher's folder by way of the server's hand-in service.

Where there is no such server, nothing here does anything. The service tells from the token of the student's own
server who hands in, and answers when the file lies whole on its disk; see `deploy/jupyterhub/`.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime

from lesson_lib.know.catalogue import _

ADDRESS = "LESSON_HAND_IN_URL"
"""The service's address; a class's server sets it, nobody else."""

_TOKEN = "JUPYTERHUB_API_TOKEN"  # noqa: S105 (the name of a variable)
_SECONDS = 10


@dataclass(frozen=True)
class Delivery:
    """What became of it: the student's name on the server and when the file was there, or why it is not."""

    student: str = ""
    at: str = ""
    trouble: str = ""


def serves() -> bool:
    """Whether hand-ins go to a teacher's folder by themselves here.

    >>> serves()
    False
    """
    return bool(os.environ.get(ADDRESS))


def deliver(record: bytes) -> Delivery:
    """Sends one hand-in; never raises. `trouble` is half a sentence, "" when the teacher has the file."""
    # Loaded only when somebody hands in: a class of many idle kernels pays for every module.
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import ProxyHandler, Request, build_opener

    headers = {"Authorization": f"token {os.environ.get(_TOKEN, '')}", "Content-Type": "application/json"}
    try:
        asked = Request(os.environ.get(ADDRESS, ""), record, headers, method="POST")  # noqa: S310 (the server's own)
        # The service is in the same house: never through a proxy for the web.
        with build_opener(ProxyHandler({})).open(asked, timeout=_SECONDS) as answer:
            told = json.loads(answer.read(10_000))
        datetime.fromisoformat(told["at"])
        return Delivery(str(told["student"]), told["at"])
    except HTTPError as error:
        with error:
            return Delivery(trouble=_refused(error.code, error.read(10_000)))
    except (OSError, HTTPException, ValueError, KeyError, TypeError):
        return Delivery(trouble=_("your teacher’s folder cannot be reached at the moment"))


def _refused(status: int, body: bytes) -> str:
    try:
        return str(json.loads(body)["message"])[:300]
    except (ValueError, KeyError, TypeError):
        if status in (401, 403):
            return _("the server does not know this notebook’s sender any more: stop your server and start it again")
        return _("your teacher’s folder did not take it (answer {status})").format(status=status)
