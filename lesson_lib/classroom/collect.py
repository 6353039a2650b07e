"""Collecting: everything that was handed in for a unit, one hand-in a student, and a reason for everything else.

The first pass reads each file for whose it is and when it was made, and keeps no more of it than that; the second
reads again what counts. So a class of any size takes little memory. Nothing that a student sent is run or unpickled.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeAlias

from lesson_lib.classroom.archives import Archives, Entry, Trouble, Unfit, printable
from lesson_lib.classroom.gradebook import to_csv
from lesson_lib.classroom.records import NotOne, Wanted, record_in
from lesson_lib.classroom.roster import Student
from lesson_lib.classroom.senders import Origin, Senders, moment, origin
from lesson_lib.know.catalogue import _, ngettext
from lesson_lib.think.answers import read_record, receipt
from lesson_lib.think.reading import Json

__all__ = ["Collected", "Handin", "Trouble", "collect", "problems_csv", "stream"]


@dataclass(frozen=True)
class Handin:
    """What counts for a student: the record as `read_record` gives it, and the file it stands in.

    `at` is the newest answer's time, "" without one; `order` the platform's number of the try; `place` which of all
    that count it is, from 1.
    """

    student: Student
    record: dict[str, Any]
    file: str
    at: str
    order: int
    place: int = 0


Start: TypeAlias = Callable[[str, int], int]
"""Told what all that counts is known by, and how many they are; says how many of them are done already."""


@dataclass(frozen=True)
class Collected:
    """The hand-ins, one a student in the order of the class list; what to look at; and who handed in nothing."""

    handins: tuple[Handin, ...]
    problems: tuple[Trouble, ...]
    missing: tuple[Student, ...]


def collect(paths: Sequence[Path], unit: str, roster: Sequence[Student]) -> Collected:
    """Everything handed in for a unit in files, folders, zips of Moodle and Canvas, and an nbgrader exchange.

    Of several hand-ins of a student the latest counts; everything else is in `problems` with its reason. Never raises
    for what students sent. The same files give the same result, in the same order.
    """
    handins: dict[str, Handin] = {}
    problems: list[Trouble] = []
    for each in stream(paths, unit, roster):
        if isinstance(each, Handin):
            handins[each.student.id] = each
        else:
            problems.append(each)
    problems.sort(key=attrgetter("file", "reason"))
    return Collected(
        tuple(handins[student.id] for student in roster if student.id in handins),
        tuple(problems),
        tuple(student for student in roster if student.id not in handins),
    )


def problems_csv(problems: Iterable[Trouble]) -> str:
    """What a teacher should look at, as a table for a spreadsheet, in which no cell becomes a formula.

    >>> print(problems_csv([Trouble("=1.json", "It is empty.", "@Ada")]), end="")
    file,who,reason
    '=1.json,'@Ada,It is empty.
    """
    return to_csv([("file", "who", "reason"), *((each.file, each.who, each.reason) for each in problems)])


# ---- the first pass -----------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class _Candidate:
    """What is kept of a hand-in between the passes."""

    entry: Entry
    student: Student
    at: float
    written: str
    time: float
    order: int
    submission: str
    receipt: str
    notes: str
    doubtful: bool
    content: bytes
    brief: bool

    def later(self) -> tuple[bool, int, float, float, str]:
        """Larger counts: what is in no doubt, the platform's number, the newest answer, the file's time."""
        return not self.doubtful, self.order, self.at, self.time, self.entry.label


def stream(
    paths: Sequence[Path], unit: str, roster: Sequence[Student], *, brief: str = "", start: Start | None = None
) -> Iterator[Handin | Trouble]:
    """What `collect` gives, one after the other as it is read: of 100,000 records no more than one is held.

    Hand-ins come by student's id, one a student: the order that a gradebook has. What is odd with one comes before it.
    `brief` names the lesson whose hand-ins bring the brief that counts for this unit. `start` passes over as many as it
    says, so that a run that was broken off goes on.
    """
    senders = Senders(roster)
    found: dict[str, list[_Candidate]] = {}
    briefs: dict[str, list[_Candidate]] = {}
    aside: list[tuple[str, Trouble]] = []
    submitted: set[str] = set()
    times: dict[str, float] = {}
    with Archives() as archives:
        for each in archives.walk(paths):
            if isinstance(each, Trouble):
                yield each
                continue
            sent = origin(each.label, unit)
            try:
                if _beside(each, archives, sent, times):
                    continue
                candidate = _first_look(each, archives, (unit, brief), senders, sent)
            except NotOne as no:
                trouble = Trouble(each.label, str(no), _who(sent, senders))
                # Other files of a student who handed in properly are none of the teacher's worries.
                if sent.submission:
                    aside.append((sent.submission, trouble))
                else:
                    yield trouble
            except Unfit as unfit:
                yield Trouble(each.label, str(unfit), _who(sent, senders))
            else:
                if isinstance(candidate, Trouble):
                    yield candidate
                else:
                    (briefs if candidate.brief else found).setdefault(candidate.student.id, []).append(candidate)
                if sent.submission:
                    submitted.add(sent.submission)
        yield from (trouble for submission, trouble in aside if submission not in submitted)
        counts = yield from _that_count(found, times, (unit, brief), archives)
        beside = yield from _that_count(briefs, times, (unit, brief), archives)
        yield from _second_pass(counts, beside, (unit, brief), archives, start)


def _beside(entry: Entry, archives: Archives, sent: Origin, times: dict[str, float]) -> bool:
    """Whether a file belongs to a hand-in without being one: nbgrader's time and secret, the unit, the answers' log."""
    name = entry.label.rpartition("/")[2]
    if sent.platform == "nbgrader" and name == "timestamp.txt":
        if entry.size < 1_000:
            times[sent.submission] = moment(archives.read(entry).decode("utf-8", "replace").strip())
        return True
    log = entry.suffix == ".jsonl" and "my-answers/" in entry.label
    return log or (sent.platform == "nbgrader" and name == "submission_secret.txt")


def _first_look(
    entry: Entry, archives: Archives, wanted: Wanted, senders: Senders, sent: Origin
) -> _Candidate | Trouble:
    """What a file is, without keeping it. Raises Unfit for what is no hand-in for this unit."""
    record, note, content = record_in(entry, archives, wanted, sent)
    about = record.get("unit")
    student_id = _text(about.get("student"))[:200] if isinstance(about, dict) else ""
    name = _text(record.get("name"))[:200]
    who = senders.whose(student_id, name, sent)
    if who.student is None:
        return Trouble(entry.label, who.reason, printable((sent.name or name or student_id)[:80]))
    at, written = _newest(record["items"])
    folder = sent.submission or entry.label.rpartition("/")[0]
    notes = " ".join(filter(None, (note, who.note)))
    return _Candidate(
        entry, who.student, at, written, sent.time or entry.time, sent.order, folder,
        _text(record.get("receipt"))[:8], notes, who.doubtful, content, record["lesson"] != wanted[0],
    )  # fmt: skip


def _who(sent: Origin, senders: Senders) -> str:
    student = senders.whose("", "", sent).student
    return student.name if student else printable(sent.name or sent.login)


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""


def _newest(items: dict[str, Json]) -> tuple[float, str]:
    """When the newest answer was given, in seconds and as it was written; times that are none do not count."""
    newest, written = 0.0, ""
    for entry in items.values():
        at = entry.get("at") if isinstance(entry, dict) else None
        if not isinstance(at, str) or at == written or not 10 <= len(at) <= 40:
            continue
        try:
            when = datetime.fromisoformat(at)
            seconds = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            continue
        if seconds > newest:
            newest, written = seconds, at
    return newest, written


# ---- the second pass ----------------------------------------------------------------------------------------------


def _that_count(
    found: dict[str, list[_Candidate]], times: dict[str, float], wanted: Wanted, archives: Archives
) -> Generator[Trouble, None, dict[str, _Candidate]]:
    """Of each student's hand-ins the one that counts; gives word of the others."""
    counts: dict[str, _Candidate] = {}
    for name, several in found.items():
        for each in several:
            each.time = times.get(each.submission, each.time)
        best = max(several, key=_Candidate.later)
        if len(several) > 1:
            best = _the_one_that_fits(best, several, wanted, archives)
        counts[name] = best
        yield from (_superseded(each, best) for each in several if each is not best)
    found.clear()
    return counts


