"""The rubric sheet: texts that no machine marks, laid out for a reader, and the reader's marks read back.

A sheet is a CSV file that any spreadsheet program may open and save: commas, semicolons or tabs, any of its encodings,
rows in any order. What a reader wrote is kept, as it was written, whenever the sheet is made again.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lesson_lib.classroom import pages
from lesson_lib.classroom.bank import Unit
from lesson_lib.classroom.brief_pages import BRIEF_POINTS, brief_html, checked
from lesson_lib.classroom.grade import BRIEF, Graded, Paper
from lesson_lib.classroom.gradebook import safe
from lesson_lib.classroom.sheet_lines import (
    POINT,
    POINTS,
    Line,
    bare,
    carried,
    id_cell,
    lines,
    mark_of,
    numbered,
    read_text,
    save,
    squeezed,
    typed,
)  # fmt: skip
from lesson_lib.know import catalogue
from lesson_lib.know.catalogue import N_, _, ngettext
from lesson_lib.know.errors import DataError, Problem
from lesson_lib.know.foreign import bare as unmarked
from lesson_lib.know.language import LANGUAGES
from lesson_lib.think import brief, brief_checks
from lesson_lib.think.evidence import stems
from lesson_lib.think.markup import rich

HINT = "hint, not a mark"
_TEXT_COLUMNS = ("stem", "answer", "words", "enough words?", HINT)
_BRIEF_COLUMNS = ("title", "question", "side", "claim", "words", "sources", "checks done")
_MOST_CELL = 30_000  # a spreadsheet program cuts a cell at 32,767 characters

_CHANGED = N_("the answer changed after it was marked: look again")
_STRAY = N_("not in the gradebook as it is now: kept for you")


@dataclass(frozen=True)
class Reading:
    """What a reader gave one text: a mark a point (None while the cell is empty), and the comment."""

    student: str
    name: str
    item: str
    points: tuple[str, ...]
    marks: tuple[float | None, ...]
    comment: str

    @property
    def mark(self) -> float | None:
        """The mean of the points; None while one is empty.

        >>> Reading("s1", "Ada", "words", ("a", "b"), (1.0, 0.5), "").mark
        0.75
        """
        given = [one for one in self.marks if one is not None]
        return sum(given) / len(given) if given and len(given) == len(self.marks) else None


# ---- making a sheet ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Entry:
    student: str
    name: str
    item: str
    points: tuple[str, ...]
    said: Mapping[str, object]


def sheet(unit: Unit, rows: Sequence[Graded], before: str = "") -> str:
    """A line for each text that waits for a reader, question by question, with the checks that can be made beforehand.

    Headings are read back and are the same in every language; what the cells say of a text is in the language spoken.
    The reader writes 0, 0.5 or 1 under each point (x, yes and no do too). `before` is the sheet as it was: its marks,
    comments and columns of the reader's own stay, with its delimiter; a note says where an answer has changed since.
    Blank answers, opinions and study releases have no line, as nothing of them is for a reader.
    """
    order = {name: place for place, name in enumerate(unit.items)}
    waiting = [row for row in rows if row.type == "text" and row.score is None and row.item in order]
    entries = [_text_entry(unit, row) for row in sorted(waiting, key=lambda row: order[row.item])]
    return _made(entries, _TEXT_COLUMNS, before, _("the rubric sheet"))


def _text_entry(unit: Unit, row: Graded) -> _Entry:
    points = tuple(unit.items[row.item][row.variant % len(unit.items[row.item])].body["rubric"])
    return _Entry(row.student, row.name, row.item, points, text_said(unit, row))


def text_said(unit: Unit, row: Graded) -> dict[str, object]:
    """What the sheet says of a text beforehand: question, answer, length, and words of the points that stand in it."""
    body = unit.items[row.item][row.variant % len(unit.items[row.item])].body
    answer, points = _answer(row), tuple(body["rubric"])
    count, least = len(answer.split()), body["min_words"]
    short = _("no, {count} of {least}").format(count=count, least=least)
    return {
        "stem": opening(body["stem"]),
        "answer": answer if len(answer) <= _MOST_CELL else f"{answer[:_MOST_CELL]} … {_('(cut here)')}",
        "words": count,
        "enough words?": _("yes") if count >= least else short,
        HINT: "; ".join(f"{place}: {_found(point, answer)}" for place, point in enumerate(points, start=1)),
    }


def _answer(row: Graded) -> str:
    return brief.clean(str(row.answer or ""), most=200_000)


def opening(text: str, most: int = 120) -> str:
    """The beginning of a question as plain text.

    >>> opening("Which **one** of these is it?", 18)
    'Which one of …'
    """
    first = " ".join(re.sub(r"[*`]", "", text.strip().partition("\n\n")[0]).split())
    return first if len(first) <= most else f"{first[: most - 2].rsplit(' ', 1)[0]} …"


def _found(point: str, answer: str) -> str:
    """Which of a point's longer words stand in the answer, as the answer has them."""
    wanted = stems(point)
    words = dict.fromkeys(word for word in re.findall(r"[^\W\d_]{5,}", answer.casefold()) if stems(word) & wanted)
    return ", ".join(list(words)[:6]) or _("none of its words")


