"""What a careful reader would ask of a brief before reading on: each thing done, not yet, or worth another look.

The checks look at form and at sources: whether a part is there, whether its evidence belongs to the question, whose
side it is on, how sure the course is of it. None of them says whether the brief is right, and none gives a grade.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from lesson_lib.know.catalogue import N_, _
from lesson_lib.know.data import columns
from lesson_lib.think.brief import Brief, Part, count, fits, opposed, part_name, sources, words
from lesson_lib.think.evidence import OWN, Evidence, evidence, status_word, stems
from lesson_lib.think.numerals import figure

LEAST_WORDS, MOST_WORDS = 450, 1_000
"""What fills two pages: every word above the list of sources."""

LEAST_SOURCES, LEAST_KINDS = 3, 2
UNSURE = ("contested", "unverified", "contradicted")

State = Literal["done", "not yet", "look again"]
STATES = [N_("done"), N_("not yet"), N_("look again")]
"""What is shown of a state, translated."""

# "may" in small letters only: the month proves nothing.
_HEDGES = re.compile(
    r"\b(?i:contest\w*|disput\w*|unverified|unconfirmed|not confirmed|uncertain\w*|contradict\w*|wrong\w*|denied"
    r"|den(?:y|ies)|reported\w*|according to|alleg\w*|claim(?:s that|ed)|says|said|argu(?:es|ed)|apparently|doubt\w*)\b"
    r"|\b(?:may|might)\b"
    # The same in Ukrainian: a student may write in either language, whatever the page says.
    r"|\b(?i:спірн\w*|оскарж\w*|запереч\w*|спростов\w*|не ?підтвердж\w*|не встановлен\w*|повідомл\w*|за словами"
    r"|за даними|стверджу\w*|нібито|ймовірно|можливо|каж\w+|сказа\w+|сумнів\w*|може|могл[аои]? б)\b"
)
HEDGES = N_("contested, disputed, unverified, reported, according to")
"""Examples of the words by which a brief shows that it does not take a row for plain fact."""

# "Should Russia attack, Europe must help" asks nothing: it has a comma.
_ASKS = re.compile(r"(?:should|would|could|can|do|does|did|is|are|was|were|will|has|have|чи)\b[^,]*", re.IGNORECASE)
_ANNOUNCES = re.compile(
    r"\b(this (?:brief|paper|essay|text)|in this brief|i (?:will|shall|want to|would like to) "
    r"(?:discuss|talk|write|show|look)|pros and cons|both sides of"
    r"|ц(?:я|ій) (?:записк\w+|робот\w+)|я (?:розгляну|обговорю|напишу|покажу)|за і проти)\b",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"^\W*(nothing|no(?:thing)? (?:would|could|can|will)|none|no evidence|never|ніщо|нічого|жодн\w+)\b", re.IGNORECASE
)
_SINCE = re.compile(r"\b(?:since then|відтоді)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Check:
    """One question that a careful reader would ask, and how the brief stands to it."""

    id: str
    title: str
    state: State
    says: str


def checks(one: Brief) -> list[Check]:
    """What a careful reader would ask, in the order of the brief: each done, not yet, or worth another look.

    >>> [check.state for check in checks(Brief())][:3]
    ['not yet', 'not yet', 'not yet']
    """
    looked = [
        ("question", _("A question"), _question),
        ("side", _("Your side"), _side),
        ("claim", _("A claim"), _claim),
        ("reasons", _("Reasons with evidence"), _reasons),
        ("fits", _("Evidence that fits the question"), _fits),
        ("own-side", _("Evidence on your side"), _own_side),
        ("unsure", _("Unsure rows shown as unsure"), _unsure),
        ("later", _("Nothing from after the as-of date"), _later),
        ("sources", _("Sources of more than one kind"), _sources),
        ("counter", _("The strongest counter-argument"), _counter),
        ("reply", _("A reply to it"), _reply),
        ("confidence", _("How sure you are"), _confidence),
        ("change", _("What would change your mind"), _change),
        ("recommendation", _("A recommendation to somebody"), _recommendation),
        ("length", _("Two pages"), _length),
        ("name", _("Who wrote it"), _name),
    ]
    return [Check(name, title, *look(one)) for name, title, look in looked]


Answer = tuple[State, str]


def _question(one: Brief) -> Answer:
    if not one.question:
        return "not yet", _("Choose a question of the course, or word your own.")
    if one.question != OWN:
        return "done", one.asked
    if not one.own:
        return "not yet", _("Write your own question in the field below the list.")
    if not one.own.endswith("?"):
        return "look again", _("End your question with a question mark; ask what one could answer yes or no to.")
    return "done", one.own


def _side(one: Brief) -> Answer:
    if not one.side:
        return "not yet", _("Say whether you answer for, against, or with a third answer.")
    if one.question == OWN:
        return "done", _(
            "The course has coded no sides for your own question: judge yourself on whose side each row is."
        )
    return "done", _("All sides are open to you: the checks ask the same of each.")


def _claim(one: Brief) -> Answer:
    if not one.claim:
        return "not yet", _("Write your claim: one sentence that answers the question.")
    if one.claim.endswith("?") or _ASKS.fullmatch(one.claim):
        return "look again", _("This reads as a question. State your answer instead.")
    if _ANNOUNCES.search(one.claim):
        return "look again", _("This announces a subject. Say what you hold about it.")
    length = count(one.claim)
    if length < 8:
        return "look again", _(
            "{length} words say too little: name who should do what, or what is so, and when."
        ).format(length=length)
    if length > 60:
        return "look again", _("{length} words are more than one claim: keep the main one, up to 60.").format(
            length=length
        )
    return "done", _("It reads as a statement. Could somebody disagree with it?")


def _reasons(one: Brief) -> Answer:
    for number, part in one.begun:
        if not part.words:
            return (
                "not yet",
                _("Reason {number} has evidence and no words: say what the evidence shows and why it counts.").format(
                    number=number
                ),
            )
        if not part.evidence:
            return "not yet", _("Reason {number} has no evidence yet: tick at least one row in its lists.").format(
                number=number
            )
        if count(part.words) < 15:
            return "look again", (
                _(
                    "Reason {number} is short: say also why the evidence supports the claim (the warrant), "
                    "in 15 words or more."
                ).format(number=number)
            )
    if len(one.begun) < 2:
        return "not yet", _("Give at least two reasons, each with words and evidence.")
    return "done", _("{begun} reasons, each with words and evidence.").format(begun=len(one.begun))


def _listed(rows_: Iterable[tuple[str, Evidence]]) -> str:
    found = [_("“{label}” ({where})").format(label=row.label, where=part_name(where)) for where, row in rows_]
    return "; ".join(found[:2]) + (_("; and {found} more").format(found=len(found) - 2) if len(found) > 2 else "")


def _used(one: Brief, *, reasons_only: bool = False) -> list[tuple[str, Part, Evidence]]:
    held = evidence()
    return [
        (where, part, held[name])
        for where, part in one.parts
        if not (reasons_only and where == "the counter-argument")
        for name in part.evidence
    ]


def _fits(one: Brief) -> Answer:
    used = _used(one)
    if not used or not one.question:
        return "not yet", _("Choose a question and some evidence; then this looks whether they belong together.")
    strange = [(where, row) for where, _, row in used if not fits(one, row)]
    if strange:
        return "look again", (
            _(
                "The course does not file {strange} under this question: say in the text how it bears "
                "on it, or choose another row."
            ).format(strange=_listed(strange))
        )
    return "done", _("Every row belongs to the question, by the rule given below.")


def _own_side(one: Brief) -> Answer:
    used = _used(one, reasons_only=True)
    if not used or not one.side:
        return "not yet", _("Choose your side and some evidence; then this looks whether they agree.")
    if one.side == "other":
        return "done", _("A third answer may take a reason from either side: say what you leave aside of it.")
    wrong = [(where, row) for where, _, row in used if opposed(one, row)]
    if wrong:
        return "look again", (
            _("{wrong} argues on the other side: move it to the counter-argument, and answer it in your reply.").format(
                wrong=_listed(wrong)
            )
        )
    return "done", _("No reason rests on an argument that the course has coded on the other side.")


def _unsure(one: Brief) -> Answer:
    used = _used(one)
    if not used:
        return "not yet", _("Choose some evidence; then this looks how sure the course is of it.")
    flat = [(where, row) for where, part, row in used if row.status in UNSURE and not _HEDGES.search(part.words)]
    if flat:
        where, row = flat[0]
        more = _(" (and {flat} more)").format(flat=len(flat) - 1) if len(flat) > 1 else ""
        return "look again", (
            _("“{label}” in {where}{more} is {status}: say so, with a word such as {words}.").format(
                label=row.label, where=part_name(where), more=more, status=status_word(row.status), words=_(HEDGES)
            )
        )
    return "done", _("No row that is contested, unverified or contradicted is used as plain fact.")


def _later(one: Brief) -> Answer:
    used = _used(one)
    if not used:
        return "not yet", _("Choose some evidence; then this looks at its dates.")
    late = [(where, row) for where, part, row in used if row.later and not _SINCE.search(part.words)]
    if late:
        return "look again", (
            _(
                "{late} is known only from after the as-of date: leave it out, or write “since then” "
                "and its date in the text."
            ).format(late=_listed(late))
        )
    return "done", _("What you cite could be known on the as-of date, or is marked “since then”.")


def _sources(one: Brief) -> Answer:
    found = sources(one)
    number = sum(map(len, found.values()))
    if not number:
        return "not yet", _("Rest the brief on at least {least} sources of at least {kinds} kinds.").format(
            least=LEAST_SOURCES, kinds=LEAST_KINDS
        )
    label = columns("sources")["kind"].label
    kinds = ", ".join(f"{label(kind).lower()} ({len(ids)})" for kind, ids in found.items())
    if number < LEAST_SOURCES:
        return "not yet", _("Sources so far: {kinds}. Find at least {least}.").format(kinds=kinds, least=LEAST_SOURCES)
    if len(found) < LEAST_KINDS:
        return "look again", _(
            "All {number} sources are of one kind ({kinds}): add a text, a study or a data set."
        ).format(number=number, kinds=kinds)
    return "done", _("{number} sources: {kinds}.").format(number=number, kinds=kinds)


def _counter(one: Brief) -> Answer:
    if not one.counter.words:
        return "not yet", _("Write the strongest argument against your claim, as somebody who holds it would put it.")
    sentences = [s for s in re.split(r"[.!?…]+(?:\s|$)", one.counter.words) if count(s)]
    if len(sentences) < 2 or count(one.counter.words) < 25:
        return "look again", _("One short sentence is easy to knock down: give it two sentences and 25 words at least.")
    if not one.counter.evidence:
        return "not yet", _("Give the counter-argument evidence too: tick a row in its lists.")
    if not one.side:
        return "not yet", _("Choose your side; then this looks whether the counter-argument is on another.")
    if one.question == OWN:
        reused = set(one.counter.evidence) <= {name for _, part in one.begun for name in part.evidence}
        if reused:
            return "look again", _("It rests on the same rows as your reasons: find evidence that speaks against you.")
        return "done", _(
            "No sides are coded for your own question: ask somebody of the other view if this is their best."
        )
    held = evidence()
    # A row that carries a reason cannot stand against it as well, whatever side is taken.
    used = {name for _, part in one.begun for name in part.evidence}
    if not any(opposed(one, held[name]) for name in one.counter.evidence if name not in used):
        return "look again", (
            _(
                "None of its rows is coded on another side than yours: add an argument of another side "
                "from the first list."
            )
        )
    return "done", _("It is more than a sentence, and rests on an argument of another side.")


def _reply(one: Brief) -> Answer:
    if not one.reply:
        return "not yet", _(
            "Answer the counter-argument: say what is true in it, and why your claim stands all the same."
        )
    if count(one.reply) < 20:
        return "look again", _("Say more than that it is wrong, in 20 words at least.")
    if one.counter.words and stems(one.reply).isdisjoint(stems(one.counter.words)):
        return "look again", _("It shares no longer word with the counter-argument: take up what that says.")
    return "done", _("It takes up words of the counter-argument. Whether it answers it, a reader must judge.")


def band(confidence: int) -> str:
    """A confidence in a word: low up to 65 per cent, medium up to 80, high above.

    >>> band(60), band(75), band(90)
    ('low', 'medium', 'high')
    """
    return _("low") if confidence <= 65 else _("medium") if confidence <= 80 else _("high")


def _confidence(one: Brief) -> Answer:
    if not one.confidence:
        return "not yet", _("Say in per cent how sure you are.")
    said = _("{confidence} %: of ten claims held like this one, about {tenth} should turn out right.").format(
        confidence=one.confidence, tenth=figure(one.confidence / 10)
    )
    return "done", said


def _change(one: Brief) -> Answer:
    if not one.change:
        return "not yet", _("Write what you would have to see to change your mind.")
    if _NOTHING.match(one.change):
        return "look again", _("If nothing could change your mind, evidence did not make it up: name one thing.")
    if count(one.change) < 8:
        return "look again", _("Name it so that another could see whether it has happened, in eight words at least.")
    return "done", _("Something is named. Could somebody else look whether it has happened?")


def _recommendation(one: Brief) -> Answer:
    if not one.audience:
        return "not yet", _("Say to whom you recommend it: a person or body that could do it.")
    if count(one.recommendation) < 8:
        return "not yet", _("Say what they should do, in eight words at least.")
    return "done", _("Somebody is addressed. Could one see the act being done?")


def _length(one: Brief) -> Answer:
    number = words(one)
    limits = _("two pages are {least} to {most} words, the list of sources not counted").format(
        least=LEAST_WORDS, most=figure(MOST_WORDS)
    )
    if number < LEAST_WORDS:
        return "not yet", _("{number} words so far; {limits}.").format(number=number, limits=limits)
    if number > MOST_WORDS:
        return "look again", _("{number} words; {limits}. Cut what carries least.").format(
            number=figure(number), limits=limits
        )
    return "done", _("{number} words; {limits}.").format(number=number, limits=limits)


def _name(one: Brief) -> Answer:
    return (
        ("done", one.name)
        if one.name
        else ("not yet", _("Write your name: it stands in the brief and names its file."))
    )
