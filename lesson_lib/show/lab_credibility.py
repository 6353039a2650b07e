"""The lab of lesson 07: would anyone believe the promise? Sliders, signals, the tree of moves and a map of beliefs."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from lesson_lib.know.catalogue import N_, _
from lesson_lib.show.credibility_pictures import AXES, percent, points, region_map, tree
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
    Tick,
)
from lesson_lib.think.deterrence import Game, Later, Number, Outcome, bluffers_price, solve

_POINTS = N_("points")
_CONTROLS = (
    Range("prize", N_("What the aim is worth to the challenger"), 60, 0, 100, unit=_POINTS, group=N_("The challenger"),
          help=N_("The protégé's independence is worth 100 points to the protégé: that is the measure.")),
    Range("cost", N_("What war against the protégé alone costs it"), 10, 0, 60, unit=_POINTS,
          group=N_("The challenger")),
    Range("guarantor_adds", N_("What the guarantor's joining adds to that cost"), 40, 0, 100, unit=_POINTS,
          group=N_("The challenger")),
    Range("strength", N_("Its chance to hold out alone"), 35, 0, 100, unit="%", group=N_("The protégé")),
    Range("resistance_cost", N_("What resisting costs it"), 20, 0, 100, unit=_POINTS, group=N_("The protégé")),
    Range("step", N_("A step it might dare: its gain, the challenger's loss"), 10, 0, 40, unit=_POINTS,
          group=N_("The protégé"),
          help=N_("For instance a claim pressed, or a line crossed, under cover of the promise.")),
    Range("stake", N_("Its stake in the protégé, best guess"), 40, 0, 100, unit=_POINTS, group=N_("The guarantor"),
          help=N_("Only the guarantor knows it.")),
    Range("unsure", N_("The guess may be out by"), 30, 0, 50, unit=_POINTS, group=N_("The guarantor")),
    Range("war_cost", N_("What fighting costs it"), 25, 0, 100, unit=_POINTS, group=N_("The guarantor")),
    Range("help", N_("How much of the protégé's risk its help takes away"), 60, 0, 100, unit="%",
          group=N_("The guarantor")),
    Tick("public", N_("A public promise (ties hands)"), False, group=N_("Signals")),
    Range("audience", N_("What backing down would then cost"), 10, 0, 60, unit=_POINTS, group=N_("Signals"),
          help=N_("Paid only by a guarantor who stands aside.")),
    Tick("troops", N_("Soldiers in the path (tripwire)"), False, group=N_("Signals")),
    Range("tripwire", N_("What standing aside after their deaths would cost"), 10, 0, 60, unit=_POINTS,
          group=N_("Signals"),
          help=N_("High after Schelling, low after Reiter and Poast or Musgrave and Ward: contested.")),
    Tick("advance", N_("A sum paid in advance (sinks costs)"), False, group=N_("Signals")),
    Range("sunk", N_("The sum"), 42, 0, 60, unit=_POINTS, group=N_("Signals"),
          help=N_("Paid whatever happens: bases, equipment, years of money.")),
    Pick("source", N_("The belief that the guarantor would fight"), (("derived",
         N_("follows from its stake and signals")),
         ("by-hand", N_("is set by hand"))), "derived", group=N_("The belief")),
    Range("belief", N_("The belief, if set by hand"), 50, 0, 100, unit="%", group=N_("The belief")),
    Range("shift", N_("The protégé's strength by tomorrow"), -15, -50, 50, unit=N_("percentage points"),
          group=N_("Tomorrow")),
    Range("fading", N_("Belief lost by tomorrow"), 0, 0, 100, unit=N_("percentage points"), group=N_("Tomorrow"),
          help=N_("For instance after an election in the guarantor's country.")),
    Range("deal", N_("What the deal gives the challenger in peace"), 0, 0, 60, unit=_POINTS, group=N_("Tomorrow")),
    Pick("axis", N_("Along the foot of the map"), tuple((name, words) for name, (words, _) in AXES.items()), "audience",
         group=N_("The map")),
)  # fmt: skip

_PRESETS = (
    Preset("doubt", N_("A doubtful promise"), {one.id: one.start for one in _CONTROLS if not isinstance(one, Pick)}
           | {"source": "derived"}, why=N_("Something is at stake for the guarantor; little is known. "
        "Its numbers are invented to show a pattern; nobody has measured them.")),
    Preset("budapest", N_("Like Budapest 1994"), {
        "prize": 70, "cost": 10, "guarantor_adds": 50, "strength": 25, "resistance_cost": 20, "step": 0, "stake": 15,
        "unsure": 10, "war_cost": 50, "help": 50, "public": False, "troops": False, "advance": False,
        "source": "derived"}, why=N_("An assurance: no duty to fight, no troops, a small stake. "
        "Its numbers are invented to show a pattern; nobody has measured them.")),
    Preset("korea", N_("Like Korea after 1953"), {
        "prize": 60, "cost": 10, "guarantor_adds": 50, "strength": 50, "resistance_cost": 20, "step": 30, "stake": 40,
        "unsure": 30, "war_cost": 30, "help": 80, "public": True, "audience": 10, "troops": True, "tripwire": 5,
        "advance": False, "source": "derived"},
        why=N_("A treaty approved in public, and soldiers on the spot. "
        "Its numbers are invented to show a pattern; nobody has measured them.")),
    Preset("strong", N_("A strong protégé"), {"strength": 85, "public": False, "troops": False, "advance": False,
           "source": "derived"}, why=N_("Nobody promises anything; an attack would fail too often. "
        "Its numbers are invented to show a pattern; nobody has measured them.")),
)  # fmt: skip


def _exact(value: Any) -> Fraction:
    return Fraction(value).limit_denominator(1000)


def _game(settings: Settings) -> Game:
    """The game that the sliders describe."""
    at = {name: _exact(value) for name, value in settings.items() if isinstance(value, int | float)}
    return Game(
        prize=at["prize"],
        cost=at["cost"],
        guarantor_adds=at["guarantor_adds"],
        strength=at["strength"] / 100,
        help=at["help"] / 100,
        resistance_cost=at["resistance_cost"],
        war_cost=at["war_cost"],
        stake_low=max(Fraction(0), at["stake"] - at["unsure"]),
        stake_high=min(Fraction(100), at["stake"] + at["unsure"]),
        audience=at["audience"] if settings["public"] else 0,
        tripwire=at["tripwire"] if settings["troops"] else 0,
        sunk=at["sunk"] if settings["advance"] else 0,
        step=at["step"],
        belief=at["belief"] / 100 if settings["source"] == "by-hand" else None,
    )


def view(settings: Settings) -> list[Block]:
    """Everything the lab answers with, for complete settings; exact, and the same every time."""
    game = _game(settings)
    outcome = solve(game)
    return [
        Figures(_figures(outcome)),
        *_verdict(game, outcome),
        Drawing(*_titled(tree(game, outcome, _exact(settings["stake"])), _("Who does what"))),
        Drawing(*_titled(region_map(game, outcome, settings["axis"], settings["public"]), _("Where you stand"))),
        Heading(_("What each signal does")),
        _signals(settings),
        *_paid(game, outcome),
        Heading(_("The other side of a promise")),
        *_other_side(game, outcome),
        Heading(_("The same promise tomorrow")),
        *_tomorrow(settings, game, outcome),
        Says(
            _(
                "**What this leaves out:** bargaining, several guarantors, reputation for other cases, "
                "nuclear escalation, mistakes and pride, war that lasts, and what the protégé's people "
                "want. The points are invented for thinking with; no real state has been measured. On "
                "a tie nobody attacks, and promises are kept."
            )
        ),
    ]


def _titled(made: tuple[Any, str], title: str) -> tuple[Any, str, str]:
    return made[0], title, made[1]


_ENDINGS = {
    "quiet": N_("held off"),
    "step": N_("held off; the protégé dares"),
    "yields": N_("attacked; the protégé yields"),
    "war": N_("attacked; the protégé resists"),
}


def _at_least(belief: Number | None) -> str:
    return _("none is enough") if belief is None else percent(belief)


def _figures(outcome: Outcome) -> list[Figure]:
    told = _("believed enough") if not outcome.attacks else _("not believed enough")
    if outcome.threshold == 0:
        told = _("not needed")
    return [
        Figure(
            _("Belief that the guarantor would fight"), percent(outcome.belief), means=_("in the challenger's mind")
        ),
        Figure(
            _("Threshold: belief needed"),
            _at_least(outcome.threshold),
            means=_("at which the challenger is just held off"),
        ),
        Figure(_("The promise is"), told, means=_(_ENDINGS[outcome.ending])),
        Figure(
            _("Chance that the guarantor must fight"), percent(outcome.war_with_guarantor), means=_("as things stand")
        ),
    ]


def _verdict(game: Game, outcome: Outcome) -> Iterator[Says]:
    worth = points(outcome.attack_is_worth)
    alone, joined = points(game.challenger(False)), points(game.challenger(True))
    if game.resists(outcome.belief):
        sum_ = _(
            "War with the protégé alone is worth {alone} points to the challenger, war with the "
            "guarantor too {joined}. At a belief of {belief} an attack promises {worth}, and "
            "holding back 0"
        ).format(alone=alone, joined=joined, belief=percent(outcome.belief), worth=worth)
        tail = _("so it attacks.") if outcome.attacks else _("so it holds.")
        yield Says(f"{sum_}: {tail}", tone="bad" if outcome.attacks else "good")
    else:
        yield Says(
            _(
                "At a belief of {belief} the protégé would yield, and the challenger would have its "
                "{prize} points without a war: "
            ).format(belief=percent(outcome.belief), prize=points(game.prize))
            + (_("so it attacks.") if outcome.attacks else _("but they are worth nothing to it, so it holds.")),
            tone="bad" if outcome.attacks else "good",
        )
    if outcome.threshold is None:
        yield Says(_("No belief, not even certainty, would hold this challenger off."), tone="warn")
    elif outcome.threshold == 0:
        yield Says(_("This challenger is held off without any guarantor: an attack alone does not pay."))
    elif outcome.attacks:
        yield Says(
            _("The belief of {belief} is below the threshold of {threshold}.").format(
                belief=percent(outcome.belief), threshold=percent(outcome.threshold)
            )
        )
    least = game.least_stake()
    if game.belief is not None:
        yield Says(_("The belief is set by hand, so stake and signals do not move it."), tone="warn")
    elif least is None:
        yield Says(_("The guarantor's help would change nothing, so none would fight, whatever its stake."))
    else:
        yield Says(
            _(
                "A guarantor would fight from a stake of {least} points on; its stake is thought to "
                "lie between {stake_low} and {stake_high}, so {derived_belief} of the guarantors it "
                "might be would fight."
            ).format(
                least=points(least),
                stake_low=points(game.stake_low),
                stake_high=points(game.stake_high),
                derived_belief=percent(game.derived_belief()),
            ),
            source_ids=("kilgour-zagare-1994",),
        )


_SIGNALS = (("public", "audience", N_("A public promise")), ("troops", "tripwire", N_("Soldiers in the path")),
            ("advance", "sunk", N_("A sum paid in advance")))  # fmt: skip


def _signals(settings: Settings) -> Grid:
    """The same game with no signal, each one alone, and those that are ticked."""
    bare = settings | {tick: False for tick, sum_, words in _SIGNALS}
    rows = [(_("No signal"), bare)]
    rows += [(f"{_(words)} ({points(_exact(settings[sum_]))})", bare | {tick: True}) for tick, sum_, words in _SIGNALS]
    rows.append((_("All that you have ticked"), settings))
    return Grid(
        _("What each signal does by itself"),
        (_("Signal"), _("Belief"), _("Threshold"), _("The challenger"), _("The protégé")),
        [Row(name, _cells(solve(_game(these)))) for name, these in rows],
        said=_("In brackets the points that you have set, ticked or not. Signals move the belief, not the threshold."),
    )


def _cells(outcome: Outcome) -> list[Cell]:
    dares = {"quiet": _("rests"), "step": _("dares its step"), "yields": _("yields"), "war": _("resists")}[
        outcome.ending
    ]
    return [
        Cell(percent(outcome.belief)),
        Cell(_at_least(outcome.threshold)),
        Cell(_("attacks"), "bad") if outcome.attacks else Cell(_("holds"), "good"),
        Cell(dares, "warn" if outcome.ending == "step" else "plain"),
    ]


def _paid(game: Game, outcome: Outcome) -> Iterator[Says]:
    price, paid = bluffers_price(game), outcome.paid
    said = {
        "none": "",
        "unneeded": _("The sum paid in advance changes nothing: the promise is believed enough without it."),
        "sorts": _("The sum **sorts**: only guarantors who would fight find it worth paying, so a payer is believed."),
        "sorts in part": _(
            "The sum sorts **in part**: some who would stand aside still find it worth paying, so "
            "it raises the belief without settling it."
        ),
        "too small": _(
            "The sum is **too small**: so many who would stand aside would pay it too that the "
            "challenger would still attack. So it shows nothing, and the belief stays as it was."
        ),
        "too dear": _(
            "The sum is **too dear**: an attack would cost no guarantor so much. Nobody pays it, "
            "and the belief stays as it was."
        ),
    }[paid.kind]
    if said and paid.kind == "none":
        return
    if said:
        if paid.pays_from is not None:
            said += _(" It is paid from a stake of {pays_from} points on.").format(pays_from=points(paid.pays_from))
        tone = "good" if paid.kind.startswith("sorts") else "warn"
        yield Says(said, tone="good" if tone == "good" else "warn", source_ids=("fearon-1997",))
    if game.belief is None:
        yield Says(
            _("No sum would sort here: no guarantor who might be there would fight.")
            if price is None or game.derived_belief() == 0
            else _(
                "The **bluffer's price** here is {price} points: from that sum on nobody who would "
                "stand aside finds it worth paying."
            ).format(price=points(price)),
            source_ids=("fearon-1997",),
        )


def _other_side(game: Game, outcome: Outcome) -> Iterator[Says]:
    if game.step == 0:
        yield Says(_("The step is set to nought, so there is nothing for the protégé to dare."))
    elif outcome.bold_from is None:
        yield Says(_("Whatever is believed, the challenger would answer the step by an attack: the protégé rests."))
    else:
        low = (
            ""
            if outcome.threshold is None
            else _("Between {threshold} and {bold_from} ").format(
                threshold=percent(outcome.threshold), bold_from=percent(outcome.bold_from)
            )
        )
        yield Says(
            _(
                "From a belief of **{bold_from}** on the protégé can dare its step, because the "
                "challenger lets it pass. {between}the promise holds the challenger off without "
                "emboldening the protégé."
            ).format(bold_from=percent(outcome.bold_from), between=low)
            + (_(" Here it dares.") if outcome.ending == "step" else ""),
            tone="warn" if outcome.ending == "step" else "plain",
            source_ids=("snyder-1984", "benson-2012"),
        )
    if outcome.tied > 0:
        yield Says(
            _(
                "{tied} of the guarantors it might be would fight **only because** standing aside has "
                "been made dear, and not for their stake in the protégé. For them the promise is a "
                "trap of their own making; for the challenger it is what makes the promise believable."
            ).format(tied=percent(outcome.tied)),
            source_ids=("fearon-1997", "snyder-1984"),
        )
    elif game.belief is None:
        yield Says(_("No guarantor here would be made to fight against its own interest: nothing ties its hands."))


def _tomorrow(settings: Settings, game: Game, outcome: Outcome) -> Iterator[Block]:
    strength = min(Fraction(1), max(Fraction(0), game.strength + _exact(settings["shift"]) / 100))
    belief = max(Fraction(0), outcome.belief - _exact(settings["fading"]) / 100)
    later = Later(game, strength, belief, _exact(settings["deal"]))
    today, tomorrow = later.price(False), later.price(True)
    yield Figures(
        [
            Figure(_("Price of peace today"), points(today), means=_("points that an attack promises the challenger")),
            Figure(_("Price of peace tomorrow"), points(tomorrow),
                   means=_("at strength {strength}, belief {belief}").format(strength=percent(strength),
                   belief=percent(belief))),
            Figure(_("A deal of {points}").format(points=points(later.deal)),
                   _("is kept tomorrow") if later.kept(True) else _("is broken tomorrow"),
                   means=_("holds today") if later.kept(False) else _("does not hold even today")),
        ]
    )  # fmt: skip
    least = later.breaks_below()
    if not later.tomorrow.resists(belief):
        yield Says(_("Tomorrow the protégé would yield, so the price of peace is the whole prize."))
    elif least is None:
        yield Says(_("No loss of strength alone would break this deal."))
    else:
        yield Says(
            _(
                "The deal is kept while the protégé's chance to hold out alone is at least "
                "**{least}**. Below that an attack promises more than the deal, whatever was signed: a "
                "*commitment problem*. Nobody need lie today for the deal to break tomorrow."
            ).format(least=percent(least)),
            tone="plain" if later.kept(True) else "bad",
            source_ids=("fearon-1995", "powell-2006"),
        )
    if later.sooner_today():
        yield Says(
            _(
                "The shift is so large that the protégé would sooner fight today than live with "
                "tomorrow, however generous today's peace."
            ),
            tone="bad",
            source_ids=("powell-2006",),
        )


LAB = Kind(
    name="credibility",
    lesson="07",
    title=N_("Would anyone believe it?"),
    lead=N_(
        "Set what is at stake for each side, tick signals, and see whether the challenger is "
        "held off. All points are illustrative."
    ),
    controls=_CONTROLS,
    presets=_PRESETS,
    view=view,
)
