"""Collecting: everything that was handed in for a unit, one hand-in a student, and a reason for everything else.

The first pass reads each file for whose it is and when it was made, and keeps no more of it than that; the second
reads again what counts. So a class of any size takes little memory. Nothing that a student sent is run or unpickled.
"""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from typing import Any

from lesson_lib.classroom.archives import Archives, Entry, Trouble, Unfit, printable
from lesson_lib.classroom.gradebook import to_csv
from lesson_lib.classroom.roster import Student
from lesson_lib.classroom.senders import Origin, Senders, moment, origin, printed
from lesson_lib.think.answers import FORMAT, RECORD, read_record
from lesson_lib.think.reading import Json
from lesson_lib.think.units import FORMAT as UNIT_FORMAT

__all__ = ["Collected", "Handin", "Trouble", "collect", "problems_csv", "stream"]

# Far beyond any notebook: commas and brackets; any record: answers, lists in it, levels (reading.plain allows an answer
# 8); and any text typed into a page.
_MOST_PARTS, _MOST_ITEMS, _MOST_NESTED, _DEEPEST, _MOST_TYPED = 1_000_000, 2_000, 100_000, 32, 2_000_000


@dataclass(frozen=True)
class Handin:
    """What counts for a student: the record as `read_record` gives it, and the file it stands in.

    `at` is the newest answer's time, "" without one; `order` the platform's number of the try.
    """

    student: Student
    record: dict[str, Any]
    file: str
    at: str
    order: int


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

    def later(self) -> tuple[bool, int, float, float, str]:
        """Larger counts: what is in no doubt, the platform's number, the newest answer, the file's time."""
        return not self.doubtful, self.order, self.at, self.time, self.entry.label


def stream(paths: Sequence[Path], unit: str, roster: Sequence[Student]) -> Iterator[Handin | Trouble]:
    """What `collect` gives, one after the other as it is read: of 100,000 records no more than one is held.

    Hand-ins come by student's id, one a student: the order that a gradebook has.
    """
    senders = Senders(roster)
    found: dict[str, list[_Candidate]] = {}
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
                candidate = _first_look(each, archives, unit, senders, sent)
            except _NotOne as no:
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
                    found.setdefault(candidate.student.id, []).append(candidate)
                if sent.submission:
                    submitted.add(sent.submission)
        yield from (trouble for submission, trouble in aside if submission not in submitted)
        yield from _second_pass(found, times, unit, archives)


class _NotOne(Unfit):
    """No hand-in at all: worth a word only where its sender handed in nothing else."""


def _beside(entry: Entry, archives: Archives, sent: Origin, times: dict[str, float]) -> bool:
    """Whether a file belongs to a hand-in without being one: nbgrader's time and secret, the unit, the answers' log."""
    name = entry.label.rpartition("/")[2]
    if sent.platform == "nbgrader" and name == "timestamp.txt":
        if entry.size < 1_000:
            times[sent.submission] = moment(archives.read(entry).decode("utf-8", "replace").strip())
        return True
    log = entry.suffix == ".jsonl" and "my-answers/" in entry.label
    return log or (sent.platform == "nbgrader" and name == "submission_secret.txt")


def _first_look(entry: Entry, archives: Archives, unit: str, senders: Senders, sent: Origin) -> _Candidate | Trouble:
    """What a file is, without keeping it. Raises Unfit for what is no hand-in for this unit."""
    record, note = _record(entry, archives, unit, sent)
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
        _text(record.get("receipt"))[:8], notes, who.doubtful,
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


def _second_pass(
    found: dict[str, list[_Candidate]], times: dict[str, float], unit: str, archives: Archives
) -> Iterator[Handin | Trouble]:
    counts: list[_Candidate] = []
    for several in found.values():
        for each in several:
            each.time = times.get(each.submission, each.time)
        best = max(several, key=_Candidate.later)
        if len(several) > 1:
            best = _the_one_that_fits(best, several, unit, archives)
        counts.append(best)
        yield from (_superseded(each, best) for each in several if each is not best)
    found.clear()
    counts.sort(key=lambda each: each.student.id)
    for each in counts:
        try:
            record, problems = _read(each, unit, archives)
        except Unfit as unfit:
            yield Trouble(each.entry.label, str(unfit), each.student.name)
            continue
        yield Handin(each.student, record, each.entry.label, each.written, each.order)
        said = " ".join(filter(None, (each.notes, *problems[:3])))
        if len(problems) > 3:
            said += f" And {len(problems) - 3} more of the kind."
        if said:
            yield Trouble(each.entry.label, f"Counted all the same. {printable(said)}", each.student.name)


def _read(each: _Candidate, unit: str, archives: Archives) -> tuple[dict[str, Any], list[str]]:
    record, _ = _record(each.entry, archives, unit, origin(each.entry.label, unit))
    return read_record(record)


def _the_one_that_fits(best: _Candidate, several: Sequence[_Candidate], unit: str, archives: Archives) -> _Candidate:
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
            _, problems = _read(each, unit, archives)
        except Unfit:
            continue
        if not any(problem.startswith("The receipt") for problem in problems):
            return each
    return best


def _superseded(each: _Candidate, best: _Candidate) -> Trouble:
    if each.doubtful and not best.doubtful:
        reason = f"{each.notes} Not counted: {best.entry.label} is in no doubt."
    elif each.receipt and (each.receipt, each.written) == (best.receipt, best.written):
        reason = f"The same answers once more: {best.entry.label} counts."
    elif each.later() > best.later():
        reason = f"Its receipt does not fit its answers; that of {best.entry.label} does, which counts."
    else:
        reason = f"Superseded: {best.entry.label} is later and counts."
    return Trouble(each.entry.label, reason, each.student.name)


