"""The negotiation lab: a package of guarantees put together provision by provision, and what it meets and crosses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from lesson_lib.know.catalogue import N_, _
from lesson_lib.know.data import columns, rows
from lesson_lib.know.foreign import name as named
from lesson_lib.know.foreign import original
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
_REST = {"no lean": N_("no lean"), "something else": N_("something else"), "not known": N_("not known")}
_KINDS = {"contradiction": N_("Contradiction"), "tension": N_("Tension"), "gap": N_("Gap")}


_CODING = N_("The course scored options and positions; your reading may differ.")


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
            Says(_("Nothing is chosen yet: every provision is left open. Choose an option, or start from a package.")),
            Says(f"{_(_CODING)} {_(think.RULE)}"),
        ]
    judged = think.judge(package, held)
    found = think.findings(package, held)
    rung = think.rung(package, held)
    counted = {kind: sum(one.kind == kind for one in found) for kind in _KINDS}
    return [
        Figures(
            (
                Figure(
                    _("Settled"),
                    _("{package} of {provisions} provisions").format(
                        package=len(package), provisions=len(held.provisions)
                    ),
                    "",
                    _("The rest is left open."),
                ),
                Figure(_("Rung, by the wording alone"), _(rung.id) if rung.id else _("not rated")),
                Figure(_("Contradictions"), str(counted["contradiction"])),
                Figure(_("Gaps"), str(counted["gap"])),
            )
        ),
        Heading(_("Who can live with it, by what they have said")),
        _positions(judged, held),
        Says(_(think.RULE)),
        *_words(judged, held, "crosses", _("Red lines crossed")),
        *_words(judged, held, "meets", _("Positions met"), folded=True),
        *_words(judged, held, "strains", _("Positions strained"), folded=True),
        Heading(_("Where its wording stands")),
        _ladder(rung),
        Says(rung.why),
        Heading(_("What it resembles")),
        *_likenesses(package, held),
        Heading(_("What does not fit, and what is missing")),
        *_findings(found, package, held),
        _package(package, held),
    ]


def _positions(judged: dict[str, Judgement], held: Record) -> Grid:
    def cell(one: Judgement, *words: think.Word, tone: Tone = "plain") -> Cell:
        verdicts = one.of(*words)
        names = dict.fromkeys(
            held.issue(v.issue) + (_(" (in part)") if v.word == "meets in part" else "") for v in verdicts
        )
        return Cell("; ".join(names) or _("none"), tone if names else "plain", source_ids=_sources(verdicts))

    def rest(one: Judgement) -> Cell:
        parts = []
        for word in _REST:
            names = dict.fromkeys(held.issue(v.issue) for v in one.verdicts if v.word == word)
            if names:
                parts.append(f"{_(_REST[word])}: {', '.join(names)}")
        unknown = bool(one.of("not known"))
        return Cell("; ".join(parts) or _("none"), known=not unknown, source_ids=_sources(one.of("no lean")))

    table = []
    for actor, one in judged.items():
        meets = cell(one, "meets", "meets in part", tone="good")
        cells = (meets, cell(one, "strains", tone="warn"), cell(one, "crosses", tone="bad"), rest(one))
        table.append(Row(named(actor), cells))
    return Grid(
        _("The package before the actors of the map"),
        (_("Actor"), _("Meets"), _("Strains"), _("Crosses a red line"), _("No lean, or not known")),
        table,
        f"{as_of_line()} {_(_CODING)}",
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
            how = basis.label(position.basis).lower()
            said = f"{original(position.words)} ({original(position.person)}, {day(position.date)}; {how})"
            options = "; ".join(held.label(option) for option in verdict.options)
            issue = held.issue(verdict.issue)
            cells = (Cell(options), Cell(said, source_ids=position.source_ids), Cell(position.id))
            table.append(Row(f"{named(actor)}: {issue}", cells))
    if not table:
        return [Says(_("{title}: none by this reading.").format(title=title))] if word == "crosses" else []
    return [
        Grid(
            title,
            (_("Actor and issue"), _("The package says"), _("The position"), _("Row of the map")),
            table,
            as_of_line(),
            folded,
        )
    ]  # fmt: skip


def _ladder(rung: think.Rung) -> Drawing:
    picture = Picture(720, 66)
    for place, name in enumerate(think.LADDER):
        here = name == rung.id
        left = 6 + 179 * place
        picture.box(left, 10, 170, 34, "accent" if here else "outline", 4)
        picture.text(
            left, 61, _(name) + (_(" ← the package") if here else ""), size=12, kind="bold" if here else "quiet"
        )
    where = _("on the rung of {rung}").format(rung=_(rung.id)) if rung.id else _("on no rung: it is not rated")
    return Drawing(
        picture,
        _("The ladder of lesson 02"),
        _("Four rungs, {rungs}. The package stands {where}.").format(
            rungs=", ".join(map(_, think.LADDER)), where=where
        ),
    )


def _likenesses(package: Package, held: Record) -> list[Block]:
    near = think.nearest(package, held)
    rule = _(
        "Two texts are compared where at least {LEAST_SHARED} features are known in both. "
        "Likeness is the share of these that are the same. It counts features and weighs none "
        "of them."
    ).format(LEAST_SHARED=think.LEAST_SHARED)
    if not near:
        return [Says(_("No arrangement can be set beside this package yet. {rule}").format(rule=rule))]
    ties = {one.rank for one in near if sum(other.rank == one.rank for other in near) > 1}
    names = rows("arrangements")
    table = []
    for one in near:
        place = f"{one.rank}{_(' (tied)') if one.rank in ties else ''}"
        shared = "; ".join(held.label(package[name]) for name in one.shared)
        different = "; ".join(
            _("{provision}: here {here}, there {there}").format(
                provision=held.provisions[name].name,
                here=held.options[package[name]].name,
                there=held.options[one.arrangement.features[name]].name,
            )
            for name in one.different
        )
        rated = names[one.arrangement.id].get("rung")
        cells = (
            Cell(place),
            Cell(_("{shared} of {known}").format(shared=len(one.shared), known=one.known)),
            Cell(shared),
            Cell(different or _("none")),
            Cell(_(str(rated)) if rated else _("not rated"), known=rated is not None),
        )
        table.append(Row(one.arrangement.name, cells, source_ids=one.arrangement.source_ids[:2]))
    head = (_("Arrangement"), _("Place"), _("Features shared"), _("The same"), _("Different"), _("Its rung"))
    return [Grid(_("Nearest arrangements"), head, table, as_of_line()), Says(rule)]


def _findings(found: Sequence[think.Finding], package: Package, held: Record) -> list[Block]:
    said: list[Block] = []
    for one in found:
        options = "; ".join(f"*{held.label(option)}*" for option in one.options[:4])
        more = (
            _(" Left open: *{label}*.").format(label=held.provisions[one.conflict.needs].name)
            if one.conflict.needs
            else ""
        )
        text = f"**{_(_KINDS[one.kind])}.** {original(one.conflict.why)} ({options}.){more}"
        said.append(Says(text, _TONES[one.kind], one.conflict.source_ids))
    if not said:
        said.append(Says(_("No contradiction, tension or gap of the kinds that the course knows.")))
    missing = [held.provisions[name].name for name in think.left_open(package, held)]
    if missing:
        said.append(
            Says(
                _("Left open: {provisions}. Open is a choice too: say why, or settle it.").format(
                    provisions=", ".join(missing)
                )
            )
        )
    return said


def _package(package: Package, held: Record) -> Grid:
    table = []
    for name, option in package.items():
        one = held.options[option]
        note = f" {one.note}" if one.note else ""
        table.append(
            Row(
                held.provisions[name].name, (Cell(one.name), Cell(original(one.text + note), source_ids=one.source_ids))
            )
        )
    return Grid(
        _("The package, and where each option comes from"),
        (_("Provision"), _("Option"), _("In full")),
        table,
        as_of_line(),
        True,
    )


# ---- files -------------------------------------------------------------------------------------------------------


def save(settings: Settings) -> str | Saved:
    """Writes the package into my-proposals, in the folder of the notebook, and offers it for download."""
    held = record()
    name, package = " ".join(settings["group"].split())[: proposals.MOST_NAME], package_of(settings, held)
    if not name:
        return _("Nothing saved: write your group's name first.")
    if not package:
        return _("Nothing saved: every provision is left open.")
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
    return Opened(
        " ".join([_("Opened: {name}, round {round}.").format(name=one.name, round=one.round), *reading.problems]),
        values,
    )


def _controls(held: Record) -> list[Pick | Range | Words]:
    found: list[Pick | Range | Words] = [
        Pick(
            one.id,
            one.label,
            ((OPEN, N_("left open")), *((option.id, option.label) for option in one.options)),
            OPEN,
            one.group,
            one.question,
        )
        for one in held.provisions.values()
    ]
    group = N_("Your group")
    return [
        *found,
        Words("group", N_("Your group's name"), 1, proposals.MOST_NAME, group, N_("Names the file that you save.")),
        Range("round", N_("Round"), 1, 1, proposals.MOST_ROUND, group=group),
        Words("players", N_("Players"), 1, 400, group, N_("Names or roles, with commas between them. May stay empty.")),
        Words("reason", N_("Why this package"), 3, 600, group, N_("One or two sentences for the other groups.")),
    ]


def _presets(held: Record) -> list[Preset]:
    empty = Preset(
        "all-open", N_("Everything open"), dict.fromkeys(held.provisions, OPEN), N_("Nothing is settled yet.")
    )
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
    title=N_("The negotiation lab"),
    lead=N_(
        "Choose a provision's option, or start with a package from the record, and see whose positions it meets or "
        "crosses."
    ),
    controls=_controls(record()),
    view=view,
    presets=_presets(record()),
    actions=(
        Action("save", N_("Save this proposal"), do=save),
        Action("open", N_("Open a proposal"), opens=opened),
    ),
)
