"""Outputs that are text: the strongest arguments on both sides, and the sources this notebook has shown."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from lesson_lib.know import data
from lesson_lib.know.catalogue import _, ngettext
from lesson_lib.know.errors import unknown
from lesson_lib.know.sources import Footnotes, Source, as_of_line, shown, source
from lesson_lib.show import page
from lesson_lib.think.markup import rich
from lesson_lib.think.questions import load_lesson


def both_sides(question: str) -> BothSides:
    """The strongest arguments for and against, side by side, at equal length and with equally many sources.

    `question` is the `question` column of `arguments.csv`; UnknownName lists those there are. The course takes no side.

    >>> both_sides("step-closer")
    <BothSides 'Did the meeting of 18 August bring Ukraine a step closer to protection of the South Korean kind?'>
    """
    rows = [row for row in data.rows("arguments").values() if row["question"] == question]
    if not rows:
        asked = dict.fromkeys(str(row["question"]) for row in data.rows("arguments").values())
        raise unknown(_("question with two sides"), question, asked)
    return BothSides(question, str(rows[0]["question_text"]))


@dataclass(frozen=True)
class BothSides:
    """What `both_sides` gives: shows itself in a notebook."""

    question: str
    title: str

    def _sides(self) -> dict[str, list[data.Row]]:
        sides: dict[str, list[data.Row]] = {side: [] for side in data.columns("arguments")["side"].choices or ()}
        for row in data.rows("arguments").values():
            if row["question"] == self.question:
                sides[str(row["side"])].append(row)
        return {side: rows for side, rows in sides.items() if rows}

    def __repr__(self) -> str:
        return f"<BothSides {self.title!r}>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        notes, heading, theirs = Footnotes(), data.columns("arguments")["side"].label, page.theirs()
        lines = [self.title, as_of_line()]
        columns = []
        for side, rows in self._sides().items():
            lines += ["", heading(side)]
            arguments = []
            for row in rows:
                ids = data.listed(row)
                claim, text = str(row["claim"]), str(row["text"])
                lines += [f"  {claim}", f"  {text}{page.bracketed(notes.mark(ids))}"]
                arguments.append(
                    f"<h4{theirs}>{escape(claim)}</h4><p{theirs}>{rich(text)}{page.markers(notes, ids)}</p>"
                )
            columns.append(f"<div><h3>{escape(heading(side))}</h3>{''.join(arguments)}</div>")
        shown(notes.ids())
        said = f"{as_of_line()} {_('The course takes no side.')}"
        head = f'<p><b{theirs}>{escape(self.title)}</b><br><span class="quiet">{said}</span></p>'
        return {
            "text/plain": "\n".join([*lines, "", *page.footnote_text(notes)]),
            "text/html": page.block(
                head, f'<div class="sides">{"".join(columns)}</div>', page.footnotes(notes), extra="sides.css"
            ),
        }


def glossary(lesson: str) -> Glossary:
    """The terms of a lesson with their meaning, folded, and what each is easily mistaken for.

    >>> glossary("02")  # doctest: +ELLIPSIS
    <Glossary of lesson 02: ... terms>
    """
    load_lesson(lesson)
    rows = data.rows("glossary").values()
    chosen = [str(row["id"]) for row in rows if lesson in data.listed(row, "lessons")]
    return Glossary(lesson, tuple(sorted(chosen, key=lambda each: str(data.rows("glossary")[each]["term"]).casefold())))


@dataclass(frozen=True)
class Glossary:
    """What `glossary` gives: shows itself in a notebook."""

    lesson: str
    terms: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<Glossary of lesson {self.lesson}: {len(self.terms)} terms>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        head = ngettext("{n} term of this lesson", "{n} terms of this lesson", len(self.terms)).format(
            n=len(self.terms)
        )
        notes, lines, items = Footnotes(), [head], []
        for each in self.terms:
            row = data.rows("glossary")[each]
            ids = data.listed(row)
            other = row["not_to_be_confused_with"]
            apart = " " + _("Not to be confused with: {terms}.").format(terms=other) if other else ""
            lines.append(f"  {row['term']}: {row['definition']}{apart}{page.bracketed(notes.mark(ids))}")
            items.append(
                f"<dt{page.theirs()}><b>{escape(str(row['term']))}</b></dt><dd{page.theirs()}>{rich(str(row['definition']))}"
                f'{page.markers(notes, ids)}<span class="quiet">{escape(apart)}</span></dd>'
            )
        shown(notes.ids())
        folded = f"<details><summary>{head}</summary><dl>{''.join(items)}</dl>{page.footnotes(notes)}</details>"
        return {"text/plain": "\n".join([*lines, "", *page.footnote_text(notes)]), "text/html": page.block(folded)}


def sources(lesson: str) -> Bibliography:
    """Everything this notebook has cited or shown so far, as a reading list.

    What the text cites comes first; what stands behind tables and questions follows, by kind.

    >>> sources("01")  # doctest: +ELLIPSIS
    <Bibliography of lesson 01: ... sources>
    """
    cited = load_lesson(lesson).cites
    return Bibliography(lesson, cited, tuple(each for each in shown() if each not in cited))


@dataclass(frozen=True)
class Bibliography:
    """What `sources` gives: what the text cites, open, and what stands behind tables and questions, folded by kind."""

    lesson: str
    cited: tuple[str, ...]
    behind: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<Bibliography of lesson {self.lesson}: {len(self.cited) + len(self.behind)} sources>"

    def _groups(self) -> list[tuple[str, list[Source]]]:
        column = data.columns("sources")["kind"]
        groups = [(_("Cited in the text"), [source(each) for each in self.cited])]
        behind = [source(each) for each in self.behind]
        groups += [
            (
                _("{kind}, behind tables and questions").format(kind=column.label(kind)),
                [each for each in behind if each.kind == kind],
            )
            for kind in column.choices or ()
        ]
        return [
            (name, sorted(each, key=lambda one: (one.published_on or "9", one.id))) for name, each in groups if each
        ]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        count = len(self.cited) + len(self.behind)
        stand = ngettext(
            "{n} source stands behind this lesson.", "{n} sources stand behind this lesson.", count
        ).format(n=count)
        head = f"{stand} {as_of_line()}"
        lines, parts = [head], [f"<p><b>{escape(head)}</b></p>"]
        for place, (name, entries) in enumerate(self._groups()):
            lines += ["", f"{name} ({len(entries)})"]
            # The text under each table has named the others; the HTML has them all once more, with their links.
            lines += [f"  {each.citation()}" for each in entries] if place == 0 else []
            # News behind a table or a question stands there with its address: here, who and when is enough.
            if place and entries[0].kind == "press":
                listed = f"<p class=small{page.theirs()}>{escape(' · '.join(each.short() for each in entries))}</p>"
            else:
                items = "".join(
                    f"<li{page.theirs()}>{page.link(each, escape(each.citation()))}</li>" for each in entries
                )
                listed = f"<ul class=small>{items}</ul>"
            parts.append(
                f"<details{' open' if place == 0 else ''}><summary>{escape(name)} ({len(entries)})</summary>"
                f"{listed}</details>"
            )
        return {"text/plain": "\n".join(lines), "text/html": page.block(*parts)}
