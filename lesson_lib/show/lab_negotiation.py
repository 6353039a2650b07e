"""The negotiation lab: a package of guarantees put together provision by provision, and what it meets and crosses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from lesson_lib.know.data import columns, rows
from lesson_lib.know.sources import as_of_line, day
from lesson_lib.show.lab import (
    Action,
    Block,
    Cell,
    Drawing,
    Figure,
    Figures,
    Grid,
    Heading,
    Kind,
    Opened,
    Pick,
    Picture,
    Preset,
    Range,
    Row,
    Saved,
    Says,
    Settings,
    Words,
)
from lesson_lib.show.view import Tone
from lesson_lib.think import negotiation as think
from lesson_lib.think import proposals
from lesson_lib.think.negotiation import Judgement, Verdict
from lesson_lib.think.provisions import Package, Record, ready, record

OPEN = "open"
_TONES: dict[str, Tone] = {"contradiction": "bad", "tension": "warn", "gap": "plain"}
_KINDS = {"contradiction": "Contradiction", "tension": "Tension", "gap": "Gap"}


_CODING = "The course scored options and positions; your reading may differ."


def package_of(settings: Settings, held: Record) -> dict[str, str]:
    """The package that the controls show.

    >>> package_of({"duty": "duty-consult", "eu": "open", "round": 1}, record())
    {'duty': 'duty-consult'}
    """
    return ready({name: settings.get(name) for name in held.provisions}, held)[0]


def view(settings: Settings) -> list[Block]:
    """What the package is, whose positions it meets and crosses, its rung, its likenesses, and what is amiss."""
    held = record()
    package = package_of(settings, held)
    if not package:
        return [
            Says("Nothing is chosen yet: every provision is left open. Choose an option, or start from a package."),
            Says(f"{_CODING} {think.RULE}"),
        ]
    judged = think.judge(package, held)
    found = think.findings(package, held)
    rung = think.rung(package, held)
    counted = {kind: sum(one.kind == kind for one in found) for kind in _KINDS}
    return [
        Figures(
            (
                Figure("Settled", f"{len(package)} of {len(held.provisions)} provisions", "", "The rest is left open."),
                Figure("Rung, by the wording alone", rung.id or "not rated"),
                Figure("Contradictions", str(counted["contradiction"])),
                Figure("Gaps", str(counted["gap"])),
            )
        ),
        Heading("Who can live with it, by what they have said"),
        _positions(judged, held),
        Says(think.RULE),
        *_words(judged, held, "crosses", "Red lines crossed"),
        *_words(judged, held, "meets", "Positions met", folded=True),
        *_words(judged, held, "strains", "Positions strained", folded=True),
        Heading("Where its wording stands"),
        _ladder(rung),
        Says(rung.why),
        Heading("What it resembles"),
        *_likenesses(package, held),
        Heading("What does not fit, and what is missing"),
        *_findings(found, package, held),
        _package(package, held),
    ]


def _positions(judged: dict[str, Judgement], held: Record) -> Grid:
    def cell(one: Judgement, *words: think.Word, tone: Tone = "plain") -> Cell:
        verdicts = one.of(*words)
        names = dict.fromkeys(
            held.issues[v.issue] + (" (in part)" if v.word == "meets in part" else "") for v in verdicts
        )
        return Cell("; ".join(names) or "none", tone if names else "plain", source_ids=_sources(verdicts))

    def rest(one: Judgement) -> Cell:
        parts = []
        for word in ("no lean", "something else", "not known"):
            names = dict.fromkeys(held.issues[v.issue] for v in one.verdicts if v.word == word)
            if names:
                parts.append(f"{word}: {', '.join(names)}")
        unknown = bool(one.of("not known"))
        return Cell("; ".join(parts) or "none", known=not unknown, source_ids=_sources(one.of("no lean")))

    table = []
    for actor, one in judged.items():
        meets = cell(one, "meets", "meets in part", tone="good")
        cells = (meets, cell(one, "strains", tone="warn"), cell(one, "crosses", tone="bad"), rest(one))
        table.append(Row(actor, cells))
    return Grid(
        "The package before the actors of the map",
        ("Actor", "Meets", "Strains", "Crosses a red line", "No lean, or not known"),
        table,
        f"{as_of_line()} {_CODING}",
    )


def _sources(verdicts: Iterable[Verdict]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for v in verdicts if v.position for one in v.position.source_ids))


def _words(
    judged: dict[str, Judgement], held: Record, word: think.Word, title: str, *, folded: bool = False
) -> list[Block]:
    """The positions with one verdict, with who said what, when, and the row's id."""
    words: tuple[think.Word, ...] = ("meets", "meets in part") if word == "meets" else (word,)
    basis = columns("positions")["basis"]
    table = []
    for actor, one in judged.items():
        for verdict in one.of(*words):
            if (position := verdict.position) is None:
                continue
            said = f"{position.words} ({position.person}, {day(position.date)}; {basis.label(position.basis).lower()})"
            options = "; ".join(held.label(option) for option in verdict.options)
            issue = held.issues[verdict.issue]
            cells = (Cell(options), Cell(said, source_ids=position.source_ids), Cell(position.id))
            table.append(Row(f"{actor}: {issue}", cells))
    if not table:
        return [Says(f"{title}: none by this reading.")] if word == "crosses" else []
    return [
        Grid(
            title, ("Actor and issue", "The package says", "The position", "Row of the map"), table, as_of_line(),
            folded,
        )
    ]  # fmt: skip