# ---- reading a record ---------------------------------------------------------------------------------------------


def _record(entry: Entry, archives: Archives, unit: str, sent: Origin) -> tuple[dict[str, Any], str]:
    """The record in a file, as it stands there, and a word on what was odd. Raises Unfit, _NotOne."""
    suffix = entry.suffix
    if suffix == ".ipynb":
        given, note = _loaded(archives.read(entry))
        held = list(_in_notebook(given))
        if not held:
            raise _NotOne(
                "The notebook holds no hand-in: the last cell was not run, or the notebook not saved after it."
            )
        record = next((one for one in reversed(held) if one.get("lesson") == unit), held[-1])
    elif suffix == ".json":
        given, note = _loaded(archives.read(entry))
        if isinstance(given, dict) and given.get("format") == UNIT_FORMAT:
            raise _NotOne("This is the unit's question file, not the hand-in, which is called hand-in-….json.")
        record = given if isinstance(given, dict) else {}
    elif sent.typed:
        record, note = _typed(archives.read(entry)), ""
    else:
        raise _NotOne("It is no hand-in file (.json) and no notebook (.ipynb).")
    if record.get("format") != FORMAT and not (isinstance(record.get("items"), dict) and "lesson" in record):
        raise _NotOne("It holds no record of a hand-in.")
    lesson = record.get("lesson")
    if lesson != unit:
        which = printed(lesson) if isinstance(lesson, str) and lesson else "no unit that can be read"
        raise Unfit(f"It is for {which}, not for unit {unit}.")
    if not isinstance(record.get("items"), dict):
        raise Unfit("Its answers are missing: the record holds none.")
    if len(record["items"]) > _MOST_ITEMS:
        raise Unfit(f"It holds {len(record['items']):,} answers, more than any unit has questions.")
    _measure(record)
    return record, note


def _loaded(data: bytes) -> tuple[Json, str]:
    """The JSON in a file, and a word on an odd encoding. Raises Unfit."""
    if not data.strip(b" \t\r\n\0"):
        raise Unfit("It is empty.")
    if len(data) > _MOST_PARTS and sum(map(data.count, (b",", b"[", b"{"))) > _MOST_PARTS:
        raise Unfit("It has more parts than any hand-in: it was not read.")
    text, note = _decoded(data)
    try:
        given = json.loads(text, parse_constant=lambda _: None, parse_float=_finite)
    except RecursionError:
        raise Unfit("It is nested more deeply than any hand-in.") from None
    except ValueError as error:
        line = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise Unfit(f"It is damaged or cut off: it cannot be read as JSON{line}.") from None
    # Half a character pair can be read but not be written again.
    return (_whole(given) if re.search(r"\\u[dD][89a-fA-F]", text) else given), note


def _decoded(data: bytes) -> tuple[str, str]:
    marked = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        return data.decode("utf-16" if marked else "utf-8-sig"), ""
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), "Its encoding is not UTF-8: it was read as Windows text."
    except UnicodeDecodeError:
        raise Unfit("Its encoding is not UTF-8: it cannot be read.") from None


def _finite(text: str) -> float | None:
    value = float(text) if len(text) < 400 else math.inf
    return value if math.isfinite(value) else None


def _whole(value: Json) -> Json:
    """The same without halves of character pairs."""
    try:
        return json.loads(re.sub(r"[\ud800-\udfff]", "\ufffd", json.dumps(value, ensure_ascii=False)))
    except RecursionError:
        raise Unfit("It is nested more deeply than any hand-in.") from None


def _measure(record: dict[str, Any]) -> None:
    """Raises Unfit for a record so deep or so large that whatever reads it next would choke."""
    level: list[Json] = [record]
    count = 0
    for _ in range(_DEEPEST):
        level = [
            child
            for one in level
            for child in (one.values() if type(one) is dict else one)
            if type(child) is dict or type(child) is list
        ]
        count += len(level)
        if count > _MOST_NESTED:
            raise Unfit("It has more parts than any hand-in.")
        if not level:
            return
    raise Unfit("It is nested more deeply than any hand-in.")


def _in_notebook(notebook: Json) -> Iterator[dict[str, Any]]:
    """The records in a notebook's saved outputs; Jupyter may keep one as JSON, or as its text in lines."""
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    for cell in cells if isinstance(cells, list) else ():
        outputs = cell.get("outputs") if isinstance(cell, dict) else None
        for output in outputs if isinstance(outputs, list) else ():
            data = output.get("data") if isinstance(output, dict) else None
            held = data.get(RECORD) if isinstance(data, dict) else None
            if isinstance(held, list) and all(isinstance(line, str) for line in held):
                held = "".join(held)
            if isinstance(held, str):
                held = _loaded(held.encode("utf-8", "replace"))[0]
            if isinstance(held, dict):
                yield held


def _typed(data: bytes) -> dict[str, Any]:
    """The record in a text that was pasted into the platform's page. Raises Unfit, _NotOne."""
    if len(data) > _MOST_TYPED:
        raise Unfit("The text typed in is too long to be read.")
    text = html.unescape(re.sub(r"<[^<>]*>", "", data.decode("utf-8", "replace"))).replace("\xa0", " ")
    start, end = text.find("{"), text.rfind("}")
    if FORMAT in text and 0 <= start < end:
        given = _loaded(text[start : end + 1].encode("utf-8", "replace"))[0]
        if isinstance(given, dict):
            return given
    raise _NotOne("A text was typed in, and no hand-in is in it.")
