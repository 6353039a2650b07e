"""What a package of guarantees meets and crosses, where it stands on the ladder, and what it resembles.

Nothing here says which package is good: positions, wording and likeness are laid side by side, each with the row that
it rests on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from lesson_lib.know.catalogue import N_, _
from lesson_lib.think.provisions import Coded, Conflict, Package, Position, Record, chosen

Word = Literal["meets", "meets in part", "strains", "crosses", "no lean", "something else", "not known"]

RULE = N_(
    "An option gives one end of an issue's scale, and a position leans to one end. Same "
    "end: the package **meets** the position, in part if it gives less than is wanted. "
    "Other end: it **strains** it, and **crosses a red line** if the position is of full "
    "strength (−2 or 2). A half-way option strains a position of full strength. A position "
    "of 0 has *no lean*; one that speaks of *something else* is not held against the "
    "option. Where no position was found, it is *not known*: neither yes nor no."
)
"""How a verdict is reached, in a student's words."""

LEAST_SHARED = 4
"""How many features must be known on both sides before a package is compared with an arrangement."""

LADDER = (N_("assurance"), N_("consultation"), N_("assistance"), N_("automatic"))


# ---- positions ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """How the options of a package that touch one issue stand to one actor's position on it."""

    word: Word
    issue: str
    options: tuple[str, ...]
    position: Position | None


@dataclass(frozen=True)
class Judgement:
    """A package before one actor: a verdict for each issue touched, and the positions that it does not touch."""

    actor: str
    verdicts: tuple[Verdict, ...]
    untouched: tuple[Position, ...]

    def of(self, *words: Word) -> list[Verdict]:
        """The verdicts with one of these words, in the order of the issues."""
        return [one for one in self.verdicts if one.word in words]


def word_for(stance: int | None, direction: int) -> Word:
    """The verdict on one option: `stance` is where the actor stands (None: not known), `direction` what is given.

    Both from −2 to 2.

    >>> word_for(-2, 1), word_for(1, -2), word_for(2, 1), word_for(2, 0), word_for(0, 2), word_for(None, 2)
    ('crosses', 'strains', 'meets in part', 'strains', 'no lean', 'not known')
    """
    if stance is None:
        return "not known"
    if stance == 0:
        return "no lean"
    if direction == 0:
        return "strains" if abs(stance) == 2 else "no lean"
    if (stance > 0) == (direction > 0):
        return "meets" if abs(direction) >= abs(stance) else "meets in part"
    return "crosses" if abs(stance) == 2 else "strains"


def judge(package: Package, held: Record) -> dict[str, Judgement]:
    """The package before every actor of the map, in the map's order.

    Raises UnknownName for a provision or an option that does not exist.

    >>> from lesson_lib.think.provisions import record
    >>> found = judge({"troops": "troops-fifty-thousand"}, record())
    >>> [one.position.id for one in found["Russia"].of("crosses")]
    ['russia-european-troops']
    """
    touched: dict[str, list[tuple[int, str]]] = {}
    for option in chosen(package, held):
        for issue, direction in option.touches:
            touched.setdefault(issue, []).append((direction, option.id))
    issues = [issue for issue in held.issues if issue in touched]
    return {actor: _judged(actor, issues, touched, held) for actor in held.actors}


def _judged(actor: str, issues: Sequence[str], touched: Mapping[str, list[tuple[int, str]]], held: Record) -> Judgement:
    verdicts = []
    for issue in issues:
        position = held.positions.get((actor, issue))
        by_word: dict[Word, list[str]] = {}
        for direction, option in touched[issue]:
            apart = position is not None and position.id in held.options[option].apart
            stance = position.stance if position else None
            word: Word = "something else" if apart else word_for(stance, direction)
            by_word.setdefault(word, []).append(option)
        verdicts += [Verdict(word, issue, tuple(options), position) for word, options in by_word.items()]
    untouched = tuple(
        held.positions[actor, issue]
        for issue in held.issues
        if issue not in touched and (actor, issue) in held.positions
    )
    return Judgement(actor, tuple(verdicts), untouched)


# ---- wording -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rung:
    """A place on the ladder by the wording alone; `id` is None where nothing can be rated."""

    id: str | None
    why: str


def rung(package: Package, held: Record) -> Rung:
    """Where the package stands on the ladder, and why: what is owed decides, and how help begins can lower it.

    >>> from lesson_lib.think.provisions import record
    >>> rung({"duty": "duty-article-5", "decision": "decision-all-agree", "guarantors": "guarantors-us"}, record()).id
    'consultation'
    """
    by = {option.provision: option for option in chosen(package, held)}
    duty, decision, who = by.get("duty"), by.get("decision"), by.get("guarantors")
    if who and who.id == "guarantors-nobody":
        return Rung(None, _("Not rated: nobody outside promises anything for the case of an attack."))
    trigger = by.get("trigger")
    if trigger and trigger.id == "trigger-none":
        return Rung(None, _("Not rated: nothing is promised for the case of an attack."))
    if duty is None or duty.rung is None:
        return Rung(None, _("Not rated: the package does not say what is owed."))
    why = _("What is owed (“{label}”) stands on the rung of {rung}.").format(label=duty.name, rung=_(duty.rung))
    if decision and decision.rung and LADDER.index(decision.rung) < LADDER.index(duty.rung):
        why += _(" Who sets it in motion (“{label}”) lowers it: what is certain then is {rung}.").format(
            label=decision.name, rung=_(decision.rung)
        )
        return Rung(decision.rung, why)
    if duty.rung == "automatic" and decision is None:
        why += _(" Who sets it in motion is left open; if somebody has to decide, it is no longer automatic.")
    return Rung(duty.rung, why)


