"""Every file in what a teacher was handed: files, folders and zip files, read with care and without unpacking.

Nothing is written to disk, run or unpickled. Links are not followed, names that lead elsewhere are refused, and sizes
are known before a byte is read. What cannot be read becomes a Trouble, and the rest goes on. The order is that of the
names, whatever the order of the file system.
"""

from __future__ import annotations

import calendar
import contextlib
import io
import lzma
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple, cast

from lesson_lib.know.catalogue import N_, _, ngettext
from lesson_lib.think.numerals import figure, separated

MOST_BYTES = 20_000_000
"""No larger file is read: a hand-in has some 20 kB, a saved notebook seldom 1 MB."""

READABLE = (".json", ".ipynb", ".html", ".htm", ".txt", ".zip")
"""What may hold a hand-in or say something of one."""

# A member as large as this is refused when it unpacks to more than so many times its packed size: JSON gives 5 to 25.
_LARGE, _RATIO = 1_000_000, 60
_DEEPEST, _LONGEST = 24, 1_000  # folders in folders, and letters in a path


class _Limits(NamedTuple):
    """How much a zip may hold: members, bytes of their list, bytes of what would be read, unpacked."""

    members: int
    listing: int
    unpacked: int


# What the teacher names may be a class of 100,000; what lies in a folder or in another zip may be a student's.
_GIVEN = _Limits(300_000, 120_000_000, 20_000_000_000)
_FOUND = _Limits(20_000, 6_000_000, 256_000_000)
_NESTED = _Limits(1_000, 400_000, 64_000_000)

_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError, LookupError,
    OverflowError, NotImplementedError, RuntimeError, MemoryError,
)  # fmt: skip
"""What a damaged zip makes the standard library raise."""

_LINK = N_("It is a link: links are not followed. Ask for the file itself.")
_NO_FILE = N_("It is no ordinary file.")
_NOT_READ = N_("It cannot be read ({reason}).")
_TOO_LARGE = N_("It has more than {most} MB, and no more are read.")


