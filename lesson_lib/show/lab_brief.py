"""The brief lab: a two-page policy brief put together from words and rows of the course, with checks and exports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lesson_lib.know.catalogue import N_, NP_, _, ngettext
from lesson_lib.know.data import columns
from lesson_lib.know.sources import as_of_line
from lesson_lib.show.brief_files import save, to_docx, to_html, to_markdown
from lesson_lib.show.brief_map import argument_map
from lesson_lib.show.lab import (
    Action,
    Block,
    Cell,
    Figure,
    Figures,
    Grid,
    Kind,
    Many,
    Opened,
    Pick,
    Row,
    Says,
    Settings,
    Words,
)
from lesson_lib.show.view import Tone
from lesson_lib.think import brief_files
from lesson_lib.think.brief import REASONS, Brief, brief, clean, fits, opposed, part_name, sources, words
from lesson_lib.think.brief_checks import LEAST_WORDS, MOST_WORDS, UNSURE, State, checks
from lesson_lib.think.controls import Control, starting
from lesson_lib.think.evidence import OWN, RULE, Evidence, evidence, side_word, status_word, topics
from lesson_lib.think.numerals import figure

_TONES: dict[State, Tone] = {"done": "good", "not yet": "plain", "look again": "warn"}
_MOST_SHOWN = 120

LISTS = {
    "a": (N_("Arguments, studies, claims"), ("arguments", "scholarship", "claims")),
    "b": (N_("Arrangements, positions, figures"), ("arrangements", "positions", "indicators")),
    "c": (N_("Clauses and events"), ("clauses", "timeline")),
}
"""The three lists of evidence, by what they are called and the tables whose rows they hold: at most 200 rows each."""

FORM = N_(
    "The checks look at form and sources. They do not say whether you are right, and no "
    "side gets more ticks than another. A teacher reads the rest."
)


def view(settings: Settings) -> list[Block]:
    """What is done and what is next, the map, the evidence chosen, and the rows that fit the question."""
    one = brief(settings)
    looked = checks(one)
    found = sources(one)
    again = sum(check.state == "look again" for check in looked)
    return [
        Figures(
            (
                Figure(
                    _("Parts done"),
                    _("{done} of {of}").format(done=sum(c.state == "done" for c in looked), of=len(looked)),
                    "",
                    _("No grade."),
                ),
                Figure(_("Worth another look"), str(again)),
                Figure(
                    _("Words"),
                    figure(words(one)),
                    _("{least} to {most}").format(least=LEAST_WORDS, most=figure(MOST_WORDS)),
                    _("Without the list of sources."),
                ),
                Figure(_("Sources"), str(sum(map(len, found.values()))), _kinds(found)),
            )
        ),
        Grid(
            _("What is there, and what to do next"),
            (_("Part"), _("State"), _("What to do")),
            [Row(c.title, (Cell(_(c.state), _TONES[c.state]), Cell(c.says))) for c in looked],
        ),
        Says(_(FORM)),
        argument_map(one),
        *_chosen(one),
        *_fitting(one),
        Says(_(RULE)),
    ]


def _kinds(found: dict[str, list[str]]) -> str:
    return ", ".join(columns("sources")["kind"].label(kind).lower() for kind in found)


def _chosen(one: Brief) -> list[Block]:
    held = evidence()
    table = []
    for where, part in one.parts:
        for name in part.evidence:
            row = held[name]
            state = Cell(status_word(row.status), "warn" if row.status in UNSURE else "plain")
            belongs = Cell(_("yes"), "good") if fits(one, row) else Cell(_("not by the rule"), "warn")
            table.append(
                Row(
                    part_name(where).capitalize(),
                    (
                        Cell(f"{row.kind}: {row.says}", source_ids=row.source_ids),
                        state,
                        _side(one, row, where),
                        belongs,
                    ),
                )
            )
    if not table:
        return []
    head = (_("Where"), _("What it says"), _("How sure"), _("Its side"), _("Fits the question"))
    return [Grid(_("Your evidence"), head, table, as_of_line())]


def _side(one: Brief, row: Evidence, where: str) -> Cell:
    if row.side and row.question == one.question:
        against = opposed(one, row) and one.side != "other" and where != "the counter-argument"
        return Cell(side_word(row.side), "warn" if against else "plain")
    return Cell(_("not coded"), known=False)


def _fitting(one: Brief) -> list[Block]:
    """Where to find what belongs to the question, with the words under which it stands in the lists."""
    if one.question in ("", OWN):
        return []
    topic = topics()[one.question]
    table = [
        (slot, Row(row.option, (Cell(row.says), Cell(_(title)))))
        for slot, (title, tables) in LISTS.items()
        for row in _rows(tables)
        if topic.fits(row) and not row.later
    ]
    # A few of each list rather than all of the first.
    most = _MOST_SHOWN // len(LISTS)
    kept = [row for slot in LISTS for row in [row for at, row in table if at == slot][:most]]
    said = ngettext("{count} row fits.", "{count} rows fit.", len(table)).format(count=len(table))
    if len(table) > len(kept):
        said = _("{count} rows fit; {shown} are shown.").format(count=len(table), shown=len(kept))

    return [
        Grid(_("Rows of the course that fit your question"), (_("Row"), _("What it says"), _("List")), kept, said, True)
    ]


# ---- controls ----------------------------------------------------------------------------------------------------


def _rows(tables: Sequence[str]) -> list[Evidence]:
    return [row for row in evidence().values() if row.id.partition(":")[0] in tables]


def _lists(name: str, group: str) -> list[Many]:
    return [
        Many(
            f"evidence_{name}_{slot}",
            title,
            tuple((row.id, row.option) for row in _rows(tables)),
            most=4,
            group=group,
            help=N_("Type into the filter to shorten the list. Up to four.") if slot == "a" else "",
            says=lambda name: evidence()[name].option,
        )
        for slot, (title, tables) in LISTS.items()
    ]


_SURE = (
    ("50", N_("50 per cent")), ("55", N_("55 per cent")), ("60", N_("60 per cent")), ("65", N_("65 per cent")),
    ("70", N_("70 per cent")), ("75", N_("75 per cent")), ("80", N_("80 per cent")), ("85", N_("85 per cent")),
    ("90", N_("90 per cent")), ("95", N_("95 per cent")),
)  # fmt: skip
_REASON = {1: N_("Reason 1"), 2: N_("Reason 2"), 3: N_("Reason 3"), 4: N_("Reason 4")}
_REASONS = _REASON | {3: N_("Reason 3 (if you like)"), 4: N_("Reason 4 (if you like)")}


def _reason(number: int) -> list[Words | Many]:
    group = _REASONS[number]
    said = N_("What the evidence shows, and why that supports the claim (the warrant).")
    return [Words(f"reason_{number}", _REASON[number], 4, 900, group, said), *_lists(str(number), group)]


def _controls() -> list[Pick | Words | Many]:
    asked = tuple((name, topic.question) for name, topic in topics().items())
    return [
        Pick("question", N_("Question"), (("none", N_("choose a question")), *asked, (OWN, N_("my own question"))),
             "none",
             N_("The question")),
        Words("own", N_("My own question"), 2, 200, N_("The question"),
              N_("Only if you chose so above; with a question mark.")),
        Pick("side", N_("My answer"), (("none", N_("not yet")), ("for", N_("for (yes)")), ("against",
             N_("against (no)")),
             ("other", N_("a third answer"))), "none", N_("The question")),
        Words("claim", NP_("of a brief", "Claim"), 3, 400, N_("The question"),
              N_("One sentence that answers the question.")),
        *(one for number in range(1, REASONS + 1) for one in _reason(number)),
        Words("counter", N_("The strongest counter-argument"), 4, 900, N_("The other side"),
              N_("As somebody who holds it would put it: two sentences at least.")),
        *_lists("counter", N_("The other side")),
        Words("reply", N_("Your reply"), 4, 900, N_("The other side"),
              N_("What is true in it, and why your claim stands.")),
        Pick("confidence", N_("How sure are you of the claim?"), (("none", N_("not said yet")), *_SURE), "none",
             N_("How sure"),
             N_("Up to 65 is low, up to 80 medium, above it high.")),
        Words("change", N_("What would change your mind"), 3, 500, N_("How sure"),
              N_("Something that one could see happen.")),
        Words("audience", N_("To whom"), 1, 120, N_("Your recommendation"), N_("A person or body that could do it.")),
        Words("recommendation", N_("What you recommend"), 3, 500, N_("Your recommendation")),
        Words("title", N_("Title"), 1, 120, N_("The paper"), N_("May stay empty: then the question is the title.")),
        Words("name", N_("Your name"), 1, 80, N_("The paper"), N_("It stands in the brief and names the file.")),
    ]  # fmt: skip


def opened(content: bytes, name: str) -> Opened:
    """A brief read from a file, as far as it can be read. What the file does not hold is emptied, so no two mix."""
    found = brief_files.read(content, name)
    if not found.settings:
        return Opened(" ".join(found.problems) or _("The file holds no part of a brief."), {})
    controls = LAB.controls
    values, lost = starting(controls), []
    for one in controls:
        given = found.settings.get(one.id)
        if given is None:
            continue
        read = _read(one, given)
        if read is None:
            lost.append(f"{_(one.label)} ({_(one.group)})")
            continue
        values[one.id] = read
        if read != given:
            lost.append(_("part of {label} ({group})").format(label=_(one.label), group=_(one.group)))
    strange = len(set(found.settings) - {one.id for one in controls})
    said = [*found.problems, *([] if found.problems else [_("Opened.")])]
    if lost:
        said.append(_("Could not be read: {parts}.").format(parts=", ".join(dict.fromkeys(lost))))
    if strange:
        said.append(
            ngettext(
                "{count} part of the file belongs to no field and were left out.",
                "{count} parts of the file belong to no field and were left out.",
                strange,
            ).format(count=strange)
        )
    return Opened(" ".join(said), values)


def _read(one: Control, given: object) -> Any:
    """A value from a file as the control takes it: unknown rows left out, too long a text cut; None if unreadable."""
    match one, given:
        case Words(), str():
            return clean(given, most=one.most)
        case Many(), list():
            valid = dict(one.options)
            return list(dict.fromkeys(each for each in given if isinstance(each, str) and each in valid))[: one.most]
        case Pick(), str() if given in dict(one.options):
            return given
    return None


LAB = Kind(
    name="brief",
    lesson="10",
    title=N_("Your brief"),
    lead=N_("Choose a question, write, and tick the rows that carry your reasons. The checks follow as you go."),
    controls=_controls(),
    writing=True,
    view=view,
    actions=(
        Action("save", N_("Save"), do=save),
        Action("docx", N_("Export DOCX"), do=to_docx),
        Action("html", N_("Export HTML"), do=to_html),
        Action("markdown", N_("Export Markdown"), do=to_markdown),
        Action("open", N_("Open a saved brief"), opens=opened),
    ),
)