def _second_pass(
    counts: dict[str, _Candidate],
    beside: dict[str, _Candidate],
    wanted: Wanted,
    archives: Archives,
    start: Start | None,
) -> Iterator[Handin | Trouble]:
    students = sorted({*counts, *beside})
    done = start(_known_by(students, counts, beside), len(students)) if start else 0
    for place, name in enumerate(students[done:], start=done + 1):
        own, brief = counts.get(name), beside.get(name)
        record: dict[str, Any] = {"items": {}}
        if own:
            try:
                record, notes = _noted(own, wanted, archives)
            except Unfit as unfit:
                yield Trouble(own.entry.label, str(unfit), own.student.name)
                continue
            yield from notes
        if brief and "brief" not in record.get("labs", {}):
            held: dict[str, Any] = {}
            try:
                held, notes = _noted(brief, wanted, archives)
                yield from notes
            except Unfit as unfit:
                yield Trouble(brief.entry.label, str(unfit), brief.student.name)
            record["labs"] = {**held.get("labs", {}), **record.get("labs", {})}
            if not own:
                came = _("It holds no brief: there is no hand-in for unit {unit}.")
                if "brief" in record["labs"]:
                    came = _("Only the brief came: there is no hand-in for unit {unit}.")
                yield Trouble(brief.entry.label, came.format(unit=wanted[0]), brief.student.name)
                if "brief" not in record["labs"]:
                    continue
        counted = own or brief
        if counted:
            yield Handin(
                counted.student, record, counted.entry.label, own.written if own else "", counted.order, place
            )  # fmt: skip


