"""The force calculator of lesson 06: a number of soldiers, and what it comes to on the ground.

The sums are in `think.force`; the ranges, the real forces and the costs come from the tables `planning_factors` and
`forces`. What students read as fact has its source; what is the course's own reasoning says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from lesson_lib.know.catalogue import N_, _, pgettext
from lesson_lib.show.force_context import Answers, bill, comparators, costs, factor, factor_sources, instead, money
from lesson_lib.show.force_pictures import tornado
from lesson_lib.show.lab import (
    Block,
    Cell,
    Drawing,
    Figure,
    Figures,
    Grid,
    Heading,
    Kind,
    Pick,
    Preset,
    Range,
    Row,
    Says,
    Settings,
    Words,
)
from lesson_lib.think.force import RESULTS, Force, Span, by_density, number, reckon, sensitivity

Say = Callable[[float], str]


# ---- what each answer rests on -----------------------------------------------------------------------------------

_ASSUMPTIONS = {
    "tour_months": N_("Length of a tour"),
    "rest_ratio": N_("Months at home per month away"),
    "line_share": N_("Share for combat or line duty"),
    "per_post": N_("Soldiers to keep one post"),
    "line_km": N_("Length of the line"),
    "cost": N_("Cost of one soldier for a year"),
}


_ENDS: dict[str, Say] = {
    "tour_months": lambda v: _("{v} months").format(v=number(v)),
    "rest_ratio": number,
    "line_share": lambda v: _("{v} per cent").format(v=number(100 * v)),
    "per_post": number,
    "line_km": lambda v: _("{v} km").format(v=number(v)),
    "cost": money,
}


def _said(result: str) -> Say:
    if result == "bill":
        return money
    if result == "share":
        return lambda value: _("{value} per cent").format(value=number(value))
    return number


def _spans() -> dict[str, tuple[float, float]]:
    """The lowest and highest value that sources give, by assumption; the line's as parts of the length set."""
    front = factor("line-ukraine-front")
    return {
        "tour_months": (factor("tour-mfo", "low"), factor("tour-mfo", "high")),
        "rest_ratio": (factor("rotation-gady-2024") - 1, factor("rotation-us-active-2021", "high")),
        "line_share": (factor("tail-iraq-combat-share", "low"), factor("tail-iraq-combat-share", "high")),
        # Two shifts of twelve hours without a day off, to three of eight hours with all days off of civil work.
        "per_post": (2, 3 * factor("shift-relief-8h")),
        "line_km": (factor("line-ukraine-front", "low") / front, factor("line-ukraine-front", "high") / front),
        "cost": (factor("cost-unifil-2025"), factor("cost-cbo-2003", "high")),
    }


def force_of(settings: Settings) -> Force:
    """The force that a student has set, each assumption with the range that the student chose for it."""
    values = {name: float(settings[name]) for name in ("tour_months", "rest_ratio", "per_post", "line_km", "cost")}
    values["line_share"] = float(settings["line_percent"]) / 100
    doubt, known, spans = settings["doubt"], _spans(), dict[str, Any]()
    for name, value in values.items():
        low, high = known[name]
        if doubt == "exact":
            spans[name] = Span.exactly(value)
        elif doubt == "tenth":
            # Neither a share above the whole nor a post kept by less than one soldier.
            most = 1.0 if name == "line_share" else 1.1 * value
            spans[name] = Span(
                max(0.9 * value, 1.0) if name == "per_post" else 0.9 * value, value, min(1.1 * value, most)
            )
        elif name == "line_km":
            spans[name] = Span(max(1.0, low * value), value, high * value)
        else:
            spans[name] = Span.around(value, low, high)
    return Force(float(settings["deployed"]), settings["counting"], armies=_armies(settings), **spans)


_WHOSE = {
    "all": ("armies-nato-europe-canada-2024", N_("all armed forces of NATO's other members")),
    "two": ("armies-france-britain-2024", N_("the armed forces of France and Britain")),
}


def _armies(settings: Settings) -> float | None:
    return factor(_WHOSE[settings["whose"]][0]) if settings["whose"] in _WHOSE else None


# ---- the answer --------------------------------------------------------------------------------------------------