def _ladder(rung: think.Rung) -> Drawing:
    picture = Picture(720, 66)
    for place, name in enumerate(think.LADDER):
        here = name == rung.id
        left = 6 + 179 * place
        picture.box(left, 10, 170, 34, "accent" if here else "outline", 4)
        picture.text(left, 61, name + (" ← the package" if here else ""), size=12, kind="bold" if here else "quiet")
    where = f"on the rung of {rung.id}" if rung.id else "on no rung: it is not rated"
    return Drawing(
        picture, "The ladder of lesson 02", f"Four rungs, {', '.join(think.LADDER)}. The package stands {where}."
    )


def _likenesses(package: Package, held: Record) -> list[Block]:
    near = think.nearest(package, held)
    rule = (
        f"Two texts are compared where at least {think.LEAST_SHARED} features are known in both. Likeness is the share "
        "of these that are the same. It counts features and weighs none of them."
    )
    if not near:
        return [Says(f"No arrangement can be set beside this package yet. {rule}")]
    ties = {one.rank for one in near if sum(other.rank == one.rank for other in near) > 1}
    names = rows("arrangements")
    table = []
    for one in near:
        place = f"{one.rank}{' (tied)' if one.rank in ties else ''}"
        shared = "; ".join(held.label(package[name]) for name in one.shared)
        different = "; ".join(
            f"{held.provisions[name].label}: here {held.options[package[name]].label}, "
            f"there {held.options[one.arrangement.features[name]].label}"
            for name in one.different
        )
        rated = names[one.arrangement.id].get("rung")
        cells = (
            Cell(place),
            Cell(f"{len(one.shared)} of {one.known}"),
            Cell(shared),
            Cell(different or "none"),
            Cell(str(rated) if rated else "not rated", known=rated is not None),
        )
        table.append(Row(one.arrangement.label, cells, source_ids=one.arrangement.source_ids[:2]))
    head = ("Arrangement", "Place", "Features shared", "The same", "Different", "Its rung")
    return [Grid("Nearest arrangements", head, table, as_of_line()), Says(rule)]


