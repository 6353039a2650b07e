"""The force calculator of lesson 06: a number of soldiers, and what it comes to on the ground.

The sums are in `think.force`; the ranges, the real forces and the costs come from the tables `planning_factors` and
`forces`. What students read as fact has its source; what is the course's own reasoning says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
    "tour_months": "Length of a tour",
    "rest_ratio": "Months at home per month away",
    "line_share": "Share for combat or line duty",
    "per_post": "Soldiers to keep one post",
    "line_km": "Length of the line",
    "cost": "Cost of one soldier for a year",
}


_ENDS: dict[str, Say] = {
    "tour_months": lambda v: f"{number(v)} months",
    "rest_ratio": number,
    "line_share": lambda v: f"{number(100 * v)} per cent",
    "per_post": number,
    "line_km": lambda v: f"{number(v)} km",
    "cost": money,
}


def _said(result: str) -> Say:
    if result == "bill":
        return money
    if result == "share":
        return lambda value: f"{number(value)} per cent"
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
    "all": ("armies-nato-europe-canada-2024", "all armed forces of NATO's other members"),
    "two": ("armies-france-britain-2024", "the armed forces of France and Britain"),
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
        Heading("What moves the answer most"),
        *_what_moves(settings, force, answers),
        Heading("Beside real forces"),
        *comparators(settings, answers),
        Heading("What it costs, and what flies"),
        costs(answers),
        bill(answers),
        instead(),
        Says(
            "What none of these numbers tell: whether anybody is deterred, what the soldiers may do when shot at, and "
            "what follows if they are. Two forces of one size can be opposites."
        ),
    ]


def _figures(settings: Settings, answers: Answers) -> list[Figure]:
    def figure(result: str, means: str, unit: str = "") -> Figure:
        span, say = answers.get(result), _said(result)
        if span is None:
            return Figure(RESULTS[result].label, "not known", "", means)
        ranged = _between(span, say)
        return Figure(RESULTS[result].label, f"{say(span.mid)}{unit}", ranged, means)

    year, gap = answers["year"], answers["gap"]
    whose = _WHOSE.get(settings["whose"])
    shared = f"of {whose[1]}, every service and rank" if whose else "no list of states that would send was published"
    found = [
        figure("deployed", "at one time"),
        figure("pool", "deployed, resting or training for their turn"),
        figure("two_years", f"to keep the force at one size; {number(year.mid)} in one year"),
        figure("combat", "the others command, supply, repair, nurse, guard"),
        figure("on_duty", "the others of these sleep, rest or train"),
    ]
    if settings["task"] == "order":
        dense = _density(settings, answers)
        found.append(
            Figure("For each 1,000 inhabitants", number(dense.mid), _between(dense, number), "deployed, all of them")
        )
    else:
        found.append(figure("per_km", f"one every {number(gap.mid)} metres, night and day"))
    return [*found, figure("share", shared), figure("bill", "deployed soldiers alone, at the cost you set")]


def _density(settings: Settings, answers: Answers) -> Span:
    deployed = answers["deployed"]
    thousands = float(settings["region"]) * 1000
    return Span(deployed.low / thousands, deployed.mid / thousands, deployed.high / thousands)


def _between(span: Span, say: Say) -> str:
    return "" if span.sure else f"between {_to(span.low, span.high, say, 'and')}"


def _to(low: float, high: float, say: Say, word: str = "to") -> str:
    """Two values with their unit said once: "5.9 to 9.4 per cent"."""
    first, last = say(low), say(high)
    unit = last.partition(" ")[2]
    return f"{first.removesuffix(f' {unit}') if unit else first} {word} {last}"


def _remarks(settings: Settings, answers: Answers) -> list[Block]:
    pool, two_years, deployed = answers["pool"], answers["two_years"], answers["deployed"]
    said = []
    if settings["counting"] == "pool":
        said.append(
            Says(
                f"You count **{number(settings['deployed'])}** as everybody in the rotation. "
                f"Then {number(deployed.mid)} are there at one time.",
                "warn",
            )
        )
    if two_years.mid > pool.mid * 1.001:
        some = f"{number(two_years.mid)} tours from {number(pool.mid)} soldiers"
        said.append(Says(f"In two years the force takes {some}: **some go twice**.", "warn"))
    else:
        some = f"{number(two_years.mid)} tours, and {number(pool.mid)} soldiers are bound to it"
        said.append(Says(f"In two years the force takes {some}: nobody has to go twice."))
    rule = factor("density-quinlivan")
    sources = factor_sources("density-quinlivan", "density-critics")
    if settings["task"] == "order":
        asks = number(by_density(float(settings["region"]) * 1e6, rule))
        said.append(
            Says(
                f"A well-known rule asks for {number(rule)} soldiers and police for each 1,000 inhabitants where order "
                f"has broken down: here {asks}. **Contested**: a test on 171 campaigns finds no such threshold.",
                "warn",
                sources,
            )
        )
    else:
        said.append(
            Says(
                f"No rule says how many soldiers a kilometre needs. The rule of {number(rule)} for each 1,000 "
                "inhabitants is about order inside a country; on a line between armies it is a **category error**.",
                source_ids=sources,
            )
        )
    if settings["task"] == "rear":
        said.append(
            Says(
                "You keep the force behind the line. Then nobody stands on those kilometres; the figure shows what it "
                "would be. Britain's defence minister said in April 2025 that the force would not be on the line.",
                source_ids=("afp-2025-04-11",),
            )
        )
    return list(said)


def _what_moves(settings: Settings, force: Force, answers: Answers) -> list[Block]:
    result = settings["focus"]
    span, label, say = answers.get(result), RESULTS[result].label, _said(result)
    if span is None:
        return [Says("The share is not known without the size of the armies: choose whose armies.", "warn")]
    swings = sensitivity(force, result)
    if not swings:
        exact = settings["doubt"] == "exact"
        why = "You say that your numbers are exact." if exact else "It rests on no assumption that is in doubt."
        return [Says(f"**{label}** has no range. {why}")]
    ends = {one.assumption: f"from {_to(one.low, one.high, _ENDS[one.assumption])}" for one in swings}
    top = swings[0]
    alt = "; ".join(
        f"{_ASSUMPTIONS[one.assumption]} {ends[one.assumption]}: {_to(one.at_low, one.at_high, say)}" for one in swings
    )
    said: list[Block] = [
        Drawing(tornado(swings, _ASSUMPTIONS, ends, span.mid, say), f"{label}: one assumption at a time", f"{alt}."),
        Says(
            f"**{_ASSUMPTIONS[top.assumption]}** moves it most: {ends[top.assumption]}, the answer goes from "
            f"{_to(top.at_low, top.at_high, say)}."
        ),
    ]
    return [*said, _ranges(force)] if settings["doubt"] == "sources" else said


_RANGES_FROM = {
    "tour_months": (("tour-mfo",), "most contingents in Sinai"),
    "rest_ratio": (("rotation-gady-2024", "rotation-us-active-2021"), "one estimate for Ukraine; the American goal"),
    "line_share": (("tail-iraq-combat-share",), "Iraq, about 2006: two definitions in one text"),
    "per_post": (("shift-relief-8h",), "two long shifts (ours); civil work with days off"),
    "line_km": (("line-ukraine-front",), "the front by date and definition, carried over to your length"),
    "cost": (("cost-unifil-2025", "cost-cbo-2003"), "budget of a UN mission; an American occupation force"),
}


def _ranges(force: Force) -> Grid:
    lines = []
    for name, span in force.assumptions.items():
        ids, words = _RANGES_FROM[name]
        cells = [Cell(_ENDS[name](value)) for value in (span.low, span.mid, span.high)]
        lines.append(Row(_ASSUMPTIONS[name], [*cells, Cell(words)], factor_sources(*ids)))
    said = "A setting of yours that lies outside a range widens it."
    return Grid(
        "The ranges, and where they come from", ["Assumption", "Low", "Yours", "High", "From"], lines, said, True
    )


# ---- the lab -----------------------------------------------------------------------------------------------------

_TURNS, _LINE, _MONEY, _SURE = "Taking turns", "On the ground", "Armies and money", "Doubt and pictures"

# What the three concepts share, so that pressing one after another compares like with like.
_CONCEPT: Settings = {
    "counting": "deployed", "tour_months": 6, "rest_ratio": 2, "line_percent": 30, "per_post": 3, "line_km": 1_200,
    "cost": 75_000,
}  # fmt: skip

LAB = Kind(
    name="force",
    lesson="06",
    title="The force calculator",
    lead="Set a force, or press a concept and make it your own. Every answer has a range: ask what makes it wide.",
    controls=(
        Range("deployed", "Soldiers", 50_000, 500, 250_000, step=500, unit="soldiers", group="The force"),
        Pick("counting", "This number means", (("deployed", "deployed at one time"),
             ("pool", "everybody in the rotation")), "deployed", group="The force"),
        Pick("task", "Their task", (("line", "stand along a line"), ("rear", "stay behind the line"),
             ("order", "keep order in a region")), "line", group="The force"),
        Range("tour_months", "Length of a tour", 6, 3, 15, unit="months", group=_TURNS,
              help="Sources: six to twelve months."),
        Range("rest_ratio", "Months at home for each month away", 2, 0.5, 6, step=0.5, group=_TURNS,
              help="American goal 3, minimum 2; one estimate for Ukraine 1.5."),
        Range("line_percent", "Share for combat or line duty", 30, 5, 90, unit="per cent", group=_LINE,
              help="Iraq, about 2006: 45, or 17 to 25 with all support counted."),
        Range("per_post", "Soldiers to keep one post day and night", 3, 1, 8, step=0.1, group=_LINE,
              help="Three shifts of eight hours; with days off and leave 5.2."),
        Range("line_km", "Length of the line", 1_200, 10, 3_600, step=10, unit="km", group=_LINE,
              help="Active front in June 2025: about 1,200. With quiet borders: 3,600."),
        Range("region", "Inhabitants of the region", 1, 0.1, 40, step=0.1, unit="million", group=_LINE,
              help="Counts only for the task of keeping order."),
        Range("cost", "Cost of one soldier for a year", 75_000, 5_000, 1_000_000, step=1_000, unit="dollars",
              group=_MONEY, help="Estimate for Ukraine 75,000; other accounts from 17,000 to a million."),
        Pick("whose", "Whose armies", (("all", "NATO without the United States: 2,118,000"),
             ("two", "France and Britain: 343,000"), ("unknown", "not known")), "all", group=_MONEY),
        Pick("doubt", "How sure your numbers are", (("sources", "the ranges of the sources"),
             ("tenth", "a tenth either way"), ("exact", "exact")), "sources", group=_SURE),
        Pick("focus", "Show what moves", tuple((name, result.label.lower()) for name, result in RESULTS.items()
             if name not in ("gap", "year")), "per_km", group=_SURE),
        Pick("beside", "Compare by", (("people", "people"), ("line", "people for each kilometre")), "people",
             group=_SURE),
        Words("claim", "Why these numbers fit the task", rows=3, most=600, group="Your reasons"),
    ),
    presets=(
        Preset("monitoring", "Monitoring", {**_CONCEPT, "deployed": 5_000, "task": "line", "tour_months": 12,
               "rest_ratio": 1.5, "line_percent": 60, "cost": 54_000},
               "Several thousand who watch and report. Most of its numbers are ours: say what you would change."),
        Preset("tripwire", "Tripwire", {**_CONCEPT, "deployed": 10_000, "task": "rear"},
               "About a brigade, the smallest option of IISS. That it draws others in is contested."),
        Preset("combat", "Combat-capable", {**_CONCEPT, "deployed": 100_000, "task": "rear", "cost": 190_000},
               "A corps, the top of the large option of IISS, at the price of an American occupation force."),
    ),
    view=view,
)  # fmt: skip
