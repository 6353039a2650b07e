"""The pictures of the item analysis: inline SVG with a title and a description, colours from the page.

Each is drawn 360 wide, the width of a telephone, so that its words stay readable there; the numbers stand beside it in
a table too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lesson_lib.classroom.findings import BINS, Analysis, Choice, Level
from lesson_lib.classroom.pages import plain
from lesson_lib.know.catalogue import N_, _, ngettext
from lesson_lib.think.numerals import figure

WIDTH = 360
LEVELS = {1: N_("a guess"), 2: N_("fairly sure"), 3: N_("certain")}

STYLE = (
    "svg{display:block;width:100%;max-width:460px;height:auto;margin:10px 0}svg text{fill:var(--ink);font-size:12px;"
    "font-variant-numeric:tabular-nums}svg .soft{fill:var(--ink-2)}svg .all{fill:var(--line-strong)}"
    "svg .up{fill:var(--accent)}svg .low{fill:var(--sunk);stroke:var(--line-strong)}"
    "svg .rule{stroke:var(--line);stroke-width:1}svg .axis{stroke:var(--ink);stroke-width:1.5}"
    "svg .reach{stroke:var(--accent);stroke-width:3}svg .dot{fill:var(--accent);stroke:var(--surface);stroke-width:2}"
    "@media(forced-colors:active){svg .all,svg .up,svg .low{stroke:CanvasText}}"
)


def percent(share: float) -> str:
    """A share as people say it, in whole hundredths; one that is not all is never called 100 %.

    >>> percent(0.625), percent(0.9999), percent(0.0004)
    ('62 %', 'over 99 %', 'under 1 %')
    """
    if 0.995 <= share < 1:
        return _("over 99 %")
    if 0 < share < 0.005:
        return _("under 1 %")
    return f"{100 * share:.0f} %"


def level(one: Level) -> str:
    """How sure an answer was given, in words."""
    return _(LEVELS[one.sure])


def _svg(name: str, height: int, title: str, says: str, marks: Iterable[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="{name}-t {name}-d" '
        f'xmlns="http://www.w3.org/2000/svg"><title id="{name}-t">{plain(title)}</title>'
        f'<desc id="{name}-d">{plain(says)}</desc>{"".join(marks)}</svg>'
    )


def _text(x: float, y: float, text: str, anchor: str = "start", kind: str = "") -> str:
    of = f' class="{kind}"' if kind else ""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}"{of}>{plain(text)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"/>'


def _box(x: float, y: float, width: float, height: float, kind: str) -> str:
    return f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{width:.2f}" height="{height:.2f}"/>'


def tenths(found: Analysis) -> list[int]:
    """How many students' totals lie in each tenth of the points; who has all of them is in the last."""
    counts = [0] * 10
    for total, count in found.totals.items():
        counts[min(9, max(0, total * 10 // BINS))] += count
    return counts


def tenth(place: int) -> str:
    """The totals that belong to one tenth of the points.

    >>> tenth(4)
    '40 to 50 %'
    """
    return _("{low} to {high}").format(low=f"{10 * place}", high=f"{10 * place + 10} %")


def totals(found: Analysis) -> str:
    """How the totals of the class are spread."""
    counts, base, high = tenths(found), 132, 104
    most, step = max(counts) or 1, WIDTH / 10
    marks = []
    for place, count in enumerate(counts):
        height = high * count / most
        if count:
            marks.append(_box(place * step + 3, base - height, step - 6, height, "up"))
            marks.append(_text((place + 0.5) * step, base - height - 5, figure(count), "middle"))
    marks.append(_line(0, base, WIDTH, base, "axis"))
    for place in (0, 5, 10):
        anchor = {0: "start", 5: "middle", 10: "end"}[place]
        marks.append(_text(place * step, base + 17, f"{place * 10} %", anchor, "soft"))
    marks.append(_text(WIDTH / 2, base + 34, _("share of the possible points"), "middle", "soft"))
    says = "; ".join(f"{tenth(place)}: {figure(count)}" for place, count in enumerate(counts) if count)
    return _svg("totals", base + 40, _("How many students have which total"), says or _("No totals yet."), marks)


def letters(choices: Sequence[Choice]) -> list[str]:
    """What the choices are called in picture and table: a, b, c … in the bank's order."""
    return [chr(97 + place) if place < 26 else str(place + 1) for place in range(len(choices))]


def distractors(name: str, choices: Sequence[Choice]) -> str:
    """Who took which choice: all, the group with the best totals, the group with the lowest."""
    left, right, marks, said, y = 34, 238, list[str](), list[str](), 4
    for letter, choice in zip(letters(choices), choices, strict=True):
        shares = [
            ("all", choice.share, _("{share} all"), _("{share} of all")),
            ("up", choice.upper, _("{share} best totals"), _("{share} of those with the best totals")),
            ("low", choice.lower, _("{share} lowest"), _("{share} of those with the lowest")),
        ]
        given = [(kind, share, label, told) for kind, share, label, told in shares if share is not None]
        marks.append(_text(0, y + 8 * len(given) + 2, f"{letter} ✓" if choice.right else letter))
        for kind, share, label, _told in given:
            width = (right - left) * min(1.0, share)
            marks.append(_box(left, y, max(width, 1.0), 11, kind))
            marks.append(_text(left + width + 6, y + 10, label.format(share=percent(share)), kind="soft"))
            y += 15
        y += 9
        whose = _("{letter}, the key: {shares}") if choice.right else _("{letter}: {shares}")
        listed = ", ".join(told.format(share=percent(share)) for _kind, share, _label, told in given)
        said.append(whose.format(letter=letter, shares=listed))
    marks.append(_line(left, 0, left, y - 6, "axis"))
    return _svg(f"bars-{name}", y, _("Who took which choice"), "; ".join(said), marks)


def certainty(levels: Sequence[Level]) -> str:
    """How often answers are right that were called a guess, fairly sure or certain, with 95 % intervals."""
    names = [level(one) for one in levels]
    # The words stand before the line: in a language whose words are longer it begins further on.
    left, right, base = max(84, *(7 * len(name) + 6 for name in names)), WIDTH - 12, 108
    marks, said = [], []
    for tick in (0, 25, 50, 75, 100):
        x = left + (right - left) * tick / 100
        marks += [_line(x, 4, x, base, "rule"), _text(x, base + 17, f"{tick}", "middle", "soft")]
    marks.append(_text((left + right) / 2, base + 34, _("answers that are right, in 100"), "middle", "soft"))
    for place, (one, name) in enumerate(zip(levels, names, strict=True)):
        y = 22 + 34 * place
        marks.append(_text(0, y + 4, name))
        if one.share is None or one.interval is None:
            marks.append(_text(left + 6, y + 4, _("no answers"), kind="soft"))
            said.append(_("{level}: no answers").format(level=name))
            continue
        low, at, high = (left + (right - left) * share for share in (one.interval[0], one.share, one.interval[1]))
        marks += [_line(low, y, high, y, "reach"), f'<circle class="dot" cx="{at:.1f}" cy="{y}" r="6"/>']
        told = ngettext("{level}: {share} of {n} right", "{level}: {share} of {n} right", one.count)
        said.append(told.format(level=name, share=percent(one.share), n=figure(one.count)))
    return _svg("certainty", base + 40, _("How sure, and how often right"), "; ".join(said), marks)