def _findings(found: Sequence[think.Finding], package: Package, held: Record) -> list[Block]:
    said: list[Block] = []
    for one in found:
        options = "; ".join(f"*{held.label(option)}*" for option in one.options[:4])
        more = f" Left open: *{held.provisions[one.conflict.needs].label}*." if one.conflict.needs else ""
        text = f"**{_KINDS[one.kind]}.** {one.conflict.why} ({options}.){more}"
        said.append(Says(text, _TONES[one.kind], one.conflict.source_ids))
    if not said:
        said.append(Says("No contradiction, tension or gap of the kinds that the course knows."))
    missing = [held.provisions[name].label for name in think.left_open(package, held)]
    if missing:
        said.append(Says(f"Left open: {', '.join(missing)}. Open is a choice too: say why, or settle it."))
    return said


def _package(package: Package, held: Record) -> Grid:
    table = []
    for name, option in package.items():
        one = held.options[option]
        note = f" {one.note}" if one.note else ""
        table.append(
            Row(held.provisions[name].label, (Cell(one.label), Cell(one.text + note, source_ids=one.source_ids)))
        )
    return Grid(
        "The package, and where each option comes from", ("Provision", "Option", "In full"), table, as_of_line(), True
    )


# ---- files -------------------------------------------------------------------------------------------------------


def save(settings: Settings) -> str | Saved:
    """Writes the package into my-proposals, in the folder of the notebook, and offers it for download."""
    held = record()
    name, package = " ".join(settings["group"].split())[: proposals.MOST_NAME], package_of(settings, held)
    if not name:
        return "Nothing saved: write your group's name first."
    if not package:
        return "Nothing saved: every provision is left open."
    players = tuple(filter(None, (one.strip() for one in settings["players"].split(","))))
    proposal = proposals.Proposal(name, package, int(settings["round"]), players, settings["reason"].strip())
    said = proposals.save(proposal, Path.cwd() / proposals.FOLDER)
    return Saved(said, proposals.file_name(proposal), proposals.written(proposal), "application/json")


def opened(content: bytes, name: str) -> Opened:
    """A proposal read from a file, as far as it can be read; what it does not settle is left open."""
    held = record()
    reading = proposals.read(content, name, held)
    if reading.proposal is None:
        return Opened(" ".join(reading.problems), {})
    one = reading.proposal
    values: Settings = {provision: one.package.get(provision, OPEN) for provision in held.provisions}
    values |= {"group": one.name, "round": one.round, "players": ", ".join(one.players)[:400], "reason": one.reason}
    return Opened(" ".join([f"Opened: {one.name}, round {one.round}.", *reading.problems]), values)


def _controls(held: Record) -> list[Pick | Range | Words]:
    found: list[Pick | Range | Words] = [
        Pick(
            one.id,
            one.label,
            ((OPEN, "left open"), *((option.id, option.label) for option in one.options)),
            OPEN,
            one.group,
            one.question,
        )
        for one in held.provisions.values()
    ]
    group = "Your group"
    return [
        *found,
        Words("group", "Your group's name", 1, proposals.MOST_NAME, group, "Names the file that you save."),
        Range("round", "Round", 1, 1, proposals.MOST_ROUND, group=group),
        Words("players", "Players", 1, 400, group, "Names or roles, with commas between them. May stay empty."),
        Words("reason", "Why this package", 3, 600, group, "One or two sentences for the other groups."),
    ]


def _presets(held: Record) -> list[Preset]:
    empty = Preset("all-open", "Everything open", dict.fromkeys(held.provisions, OPEN), "Nothing is settled yet.")
    return [
        empty,
        *(
            Preset(name, str(row["label"]), {one: row.get(one) or OPEN for one in held.provisions}, str(row["why"]))
            for name, row in rows("packages").items()
        ),
    ]


LAB = Kind(
    name="negotiation",
    lesson="09",
    title="The negotiation lab",
    lead="Choose a provision's option, or start from a package on record, and see whose positions it meets or crosses.",
    controls=_controls(record()),
    view=view,
    presets=_presets(record()),
    actions=(
        Action("save", "Save this proposal", do=save),
        Action("open", "Open a proposal", opens=opened),
    ),
)
