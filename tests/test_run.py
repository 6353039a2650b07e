"""run.py, run for real: in a small course of its own, installed by the real venv and pip, without a network.

The small course builds itself (no backend to download) and has stand-ins for the programs that run.py starts.
"""

import ast
import json
import os
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

RUN = Path(__file__).resolve().parents[1] / "run.py"
WINDOWS = os.name == "nt"
FIRST = "notebooks/00-start-here.ipynb"

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "tiny"
version = "0.1"
"""

BACKEND = '''
import pathlib, zipfile
def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    name, info = "tiny-0.1-py3-none-any.whl", "tiny-0.1.dist-info/"
    with zipfile.ZipFile(pathlib.Path(wheel_directory, name), "w") as wheel:
        wheel.writestr("tiny.pth", str(pathlib.Path(__file__).parent))
        wheel.writestr(info + "METADATA", """Metadata-Version: 2.1
Name: tiny
Version: 0.1
Provides-Extra: test
Provides-Extra: benchmark
NEEDS""")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "RECORD", "")
    return name
'''

# Stands in for ruff, mypy and pytest: says what it was asked, fails when the file "fail" names it.
PROGRAM = """
import os, pathlib, sys
name = pathlib.Path(__file__).stem
print("STARTED", name, *sys.argv[1:], "answers=" + os.environ["LESSON_ANSWERS"], flush=True)
sys.exit(name in pathlib.Path("fail").read_text().split())
"""


def make(folder: Path, needs: str = "") -> Path:
    """Lay a small course."""
    files = {
        "pyproject.toml": PYPROJECT,
        "backend.py": BACKEND.replace("NEEDS", needs),
        "requirements.txt": "# the lock\n",
        "lesson_lib/__init__.py": "",
        "lesson_lib/classroom/__init__.py": "",
        "lesson_lib/classroom/cli.py": PROGRAM,
        FIRST: "{}",
        "jupyterlab.py": "import sys; print('LAB', sys.prefix, *sys.argv[1:], flush=True)",
        "fail": "",
        **dict.fromkeys(("ruff.py", "mypy.py", "pytest.py", "tools/refresh_notebooks.py"), PROGRAM),
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "run.py").write_bytes(RUN.read_bytes())
    (folder / "empty").mkdir()
    return folder


def variables(course: Path, **more: str) -> dict[str, str]:
    """No uv and no browser on the PATH, no network for pip, no settings of this person's."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PIP_", "UV_", "LESSON_")) and name not in ("CHROMIUM", "REQUIRE_BROWSER")
    }
    ours |= {"PATH": str(course / "empty"), "PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1"}
    return ours | {"PYTHONDONTWRITEBYTECODE": "1"} | more