def view(settings: Settings) -> list[Block]:
    """Figures with their ranges, what moves them, real forces beside them, costs, and what no number replaces."""
    force = force_of(settings)
    answers = reckon(force)
    return [
        Figures(_figures(settings, answers)),
        *_remarks(settings, answers),
        Heading(_("What moves the answer most")),
        *_what_moves(settings, force, answers),
        Heading(_("Beside real forces")),
        *comparators(settings, answers),
        Heading(_("What it costs, and what flies")),
        costs(answers),
        bill(answers),
        instead(),
        Says(
            _(
                "What none of these numbers tell: whether anybody is deterred, what the soldiers may "
                "do when shot at, and what follows if they are. Two forces of one size can be "
                "opposites."
            )
        ),
    ]


def _figures(settings: Settings, answers: Answers) -> list[Figure]:
    def figure(result: str, means: str, unit: str = "") -> Figure:
        span, say = answers.get(result), _said(result)
        if span is None:
            return Figure(_(RESULTS[result].label), _("not known"), "", means)
        ranged = _between(span, say)
        return Figure(_(RESULTS[result].label), f"{say(span.mid)}{unit}", ranged, means)

    year, gap = answers["year"], answers["gap"]
    whose = _WHOSE.get(settings["whose"])
    shared = (
        _("of {whose}, every service and rank").format(whose=_(whose[1]))
        if whose
        else _("no list of states that would send was published")
    )
    found = [
        figure("deployed", _("at one time")),
        figure("pool", _("deployed, resting or training for their turn")),
        figure("two_years", _("to keep the force at one size; {year} in one year").format(year=number(year.mid))),
        figure("combat", _("the others command, supply, repair, nurse, guard")),
        figure("on_duty", _("the others of these sleep, rest or train")),
    ]
    if settings["task"] == "order":
        dense = _density(settings, answers)
        found.append(
            Figure(
                _("For each 1,000 inhabitants"), number(dense.mid), _between(dense, number), _("deployed, all of them")
            )
        )
    else:
        found.append(figure("per_km", _("one every {gap} metres, night and day").format(gap=number(gap.mid))))
    return [*found, figure("share", shared), figure("bill", _("deployed soldiers alone, at the cost you set"))]


def _density(settings: Settings, answers: Answers) -> Span:
    deployed = answers["deployed"]
    thousands = float(settings["region"]) * 1000
    return Span(deployed.low / thousands, deployed.mid / thousands, deployed.high / thousands)


def _between(span: Span, say: Say) -> str:
    return "" if span.sure else _to(span.low, span.high, say, _("between {low} and {high}"))


def _to(low: float, high: float, say: Say, words: str = "") -> str:
    """Two values with their unit said once: "5.9 to 9.4 per cent"."""
    first, last = say(low), say(high)
    unit = re.sub(r".*\d", "", last)
    first = first.removesuffix(unit)
    return (words or _("{low} to {high}")).format(low=first, high=last)


def _remarks(settings: Settings, answers: Answers) -> list[Block]:
    pool, two_years, deployed = answers["pool"], answers["two_years"], answers["deployed"]
    said = []
    if settings["counting"] == "pool":
        said.append(
            Says(
                _("You count **{count}** as everybody in the rotation. Then {deployed} are there at one time.").format(
                    count=number(settings["deployed"]), deployed=number(deployed.mid)
                ),
                "warn",
            )
        )
    if two_years.mid > pool.mid * 1.001:
        some = _("{two_years} tours from {pool} soldiers").format(
            two_years=number(two_years.mid), pool=number(pool.mid)
        )
        said.append(Says(_("In two years the force takes {some}: **some go twice**.").format(some=some), "warn"))
    else:
        some = _("{two_years} tours, and {pool} soldiers are bound to it").format(
            two_years=number(two_years.mid), pool=number(pool.mid)
        )
        said.append(Says(_("In two years the force takes {some}: nobody has to go twice.").format(some=some)))
    rule = factor("density-quinlivan")
    sources = factor_sources("density-quinlivan", "density-critics")
    if settings["task"] == "order":
        asks = number(by_density(float(settings["region"]) * 1e6, rule))
        said.append(
            Says(
                _(
                    "A well-known rule asks for {rule} soldiers and police for each 1,000 inhabitants "
                    "where order has broken down: here {asks}. **Contested**: a test on 171 campaigns "
                    "finds no such threshold."
                ).format(rule=number(rule), asks=asks),
                "warn",
                sources,
            )
        )
    else:
        said.append(
            Says(
                _(
                    "No rule says how many soldiers a kilometre needs. The rule of {rule} for each 1,000 "
                    "inhabitants is about order inside a country; on a line between armies it is a "
                    "**category error**."
                ).format(rule=number(rule)),
                source_ids=sources,
            )
        )
    if settings["task"] == "rear":
        said.append(
            Says(
                _(
                    "You keep the force behind the line. Then nobody stands on those kilometres; the "
                    "figure shows what it would be. Britain's defence minister said in April 2025 that the "
                    "force would not be on the line."
                ),
                source_ids=("afp-2025-04-11",),
            )
        )
    return list(said)


