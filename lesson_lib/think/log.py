"""The log of what a student answered: one file a lesson, added to and never rewritten.

One JSON object a line; never a score, which is derived. A line that cannot be read costs that line only. What
cannot be saved is kept in memory, said in one sentence, and saved with the next answer.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from lesson_lib.know import catalogue
from lesson_lib.know.catalogue import _, ngettext
from lesson_lib.think.reading import Json

Event = dict[str, Json]
"""One line of the log: v, at, quiz, item, do, answer, sure."""

DOINGS = ("draft", "check", "hint", "reveal", "again")
_FOLDER = "my-answers"


class AnswerLog:
    """The answers next to the notebooks, in `my-answers/`, or where `folder` or `LESSON_ANSWERS` says."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = Path(folder or os.environ.get("LESSON_ANSWERS") or _home() / _FOLDER)
        self._read: dict[str, tuple[object, list[Event], list[int]]] = {}
        self._unsaved: dict[str, list[Event]] = {}
        self._watchers: list[Callable[[Event], None]] = []

    def append(
        self, quiz: str, item: str, do: str, answer: Json = None, sure: int | None = None, *, at: str = ""
    ) -> str:
        """Add one line. Never raises to the student: "" when saved, else one sentence on why it is not."""
        lesson = quiz.partition("-")[0]
        at = at or datetime.now().astimezone().isoformat(timespec="seconds")
        event = {"v": 1, "at": at, "quiz": quiz, "item": item, "do": do, "answer": answer, "sure": sure}
        try:
            event = json.loads(_line(event))  # what is remembered is exactly what a reader of the file will get
        except (TypeError, ValueError, RecursionError):
            return _("Not saved: this answer is neither text nor numbers nor a list of them.")
        if not _good(event) or not re.fullmatch(r"\w+", lesson):
            return _("Not saved: {name} is not something that can be answered.").format(name=f"{quiz}/{item}")
        trouble = self._save(lesson, event)
        for watcher in tuple(self._watchers):
            with contextlib.suppress(Exception):  # whoever looks on must not be able to lose an answer
                watcher(dict(event))
        return trouble

    def events(self, lesson: str) -> list[Event]:
        """Every line that can be read, in order, then what could not be saved yet."""
        found = self._load(lesson)[0]
        return found + [event for event in self._unsaved.get(lesson, []) if event not in found]

    def unreadable(self, lesson: str) -> list[int]:
        """The numbers of the lines that cannot be read."""
        return list(self._load(lesson)[1])

    def trouble(self, lesson: str) -> str:
        """One sentence on the lines that cannot be read; "" when there are none."""
        found, bad = self._load(lesson)
        if not bad:
            return ""
        shown = [str(number) for number in bad[:5]]
        shown += [_("{count} more").format(count=len(bad) - 5)] if len(bad) > 5 else []
        which = _(" and ").join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
        what = ngettext(
            "Line {which} of {file} could not be read;", "Lines {which} of {file} could not be read;", len(bad)
        ).format(which=which, file=self._shown(lesson))
        rest = ngettext("the other {count} answer is there.", "the other {count} answers are there.", len(found))
        return f"{what} " + (rest.format(count=len(found)) if found else _("there is nothing else in it."))

    def watch(self, callback: Callable[[Event], None]) -> Callable[[], None]:
        """Call back after each line added, saved or not. Gives a function that stops it."""
        self._watchers.append(callback)

        def stop() -> None:
            if callback in self._watchers:
                self._watchers.remove(callback)

        return stop

    def path(self, lesson: str) -> Path:
        """The file of a lesson."""
        return self.folder / f"{lesson}.jsonl"

    def _shown(self, lesson: str) -> str:
        return f"{self.folder.name}/{lesson}.jsonl"

    def _save(self, lesson: str, event: Event) -> str:
        waiting = self._unsaved.get(lesson, [])
        if waiting:  # part of what failed last time may have got through
            there = self._load(lesson)[0]
            waiting = [other for other in waiting if other not in there]
        self._unsaved[lesson] = [*waiting, event]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            _append(self.path(lesson), b"".join(map(_line, self._unsaved[lesson])))
        except OSError as error:
            return _("Not saved: {reason}. Your answer is kept while this notebook runs.").format(
                reason=_reason(error, self.folder)
            )
        self._unsaved[lesson] = []
        if _goes_with_the_page(self.folder):
            return _(
                "This browser keeps no files (is it a private window?): your answers are gone when you close this "
                "page. Hand in and download the file before that."
            )
        return ""

    def _load(self, lesson: str) -> tuple[list[Event], list[int]]:
        """The events in the file, and the unreadable lines' numbers; read again when the file has changed."""
        try:
            stat = self.path(lesson).stat()
            stamp = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
            known = self._read.get(lesson)
            if known is None or known[0] != stamp:
                known = (stamp, *_parse(self.path(lesson).read_bytes()))
                self._read[lesson] = known
        except OSError:  # no file yet, or one that may not be read
            return [], []
        return list(known[1]), known[2]


def _home() -> Path:
    """The folder of the notebooks. A translated one lies in a folder named after its language; answers do not."""
    here, spoken = Path.cwd(), catalogue.current()
    return here.parent if here.name == spoken != catalogue.ENGLISH else here


def _goes_with_the_page(folder: Path) -> bool:
    """Whether it is JupyterLite without its drive: where a browser allows none, files live as long as the page."""
    return sys.platform == "emscripten" and not folder.absolute().is_relative_to("/drive")


def _line(event: Event) -> bytes:
    try:
        return json.dumps(event, ensure_ascii=False, allow_nan=False).encode() + b"\n"
    except UnicodeEncodeError:  # half a character, as a browser may send: escaped, it survives
        return json.dumps(event, allow_nan=False).encode() + b"\n"


def _append(path: Path, data: bytes) -> None:
    """Add to the end in one write, so that two kernels writing at once cannot mix their lines."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, 0o644)
    try:
        if os.fstat(descriptor).st_size:
            os.lseek(descriptor, -1, os.SEEK_END)
            if os.read(descriptor, 1) != b"\n":  # a torn line: end it, so that it costs itself only
                data = b"\n" + data
        if os.write(descriptor, data) != len(data):
            raise OSError(errno.ENOSPC, "not all of it was written")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _reason(error: OSError, folder: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _("the disk is full; free some space, then check this answer again")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return _("the folder {folder} is read-only; copy the course to a folder of your own").format(folder=folder.name)
    if error.errno in (errno.EEXIST, errno.ENOTDIR, errno.EISDIR):
        return _("something else is named like the folder {folder} or the file in it; rename that").format(
            folder=folder.name
        )
    return _("the folder {folder} cannot be written ({reason})").format(
        folder=folder.name, reason=error.strerror or type(error).__name__
    )


def _parse(data: bytes) -> tuple[list[Event], list[int]]:
    events, bad = [], []
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            event = json.loads(line.removeprefix(b"\xef\xbb\xbf"))
        except (ValueError, RecursionError):
            event = None
        if _good(event):
            events.append(event)
        else:
            bad.append(number)
    return events, bad


def _good(event: Json) -> bool:
    """Whether a line has what a line must have; whatever else stands in it is no harm."""
    return (
        isinstance(event, dict)
        and event.get("v") == 1
        and all(isinstance(event.get(name), str) for name in ("at", "quiz", "item"))
        and event.get("do") in DOINGS
        and sure_of(event.get("sure")) == event.get("sure")
    )


def sure_of(value: Json) -> int | None:
    """How sure the student was, 1 to 3; None for anything else."""
    return value if type(value) is int and value in (1, 2, 3) else None