def _known_by(students: Iterable[str], *found: dict[str, _Candidate]) -> str:
    """What all that counts is known by: whose it is, where it stands, what is in it."""
    digest = hashlib.sha256()
    for name in students:
        for each in (counts.get(name) for counts in found):
            label = each.entry.label if each else ""
            who = each.student.name if each else ""
            digest.update(f"{name}\0{who}\0{label}\0".encode("utf-8", "replace") + (each.content if each else b""))
    return digest.hexdigest()


def _noted(each: _Candidate, wanted: Wanted, archives: Archives) -> tuple[dict[str, Any], list[Trouble]]:
    """A record, and what was odd with it. Raises Unfit."""
    record, problems = _read(each, wanted, archives)
    said = " ".join(filter(None, (each.notes, *problems[:3])))
    if len(problems) > 3:
        more = len(problems) - 3
        said += " " + ngettext("And {n} more of the kind.", "And {n} more of the kind.", more).format(n=more)
    if not said:
        return record, []
    said = f"{_('Counted all the same.')} {printable(said)}"
    return record, [Trouble(each.entry.label, said, each.student.name)]


def _read(each: _Candidate, wanted: Wanted, archives: Archives) -> tuple[dict[str, Any], list[str]]:
    return read_record(_found_again(each, wanted, archives))


def _found_again(each: _Candidate, wanted: Wanted, archives: Archives) -> dict[str, Any]:
    return record_in(each.entry, archives, wanted, origin(each.entry.label, wanted[0]), each.content)[0]


def _the_one_that_fits(
    best: _Candidate, several: Sequence[_Candidate], wanted: Wanted, archives: Archives
) -> _Candidate:
    """Of a notebook and a file handed in together the later counts, unless only the other has a receipt that fits."""
    others = [
        each
        for each in several
        if each.submission == best.submission
        and each.order == best.order
        and each.doubtful == best.doubtful
        and (each.entry.suffix == ".ipynb") != (best.entry.suffix == ".ipynb")
    ]
    for each in [best, *sorted(others, key=_Candidate.later, reverse=True)] if others else ():
        try:
            record = _found_again(each, wanted, archives)
        except Unfit:
            continue
        if _receipt_fits(record):
            return each
    return best


def _receipt_fits(record: dict[str, Any]) -> bool:
    """Whether nothing was changed after the record was made; one saved from a page has no receipt that could tell."""
    if record.get("from") == "page":
        return True
    try:
        due = receipt(record["lesson"], record["name"], record["items"], record.get("labs"))
    except (KeyError, TypeError, ValueError, RecursionError):
        due = ""
    return bool(record.get("receipt") == due)


def _superseded(each: _Candidate, best: _Candidate) -> Trouble:
    before = ""
    if each.doubtful and not best.doubtful:
        before = f"{each.notes} "
        reason = _("Not counted: {file} is in no doubt.")
    elif each.receipt and (each.receipt, each.written) == (best.receipt, best.written):
        reason = _("The same answers once more: {file} counts.")
    elif each.later() > best.later():
        reason = _("Its receipt does not fit its answers; that of {file} does, which counts.")
    else:
        reason = _("Superseded: {file} is later and counts.")
    reason = reason.format(file=best.entry.label)
    return Trouble(each.entry.label, f"{before}{reason}", each.student.name)
