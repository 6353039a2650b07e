"""The page of feedback that one student gets: their work and nobody else's, and as much told as the teacher chooses.

`score` says how each question came out; `hints` also what was wrong with what was chosen, and the question's hints;
`answers` everything: key, explanations, sources. The page speaks the library's language; questions stay in the bank's.
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
from lesson_lib.classroom.pages import (
    cited,
    lang_of,
    mark,
    of_points,
    own_words,
    page,
    plain,
    points,
    stem,
    styled,
    table,
)
from lesson_lib.classroom.release import folder_name
from lesson_lib.classroom.roster import Student
from lesson_lib.classroom.rubric import Reading, marks_of, opening
from lesson_lib.classroom.student_answer import IN_PARTS, answered
from lesson_lib.know.catalogue import N_, _, ngettext, pgettext
from lesson_lib.know.errors import LessonError
from lesson_lib.think import marking
from lesson_lib.think.markup import rich
from lesson_lib.think.questions import Item

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
    "right": ("right", N_("✓ Right")),
    "partly": ("partly", N_("≈ Partly right")),
    "wrong": ("wrong", N_("✗ Not right")),
    "blank": ("quiet", N_("– Not answered")),
    "unreadable": ("partly", N_("? Could not be read")),
}

_SHOWS = {
    "score": N_("It shows your points and how each question came out."),
    "hints": N_(
        "It shows how each question came out, what was wrong with what you chose, and hints. The answers are not on "
        "it: look again with the hints."
    ),
    "answers": N_("It shows how each question came out, the answers, and why they are right."),
}


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
    title = _("Unit {unit}: {title}")
    heading = title.format(unit=plain(unit.name), title=own_words(unit.title, plain))
    return page(
        f"{title.format(unit=unit.name, title=unit.title)} · {sheet.name}",
        f"<h1>{heading}</h1><p class='quiet'>{plain(sheet.name)} · {plain(sheet.student)}</p>",
        _total(sheet, study) if shown else f"<p>{_('Nothing was handed in for this unit.')}</p>",
        f"<p class='quiet'>{_('This page is yours alone.')} {_(_SHOWS[reveal])}</p>" if shown else "",
        _summary(shown, sheet, study) if shown else "",
        *sections,
        style=styled(_STYLE, "Why"),
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
    return [(row, item) for _place, row, item in sorted(found, key=lambda one: one[0])]


def _total(sheet: Sheet, study: bool) -> str:
    (total,) = gradebook.totals(sheet.rows)
    waiting = sum(row.points for row in sheet.rows if row.score is None)
    asked = [row for row in sheet.rows if row.type != BRIEF]
    answered = sum(row.outcome not in ("blank", "unreadable") for row in asked)
    earned = of_points(total.points, total.possible)
    count = ngettext("{answered} of {n} question answered.", "{answered} of {n} questions answered.", len(asked))
    lines = [f"{100 * total.score:.0f} %.", count.format(answered=answered, n=len(asked))]
    if total.to_mark:
        waits = ngettext(
            "**{n} text still waits for a reader**: up to {points} more.",
            "**{n} texts still wait for a reader**: up to {points} more.",
            total.to_mark,
        )
        lines.append(rich(waits.format(n=total.to_mark, points=points(waiting))))
    if study:
        lines.append(_("This unit counts for completion: each question that you answered earns its points."))
    so_far = _("{points} so far").format(points=earned) if waiting else earned
    return f'<p class="total num">{so_far}</p><p>{" ".join(lines)}</p>'


def _summary(shown: Sequence[tuple[Graded, Item | None]], sheet: Sheet, study: bool) -> str:
    rows = []
    for place, (row, item) in enumerate(shown, start=1):
        kind, words = _verdict(row, sheet.readings.get(row.item), study)
        given = _("{done} of {of}").format(done=mark(row.earned), of=mark(row.points))
        given = pgettext("of points", "not yet") if row.score is None else given
        asked = opening(item.body["stem"], 64) if item else _named(row)
        rows.append((
            f'<a href="#q{place}">{place}. {own_words(asked, plain)}</a>', f'<span class="{kind}">{words}</span>',
            f'<span class="num">{given}</span>',
        ))  # fmt: skip
    heads = (_("Question"), _("How it came out"), _("Points"))
    return table(_("Question by question"), heads, rows, "summary")


def _verdict(row: Graded, reading: Reading | None, study: bool) -> tuple[str, str]:
    """A class and words; never by colour alone."""
    if row.type == BRIEF and row.outcome == "blank":
        return "quiet", _("– Not handed in")
    if row.outcome in _VERDICTS:
        kind, words = _VERDICTS[row.outcome]
        return kind, _(words)
    if row.outcome != "recorded":
        return "quiet", plain(row.outcome)
    if row.opinion:
        return "quiet", _("✓ Recorded, an opinion")
    if row.score is None:
        return "quiet", _("… Waits for a reader")
    return "quiet", _("✓ Recorded") if study and reading is None else _("✓ Read by your teacher")


def _named(row: Graded) -> str:
    """What has no question: the brief, and what the bank has lost."""
    return _("Your brief (lesson 10)") if row.type == BRIEF else _("A question that the bank no longer has")


def _section(
    place: int, of: int, unit: Unit, row: Graded, item: Item | None, reading: Reading | None, reveal: str, study: bool
) -> str:
    part = unit.lesson.quizzes.get(row.part)
    about = " · ".join([
        _("Question {n} of {of}").format(n=place, of=of),
        *([own_words(part.title, plain)] if part else []),
        points(row.points),
    ])  # fmt: skip
    kind, words = _verdict(row, reading, study)
    earned = _("not yet marked") if row.score is None else of_points(row.earned, row.points)
    verdict = f'<p class="verdict"><span class="tag {kind}">{words}</span> · <span class="num">{earned}</span></p>'
    if item is None:
        shown = ""
        if row.type == BRIEF:
            points_of = [_(point) for point in BRIEF_POINTS]
            shown = f"{brief_html(row.answer)}{verdict}{_given(points_of, row, reading)}" if row.answer else verdict
        return (
            f'<section id="q{place}" class="long"><p class="n">{about}</p><h2>{_named(row)}</h2>'
            f"{shown or verdict}</section>"
        )
    told = _told(item, row, reveal, study)
    tall = " class='long'" if item.type in ("text", *IN_PARTS) else ""
    return (
        f'<section id="q{place}"{tall}><p class="n">{about}</p>{stem(item.body["stem"])}'
        f"{answered(item, row, told, reveal)}{verdict}{_remarked(row, told, reveal)}"
        f"{_read(item, row, reading)}{_hints(item, row, reveal)}{_explained(item, told, reveal)}</section>"
    )


# ---- what may be told --------------------------------------------------------------------------------------------


def _told(item: Item, row: Graded, reveal: str, study: bool) -> dict[str, Any]:
    """What `marking.feedback` lets be said at this level: nothing for a score, a first miss for hints."""
    answered = row.outcome not in ("blank", "unreadable")
    marked = marking.mark(item.body, item.key, row.answer if answered else None)
    by_key = marked.outcome != "recorded" and not study and row.score is not None
    if answered and (marked.outcome != row.outcome or (by_key and abs(marked.score - (row.score or 0)) > 1e-6)):
        raise LessonError(
            _(
                "The key of {item} has changed since the gradebook was made: run lessons regrade --unit {unit} --write "
                "first, so that pages and points say the same."
            ).format(item=item.id, unit=row.unit)
        )
    if reveal == "answers":
        return marking.feedback(item, row.answer if answered else None, marked, 1, True)
    if reveal == "hints" and marked.outcome in ("wrong", "partly"):
        return marking.feedback(item, row.answer, marked, 1, False)
    if reveal == "hints":
        # Of a right answer only that it is right: why the other choices are wrong is no part of it.
        return {"parts": {part: {"state": "right", "why": ""} for part in marked.parts}}
    return {"parts": {}}


def _remarked(row: Graded, told: dict[str, Any], reveal: str) -> str:
    """How certain the student was; from `hints` on also how much of the answer is right, and a slip that was made."""
    remark = marking.remark(row.outcome, row.sure, told=reveal == "answers")
    if row.outcome == "right":
        # The verdict has said right, and only `answers` has a why.
        guessed = _("You were guessing: see why.") if reveal == "answers" else _("You were guessing.")
        remark = {1: guessed, 2: _("You were fairly sure."), 3: _("You were certain.")}.get(row.sure or 0, "")
    missed = row.outcome in ("partly", "wrong")
    # "Partly right: 3 of 4." and "Not this one.": what comes after the verdict.
    tally = told.get("says", "").partition(": ")[2] if missed else ""
    slip = told["parts"].get("answer", {}).get("why", "") if missed else ""
    words = [tally[:1].upper() + tally[1:], slip, remark]
    return f'<p class="quiet">{" ".join(own_words(one) for one in words if one)}</p>' if any(words) else ""


def _hints(item: Item, row: Graded, reveal: str) -> str:
    if reveal == "score" or row.outcome in ("right", "recorded"):
        return ""
    return "".join(
        f'<p class="hint"><b>{_("Hint {n}.").format(n=place)}</b> {own_words(hint)}</p>'
        for place, hint in enumerate(item.hints, start=1)
    )


def _explained(item: Item, told: dict[str, Any], reveal: str) -> str:
    if reveal != "answers":
        return ""
    lines = []
    if item.type in ("numeric", "short") and told.get("key_text"):
        lines.append(f"<p><b>{_('The answer:')}</b> {own_words(told['key_text'], plain)}</p>")
    if item.type == "text" and told.get("key_text"):
        words = told["key_text"]
        lines.append(f"<p><b>{_('An answer that would do:')}</b></p>")
        lines.append(f'<div class="said"{lang_of(words)}>{rich(words)}</div>')
    if told.get("why"):
        lines.append(f"<p><b>{_('Why:')}</b> {own_words(told['why'])}</p>")
    if item.source_ids:
        lines.append(f'<p class="sources">{_("Sources:")} {cited(item.source_ids)}</p>')
    return "".join(lines)


def _read(item: Item, row: Graded, reading: Reading | None) -> str:
    """The points of the rubric, and what the reader gave and said; a reading that is not finished is kept back."""
    return "" if item.type != "text" else _given(item.body["rubric"], row, reading)


def _given(rubric: Sequence[str], row: Graded, reading: Reading | None) -> str:
    if reading is None or reading.mark is None or row.score is None or row.opinion:
        good = "".join(f"<li{lang_of(point)}>{rich(point)}</li>" for point in rubric)
        return f"<p>{_('What a good answer has:')}</p><ul>{good}</ul>"
    # The points as the reader's sheet has them: those of a brief are the library's own, and translated here.
    named = {point: _(point) for point in BRIEF_POINTS} if row.type == BRIEF else {}
    rows = [
        (own_words(named.get(point, point)), mark(given) if given is not None else "")
        for point, given in zip(reading.points, reading.marks, strict=True)
    ]
    words = f'<span class="prose"{lang_of(reading.comment)}>{plain(reading.comment)}</span>'
    said = f'<div class="said"><b>{_("Your reader says:")}</b> {words}</div>' if reading.comment else ""
    heads = (_("A good answer"), pgettext("of points", "Given"))
    return table(_("What your reader gave, 0 to 1 a point"), heads, rows) + said


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
