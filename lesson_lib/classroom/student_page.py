"""The page of feedback that one student gets: their work and nobody else's, and as much told as the teacher chooses.

`score` says how each question came out; `hints` also what was wrong with what was chosen, and the question's hints;
`answers` everything: key, explanations, sources.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lesson_lib.classroom import gradebook
from lesson_lib.classroom.bank import Drawn, Unit, draw
from lesson_lib.classroom.brief_pages import BRIEF_POINTS, brief_html
from lesson_lib.classroom.grade import BRIEF, Graded
from lesson_lib.classroom.gradebook import number
from lesson_lib.classroom.pages import cited, page, plain, stem, table
from lesson_lib.classroom.release import folder_name
from lesson_lib.classroom.roster import Student
from lesson_lib.classroom.rubric import Reading, marks_of, opening
from lesson_lib.know.errors import LessonError
from lesson_lib.think import marking
from lesson_lib.think.markup import rich
from lesson_lib.think.questions import Item
from lesson_lib.think.reading import letter

REVEALS = ("score", "hints", "answers")

_STYLE = (
    ".total{font-size:2em;font-weight:700;line-height:1.15;margin:18px 0 2px;letter-spacing:-.01em;white-space:normal}"
    "section{border-top:1px solid var(--line-strong);margin-top:30px;padding-top:14px}section>*{max-width:100%}"
    ".n{color:var(--ink-2);font-size:.88em;margin:0 0 3px}.verdict{margin:12px 0 0}"
    ".choices{list-style:none;margin:10px 0;padding:0}.choices li{padding:7px 12px;margin:4px -12px;border-radius:5px;"
    "border:1px solid transparent}.choices p{margin:2px 0 0;color:var(--ink-2);font-size:.93em}"
    ".choices .chosen{border-color:var(--line-strong)}"
    ".choices .is-right{background:color-mix(in srgb,var(--right) var(--tint),transparent);"
    "border-color:color-mix(in srgb,var(--right) 45%,transparent)}"
    ".choices .is-wrong{background:color-mix(in srgb,var(--wrong) var(--tint),transparent);"
    "border-color:color-mix(in srgb,var(--wrong) 45%,transparent)}"
    ".tag{font-weight:650}.said{border-left:3px solid var(--line-strong);padding:2px 0 2px 12px;margin:10px 0}"
    ".hint{border-left:3px solid var(--partly);padding:2px 0 2px 12px;margin:8px 0;color:var(--ink-2)}"
    ".sources{font-size:.86em;color:var(--ink-2)}h2{margin-bottom:4px}"
    ".summary th,.summary td{padding-top:4px;padding-bottom:4px}.summary tbody th{font-weight:400}"
    ".parts:not(.table) caption{position:absolute;width:1px;overflow:hidden;clip-path:inset(50%)}"
    ".summary a{color:inherit;text-decoration-color:var(--line-strong)}"
    ".parts{margin-top:8px}.parts tbody th{font-weight:400;color:var(--ink)}"
    ".parts td[data-col=Why]{color:var(--ink-2)}.brief{border-left:3px solid var(--line);padding-left:14px}"
    ".brief h3{margin:8px 0}.brief h4{margin:12px 0 2px}"
    "@media(max-width:640px){table.summary tr{display:flex;flex-wrap:wrap;gap:0 18px}.summary tbody th{flex:0 0 100%}"
    "table.summary td[data-col]:before{content:none}}"
    ".parts tr>*:first-child{min-width:2.5em}h2+.quiet,h2+.parts{margin-top:4px}"
    "@media print{section{break-inside:avoid}section.long{break-inside:auto}"
    ".choices li{break-inside:avoid;margin:4px 0}}"
)

_VERDICTS = {
    "right": ("right", "✓ Right"),
    "partly": ("partly", "≈ Partly right"),
    "wrong": ("wrong", "✗ Not right"),
    "blank": ("quiet", "– Not answered"),
    "unreadable": ("partly", "? Could not be read"),
}

_SHOWS = {
    "score": "It shows your points and how each question came out.",
    "hints": "It shows how each question came out, what was wrong with what you chose, and hints. The answers are "
    "not on it: look again with the hints.",
    "answers": "It shows how each question came out, the answers, and why they are right.",
}


_IN_PARTS = ("match", "classify", "table", "order")


@dataclass(frozen=True)
class Sheet:
    """What one page is made of: a student's lines of the gradebook with the rubric's marks in, and the readings."""

    student: str
    name: str
    rows: Sequence[Graded]
    readings: Mapping[str, Reading]


# ---- the page ----------------------------------------------------------------------------------------------------


def student_page(unit: Unit, sheet: Sheet, release: Mapping[str, Any], reveal: str) -> str:
    """One student's page as HTML: questions as this student saw them, in that order, and what `reveal` lets be told.

    Raises LessonError when the key has changed since the gradebook was made.
    """
    shown = _as_seen(unit, sheet, release)
    study = release.get("behaviour") == "study"
    sections = [
        _section(place, len(shown), unit, row, item, sheet.readings.get(row.item), reveal, study)
        for place, (row, item) in enumerate(shown, start=1)
    ]
    title = f"Unit {unit.name}: {unit.title}"
    return page(
        f"{title} · {sheet.name}",
        f"<h1>{plain(title)}</h1><p class='quiet'>{plain(sheet.name)} · {plain(sheet.student)}</p>",
        _total(sheet, study) if shown else "<p>Nothing was handed in for this unit.</p>",
        f"<p class='quiet'>This page is yours alone. {_SHOWS[reveal]}</p>" if shown else "",
        _summary(shown, sheet, study) if shown else "",
        *sections,
        style=_STYLE,
    )


def _as_seen(unit: Unit, sheet: Sheet, release: Mapping[str, Any]) -> list[tuple[Graded, Item | None]]:
    """The rows in the order in which the student met them, each with its question as it stood there."""
    who = sheet.student if release.get("per_student") else ""
    drawn: dict[tuple[str, int], tuple[int, Drawn]] = {
        (each.item.id, each.variant): (place, each)
        for place, each in enumerate(draw(unit, str(release["release"]), who))
    }
    found = []
    for row in sheet.rows:
        place, each = drawn.get((row.item, row.variant), (len(drawn), None))
        variants = unit.items.get(row.item)
        # A question that is no longer drawn, as the bank has grown since, is shown as the bank has it.
        item = each.item if each else variants[row.variant % len(variants)] if variants else None
        found.append((place, row, item))
    return [(row, item) for _, row, item in sorted(found, key=lambda one: one[0])]


def _total(sheet: Sheet, study: bool) -> str:
    (total,) = gradebook.totals(sheet.rows)
    waiting = sum(row.points for row in sheet.rows if row.score is None)
    so_far = " so far" if waiting else ""
    asked = [row for row in sheet.rows if row.type != BRIEF]
    answered = sum(row.outcome not in ("blank", "unreadable") for row in asked)
    lines = [
        f'<p class="total num">{number(total.points)} of {number(total.possible)} points{so_far}</p>',
        f"<p>{100 * total.score:.0f} %. {answered} of {_count(len(asked), 'question')} answered.",
    ]
    if total.to_mark:
        verb = "waits" if total.to_mark == 1 else "wait"
        lines.append(
            f" <b>{_count(total.to_mark, 'text')} still {verb} for a reader</b>: up to {_points(waiting)} more."
        )
    if study:
        lines.append(" This unit counts for completion: each question that you answered earns its points.")
    return "".join(lines) + "</p>"


def _points(value: float) -> str:
    return _count(value, "point")


def _count(value: float, word: str) -> str:
    return f"{number(value)} {word}{'' if value == 1 else 's'}"


def _summary(shown: Sequence[tuple[Graded, Item | None]], sheet: Sheet, study: bool) -> str:
    rows = []
    for place, (row, item) in enumerate(shown, start=1):
        kind, words = _verdict(row, sheet.readings.get(row.item), study)
        points = "not yet" if row.score is None else f"{number(row.earned)} of {number(row.points)}"
        asked = opening(item.body["stem"], 64) if item else _named(row)
        rows.append((
            f'<a href="#q{place}">{place}. {plain(asked)}</a>', f'<span class="{kind}">{words}</span>',
            f'<span class="num">{points}</span>',
        ))  # fmt: skip
    return table("Question by question", ("Question", "How it came out", "Points"), rows, "summary")


def _verdict(row: Graded, reading: Reading | None, study: bool) -> tuple[str, str]:
    """A class and words; never by colour alone."""
    if row.type == BRIEF and row.outcome == "blank":
        return "quiet", "– Not handed in"
    if row.outcome != "recorded":
        return _VERDICTS.get(row.outcome, ("quiet", plain(row.outcome)))
    if row.opinion:
        return "quiet", "✓ Recorded, an opinion"
    if row.score is None:
        return "quiet", "… Waits for a reader"
    return "quiet", "✓ Recorded" if study and reading is None else "✓ Read by your teacher"


def _named(row: Graded) -> str:
    """What has no question: the brief, and what the bank has lost."""
    return "Your brief (lesson 10)" if row.type == BRIEF else "A question that the bank no longer has"


def _section(
    place: int, of: int, unit: Unit, row: Graded, item: Item | None, reading: Reading | None, reveal: str, study: bool
) -> str:
    part = unit.lesson.quizzes.get(row.part)
    about = f"Question {place} of {of}{f' · {plain(part.title)}' if part else ''} · {_points(row.points)}"
    kind, words = _verdict(row, reading, study)
    earned = "not yet marked" if row.score is None else f"{number(row.earned)} of {_points(row.points)}"
    verdict = f'<p class="verdict"><span class="tag {kind}">{words}</span> · <span class="num">{earned}</span></p>'
    if item is None:
        shown = ""
        if row.type == BRIEF:
            shown = f"{brief_html(row.answer)}{verdict}{_given(BRIEF_POINTS, row, reading)}" if row.answer else verdict
        return (
            f'<section id="q{place}" class="long"><p class="n">{about}</p><h2>{_named(row)}</h2>'
            f"{shown or verdict}</section>"
        )
    told = _told(item, row, reveal, study)
    tall = " class='long'" if item.type in ("text", *_IN_PARTS) else ""
    return (
        f'<section id="q{place}"{tall}><p class="n">{about}</p>{stem(item.body["stem"])}'
        f"{_answered(item, row, told, reveal)}{verdict}{_remarked(row, told, reveal)}"
        f"{_read(item, row, reading)}{_hints(item, row, reveal)}{_explained(item, told, reveal)}</section>"
    )


# ---- what may be told --------------------------------------------------------------------------------------------


def _told(item: Item, row: Graded, reveal: str, study: bool) -> dict[str, Any]:
    """What `marking.feedback` lets be said at this level: nothing for a score, a first miss for hints."""
    answered = row.outcome not in ("blank", "unreadable")
    mark = marking.mark(item.body, item.key, row.answer if answered else None)
    by_key = mark.outcome != "recorded" and not study and row.score is not None
    if answered and (mark.outcome != row.outcome or (by_key and abs(mark.score - (row.score or 0)) > 1e-6)):
        raise LessonError(
            f"The key of {item.id} has changed since the gradebook was made: run lessons regrade --unit {row.unit} "
            "--write first, so that pages and points say the same."
        )
    if reveal == "answers":
        return marking.feedback(item, row.answer if answered else None, mark, 1, True)
    if reveal == "hints" and mark.outcome in ("wrong", "partly"):
        return marking.feedback(item, row.answer, mark, 1, False)
    if reveal == "hints":
        # Of a right answer only that it is right: why the other choices are wrong is no part of it.
        return {"parts": {part: {"state": "right", "why": ""} for part in mark.parts}}
    return {"parts": {}}


def _remarked(row: Graded, told: dict[str, Any], reveal: str) -> str:
    """How certain the student was; from `hints` on also how much of the answer is right, and a slip that was made."""
    remark = marking.remark(row.outcome, row.sure, told=reveal == "answers")
    if row.outcome == "right":
        # "Right, though you were guessing: see why." The verdict has said right, and only `answers` has a why.
        remark = remark.removeprefix("Right, and ").removeprefix("Right, though ")
        remark = remark if reveal == "answers" else remark.replace(": see why", "")
        remark = remark[:1].upper() + remark[1:]
    missed = row.outcome in ("partly", "wrong")
    # "Partly right: 3 of 4." and "Not this one.": what comes after the verdict.
    tally = told.get("says", "").partition(": ")[2] if missed else ""
    slip = told["parts"].get("answer", {}).get("why", "") if missed else ""
    words = " ".join(filter(None, [tally[:1].upper() + tally[1:], slip, remark]))
    return f'<p class="quiet">{rich(words)}</p>' if words else ""


def _hints(item: Item, row: Graded, reveal: str) -> str:
    if reveal == "score" or row.outcome in ("right", "recorded"):
        return ""
    return "".join(
        f'<p class="hint"><b>Hint {place}.</b> {rich(hint)}</p>' for place, hint in enumerate(item.hints, start=1)
    )


def _explained(item: Item, told: dict[str, Any], reveal: str) -> str:
    if reveal != "answers":
        return ""
    lines = []
    if item.type in ("numeric", "short") and told.get("key_text"):
        lines.append(f"<p><b>The answer:</b> {plain(told['key_text'])}</p>")
    if item.type == "text" and told.get("key_text"):
        lines.append(f'<p><b>An answer that would do:</b></p><div class="said">{rich(told["key_text"])}</div>')
    if told.get("why"):
        lines.append(f"<p><b>Why:</b> {rich(told['why'])}</p>")
    if item.source_ids:
        lines.append(f'<p class="sources">Sources: {cited(item.source_ids)}</p>')
    return "".join(lines)


def _read(item: Item, row: Graded, reading: Reading | None) -> str:
    """The points of the rubric, and what the reader gave and said; a reading that is not finished is kept back."""
    return "" if item.type != "text" else _given(item.body["rubric"], row, reading)


def _given(rubric: Sequence[str], row: Graded, reading: Reading | None) -> str:
    if reading is None or reading.mark is None or row.score is None or row.opinion:
        points = "".join(f"<li>{rich(point)}</li>" for point in rubric)
        return f"<p>What a good answer has:</p><ul>{points}</ul>"
    rows = [
        (rich(point), number(mark) if mark is not None else "")
        for point, mark in zip(reading.points, reading.marks, strict=True)
    ]
    said = f'<div class="said"><b>Your reader says:</b> <span class="prose">{plain(reading.comment)}</span></div>'
    return table("What your reader gave, 0 to 1 a point", ("A good answer", "Given"), rows) + (
        said if reading.comment else ""
    )


# ---- the answer --------------------------------------------------------------------------------------------------


def _answered(item: Item, row: Graded, told: dict[str, Any], reveal: str) -> str:
    if row.outcome == "unreadable":
        return f'<div class="said"><b>Your answer:</b> <span class="prose">{plain(row.answer)}</span></div>'
    given = marking.read(item.body, row.answer) if row.outcome != "blank" else None
    if item.type in ("single", "multiple"):
        return _choices(item, given, told)
    if item.type in _IN_PARTS:
        return _parts(item, given, told, reveal)
    text = marking.answer_text(item.body, given) if given is not None else ""
    words = f'<span class="prose">{plain(text)}</span>' if text else '<span class="quiet">not answered</span>'
    return f'<div class="said"><b>Your answer:</b> {words}</div>'


def _choices(item: Item, given: Any, told: dict[str, Any]) -> str:
    chosen = given if isinstance(given, list) else [given]
    lines = []
    for place, choice in enumerate(item.body["choices"]):
        state = told["parts"].get(choice["id"], {"state": "", "why": ""})
        tags = ["Your answer"] if choice["id"] in chosen else []
        kind = "chosen" if tags else ""
        if state["state"] in ("right", "missed") and not item.opinion:
            kind, sign = "is-right", '<span class="tag right">✓ Right</span>'
        elif state["state"] == "wrong":
            kind, sign = "is-wrong", '<span class="tag wrong">✗ Not this one</span>'
        else:
            sign = ""
        label = " · ".join(filter(None, [f'<span class="tag">{tags[0]}</span>' if tags else "", sign]))
        why = f"<p>{rich(state['why'])}</p>" if state["why"] else ""
        text = f"{letter(place)}. {rich(choice['text'])}"
        lines.append(f'<li class="{kind}">{f"{label}<br>" if label else ""}{text}{why}</li>')
    return f'<ul class="choices">{"".join(lines)}</ul>'


def _parts(item: Item, given: Any, told: dict[str, Any], reveal: str) -> str:
    """A table of the parts: what was answered, from `hints` on whether it is right, with `answers` what is, and why."""
    body, key, explained = item.body, told.get("key"), reveal == "answers"
    if item.type == "order":
        ends = [rich(body[end]) for end in ("first", "last") if body.get(end)]
        above = f"From {' to '.join(ends)}." if len(ends) == 2 else ""
        first, heads, rows = "Place", ["Your answer"], _order_rows(body, given, key, told, reveal)
    elif item.type == "table":
        above = _options(body["values"])
        first, heads = "Row", [column["text"] for column in body["columns"]]
        rows = _grid_rows(body, given, key, told, reveal)
    else:
        left, right = ("cards", "bins") if item.type == "classify" else ("left", "right")
        above = _options(body[right])
        texts = {one["id"]: one["text"] for one in body[right]}
        first, heads, rows = "Part", ["Your answer"], []
        for one in body[left]:
            part, answer = one["id"], (given or {}).get(one["id"], "")
            cell = _cell(texts.get(answer, ""), told, part, texts[key[part]] if key else "", reveal)
            rows.append([rich(one["text"]), cell, rich(_why(told, part))])
    # A table needs no "why" column where nothing is explained.
    rows = rows if explained else [row[:-1] for row in rows]
    above = f"<p class='quiet'>{above}</p>" if above else ""
    return above + table("Your answer", [first, *heads, *(["Why"] if explained else [])], rows, f"parts {item.type}")


def _options(options: Sequence[dict[str, str]]) -> str:
    return f"To choose from: {' · '.join(rich(one['text']) for one in options)}"


def _order_rows(body: dict[str, Any], given: Any, key: Any, told: dict[str, Any], reveal: str) -> list[list[str]]:
    texts = {step["id"]: step["text"] for step in body["steps"]}
    if not given and not key:
        return [["–", rich(step["text"]), ""] for step in body["steps"]]
    rows = []
    for place in range(len(texts)):
        put, right = given[place] if given else "", key[place] if key else ""
        cell = _cell(texts.get(put, ""), told, put, texts.get(right, ""), reveal)
        rows.append([str(place + 1), cell, rich(_why(told, right))])
    return rows


def _grid_rows(body: dict[str, Any], given: Any, key: Any, told: dict[str, Any], reveal: str) -> list[list[str]]:
    values = {value["id"]: value["text"] for value in body["values"]}
    rows = []
    for row in body["rows"]:
        name, asked = row["id"], body["ask"][row["id"]]
        cells = []
        for column in (one["id"] for one in body["columns"]):
            answer = (given or {}).get(name, {}).get(column, "")
            right = " or ".join(values[one] for one in key[name][column]) if key and column in asked else ""
            cell = _cell(values.get(answer, ""), told, f"{name}/{column}", right, reveal)
            cells.append(cell if column in asked else '<span class="quiet">not asked</span>')
        rows.append([rich(row["text"]), *cells, rich(_why(told, f"{name}/{asked[0]}"))])
    return rows


def _cell(answer: str, told: dict[str, Any], part: str, right: str, reveal: str) -> str:
    """What was answered, whether it is right, and what is: as much as may be told."""
    lines = [plain(answer) if answer else '<span class="quiet">not answered</span>']
    state = told["parts"].get(part, {}).get("state", "") if answer else ""
    if reveal != "score" and state in ("right", "wrong"):
        lines.append(
            '<span class="right">✓ right</span>' if state == "right" else '<span class="wrong">✗ not right</span>'
        )
    if right and state != "right":
        lines.append(f"Right answer: <b>{plain(right)}</b>")
    return "<br>".join(lines)


def _why(told: dict[str, Any], part: str) -> str:
    return str(told["parts"].get(part, {}).get("why", ""))


# ---- all pages ---------------------------------------------------------------------------------------------------


def write_pages(
    target: Path,
    unit: Unit,
    rows: Iterable[Graded],
    readings: Mapping[tuple[str, str], Reading],
    release: Mapping[str, Any],
    reveal: str,
    roster: Sequence[Student] = (),
) -> list[Path]:
    """Writes a page for each student of the gradebook and of the class list; when one cannot be made, none is written.

    Raises LessonError.
    """
    by_student: dict[str, list[Graded]] = {student.id: [] for student in roster}
    names = {student.id: student.name for student in roster}
    for row in gradebook.with_rubric(rows, marks_of(readings)):
        by_student.setdefault(row.student, []).append(row)
        names.setdefault(row.student, row.name)
    own: dict[str, dict[str, Reading]] = {}
    for (student, item), one in readings.items():
        own.setdefault(student, {})[item] = one
    texts = {
        student: student_page(unit, Sheet(student, names[student], lines, own.get(student, {})), release, reveal)
        for student, lines in sorted(by_student.items())
    }
    target.mkdir(parents=True, exist_ok=True)
    found: dict[str, Path] = {}
    for student, text in texts.items():
        # Windows and macOS take S1.html and s1.html for one file: then a student would hold another's page.
        name, count = folder_name(student), 1
        while f"{name}{f'~{count}' if count > 1 else ''}".casefold() in found:
            count += 1
        name = f"{name}{f'~{count}' if count > 1 else ''}"
        found[name.casefold()] = target / f"{name}.html"
        found[name.casefold()].write_text(text, encoding="utf-8", newline="\n")
    return list(found.values())
