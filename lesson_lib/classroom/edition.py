"""`lessons student-edition`: the copy of the course that students get, made of the repository by a list.

It runs by the same two commands. It holds no graded unit and no key to one, no teacher's notes, no role cards and no
teacher's program; the practice questions keep their answers, which are open by design.
"""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from lesson_lib.know.catalogue import _
from lesson_lib.know.data import data_folder
from lesson_lib.know.errors import LessonError

HELD = (
    ".editorconfig",
    ".gitattributes",
    ".gitignore",
    "CITATION.cff",
    "LICENSE",
    "LICENSE-CONTENT.md",
    "README.md",
    "data/README.md",
    "data/*.csv",
    "data/datapackage.json",
    "data/charts/*.vl.json",
    "data/questions/[0-9][0-9].toml",
    "data/questions/[a-z][a-z]/[0-9][0-9].toml",
    "docs/lesson-01.png",
    "environment.yml",
    "lesson_lib/__init__.py",
    "lesson_lib/know/*.py",
    "lesson_lib/think/*.py",
    "lesson_lib/show/*.py",
    "lesson_lib/show/*.js",
    "lesson_lib/show/*.css",
    "lesson_lib/locale/*/LC_MESSAGES/lesson_lib.mo",
    "notebooks/[0-9][0-9]-*.ipynb",
    "notebooks/[a-z][a-z]/[0-9][0-9]-*.ipynb",
    "pyproject.toml",
    "requirements.txt",
    "run.py",
    "tests/lab_views.py",
    "tests/nbval_sanitize.cfg",
    "tests/story_shingles.txt",
)
"""What students get. A file that no line here names stays behind, so that nothing new slips out unseen."""

TESTS = (
    "answers", "brief", "brief_export", "controls", "data", "deterrence", "files", "force", "lab", "lab_brief",
    "lab_credibility", "lab_force", "lab_negotiation", "lesson_negotiation", "lint", "marking", "negotiation",
    "notebooks", "proposals", "questions", "quiz", "table", "views",
)  # fmt: skip
"""The tests that go along: those of what students hold. The others need the teacher's side or a maintainer's tools."""

LEFT_OUT = {
    ".ci": "for those who change the course",
    "CHANGELOG.md": "for teachers: what to check again before a term",
    "CONTRIBUTING.md": "for those who change the course",
    "assignments": "the graded units and their keys",
    "benchmarks": "for those who change the course",
    "deploy": "for those who put the course on a server or a web site",
    "instructors": "the teacher's notes, and how the sealed cards are dealt",
    "lesson_lib/classroom": "the teacher's program: grades, keys, role cards",
    "lesson_lib/locale/uk/LC_MESSAGES/classroom.mo": "for teachers: what their program says in Ukrainian",
    "lesson_lib/show/marking_sheet.js": "for teachers: marking texts and briefs",
    "lesson_lib/show/marking_sheet.py": "for teachers: marking texts and briefs",
    "tests/bank.py": "the tests of the teacher's program",
    "tests/browser": "for those who change the course",
    "tests/hub": "for those who put the course on a server",
    "tools": "for those who change the course",
}
"""What stays behind, and why. A test fails when something new stands in neither list."""


def build(target: Path, source: Path | None = None) -> list[str]:
    """Writes the students' edition into a new or empty folder; gives the paths of its files.

    `source` is the repository, the one that this library runs from when left out. Every file is either the
    repository's own, byte for byte, or made from it: README.md, pyproject.toml and run.py lose the teacher's part.
    Raises LessonError.
    """
    origin = source or data_folder().parent
    if not (origin / "run.py").is_file() or not (origin / "notebooks").is_dir():
        raise LessonError(
            _(
                "The students' edition is made from the whole course, and {folder} is not that: run the command in a "
                "clone or an unpacked download of the repository."
            ).format(folder=origin)
        )
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise LessonError(
            _("{folder} is not an empty folder: name a new one, so that nothing of yours is overwritten.").format(
                folder=target
            )
        )
    files = held(origin)
    made = {name: make((origin / name).read_text(encoding="utf-8")) for name, make in _MADE.items()}
    try:
        for name in files:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            if name in made:
                (target / name).write_text(made[name], encoding="utf-8", newline="\n")
            else:
                shutil.copyfile(origin / name, target / name)
    except OSError as error:
        raise LessonError(
            _("{folder} cannot be written ({reason}).").format(folder=target, reason=error.strerror)
        ) from None
    return files


