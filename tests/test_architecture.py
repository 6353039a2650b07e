"""The plan of the house: arrows between the floors go down only, and each tool stands in its one room."""

from __future__ import annotations

import ast
import graphlib
import importlib
import inspect
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import lesson_lib

LIBRARY = Path(lesson_lib.__file__).parent
MODULES = {
    ".".join(("lesson_lib", *path.relative_to(LIBRARY).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(LIBRARY.rglob("*.py"))
}
MOST_LINES = 450

# A floor may use what is below it. show and classroom stand side by side, and never see each other.
BELOW = {
    "know": set[str](),
    "think": {"know"},
    "show": {"know", "think"},
    "classroom": {"know", "think"},
    "": {"know", "think", "show", "classroom"},
}
FLOORS = set(BELOW) - {""}

# Where each thing that is not Python's own may be imported: a module, or a whole floor.
HOMES = {
    "pandas": {"lesson_lib.know.frame"},
    "IPython": {"lesson_lib.show"},
    "ipywidgets": {"lesson_lib.show.panel"},
    "anywidget": {"lesson_lib.show.panel"},
    "traitlets": {"lesson_lib.show.panel"},
    "click": {"lesson_lib.classroom"},
    "dask": {"lesson_lib.classroom.commands"},
    "docx": {"lesson_lib.show.brief_files"},
}

every = pytest.mark.parametrize("module", MODULES)


@dataclass(frozen=True)
class Import:
    """One name of a module that is imported; `for_types` when only the type checker does so."""

    target: str
    line: int
    for_types: bool


def imports(module: str, source: str) -> Iterator[Import]:
    """Everything a module imports, at whatever depth and by whichever means."""
    tree = ast.parse(source)
    typed = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")
        for statement in node.body
        for inner in ast.walk(statement)
    }
    for node in ast.walk(tree):
        for target in targets(module, node):
            yield Import(target, getattr(node, "lineno", 0), id(node) in typed)


def targets(module: str, node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        home = node.module or ""
        if node.level:
            package = module if MODULES.get(module, Path()).name == "__init__.py" else module.rpartition(".")[0]
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            home = ".".join([*above, *([node.module] if node.module else [])])
        # `from lesson_lib.know import data` is an import of lesson_lib.know.data.
        return [f"{home}.{alias.name}" if f"{home}.{alias.name}" in MODULES else home for alias in node.names]
    if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in (
        "import_module",
        "__import__",
    ):
        return [arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    return []


def floor(module: str) -> str:
    """The floor a module is on; "" for lesson_lib itself."""
    return module.split(".")[1] if "." in module else ""


def of(module: str) -> list[Import]:
    return list(imports(module, MODULES[module].read_text(encoding="utf-8")))


def wrong_arrows(module: str, found: list[Import]) -> list[str]:
    said = []
    for each in found:
        if each.target.split(".")[0] != "lesson_lib":
            continue
        if each.target == "lesson_lib":
            said.append(f"line {each.line}: imports lesson_lib itself: import from the module that has the name")
        elif floor(each.target) != floor(module) and floor(each.target) not in BELOW[floor(module)]:
            said.append(f"line {each.line}: {floor(module)} may not import {each.target}")
    return said


def strangers(module: str, found: list[Import]) -> list[str]:
    """Imports of what is neither the course's nor Python's own, away from their home."""
    said = []
    for each in found:
        name = each.target.split(".")[0]
        if name == "lesson_lib" or name in sys.stdlib_module_names or each.for_types:
            continue
        homes = HOMES.get(name, set())
        if not any(module == home or module.startswith(f"{home}.") for home in homes):
            said.append(f"line {each.line}: {name} may be imported in {' or '.join(sorted(homes)) or 'no module'}")
    return said


def run(code: str) -> list[str]:
    """Run code in a fresh Python; what `told` then holds, as JSON."""
    done = subprocess.run(
        [sys.executable, "-c", f"import json, sys\n{code}\nprint(json.dumps(told))"],
        capture_output=True,
        encoding="utf-8",
        cwd=LIBRARY.parent,
    )
    assert done.returncode == 0, done.stderr
    told: list[str] = json.loads(done.stdout)
    return told


# ---- the modules ---------------------------------------------------------------------------------


def test_every_floor_that_there_is_is_planned() -> None:
    assert {floor(module) for module in MODULES} - {""} <= FLOORS
    assert {"know", "think", "show"} <= {floor(module) for module in MODULES}


@every
def test_arrows_go_down(module: str) -> None:
    assert wrong_arrows(module, of(module)) == []


@every
def test_each_tool_stays_in_its_room(module: str) -> None:
    assert strangers(module, of(module)) == []


def test_no_module_waits_for_itself() -> None:
    # Imports inside functions count: they only put off the moment at which a circle shows.
    graph = {module: {each.target for each in of(module) if not each.for_types} & set(MODULES) for module in MODULES}
    list(graphlib.TopologicalSorter(graph).static_order())


@every
def test_a_module_can_be_read_in_one_sitting(module: str) -> None:
    assert len(MODULES[module].read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@every
def test_a_module_says_what_it_is_for(module: str) -> None:
    assert module.rpartition(".")[2] not in ("utils", "util", "helpers", "misc", "common")
    assert ast.get_docstring(ast.parse(MODULES[module].read_text(encoding="utf-8")))


@every
def test_nothing_is_printed(module: str) -> None:
    # What a student sees is an output with text and HTML; a print is neither compared nor cited.
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    assert [node.lineno for node in calls if isinstance(node.func, ast.Name) and node.func.id == "print"] == []


# ---- that the walk sees what it should -----------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("lesson_lib.know.data", "import lesson_lib.think.marking"),
        ("lesson_lib.know.data", "from lesson_lib.think import marking"),
        ("lesson_lib.know.data", "from ..think import marking"),
        ("lesson_lib.know.data", "def f():\n    from lesson_lib.show.page import style"),
        ("lesson_lib.think.marking", "import importlib\nimportlib.import_module('lesson_lib.show.quiz')"),
        ("lesson_lib.think.marking", "if TYPE_CHECKING:\n    from lesson_lib.show.quiz import quiz"),
        ("lesson_lib.show.quiz", "from lesson_lib.classroom.grade import grade"),
        ("lesson_lib.classroom.grade", "from lesson_lib.show.quiz import quiz"),
        ("lesson_lib.show.quiz", "import lesson_lib"),
        ("lesson_lib.show.quiz", "from lesson_lib import compare"),
        ("lesson_lib.show.quiz", "from .. import compare"),
    ],
)
def test_an_arrow_that_goes_up_is_seen(module: str, source: str) -> None:
    assert wrong_arrows(module, list(imports(module, source)))


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("lesson_lib.show.table", "import pandas as pd"),
        ("lesson_lib.know.data", "def f():\n    from pandas.api import types"),
        ("lesson_lib.know.data", "__import__('pandas')"),
        ("lesson_lib.show.quiz", "import ipywidgets"),
        ("lesson_lib.think.marking", "from IPython.display import display"),
        ("lesson_lib.show.table", "import requests"),
    ],
)
def test_a_tool_in_the_wrong_room_is_seen(module: str, source: str) -> None:
    assert strangers(module, list(imports(module, source)))


