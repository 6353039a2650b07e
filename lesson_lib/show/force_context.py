"""What stands beside a student's force: real forces and proposals, prices, and what flies instead of soldiers.

All from the tables `forces` and `planning_factors`; what is the course's own reasoning says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from lesson_lib.know.catalogue import N_, _
from lesson_lib.know.data import columns, listed, rows
from lesson_lib.know.foreign import name, original
from lesson_lib.know.sources import as_of_line
from lesson_lib.show.force_pictures import Dot, beside
from lesson_lib.show.view import Block, Cell, Drawing, Grid, Row, Says
from lesson_lib.think.controls import Settings
from lesson_lib.think.force import Span, number
from lesson_lib.think.numerals import figure

Answers: TypeAlias = dict[str, Span]


def factor(row_id: str, column: str = "value") -> float:
    """A number of the table planning_factors; its `value` where a row has no low or high."""
    row = rows("planning_factors")[row_id]
    found = row[column] if row[column] is not None else row["value"]
    return float(str(found))


def factor_sources(*row_ids: str) -> tuple[str, ...]:
    """The sources of rows of planning_factors, each once."""
    return tuple(dict.fromkeys(each for row_id in row_ids for each in listed(rows("planning_factors")[row_id])))


def money(value: float) -> str:
    """Dollars as readers say them.

    >>> money(3.75e9), money(270e6), money(75_000)
    ('3.8 billion dollars', '270 million dollars', '75,000 dollars')
    """
    for size, words in (
        (1e12, _("{sum} trillion dollars")),
        (1e9, _("{sum} billion dollars")),
        (1e6, _("{sum} million dollars")),
    ):
        if value >= size:
            return words.format(sum=number(value / size))
    return _("{sum} dollars").format(sum=number(value))


# ---- real forces -------------------------------------------------------------------------------------------------

_BY_HEADCOUNT = [
    "osce-smm-2019", "mfo-2020", "undof-1974", "unficyp-1964", "nato-flf-2022", "unifil-2008", "usfk-2021",
    "kfor-1999", "ifor-1996", "usfk-1954", "ukraine-army-2025", "unc-1953",
    "ukr-iiss-small-2025", "ukr-iiss-medium-2025", "ukr-story-2025", "ukr-radakin-2025",
    "ukr-iiss-large-2025", "ukr-zelensky-2025",
]  # fmt: skip
_BY_LINE = [
    "unficyp-2018", "undof-1974", "unifil-2008", "rok-army-2025", "ukraine-army-2025", "unc-1953", "ukr-story-2025",
]  # fmt: skip
_PROPOSED = "proposal"


def comparators(settings: Settings, answers: Answers) -> list[Block]:
    """Forces as dots beside the student's, by people or by people for each kilometre, and the same as a table."""
    table, kinds = rows("forces"), columns("forces")["personnel_kind"]
    by_line = settings["beside"] == "line"
    deployed = answers["deployed"]
    yours = deployed.mid / float(settings["line_km"]) if by_line else deployed.mid
    dots, lines = [], []
    for force_id in _BY_LINE if by_line else _BY_HEADCOUNT:
        row = table[force_id]
        people, line = float(str(row["personnel"])), row["line_km"]
        value = people / float(str(line)) if by_line else people
        kind = f"{str(row['counted_on'])[:4]}, {kinds.label(str(row['personnel_kind']))}"
        dots.append(Dot(name(str(row["label"])), value, f"{number(value)} · {kind}", row["kind"] != _PROPOSED))
        cells = [Cell(figure(people)), Cell(kind), Cell(original(str(row["outcome"])))]
        if by_line:
            cells[1:1] = [Cell(_("{line} km").format(line=number(float(str(line))))), Cell(number(value))]
        lines.append(Row(name(str(row["label"])), cells, tuple(listed(row))))
    unit = (
        _("people for each kilometre of line, all of them and not only those on duty")
        if by_line
        else _("people in all")
    )
    title = _("People for each kilometre") if by_line else _("People")
    alt = "; ".join(f"{dot.label} {dot.words}" for dot in sorted(dots, key=lambda dot: dot.value))
    head = [
        _("Force"),
        _("People"),
        *([_("Line"), _("For each km")] if by_line else []),
        _("Year and kind of number"),
        _("What came of it"),
    ]
    words = _("{yours} deployed").format(yours=number(yours)) + (_(" for each km") if by_line else "")
    return [
        Drawing(
            beside(dots, yours, words),
            _("{title}, on a scale of powers of ten").format(title=title),
            _("Your force: {words}. Filled dots were there, rings are proposals. {alt}.").format(words=words, alt=alt),
        ),
        Says(
            _(
                "A highest count, a count on a day, a plan and an upper limit are **not one number**: "
                "read the kind beside each dot. That a force was there and peace held does not show "
                "that the force was the reason."
            )
        ),
        Grid(_("The same as a table, in {unit}").format(unit=unit), head, lines, as_of_line(), folded=True),
    ]


# ---- money -------------------------------------------------------------------------------------------------------

