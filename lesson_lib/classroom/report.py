"""`lessons analyse`: the item analysis of a unit as one HTML page for a teacher, and as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from lesson_lib.classroom import bank, gradebook, pages
from lesson_lib.classroom import report_pictures as pictures
from lesson_lib.classroom.analysis import analyse
from lesson_lib.classroom.commands import bank_option, plural, released, said, say
from lesson_lib.classroom.findings import Analysis, ItemResult
from lesson_lib.classroom.gains import Gain, gains
from lesson_lib.classroom.grade import Graded
from lesson_lib.classroom.grades import readings
from lesson_lib.classroom.measures import MEASURES, Interval
from lesson_lib.classroom.pages import plain
from lesson_lib.classroom.report_pictures import percent
from lesson_lib.classroom.report_tables import choices_csv, items_csv
from lesson_lib.classroom.rubric import marks_of
from lesson_lib.classroom.verdicts import gained, judged, reliable
from lesson_lib.know.errors import LessonError
from lesson_lib.think import marking
from lesson_lib.think.answers import read_record
from lesson_lib.think.kinds import KINDS
from lesson_lib.think.markup import rich

UNDEFINED = '<span class="quiet">cannot be worked out</span>'
LOOK = 2
"""Items whose verdict ranks so far or before are to be looked at."""

_STYLE = (
    ".figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:14px 24px;margin:18px 0}"
    ".figures b{display:block;font-size:1.75em;line-height:1.15;font-variant-numeric:tabular-nums}"
    ".figures span{color:var(--ink-2);font-size:.93em}"
    "section{margin:34px 0 0}section>h2{font-size:1.2em;margin:0 0 8px}"
    ".chip{display:inline-block;font-size:.86em;font-weight:600;border-radius:3px;padding:0 6px;margin:0 4px 3px 0;"
    "border:1px solid currentColor}.bad{color:var(--wrong)}.look{color:var(--partly)}.good{color:var(--right)}"
    ".calm{color:var(--ink-2)}ul{padding-left:1.2em;margin:8px 0}li{margin:4px 0}"
    "details{border-top:1px solid var(--line);padding:4px 0}details[open]{padding-bottom:18px}"
    "summary{cursor:pointer;min-height:34px;padding:5px 0}summary:focus-visible{outline:2px solid var(--accent)}"
    "summary b{margin-right:8px}.caution{border-left:3px solid var(--partly);padding:2px 0 2px 12px;margin:12px 0}"
    "details h3{margin-top:10px}tbody th .quiet{font-weight:400}"
    "@media(min-width:641px){table.items{table-layout:fixed}table.items .num .quiet{white-space:normal}"
    "table.items th{width:11%}table.items th:first-child{width:29%}table.items th:nth-child(2){width:17%}"
    "table.items th:nth-child(3){width:19%}table.items th:nth-child(5){width:14%}}"
    "@media(max-width:560px){table.lines td[data-col]{display:grid;grid-template-columns:9.5em 1fr;gap:0 10px}}"
    "dl{margin:8px 0}dt{font-weight:650;margin-top:10px}dd{margin:0}"
    "@media print{details::details-content{content-visibility:visible}}"
) + pictures.STYLE


# ---- the page -----------------------------------------------------------------------------------------------------


def page(found: Analysis, learnt: Sequence[Gain] = ()) -> str:
    """The whole page: the class, the items that need a look first, each item, certainty, gain and the measures."""
    return pages.page(
        f"Unit {found.unit}: item analysis",
        f"<h1>{plain(found.title)}</h1><p class='quiet'>Unit {plain(found.unit)}: what "
        f"the answers say about the questions ({plural(found.students, 'hand-in')}). No student is named here.</p>",
        _short(found),
        _class(found),
        _items(found),
        _one_by_one(found),
        _certainty(found),
        _learnt(learnt),
        _measures(),
        style=_STYLE,
    )


def _section(title: str, *parts: str) -> str:
    return f"<section><h2>{plain(title)}</h2>{''.join(parts)}</section>"


def _lines(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    """A table whose cells stand beside their headings, a line each, where the page is narrow."""
    wrapped = [(first, *(f"<div>{cell}</div>" for cell in rest)) for first, *rest in rows]
    return pages.table(caption, heads, wrapped, f"lines {kind}".strip())


def _paragraph(text: str, kind: str = "") -> str:
    return f'<p class="{kind}">{plain(text)}</p>' if kind else f"<p>{plain(text)}</p>"


def _signed(value: float | None) -> str:
    """A number between −1 and 1 with two decimals and a real minus sign."""
    return UNDEFINED if value is None else f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")


def _between(ends: Interval | None, *, share: bool) -> str:
    if ends is None:
        return ""
    low, high = (f"{100 * end:.0f}" if share else _signed(end) for end in ends)
    return f' <span class="quiet num">({low} to {high})</span>'


def _short(found: Analysis) -> str:
    look = [each for each in found.items if each.verdict.rank <= LOOK]
    links = ", ".join(f'<a href="#{_anchor(each)}">{plain(each.id)}</a>' for each in look)
    judged_items = [each for each in found.items if each.verdict.rank <= 5]
    lines = []
    if look:
        lines.append(f"Look at {plural(len(look), 'item')} first: {links}.")
    elif judged_items:
        lines.append(f"Of {plural(len(judged_items), 'item')} not one asks to be looked at first.")
    value = found.reliability.value
    known = "cannot be worked out: " if value is None else f"{_signed(value)} ({plain(found.reliability.name)}). "
    lines.append(f"Reliability {known}{plain(reliable(value))}")
    lines += [plain(one) for one in judged(found.levels)]
    return _section("In short", f"<ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul>", *_cautions(found))


def _cautions(found: Analysis) -> Iterator[str]:
    if found.small:
        yield _paragraph(
            f"Small class: {plural(found.students, 'student')}. With fewer than 30 every number here is a hint, not a "
            "finding: one student more or less changes it. Read the intervals, which show how far chance may reach.",
            "caution",
        )
    if found.varied:
        pairs = (
            f" Some pairs of items were seen together by {plural(found.pairs, 'student')} only."
            if found.pairs is not None and found.pairs < 30
            else ""
        )
        yield _paragraph(
            "Students drew different items. A total is therefore the share of the points a student could earn, an item "
            "is set against the rest of what its own students drew, and reliability rests on the pairs of items that "
            f"students saw together (pairwise), for a test of {found.reliability.length:.0f} items.{pairs} Some drew "
            "easier items than others: compare items with care.",
            "caution",
        )
    if found.waiting:
        yield _paragraph(
            f"{plural(found.waiting, 'text')} still to be marked by the rubric: not counted until then.", "caution"
        )


def _class(found: Analysis) -> str:
    if found.mean is None:
        return _section("The class at a glance", _paragraph("No marked answers yet, so there are no totals to show."))
    low, middle, high = (found.quantile(share) or 0.0 for share in (0.25, 0.5, 0.75))
    figures = [
        (f"{found.students:,}", "student" if found.students == 1 else "students"),
        (percent(found.mean), "of the points, on average"),
    ]
    if found.students >= 4:
        figures.append(
            (
                f"{100 * low:.0f} to {percent(high)}",
                f"the middle half of the class; half have {percent(middle)} or less",
            )
        )
    value, error = found.reliability.value, found.reliability.error
    if value is not None:
        figures.append((_signed(value), f"reliability ({found.reliability.name})"))
    boxes = "".join(f"<div><b>{plain(big)}</b><span>{plain(small)}</span></div>" for big, small in figures)
    parts = [f'<div class="figures">{boxes}</div>']
    if error is not None and value is not None and value > 0:
        parts.append(
            _paragraph(
                f"By chance alone a student’s total may lie {100 * error:.0f} percentage points higher or lower "
                "(standard error of measurement): do not make much of smaller differences.",
                "quiet",
            )
        )
    parts.append(pictures.totals(found))
    rows = [(f"{10 * at} to {10 * at + 10} %", f"{n:,}") for at, n in enumerate(pictures.tenths(found)) if n]
    parts.append(_folded("The same in numbers", pages.table("Students by total", ("Total", "Students"), rows)))
    return _section("The class at a glance", *parts)


def _folded(summary: str, *parts: str) -> str:
    return f"<details><summary>{plain(summary)}</summary>{''.join(parts)}</details>"


def _anchor(each: ItemResult) -> str:
    return f"item-{each.id}"


def _chips(each: ItemResult) -> str:
    rank = each.verdict.rank
    kind = "bad" if rank <= 1 else "look" if rank <= 4 else "good" if rank == 5 else "calm"
    sign = {"bad": "! ", "look": "≈ ", "good": "✓ ", "calm": ""}[kind]
    return "".join(f'<span class="chip {kind}">{sign}{plain(word)}</span>' for word in each.verdict.words)


def _stem(each: ItemResult) -> str:
    return str(each.item.body["stem"]) if each.item else "This item is no longer in the bank."


def _items(found: Analysis) -> str:
    rows = []
    for each in _seen(found):
        stem = _stem(each).partition("\n\n")[0].replace("*", "")
        short = stem if len(stem) <= 70 else f"{stem[:68].rsplit(' ', 1)[0]} …"
        name = f'<a href="#{_anchor(each)}">{plain(each.id)}</a><br><span class="quiet">{plain(short)}</span>'
        if each.difficulty is None:
            rows.append((name, _chips(each), *['<span class="quiet">no marks</span>'] * 4))
            continue
        ends = _between(each.interval, share=True)
        if each.outcomes.get("partly"):
            ends = ends.replace("(", "(fully right ")
        right = f'<span class="num">{percent(each.difficulty)}</span>{ends}'
        rows.append((
            name, _chips(each), right, f'<span class="num">{_signed(each.discrimination)}</span>',
            f'<span class="num">{_signed(each.correlation)}</span>{_between(each.correlation_interval, share=False)}',
            f'<span class="num">{_signed(each.without)}</span>',
        ))  # fmt: skip
    if not rows:
        return _section("The items", *_unseen(found))
    heads = ("Item", "In words", "Share of points", "Upper − lower", "With the rest", "Reliability without it")
    said = (
        "In brackets: 95 % intervals, of the share fully right and of the connection with the rest. Upper and lower "
        f"are the 27 % with the best and the lowest totals, {plural(found.group, 'student')} each; equal totals at the "
        "edge share the last places."
    )
    if (value := found.reliability.value) is not None:
        said += f" With all items the reliability is {_signed(value)}; it rises without an item that does not fit."
    return _section(
        "The items, what needs a look first",
        _lines("What the answers say of each item", heads, rows, "items"),
        _paragraph(said, "quiet"),
        *_unseen(found),
    )


def _seen(found: Analysis) -> list[ItemResult]:
    return [each for each in found.items if each.drawn]


def _unseen(found: Analysis) -> Iterator[str]:
    """The bank's items that stand in no hand-in: named, and given no empty lines."""
    if unseen := [each.id for each in found.items if not each.drawn]:
        yield _paragraph(f"{plural(len(unseen), 'item')} of the bank in no hand-in: {', '.join(unseen)}.", "quiet")