def test_what_is_allowed_is_let_through() -> None:
    source = "import json\nfrom lesson_lib.know import data\nif TYPE_CHECKING:\n    import pandas as pd"
    found = list(imports("lesson_lib.show.table", source))
    assert wrong_arrows("lesson_lib.show.table", found) == []
    assert strangers("lesson_lib.show.table", found) == []
    assert strangers("lesson_lib.know.frame", list(imports("lesson_lib.know.frame", "import pandas"))) == []


# ---- what importing costs ------------------------------------------------------------------------

HEAVY = ["pandas", "numpy", "ipywidgets", "anywidget", "traitlets", "IPython"]


@pytest.mark.parametrize(
    "statement",
    [
        "import lesson_lib",
        "import lesson_lib.know.data, lesson_lib.know.sources, lesson_lib.know.errors",
        "import lesson_lib.think.questions, lesson_lib.think.marking, lesson_lib.think.answers",
        "from lesson_lib import compare, both_sides, sources; compare; both_sides; sources",
    ],
)
def test_starting_waits_for_nothing_heavy(statement: str) -> None:
    assert run(f"{statement}\ntold = [name for name in {HEAVY} if name in sys.modules]") == []


def test_the_lower_floors_work_without_what_a_browser_may_lack() -> None:
    """None in sys.modules makes the import fail, as where the package is not installed."""
    code = (
        f"sys.modules.update(dict.fromkeys({HEAVY}))\n"
        "from lesson_lib.know.data import rows\nfrom lesson_lib.think.questions import lessons, load_lesson\n"
        "told = [str(len(rows('claims')) > 0), *[load_lesson(name).title for name in lessons()]]"
    )
    assert run(code)[0] == "True"


def test_a_lessons_first_cell_waits_for_nothing_heavy() -> None:
    # `import lesson_lib` alone loads next to nothing; what students run is the line with every name in it.
    names = ", ".join(lesson_lib.__all__)
    assert run(f"from lesson_lib import {names}\ntold = [name for name in {HEAVY} if name in sys.modules]") == []


# ---- the names a lesson may use ------------------------------------------------------------------


def test_the_public_names_are_the_agreed_ones() -> None:
    agreed = [
        "both_sides", "chart", "clauses", "compare", "explore", "frame", "glossary",
        "hand_in", "lab", "ladder", "language", "progress", "quiz", "sources", "stances", "timeline",
    ]  # fmt: skip
    assert sorted(lesson_lib.__all__) == agreed
    assert dir(lesson_lib) == agreed


@pytest.mark.parametrize("name", lesson_lib.__all__)
def test_a_public_name_is_there_and_explains_itself(name: str) -> None:
    found = getattr(lesson_lib, name)
    assert callable(found)
    said = inspect.getdoc(found) or ""
    assert len(said.splitlines()[0]) > 20
    assert f">>> {name}(" in said, "one example"
    assert name in (lesson_lib.__doc__ or "")


def test_a_name_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(AttributeError, match="compare"):
        getattr(lesson_lib, "compere")  # noqa: B009 (the type checker knows that it is not there)


def test_the_type_checker_and_the_student_get_the_same_names() -> None:
    tree = ast.parse(MODULES["lesson_lib"].read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    told = {alias.name: node.module for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert sorted(told) == sorted(lesson_lib.__all__)
    for name, home in told.items():
        assert getattr(importlib.import_module(str(home)), name) is getattr(lesson_lib, name)
