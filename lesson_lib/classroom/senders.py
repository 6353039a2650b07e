"""Whose hand-in it is: what a platform writes in the names of files and folders, compared with the class list.

The naming schemes are those of the platforms' own code:

- Moodle, mod/assign/classes/downloader.php: a folder "Full name_123456_assignsubmission_file" a student (older releases
  end it with "_"), or, without folders, files "Full name_123456_assignsubmission_file_hand-in-A.json". The number is
  the participant's in this assignment, which the grading worksheet has as "Participant 123456"; the name is
  "Participant" where identities are hidden. Text typed into the page comes as "…_assignsubmission_onlinetext".
- Canvas, lib/content_zipper.rb: "lastfirst_12345_67890_hand-in-A.json", the sortable name in lower case without spaces
  and signs, then the user's and the file's number, "_LATE" before them, "anon_x7Yz2" for the user where identities are
  hidden; "lastfirst_12345_text.html" for typed text. A second file of the same name gets "-1", "-2" … and after "-7"
  a UUID (app/models/attachment.rb, make_unique_filename).
- nbgrader, nbgrader/exchange/default/submit.py: inbound/username+assignment+timestamp+random/; and, once collected,
  submitted/username/assignment/ with timestamp.txt (nbgrader docs, "The philosophy and the approach").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from lesson_lib.classroom.roster import Student, same_name
from lesson_lib.know.catalogue import _


@dataclass(frozen=True, slots=True)
class Origin:
    """What a path says: the platform, who by number or user name and by name, and which try it is.

    `submission` is the same for all files that one student handed in at once, "" where the path does not tell.
    """

    platform: str = ""
    login: str = ""
    name: str = ""
    order: int = 0
    submission: str = ""
    time: float = 0.0
    typed: bool = False


_PLAIN = Origin()
_CANVAS = re.compile(
    r"(?:(?P<name>\w+?)_)??(?:(?:LATE|late)_)?(?:(?P<user>\d+)|anon_(?P<anon>[A-Za-z0-9]+))"
    r"_(?:(?P<file>\d+)_(?P<rest>.+)|(?P<typed>text|link)\.html)"
)
_INBOUND = re.compile(r"(?P<user>[^+]+)\+(?P<unit>[^+]+)\+(?P<time>\d{4}-\d\d-\d\d[^+]*)(?:\+[^+]*)?")
_UUID = re.compile(r"-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")


def origin(label: str, unit: str = "") -> Origin:
    """What the path of a hand-in says of who sent it.

    >>> origin("all.zip/Ada Lovelace_123_assignsubmission_file/hand-in-A.json").name
    'Ada Lovelace'
    >>> origin("canvas.zip/lovelaceada_LATE_12_345_hand-in-A-2.json", "A").order
    2
    >>> origin("inbound/ada+A+2026-11-25 10:00:00.5 UTC+x_/hand-in-A.json").login
    'ada'
    """
    parts = label.split("/")
    at = label.find("_assignsubmission_")
    if at >= 0:
        return _moodle(label, at)
    for place, part in enumerate(parts[:-1]):
        if "+" in part and (match := _INBOUND.fullmatch(part)):
            return Origin("nbgrader", match["user"], "", 0, "/".join(parts[: place + 1]), moment(match["time"]))
        if part == "submitted" and place + 3 < len(parts):
            return Origin("nbgrader", parts[place + 1], "", 0, "/".join(parts[: place + 3]))
    # A student's zip carries Canvas' name, not the files in it.
    for place in range(len(parts) - 1, -1, -1):
        if "_" in parts[place] and (match := _CANVAS.fullmatch(parts[place])):
            who = match["user"] or f"anon_{match['anon']}"
            folder = "/".join([*parts[:place], who])
            order = _resubmitted(match["rest"] or "", unit)
            return Origin("canvas", who, match["name"] or "", order, folder, 0.0, bool(match["typed"]))
    return _PLAIN


def _moodle(label: str, at: int) -> Origin:
    start = label.rfind("/", 0, at) + 1
    name, _, number = label[start:at].rpartition("_")
    if not number.isdigit():
        name, number = label[start:at], ""
    typed = label.startswith("_assignsubmission_onlinetext", at)
    return Origin("moodle", number, name.replace("_", " ").strip(), 0, label[:at], 0.0, typed)


def _resubmitted(name: str, unit: str) -> int:
    """Which of several files of one name it is; those that Canvas stopped counting came after the seventh."""
    stem = name.rpartition(".")[0].removeprefix(f"hand-in-{unit}")
    if _UUID.search(stem):
        return 8
    found = re.search(r"-(\d{1,2})$", stem)
    return int(found[1]) if found else 0


def moment(text: str) -> float:
    """A time as the platforms write it, in seconds since 1970, only to tell which is later; 0 for no time.

    >>> moment("2026-11-25 10:00:00.500000 UTC") > moment("2026-11-25 10:00:00 UTC") > moment("soon")
    True
    """
    found = re.match(r"(\d{4}-\d\d-\d\d)[ T](\d\d)[:.-](\d\d)[:.-](\d\d)(\.\d{1,6})?", text)
    if not found:
        return 0.0
    day, hour, minute, second, rest = found.groups()
    try:
        whole = datetime.fromisoformat(f"{day}T{hour}:{minute}:{second}").replace(tzinfo=UTC)
    except ValueError:
        return 0.0
    return whole.timestamp() + float(rest or 0)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who handed in, or why that cannot be told; `note` is what does not fit, `doubtful` when it may be another's."""

    student: Student | None
    reason: str = ""
    note: str = ""
    doubtful: bool = False


