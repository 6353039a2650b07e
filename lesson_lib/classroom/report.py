"""`lessons analyse`: the item analysis of a unit as one HTML page for a teacher, and as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from lesson_lib.classroom import bank, gradebook, pages
from lesson_lib.classroom import report_pictures as pictures
from lesson_lib.classroom.analysis import analyse
from lesson_lib.classroom.commands import bank_option, released, said, say
from lesson_lib.classroom.findings import Analysis
from lesson_lib.classroom.gains import Gain, gains
from lesson_lib.classroom.grade import Graded
from lesson_lib.classroom.grades import readings
from lesson_lib.classroom.measures import MEASURES
from lesson_lib.classroom.pages import plain
from lesson_lib.classroom.report_items import anchor, items, one_by_one
from lesson_lib.classroom.report_parts import between, folded, paragraph, section, signed, undefined
from lesson_lib.classroom.report_pictures import percent
from lesson_lib.classroom.report_tables import choices_csv, items_csv
from lesson_lib.classroom.rubric import marks_of
from lesson_lib.classroom.verdicts import gained, judged, reliable
from lesson_lib.know.catalogue import N_, _, ngettext
from lesson_lib.know.errors import LessonError
from lesson_lib.think.answers import read_record
from lesson_lib.think.numerals import figure

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
    about = ngettext(
        "Unit {unit}: what the answers say about the questions ({n} hand-in). No student is named here.",
        "Unit {unit}: what the answers say about the questions ({n} hand-ins). No student is named here.",
        found.students,
    ).format(unit=found.unit, n=figure(found.students))
    return pages.page(
        _("Unit {unit}: item analysis").format(unit=found.unit),
        f"<h1{pages.lang_of(found.title)}>{plain(found.title)}</h1><p class='quiet'>{plain(about)}</p>",
        _short(found),
        _class(found),
        items(found),
        one_by_one(found),
        _certainty(found),
        _learnt(learnt),
        _measures(),
        style=_STYLE,
    )


def _short(found: Analysis) -> str:
    look = [each for each in found.items if each.verdict.rank <= LOOK]
    links = ", ".join(f'<a href="#{anchor(each)}">{plain(each.id)}</a>' for each in look)
    count = sum(each.verdict.rank <= 5 for each in found.items)
    lines = []
    if look:
        first = ngettext("Look at {n} item first: {items}.", "Look at {n} items first: {items}.", len(look))
        lines.append(first.format(n=figure(len(look)), items=links))
    elif count:
        none = ngettext(
            "Of {n} item not one asks to be looked at first.", "Of {n} items not one asks to be looked at first.", count
        )
        lines.append(none.format(n=figure(count)))
    value, name = found.reliability.value, _(found.reliability.name)
    if value is None:
        known = _("Reliability cannot be worked out: {why}").format(why=reliable(value))
    else:
        known = _("Reliability {value} ({name}). {meaning}").format(
            value=signed(value), name=name, meaning=reliable(value)
        )
    lines += [plain(known), *(plain(one) for one in judged(found.levels))]
    return section(_("In short"), f"<ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul>", *_cautions(found))


def _cautions(found: Analysis) -> Iterator[str]:
    if found.small:
        yield paragraph(
            ngettext(
                "Small class: {n} student. With fewer than 30 every number here is a hint, not a finding: one student "
                "more or less changes it. Read the intervals, which show how far chance may reach.",
                "Small class: {n} students. With fewer than 30 every number here is a hint, not a finding: one student "
                "more or less changes it. Read the intervals, which show how far chance may reach.",
                found.students,
            ).format(n=figure(found.students)),
            "caution",
        )
    if found.varied:
        sentences = [
            _(
                "Students drew different items. A total is therefore the share of the points a student could earn, an "
                "item is set against the rest of what its own students drew, and reliability rests on the pairs of "
                "items that students saw together (pairwise), for a test of {items} items."
            ).format(items=f"{found.reliability.length:.0f}")
        ]
        if found.pairs is not None and found.pairs < 30:
            sentences.append(
                ngettext(
                    "Some pairs of items were seen together by {n} student only.",
                    "Some pairs of items were seen together by {n} students only.",
                    found.pairs,
                ).format(n=found.pairs)
            )
        sentences.append(_("Some drew easier items than others: compare items with care."))
        yield paragraph(" ".join(sentences), "caution")
    if found.waiting:
        yield paragraph(
            ngettext(
                "{n} text still to be marked by the rubric: not counted until then.",
                "{n} texts still to be marked by the rubric: not counted until then.",
                found.waiting,
            ).format(n=figure(found.waiting)),
            "caution",
        )


def _class(found: Analysis) -> str:
    title = _("The class at a glance")
    if found.mean is None:
        return section(title, paragraph(_("No marked answers yet, so there are no totals to show.")))
    low, middle, high = (found.quantile(share) or 0.0 for share in (0.25, 0.5, 0.75))
    figures = [
        (figure(found.students), ngettext("student", "students", found.students)),
        (percent(found.mean), _("of the points, on average")),
    ]
    if found.students >= 4:
        ends = _("{low} to {high}").format(low=f"{100 * low:.0f}", high=percent(high))
        half = _("the middle half of the class; half have {share} or less").format(share=percent(middle))
        figures.append((ends, half))
    value, error = found.reliability.value, found.reliability.error
    if value is not None:
        figures.append((signed(value), _("reliability ({name})").format(name=_(found.reliability.name))))
    boxes = "".join(f"<div><b>{plain(big)}</b><span>{plain(small)}</span></div>" for big, small in figures)
    parts = [f'<div class="figures">{boxes}</div>']
    if error is not None and value is not None and value > 0:
        parts.append(
            paragraph(
                _(
                    "By chance alone a student’s total may lie {n} percentage points higher or lower (standard error "
                    "of measurement): do not make much of smaller differences."
                ).format(n=f"{100 * error:.0f}"),
                "quiet",
            )
        )
    parts.append(pictures.totals(found))
    rows = [(pictures.tenth(at), figure(n)) for at, n in enumerate(pictures.tenths(found)) if n]
    heads = (_("Total"), _("Students"))
    parts.append(folded(_("The same in numbers"), pages.table(_("Students by total"), heads, rows)))
    return section(title, *parts)


def _certainty(found: Analysis) -> str:
    title, said = _("How sure, and how right"), "".join(paragraph(one) for one in judged(found.levels))
    if not any(level.count for level in found.levels):
        return section(title, said)
    rows = [
        (pictures.level(level).capitalize(), figure(level.count),
         undefined() if level.share is None else percent(level.share) + between(level.interval, share=True))
        for level in found.levels
    ]  # fmt: skip
    note = _(
        "Only fully right answers count as right here. The lines at which we say overconfident (certain answers right "
        "less than 8 times in 10) and underconfident (guesses right more than 6 times in 10) are this course’s own. "
        "Several answers of one student are no separate witnesses: the true intervals are somewhat wider."
    )
    return section(
        title, said, pictures.certainty(found.levels),
        pages.table(_("Answers by how sure they were given"), (_("How sure"), _("Answers"), _("Right")), rows),
        paragraph(note, "quiet"),
    )  # fmt: skip


def _learnt(learnt: Sequence[Gain]) -> str:
    title = _("From warm-up to exit")
    if not learnt:
        none = _(
            "No hand-ins of lessons were given, so no gain is shown. Add them with --lessons FOLDER: the warm-up of a "
            "lesson is then set against the same questions at its end."
        )
        return section(title, paragraph(none))
    rows = []
    for each in learnt:
        lesson = pages.own_words(f"{each.lesson} {each.title}", plain)
        if not each.students:
            none = f'<span class="quiet">{plain(_("nobody answered the same question both times"))}</span>'
            rows.append((lesson, none, "", "", ""))
            continue
        value = "" if each.value is None else f"{signed(each.value)}: "
        rows.append((
            lesson, figure(each.students), percent(each.before), percent(each.after),
            f"{value}{plain(gained(each.before, each.after))}",
        ))  # fmt: skip
    note = _(
        "Compared are only students and questions answered both times. The exit counts by its first answer. A rise can "
        "have other causes than the lesson, such as having seen the questions before."
    )
    if left := sum(each.left_out for each in learnt):
        missed = ngettext("{n} hand-in could not be compared.", "{n} hand-ins could not be compared.", left)
        note += " " + missed.format(n=figure(left))
    heads = (_("Lesson"), _("Students"), _("Right before"), _("Right at the exit"), _("Gain"))
    return section(
        title,
        pages.table(_("The same questions before and after"), heads, rows),
        paragraph(note, "quiet"),
    )


def _measures() -> str:
    lines = "".join(
        f'<dt>{plain(_(each.name))}</dt><dd>{plain(_(each.says))} <span class="quiet"{pages.lang_of(each.source)}>'
        f"{plain(each.source)}</span></dd>"
        for each in MEASURES
    )
    limits = _(
        "An item is called very easy above 90 in 100 and very hard below 25 in 100; its separation is judged from ten "
        "answers on: not to separate means D below 0.20 or r below 0.10. A key is doubted from 25 "
        "answers on, where the interval of r reaches 0 or below and the best students prefer another choice: at least "
        "four of the upper group take it, two more than take the key, more than in the lower group, and either 6 in 10 "
        "of them or so many that chance hardly explains it. Numbers point to items; only reading tells if one is good."
    )
    return section(_("What the measures mean"), f"<dl>{lines}</dl>", paragraph(limits, "quiet"))


# ---- the command --------------------------------------------------------------------------------------------------

_MOST_BYTES = 5_000_000


def lesson_records(paths: Iterable[Path]) -> list[Mapping[str, Any]]:
    """The lesson hand-ins in files and folders, the latest of each student and lesson; what is none is passed over."""
    latest: dict[tuple[str, str], tuple[str, Mapping[str, Any]]] = {}
    for path in paths:
        for file in sorted(path.rglob("*.json")) if path.is_dir() else [path]:
            if file.is_symlink() or not file.is_file() or file.stat().st_size > _MOST_BYTES:
                continue
            record = read_record(file.read_bytes())[0]
            if not record["lesson"] or "unit" in record:
                continue
            at = max((str(entry.get("at") or "") for entry in record["items"].values()), default="")
            # Without a name, two hand-ins are one student's only when they are the same to the letter.
            who = record["name"].casefold().strip() or f"receipt {record['receipt']}"
            if at >= latest.get((record["lesson"], who), ("", {}))[0]:
                latest[record["lesson"], who] = (at, record)
    return [record for _, record in latest.values()]


@click.command("analyse")
@click.option("--unit", required=True, help=N_("Which unit."))
@click.option(
    "-o", "--output", type=click.Path(file_okay=False, path_type=Path), required=True,
    help=N_("The folder with its gradebook."),
)  # fmt: skip
@click.option(
    "--lessons", "lesson_paths", multiple=True, type=click.Path(exists=True, path_type=Path),
    help=N_("Hand-ins of lessons (files or folders), to show the gain from warm-up to exit."),
)  # fmt: skip
@click.option("--release", "release_name", help=N_("Which release; the unit's latest when left out."))
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
            raise LessonError(_("There is no {file}: grade the unit first.").format(file=book))
        known = any(each["unit"] == unit for each in bank.releases(bank_path))
        if known and released(unit, release_name, bank_path).get("behaviour") == "study":
            raise LessonError(
                _(
                    "Unit {unit} was given out for study, with its key inside: its answers count for completion and "
                    "say nothing about the questions."
                ).format(unit=unit)
            )
        with book.open("rb") as file:
            lines = sum(1 for _ in file)
        watched = gradebook.read(book)
        with click.progressbar(watched, length=lines, label=_("Reading"), update_min_steps=5_000) as rows:
            found = write_analysis(output, held, rows, gains(lesson_records(lesson_paths)))
    done = ngettext("{n} hand-in analysed: open {file}.", "{n} hand-ins analysed: open {file}.", found.students)
    say(done.format(n=figure(found.students), file=output / f"analysis-{unit}.html"), "green")
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