def _what_moves(settings: Settings, force: Force, answers: Answers) -> list[Block]:
    result = settings["focus"]
    span, label, say = answers.get(result), _(RESULTS[result].label), _said(result)
    if span is None:
        return [Says(_("The share is not known without the size of the armies: choose whose armies."), "warn")]
    swings = sensitivity(force, result)
    if not swings:
        exact = settings["doubt"] == "exact"
        why = _("You say that your numbers are exact.") if exact else _("It rests on no assumption that is in doubt.")
        return [Says(_("**{label}** has no range. {why}").format(label=label, why=why))]
    ends = {one.assumption: _to(one.low, one.high, _ENDS[one.assumption], _("from {low} to {high}")) for one in swings}
    top = swings[0]
    alt = "; ".join(
        f"{_(_ASSUMPTIONS[one.assumption])} {ends[one.assumption]}: {_to(one.at_low, one.at_high, say)}"
        for one in swings
    )
    said: list[Block] = [
        Drawing(
            tornado(swings, {name: _(words) for name, words in _ASSUMPTIONS.items()}, ends, span.mid, say),
            _("{label}: one assumption at a time").format(label=label),
            f"{alt}.",
        ),
        Says(
            _("**{assumption}** moves it most: {ends}, the answer goes from {answers}.").format(
                assumption=_(_ASSUMPTIONS[top.assumption]),
                ends=ends[top.assumption],
                answers=_to(top.at_low, top.at_high, say),
            )
        ),
    ]
    return [*said, _ranges(force)] if settings["doubt"] == "sources" else said


_RANGES_FROM = {
    "tour_months": (("tour-mfo",), N_("most contingents in Sinai")),
    "rest_ratio": (
        ("rotation-gady-2024", "rotation-us-active-2021"),
        N_("one estimate for Ukraine; the American goal"),
    ),
    "line_share": (("tail-iraq-combat-share",), N_("Iraq, about 2006: two definitions in one text")),
    "per_post": (("shift-relief-8h",), N_("two long shifts (ours); civil work with days off")),
    "line_km": (("line-ukraine-front",), N_("the front by date and definition, carried over to your length")),
    "cost": (("cost-unifil-2025", "cost-cbo-2003"), N_("budget of a UN mission; an American occupation force")),
}


def _ranges(force: Force) -> Grid:
    lines = []
    for name, span in force.assumptions.items():
        ids, words = _RANGES_FROM[name]
        cells = [Cell(_ENDS[name](value)) for value in (span.low, span.mid, span.high)]
        lines.append(Row(_(_ASSUMPTIONS[name]), [*cells, Cell(_(words))], factor_sources(*ids)))
    said = _("A setting of yours that lies outside a range widens it.")
    return Grid(
        _("The ranges, and where they come from"),
        [_("Assumption"), _("Low"), _("Yours"), _("High"), pgettext("where a range comes from", "From")],
        lines,
        said,
        True,
    )


# ---- the lab -----------------------------------------------------------------------------------------------------

_TURNS, _LINE, _MONEY, _SURE = N_("Taking turns"), N_("On the ground"), N_("Armies and money"), N_("Doubt and pictures")

# What the three concepts share, so that pressing one after another compares like with like.
_CONCEPT: Settings = {
    "counting": "deployed", "tour_months": 6, "rest_ratio": 2, "line_percent": 30, "per_post": 3, "line_km": 1_200,
    "cost": 75_000,
}  # fmt: skip

