"""The students' edition: what it holds, that it holds nothing of the teacher's, and that it runs by itself."""

from __future__ import annotations

import ast
import fnmatch
import html
import json
import os
import re
import runpy
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from lesson_lib.classroom import edition, negotiation
from lesson_lib.know.errors import LessonError

ROOT = Path(__file__).resolve().parents[1]
TEACHERS = ("assignments", "instructors", "classroom", "benchmarks", "tools", ".git", ".ci")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("edition") / "course"
    edition.build(target)
    return target


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


# ---- the list -----------------------------------------------------------------------------------------------------


def ignored() -> list[str]:
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    return [".git", *(line.strip().rstrip("/") for line in lines if line.strip() and not line.startswith("#"))]


@pytest.mark.parametrize("folder", [".", "lesson_lib", "data"])
def test_whatever_is_new_is_decided_upon(folder: str) -> None:
    """New at the top, or in the library: say in edition.py whether students get it (HELD) or why not (LEFT_OUT)."""
    patterns = ignored()
    there = [path for path in (ROOT / folder).iterdir() if not any(fnmatch.fnmatch(path.name, one) for one in patterns)]
    for path in there:
        name = path.relative_to(ROOT).as_posix()
        kept = any(one == name or one.startswith(f"{name}/") or fnmatch.fnmatch(name, one) for one in edition.HELD)
        assert kept or name in edition.LEFT_OUT or name == "tests", f"{name} stands in neither list of edition.py"
        assert not (kept and name in edition.LEFT_OUT), name


def test_what_is_left_out_has_a_reason_and_is_there_to_leave_out() -> None:
    for name, why in edition.LEFT_OUT.items():
        assert len(why) > 10
        assert (ROOT / name).exists(), f"{name} is gone: take it off the list"


def test_it_holds_what_the_list_says_and_nothing_else(built: Path) -> None:
    found = [path.relative_to(built).as_posix() for path in files(built)]
    assert found == edition.held(ROOT)
    for name in found:
        named = any(fnmatch.fnmatch(name, one) for one in edition.HELD)
        assert named or name in {f"tests/test_{one}.py" for one in edition.TESTS}
        assert not set(Path(name).parts) & set(TEACHERS), name
        assert name not in edition.LEFT_OUT
    assert {"run.py", "README.md", "requirements.txt", "data/questions/01.toml"} <= set(found)
    assert len([name for name in found if name.startswith("notebooks/")]) == len(
        [*(ROOT / "notebooks").glob("*.ipynb"), *(ROOT / "notebooks").glob("[a-z][a-z]/*.ipynb")]
    )
    assert not any(path.is_symlink() for path in built.rglob("*"))


def test_what_is_not_made_is_the_same_to_the_byte(built: Path) -> None:
    made = {"README.md", "pyproject.toml", "run.py"}
    for path in files(built):
        name = path.relative_to(built).as_posix()
        assert (path.read_bytes() == (ROOT / name).read_bytes()) is (name not in made), name


def test_built_twice_it_is_the_same(built: Path, tmp_path: Path) -> None:
    edition.build(tmp_path / "again")
    for path in files(built):
        assert path.read_bytes() == (tmp_path / "again" / path.relative_to(built)).read_bytes()


# ---- nothing of the teacher's -------------------------------------------------------------------------------------


def bare(text: str) -> str:
    """A text as it can be found again in any file: without marks of emphasis, escapes and line ends."""
    text = html.unescape(text).replace("\\n", " ").replace('\\"', '"').replace("\\'", "'")
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text)
    return " ".join(re.sub(r"[*`>#|_]", "", text).casefold().split())


@pytest.fixture(scope="session")
def everything(built: Path) -> dict[str, str]:
    """The bare text of every file, by name."""
    return {
        path.relative_to(built).as_posix(): bare(path.read_bytes().decode("utf-8", errors="replace"))
        for path in files(built)
    }