def brief_sheet(papers: Iterable[Paper], before: str = "") -> str:
    """A line for each brief handed in: what it claims, the checks that a careful reader would make, and the points.

    The checks say "done", "not yet" or "look again"; none of them is a mark. `read_sheet` reads it back.
    """
    titles = [check.title for check in brief_checks.checks(brief.Brief())]
    entries = []
    for paper in papers:
        labs = paper.record.get("labs")
        settings = labs.get(BRIEF) if isinstance(labs, dict) else None
        if not isinstance(settings, dict) or not any(settings.values()):
            continue
        one = brief.brief(settings)
        looked = checked(settings)
        said: dict[str, object] = {
            "title": one.title,
            "question": unmarked(one.asked),
            "side": one.side,
            "claim": one.claim,
            "words": brief.words(one),
            "sources": sum(map(len, brief.sources(one).values())),
            "checks done": _("{done} of {of}").format(done=count_done(looked), of=len(looked)),
        }
        said |= {f"check: {title}": found_said(state) for title, state in looked}
        entries.append(_Entry(paper.student, paper.name, BRIEF, BRIEF_POINTS, said))
    columns = (*_BRIEF_COLUMNS, *(f"check: {title}" for title in titles))
    return _made(entries, columns, before, _("the brief sheet"))


def found_said(state: str) -> str:
    """What was found by a check, as plain text in the language spoken."""
    return _(state) if state == "done" else unmarked(state)


def count_done(looked: Sequence[tuple[str, str]]) -> int:
    """How many of a brief's checks are done."""
    return sum(state == "done" for _title, state in looked)


def _made(entries: Sequence[_Entry], columns: Sequence[str], before: str, file: str) -> str:
    """The sheet of these entries with what the reader wrote in the one before."""
    delimiter, heads, written = lines(before, file) if before.strip("\ufeff \r\n") else (",", [], [])
    old: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in written:
        old[line.student, line.item].append(line)
    most = max([len(entry.points) for entry in entries] + [place for line in written for place in line.marks] + [1])
    shared = [{entry.points[place] for entry in entries if place < len(entry.points)} for place in range(most)]
    named = [f"point {n}" + (f": {squeezed(*ones)}" if len(ones) == 1 else "") for n, ones in enumerate(shared, 1)]
    known = {"student", "name", "item", POINTS, "comment", "note", *columns}
    own = [head for head in heads if head and head.casefold() not in known and not POINT.match(head)]
    # Checks of an older version are the program's, not the reader's.
    own = [head for head in own if not head.startswith("check: ")]
    table: list[Sequence[object]] = [("student", "name", "item", *columns, POINTS, *named, "comment", "note", *own)]
    for entry in entries:
        found = old.get((entry.student, entry.item), [])
        line = found.pop(0) if found else Line(0)
        marks, dropped = carried(line, entry.points)
        notes = [line.note] if line.note and line.note not in _said(_STRAY) else []
        if any(marks) and _differs(line, entry) and not any(one in line.note for one in _said(_CHANGED)):
            notes.append(_(_CHANGED))
        notes += [_("earlier mark for “{point}”: {mark}").format(point=point, mark=mark) for point, mark in dropped]
        cells = [marks[place] if place < len(marks) else "–" for place in range(most)]
        table.append(
            (
                id_cell(entry.student),
                brief.line(entry.name),
                entry.item,
                *(entry.said.get(column, "") for column in columns),
                numbered(entry.points),
                *cells,
                line.comment,
                "; ".join(notes),
                *(line.cells.get(head, "") for head in own),
            )
        )
    for line in (line for left in old.values() for line in left if line.written):
        known_cells = {head.casefold(): text for head, text in line.cells.items()}
        marks = [line.marks.get(place, "") for place in range(1, most + 1)]
        table.append(
            (
                id_cell(line.student),
                line.name,
                line.item,
                *(known_cells.get(column, "") for column in columns),
                numbered(line.points),
                *marks,
                line.comment,
                line.note or _(_STRAY),
                *(line.cells.get(head, "") for head in own),
            )
        )
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows([safe(cell) for cell in row] for row in table)
    return out.getvalue()