@dataclass(frozen=True)
class Trouble:
    """Something a teacher should look at: which file, why, and whose it seems to be."""

    file: str
    reason: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file to read: its path in words, its size and time, and where to find it again."""

    label: str
    size: int
    time: float
    path: str
    members: tuple[int, ...] = ()

    @property
    def suffix(self) -> str:
        name = self.label.rpartition("/")[2]
        return f".{name.rpartition('.')[2].lower()}" if "." in name else ""


class Unfit(ValueError):
    """A file that cannot be used; the message tells a teacher why."""


class _Held(NamedTuple):
    path: str
    members: tuple[int, ...]
    archive: zipfile.ZipFile
    source: IO[bytes]


class Archives:
    """Walks through paths and reads what it finds; the zip read last stays open, and the one inside it."""

    def __init__(self) -> None:
        self._held: list[_Held] = []

    def __enter__(self) -> Archives:
        return self

    def __exit__(self, *_: object) -> None:
        self._let_go(0)

    def read(self, entry: Entry) -> bytes:
        """The bytes of a file. Raises Unfit with the reason in words."""
        if entry.size > MOST_BYTES:
            said = _("It has {size} MB: no more than {most} MB are read.")
            raise Unfit(said.format(size=_megabytes(entry.size), most=MOST_BYTES // 1_000_000))
        if not entry.members:
            return _read_file(entry.path)
        archive = self._zip(entry.path, entry.members[:-1], _NESTED if len(entry.members) > 1 else _GIVEN)
        return _unpacked(archive, entry.members[-1])

    def _zip(self, path: str, members: tuple[int, ...], limits: _Limits) -> zipfile.ZipFile:
        """The zip at a path, or inside the zip there. Raises Unfit."""
        level = len(members)
        if len(self._held) > level and self._held[level][:2] == (path, members):
            return self._held[level].archive
        if level:
            outer = self._zip(path, members[:-1], _GIVEN)
            data = _unpacked(outer, members[-1])
            self._let_go(level)
            source, size = cast(IO[bytes], io.BytesIO(data)), len(data)
        else:
            self._let_go(0)
            source = _opened(path)
            size = os.fstat(source.fileno()).st_size
        try:
            archive = zipfile.ZipFile(cast(IO[bytes], _Guarded(source, limits.listing)))
            _check(archive, size, limits)
        except Unfit:
            source.close()
            raise
        except _BROKEN:
            source.close()
            raise Unfit(_("The zip is damaged or cut off: it cannot be opened.")) from None
        self._held.append(_Held(path, members, archive, source))
        return archive

    def _let_go(self, level: int) -> None:
        while len(self._held) > level:
            held = self._held.pop()
            held.archive.close()
            held.source.close()

    def walk(self, paths: Sequence[Path]) -> Iterator[Entry | Trouble]:
        """Every file under the paths and every Trouble on the way."""
        for path in _once(paths):
            label = printable(path.name or "/")
            try:
                about = path.stat()
            except (OSError, ValueError):
                yield Trouble(label, _("It cannot be found or opened."))
                continue
            if stat.S_ISDIR(about.st_mode):
                yield from self._folder(str(path), label)
            elif not stat.S_ISREG(about.st_mode):
                yield Trouble(label, _(_NO_FILE))
            elif path.suffix.lower() == ".zip":
                yield from self._members(str(path), (), label, _GIVEN)
            else:
                yield Entry(label, about.st_size, about.st_mtime, str(path))

    def _folder(self, path: str, label: str, depth: int = 0) -> Iterator[Entry | Trouble]:
        try:
            with os.scandir(path) as found:
                names = {each.name for each in found if not _silent(each.name)}
        except OSError as error:
            yield Trouble(label, _("The folder cannot be read ({reason}).").format(reason=error.strerror))
            return
        for name in sorted(names - _prepared(names)):
            inside, place = f"{label}/{printable(name)}", f"{path}{os.sep}{name}"
            try:
                about = os.lstat(place)
            except OSError as error:
                yield Trouble(inside, _(_NOT_READ).format(reason=error.strerror))
                continue
            # Windows has a second kind of link, the junction, which looks like a folder.
            if stat.S_ISLNK(about.st_mode) or getattr(about, "st_reparse_tag", 0) == 0xA0000003:
                yield Trouble(inside, _(_LINK))
            elif stat.S_ISDIR(about.st_mode):
                if depth < _DEEPEST:
                    yield from self._folder(place, inside, depth + 1)
                else:
                    yield Trouble(inside, _("Too many folders in folders: what is in here was not read."))
            elif not stat.S_ISREG(about.st_mode):
                yield Trouble(inside, _(_NO_FILE))
            elif name.lower().endswith(".zip"):
                yield from self._members(place, (), inside, _FOUND)
            else:
                yield Entry(inside, about.st_size, about.st_mtime, place)

    def _members(self, path: str, members: tuple[int, ...], label: str, limits: _Limits) -> Iterator[Entry | Trouble]:
        try:
            listed = self._zip(path, members, limits).infolist()
        except Unfit as unfit:
            yield Trouble(label, str(unfit))
            return
        anything = not members
        names = sorted((_member_name(info), number) for number, info in enumerate(listed))
        for name, number in names:
            parts = name.split("/")
            if name.endswith("/") or any(_silent(part) for part in parts):
                continue
            info, inside = listed[number], f"{label}/{printable(name[:_LONGEST])}"
            reason = _hostile(name, parts) or _unreadable(info)
            # In a student's own zip all sorts of things may lie; only what might be the hand-in is spoken of.
            if members and not reason and not name.lower().endswith(READABLE):
                continue
            anything = True
            if reason:
                yield Trouble(inside, reason)
            elif not name.lower().endswith(".zip"):
                yield Entry(inside, info.file_size, _when(info), path, (*members, number))
            elif members:
                yield Trouble(inside, _("It is a zip in a zip in a zip: not opened. Ask for the file itself."))
            elif info.file_size > MOST_BYTES:
                said = _("It has {size} MB: too large to be opened.")
                yield Trouble(inside, said.format(size=_megabytes(info.file_size)))
            else:
                yield from self._members(path, (number,), inside, _NESTED)
        if not anything:
            yield Trouble(label, _("The zip holds no hand-in file and no notebook."))


def _megabytes(size: int) -> str:
    return separated(f"{size / 1e6:,.0f}")


def printable(text: str) -> str:
    """A name as it can be written anywhere: no control characters, none that turn the direction of writing.

    >>> printable("Zoë/hand-in-A.json"), printable("a\\nb\\udcff")
    ('Zoë/hand-in-A.json', 'a�b\\\\udcff')
    """
    if text.isprintable():
        return text
    text = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", "\ufffd", text)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _once(paths: Sequence[Path]) -> list[Path]:
    """The paths, resolved; one that is named twice, or lies in a folder that is named too, is read once."""
    found: dict[Path, None] = {}
    for path in paths:
        try:
            found[path.resolve()] = None
        except (OSError, RuntimeError, ValueError):
            found[path] = None
    return [path for path in found if not path.exists() or not any(parent in found for parent in path.parents)]


def _silent(name: str) -> bool:
    """What computers leave behind, and nobody handed in."""
    return (
        name in (".DS_Store", "__MACOSX", "__pycache__", ".ipynb_checkpoints", ".git", "Thumbs.db", "desktop.ini")
        or name.startswith(("._", "~$", ".~"))
    )  # fmt: skip


def _prepared(names: set[str]) -> set[str]:
    """Beside what students submitted to nbgrader lies what the teacher made (nbgrader docs, "The philosophy")."""
    if "inbound" in names:
        return {"outbound", "feedback"}
    return {"source", "release", "autograded", "feedback", "solution"} if "submitted" in names else set()


def _opened(path: str) -> IO[bytes]:
    """An ordinary file, open. A link, or a pipe that would never end, is refused even if it came there just now."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags)
    except (OSError, ValueError) as error:
        raise Unfit(_(_NOT_READ).format(reason=getattr(error, "strerror", None) or _("its name"))) from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Unfit(_(_NO_FILE))
    return os.fdopen(handle, "rb")


