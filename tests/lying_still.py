"""Waiting until a notebook lies still in its page, for every test that clicks in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

_LIES = (
    "() => [...document.querySelectorAll('.jp-WindowedPanel-outer')]"
    ".map((panel) => [panel.scrollTop, panel.scrollHeight]).join()"
)


def lying_still(page: Page) -> None:
    """Waits until nothing moved for 0.4 s, 10 s at most.

    JupyterLab scrolls to the last cell it ran, and pictures come later than their cell. A click whose button goes
    down on one line and up on another is no click, for a student neither.
    """
    before, still = page.evaluate(_LIES), 0
    for _ in range(100):
        page.wait_for_timeout(100)
        now = page.evaluate(_LIES)
        still = still + 1 if now == before else 0
        if still == 4:
            return
        before = now
