"""The brief lab: a two-page policy brief put together from words and rows of the course, with checks and exports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
from lesson_lib.think.brief import REASONS, Brief, brief, clean, fits, opposed, sources, words
from lesson_lib.think.brief_checks import LEAST_WORDS, MOST_WORDS, UNSURE, State, checks
from lesson_lib.think.controls import Control, starting
from lesson_lib.think.evidence import OWN, RULE, Evidence, evidence, side_word, topics

_TONES: dict[State, Tone] = {"done": "good", "not yet": "plain", "look again": "warn"}
_MOST_SHOWN = 120

LISTS = {
    "a": ("Arguments, studies, claims", ("arguments", "scholarship", "claims")),
    "b": ("Arrangements, positions, figures", ("arrangements", "positions", "indicators")),
    "c": ("Clauses and events", ("clauses", "timeline")),
}
"""The three lists of evidence, by what they are called and the tables whose rows they hold: at most 200 rows each."""

FORM = (
    "The checks look at form and sources. They do not say whether you are right, and no side gets more ticks than "
    "another. A teacher reads the rest."
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
                Figure("Parts done", f"{sum(c.state == 'done' for c in looked)} of {len(looked)}", "", "No grade."),
                Figure("Worth another look", str(again)),
                Figure("Words", f"{words(one):,}", f"{LEAST_WORDS} to {MOST_WORDS:,}", "Without the list of sources."),
                Figure("Sources", str(sum(map(len, found.values()))), _kinds(found)),
            )
        ),
        Grid(
            "What is there, and what to do next",
            ("Part", "State", "What to do"),
            [Row(c.title, (Cell(c.state, _TONES[c.state]), Cell(c.says))) for c in looked],
        ),
        Says(FORM),
        argument_map(one),
        *_chosen(one),
        *_fitting(one),
        Says(RULE),
    ]


def _kinds(found: dict[str, list[str]]) -> str:
    return ", ".join(columns("sources")["kind"].label(kind).lower() for kind in found)


def _chosen(one: Brief) -> list[Block]:
    held, statuses = evidence(), columns("claims")["status"]
    table = []
    for where, part in one.parts:
        for name in part.evidence:
            row = held[name]
            state = Cell(statuses.label(row.status).lower(), "warn" if row.status in UNSURE else "plain")
            belongs = Cell("yes", "good") if fits(one, row) else Cell("not by the rule", "warn")
            table.append(
                Row(
                    where.capitalize(),
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
    head = ("Where", "What it says", "How sure", "Its side", "Fits the question")
    return [Grid("Your evidence", head, table, as_of_line())]


def _side(one: Brief, row: Evidence, where: str) -> Cell:
    if row.side and row.question == one.question:
        against = opposed(one, row) and one.side != "other" and where != "the counter-argument"
        return Cell(side_word(row.side), "warn" if against else "plain")
    return Cell("not coded", known=False)


def _fitting(one: Brief) -> list[Block]:
    """Where to find what belongs to the question, with the words under which it stands in the lists."""
    if one.question in ("", OWN):
        return []
    topic = topics()[one.question]
    table = [
        (slot, Row(row.option, (Cell(row.says), Cell(title))))
        for slot, (title, tables) in LISTS.items()
        for row in _rows(tables)
        if topic.fits(row) and not row.later
    ]
    # A few of each list rather than all of the first.
    most = _MOST_SHOWN // len(LISTS)
    kept = [row for slot in LISTS for row in [row for at, row in table if at == slot][:most]]
    said = f"{len(table)} rows fit; {len(kept)} are shown." if len(table) > len(kept) else f"{len(table)} rows fit."
    return [Grid("Rows of the course that fit your question", ("Row", "What it says", "List"), kept, said, True)]


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
            help="Type into the filter to shorten the list. Up to four." if slot == "a" else "",
        )
        for slot, (title, tables) in LISTS.items()
    ]


def _reason(number: int) -> list[Words | Many]:
    group = f"Reason {number}" + (" (if you like)" if number > 2 else "")
    said = "What the evidence shows, and why that supports the claim (the warrant)."
    return [Words(f"reason_{number}", f"Reason {number}", 4, 900, group, said), *_lists(str(number), group)]


def _controls() -> list[Pick | Words | Many]:
    asked = tuple((name, topic.question) for name, topic in topics().items())
    sure = tuple((str(number), f"{number} per cent") for number in range(50, 100, 5))
    return [
        Pick("question", "Question", (("none", "choose a question"), *asked, (OWN, "my own question")), "none",
             "The question"),
        Words("own", "My own question", 2, 200, "The question", "Only if you chose so above; with a question mark."),
        Pick("side", "My answer", (("none", "not yet"), ("for", "for (yes)"), ("against", "against (no)"),
             ("other", "a third answer")), "none", "The question"),
        Words("claim", "Claim", 3, 400, "The question", "One sentence that answers the question."),
        *(one for number in range(1, REASONS + 1) for one in _reason(number)),
        Words("counter", "The strongest counter-argument", 4, 900, "The other side",
              "As somebody who holds it would put it: two sentences at least."),
        *_lists("counter", "The other side"),
        Words("reply", "Your reply", 4, 900, "The other side", "What is true in it, and why your claim stands."),
        Pick("confidence", "How sure are you of the claim?", (("none", "not said yet"), *sure), "none", "How sure",
             "Up to 65 is low, up to 80 medium, above it high."),
        Words("change", "What would change your mind", 3, 500, "How sure", "Something that one could see happen."),
        Words("audience", "To whom", 1, 120, "Your recommendation", "A person or body that could do it."),
        Words("recommendation", "What you recommend", 3, 500, "Your recommendation"),
        Words("title", "Title", 1, 120, "The paper", "May stay empty: then the question is the title."),
        Words("name", "Your name", 1, 80, "The paper", "It stands in the brief and names the file."),
    ]  # fmt: skip


def opened(content: bytes, name: str) -> Opened:
    """A brief read from a file, as far as it can be read. What the file does not hold is emptied, so no two mix."""
    found = brief_files.read(content, name)
    if not found.settings:
        return Opened(" ".join(found.problems) or "The file holds no part of a brief.", {})
    controls = LAB.controls
    values, lost = starting(controls), []
    for one in controls:
        given = found.settings.get(one.id)
        if given is None:
            continue
        read = _read(one, given)
        if read is None:
            lost.append(f"{one.label} ({one.group})")
            continue
        values[one.id] = read
        if read != given:
            lost.append(f"part of {one.label} ({one.group})")
    strange = len(set(found.settings) - {one.id for one in controls})
    said = [*found.problems, *([] if found.problems else ["Opened."])]
    if lost:
        said.append(f"Could not be read: {', '.join(dict.fromkeys(lost))}.")
    if strange:
        said.append(f"{strange} part{'s' if strange > 1 else ''} of the file belong{'' if strange > 1 else 's'} "
                    "to no field and were left out.")  # fmt: skip
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
    title="Your brief",
    lead="Choose a question, write, and tick the rows that carry your reasons. The checks follow as you go.",
    controls=_controls(),
    writing=True,
    view=view,
    actions=(
        Action("save", "Save", do=save),
        Action("docx", "Export DOCX", do=to_docx),
        Action("html", "Export HTML", do=to_html),
        Action("markdown", "Export Markdown", do=to_markdown),
        Action("open", "Open a saved brief", opens=opened),
    ),
)