def _one_by_one(found: Analysis) -> str:
    parts = []
    for each in _seen(found):
        opened = " open" if each.verdict.rank <= 1 else ""
        parts.append(
            f'<details id="{_anchor(each)}"{opened}><summary><b>{plain(each.id)}</b>{_chips(each)}</summary>'
            f"{''.join(_detail(each))}</details>"
        )
    return _section("Item by item", *parts) if parts else ""


def _detail(each: ItemResult) -> Iterator[str]:
    yield pages.stem(_stem(each), "h3")
    yield f"<p>{plain(each.verdict.why)}</p>"
    if key := key_text(each):
        yield f"<p><b>Key:</b> {rich(key)}</p>"
    names = {"recorded": "given"}
    counts = " · ".join(f"{names.get(kind, kind)} {count:,}" for kind, count in each.outcomes.items())
    waiting = f" · to mark {each.waiting:,}" if each.waiting else ""
    if counts or waiting:
        points = f" Worth {gradebook.number(each.points)} points." if each.points != 1 else ""
        told = (counts + waiting).removeprefix(" · ")
        yield f'<p class="quiet">Of {plural(each.drawn, "student")}: {told}.{points}</p>'
    if each.choices:
        yield pictures.distractors(each.id, each.choices)
        yield _choices(each)
    if each.parts:
        rows = [
            (plain(part.text), f"{part.right:,} of {part.of:,}",
             f"{plain(part.instead)} ({part.instead_count:,})" if part.instead_count else "nothing")
            for part in each.parts
        ]  # fmt: skip
        yield pages.table("Part by part", ("Part", "Right", "Taken instead most often"), rows)


