"""What an item's numbers say in words, and which items a teacher should look at first."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lesson_lib.classroom.findings import SMALL, Choice, ItemResult, Level, Verdict
from lesson_lib.classroom.measures import gain
from lesson_lib.know.catalogue import _, ngettext

LEAST = 10
"""Below this many answers no word is said on how an item separates."""
LEAST_FOR_KEY, LEAST_TAKEN, MOST, ONE_SIDED = 25, 4, 0.6, 1.645
"""A key is doubted from so many answers on, where so many of the upper group take one other choice."""
EASY, HARD = 0.9, 0.25
UNUSED = 0.05
CERTAIN, GUESS = 0.8, 0.6
"""Lines of this course: certain answers should be right 8 times in 10, and guesses no more than 6 times in 10."""


def verdict(found: ItemResult, opinion: bool) -> Verdict:
    """The words on one item."""
    if opinion:
        why = _("An opinion counts for being given; there is no right or wrong.")
        return Verdict(7, (_("opinion: not marked"),), why)
    if not found.marked or found.difficulty is None:
        return Verdict(6, (_("waits for marks"),), _("Nobody’s answer is marked yet: fill in the rubric sheet."))
    if suspect := _suspect(found):
        why = _(
            "In the group with the best totals {share} take {choice}, which the key calls wrong, and {earned} of the "
            "points are earned. Read the item as a student would: is the key the one meant, and could the other be "
            "right too?"
        ).format(share=_in_100(suspect.upper), choice=_quoted(suspect.text), earned=_in_100(found.upper))
        return Verdict(0, (_("key may be wrong: look at it"),), why, suspect.id)
    return _separates(found)


def _separates(found: ItemResult) -> Verdict:
    p, d, r = found.difficulty or 0.0, found.discrimination, found.correlation
    words: list[str] = []
    rank, why = 5, _("It is neither very easy nor very hard, and those who know more have it right more often.")
    if found.marked < LEAST:
        why = _("Only {n} marked: too few to say anything of it.").format(n=found.marked)
        return Verdict(4, (_("too few answers to judge"),), why)
    if p in (0.0, 1.0):
        rank = 4 if p else 1
        why = _("All have it right.") if p else _("Nobody has it right: is the key meant so, and was it taught?")
        why += " " + _("As all answers are alike, it cannot tell anyone from anyone.")
    elif r is None or d is None:
        words, rank = [_("cannot be judged")], 4
        why = _("Totals do not differ, so nothing can be said on how it separates.")
    elif r < 0 and d <= 0:
        words, rank = [_("separates the wrong way")], 1
        why = _("Those with better totals have it right less often: look for a second reading, or a wrong key.")
    elif HARD <= p <= EASY and (d < 0.2 or r < 0.1):
        words, rank = [_("does not separate")], 2
        why = _("Those who do well on the rest do hardly better here: it may be unclear, or ask for something else.")
        if d >= 0.2:
            why += " " + _("Upper minus lower looks better than that because the item itself is part of the totals.")
        if found.correlation_interval and found.correlation_interval[1] > 0.3:
            why += " " + _("With so few answers that may be chance: the interval reaches to a good connection.")
    elif HARD <= p <= EASY and d < 0.3:
        words, rank = [_("separates a little")], 4
        why = _("Those who do well on the rest do somewhat better here.")
    if p > EASY:
        words.append(_("very easy"))
        rank = min(rank, 4)
        if p < 1 and rank == 4:
            why = _("Nearly all have it right: good to begin with, and it tells little apart.")
    elif p < HARD:
        words.append(_("very hard"))
        rank = min(rank, 2)
        if p > 0 and rank == 2:
            why = _("Few have it right: was it taught, and is there one good answer?")
    if unused := _unused(found):
        idle = ngettext("a choice that nobody takes", "{n} choices that nobody takes", len(unused))
        words.append(idle.format(n=len(unused)))
        why += " " + _("A wrong choice that fewer than 5 in 100 take does no work: write a likelier one.")
        rank = min(rank, 4)
    return Verdict(rank, tuple(words) or (_("works well"),), why)


def _unused(found: ItemResult) -> list[Choice]:
    """Wrong choices that fewer than 5 in 100 take (Haladyna and Downing 1993), where the item is not just easy."""
    if found.marked < SMALL or found.item is None or found.item.type != "single" or (found.difficulty or 0) > EASY:
        return []
    return [choice for choice in found.choices if not choice.right and choice.share < UNUSED]


def _suspect(found: ItemResult) -> Choice | None:
    """The choice that should perhaps be the key: the best students prefer it, and the item does not clearly separate.

    Preferred means that it is taken by at least four of the upper group and two more than take the key, more often
    than in the lower group, and either by 6 in 10 of the upper group or by so many that chance hardly explains it.
    """
    clearly = found.correlation_interval is not None and found.correlation_interval[0] > 0
    if found.marked < LEAST_FOR_KEY or clearly:
        return None
    key = min((choice.upper_count for choice in found.choices if choice.right), default=0.0)
    rivals = [choice for choice in found.choices if not choice.right and _preferred(choice, key)]
    return max(rivals, key=lambda choice: choice.upper_count, default=None)


def _preferred(rival: Choice, key: float) -> bool:
    upper, lower, count = rival.upper, rival.lower, rival.upper_count
    if upper is None or lower is None or not upper or rival.id == "another answer":
        return False
    if count < LEAST_TAKEN or count < key + 2 or upper - lower < 0.1:
        return False
    # Against the key within the upper group (sign test), and against the lower group (two shares), both one-sided.
    both = (upper + lower) / 2
    spread = math.sqrt(both * (1 - both) * 2 * upper / count)
    return upper >= MOST or ((count - key) / math.sqrt(count + key) > ONE_SIDED and upper - lower > ONE_SIDED * spread)


def _in_100(share: float | None) -> str:
    return f"{100 * (share or 0):.0f} %"


def _quoted(text: str) -> str:
    short = text if len(text) <= 90 else f"{text[:88].rsplit(' ', 1)[0]} …"
    return short if short.startswith(("“", "«")) else _("“{text}”").format(text=short)


# ---- the class ----------------------------------------------------------------------------------------------------


def reliable(value: float | None) -> str:
    """What a reliability means for a teacher.

    >>> reliable(0.85)
    'High for a test in class: most of the differences between totals would come again.'
    """
    if value is None:
        return _("it needs two marked items and totals that differ.")
    if value < 0.5:
        return _("Low: the totals differ as much by chance as by knowledge. Use them together with other work.")
    if value < 0.7:
        return _("Middling: fit for one mark among several, not for a decision on one student alone.")
    if value < 0.8:
        return _("Good for a test in class; small differences between two students still mean little.")
    return _("High for a test in class: most of the differences between totals would come again.")


def judged(levels: Sequence[Level]) -> list[str]:
    """How well a class judges its own answers, in sentences; none where certainty was not given."""
    guess, fairly, certain = levels
    if not any(level.count for level in levels):
        return [_("Nobody said how sure they were of an answer, so there is nothing to compare.")]
    said = []
    if 0 < certain.count < LEAST:
        said.append(_("Only {n} answers were called certain: too few to judge.").format(n=certain.count))
    if 0 < guess.count < LEAST:
        said.append(_("Only {n} answers were called a guess: too few to judge.").format(n=guess.count))
    if certain.count >= LEAST and certain.interval and certain.share is not None:
        if certain.interval[1] < CERTAIN:
            line = _(
                "Of the answers called certain {share} are right: the class is more certain than it is right "
                "(overconfident)."
            )
        elif certain.share < CERTAIN:
            line = _(
                "Of the answers called certain {share} are right: fewer than certain answers should be, which may be "
                "chance."
            )
        else:
            line = _("Of the answers called certain {share} are right: certainty can be trusted.")
        said.append(line.format(share=_in_100(certain.share)))
    if guess.count >= LEAST and guess.interval and guess.share is not None:
        if guess.interval[0] > GUESS:
            line = _(
                "Of the answers called a guess {share} are right: the class knows more than it thinks (underconfident)."
            )
        elif guess.share > GUESS:
            line = _(
                "Of the answers called a guess {share} are right: more than guesses mostly are, which may be chance."
            )
        else:
            line = _("Of the answers called a guess {share} are right: the class knows what it does not know.")
        said.append(line.format(share=_in_100(guess.share)))
    shares = [level.share for level in (guess, fairly, certain) if level.count >= LEAST and level.share is not None]
    if len(shares) > 1 and shares != sorted(shares):
        said.append(_("Surer answers are not always right more often: talk about what makes an answer certain."))
    return said


def gained(before: float, after: float) -> str:
    """A gain in words (bands by Hake 1998).

    >>> gained(0.5, 0.75)
    'medium gain'
    """
    value = gain(before, after)
    if value is None:
        return _("nothing was left to gain")
    if value < 0:
        return _("less right at the exit than before")
    return _("low gain") if value < 0.3 else _("medium gain") if value < 0.7 else _("high gain")
