"""The clause reader: the words of two or three clauses side by side, and what one has that another lacks."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from lesson_lib.know import data
from lesson_lib.know.catalogue import _
from lesson_lib.know.errors import LessonError
from lesson_lib.know.sources import Footnotes, as_of_line, shown
from lesson_lib.show import page
from lesson_lib.think.markup import plain


def clauses(*ids: str, title: str | None = None) -> Clauses:
    """Two or three clauses side by side as they stand, and a line for each element that one of them has.

    `ids` are ids of `clauses.csv`. Whether the wording was compared with stored copies is said under each. The
    elements are the course's own reading of the words. Raises UnknownName for a clause that does not exist.

    >>> clauses("nato-1949-art-5", "us-rok-1953-art-3")
    <Clauses 'NATO, Article 5 and South Korea 1953, Article III'>
    """
    if not 1 <= len(ids) <= 3:
        raise LessonError(
            _("Name two or three clauses: {code}.").format(code='clauses("nato-1949-art-5", "us-rok-1953-art-3")')
        )
    chosen = data.chosen(_("clause"), list(ids), data.rows("clauses"))
    labels = [str(data.rows("clauses")[each]["label"]) for each in chosen]
    return Clauses(tuple(chosen), title or _(" and ").join(labels))


@dataclass(frozen=True)
class Clauses:
    """What `clauses` gives: shows itself in a notebook."""

    ids: tuple[str, ...]
    title: str

    def __repr__(self) -> str:
        return f"<Clauses {self.title!r}>".replace('"', "'")

    def elements(self) -> dict[str, list[bool]]:
        """For each element that a shown clause has: which of them have it, in the order of the columns of the data."""
        has = [data.listed(data.rows("clauses")[each], "elements") for each in self.ids]
        order = data.columns("clauses")["elements"].choices or []
        return {name: [name in found for found in has] for name in order if any(name in found for found in has)}

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        rows, label, notes = data.rows("clauses"), data.columns("clauses")["elements"].label, Footnotes()
        caption = f"{as_of_line()} {_('A bar at the left marks an element that not all of them have.')}"
        if len(self.ids) == 1:
            caption = as_of_line()
        lines, head, words, checked = [self.title, caption], [], [], []
        for each in self.ids:
            row, ids = rows[each], data.listed(rows[each])
            sure = bool(row["verified"])
            mark = page.bracketed(notes.mark(ids))
            lines += [
                "",
                f"{row['label']}{mark} ({_('verified') if sure else _('not verified')})",
                f"  {plain(str(row['text']))}",
            ]
            head.append(f"{page.of_data(str(row['label']))}<small>{page.of_data(str(row['instrument']))}</small>")
            name = escape(str(row["label"]))
            words.append(
                f'<td data-col="{name}"><span class="clause" lang="{escape(str(row["language"] or "en"))}">'
                f"{escape(str(row['text']))}</span>{page.markers(notes, ids)}</td>"
            )
            chip = page.chip("supported", _("verified")) if sure else page.chip("unverified", _("not verified"))
            checked.append(f'<td data-col="{name}">{chip}</td>')
        body = [f'<tr><th scope="row">{_("The words")}</th>{"".join(words)}</tr>']
        body.append(f'<tr><th scope="row">{_("Compared with copies")}</th>{"".join(checked)}</tr>')
        lines += [""]
        for element, has in self.elements().items():
            apart = len(set(has)) > 1
            said = [_("has it") if one else _("lacks it") for one in has]
            names = [str(rows[each]["label"]) for each in self.ids]
            lines.append(
                f"  {label(element)}: " + "; ".join(f"{name} {what}" for name, what in zip(names, said, strict=True))
            )
            cells = "".join(
                f'<td data-col="{escape(name)}"{" class=out" if apart and one else ""}>'
                f"<span class={'has' if one else 'lacks'}>{_('✓ has it') if one else _('– lacks it')}</span></td>"
                for name, one in zip(names, has, strict=True)
            )
            body.append(f'<tr><th scope="row">{escape(label(element))}</th>{cells}</tr>')
        shown(notes.ids())
        table = page.table(self.title, caption, [_("Element"), *head], "".join(body))
        return {
            "text/plain": "\n".join([*lines, "", *page.footnote_text(notes)]),
            "text/html": page.block(table, page.footnotes(notes), extra="clauses.css"),
        }
