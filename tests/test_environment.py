"""pyproject.toml, requirements.txt, environment.yml and run.py say the same thing. No network is needed."""

import functools
import itertools
import re
import runpy
import tomllib
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
LOCK = (ROOT / "requirements.txt").read_text(encoding="utf-8")
ENVIRONMENT = (ROOT / "environment.yml").read_text(encoding="utf-8")
PROJECT = tomllib.loads(PYPROJECT)["project"]
PYTHONS = ("3.11.0", "3.12.0", "3.13.0", "3.14.0")
# os_name, sys_platform, platform_system
SYSTEMS = (("posix", "linux", "Linux"), ("posix", "darwin", "Darwin"), ("nt", "win32", "Windows"))


def wanted() -> list[tuple[str, Requirement]]:
    """Every dependency of pyproject.toml with the list it stands in."""
    lists = {"dependencies": PROJECT["dependencies"], **PROJECT["optional-dependencies"]}
    return [(name, Requirement(text)) for name, texts in lists.items() for text in texts]


@functools.cache
def pins() -> list[Requirement]:
    return [Requirement(line) for line in LOCK.splitlines() if line and not line.startswith("#")]


def pinned(name: str, python: str, system: tuple[str, str, str]) -> list[Requirement]:
    """The pins of a package that count on one Python and one system."""
    where = dict(default_environment())
    where |= {"python_version": python.rpartition(".")[0], "python_full_version": python}
    where |= dict(zip(("os_name", "sys_platform", "platform_system"), system, strict=True))
    same = [pin for pin in pins() if canonicalize_name(pin.name) == canonicalize_name(name)]
    return [pin for pin in same if pin.marker is None or pin.marker.evaluate(where)]


def test_environment_yml_adds_python_and_nothing_else() -> None:
    assert ENVIRONMENT == (
        "name: guarantees-on-paper\n"
        "channels: [conda-forge, nodefaults]\n"
        "dependencies:\n"
        "  - python=3.12\n"
        "  - pip\n"
        "  - pip:\n"
        "      - -r requirements.txt\n"
        "      - -e .\n"
    )
    assert f"name: {PROJECT['name']}\n" in ENVIRONMENT


def test_python_of_environment_yml_is_one_that_pyproject_allows() -> None:
    (python,) = re.findall(r"^  - python=(\S+)$", ENVIRONMENT, re.MULTILINE)
    assert SpecifierSet(PROJECT["requires-python"]).contains(python)


def test_run_py_asks_for_the_python_of_pyproject() -> None:
    minimum = runpy.run_path(str(ROOT / "run.py"))["MINIMUM"]
    assert PROJECT["requires-python"] == ">={}.{}".format(*minimum)


@pytest.mark.parametrize(("extra", "requirement"), wanted(), ids=[f"{extra}:{need.name}" for extra, need in wanted()])
def test_every_dependency_is_pinned_once_and_within_its_range(extra: str, requirement: Requirement) -> None:
    for python, system in itertools.product(PYTHONS, SYSTEMS):
        found = pinned(requirement.name, python, system)
        assert len(found) == 1, f"{extra}: {requirement.name} is pinned {len(found)} times for {python}, {system}"
        (specifier,) = found[0].specifier
        assert requirement.specifier.contains(specifier.version), f"{found[0]} is outside {requirement}"


def test_every_pin_is_exact_and_a_finished_release() -> None:
    assert len(pins()) > 80
    for pin in pins():
        (specifier,) = pin.specifier
        assert specifier.operator == "=="
        assert "*" not in specifier.version
        assert not Version(specifier.version).is_prerelease, pin
        assert pin.url is None


def test_no_package_is_pinned_twice_in_one_place() -> None:
    for python, system in itertools.product(PYTHONS, SYSTEMS):
        for name in {pin.name for pin in pins()}:
            assert len(pinned(name, python, system)) <= 1, (name, python, system)


def test_the_lock_holds_no_address() -> None:
    lines = [line for line in LOCK.splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"|[a-z0-9-]+==[0-9a-z.]+( ; [a-z_]+ .*)?", line) for line in lines)
    for word in ("://", "file:", "--index", "--extra", "--find-links", "--hash", "@", "/"):
        assert word not in "\n".join(lines), word
    head = LOCK.partition("\n\n")[0]
    for word in ("://", "file:", "--index-url", "--extra-index", "--find-links"):
        assert word not in head, word
    assert not re.search(r"(^|[\s=\"'])(/|[A-Z]:)", head), "a path of somebody's machine"


def test_the_command_at_the_head_of_the_lock_keeps_the_head() -> None:
    head, _, _ = LOCK.partition("\n\n")
    (lines,) = re.findall(r"head -n (\d+) requirements\.txt", head)
    assert int(lines) == len(head.splitlines()) + 1, "the head and the empty line below it"


def test_every_dependency_has_its_reason_in_the_line_above() -> None:
    lines = PYPROJECT.splitlines()
    names = {need.name for _, need in wanted()}
    found = set()
    for before, line in itertools.pairwise(lines):
        match = re.fullmatch(r'    "([A-Za-z0-9_-]+)[^"]*",', line)
        if match and match[1] in names:
            found.add(match[1])
            assert re.fullmatch(r"    # [A-Z`a-z].{10,}\.", before), f"why does the course need {match[1]}?"
    assert found == names


def test_the_build_backend_is_pinned_exactly() -> None:
    (backend,) = tomllib.loads(PYPROJECT)["build-system"]["requires"]
    assert re.fullmatch(r"hatchling==[0-9.]+", backend)
