"""The hub of the tests, one for all of them, and the browser."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from a_hub import RUN, Hub
from playwright.sync_api import Browser, sync_playwright


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.hub)


def cannot(why: str) -> None:
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="session")
def needs_a_hub() -> None:
    if importlib.util.find_spec("jupyterhub") is None:
        cannot("JupyterHub is not installed: the extra hub")
    if why := RUN["hub_runs_here"]():
        cannot(why)
    if not Path("/proc/self/environ").exists():
        pytest.skip("needs /proc, to end every process it started")


@pytest.fixture(scope="session")
def hub(needs_a_hub: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    running = Hub(tmp_path_factory.mktemp("hub"), [f"student{number}" for number in range(1, 13)])
    yield running
    running.end()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = RUN["find_chromium"]()
    if path is None:
        cannot("no Chromium was found: install one, or say where it is in the variable CHROMIUM")
    with sync_playwright() as playwright:
        quiet = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]
        started = playwright.chromium.launch(executable_path=path, args=[*quiet, "--disable-component-update"])
        yield started
        started.close()