def _choices(each: ItemResult) -> str:
    rows = []
    for letter, choice in zip(pictures.letters(each.choices), each.choices, strict=True):
        name = f"{letter}. {rich(choice.text)}" + (' <span class="right">✓ key</span>' if choice.right else "")
        if choice.id == each.verdict.suspect:
            name += ' <span class="wrong num">! perhaps the right one</span>'
        shares = [UNDEFINED if share is None else percent(share) for share in (choice.upper, choice.lower)]
        rows.append((name, f'<span class="num">{choice.count:,} ({percent(choice.share)})</span>', *shares))
    several = each.item is not None and each.item.type == "multiple"
    more = " (one student may take several)" if several else ""
    heads = ("Choice", "All", "Best totals", "Lowest totals")
    return _lines(f"Who took which choice{more}", heads, rows)


def key_text(each: ItemResult) -> str:
    """The key as a reader would say it; "" for an opinion and for what was removed from the bank."""
    item = each.item
    if item is None or item.opinion:
        return ""
    if item.type == "text":
        return "A reader marks it by the rubric."
    if item.variants > 1:
        return f"It differs from student to student: {item.variants} sets of numbers are drawn from."
    return marking.answer_text(item.body, KINDS[item.type].right(item.key))


def _certainty(found: Analysis) -> str:
    said = "".join(_paragraph(one) for one in judged(found.levels))
    if not any(level.count for level in found.levels):
        return _section("How sure, and how right", said)
    rows = [
        (pictures.LEVELS[level.sure].capitalize(), f"{level.count:,}",
         UNDEFINED if level.share is None else percent(level.share) + _between(level.interval, share=True))
        for level in found.levels
    ]  # fmt: skip
    note = (
        "Only fully right answers count as right here. The lines at which we say overconfident (certain answers right "
        "less than 8 times in 10) and underconfident (guesses right more than 6 times in 10) are this course’s own. "
        "Several answers of one student are no separate witnesses: the true intervals are somewhat wider."
    )
    return _section(
        "How sure, and how right", said, pictures.certainty(found.levels),
        pages.table("Answers by how sure they were given", ("How sure", "Answers", "Right"), rows),
        _paragraph(note, "quiet"),
    )  # fmt: skip