def run(course: Path, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "run.py", *arguments]
    done = subprocess.run(
        command, cwd=course, env=variables(course, **more), capture_output=True, text=True, timeout=120
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done


def stamp(course: Path) -> dict[str, object]:
    found = json.loads((course / ".venv/installed.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return make(tmp_path / "a course")  # with a space, as in many people's folders


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with everything in, for the tests that change nothing in it."""
    course = make(tmp_path_factory.mktemp("installed") / "course")
    done = run(course, "test", "lint")
    assert done.returncode == 0, done.stderr
    return course


def wait_for(file: Path, word: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if file.exists() and word in file.read_text(encoding="utf-8"):
            return
        time.sleep(0.02)
    pytest.fail(f"{file} never said {word!r}")


# --- an old Python --------------------------------------------------------------------------------


def test_an_old_python_can_read_the_file() -> None:
    ast.parse(RUN.read_text(encoding="utf-8"), feature_version=(3, 7))


def test_the_version_is_checked_before_anything_an_old_python_lacks() -> None:
    body = ast.parse(RUN.read_text(encoding="utf-8")).body
    check = next(i for i, node in enumerate(body) if isinstance(node, ast.If))
    before = [node for node in body[:check] if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in before] == ["import sys"]
    assert not any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in body[:check])


def old_pythons() -> list[str]:
    """Old Pythons of this machine that really start."""
    found = []
    for minor in range(6, 11):
        name = shutil.which(f"python3.{minor}")
        if name and subprocess.run([name, "-c", ""], capture_output=True).returncode == 0:
            found.append(name)
    return found


@pytest.mark.parametrize("python", [None, *old_pythons()])
def test_an_old_python_gets_one_line(course: Path, python: str | None) -> None:
    if python is None:  # always tried: this Python under an old one's number
        fake = "import runpy, sys; sys.version_info = (3, 8, 1); runpy.run_path('run.py', run_name='__main__')"
        command = [sys.executable, "-c", fake]
    else:
        command = [python, "run.py", "lab"]
    done = subprocess.run(command, cwd=course, capture_output=True, text=True)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "needs Python 3.11 or newer" in done.stderr
    assert "https://www.python.org/downloads/" in done.stderr


# --- what stops a start, before anything is installed ---------------------------------------------


def stopped(done: "subprocess.CompletedProcess[str]", *words: str) -> None:
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr


def test_a_busy_port_is_said_before_installing(course: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        done = run(course, "lab", "--port", port)
    stopped(done, f"Port {port} is taken", "leave --port away")
    offered = int(done.stderr.partition("use --port ")[2].partition(",")[0])
    with socket.socket() as ours:
        ours.bind(("127.0.0.1", offered))
    assert not (course / ".venv").exists()


@pytest.mark.parametrize("port", ["0", "65536", "-1", "eighty", "8.5", ""])
def test_what_is_no_port(course: Path, port: str) -> None:
    done = run(course, "lab", f"--port={port}")
    assert done.returncode == 2
    assert "is no port: give a number from 1024 to 65535" in done.stderr


@pytest.mark.parametrize("name", [FIRST, "pyproject.toml", "requirements.txt", "lesson_lib/__init__.py"])
def test_a_missing_part_is_named(course: Path, name: str) -> None:
    (course / name).unlink()
    part = name.removesuffix("/__init__.py")
    if part == "lesson_lib":
        shutil.rmtree(course / part)
    stopped(run(course, "lab"), f"{part} is missing", "unpack or clone the whole course")
    assert not (course / ".venv").exists()


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_venv(course: Path, module: str) -> None:
    (course / "empty/sitecustomize.py").write_text(f"import sys; sys.modules['{module}'] = None\n")
    done = run(course, "lab", PYTHONPATH=str(course / "empty"))
    package = "python{}.{}-venv".format(*sys.version_info)
    stopped(done, "cannot make an environment", f"sudo apt install {package} ")
    assert not (course / ".venv").exists()


@pytest.fixture
def anybodys_folder() -> Iterator[Path]:
    """A folder that every user of the machine may enter."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(WINDOWS, reason="the rights of a folder are POSIX's")
def test_a_folder_that_cannot_be_written(anybodys_folder: Path) -> None:
    course = make(anybodys_folder / "course")
    for path in course.rglob("*"):  # whatever the umask
        path.chmod(0o755 if path.is_dir() else 0o644)
    course.chmod(0o555)
    command, user = [sys.executable, "run.py", "lab"], None
    if os.geteuid() == 0:  # root may write anywhere: so as nobody, whose Python is the system's
        command, user = ["/usr/bin/python3", "run.py", "lab"], 65534
        version = [command[0], "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        if not Path(command[0]).exists() or subprocess.run(version).returncode:
            pytest.skip("as root this needs a system Python that another user can start")
    done = subprocess.run(command, cwd=course, env=variables(course), user=user, capture_output=True, text=True)
    course.chmod(0o755)
    stopped(done, "This folder cannot be written", "move the course to a folder of your own")


def test_an_unknown_stage_names_the_stages(course: Path) -> None:
    stopped(run(course, "test", "unti"), "no stage called 'unti'", "lint, format, types, questions, unit, notebooks")


# --- installing -----------------------------------------------------------------------------------


def test_no_network_is_said_in_the_first_line(tmp_path: Path) -> None:
    course = make(tmp_path, needs="Requires-Dist: never-heard-of-it\n")
    nowhere = "http://127.0.0.1:1/simple"
    done = run(course, "lab", PIP_NO_INDEX="0", PIP_INDEX_URL=nowhere, PIP_RETRIES="1", PIP_DEFAULT_TIMEOUT="2")
    stopped(done, "connect to the internet and run the same command again", "install.log")
    assert "never-heard-of-it" in (course / ".venv/install.log").read_text()


def test_a_package_that_is_not_to_be_had(tmp_path: Path) -> None:
    course = make(tmp_path, needs="Requires-Dist: never-heard-of-it\n")
    stopped(run(course, "lab"), "A package is not to be had for Python", "install.log")


def test_any_other_failure_shows_the_end_of_the_log(course: Path) -> None:
    (course / "backend.py").write_text("raise SystemExit('the backend broke')")
    done = run(course, "lab")
    assert done.returncode == 1
    first, *more = done.stderr.splitlines()
    assert first.startswith("The installation failed: run the same command again")
    assert len(more) == 4
    assert "install.log" in more[-1]


def test_installed_once_and_again_only_when_there_is_a_reason(course: Path) -> None:
    # Killed in the middle: nothing gets to tidy up.
    process = subprocess.Popen([sys.executable, "run.py", "lab"], cwd=course, env=variables(course))
    wait_for(course / ".venv/installed.json", "installing")
    process.kill()
    process.wait()
    (course / ".venv/half-a-package").touch()

    done = run(course, "lab")
    assert "The last installation was interrupted" in done.stdout
    assert "Installing the course" in done.stdout
    assert "Installed in" in done.stdout
    assert "LAB" in done.stdout
    assert not (course / ".venv/half-a-package").exists(), "begun afresh"
    assert (stamp(course)["state"], stamp(course)["extras"]) == ("ready", [])

    def starts(*, installing: bool) -> str:
        before = (course / ".venv/installed.json").stat().st_mtime_ns
        done = run(course, "lab")
        assert done.returncode == 0, done.stderr
        assert "LAB" in done.stdout
        assert ("Installing" in done.stdout) == installing
        assert ((course / ".venv/installed.json").stat().st_mtime_ns != before) == installing
        return done.stdout

    starts(installing=False)
    with (course / "pyproject.toml").open("a") as file:
        file.write("[tool.ruff]\nline-length = 99\n")
    starts(installing=False)  # settings of a tool are nothing to install
    (course / "requirements.txt").write_text("# another lock\n")
    assert "has changed" in starts(installing=True)
    starts(installing=False)

    moved = course.rename(course.with_name("moved"))
    assert "Installing" in run(moved, "lab").stdout, "an editable installation points at its folder"
    assert "LAB " + str(moved) in run(moved, "lab").stdout


@pytest.mark.skipif(shutil.which("uv") is None, reason="no uv on the PATH")
def test_uv_is_used_when_it_is_there(course: Path) -> None:
    folder = str(Path(shutil.which("uv") or "").parent)
    done = run(course, "lab", PATH=folder, UV_OFFLINE="1")
    assert "with uv" in done.stdout
    assert "LAB" in done.stdout, done.stderr
    (course / "requirements.txt").write_text("# another lock\n")
    done = run(course, "lab")  # and gone again: pip goes on with what uv made
    assert "with pip" in done.stdout
    assert "LAB" in done.stdout, done.stderr


@pytest.mark.skipif(WINDOWS, reason="Ctrl-C is sent in another way there")
def test_ctrl_c_while_installing_ends_in_one_line(course: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "run.py", "lab"],
        cwd=course,
        env=variables(course),
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(course / ".venv/installed.json", "installing")
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert said.strip() == "Stopped. The same command starts it again."
    assert stamp(course)["state"] == "installing"


def test_two_at_once_do_not_disturb_each_other(course: Path) -> None:
    both = [
        subprocess.Popen(
            [sys.executable, "run.py", "lab"],
            cwd=course,
            env=variables(course),
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sum("Installing" in text for text in said) == 1
    assert sum("waiting for it to end" in text for text in said) == 1


# --- what is started ------------------------------------------------------------------------------


def test_lab_opens_the_first_notebook_without_the_news_question(installed: Path) -> None:
    functions = runpy.run_path(str(RUN))
    port = functions["a_free_port"]()
    done = run(installed, "lab", "--no-browser", "--port", str(port))
    assert done.returncode == 0
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("LAB")]
    assert f"LAB {installed / '.venv'} " in line
    assert f"--ServerApp.root_dir={installed} " in line
    assert f"--LabApp.default_url=/lab/tree/{FIRST} " in line
    assert f"--ServerApp.port={port} --ServerApp.port_retries=0" in line
    assert "--no-browser" in line
    assert ("--allow-root" in line) == (hasattr(os, "geteuid") and os.geteuid() == 0)
    settings = installed / ".venv/share/jupyter/lab/settings/overrides.json"
    assert json.loads(settings.read_text()) == functions["LAB_SETTINGS"]
    assert "--ServerApp.port" not in run(installed, "lab").stdout, "JupyterLab finds a free one itself"


@pytest.mark.skipif(WINDOWS, reason="there ending a program cannot be passed on")
def test_ending_run_py_ends_what_it_started(installed: Path, tmp_path: Path) -> None:
    course = tmp_path / "course"
    shutil.copytree(installed, course, symlinks=True)
    state = stamp(course) | {"root": str(course)}
    (course / ".venv/installed.json").write_text(json.dumps(state))
    lab = "import os, pathlib, time; pathlib.Path('pid').write_text(f'{os.getpid()} '); time.sleep(60)"
    (course / "jupyterlab.py").write_text(lab)
    process = subprocess.Popen(
        [sys.executable, "run.py", "lab"],
        cwd=course,
        env=variables(course),
        stdout=subprocess.PIPE,
        text=True,
    )
    wait_for(course / "pid", " ")
    process.terminate()
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "JupyterLab has ended" in said
    with pytest.raises(ProcessLookupError):
        os.kill(int((course / "pid").read_text()), 0)


@pytest.fixture
def fails(installed: Path) -> Iterator[Path]:
    yield installed / "fail"
    (installed / "fail").write_text("")


linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a browser may be in its usual place")


@linux
def test_every_stage_runs_even_after_a_failure(installed: Path, fails: Path) -> None:
    fails.write_text("mypy")
    done = run(installed, "test")
    assert done.returncode == 1
    started = [line for line in done.stdout.splitlines() if line.startswith("STARTED")]
    assert [line.split()[1] for line in started] == [
        *("ruff", "ruff", "mypy", "cli", "pytest", "pytest", "refresh_notebooks"),
    ]
    assert "cli lint" in started[3]
    assert "--ignore=tests/browser --ignore=tests/hub tests lesson_lib" in started[4]
    assert "--nbval-sanitize-with tests/nbval_sanitize.cfg" in started[5]
    assert " notebooks " in started[5]
    assert "--check" in started[6]
    folders = {line.partition("answers=")[2] for line in started}
    assert len(folders) == 7, "each stage has a fresh place for answers"
    assert not any(Path(folder).exists() for folder in folders)
    summary = [line.split() for line in done.stdout.splitlines() if " s  " in line]
    assert [(line[0], line[3].rstrip(":")) for line in summary] == [
        ("lint", "ok"),
        ("format", "ok"),
        ("types", "FAILED"),
        ("questions", "ok"),
        ("unit", "ok"),
        ("notebooks", "ok"),
        ("refresh", "ok"),
        ("browser", "skipped"),
        ("hub", "skipped"),
    ]
    assert done.stdout.endswith("Failed: types.\n")


@linux
def test_the_browser_is_required_when_asked_for(installed: Path) -> None:
    assert run(installed, "test", "browser").returncode == 0
    done = run(installed, "test", "browser", REQUIRE_BROWSER="1")
    assert done.returncode == 1
    assert "FAILED: no Chromium found" in done.stdout
    done = run(installed, "test", "browser", REQUIRE_BROWSER="1", CHROMIUM=sys.executable)
    assert done.returncode == 0
    assert "STARTED pytest -q tests/browser" in done.stdout


def test_a_browser_that_is_not_there(installed: Path) -> None:
    stopped(run(installed, "test", "browser", CHROMIUM="no-such-browser"), "CHROMIUM names no-such-browser")


def test_refresh_passes_its_word_on(installed: Path, fails: Path) -> None:
    assert "STARTED refresh_notebooks answers=" in run(installed, "refresh").stdout
    assert "STARTED refresh_notebooks --check" in run(installed, "refresh", "--check").stdout
    fails.write_text("refresh_notebooks")
    assert run(installed, "refresh", "--check").returncode == 1
