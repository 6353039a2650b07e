"""The negotiation in class: role cards to print, and the sheet on which the groups' proposals meet.

Both are single HTML pages without scripts, for a printer or a projector. Nothing in them names a winner.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import pairwise
from pathlib import Path

from lesson_lib.know.data import as_of, columns, rows
from lesson_lib.know.errors import LessonError
from lesson_lib.know.sources import Footnotes, day, source
from lesson_lib.think import negotiation as think
from lesson_lib.think.proposals import Proposal, Reading, read_folder
from lesson_lib.think.provisions import Position, Record, record

LEAST_PLAYERS, MOST_PLAYERS = 6, 30

ROLES = (
    "United States", "Ukraine", "Russia", "United Kingdom", "Italy", "Hungary",
    "France", "Germany", "Poland", "European Commission", "NATO", "Finland",
)  # fmt: skip
"""The roles in the order in which they are given out: six that already disagree, then six more."""

_STYLE = """
@page{margin:14mm}body{font:11pt/1.45 Georgia,serif;max-width:190mm;margin:1em auto;padding:0 1em;color:#111;
background:#fff}h1{font-size:19pt;margin:0 0 .2em}h2{font-size:13pt;margin:1.1em 0 .3em}section{break-after:page;
margin-bottom:3em}section.sealed{border-top:2px dashed #555;padding-top:1em}table{border-collapse:collapse;width:100%;
margin:.4em 0 1em;font-size:10pt}th,td{border:1px solid #999;padding:.25em .45em;text-align:left;vertical-align:top}
caption{text-align:left;font-weight:bold;padding-bottom:.3em}.quiet{color:#444;font-size:9.5pt}ul{padding-left:1.2em}
li{margin:.25em 0}.wide{overflow-x:auto}a{color:inherit}@media screen{section{border-bottom:1px solid #bbb}}
""".replace("\n", "")


def _page(title: str, *parts: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


# ---- seats -------------------------------------------------------------------------------------------------------


def seats(players: int, tables: int = 0) -> list[list[str]]:
    """Who sits where: for each table the role of each seat. Tables of six, seven or more, as even as can be.

    `tables` is how many; 0 means one for every six players. A table of more than twelve doubles roles as delegations.
    Raises LessonError outside 6 to 30 players, or for tables of fewer than six.

    >>> [len(one) for one in seats(20)]
    [7, 7, 6]
    >>> seats(24, 1)[0].count("Ukraine")
    2
    """
    if not LEAST_PLAYERS <= players <= MOST_PLAYERS:
        raise LessonError(f"The negotiation takes {LEAST_PLAYERS} to {MOST_PLAYERS} players, and this says {players}.")
    tables = tables or players // LEAST_PLAYERS
    if not 1 <= tables <= players // LEAST_PLAYERS:
        most = players // LEAST_PLAYERS
        raise LessonError(f"{players} players fill 1 to {most} tables of six or more; this asks for {tables}.")
    sizes = [players // tables + (place < players % tables) for place in range(tables)]
    return [[ROLES[seat % len(ROLES)] for seat in range(size)] for size in sizes]


# ---- role cards --------------------------------------------------------------------------------------------------


def role_cards(players: int, tables: int = 0) -> str:
    """Every card of a class as one page to print: for each seat a public sheet, a sealed sheet with the red lines.

    Positions and citations are those of the map of lesson 05 on the cut-off date. A package sheet for each table
    comes last, for groups that work on paper.
    """
    held = record()
    plan = seats(players, tables)
    parts = []
    for number, roles in enumerate(plan, start=1):
        for seat, role in enumerate(roles, start=1):
            place = f"Table {number}, seat {seat} of {len(roles)}"
            delegates = roles.count(role)
            parts += [_public(role, place, delegates, held), _sealed(role, place, held)]
        parts.append(_package_sheet(number, held))
    return _page(f"Role cards for {players} players", _plan(plan), *parts)


def _plan(plan: Sequence[Sequence[str]]) -> str:
    lines = "".join(
        f"<li>Table {number}: {escape(', '.join(dict.fromkeys(roles)))}"
        + (" (delegations of two or more)" if len(set(roles)) < len(roles) else "")
        + "</li>"
        for number, roles in enumerate(plan, start=1)
    )
    return (
        f"<section><h1>For the teacher: seats</h1><ul>{lines}</ul><p>Print on one side. Each seat has a public sheet "
        "and a sealed sheet: fold the sealed one, and hand it to that seat only. The last sheet of each table is for "
        "packages on paper.</p><p class='quiet'>The cards hold positions on record on "
        f"{escape(day(as_of()))}. Students play a position, and speak for no people.</p></section>"
    )


def _positions(role: str, held: Record) -> list[Position]:
    return [held.positions[role, issue] for issue in held.issues if (role, issue) in held.positions]


def _public(role: str, place: str, delegates: int, held: Record) -> str:
    issues = rows("issues")
    lines = []
    for one in _positions(role, held):
        basis = columns("positions")["basis"].label(one.basis).lower()
        lines.append(
            f"<li><b>{escape(str(issues[one.issue]['question']))}</b> {escape(one.words)} "
            f"<span class='quiet'>({escape(one.person)}, {escape(day(one.date))}; {escape(basis)}. "
            f"{_cited(one.source_ids)})</span></li>"
        )
    unknown = [label for issue, label in held.issues.items() if (role, issue) not in held.positions]
    gaps = (
        f"<h2>Not known</h2><p>{escape('; '.join(unknown))}.</p><p>On these no position was found. Decide within the "
        "spirit of your card, and say at the table that you are deciding yourself.</p>"
        if unknown
        else ""
    )
    team = f" You are a delegation of {delegates}: speak with one voice." if delegates > 1 else ""
    return (
        f"<section><p class='quiet'>{escape(place)} · public: may be shown</p><h1>{escape(role)}</h1>"
        f"<p>You speak for this actor as it stood on {escape(day(as_of()))}.{escape(team)} You want a package that you "
        "could defend at home. Others may be right that you read your card too narrowly: listen.</p>"
        f"<h2>What has been said in public</h2><ul>{''.join(lines)}</ul>{gaps}</section>"
    )


def _sealed(role: str, place: str, held: Record) -> str:
    issues = rows("issues")
    lines = []
    for one in _positions(role, held):
        if abs(one.stance) == 2:
            end = str(issues[one.issue]["high_label" if one.stance > 0 else "low_label"])
            lines.append(
                f"<li><b>{escape(held.issues[one.issue])}: {escape(end)}.</b> It rests on: {escape(one.words)} "
                f"<span class='quiet'>({escape(day(one.date))}; row {escape(one.id)}. {_cited(one.source_ids)})"
                "</span></li>"
            )
    listed = f"<ul>{''.join(lines)}</ul>" if lines else "<p>None: no position of full strength was found.</p>"
    return (
        f"<section class='sealed'><p class='quiet'>{escape(place)} · sealed: for this seat alone</p>"
        f"<h1>{escape(role)}: red lines</h1><p>A red line here is a position that the course scored −2 or 2. Your "
        "reading may differ: if you cross one, be ready to say why you could, and what you got for it.</p>"
        f"{listed}<h2>For your notes</h2><p>My first aim: ______________________________________________</p>"
        "<p>What I could give: ____________________________________________</p>"
        "<p>What I must not be seen to give: __________________________________</p></section>"
    )


def _cited(source_ids: Iterable[str]) -> str:
    return "; ".join(_link(one) for one in source_ids)


def _link(source_id: str) -> str:
    found = source(source_id)
    label = escape(found.short())
    return f'<a href="{escape(found.url)}">{label}</a>' if found.url and found.url.startswith("http") else label


def _package_sheet(number: int, held: Record) -> str:
    body = "".join(
        f"<tr><th scope='row'>{escape(one.label)}</th><td>"
        + " · ".join(f"☐&nbsp;{escape(option.label)}" for option in one.options)
        + " · ☐&nbsp;left open</td></tr>"
        for one in held.provisions.values()
    )
    return (
        f"<section><p class='quiet'>Table {number}</p><h1>Package sheet</h1><p>Group: ____________________ "
        "Round: ____</p><table><thead><tr><th scope='col'>Provision</th><th scope='col'>Tick one</th></tr></thead>"
        f"<tbody>{body}</tbody></table><p>Why this package: ____________________________________________</p></section>"
    )


# ---- outcome sheet -----------------------------------------------------------------------------------------------


def outcome(folder: Path) -> str:
    """The groups' proposals side by side: packages, red lines crossed with their citations, rung, gaps, moves.

    Takes each group's last round; earlier rounds show how it moved. Damaged files are listed with what is wrong.
    Raises LessonError when the folder holds no proposal at all.
    """
    held = record()
    readings = read_folder(folder, held)
    found = [one.proposal for one in readings if one.proposal]
    if not found:
        wrong = " ".join(problem for one in readings for problem in one.problems)
        raise LessonError(f"There is no proposal in {folder}. {wrong}".strip())
    groups = _groups(found)
    last = {name: rounds[-1] for name, rounds in groups.items()}
    compared = think.compare({name: one.package for name, one in last.items()}, held)
    notes = Footnotes()
    return _page(
        "Outcome of the negotiation",
        "<section><h1>Outcome of the negotiation</h1>",
        f"<p>{len(last)} group{'s' if len(last) != 1 else ''}, {len(found)} proposal{'s' if len(found) != 1 else ''}. "
        "No package is ranked: the sheet shows where they part, and whose stated positions each one crosses. "
        f"<span class='quiet'>Positions as of {escape(day(as_of()))}.</span></p>",
        _damaged(readings),
        _who(last),
        _side_by_side(compared, held),
        _crossed(compared, held, notes),
        _wording(compared, held, notes),
        _moves(groups, held),
        _debrief(compared, held),
        _list_of_sources(notes),
        "</section>",
    )


def _groups(found: Iterable[Proposal]) -> dict[str, list[Proposal]]:
    """The proposals by group, each group's in the order of its rounds.

    Two files of one name and one round are two groups that chose the same name: neither may vanish.
    """
    groups: dict[str, list[Proposal]] = {}
    names: dict[str, str] = {}
    for one in sorted(found, key=lambda one: (one.round, one.name.casefold())):
        base, count = names.setdefault(one.name.casefold(), one.name), 1
        name = base
        while name in groups and groups[name][-1].round == one.round:
            count += 1
            name = f"{base} ({count})"
        groups.setdefault(name, []).append(one)
    return dict(sorted(groups.items()))


def _damaged(readings: Sequence[Reading]) -> str:
    said = "".join(f"<li>{escape(problem)}</li>" for one in readings for problem in one.problems)
    return f"<h2>Files with something wrong</h2><ul>{said}</ul>" if said else ""


def _table(caption: str, head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    """A table from plain captions and headings, and cells that are HTML already; the first of each row is its name."""
    heads = "".join(f"<th scope='col'>{escape(one)}</th>" for one in head)
    lines = "".join(
        f"<tr><th scope='row'>{first}</th>{''.join(f'<td>{one}</td>' for one in rest)}</tr>" for first, *rest in body
    )
    return (
        f"<div class='wide'><table><caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{lines}</tbody></table></div>"
    )


def _who(last: Mapping[str, Proposal]) -> str:
    body = [
        (
            escape(name), str(one.round), escape(", ".join(one.players)) or "<i>not given</i>",
            escape(one.reason) or "<i>not given</i>",
        )
        for name, one in last.items()
    ]  # fmt: skip
    return _table("The groups", ("Group", "Last round", "Players", "Why this package"), body)


def _side_by_side(compared: think.Compared, held: Record) -> str:
    body = []
    for name, provision in held.provisions.items():
        cells = [
            escape(held.options[one[name]].label) if name in one else "<i>left open</i>"
            for one in compared.packages.values()
        ]
        word = "differs" if name in compared.different else "alike" if name in compared.alike else "open in all"
        body.append((escape(provision.label), *cells, word))
    return _table("The packages, provision by provision", ("Provision", *compared.packages, "Groups"), body)


def _crossed(compared: think.Compared, held: Record, notes: Footnotes) -> str:
    body = []
    for actor in held.actors:
        cells = []
        for judged in compared.judgements.values():
            lines = [
                f"{escape(held.issues[one.issue])}{_marks(notes, one.position.source_ids)}: "
                f"{escape('; '.join(held.options[option].label for option in one.options))}"
                for one in judged[actor].of("crosses")
                if one.position
            ]
            unknown = think.distinct(judged[actor].of("not known"))
            tail = f"<span class='quiet'>not known on {unknown} issue{'s' if unknown != 1 else ''}</span>"
            cells.append("<br>".join([*(lines or ["none"]), *([tail] if unknown else [])]))
        body.append((escape(actor), *cells))
    rule = think.RULE.replace("*", "")
    return (
        "<h2>Whose red lines are crossed</h2>"
        + _table("Red lines crossed, by actor", ("Actor", *compared.judgements), body)
        + f"<p class='quiet'>{escape(rule)} Issues not known are counted because silence is no consent.</p>"
    )


def _marks(notes: Footnotes, source_ids: Iterable[str]) -> str:
    return f" <sup>[{', '.join(map(str, notes.mark(source_ids)))}]</sup>"


def _wording(compared: think.Compared, held: Record, notes: Footnotes) -> str:
    body = []
    for name, package in compared.packages.items():
        rung = compared.rungs[name]
        near = think.nearest(package, held, most=1)
        likeness = "; ".join(f"{one.arrangement.label} ({len(one.shared)} of {one.known} features)" for one in near)
        found = [
            f"{escape(one.kind.capitalize())}: {escape(one.conflict.why)}{_marks(notes, one.conflict.source_ids)}"
            for one in compared.findings[name]
        ]
        rated = rung.id or "not rated"
        cells = (f"{escape(rated)}. {escape(rung.why)}", escape(likeness) or "<i>too little in common</i>")
        body.append((escape(name), *cells, "<br>".join(found) or "none"))
    head = ("Group", "Rung, by the wording alone", "Nearest on record", "Contradictions, tensions, gaps")
    return _table("Wording, likeness and loose ends", head, body)


def _moves(groups: Mapping[str, Sequence[Proposal]], held: Record) -> str:
    lines = []
    for name, rounds in groups.items():
        for before, after in pairwise(rounds):
            changes = [
                f"{escape(provision.label)}: {_words(before, one, held)} → {_words(after, one, held)}"
                for one, provision in held.provisions.items()
                if before.package.get(one) != after.package.get(one)
            ]
            said = "; ".join(changes) or "no change"
            lines.append(f"<li><b>{escape(name)}</b>, round {before.round} to {after.round}: {said}.</li>")
    return f"<h2>How the groups moved</h2><ul>{''.join(lines)}</ul>" if lines else ""


def _words(proposal: Proposal, provision: str, held: Record) -> str:
    option = proposal.package.get(provision)
    return escape(held.options[option].label) if option else "<i>left open</i>"


def _debrief(compared: think.Compared, held: Record) -> str:
    alike = ", ".join(held.provisions[one].label for one in compared.alike) or "nothing"
    parted = ", ".join(held.provisions[one].label for one in compared.different) or "nothing"
    return (
        f"<h2>For the debrief</h2><ul><li>All groups settle alike: {escape(alike)}. Why was that easy?</li>"
        f"<li>The groups part on: {escape(parted)}. What did each get for what it gave?</li>"
        "<li>Which red line was crossed with open eyes? Who at the table would have to explain it at home?</li>"
        "<li>Which cell says <i>not known</i>, and what would you ask that actor?</li></ul>"
    )


def _list_of_sources(notes: Footnotes) -> str:
    lines = "".join(f"<li>[{number}] {escape(found.citation())}</li>" for number, found in notes.entries())
    return f"<h2>Sources</h2><ul class='quiet'>{lines}</ul>" if lines else ""