def _learnt(learnt: Sequence[Gain]) -> str:
    if not learnt:
        return _section(
            "From warm-up to exit",
            _paragraph(
                "No hand-ins of lessons were given, so no gain is shown. Add them with --lessons FOLDER: the warm-up "
                "of a lesson is then set against the same questions at its end."
            ),
        )
    rows = []
    for each in learnt:
        if not each.students:
            none = '<span class="quiet">nobody answered the same question both times</span>'
            rows.append((f"{plain(each.lesson)} {plain(each.title)}", none, "", "", ""))
            continue
        value = "" if each.value is None else f"{_signed(each.value)}: "
        rows.append((
            f"{plain(each.lesson)} {plain(each.title)}", f"{each.students:,}", percent(each.before),
            percent(each.after), f"{value}{plain(gained(each.before, each.after))}",
        ))  # fmt: skip
    left = sum(each.left_out for each in learnt)
    note = "Compared are only students and questions answered both times. The exit counts by its first answer. "
    note += "A rise can have other causes than the lesson, such as having seen the questions before."
    if left:
        note += f" {plural(left, 'hand-in')} could not be compared."
    heads = ("Lesson", "Students", "Right before", "Right at the exit", "Gain")
    return _section(
        "From warm-up to exit",
        pages.table("The same questions before and after", heads, rows),
        _paragraph(note, "quiet"),
    )


