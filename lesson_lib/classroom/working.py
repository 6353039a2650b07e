"""A run of marking that may be broken off: what is marked so far, in two working files beside the gradebook.

The lines of the gradebook go into `gradebook-A.part.jsonl` as they are marked. After each batch, a line in
`gradebook-A.part.log` says how far they are good: their length and checksum, how many hand-ins that is, and what was
odd with them. Its first line says of what: with another key, release, class or hand-in, or in another language (the log
keeps sentences), the run begins anew. So neither a torn line nor a power cut leaves anything in the gradebook that an
unbroken run would not have put there.
"""

from __future__ import annotations

import json
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from lesson_lib.classroom.archives import Trouble
from lesson_lib.know import catalogue
from lesson_lib.know.catalogue import _
from lesson_lib.know.errors import LessonError

if sys.platform == "win32":
    import msvcrt

    def _hold(file: IO[bytes]) -> None:
        file.seek(0x7FFFFFFF)  # far behind the text, so that it can still be read
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _hold(file: IO[bytes]) -> None:
        # Not flock: that would be handed on to the processes that mark, and outlive this one.
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Working:
    """The working files of one run. Use it as a context; left without `clear`, they wait for the next run."""

    def __init__(self, book: Path) -> None:
        self.lines = book.with_name(f"{book.stem}.part.jsonl")
        self._log_path = book.with_name(f"{book.stem}.part.log")
        self.passed = self.of = self.handins = self.answers = 0
        self.troubles: list[Trouble] = []
        self._end = 0
        self._log: IO[bytes] | None = None
        self._data: IO[bytes] | None = None

    def __enter__(self) -> Working:
        self._log = self._log_path.open("r+b" if self._log_path.is_file() else "w+b")
        try:
            _hold(self._log)
        except OSError:
            self._log.close()
            raise LessonError(
                _("Another run is marking into {folder}: wait until it has ended, or end it.").format(
                    folder=self._log_path.parent
                )
            ) from None
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        for file in (self._data, self._log):
            if file:
                file.close()

    def start(self, known_by: str, count: int) -> int:
        """Begins, or goes on where a run of the same was broken off; gives how many of all that counts are done."""
        if self._log is None:
            raise RuntimeError("Working is used as a context.")
        known_by = f"{known_by}-{catalogue.current()}"
        self.of = count
        self._log.seek(0)
        self._data = self.lines.open("r+b" if self.lines.is_file() else "w+b")
        good = 0
        for batch, at in self._batches(known_by, count):
            data = self._data.read(batch["end"] - self._end)
            if zlib.crc32(data) != batch["crc"]:
                break
            good, self._end = at, batch["end"]
            self.passed, self.handins = batch["place"], batch["handins"]
            self.answers += data.count(b"\n")
            self.troubles += [Trouble(*each) for each in batch["troubles"]]
        self._log.seek(good)
        self._log.truncate()
        if not good:
            self._say({"run": known_by, "of": count})
        self._data.seek(self._end)
        self._data.truncate()
        return self.passed

    def _batches(self, known_by: str, count: int) -> Iterator[tuple[dict[str, Any], int]]:
        """The batches that the log of this very run tells of, and where in the log each ends; a torn line ends them."""
        log = self._log
        if log is None or _read(log.readline()) != {"run": known_by, "of": count}:
            return
        end = 0
        while batch := _read(log.readline()):
            if batch.keys() != _BATCH or not end <= batch["end"]:
                return
            end = batch["end"]
            yield batch, log.tell()

    def keep(self, lines: str, handins: int, place: int, troubles: list[Trouble]) -> None:
        """Puts a batch down: its lines, how many hand-ins, the place of the last, and what was odd with them."""
        if self._data is None:
            raise RuntimeError("Working.start comes first.")
        data = lines.encode()
        self._data.write(data)
        self._data.flush()
        self._end += len(data)
        self.handins += handins
        self.answers += lines.count("\n")
        self.troubles += troubles
        told = [(each.file, each.reason, each.who) for each in troubles]
        batch = {"end": self._end, "crc": zlib.crc32(data), "handins": self.handins, "place": place, "troubles": told}
        self._say(batch)

    def _say(self, line: dict[str, Any]) -> None:
        if self._log:
            self._log.write(json.dumps(line, ensure_ascii=True).encode() + b"\n")
            self._log.flush()

    def finish(self) -> Path:
        """Everything is marked: the file with all the lines."""
        if self._data:
            self._data.close()
        return self.lines

    def clear(self) -> None:
        """Takes the working files away, once the gradebook stands."""
        self.__exit__(None, None, None)
        for path in (self.lines, self._log_path):
            path.unlink(missing_ok=True)


_BATCH = {"end", "crc", "handins", "place", "troubles"}


def _read(line: bytes) -> dict[str, Any]:
    """A line of the log, or nothing where it is torn."""
    try:
        found = json.loads(line) if line.endswith(b"\n") else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