def held(origin: Path) -> list[str]:
    """The files of the repository that go into the edition, each a path with forward strokes.

    A link is never followed out of the course, and what the list asks for by name must be there.
    """
    patterns = [*HELD, *(f"tests/test_{name}.py" for name in TESTS)]
    found: set[str] = set()
    for pattern in patterns:
        paths = [path for path in origin.glob(pattern) if path.is_file() and not path.is_symlink()]
        if not paths:
            raise LessonError(
                _("{file} is missing in {folder}: download the course again, so that students get all of it.").format(
                    file=pattern, folder=origin
                )
            )
        found |= {path.relative_to(origin).as_posix() for path in paths}
    return sorted(found - LEFT_OUT.keys())


# ---- README.md ------------------------------------------------------------------------------------------------------

_COPIED = ("", "Two commands", "The lessons")
"""The parts of the README that students read as teachers do, by heading; the first is what stands above them all."""

_OWN = """\
## Your answers

- Answers are kept in the folder `my-answers` beside the notebooks as you give them, also when you close one. Nothing is
  sent anywhere: you hand in by giving your teacher the file that the last cell of a lesson writes, or the notebook.
- Practice questions say at once why an answer is right or wrong, and hold their answers openly. They are for learning.
- Graded units come from your teacher as two files, such as `unit-A.ipynb` and `unit-A.json`. Put both beside the
  lessons in `notebooks/`, open the notebook there, and choose **Run → Run All Cells**.

## The facts

Every factual row and paragraph names its sources; the course's present is 19 August 2025, and what came later stands
under “Since then”. What kind of evidence a row rests on, and what is contested, [data/README.md](data/README.md) tells.
Found a mistake? Tell your teacher: the course wants to know.

This is the students' edition: what only teachers need is left out. Code: [MIT](LICENSE). Text, questions and tables:
[CC BY 4.0](LICENSE-CONTENT.md). To cite: [CITATION.cff](CITATION.cff).
"""


def readme(text: str) -> str:
    """The students' README: what the course is, how it starts and its lessons, and then their own part."""
    parts = dict(re.findall(r"(?ms)^## ([^\n]+)\n(.*?)(?=^## |\Z)", text))
    parts[""] = text.partition("\n## ")[0]
    lacking = [name for name in _COPIED if name not in parts]
    if lacking:
        raise _changed("README.md", _("the heading {name}").format(name=repr(lacking[0])))
    copied = [f"## {name}\n{parts[name]}".removeprefix("## \n").strip() for name in _COPIED]
    return "\n\n".join([*copied, _OWN])


# ---- pyproject.toml -------------------------------------------------------------------------------------------------

_NO_SECTIONS = ("project.scripts", "tool.ruff", "tool.mypy")
_NO_NEEDS = ("click",)
_TEST_NEEDS = ("pytest", "hypothesis", "nbformat")


def pyproject(text: str) -> str:
    """The project without the teacher's command and what only it, or only a maintainer, needs."""
    found = []
    for section in re.split(r"(?m)^(?=\[)", text):
        name = section.partition("]")[0].lstrip("[")
        if any(name == one or name.startswith(f"{one}.") for one in _NO_SECTIONS):
            continue
        if name == "project":
            found.append(_without(section, lambda need: need in _NO_NEEDS))
        elif name == "project.optional-dependencies":
            tests = re.search(r"(?ms)^test = \[\n.*?^\]\n", section)
            if not tests:
                raise _changed("pyproject.toml", _("the extra test"))
            found.append(f"[{name}]\n{_without(tests[0], lambda need: need not in _TEST_NEEDS)}\n")
        else:
            found.append(section)
    made = "".join(found)
    if "lesson_lib.classroom" in made:
        raise _changed("pyproject.toml", "[project.scripts]")
    return made