def strings(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a bank's file with the name of its field."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from strings(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each, name)
    elif isinstance(value, str):
        yield name, value


OPEN = ("source_ids", "ids", "table", "cites", "id", "quiz", "type", "objective", "lesson", "op", "of", "bin", "column")
"""Fields that name things of the course, which stand open in its tables."""


def secret_parts(text: str) -> list[str]:
    """The pieces of a text between the places where numbers are drawn, as long as they are telling."""
    return [piece for piece in (bare(part) for part in re.split(r"\{[^{}]*\}", text)) if len(piece) >= 28]


def openly(everything: dict[str, str], name: str, piece: str) -> bool:
    """Whether a piece of a bank may stand in the edition, since students read the very words in a lesson.

    A choice may be a clause, a claim or a label of an open table; the name of an objective may be a lesson's; and the
    words for a slip in arithmetic, or for how to begin, may be those of a practice question, as long as they are short.
    """
    if name in ("text", "left", "right", "decoys", "accepted"):
        return any(piece.strip("“”\"'. ") in text for file, text in everything.items() if file.startswith("data/"))
    practice = [text for file, text in everything.items() if file.startswith(("data/questions/", "notebooks/"))]
    return (name == "objectives" or (name in ("why", "hints") and len(piece) <= 70)) and any(
        piece in text for text in practice
    )


def leaks(everything: dict[str, str], bank: dict[str, Any]) -> tuple[list[str], int]:
    """The pieces of a bank that stand in the edition and should not, and how many were looked for."""
    told, looked, whole = [], 0, "\n".join(everything.values())
    objectives = [("objectives", text) for text in bank.get("objectives", {}).values()]
    for name, text in [*objectives, *strings({name: each for name, each in bank.items() if name != "objectives"})]:
        for piece in [] if name in OPEN else secret_parts(text):
            looked += 1
            if piece in whole and not openly(everything, name, piece):
                told.append(f"{name}: {text[:90]}")
    return told, looked


@pytest.mark.parametrize("path", sorted((ROOT / "assignments").glob("*.toml")), ids=lambda path: path.stem)
def test_no_word_of_a_graded_unit_is_in_it(everything: dict[str, str], path: Path) -> None:
    told, looked = leaks(everything, tomllib.loads(path.read_text(encoding="utf-8")))
    assert looked > 60
    assert told == []


def test_a_word_of_a_graded_unit_would_be_seen(everything: dict[str, str]) -> None:
    """However it slipped in: as TOML, in the JSON of a notebook, escaped in a page, broken over lines."""
    path = min((ROOT / "assignments").glob("*.toml"))
    bank = tomllib.loads(path.read_text(encoding="utf-8"))
    item = next(item for item in bank["items"] if "choices" in item)
    assert leaks({"x": bare(path.read_text(encoding="utf-8"))}, bank)[0]
    for text in (item["stem"], item["choices"][0]["why"]):
        for form in (json.dumps(text), json.dumps(f"<p>{html.escape(text)}</p>"), text.replace(" ", "\n    ")):
            assert leaks(everything | {"x": bare(f"before {form} after")}, {"items": [{"stem": text}]})[0], form


def test_no_line_of_the_teachers_notes_is_in_it(everything: dict[str, str]) -> None:
    whole = "\n".join(text for name, text in everything.items() if not name.startswith("notebooks/"))
    lessons = "\n".join(text for name, text in everything.items() if name.startswith("notebooks/"))
    looked = 0
    for path in sorted((ROOT / "instructors").glob("*.md")):
        for line in re.split(r"\n\s*\n|\n(?=[-|\d])", path.read_text(encoding="utf-8")):
            for sentence in re.split(r"(?<=[.?!])\s+", bare(line)):
                if len(sentence) >= 80:
                    looked += 1
                    # What a lesson says itself, such as the rubric that students see, is no secret of the notes.
                    assert sentence not in whole or sentence in lessons, path.name
    assert looked > 150


def test_no_role_card_is_in_it(everything: dict[str, str]) -> None:
    tree = ast.parse(Path(negotiation.__file__).read_text(encoding="utf-8"))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    cards = {bare(re.sub(r"<[^>]*>", " ", text)) for text in texts}
    sealed = {text for text in cards if len(text) > 40 and "__" not in text}
    assert any("sealed: for this seat alone" in text for text in cards)
    whole = "\n".join(everything.values())
    assert {text for text in sealed if text in whole} == set()
    assert "for this seat alone" not in whole


def test_nothing_in_it_reaches_for_what_is_not_there(built: Path, everything: dict[str, str]) -> None:
    for name, text in everything.items():
        assert "lessonlib.classroom" not in text, name  # bare() has taken the low line
        if name.endswith(".py") and not name.startswith("tests/"):
            assert "import click" not in text, name
    for path in [*built.rglob("*.md"), *built.rglob("*.ipynb")]:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            text = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
        for link in re.findall(r"\]\(([^)\s]+)", text):
            if not re.match(r"\w+:|#", link):
                assert (path.parent / unquote(link.partition("#")[0])).exists(), f"{path.name}: {link}"


# ---- what is made -------------------------------------------------------------------------------------------------


def test_the_readme_is_for_students(built: Path) -> None:
    text = (built / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^## (.*)$", text) == ["Two commands", "The lessons", "Your answers", "The facts"]
    assert "`python3 run.py lab`" in text
    for word in ("instructors", "For teachers", "assignments", "gradebook", "`lessons "):
        assert word not in text
    assert max(map(len, edition._OWN.splitlines())) <= 120
    assert len(text.split()) < 900
    # Every lesson there is, and only these.
    assert sorted(re.findall(r"\(notebooks/([^)]+)\)", text)) == sorted(
        path.name for path in (built / "notebooks").glob("*.ipynb")
    )


def test_the_project_file_installs_what_students_need(built: Path) -> None:
    ours, theirs = (tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8")) for root in (ROOT, built))
    assert theirs["build-system"] == ours["build-system"]
    assert "scripts" not in theirs["project"]
    names = [re.match(r"[\w-]+", need)[0] for need in theirs["project"]["dependencies"]]  # type: ignore[index]
    assert set(names) == {re.match(r"[\w-]+", need)[0] for need in ours["project"]["dependencies"]} - {"click"}  # type: ignore[index]
    assert {re.match(r"[\w-]+", need)[0] for need in theirs["project"]["optional-dependencies"]["test"]} == {  # type: ignore[index]
        "pytest", "hypothesis", "nbformat",
    }  # fmt: skip
    assert set(theirs["project"]["optional-dependencies"]) == {"test"}
    same = {name: value for name, value in theirs["project"].items() if isinstance(value, str)}
    assert same == {name: ours["project"][name] for name in same}
    assert set(theirs["tool"]) == {"hatch", "pytest"}
    for need in theirs["project"]["license-files"]:
        assert (built / need).exists()


def test_run_py_has_the_two_commands_and_their_stages_have_their_files(built: Path) -> None:
    run = runpy.run_path(str(built / "run.py"))
    stages = run["stages"](None)
    assert list(stages) == ["unit", "notebooks"]
    for arguments in stages.values():
        for word in arguments:
            if re.fullmatch(r"[a-z_/.]*[/_.][a-z_]+", word) or word in ("tests", "notebooks"):
                assert (built / word).exists(), word
    said = subprocess.run([sys.executable, "run.py", "--help"], cwd=built, capture_output=True, text=True, check=True)
    assert "lab" in said.stdout
    for command in ("refresh", "benchmark", "site", "hub"):
        assert command not in said.stdout
    assert run["extras_for_tests"]() == ["test"]
    assert "hub" not in (built / "run.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "make", "before", "after"),
    [
        ("README.md", edition.readme, "## The lessons", "## Lessons"),
        ("pyproject.toml", edition.pyproject, "[project.scripts]", "[project.gui-scripts]"),
        ("pyproject.toml", edition.pyproject, "\ntest = [\n", "\ntests = [\n"),
        ("run.py", edition.run_py, "def stages(", "def the_stages("),
        ("run.py", edition.run_py, "# --- hub ---", "# --- a hub ---"),
        ("run.py", edition.run_py, "COST_WITH_TESTS = ", "COST_OF_TESTS = "),
    ],
)
def test_a_change_that_the_edition_does_not_expect_is_said(name: str, make: Any, before: str, after: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert before in text
    with pytest.raises(LessonError, match=f"{name} is not as the students' edition expects it"):
        make(text.replace(before, after))


def test_nothing_of_anybodys_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(LessonError, match="not an empty folder"):
        edition.build(tmp_path)
    with pytest.raises(LessonError, match="not an empty folder"):
        edition.build(tmp_path / "mine.txt")
    with pytest.raises(LessonError, match="made from the whole course"):
        edition.build(tmp_path / "new", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_course_that_is_not_whole_makes_no_edition(built: Path, tmp_path: Path) -> None:
    with pytest.raises(LessonError, match=r"tests/test_.* is missing|is missing in"):
        edition.build(tmp_path / "new", _without(built, tmp_path / "part", "LICENSE"))
    assert not (tmp_path / "new").exists()


def _without(source: Path, target: Path, name: str) -> Path:
    for path in files(source):
        if path.name != name:
            (target / path.relative_to(source)).parent.mkdir(parents=True, exist_ok=True)
            (target / path.relative_to(source)).write_bytes(path.read_bytes())
    return target


def test_answers_and_a_private_bank_in_the_course_stay_there(built: Path, tmp_path: Path) -> None:
    part = _without(built, tmp_path / "full", "")
    for name in ("notebooks/my-answers/01.jsonl", "notebooks/unit-A.ipynb", "my-bank/A.toml", "data/questions/A.toml",
                 "data/questions/releases.json", "roster.xlsx", "lesson_lib/think/__pycache__/x.pyc"):  # fmt: skip
        (part / name).parent.mkdir(parents=True, exist_ok=True)
        (part / name).write_text("theirs")
    (part / "data" / "linked.csv").symlink_to(tmp_path / "roster.csv")
    assert edition.held(part) == edition.held(ROOT)


# ---- that it runs -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def ready(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the edition whose environment run.py takes for installed: this one's packages, its own library."""
    course = tmp_path_factory.mktemp("ready") / "course"
    _without(built, course, "")
    venv.create(course / ".venv", with_pip=False, symlinks=os.name != "nt")
    (site,) = (course / ".venv").rglob("site-packages")
    # The edition first; what follows are folders of packages, whose own .pth files (this library's) are not read.
    here = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    (site / "course.pth").write_text("\n".join([str(course), *here]) + "\n", encoding="utf-8")
    run = runpy.run_path(str(course / "run.py"))
    run["write_stamp"]("ready", ["test"])
    return course


def environment(folder: Path) -> dict[str, str]:
    found = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "LESSON_DATA", "LESSON_ANSWERS")
    }
    return found | {"JUPYTER_CONFIG_DIR": str(folder / "config"), "JUPYTER_RUNTIME_DIR": str(folder / "runtime")}


def test_its_own_library_is_what_runs_there(ready: Path, tmp_path: Path) -> None:
    code = (
        "import lesson_lib, pathlib, importlib.util\n"
        "[getattr(lesson_lib, name) for name in lesson_lib.__all__]\n"
        "print(pathlib.Path(lesson_lib.__file__).parents[1], importlib.util.find_spec('lesson_lib.classroom'))\n"
        "print(lesson_lib.quiz('01-warm-up'))"
    )
    run = runpy.run_path(str(ready / "run.py"))
    said = subprocess.run(
        [run["in_venv"](), "-c", code], cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True
    )
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith(f"{ready} None\n")


def test_its_tests_are_found_and_some_of_them_run(ready: Path, tmp_path: Path) -> None:
    run = runpy.run_path(str(ready / "run.py"))
    for arguments in (["--collect-only", "-qq", "tests"], ["-q", "tests/test_lint.py", "tests/test_table.py"]):
        command = [run["in_venv"](), "-m", "pytest", "-p", "no:cacheprovider", *arguments]
        said = subprocess.run(command, cwd=ready, env=environment(tmp_path), capture_output=True, text=True)
        assert said.returncode == 0, said.stdout[-3000:]


@pytest.mark.skipif(os.name == "nt", reason="ends a group of processes as only Unix does")
def test_lab_starts_there(ready: Path, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "run.py", "lab", "--no-browser", "--port", str(port)]
    with (tmp_path / "log").open("wb") as log:
        running = subprocess.Popen(
            command, cwd=ready, env=environment(tmp_path), stdout=log, stderr=log, start_new_session=True
        )
    try:
        for _ in range(240):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=2) as answer:
                    assert "version" in json.load(answer)
                break
            except OSError:
                assert running.poll() is None, (tmp_path / "log").read_text()
                time.sleep(0.25)
        else:
            pytest.fail((tmp_path / "log").read_text())
    finally:
        os.killpg(running.pid, signal.SIGTERM)
        running.wait(30)
    assert "Opening the course in JupyterLab" in (tmp_path / "log").read_text()
    assert "Installing" not in (tmp_path / "log").read_text()
