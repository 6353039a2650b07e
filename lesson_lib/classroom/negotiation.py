"""The negotiation in class: role cards to print, and the sheet on which the groups' proposals meet.

Both are single HTML pages without scripts, for a printer or a projector. Nothing in them names a winner. Names of
actors, issues, provisions and options are in the language spoken; words of the tables stay English and say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import pairwise
from pathlib import Path

from lesson_lib.classroom.pages import own_words, source_name
from lesson_lib.know import catalogue, foreign
from lesson_lib.know.catalogue import N_, _, ngettext
from lesson_lib.know.data import as_of, columns, rows
from lesson_lib.know.errors import LessonError
from lesson_lib.know.sources import Footnotes, Source, day, source
from lesson_lib.think import negotiation as think
from lesson_lib.think.proposals import Proposal, Reading, read_folder
from lesson_lib.think.provisions import Position, Record, record

LEAST_PLAYERS, MOST_PLAYERS = 6, 30

ROLES = (
    "United States", "Ukraine", "Russia", "United Kingdom", "Italy", "Hungary",
    "France", "Germany", "Poland", "European Commission", "NATO", "Finland",
)  # fmt: skip
"""The roles in the order in which they are given out: six that already disagree, then six more."""

_KINDS = {"contradiction": N_("Contradiction"), "tension": N_("Tension"), "gap": N_("Gap")}

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
        f'<!doctype html><html lang="{catalogue.current()}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _name(text: str) -> str:
    """A name of the tables as HTML, in the language spoken where it is translated."""
    return foreign.spans(escape(foreign.name(text)))


def _words(text: str) -> str:
    """Text of the tables as HTML, which says that it is English on a page in another language."""
    return own_words(text, escape)


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
        wrong = _("The negotiation takes {least} to {most} players, and this says {players}.")
        raise LessonError(wrong.format(least=LEAST_PLAYERS, most=MOST_PLAYERS, players=players))
    tables = tables or players // LEAST_PLAYERS
    if not 1 <= tables <= players // LEAST_PLAYERS:
        most = players // LEAST_PLAYERS
        wrong = _("{players} players fill 1 to {most} tables of six or more; this asks for {tables}.")
        raise LessonError(wrong.format(players=players, most=most, tables=tables))
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
            place = _("Table {table}, seat {seat} of {of}").format(table=number, seat=seat, of=len(roles))
            delegates = roles.count(role)
            parts += [_public(role, place, delegates, held), _sealed(role, place, held)]
        parts.append(_package_sheet(number, held))
    title = ngettext("Role cards for {n} player", "Role cards for {n} players", players).format(n=players)
    return _page(title, _plan(plan), *parts)


def _plan(plan: Sequence[Sequence[str]]) -> str:
    lines = []
    for number, roles in enumerate(plan, start=1):
        doubled = len(set(roles)) < len(roles)
        line = _("Table {n}: {roles} (delegations of two or more)") if doubled else _("Table {n}: {roles}")
        lines.append(f"<li>{line.format(n=number, roles=', '.join(map(_name, dict.fromkeys(roles))))}</li>")
    how = _(
        "Print on one side. Each seat has a public sheet and a sealed sheet: fold the sealed one, and hand it to that "
        "seat only. The last sheet of each table is for packages on paper."
    )
    held = _("The cards hold positions on record on {date}. Students play a position, and speak for no people.")
    return (
        f"<section><h1>{_('For the teacher: seats')}</h1><ul>{''.join(lines)}</ul><p>{how}</p>"
        f"<p class='quiet'>{held.format(date=escape(day(as_of())))}</p></section>"
    )


def _positions(role: str, held: Record) -> list[Position]:
    return [held.positions[role, issue] for issue in held.issues if (role, issue) in held.positions]


def _public(role: str, place: str, delegates: int, held: Record) -> str:
    issues = rows("issues")
    lines = []
    for one in _positions(role, held):
        basis = columns("positions")["basis"].label(one.basis).lower()
        lines.append(
            f"<li><b>{_words(str(issues[one.issue]['question']))}</b> {_words(one.words)} "
            f"<span class='quiet'>({_words(one.person)}, {escape(day(one.date))}; {escape(basis)}. "
            f"{_cited(one.source_ids)})</span></li>"
        )
    unknown = [_name(label) for issue, label in held.issues.items() if (role, issue) not in held.positions]
    decide = _(
        "On these no position was found. Decide within the spirit of your card, and say at the table that you are "
        "deciding yourself."
    )
    gaps = f"<h2>{_('Not known')}</h2><p>{'; '.join(unknown)}.</p><p>{decide}</p>" if unknown else ""
    told = [_("You speak for this actor as it stood on {date}.").format(date=day(as_of()))]
    if delegates > 1:
        told.append(_("You are a delegation of {n}: speak with one voice.").format(n=delegates))
    told.append(
        _(
            "You want a package that you could defend at home. Others may be right that you read your card too "
            "narrowly: listen."
        )
    )
    return (
        f"<section><p class='quiet'>{escape(place)} · {_('public: may be shown')}</p><h1>{_name(role)}</h1>"
        f"<p>{escape(' '.join(told))}</p>"
        f"<h2>{_('What has been said in public')}</h2><ul>{''.join(lines)}</ul>{gaps}</section>"
    )


def _sealed(role: str, place: str, held: Record) -> str:
    issues = rows("issues")
    lines = []
    for one in _positions(role, held):
        if abs(one.stance) == 2:
            end = str(issues[one.issue]["high_label" if one.stance > 0 else "low_label"])
            rests = _("It rests on: {words}").format(words=_words(one.words))
            row = _("{date}; row {id}.").format(date=escape(day(one.date)), id=escape(one.id))
            lines.append(
                f"<li><b>{_name(held.issues[one.issue])}: {_words(end)}.</b> {rests} "
                f"<span class='quiet'>({row} {_cited(one.source_ids)})</span></li>"
            )
    none = _("None: no position of full strength was found.")
    listed = f"<ul>{''.join(lines)}</ul>" if lines else f"<p>{none}</p>"
    rule = _(
        "A red line here is a position that the course scored −2 or 2. Your reading may differ: if you cross one, be "
        "ready to say why you could, and what you got for it."
    )
    notes = (
        f"{_('My first aim:')} {'_' * 46}",
        f"{_('What I could give:')} {'_' * 44}",
        f"{_('What I must not be seen to give:')} {'_' * 34}",
    )
    return (
        f"<section class='sealed'><p class='quiet'>{escape(place)} · {_('sealed: for this seat alone')}</p>"
        f"<h1>{_('{role}: red lines').format(role=_name(role))}</h1><p>{rule}</p>{listed}<h2>{_('For your notes')}</h2>"
        f"{''.join(f'<p>{one}</p>' for one in notes)}</section>"
    )


def _cited(source_ids: Iterable[str]) -> str:
    return "; ".join(_link(one) for one in source_ids)


def _link(source_id: str) -> str:
    found = source(source_id)
    label = source_name(found, escape)
    return f'<a href="{escape(found.url)}">{label}</a>' if found.url and found.url.startswith("http") else label


def _package_sheet(number: int, held: Record) -> str:
    body = "".join(
        f"<tr><th scope='row'>{_name(one.label)}</th><td>"
        + "".join(f"☐&nbsp;{_name(option.label)} · " for option in one.options)
        + f"☐&nbsp;{_('left open')}</td></tr>"
        for one in held.provisions.values()
    )
    heads = f"<th scope='col'>{_('Provision')}</th><th scope='col'>{_('Tick one')}</th>"
    return (
        f"<section><p class='quiet'>{_('Table {n}').format(n=number)}</p><h1>{_('Package sheet')}</h1>"
        f"<p>{_('Group:')} {'_' * 20} {_('Round:')} {'_' * 4}</p><table><thead><tr>{heads}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
        f"<p>{_('Why this package:')} {'_' * 44}</p></section>"
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
        raise LessonError(f"{_('There is no proposal in {folder}.').format(folder=folder)} {wrong}".strip())
    groups = _groups(found)
    last = {name: rounds[-1] for name, rounds in groups.items()}
    compared = think.compare({name: one.package for name, one in last.items()}, held)
    notes = Footnotes()
    counts = (
        ngettext("{n} group", "{n} groups", len(last)).format(n=len(last)),
        ngettext("{n} proposal", "{n} proposals", len(found)).format(n=len(found)),
    )
    ranked = _("No package is ranked: the sheet shows where they part, and whose stated positions each one crosses.")
    on = _("Positions as of {date}.").format(date=escape(day(as_of())))
    title = _("Outcome of the negotiation")
    return _page(
        title,
        f"<section><h1>{title}</h1>",
        f"<p>{', '.join(counts)}. {ranked} <span class='quiet'>{on}</span></p>",
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
    return f"<h2>{_('Files with something wrong')}</h2><ul>{foreign.spans(said)}</ul>" if said else ""


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
    empty = f"<i>{_('not given')}</i>"
    body = [
        (escape(name), str(one.round), escape(", ".join(one.players)) or empty, escape(one.reason) or empty)
        for name, one in last.items()
    ]
    return _table(_("The groups"), (_("Group"), _("Last round"), _("Players"), _("Why this package")), body)


def _side_by_side(compared: think.Compared, held: Record) -> str:
    body = []
    for name, provision in held.provisions.items():
        cells = [
            _name(held.options[one[name]].label) if name in one else f"<i>{_('left open')}</i>"
            for one in compared.packages.values()
        ]
        alike = _("alike") if name in compared.alike else _("open in all")
        body.append((_name(provision.label), *cells, _("differs") if name in compared.different else alike))
    heads = (_("Provision"), *compared.packages, _("Groups"))
    return _table(_("The packages, provision by provision"), heads, body)


def _crossed(compared: think.Compared, held: Record, notes: Footnotes) -> str:
    body = []
    for actor in held.actors:
        cells = []
        for judged in compared.judgements.values():
            lines = [
                f"{_name(held.issues[one.issue])}{_marks(notes, one.position.source_ids)}: "
                f"{'; '.join(_name(held.options[option].label) for option in one.options)}"
                for one in judged[actor].of("crosses")
                if one.position
            ]
            unknown = think.distinct(judged[actor].of("not known"))
            silent = ngettext("not known on {n} issue", "not known on {n} issues", unknown).format(n=unknown)
            tail = f"<span class='quiet'>{silent}</span>"
            cells.append("<br>".join([*(lines or [_("none")]), *([tail] if unknown else [])]))
        body.append((_name(actor), *cells))
    rule = _(think.RULE).replace("*", "")
    counted = _("Issues not known are counted because silence is no consent.")
    return (
        f"<h2>{_('Whose red lines are crossed')}</h2>"
        + _table(_("Red lines crossed, by actor"), (_("Actor"), *compared.judgements), body)
        + f"<p class='quiet'>{escape(rule)} {counted}</p>"
    )


def _marks(notes: Footnotes, source_ids: Iterable[str]) -> str:
    return f" <sup>[{', '.join(map(str, notes.mark(source_ids)))}]</sup>"


def _wording(compared: think.Compared, held: Record, notes: Footnotes) -> str:
    body = []
    for name, package in compared.packages.items():
        rung = compared.rungs[name]
        near = think.nearest(package, held, most=1)
        likeness = "; ".join(
            ngettext("{arrangement} ({n} of {of} feature)", "{arrangement} ({n} of {of} features)", one.known).format(
                arrangement=_name(one.arrangement.label), n=len(one.shared), of=one.known
            )
            for one in near
        )
        found = [
            f"{_(_KINDS[one.kind])}: {_words(one.conflict.why)}{_marks(notes, one.conflict.source_ids)}"
            for one in compared.findings[name]
        ]
        rated = _(rung.id) if rung.id else _("not rated")
        why = foreign.spans(escape(rung.why))
        cells = (f"{escape(rated)}. {why}", likeness or f"<i>{_('too little in common')}</i>")
        body.append((escape(name), *cells, "<br>".join(found) or _("none")))
    head = (
        _("Group"), _("Rung, by the wording alone"), _("Nearest on record"), _("Contradictions, tensions, gaps"),
    )  # fmt: skip
    return _table(_("Wording, likeness and loose ends"), head, body)


def _moves(groups: Mapping[str, Sequence[Proposal]], held: Record) -> str:
    lines = []
    for name, rounds in groups.items():
        for before, after in pairwise(rounds):
            changes = [
                f"{_name(provision.label)}: {_chosen(before, one, held)} → {_chosen(after, one, held)}"
                for one, provision in held.provisions.items()
                if before.package.get(one) != after.package.get(one)
            ]
            moved = _("{group}, round {before} to {after}: {changes}.").format(
                group=f"<b>{escape(name)}</b>", before=before.round, after=after.round,
                changes="; ".join(changes) or _("no change"),
            )  # fmt: skip
            lines.append(f"<li>{moved}</li>")
    return f"<h2>{_('How the groups moved')}</h2><ul>{''.join(lines)}</ul>" if lines else ""


def _chosen(proposal: Proposal, provision: str, held: Record) -> str:
    option = proposal.package.get(provision)
    return _name(held.options[option].label) if option else f"<i>{_('left open')}</i>"


def _debrief(compared: think.Compared, held: Record) -> str:
    alike = ", ".join(_name(held.provisions[one].label) for one in compared.alike) or _("nothing")
    parted = ", ".join(_name(held.provisions[one].label) for one in compared.different) or _("nothing")
    asked = (
        _("All groups settle alike: {provisions}. Why was that easy?").format(provisions=alike),
        _("The groups part on: {provisions}. What did each get for what it gave?").format(provisions=parted),
        _("Which red line was crossed with open eyes? Who at the table would have to explain it at home?"),
        _("Which cell says {not_known}, and what would you ask that actor?").format(
            not_known=f"<i>{_('not known')}</i>"
        ),
    )
    return f"<h2>{_('For the debrief')}</h2><ul>{''.join(f'<li>{one}</li>' for one in asked)}</ul>"


def _list_of_sources(notes: Footnotes) -> str:
    lines = "".join(f"<li>[{number}] {_citation(found)}</li>" for number, found in notes.entries())
    return f"<h2>{_('Sources')}</h2><ul class='quiet'>{lines}</ul>" if lines else ""


def _citation(found: Source) -> str:
    """In English throughout but for the date."""
    words, comma, when = found.citation().rpartition(", ")
    return f"{_words(words)}{comma}{escape(when)}"