def _without(section: str, drop: Callable[[str], bool]) -> str:
    """A section without the dependencies named, nor the comments that give their reasons."""
    lines: list[str] = []
    for line in section.splitlines(keepends=True):
        need = re.match(r'    "([A-Za-z0-9_-]+)', line)
        if need and drop(need[1].lower()):
            while lines and lines[-1].startswith("    #"):
                lines.pop()
        else:
            lines.append(line)
    return "".join(lines)


# ---- run.py ---------------------------------------------------------------------------------------------------------

_STAGES = '''\
def stages(browser: str | None) -> dict[str, list[str]]:
    """List the stages of the test in order: name, and what to run in the environment's Python."""
    pytest = ["-m", "pytest", "-q"]
    strict = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=60"]
    strict += ["--nbval-sanitize-with", "tests/nbval_sanitize.cfg", "-p", "no:hypothesispytest"]
    return {
        "unit": [*pytest, "--doctest-modules", "tests", "lesson_lib"],
        "notebooks": [*pytest, *strict, "notebooks"],
    }
'''


_EXTRAS = '''\
def extras_for_tests() -> list[str]:
    """List the extras that the tests need."""
    return ["test"]
'''

_LACKING = '''\
def lacking(_stage: str, _browser: str | None) -> str:
    """Say what a stage would need and this computer has not."""
    return NO_BROWSER
'''

_CUT = ("find_npm", "hub_runs_here", "install_proxy", "hub", "site", "refresh", "benchmark", "a_class")


def run_py(text: str) -> str:
    """The two commands, `lab` as it is and `test` with the stages for which the edition has the files."""
    cuts: dict[str, str] = {"stages": _STAGES, "extras_for_tests": _EXTRAS, "lacking": _LACKING}
    cuts |= dict.fromkeys(_CUT, "")
    lines = text.splitlines(keepends=True)
    places = {node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    for name in sorted(cuts, key=lambda name: places[name].lineno if name in places else 0, reverse=True):
        node = places.get(name)
        if node is None or node.end_lineno is None:
            raise _changed("run.py", _("the function {name}").format(name=name))
        after = node.end_lineno if cuts[name] else node.end_lineno + 2  # with the two empty lines below it
        lines[node.lineno - 1 : after] = [cuts[name]]
    return _replaced(
        "".join(lines),
        {
            r"(?m)^python3 run\.py (?:site|hub) .*\n": "",
            r"(?m)^import secrets\n": "",
            r"(?ms)^# --- hub -.*?(?=^# --- test -)": "",
            rf'(?ms)^    one = commands\.add_parser\("(?:{"|".join(_CUT)})".*?(?=^    one = |^    return top$)': "",
            r"(?m)^# --- site, refresh, benchmark, and the command line -+$": f"# --- the command line {'-' * 78}",
            r'(?m)^COST_WITH_TESTS = ".*"$': "COST_WITH_TESTS = COST",
        },
    )


def _replaced(text: str, changes: Mapping[str, str]) -> str:
    for pattern, new in changes.items():
        text, count = re.subn(pattern, lambda _match, new=new: new, text)  # type: ignore[misc]
        if not count:
            raise _changed("run.py", _("the place {name}").format(name=repr(pattern)))
    return text


def _changed(file: str, what: str) -> LessonError:
    return LessonError(
        _("{file} is not as the students' edition expects it: {what} was not found. Mend classroom/edition.py.").format(
            file=file, what=what
        )
    )


_MADE: Mapping[str, Callable[[str], str]] = {"README.md": readme, "pyproject.toml": pyproject, "run.py": run_py}