_COSTS = {
    "cost-un-reimbursement": (N_("Paid by the UN to the state that sends"), 12.0, N_("a refund, not the cost")),
    "cost-unifil-2025": (N_("Budget of UNIFIL, Lebanon"), 1.0, N_("civilians counted too; states carry more")),
    "cost-mfo": (N_("Budget of MFO, Sinai"), 1.0, N_("two sides that consent")),
    "cost-bloomberg-2025": (N_("Estimate for a force in Ukraine"), 1.0, N_("Bloomberg Economics, read in reprints")),
    "cost-usfk": (N_("American forces in Korea"), 1.0, N_("with pay, owed at home too")),
    "cost-cbo-2003": (N_("American occupation force, Iraq"), 1.0, N_("extra cost; prices of 2003")),
    "cost-us-afghanistan-2009": (
        N_("One more American in Afghanistan"),
        1.0,
        N_("contested upper bound; prices of 2009"),
    ),
}


def costs(answers: Answers) -> Grid:
    """One soldier for a year by several accounts, and the force at each price."""
    deployed = answers["deployed"]
    lines = []
    for row_id, (whose, times, what) in _COSTS.items():
        each = factor(row_id) * times
        cells = [
            Cell(_("{sum} dollars").format(sum=figure(round(each)))),
            Cell(money(each * deployed.mid)),
            Cell(_(what)),
        ]
        lines.append(Row(_(whose), cells, factor_sources(row_id)))
    head = [_("Whose price"), _("One soldier, one year"), _("Your force, one year"), _("What it is")]
    said = _("Prices of different years and with different things in them: orders of magnitude, not offers.")
    return Grid(_("One soldier for a year, by seven accounts"), head, lines, said)


def bill(answers: Answers) -> Says:
    """The yearly cost beside what the states spend on defence, and beside all UN operations."""
    yearly = answers["bill"].mid
    spending = factor("spending-nato-europe-canada-2024")
    part = number(100 * yearly / spending)
    return Says(
        _(
            "Your bill of {yearly} a year is {part} per cent of what NATO's European members and "
            "Canada spent on defence in 2024, by NATO's estimate. The UN authorised nearly 5.6 "
            "billion for all fourteen operations from July 2024 to June 2025."
        ).format(yearly=money(yearly), part=part),
        source_ids=factor_sources("spending-nato-europe-canada-2024", "cost-unifil-2025"),
    )


# ---- what aircraft and satellites replace ------------------------------------------------------------------------

_OURS = N_("our reasoning")
_INSTEAD: Sequence[tuple[str, str, tuple[str, ...], str, tuple[str, ...]]] = (
    (
        N_("See troops gather"),
        N_("Satellites and drones look deep behind a line; London hoped for American ones"),
        ("unn-2025-03-18-satellites",),
        N_("Clouds, roofs and woods hide much; what is meant by a move they do not show (our reasoning)"),
        (),
    ),
    (
        N_("See who broke the truce"),
        N_("The OSCE used drones, satellite images and cameras by night and where patrols could not go"),
        ("dorn-2020",),
        (
            N_(
                "In 2014 its chief called people on the ground the primary source; drones met probable "
                "jamming 63 times in two weeks of 2021"
            )
        ),
        ("ainonline-2014-10-23", "urdupoint-2021-04-15"),
    ),
    (
        N_("Be there quickly"),
        N_("Aircraft bring soldiers in hours, so fewer may wait on the spot (our reasoning)"),
        (),
        N_(
            "A large American aircraft lifts 77.5 tonnes, a European A400M 37; so brigades come by rail (our reasoning)"
        ),
        ("iiss-airlift-2019",),
    ),
    (
        N_("Supply a force"),
        N_("Air transport carries what is urgent: spare parts, medicine, the wounded (our reasoning)"),
        (),
        N_("Fuel, shells and food in bulk need railways, depots, drivers and guards (our reasoning)"),
        (),
    ),
    (
        N_("Stop a crossing"),
        N_("Strike, if so ordered (our reasoning); IISS finds every option weaker without American intelligence"),
        ("iiss-2025-03-31",),
        N_("Holding a road or a town takes soldiers who stay there (our reasoning)"),
        (),
    ),
    (
        N_("Put one's own at risk"),
        N_("Nothing: a satellite that is lost draws nobody into a war (our reasoning)"),
        (),
        N_("Schelling's tripwire is made of soldiers; Reiter and Poast doubt that a few of them deter"),
        ("war-on-the-rocks-2021-07-16", "reiter-poast-2021"),
    ),
    (
        N_("Be there next year"),
        N_("Help from afar costs little to continue (our reasoning)"),
        (),
        N_(
            "It can be switched off as easily: in March 2025 Washington suspended Ukraine's access to images for a time"
        ),
        ("ajc-2025-03-07",),
    ),
)


def instead() -> Grid:
    """Task by task, what air logistics and satellites can do and what still takes people on the spot."""
    lines = [
        Row(
            _(task),
            (
                Cell(_(can), "plain" if can.startswith("Nothing") else "good", source_ids=can_from),
                Cell(_(cannot), "warn", source_ids=cannot_from),
            ),
        )
        for task, can, can_from, cannot, cannot_from in _INSTEAD
    ]
    head = [_("Task"), _("What air logistics and satellites can do"), _("What still takes people on the spot")]
    return Grid(
        _("What flies instead of soldiers, and what cannot"),
        head,
        lines,
        _("Lines without a source are {ours}.").format(ours=_(_OURS)),
    )
