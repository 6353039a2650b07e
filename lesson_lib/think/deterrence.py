"""When a promise to defend another state is believed: a game of challenger, protégé and guarantor, solved exactly.

The challenger attacks or holds. If attacked, the protégé resists or yields; if it resists, the guarantor fights or
stands aside. How much the protégé matters to the guarantor is known to the guarantor alone (as in Kilgour and Zagare
1994 and Fearon 1997); the others hold a belief. If the challenger holds, the protégé may take a step against it.

Values are points, the protégé's independence being 100 to itself; chances are between 0 and 1. Numbers may be int or
Fraction, and then every result is exact. Ties: the challenger does not attack, the protégé resists and takes no step,
the guarantor keeps its word.

Left out: bargaining, more than one guarantor, reputation for other cases, nuclear escalation, mistakes, allies who
differ, war that is long. Sources: fearon-1994, fearon-1997, kilgour-zagare-1994, powell-2006.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, TypeAlias

Number: TypeAlias = int | Fraction
Ending: TypeAlias = Literal["quiet", "step", "yields", "war"]
Payment: TypeAlias = Literal["none", "unneeded", "sorts", "sorts in part", "too small", "too dear"]

INDEPENDENCE = 100
"""What the protégé would lose by yielding, in points: the measure of all the others."""


@dataclass(frozen=True)
class Game:
    """Everything the game is made of; in points, or as a chance from 0 to 1.

    prize             what the challenger gains by taking its aim
    cost              what war against the protégé alone costs the challenger
    guarantor_adds    what the guarantor's joining adds to that cost
    strength          the chance that the protégé holds out alone
    help              the share of the remaining danger that the guarantor's joining takes away
    resistance_cost   what resisting costs the protégé
    war_cost          what fighting costs the guarantor
    stake_low, stake_high   between which the guarantor's stake in the protégé is thought to lie, evenly spread
    audience          what standing aside after a public promise costs the guarantor (hands tied)
    tripwire          what standing aside after the deaths of its own soldiers costs the guarantor
    sunk              what the guarantor has paid in advance, whatever happens (sunk cost)
    step              what the protégé could gain, and the challenger lose, by a step under cover of the promise
    belief            the chance that the guarantor would fight, if set by hand; None: follows from the stakes
    """

    prize: Number = 60
    cost: Number = 15
    guarantor_adds: Number = 50
    strength: Number = Fraction(40, 100)
    help: Number = Fraction(70, 100)
    resistance_cost: Number = 30
    war_cost: Number = 30
    stake_low: Number = 20
    stake_high: Number = 60
    audience: Number = 0
    tripwire: Number = 0
    sunk: Number = 0
    step: Number = 10
    belief: Number | None = None

    # ---- the ends of the game ----

    @property
    def risk(self) -> Number:
        """The chance that the protégé, alone, is overcome."""
        return 1 - self.strength

    @property
    def risk_joined(self) -> Number:
        """The same with the guarantor at its side."""
        return self.risk * (1 - self.help)

    @property
    def retreat(self) -> Number:
        """What standing aside costs the guarantor, beside its stake."""
        return self.audience + self.tripwire

    def challenger(self, joined: bool) -> Number:
        """What war is worth to the challenger, with or without the guarantor in it."""
        risk = self.risk_joined if joined else self.risk
        return risk * self.prize - self.cost - (self.guarantor_adds if joined else 0)

    def protege(self, joined: bool) -> Number:
        """What resisting is worth to the protégé, with or without the guarantor."""
        return -(self.risk_joined if joined else self.risk) * INDEPENDENCE - self.resistance_cost

    def guarantor(self, fights: bool, stake: Number) -> Number:
        """What fighting, or standing aside, is worth to a guarantor with this stake; what is sunk is sunk in both."""
        return -self.risk_joined * stake - self.war_cost if fights else -self.risk * stake - self.retreat

    # ---- what follows ----

    def least_stake(self) -> Number | None:
        """The stake from which the guarantor would fight; None when no stake, however large, would do.

        >>> Game(war_cost=30, strength=Fraction(1, 2), help=1, audience=5).least_stake()
        Fraction(50, 1)
        """
        gained = self.risk - self.risk_joined
        if gained == 0:
            return 0 if self.retreat >= self.war_cost else None
        return max(Fraction(0), Fraction(self.war_cost - self.retreat) / gained)

    def derived_belief(self) -> Number:
        """The chance that the guarantor would fight, as the spread of its stake gives it (before anything is sunk)."""
        return _share_above(self.least_stake(), self.stake_low, self.stake_high)

    def prior(self) -> Number:
        """The belief before anything was paid in advance: set by hand, or derived."""
        return self.derived_belief() if self.belief is None else self.belief

    def resists_from(self) -> Number | None:
        """The belief from which the protégé, if attacked, resists; None when it yields at any."""
        lacking = Fraction(self.resistance_cost, INDEPENDENCE) - self.strength
        if lacking <= 0:
            return 0
        gained = self.risk * self.help
        return lacking / gained if 0 < lacking <= gained else None

    def resists(self, belief: Number) -> bool:
        """Whether an attacked protégé resists at this belief."""
        least = self.resists_from()
        return least is not None and belief >= least

    def attack_is_worth(self, belief: Number) -> Number:
        """What an attack promises the challenger at this belief, in points; 0 is what holding brings."""
        if not self.resists(belief):
            return self.prize
        return belief * self.challenger(True) + (1 - belief) * self.challenger(False)

    def threshold(self, provoked: Number = 0) -> Number | None:
        """The least belief that keeps the challenger from attacking; None when no belief does.

        p* = (risk·prize − cost) / (risk·help·prize + what the guarantor adds), never below the belief from which the
        protégé resists. `provoked`: the same after a step that costs the challenger so many points.

        >>> Game(prize=60, cost=15, guarantor_adds=50, strength=Fraction(1, 2), help=Fraction(1, 2)).threshold()
        Fraction(3, 13)
        """
        if self.prize + provoked <= 0:
            return 0
        least = self.resists_from()
        if least is None:
            return None
        alone = self.challenger(False) + provoked
        if alone <= 0:
            return least
        feared = self.challenger(False) - self.challenger(True)
        wanted = Fraction(alone) / feared if feared > 0 else None
        return None if wanted is None or wanted > 1 else max(wanted, least)

    def bold_from(self) -> Number | None:
        """The belief from which the protégé can take its step, and the challenger lets it pass; None: at no belief."""
        return self.threshold(self.step) if self.step > 0 else None


def _share_above(least: Number | None, low: Number, high: Number) -> Number:
    """The share of an even spread from low to high that lies at `least` or above."""
    if least is None or least > high:
        return 0
    if least <= low:
        return 1
    return Fraction(high - least) / (high - low)


# ---- paying in advance ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Paid:
    """What a sum paid in advance shows: who would pay it, and what is believed of one who did.

    pays_from is the stake from which a guarantor would pay, if paying keeps the attack away and not paying brings it.
    """

    kind: Payment
    belief: Number
    pays_from: Number | None = None


def paid(game: Game) -> Paid:
    """What the sum paid in advance does to the belief, in the equilibrium in which it is heeded, if there is one.

    A guarantor pays when the sum is no more than what an attack would cost it. The payment sorts when those who would
    stand aside do not find it worth paying. In part: some of them do. Where the payers are not believed enough to keep
    the challenger away ("too small"), or the sum is more than anyone would pay ("too dear"), nobody pays; so the belief
    stays. A belief set by hand is left as it is: it holds all that is known.

    >>> game = Game(strength=Fraction(1, 2), help=1, stake_low=0, stake_high=80, resistance_cost=0, guarantor_adds=10)
    >>> [(sum_, paid(replace(game, sunk=sum_)).kind) for sum_ in (0, 5, 24, 30, 31)]
    [(0, 'none'), (5, 'too small'), (24, 'sorts in part'), (30, 'sorts'), (31, 'too dear')]
    """
    prior, wanted, least = game.prior(), game.threshold(), game.least_stake()
    if game.sunk <= 0 or game.belief is not None:
        return Paid("none", prior)
    if wanted is not None and prior >= wanted:
        return Paid("unneeded", prior)
    # Nobody pays what even the keenest would not lose by an attack; where one alone would pay, nobody is seen to.
    keenest = _pays_from(game, game.resists(prior))
    if game.sunk > _loss(game, game.stake_high, game.resists(prior)) or keenest is None or keenest >= game.stake_high:
        return Paid("too dear", prior)
    if wanted is None or least is None or least > game.stake_high:
        return Paid("too small", prior)
    for resists in (True, False):
        pays_from = _pays_from(game, resists)
        if pays_from is None or not game.stake_low < pays_from < game.stake_high:
            continue
        payers = _share_above(max(least, pays_from), pays_from, game.stake_high)
        others = Fraction(max(0, pays_from - least)) / (pays_from - game.stake_low)
        if payers >= wanted and game.resists(others) == resists:
            return Paid("sorts" if payers == 1 else "sorts in part", payers, pays_from)
    return Paid("too small", prior)


def bluffers_price(game: Game) -> Number | None:
    """The sum from which no guarantor who would stand aside pays: the separating condition, in points.

    It is what an attack costs the guarantor who is just ready to fight. None where no guarantor would fight.

    >>> bluffers_price(Game(strength=Fraction(1, 2), help=1, war_cost=30))
    Fraction(30, 1)
    """
    least = game.least_stake()
    return None if least is None else _loss(game, least, game.resists(0))


def _loss(game: Game, stake: Number, resists: bool) -> Number:
    """What an attack costs a guarantor with this stake, when it then does what suits it."""
    return -max(game.guarantor(True, stake), game.guarantor(False, stake)) if resists else stake


def _pays_from(game: Game, resists: bool) -> Number | None:
    """The stake at which the loss by an attack equals the sum; None when no stake is lost so dearly."""
    if not resists:
        return game.sunk
    least = game.least_stake()
    if least is None or game.sunk <= _loss(game, least, True):
        if game.risk == 0:
            return None if game.sunk > game.retreat else 0
        return max(Fraction(0), Fraction(game.sunk - game.retreat) / game.risk)
    if game.risk_joined == 0:
        return None
    return Fraction(game.sunk - game.war_cost) / game.risk_joined


# ---- the solution --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """Who does what, and why: the equilibrium of a game.

    tied is the part of the belief owed to tied hands and tripwire alone: guarantors who would fight against their own
    interest in the protégé, and only because standing aside has been made dear (entrapment by one's own promise).
    """

    ending: Ending
    belief: Number
    threshold: Number | None
    bold_from: Number | None
    attack_is_worth: Number
    resists: bool
    tied: Number
    paid: Paid

    @property
    def attacks(self) -> bool:
        """Whether the challenger attacks."""
        return self.ending in ("yields", "war")

    @property
    def war_with_guarantor(self) -> Number:
        """The chance of a war with the guarantor in it."""
        return self.belief if self.ending == "war" else 0


def solve(game: Game) -> Outcome:
    """Who does what: the challenger attacks just when an attack promises it more than nothing.

    >>> solve(Game(belief=Fraction(1, 10))).ending, solve(Game(belief=Fraction(9, 10), step=0)).ending
    ('war', 'quiet')
    """
    payment = paid(game)
    belief = payment.belief
    worth = game.attack_is_worth(belief)
    resists, bold = game.resists(belief), game.bold_from()
    ending: Ending
    if worth > 0:
        ending = "war" if resists else "yields"
    else:
        ending = "step" if bold is not None and belief >= bold else "quiet"
    tied = game.derived_belief() - replace(game, audience=0, tripwire=0).derived_belief() if game.belief is None else 0
    return Outcome(ending, belief, game.threshold(), bold, worth, resists, tied, payment)


# ---- the same promise tomorrow -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Later:
    """The game today and tomorrow: what has shifted, and what the challenger was given to keep the peace.

    strength and belief are tomorrow's; deal is what the challenger is given, in its own points, today and tomorrow.
    """

    today: Game
    strength: Number
    belief: Number
    deal: Number = 0

    @property
    def tomorrow(self) -> Game:
        """Tomorrow's game."""
        return replace(self.today, strength=self.strength, belief=self.belief, sunk=0)

    def price(self, later: bool) -> Number:
        """The price of peace: what the challenger would have to be given to do as well as by attacking."""
        game = self.tomorrow if later else self.today
        return max(0, game.attack_is_worth(self.belief if later else solve(game).belief))

    def kept(self, later: bool) -> bool:
        """Whether the deal holds: it gives the challenger no less than an attack would. On a tie it holds."""
        return self.deal >= self.price(later)

    def breaks_below(self) -> Number | None:
        """The protégé's strength tomorrow below which the deal is not kept, if it resists; None: at no strength.

        1 − (deal + cost + belief × what the guarantor adds) / (prize × (1 − belief × help)).

        >>> Later(Game(prize=60, cost=15), strength=Fraction(1, 2), belief=0, deal=15).breaks_below()
        Fraction(1, 2)
        """
        game = self.today
        pull = game.prize * (1 - self.belief * game.help)
        if pull <= 0:
            return None
        least = 1 - Fraction(self.deal + game.cost + self.belief * game.guarantor_adds) / pull
        return least if least > 0 else None

    def sooner_today(self) -> bool:
        """Whether the protégé would sooner fight today than face tomorrow, however generous today's peace.

        War today settles both days; peace gives it at best all of today, and tomorrow what the price of peace leaves.
        """
        today = solve(self.today).belief
        chance = today * self.today.risk_joined + (1 - today) * self.today.risk
        lost = Fraction(self.price(True)) / self.today.prize if self.today.prize else 0
        return 2 * INDEPENDENCE * chance + self.today.resistance_cost < INDEPENDENCE * lost