def _said(note: str) -> Iterator[str]:
    """A note of the program's as an earlier run may have written it, in each language."""
    for code in LANGUAGES:
        with catalogue.speaking(code):
            said = _(note)
        yield said


def _differs(line: Line, entry: _Entry) -> bool:
    known = {head.casefold(): text for head, text in line.cells.items()}
    column = "answer" if "answer" in entry.said else "claim"
    if column not in known or "words" not in known:
        return False
    return known["words"] != str(entry.said["words"]) or bare(known[column]) != bare(str(entry.said[column]))


def marks_of(readings: Mapping[tuple[str, str], Reading]) -> dict[tuple[str, str], float]:
    """What readers gave, 0 to 1, by student and item: the mean of the points. A text with an empty point has none."""
    return {which: one.mark for which, one in readings.items() if one.mark is not None}


def _points(unit: Unit, item: str) -> tuple[str, ...] | None:
    if item == BRIEF and unit.lesson.brief:
        return BRIEF_POINTS
    body = unit.items[item][0].body if item in unit.items else {}
    return tuple(body["rubric"]) if "rubric" in body else None


def read_sheet(path: Path, unit: Unit) -> dict[tuple[str, str], Reading]:
    """Marks and comments of a sheet by student and item. Raises DataError with every cell that cannot be read."""
    file = path.name
    heads, written = lines(read_text(path), file)[1:]
    named = {int(at[1]): head for head in heads if (at := POINT.match(head))}
    found: dict[tuple[str, str], Reading] = {}
    problems = []
    for line in written:
        points = _points(unit, line.item)
        if points is None:  # a question that the bank no longer has: its marks wait in the sheet
            continue
        who = f"{line.student} {line.item}"
        if (line.student, line.item) in found:
            fix = _("remove one of the two lines")
            problems.append(Problem(file, line.number, "student", who, _("stands twice"), fix))
            continue
        marks, dropped = carried(line, points)
        for place, cell in sorted(line.marks.items()):
            if typed(cell) and mark_of(cell) is None:
                fix = _("write 0, 0.5 or 1 (x, yes and no do too), or leave the cell empty")
                where = _("column {column}, {line}").format(column=named[place], line=who)
                problems.append(Problem(file, line.number, where, cell, _("is not a mark"), fix))
        for point, cell in dropped:
            if point.startswith("point "):
                fix = ngettext(
                    "leave it empty: {item} has {n} point", "leave it empty: {item} has {n} points", len(points)
                ).format(item=line.item, n=len(points))
                where = _("column {column}, {line}").format(column=point, line=who)
                problems.append(Problem(file, line.number, where, cell, _("stands beside the points"), fix))
        values = tuple(mark_of(mark) if mark else None for mark in marks)
        comment = re.sub(r"^'(?=[=+\-@\t\r])", "", line.comment)
        found[line.student, line.item] = Reading(line.student, line.name, line.item, points, values, comment)
    if problems:
        raise DataError(problems)
    return found


def update(path: Path, unit: Unit, rows: Sequence[Graded]) -> None:
    """Makes the sheet in `path` again, with what was written in it; whole or not at all. Its rows are texts or briefs.

    It starts with the mark by which spreadsheet programs know UTF-8.
    """
    before = read_text(path) if path.is_file() else ""
    briefs = [row for row in rows if row.type == BRIEF]
    if not briefs:
        save(path, sheet(unit, rows, before))
        return
    papers = (Paper(row.student, row.name, {"labs": {BRIEF: row.answer}}) for row in briefs if row.score is None)
    save(path, brief_sheet(papers, before))


# ---- reading beside the sheet ------------------------------------------------------------------------------------


