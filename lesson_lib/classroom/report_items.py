"""The item analysis item by item: the table of all, what needs a look first, and each in detail."""

from __future__ import annotations

from collections.abc import Iterator

from lesson_lib.classroom import gradebook, pages
from lesson_lib.classroom import report_pictures as pictures
from lesson_lib.classroom.findings import OUTCOMES, Analysis, ItemResult
from lesson_lib.classroom.pages import plain
from lesson_lib.classroom.report_parts import between, lines, paragraph, section, signed, undefined
from lesson_lib.classroom.report_pictures import percent
from lesson_lib.know.catalogue import _, ngettext
from lesson_lib.think.kinds import KINDS
from lesson_lib.think.numerals import figure, separated


def anchor(each: ItemResult) -> str:
    """Where an item is found in the page."""
    return f"item-{each.id}"


def _chips(each: ItemResult) -> str:
    rank = each.verdict.rank
    kind = "bad" if rank <= 1 else "look" if rank <= 4 else "good" if rank == 5 else "calm"
    sign = {"bad": "! ", "look": "≈ ", "good": "✓ ", "calm": ""}[kind]
    return "".join(f'<span class="chip {kind}">{sign}{plain(word)}</span>' for word in each.verdict.words)


def _stem(each: ItemResult) -> str:
    return str(each.item.body["stem"]) if each.item else _("This item is no longer in the bank.")


def items(found: Analysis) -> str:
    """The table of all items, what needs a look first, and those that nobody saw."""
    rows = []
    for each in _seen(found):
        stem = _stem(each).partition("\n\n")[0].replace("*", "")
        short = stem if len(stem) <= 70 else f"{stem[:68].rsplit(' ', 1)[0]} …"
        name = f'<a href="#{anchor(each)}">{plain(each.id)}</a><br><span class="quiet"{pages.lang_of(short)}>'
        name += f"{plain(short)}</span>"
        if each.difficulty is None:
            rows.append((name, _chips(each), *[f'<span class="quiet">{plain(_("no marks"))}</span>'] * 4))
            continue
        ends = between(each.interval, share=True, fully=bool(each.outcomes.get("partly")))
        right = f'<span class="num">{percent(each.difficulty)}</span>{ends}'
        rows.append((
            name, _chips(each), right, f'<span class="num">{signed(each.discrimination)}</span>',
            f'<span class="num">{signed(each.correlation)}</span>{between(each.correlation_interval, share=False)}',
            f'<span class="num">{signed(each.without)}</span>',
        ))  # fmt: skip
    if not rows:
        return section(_("The items"), *_unseen(found))
    heads = (
        _("Item"), _("In words"), _("Share of points"), _("Upper − lower"), _("With the rest"),
        _("Reliability without it"),
    )  # fmt: skip
    said = ngettext(
        "In brackets: 95 % intervals, of the share fully right and of the connection with the rest. Upper and lower "
        "are the 27 % with the best and the lowest totals, {n} student each; equal totals at the edge share the last "
        "places.",
        "In brackets: 95 % intervals, of the share fully right and of the connection with the rest. Upper and lower "
        "are the 27 % with the best and the lowest totals, {n} students each; equal totals at the edge share the last "
        "places.",
        found.group,
    ).format(n=figure(found.group))
    if (value := found.reliability.value) is not None:
        rises = _("With all items the reliability is {value}; it rises without an item that does not fit.")
        said += " " + rises.format(value=signed(value))
    return section(
        _("The items, what needs a look first"),
        lines(_("What the answers say of each item"), heads, rows, "items"),
        paragraph(said, "quiet"),
        *_unseen(found),
    )


def _seen(found: Analysis) -> list[ItemResult]:
    return [each for each in found.items if each.drawn]


def _unseen(found: Analysis) -> Iterator[str]:
    """The bank's items that stand in no hand-in: named, and given no empty lines."""
    if unseen := [each.id for each in found.items if not each.drawn]:
        said = ngettext(
            "{n} item of the bank in no hand-in: {items}.", "{n} items of the bank in no hand-in: {items}.", len(unseen)
        )
        yield paragraph(said.format(n=figure(len(unseen)), items=", ".join(unseen)), "quiet")


def one_by_one(found: Analysis) -> str:
    """Each item with its question, key, choices and parts; open where it is to be looked at first."""
    parts = []
    for each in _seen(found):
        opened = " open" if each.verdict.rank <= 1 else ""
        parts.append(
            f'<details id="{anchor(each)}"{opened}><summary><b>{plain(each.id)}</b>{_chips(each)}</summary>'
            f"{''.join(_detail(each))}</details>"
        )
    return section(_("Item by item"), *parts) if parts else ""


def _detail(each: ItemResult) -> Iterator[str]:
    yield pages.stem(_stem(each), "h3")
    yield f"<p>{plain(each.verdict.why)}</p>"
    if key := key_text(each):
        yield f"<p><b>{plain(_('Key:'))}</b> {pages.own_words(key)}</p>"
    counts = [f"{_(OUTCOMES.get(kind, kind))} {figure(count)}" for kind, count in each.outcomes.items()]
    if each.waiting:
        counts.append(_("to mark {n}").format(n=figure(each.waiting)))
    if counts:
        told = ngettext("Of {n} student: {counts}.", "Of {n} students: {counts}.", each.drawn)
        said = told.format(n=figure(each.drawn), counts=" · ".join(counts))
        if each.points != 1:
            said += " " + _("Worth {points} points.").format(points=separated(gradebook.number(each.points)))
        yield f'<p class="quiet">{plain(said)}</p>'
    if each.choices:
        yield pictures.distractors(each.id, each.choices)
        yield _choices(each)
    if each.parts:
        rows = [
            (pages.own_words(part.text, plain),
             plain(_("{right} of {of}").format(right=figure(part.right), of=figure(part.of))),
             f"{pages.own_words(part.instead, plain)} ({figure(part.instead_count)})"
             if part.instead_count else plain(_("nothing")))
            for part in each.parts
        ]  # fmt: skip
        yield pages.table(_("Part by part"), (_("Part"), _("Right"), _("Taken instead most often")), rows)


def _choices(each: ItemResult) -> str:
    rows = []
    for letter, choice in zip(pictures.letters(each.choices), each.choices, strict=True):
        name = f"{letter}. {pages.own_words(choice.text)}"
        if choice.right:
            name += f' <span class="right">✓ {plain(_("key"))}</span>'
        if choice.id == each.verdict.suspect:
            name += f' <span class="wrong num">! {plain(_("perhaps the right one"))}</span>'
        shares = [undefined() if share is None else percent(share) for share in (choice.upper, choice.lower)]
        rows.append((name, f'<span class="num">{figure(choice.count)} ({percent(choice.share)})</span>', *shares))
    several = each.item is not None and each.item.type == "multiple"
    caption = _("Who took which choice (one student may take several)") if several else _("Who took which choice")
    return lines(caption, (_("Choice"), _("All"), _("Best totals"), _("Lowest totals")), rows)


def key_text(each: ItemResult) -> str:
    """The key as a reader would say it; "" for an opinion and for what was removed from the bank."""
    item = each.item
    if item is None or item.opinion:
        return ""
    if item.type == "text":
        return _("A reader marks it by the rubric.")
    if item.variants > 1:
        return _("It differs from student to student: {n} sets of numbers are drawn from.").format(n=item.variants)
    kind = KINDS[item.type]
    return kind.text(item.body, kind.right(item.key))
