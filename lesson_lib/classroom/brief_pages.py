"""A brief on a teacher's or a student's page: its own words, its evidence and sources, and what the checks found."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from lesson_lib.classroom.pages import plain, told
from lesson_lib.know.catalogue import N_, _
from lesson_lib.think.brief import brief
from lesson_lib.think.brief_checks import checks
from lesson_lib.think.brief_export import Block, document
from lesson_lib.think.reading import Json

BRIEF_POINTS = (
    N_("Claim: one position that answers the question and can be disputed"),
    N_("Reasons: evidence and warrant in each reason"),
    N_("Sources: several kinds, each used for what it can carry, doubts shown"),
    N_("Counter-argument: its holders would sign it"),
    N_("Reply: grants what is true and meets the rest"),
    N_("Confidence: a number, its reasons, and what would change it"),
    N_("Recommendation: an addressee, an act, and it follows from the reasons"),
)
"""The rows of the rubric of lesson 10, in its words for full marks; partly is 0.5. No row asks which side is taken.

The sheet that a program reads back has them in English; a page shows them translated.
"""


def brief_html(settings: Json, heading: int = 4) -> str:
    """A brief as its export has it, under headings of this level; what a student typed is text and stays text.

    >>> brief_html({"claim": "<b>It can</b> be kept up."}).count("&lt;b&gt;It can&lt;/b&gt; be kept up.")
    1
    """
    made = document(brief(settings if isinstance(settings, dict) else {}))
    lines: list[str] = []
    for kind, run in itertools.groupby(made.blocks, key=lambda block: block.kind):
        elements = [_element(block) for block in run]
        match kind:
            case "title":
                lines += [f"<h{heading - 1}>{one}</h{heading - 1}>" for one in elements]
            case "heading":
                lines += [f"<h{heading}>{one}</h{heading}>" for one in elements]
            case "evidence" | "source":
                tag = "ul" if kind == "evidence" else "ol"
                lines.append(f"<{tag} class='quiet'>{''.join(f'<li>{one}</li>' for one in elements)}</{tag}>")
            case _:
                lines += [f"<p>{one}</p>" for one in elements]
    return f'<div class="brief">{"".join(lines)}</div>'


def _element(block: Block) -> str:
    lead = f"<b>{plain(block.lead)}</b> " if block.lead else ""
    return lead + told(block.words) + "".join(f" <sup>[{number}]</sup>" for number in block.notes)


def checked(settings: Json) -> Sequence[tuple[str, str]]:
    """What a careful reader would look at in a brief, and what was found; none of it is a mark.

    What is done is "done" in every language: those who show it translate it.

    >>> checked({})[0]
    ('A question', 'not yet: Choose a question of the course, or word your own.')
    """
    looked = checks(brief(settings if isinstance(settings, dict) else {}))
    return [
        (
            one.title,
            one.state if one.state == "done" else _("{state}: {says}").format(state=_(one.state), says=one.says),
        )
        for one in looked
    ]