def page(unit: Unit, rows: Sequence[Graded], marks: Mapping[tuple[str, str], float]) -> str:
    """Texts and briefs as a page to read beside the sheets: question by question, with rubric, and what is marked."""
    texts: dict[str, list[Graded]] = defaultdict(list)
    for row in rows:
        if row.type == "text" and not row.opinion and row.outcome == "recorded" and row.item in unit.items:
            texts[row.item].append(row)
        elif row.type == BRIEF and row.outcome == "recorded":
            texts[BRIEF].append(row)
    done = sum((row.student, row.item) in marks for found in texts.values() for row in found)
    count = sum(map(len, texts.values()))
    sections = [_section(unit, item, texts[item], marks) for item in unit.items if item in texts]
    sections += [_briefs(texts[BRIEF], marks)] if BRIEF in texts else []
    said = [
        _("Unit {unit}: {title}.").format(unit=unit.name, title=unit.title),
        ngettext("{n} answer, {done} marked.", "{n} answers, {done} marked.", count).format(n=count, done=done)
        if count
        else _("No answer waits for a reader."),
        _("The marks go into the sheet: 0, 0.5 or 1 a point."),
    ]
    return pages.page(
        _("Answers to read: unit {unit}").format(unit=unit.name),
        f"<h1>{pages.plain(_('Answers to read'))}</h1><p class='quiet'>{pages.plain(' '.join(said))}</p>",
        *sections,
        style="section{margin-top:36px;border-top:2px solid var(--ink);padding-top:12px}"
        "article{border-top:1px solid var(--line);padding:12px 0;break-inside:avoid}h3 span{font-weight:400}"
        "ol{margin:6px 0 16px;padding-left:1.5em}.brief{border-left:3px solid var(--line);padding-left:14px}"
        ".brief h3{margin:8px 0}.brief h4{margin:12px 0 2px}article>h3+details{margin:4px 0 10px}",
    )


def _section(unit: Unit, item: str, rows: Sequence[Graded], marks: Mapping[tuple[str, str], float]) -> str:
    body = unit.items[item][0].body
    parts_of = [re.split(r"\n\s*\n", one.body["stem"].strip()) for one in unit.items[item]]
    # Where numbers were drawn, the question is not the same for all: what all share is the heading.
    shared = [part for part in parts_of[0] if all(part in other for other in parts_of)]
    answers = []
    for row in rows:
        mark = marks.get((row.student, row.item))
        count = len(_answer(row).split())
        if count < body["min_words"]:
            said = ngettext("{n} word, fewer than {least}", "{n} words, fewer than {least}", count)
        else:
            said = ngettext("{n} word", "{n} words", count)
        length = pages.plain(said.format(n=count, least=body["min_words"]))
        asked = "\n\n".join(part for part in parts_of[row.variant % len(parts_of)] if part not in shared)
        own = f"<p class='quiet'>{pages.plain(_('Asked:'))} {pages.own_words(asked)}</p>" if asked else ""
        answers.append(
            f"<article><h3>{pages.plain(row.name)} <span class='quiet'>{pages.plain(row.student)} · {length} · "
            f"{_state(mark)}</span></h3>{own}"
            f'<div class="prose"{pages.lang_of(_answer(row))}>{pages.plain(_answer(row))}</div></article>'
        )
    points = "".join(f"<li>{pages.own_words(point)}</li>" for point in body["rubric"])
    heading = pages.stem("\n\n".join(shared) or _("Each was asked a question of their own."))
    asks = pages.plain(_("{item} · a good answer:").format(item=item))
    return f"<section>{heading}<p class='quiet'>{asks}</p><ol>{points}</ol>{''.join(answers)}</section>"


def _state(mark: float | None) -> str:
    if mark is None:
        return pages.plain(_("not marked yet"))
    return pages.plain(_("marked {share} %").format(share=pages.mark(100 * mark)))


def _briefs(rows: Sequence[Graded], marks: Mapping[tuple[str, str], float]) -> str:
    points = "".join(f"<li>{rich(point)}</li>" for point in map(_, BRIEF_POINTS))
    articles = []
    for row in rows:
        looked = checked(row.answer)
        listed = "".join(
            f"<li>{pages.plain(title)}: {pages.told(_(state) if state == 'done' else state)}</li>"
            for title, state in looked
        )
        summary = _("{done} of {of} checks done: form and sources, no mark").format(
            done=count_done(looked), of=len(looked)
        )
        articles.append(
            f"<article><h3>{pages.plain(row.name)} <span class='quiet'>{pages.plain(row.student)} · "
            f"{_state(marks.get((row.student, row.item)))}</span></h3><details><summary>{pages.plain(summary)}"
            f"</summary><ul>{listed}</ul></details>{brief_html(row.answer)}</article>"
        )
    asks = pages.plain(_("{item} · a good brief:").format(item=BRIEF))
    return (
        f"<section><h2>{pages.plain(_('The briefs'))}</h2><p class='quiet'>{asks}</p><ol>{points}</ol>"
        f"{''.join(articles)}</section>"
    )