_LOGINS = (
    "username", "user name", "login", "login id", "sis login id", "sis user id", "user id", "id number", "student id",
    "matriculation number", "email", "email address", "e-mail",
)  # fmt: skip


class Senders:
    """The class list, ready to be asked whose a hand-in is."""

    def __init__(self, roster: Sequence[Student]) -> None:
        self._ids = {student.id: student for student in roster}
        self._names = _unique((same_name(student.name), student) for student in roster)
        self._joined = _unique((form, student) for student in roster for form in _joined(student.name))
        self._logins = _unique((login.casefold(), student) for student in roster for login in _logins(student))
        self._canvas = _unique((number, student) for student in roster for number in _canvas_numbers(student))
        self._moodle = _unique((number, student) for student in roster for number in _moodle_numbers(student))
        self._several = {key for names in (self._names, self._joined) for key, one in names.items() if one is None}

    def whose(self, student_id: str, name: str, sent: Origin) -> Sender:
        """Whose a record is: by the id in it, then the platform's number or user name, then the names, if unique.

        A record can name whomever its writer likes. Where the platform says another student of the class, the record
        stays with the student it names, but never takes the place of one that is in no doubt.
        """
        told = self._by_platform(sent)
        named = self._ids.get(student_id.strip())
        if named:
            if told and told is not named:
                note = _("The record names {named}, but {sender} handed it in: look whose it is.")
                return Sender(named, note=note.format(named=_said(named), sender=_said(told)), doubtful=True)
            return Sender(named)
        note = ""
        if student_id.strip():
            note = _("The id {id} in the record is not in the class list.").format(id=printed(student_id))
        written = self._names.get(same_name(name)) if name.strip() else None
        if told:
            if written and written is not told:
                other = _("{sender} handed it in, but the name in it is that of {other}.")
                note = f"{note} {other.format(sender=_said(told), other=_said(written))}".strip()
            return Sender(told, note=note)
        if written:
            return Sender(written, note=note)
        return Sender(None, self._why(student_id.strip(), name, sent))

    def _by_platform(self, sent: Origin) -> Student | None:
        if not sent.platform:
            return None
        found: Student | None = None
        if sent.platform == "nbgrader":
            return self._ids.get(sent.login) or self._logins.get(sent.login.casefold())
        if sent.platform == "canvas":
            return self._canvas.get(sent.login) or self._joined.get(_bare(sent.name).replace("_", ""))
        found = self._moodle.get(sent.login) or self._names.get(same_name(sent.name))
        # A download by group puts "Group A-" before the name.
        tail = sent.name
        while not found and "-" in tail:
            tail = tail.partition("-")[2]
            found = self._names.get(same_name(tail))
        return found

    def _why(self, student_id: str, name: str, sent: Origin) -> str:
        # Each stands after "has": in the case that it takes there, in languages that have cases.
        tried = []
        if student_id:
            tried.append(_("the id {id}").format(id=printed(student_id)))
        if sent.platform == "nbgrader":
            tried.append(_("the user name {name}").format(name=printed(sent.login)))
        elif sent.name:
            said = _("{platform}'s name {name}")
            tried.append(said.format(platform=sent.platform.capitalize(), name=printed(sent.name)))
        if name.strip():
            tried.append(_("the name {name}").format(name=printed(name)))
        if not tried:
            return _("It does not say whose it is: there is no id and no name in it.")
        doubled = [one for one in (sent.name, name) if {same_name(one), _bare(one)} & self._several]
        if doubled:
            several = _("More than one student in the class list may be {name}, and it holds no id that tells.")
            return several.format(name=printed(doubled[0]))
        return _("Nobody in the class list has {this}.").format(this=_(" or ").join(tried))


def printed(text: str) -> str:
    """
    >>> printed("Ada"), len(printed("x" * 900))
    ('“Ada”', 62)
    """
    text = " ".join(text[:500].split())
    return _("“{text}”").format(text=f"{text[:59]}…" if len(text) > 60 else text)


def _said(student: Student) -> str:
    return f"{student.name} ({student.id})"


def _unique(pairs: Iterable[tuple[str, Student]]) -> dict[str, Student | None]:
    """Each key with the one student who has it, None where several do; empty keys are nobody's."""
    found: dict[str, Student | None] = {}
    for key, student in pairs:
        if key:
            found[key] = student if found.get(key, student) is student else None
    return found


def _bare(name: str) -> str:
    bare = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in bare if letter.isalnum() or letter == "_")


def _joined(name: str) -> set[str]:
    """What Canvas may make of a name: last name first, in one word; without a comma each word may begin the last."""
    if "," in name:
        return {_bare(name)}
    words = name.split()
    return {_bare("".join(words[at:] + words[:at])) for at in range(len(words))}


def _logins(student: Student) -> set[str]:
    given = {head.casefold().strip(): value.strip() for head, value in student.extra.items()}
    found = {given.get(head, "") for head in _LOGINS} | {student.id, student.email}
    return found | {value.partition("@")[0] for value in found if "@" in value}


def _canvas_numbers(student: Student) -> set[str]:
    """Canvas' own number: the column ID in its exports, where the school's id is called SIS User ID."""
    given = {head.casefold().strip(): value.strip() for head, value in student.extra.items()}
    own = given.get("id", "") if {"sis user id", "sis login id"} & given.keys() else ""
    return {own, given.get("canvas id", ""), given.get("canvas user id", "")}


def _moodle_numbers(student: Student) -> set[str]:
    """The number in the grading worksheet's column Identifier: "Participant 123456", in the site's language."""
    given = {head.casefold().strip(): value for head, value in student.extra.items()}
    found = re.search(r"(\d+)\s*$", given.get("identifier", ""))
    return {found[1]} if found else set()
