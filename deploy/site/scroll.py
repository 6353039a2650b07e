"""What may be wider than a narrow window: it scrolls by itself, by keyboard too, and says that it does."""

from __future__ import annotations

from deploy.site.words import say


def scrolls(label: str, inside: str) -> str:
    """A frame for what is too wide, with its name and, where a part is out of sight, a line that says so.

    The line is seen only while there is something to scroll to: `fit.js` looks. `label` is HTML already.

    >>> scrolls("Table", "<table></table>")[:62]
    '<div class="wide"><div class="scroll" tabindex="0" role="regio'
    """
    frame = f'<div class="scroll" tabindex="0" role="region" aria-label="{label}">{inside}</div>'
    return f'<div class="wide">{frame}<p class="aside" aria-hidden="true" hidden>{say("Scroll sideways →")}</p></div>'