_FOCUS = (
    ("deployed", N_("soldiers deployed")),
    ("pool", N_("soldiers bound in all")),
    ("two_years", N_("tours in two years")),
    ("combat", N_("for combat or line duty")),
    ("on_duty", N_("on duty at any moment")),
    ("per_km", N_("on duty for each kilometre")),
    ("share", N_("share of the contributors' armies")),
    ("bill", N_("cost a year")),
)

LAB = Kind(
    name="force",
    lesson="06",
    title=N_("The force calculator"),
    lead=N_("Set a force, or press a concept and make it your own. Every answer has a range: ask "
"what makes it wide."),
    controls=(
        Range("deployed", N_("Soldiers"), 50_000, 500, 250_000, step=500, unit=N_("soldiers"), group=N_("The force")),
        Pick("counting", N_("This number means"), (("deployed", N_("deployed at one time")),
             ("pool", N_("everybody in the rotation"))), "deployed", group=N_("The force")),
        Pick("task", N_("Their task"), (("line", N_("stand along a line")), ("rear", N_("stay behind the line")),
             ("order", N_("keep order in a region"))), "line", group=N_("The force")),
        Range("tour_months", N_("Length of a tour"), 6, 3, 15, unit=N_("months"), group=_TURNS,
              help=N_("Sources: six to twelve months.")),
        Range("rest_ratio", N_("Months at home for each month away"), 2, 0.5, 6, step=0.5, group=_TURNS,
              help=N_("American goal 3, minimum 2; one estimate for Ukraine 1.5.")),
        Range("line_percent", N_("Share for combat or line duty"), 30, 5, 90, unit=N_("per cent"), group=_LINE,
              help=N_("Iraq, about 2006: 45, or 17 to 25 with all support counted.")),
        Range("per_post", N_("Soldiers to keep one post day and night"), 3, 1, 8, step=0.1, group=_LINE,
              help=N_("Three shifts of eight hours; with days off and leave 5.2.")),
        Range("line_km", N_("Length of the line"), 1_200, 10, 3_600, step=10, unit=N_("km"), group=_LINE,
              help=N_("Active front in June 2025: about 1,200. With quiet borders: 3,600.")),
        Range("region", N_("Inhabitants of the region"), 1, 0.1, 40, step=0.1, unit=N_("million"), group=_LINE,
              help=N_("Counts only for the task of keeping order.")),
        Range("cost", N_("Cost of one soldier for a year"), 75_000, 5_000, 1_000_000, step=1_000, unit=N_("dollars"),
              group=_MONEY, help=N_("Estimate for Ukraine 75,000; other accounts from 17,000 to a million.")),
        Pick("whose", N_("Whose armies"), (("all", N_("NATO without the United States: 2,118,000")),
             ("two", N_("France and Britain: 343,000")), ("unknown", N_("not known"))), "all", group=_MONEY),
        Pick("doubt", N_("How sure your numbers are"), (("sources", N_("the ranges of the sources")),
             ("tenth", N_("a tenth either way")), ("exact", N_("exact"))), "sources", group=_SURE),
        Pick("focus", N_("Show what moves"), _FOCUS, "per_km", group=_SURE),
        Pick("beside", N_("Compare by"), (("people", N_("people")), ("line", N_("people for each kilometre"))),
             "people",
             group=_SURE),
        Words("claim", N_("Why these numbers fit the task"), rows=3, most=600, group=N_("Your reasons")),
    ),
    presets=(
        Preset("monitoring", N_("Monitoring"), {**_CONCEPT, "deployed": 5_000, "task": "line", "tour_months": 12,
               "rest_ratio": 1.5, "line_percent": 60, "cost": 54_000},
               N_("Several thousand who watch and report. Most of its numbers are ours: say what you "
"would change.")),
        Preset("tripwire", N_("Tripwire"), {**_CONCEPT, "deployed": 10_000, "task": "rear"},
               N_("About a brigade, the smallest option of IISS. That it draws others in is contested.")),
        Preset("combat", N_("Combat-capable"), {**_CONCEPT, "deployed": 100_000, "task": "rear", "cost": 190_000},
               N_("A corps, the top of the large option of IISS, at the price of an American occupation "
"force.")),
    ),
    view=view,
)  # fmt: skip