def _measures() -> str:
    lines = "".join(
        f'<dt>{plain(each.name)}</dt><dd>{plain(each.says)} <span class="quiet">{plain(each.source)}</span></dd>'
        for each in MEASURES
    )
    limits = (
        "An item is called very easy above 90 in 100 and very hard below 25 in 100; its separation is judged from ten "
        "answers on: not to separate means D below 0.20 or r below 0.10. A key is doubted from 25 "
        "answers on, where the interval of r reaches 0 or below and the best students prefer another choice: at least "
        "four of the upper group take it, two more than take the key, more than in the lower group, and either 6 in 10 "
        "of them or so many that chance hardly explains it. Numbers point to items; only reading tells if one is good."
    )
    return _section("What the measures mean", f"<dl>{lines}</dl>", _paragraph(limits, "quiet"))


# ---- the command --------------------------------------------------------------------------------------------------

_MOST_BYTES = 5_000_000


def lesson_records(paths: Iterable[Path]) -> list[Mapping[str, Any]]:
    """The lesson hand-ins in files and folders, the latest of each student and lesson; what is none is passed over."""
    latest: dict[tuple[str, str], tuple[str, Mapping[str, Any]]] = {}
    for path in paths:
        for file in sorted(path.rglob("*.json")) if path.is_dir() else [path]:
            if file.is_symlink() or not file.is_file() or file.stat().st_size > _MOST_BYTES:
                continue
            record, _ = read_record(file.read_bytes())
            if not record["lesson"] or "unit" in record:
                continue
            at = max((str(entry.get("at") or "") for entry in record["items"].values()), default="")
            # Without a name, two hand-ins are one student's only when they are the same to the letter.
            who = record["name"].casefold().strip() or f"receipt {record['receipt']}"
            if at >= latest.get((record["lesson"], who), ("", {}))[0]:
                latest[record["lesson"], who] = (at, record)
    return [record for _, record in latest.values()]


@click.command("analyse")
@click.option("--unit", required=True, help="Which unit.")
@click.option(
    "-o", "--output", type=click.Path(file_okay=False, path_type=Path), required=True,
    help="The folder with its gradebook.",
)  # fmt: skip
@click.option(
    "--lessons", "lesson_paths", multiple=True, type=click.Path(exists=True, path_type=Path),
    help="Hand-ins of lessons (files or folders), to show the gain from warm-up to exit.",
)  # fmt: skip
@click.option("--release", "release_name", help="Which release; the unit's latest when left out.")
@bank_option
def analyse_command(
    unit: str, output: Path, lesson_paths: Sequence[Path], release_name: str | None, bank_path: Path | None
) -> None:
    """See what a class's answers say about the questions: which are too easy, unclear, or have a wrong key.

    Reads the gradebook that grading made, and rubric marks where there are any.
    """
    with said():
        held, book = bank.load_unit(unit, bank_path), output / f"gradebook-{unit}.jsonl"
        if not book.is_file():
            raise LessonError(f"There is no {book}: grade the unit first.")
        known = any(each["unit"] == unit for each in bank.releases(bank_path))
        if known and released(unit, release_name, bank_path).get("behaviour") == "study":
            raise LessonError(
                f"Unit {unit} was given out for study, with its key inside: its answers count for completion and say "
                "nothing about the questions."
            )
        with book.open("rb") as file:
            lines = sum(1 for _ in file)
        with click.progressbar(gradebook.read(book), length=lines, label="Reading", update_min_steps=5_000) as rows:
            found = write_analysis(output, held, rows, gains(lesson_records(lesson_paths)))
    say(f"{plural(found.students, 'hand-in')} analysed: open {output / f'analysis-{unit}.html'}.", "green")
    for each in found.items:
        if each.verdict.rank <= 1:
            say(f"  {each.id}: {'; '.join(each.verdict.words)}", "yellow")


def write_analysis(output: Path, unit: bank.Unit, rows: Iterable[Graded], learnt: Sequence[Gain] = ()) -> Analysis:
    """Looks at the questions with what readers gave so far, and writes the page and its two tables."""
    found = analyse(unit, gradebook.with_rubric(rows, marks_of(readings(output, unit))))
    for name, text in (
        (f"analysis-{unit.name}.html", page(found, learnt)),
        (f"analysis-{unit.name}.csv", items_csv(found)),
        (f"analysis-{unit.name}-choices.csv", choices_csv(found)),
    ):
        (output / name).write_text(text, encoding="utf-8", newline="\n")
    return found


def add(lessons: click.Group) -> None:
    """Puts this command under `lessons`."""
    lessons.add_command(analyse_command)