# ---- likeness ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Near:
    """An arrangement beside a package: the provisions on which both are known, shared and different.

    `rank` is the same for arrangements that are equally near.
    """

    rank: int
    arrangement: Coded
    shared: tuple[str, ...]
    different: tuple[str, ...]

    @property
    def known(self) -> int:
        """How many features are known in both."""
        return len(self.shared) + len(self.different)


def nearest(package: Package, held: Record, most: int = 3) -> list[Near]:
    """The arrangements most like a package: shared features out of those known in both, at least LEAST_SHARED.

    Ties stand together, and none is cut off: the list may be longer than `most`. Equal shares are ordered by how
    many features are known in both. Nothing shared is no likeness.

    >>> from lesson_lib.think.provisions import record
    >>> near = nearest({"trigger": "trigger-attack", "duty": "duty-processes", "decision": "decision-each",
    ...                 "guarantors": "guarantors-us", "us": "us-soldiers"}, record())
    >>> [(one.rank, one.arrangement.label) for one in near][0]
    (1, 'South Korea 1953')
    """
    chosen(package, held)
    found = []
    for one in held.arrangements:
        both = [name for name in held.provisions if name in package and name in one.features]
        shared = tuple(name for name in both if package[name] == one.features[name])
        if len(both) >= LEAST_SHARED and shared:
            found.append((one, shared, tuple(name for name in both if name not in shared)))
    found.sort(key=lambda one: (-len(one[1]) / (len(one[1]) + len(one[2])), -len(one[1]) - len(one[2])))
    near: list[Near] = []
    for place, (one, shared, different) in enumerate(found, start=1):
        tied = bool(near) and (len(near[-1].shared), near[-1].known) == (len(shared), len(shared) + len(different))
        if place > most and not tied:
            break
        near.append(Near(near[-1].rank if tied else place, one, shared, different))
    return near


# ---- contradictions and gaps -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """A contradiction, tension or gap of a package: the options it has, and the provision left open (for a gap)."""

    conflict: Conflict
    options: tuple[str, ...]

    @property
    def kind(self) -> str:
        return self.conflict.kind


def findings(package: Package, held: Record) -> list[Finding]:
    """What does not go together, what pulls apart, and what is missing, in this order.

    >>> from lesson_lib.think.provisions import record
    >>> findings({"troops": "troops-none", "where": "where-rear"}, record())[0].conflict.id
    'no-soldiers-place'
    """
    have = {option.id for option in chosen(package, held)}
    found = []
    for one in held.conflicts:
        first, second = have & one.options, have & one.others
        if first and (second if one.needs is None else one.needs not in package):
            found.append(Finding(one, tuple(option for option in held.options if option in first | second)))
    order = ["contradiction", "tension", "gap"]
    return sorted(found, key=lambda one: order.index(one.kind))


def left_open(package: Package, held: Record) -> list[str]:
    """The provisions that a package does not settle, in order."""
    return [name for name in held.provisions if name not in package]


# ---- several packages --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Compared:
    """Several packages side by side: each one's judgements, rung and findings, and the provisions that differ."""

    packages: Mapping[str, Package]
    judgements: Mapping[str, Mapping[str, Judgement]]
    rungs: Mapping[str, Rung]
    findings: Mapping[str, Sequence[Finding]]
    alike: tuple[str, ...]
    different: tuple[str, ...]


def compare(packages: Mapping[str, Package], held: Record) -> Compared:
    """Packages by name, laid side by side; none is ranked.

    `alike` are provisions that all settle in the same way, `different` those on which they part; what all leave open
    is in neither.

    >>> from lesson_lib.think.provisions import record
    >>> compare({"a": {"eu": "eu-part"}, "b": {"eu": "eu-apart"}}, record()).different
    ('eu',)
    """
    ways = {name: {one.get(name) for one in packages.values()} for name in held.provisions}
    return Compared(
        packages,
        {name: judge(one, held) for name, one in packages.items()},
        {name: rung(one, held) for name, one in packages.items()},
        {name: findings(one, held) for name, one in packages.items()},
        tuple(name for name, found in ways.items() if len(found) == 1 and found != {None}),
        tuple(name for name, found in ways.items() if len(found) > 1),
    )


def distinct(verdicts: Iterable[Verdict]) -> int:
    """How many issues some verdicts are about: the only count that is shown, each issue once."""
    return len({one.issue for one in verdicts})