def _read_file(path: str) -> bytes:
    with _opened(path) as file:
        try:
            data = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise Unfit(_(_NOT_READ).format(reason=error.strerror)) from None
    if len(data) > MOST_BYTES:
        raise Unfit(_(_TOO_LARGE).format(most=MOST_BYTES // 1_000_000))
    return data


# ---- zip files ----------------------------------------------------------------------------------------------------


class _Guarded:
    """The bytes of a zip for `zipfile`, which reads the list of members at once, however long it says it is."""

    def __init__(self, source: IO[bytes], most: int) -> None:
        self._source, self._most = source, most
        self.seek, self.tell = source.seek, source.tell

    def read(self, size: int = -1) -> bytes:
        if size > self._most:
            raise Unfit(_("The zip lists more files than a hand-in or a class has: not opened."))
        return self._source.read(size if size >= 0 else self._most)

    def seekable(self) -> bool:
        return True


def _check(archive: zipfile.ZipFile, size: int, limits: _Limits) -> None:
    listed = archive.infolist()
    if len(listed) > limits.members:
        said = ngettext(
            "The zip holds {n} file: no more than {most} are read.",
            "The zip holds {n} files: no more than {most} are read.",
            len(listed),
        )
        raise Unfit(said.format(n=figure(len(listed)), most=figure(limits.members)))
    # Members that share their bytes are how a small zip unpacks to terabytes (D. Fifield, "A better zip bomb", 2019).
    if sum(info.compress_size for info in listed) > size:
        raise Unfit(_("The parts of the zip overlap, as in a zip bomb: not opened."))
    total = sum(
        info.file_size
        for info in listed
        if info.file_size <= MOST_BYTES and info.orig_filename.lower().endswith(READABLE) and not _unreadable(info)
    )
    if total > limits.unpacked:
        raise Unfit(_("The zip unpacks to {size} MB: not opened.").format(size=_megabytes(total)))


def _member_name(info: zipfile.ZipInfo) -> str:
    """The name as whoever made the zip meant it: some write UTF-8 without saying so, or Windows' backslashes."""
    name = info.orig_filename
    if not info.flag_bits & 0x800 and not name.isascii():
        with contextlib.suppress(ValueError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _hostile(name: str, parts: Sequence[str]) -> str:
    """Why a name is refused; nothing is ever written under it, but it is nothing that a platform makes."""
    if "\0" in name:
        return _("Its name holds a NUL character: it was not read.")
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in parts:
        return _("Its name leads out of the zip: it was not read.")
    if len(name) > _LONGEST or len(parts) > _DEEPEST:
        return _("Its name is too long: it was not read.")
    if any(re.fullmatch(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])( *\..*)?", part) for part in parts):
        return _("Its name is one that Windows keeps for a device: it was not read.")
    return ""


def _unreadable(info: zipfile.ZipInfo) -> str:
    """Why a member is refused before it is unpacked."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return _(_LINK)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return _(_NO_FILE)
    if info.flag_bits & 0x1:
        return _("It is protected by a password. Ask for it without one.")
    if info.file_size > _LARGE and info.file_size > _RATIO * max(info.compress_size, 1):
        said = _("It unpacks to {size} MB from next to nothing, as in a zip bomb: it was not read.")
        return said.format(size=_megabytes(info.file_size))
    return ""


def _unpacked(archive: zipfile.ZipFile, number: int) -> bytes:
    """The bytes of a member, never more than MOST_BYTES of them. Raises Unfit."""
    try:
        with archive.open(archive.infolist()[number]) as member:
            data = member.read(MOST_BYTES + 1)
    except Unfit:
        raise
    except _BROKEN:
        raise Unfit(_("It is damaged inside the zip: it cannot be unpacked.")) from None
    if len(data) > MOST_BYTES:
        raise Unfit(_(_TOO_LARGE).format(most=MOST_BYTES // 1_000_000))
    return data


def _when(info: zipfile.ZipInfo) -> float:
    try:
        return float(calendar.timegm((*info.date_time, 0, 0, 0)))
    except (ValueError, OverflowError):
        return 0.0
