"""The deterrence game: closed forms against every profile of strategies, and what must always hold."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from lesson_lib.think.deterrence import Game, Later, Number, bluffers_price, paid, solve

PERCENT = [Fraction(one, 100) for one in range(101)]


def game(dice: random.Random, **fixed: Any) -> Game:
    low, high = sorted(dice.choices(range(101), k=2))
    return Game(
        **{
            "prize": dice.choice([dice.randrange(101), dice.randrange(50, 101)]),
            "cost": dice.choice([0, dice.randrange(31)]),
            "guarantor_adds": dice.randrange(101),
            "strength": dice.choice([dice.choice(PERCENT), dice.choice(PERCENT[:50])]),
            "help": dice.choice(PERCENT),
            "resistance_cost": dice.choice([0, dice.randrange(101)]),
            "war_cost": dice.randrange(101),
            "stake_low": low,
            "stake_high": high,
            "audience": dice.choice([0, dice.randrange(0, 61)]),
            "tripwire": dice.choice([0, dice.randrange(0, 61)]),
            "sunk": dice.choice([0, dice.randrange(0, 61)]),
            "step": dice.choice([0, dice.randrange(0, 31)]),
            "belief": None,
            **fixed,
        }
    )


# ---- every profile of strategies ---------------------------------------------------------------------------
# Written apart from the model: the ends of the game from its rules, then every profile, tested node by node.
# Payoffs are whole numbers (strength, help and belief are whole per cents), so nothing is rounded.


def ends(one: Game) -> dict[str, tuple[int, int]]:
    """Challenger's and protégé's payoff at each end, times 10,000."""
    alone = round((1 - one.strength) * 100)
    joined = alone * round((1 - one.help) * 100)  # both in per cent
    alone *= 100
    prize, cost, adds, resisting = (
        int(value) for value in (one.prize, one.cost, one.guarantor_adds, one.resistance_cost)
    )
    return {
        "quiet": (0, 0),
        "step": (-10_000 * int(one.step), 10_000 * int(one.step)),
        "yields": (10_000 * prize, -1_000_000),
        "alone": (alone * prize - 10_000 * cost, -100 * alone - 10_000 * resisting),
        "joined": (joined * prize - 10_000 * (cost + adds), -100 * joined - 10_000 * resisting),
    }


def equilibria(one: Game, belief: int) -> list[str]:
    """The endings of all profiles in which nobody gains by another move at any node; `belief` in per cent."""
    at = ends(one)
    c, p = 0, 1
    war = [belief * at["joined"][who] + (100 - belief) * at["alone"][who] for who in (c, p)]
    quiet, step, yields = ([100 * value for value in at[name]] for name in ("quiet", "step", "yields"))
    found = []
    moves = (("attack", "hold"), ("resist", "yield"), ("step", "rest"), ("strike", "let pass"), ("resist", "yield"))
    for first, answer, second, third, again in itertools.product(*moves):
        attacked = war if answer == "resist" else yields
        struck = war if again == "resist" else yields
        stepped = struck if third == "strike" else step
        held = stepped if second == "step" else quiet
        if (
            attacked[p] == max(war[p], yields[p])
            and struck[p] == max(war[p], yields[p])
            and stepped[c] == max(struck[c], step[c])
            and held[p] == max(stepped[p], quiet[p])
            and (attacked if first == "attack" else held)[c] == max(attacked[c], held[c])
        ):
            taken = "war" if answer == "resist" else "yields"
            if first == "hold":
                taken = ("step" if third == "let pass" else "strike") if second == "step" else "quiet"
            found.append(taken)
    return found


def test_the_closed_form_is_an_equilibrium_of_ten_thousand_games_and_the_only_one_without_ties() -> None:
    dice = random.Random(1953)
    ties = 0
    endings: dict[str, int] = {}
    for _ in range(10_000):
        belief = dice.randrange(0, 101)
        one = game(dice, belief=Fraction(belief, 100), sunk=0, step=dice.randrange(31))
        outcome = solve(one)
        found = equilibria(one, belief)
        assert outcome.ending in found, one
        ties += len(set(found)) > 1
        endings[outcome.ending] = endings.get(outcome.ending, 0) + 1
        if len(set(found)) == 1:
            assert outcome.ending == found[0], one
    assert ties < 400
    assert min(endings[name] for name in ("quiet", "step", "yields", "war")) > 300


def test_the_threshold_is_where_the_attack_stops() -> None:
    dice = random.Random(1966)
    none = 0
    for _ in range(1_500):
        one = game(dice, sunk=0)
        least = one.threshold()
        for belief in (*PERCENT[::10], *([] if least is None else [least])):
            assert solve(replace(one, belief=belief)).attacks == (least is None or belief < least), (one, belief)
        none += least is None
    assert 100 < none < 1_400


def test_a_guarantor_fights_when_that_suits_it_and_the_belief_counts_those_who_would() -> None:
    dice = random.Random(1994)
    for _ in range(200):
        one = game(dice)
        width = one.stake_high - one.stake_low
        stakes = [one.stake_low + Fraction(2 * k + 1, 400) * width for k in range(200)]
        would = sum(one.guarantor(True, stake) >= one.guarantor(False, stake) for stake in stakes)
        assert abs(one.derived_belief() - Fraction(would, 200)) <= Fraction(1, 200), one


def test_numbers_worked_by_hand() -> None:
    one = Game(prize=60, cost=15, guarantor_adds=50, strength=Fraction(1, 2), help=Fraction(1, 2), belief=None)
    # Alone 0.5·60 − 15 = 15; with the guarantor 0.25·60 − 15 − 50 = −50; 15 / (15 + 50).
    assert (one.challenger(False), one.challenger(True)) == (15, -50)
    assert one.threshold() == Fraction(3, 13)
    # The guarantor gains a quarter of its stake by fighting, and pays 30: it fights from 120; tied by 20, from 40.
    assert one.least_stake() == 120
    assert replace(one, audience=20).least_stake() == 40
    assert replace(one, audience=20, stake_low=20, stake_high=60).derived_belief() == Fraction(1, 2)
    # Help that changes nothing is given just when standing aside costs no less than fighting.
    assert [Game(help=0, war_cost=30, audience=cost).derived_belief() for cost in (29, 30)] == [0, 1]
    # A step of 10: (15 + 10) / 65.
    assert replace(one, step=10).bold_from() == Fraction(5, 13)


# ---- what must always hold -----------------------------------------------------------------------------------


def rises(before: Number | None, after: Number | None) -> bool:
    """Whether a threshold is no lower after; none at all is the highest."""
    return after is None or (before is not None and before <= after)


@pytest.mark.parametrize("seed", range(3))
def test_more_of_each_thing_moves_belief_and_threshold_one_way(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(600):
        one = game(dice)
        more = dice.randrange(1, 30)
        for name in ("audience", "tripwire"):
            tied = replace(one, **{name: getattr(one, name) + more})
            assert tied.derived_belief() >= one.derived_belief()
            assert tied.threshold() == one.threshold()
            assert replace(tied, sunk=0).prior() >= one.prior()
            if not solve(replace(one, sunk=0)).attacks:
                assert not solve(replace(tied, sunk=0)).attacks
        assert replace(one, war_cost=one.war_cost + more).derived_belief() <= one.derived_belief()
        keener = replace(one, stake_low=one.stake_low + more, stake_high=one.stake_high + more)
        assert keener.derived_belief() >= one.derived_belief()
        assert rises(one.threshold(), replace(one, prize=one.prize + more).threshold())
        assert rises(replace(one, cost=one.cost + more).threshold(), one.threshold())
        assert rises(replace(one, guarantor_adds=one.guarantor_adds + more).threshold(), one.threshold())
        assert rises(
            replace(one, strength=min(Fraction(1), one.strength + Fraction(more, 100))).threshold(), one.threshold()
        )
        assert rises(replace(one, help=min(Fraction(1), one.help + Fraction(more, 100))).threshold(), one.threshold())
        assert rises(one.threshold(), replace(one, step=more).bold_from())
        assert solve(one).tied >= 0


# ---- paying in advance ---------------------------------------------------------------------------------------


def doubted(dice: random.Random, **fixed: Any) -> Game:
    """A game in which more is often to be gained by paying: much is at stake, and little is known."""
    return game(
        dice,
        **{
            "guarantor_adds": dice.randrange(30, 101),
            "strength": dice.choice(PERCENT[:60]),
            "help": dice.choice(PERCENT[40:]),
            "war_cost": dice.randrange(10, 51),
            "stake_low": dice.randrange(20),
            "stake_high": dice.randrange(60, 101),
            "audience": dice.choice([0, dice.randrange(11)]),
            "tripwire": 0,
            "sunk": dice.randrange(1, 61),
            **fixed,
        },
    )


def loss(one: Game, stake: Number, resists: bool) -> Number:
    return min(-one.guarantor(True, stake), -one.guarantor(False, stake)) if resists else stake


def test_who_pays_is_an_equilibrium_type_by_type() -> None:
    dice = random.Random(1997)
    kinds: dict[str, int] = {}
    for turn in range(6_000):
        one = doubted(dice) if turn % 2 else game(dice, sunk=dice.randrange(1, 61))
        shown = paid(one)
        kinds[shown.kind] = kinds.get(shown.kind, 0) + 1
        assert 0 <= shown.belief <= 1
        assert shown.belief >= one.prior(), "being seen to pay never lowers the belief"
        if shown.kind == "unneeded":
            assert not solve(replace(one, sunk=0)).attacks
        if not shown.kind.startswith("sorts"):
            assert shown.belief == one.prior()
            continue
        assert shown.pays_from is not None
        assert solve(replace(one, sunk=0)).attacks
        assert not solve(one).attacks
        # By Bayes' rule over two hundred guarantors evenly spread, and no one of them would do otherwise.
        stakes = [one.stake_low + Fraction(2 * k + 1, 400) * (one.stake_high - one.stake_low) for k in range(200)]
        fights = {stake: one.guarantor(True, stake) >= one.guarantor(False, stake) for stake in stakes}
        payers = [stake for stake in stakes if stake >= shown.pays_from]
        others = [stake for stake in stakes if stake < shown.pays_from]
        unseen = Fraction(max(0, shown.pays_from - (one.least_stake() or 0))) / (shown.pays_from - one.stake_low)
        assert solve(replace(one, sunk=0, belief=unseen)).attacks, "who has not paid is attacked"
        resists = one.resists(unseen)
        assert all(loss(one, stake, resists) >= one.sunk for stake in payers)
        assert all(loss(one, stake, resists) <= one.sunk for stake in others)
        if len(payers) >= 20:
            assert abs(shown.belief - Fraction(sum(fights[stake] for stake in payers), len(payers))) < Fraction(1, 10)
        assert (shown.belief == 1) == (shown.kind == "sorts")
    assert min(kinds[kind] for kind in ("unneeded", "sorts", "sorts in part", "too small", "too dear")) > 50, kinds


def test_a_sum_sorts_from_the_bluffers_price_on() -> None:
    dice = random.Random(41)
    seen = 0
    for _ in range(3_000):
        one = doubted(dice, resistance_cost=0)
        price, shown = bluffers_price(one), paid(one)
        if shown.kind in ("sorts", "sorts in part"):
            seen += 1
            assert price is not None
            assert (one.sunk >= price) == (shown.kind == "sorts"), one
    assert seen > 200


def test_a_sum_that_the_keenest_alone_would_just_pay_is_too_dear() -> None:
    one = Game(strength=Fraction(1, 2), help=Fraction(1, 2), stake_low=0, stake_high=80, war_cost=15, resistance_cost=0)
    # The keenest guarantor loses 0.25·80 + 15 = 35 by an attack; the bluffer's price is 0.5·60 = 30.
    assert bluffers_price(one) == 30
    kinds = [paid(replace(one, guarantor_adds=10, sunk=sum_)).kind for sum_ in (29, 30, 34, 35, 36)]
    assert kinds == ["sorts in part", "sorts", "sorts", "too dear", "too dear"]


def test_with_only_the_cost_of_war_hidden_bluffers_would_gain_most() -> None:
    # Why the stake is what is hidden: were it the cost of war, whoever would stand aside loses most by an attack, so
    # no sum could sort the ready from the rest.
    dice = random.Random(7)
    for _ in range(2_000):
        one, stake = game(dice), dice.randrange(0, 101)
        ready, unready = sorted([one.war_cost, dice.randrange(0, 101)])
        lost = [loss(replace(one, war_cost=cost), stake, True) for cost in (ready, unready)]
        assert lost[0] <= lost[1]


# ---- tomorrow --------------------------------------------------------------------------------------------------


def test_a_deal_is_kept_while_an_attack_promises_no_more() -> None:
    dice = random.Random(2006)
    broken = 0
    for _ in range(3_000):
        one = Later(game(dice, resistance_cost=0), dice.choice(PERCENT), dice.choice(PERCENT), dice.randrange(0, 61))
        attack = one.tomorrow.attack_is_worth(one.belief)
        assert one.kept(later=True) == (attack <= one.deal)
        least = one.breaks_below()
        assert one.kept(later=True) == (least is None or one.strength >= least), one
        broken += not one.kept(later=True)
        # What was kept today is kept tomorrow, if nothing has shifted.
        same = replace(one, strength=one.today.strength, belief=solve(one.today).belief)
        assert same.kept(later=False) == same.kept(later=True)
    assert broken > 150


def test_no_deal_at_all_is_the_question_of_deterrence() -> None:
    dice = random.Random(12)
    for _ in range(2_000):
        one = game(dice)
        assert Later(one, one.strength, 0).kept(later=False) == (not solve(one).attacks)


def test_only_a_large_shift_makes_war_today_the_lesser_evil() -> None:
    strong = Game(strength=Fraction(9, 10), resistance_cost=10, belief=0, prize=100, cost=0)
    # Fighting today loses a tenth on both days and 10: 30. Tomorrow, at strength 0.2, peace costs 80; at 0.71, 29.
    assert Later(strong, strength=Fraction(2, 10), belief=0).sooner_today()
    assert not Later(strong, strength=Fraction(71, 100), belief=0).sooner_today()
    assert not Later(strong, strength=Fraction(8, 10), belief=0).sooner_today()
    dice = random.Random(3)
    for _ in range(1_000):
        one = game(dice, sunk=0)
        assert not Later(one, one.strength, solve(one).belief).sooner_today() or not solve(one).resists
