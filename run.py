"""The commands of the course. Each one does its own set-up, and needs nothing but Python.

python3 run.py lab       open the course in JupyterLab
python3 run.py test      run every check
python3 run.py site      build the course as a web site
python3 run.py hub       try out a hub for a class

On Windows write `py` instead of `python3`. The first run installs what is needed into the folder .venv; later
runs install again only when requirements.txt or the dependencies in pyproject.toml have changed.
"""

import sys

# Everything in this file must be readable to a Python of 2016 (3.6), so that it gets to say the next line.
MINIMUM = (3, 11)
if sys.version_info < MINIMUM:
    sys.exit(
        "The course needs Python {}.{} or newer, and this is Python {}.{}: get a newer one from "
        "https://www.python.org/downloads/ and run the same command with it.".format(
            *(MINIMUM + tuple(sys.version_info[:2]))
        )
    )

import argparse
import contextlib
import errno
import hashlib
import importlib
import json
import os
import queue
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import IO

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed.json"
LOG = VENV / "install.log"
FIRST = "notebooks/00-start-here.ipynb"
WINDOWS = os.name == "nt"

# What installing costs, measured with an empty download cache: said before it starts.
COST = "about 80 MB to download, 450 MB on disk"
COST_WITH_TESTS = "about 230 MB to download, 1.1 GB on disk"

# What is repeated from an installer when the output is no terminal: these, and the larger downloads.
MILESTONES = ("Installing collected", "Prepared")

# Settings of JupyterLab for this course only, in a file in .venv. It asks every new user whether to fetch its news;
# and a notebook saved without the state of its widgets opens with an error where each question was.
LAB_SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True},
}

DISK_FULL = "The disk is full: free about 2 GB and run the same command again."

NO_VENV = (
    "This Python cannot make an environment. On Debian or Ubuntu: sudo apt install python{}.{}-venv . "
    "Elsewhere: install Python from https://www.python.org/downloads/ . Then run the same command again."
).format(*sys.version_info)

# Words by which pip and uv, on any system, say that they did not reach the internet.
NO_NETWORK = (
    "name resolution",
    "name or service not known",
    "getaddrinfo failed",
    "nodename nor servname",
    "dns error",
    "failed to lookup address",
    "failed to establish a new connection",
    "newconnectionerror",
    "error sending request",
    "network is unreachable",
    "connection refused",
    "connection reset",
    "proxyerror",
    "timed out",
    "network was disabled",
)

NO_BROWSER = "no Chromium found; install one, or name it in CHROMIUM"

# Words by which they say that no ready-made package fits this Python and the lock.
NO_PACKAGE = ("no matching distribution", "resolutionimpossible", "no solution found")


class Stop(Exception):
    """Ends the command; its text is the one line for the reader."""


def say(text: str) -> None:
    """Print a line at once, also when the output goes to a file."""
    print(text, flush=True)


def same_command() -> str:
    """Give the name under which this machine starts Python, for use in advice."""
    return "py run.py" if WINDOWS else "python3 run.py"


# --- the environment ------------------------------------------------------------------------------


def in_venv() -> Path:
    """Give the path of the environment's Python."""
    return VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")


def inside() -> dict[str, str]:
    """Give the variables for a program of the environment: its `python` and its kernel come first."""
    path = f"{in_venv().parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    env = {**os.environ, "PATH": path, "VIRTUAL_ENV": str(VENV), "JUPYTER_PREFER_ENV_PATH": "1"}
    env.pop("PYTHONHOME", None)
    return env


def fingerprint() -> str:
    """Identify what ought to be installed: the lock, and the part of pyproject.toml that decides it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    parts = [
        (ROOT / "requirements.txt").read_text(encoding="utf-8"),
        json.dumps([project.get("build-system"), project.get("project")], sort_keys=True),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def read_stamp() -> dict[str, object]:
    """Read what the last installation left: nothing, "installing" (it never ended) or "ready"."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(state: str, extras: Sequence[str]) -> None:
    """Record the state of the environment; replaced in one step, so never half there."""
    stamp = {
        "state": state,
        "fingerprint": fingerprint(),
        "extras": list(extras),
        "root": str(ROOT),
    }
    new = STAMP.with_suffix(".new")
    new.write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")
    new.replace(STAMP)


def extras_of(stamp: Mapping[str, object]) -> set[str]:
    """List the extras that a stamp says are installed."""
    extras = stamp.get("extras")
    return {str(extra) for extra in extras} if isinstance(extras, list) else set()


def is_ready(stamp: Mapping[str, object], extras: Sequence[str]) -> bool:
    """Tell whether nothing has to be installed."""
    return (
        stamp.get("state") == "ready"
        and stamp.get("fingerprint") == fingerprint()
        and stamp.get("root") == str(ROOT)  # a folder that was moved or copied has to be set up again
        and in_venv().exists()  # its Python may have been removed since
        and extras_of(stamp).issuperset(extras)
    )


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold the folder while installing, so that a second run.py waits and clears nothing."""
    with (ROOT / ".run.lock").open("a") as file:
        waited = False
        while True:
            try:
                _lock(file.fileno())
                break
            except OSError:
                if not waited:
                    say("Another run.py is installing in this folder: waiting for it to end.")
                waited = True
                time.sleep(0.5)
        yield  # closing the file lets go of it, however this process ends


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def ensure(*extras: str, use_pip: bool = False) -> None:
    """Make the environment, or bring it up to date; do nothing at all when it is."""
    for name in ("pyproject.toml", "requirements.txt", "lesson_lib"):
        if not (ROOT / name).exists():
            raise Stop(f"{name} is missing beside run.py: unpack or clone the whole course again, not parts of it.")
    if is_ready(read_stamp(), extras):
        return
    try:
        with one_at_a_time():
            stamp = read_stamp()
            if not is_ready(stamp, extras):
                install(stamp, extras, use_pip)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise Stop(DISK_FULL) from error
        if error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise
        raise Stop(
            f"This folder cannot be written ({ROOT}): close programs that use it, or move "
            "the course to a folder of your own, such as Documents, and run the same command there."
        ) from error


def install(stamp: Mapping[str, object], extras: Sequence[str], use_pip: bool) -> None:
    """Install the course and what it needs from the lock into .venv."""
    uv = None if use_pip else shutil.which("uv")
    if uv is None:
        for module in ("venv", "ensurepip"):
            try:
                importlib.import_module(module)
            except ImportError as error:
                raise Stop(NO_VENV) from error
    installer = "uv" if uv else "pip"
    wanted = sorted(extras_of(stamp).union(extras))
    unfinished = stamp.get("state") == "installing"
    elsewhere = stamp.get("root") not in (None, str(ROOT)) or not in_venv().exists()
    if unfinished:
        say("The last installation was interrupted; starting it again.")
    elif stamp and not elsewhere:
        say("What the course needs has changed; bringing .venv up to date.")
    if VENV.exists() and (unfinished or elsewhere):
        shutil.rmtree(VENV)
    cost = COST_WITH_TESTS if wanted else COST
    say(f"Installing the course into .venv with {installer}: {cost}; one to five minutes, only this once.")
    began = time.monotonic()
    VENV.mkdir(exist_ok=True)
    write_stamp("installing", wanted)
    here = "." + (f"[{','.join(wanted)}]" if wanted else "")
    python = str(in_venv())
    # Only ready-made packages: where one is missing, a clear no at once beats a compiler that fails late.
    what = ["--only-binary", ":all:", "--constraint", "requirements.txt", "--editable", here]
    if uv:
        steps = [
            [uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(VENV)],
            [uv, "pip", "install", "--python", python, *what],
        ]
    else:
        steps = [
            [sys.executable, "-m", "venv", str(VENV)],
            [python, "-m", "pip", "--disable-pip-version-check", "install", "--progress-bar=off", *what],
        ]
    LOG.write_text("", encoding="utf-8")
    for step in steps:
        if run_logged(step, began) != 0:
            raise Stop(why_it_failed(installer))
    settings = VENV / "share/jupyter/lab/settings/overrides.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(json.dumps(LAB_SETTINGS, indent=1) + "\n", encoding="utf-8")
    trust_notebooks()
    write_stamp("ready", wanted)
    say(f"Installed in {time.monotonic() - began:.0f} seconds.")


def run_logged(command: Sequence[str], began: float) -> int:
    """Run an installer: everything it says goes to the log, the last thing it said stays on the screen."""
    env = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", "NO_COLOR": "1", "PIP_USER": "0"}
    env.pop("PYTHONHOME", None)
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    lines: queue.Queue[str | None] = queue.Queue()

    def pump() -> None:
        assert process.stdout is not None  # noqa: S101 (for mypy: it was asked for above)
        for line in process.stdout:
            lines.put(line)
        lines.put(None)

    threading.Thread(target=pump, daemon=True).start()
    screen = sys.stdout.isatty()
    width = max(shutil.get_terminal_size().columns - 14, 20)
    shown = ""
    try:
        with LOG.open("a", encoding="utf-8") as log:
            while True:
                line: str | None = ""
                with contextlib.suppress(queue.Empty):
                    line = lines.get(timeout=1)
                if line is None:
                    break
                log.write(line)
                words = line.strip()
                if words and not words.startswith("WARNING"):
                    shown = words[:width]
                if screen:  # also when nothing was said for a second: the clock shows that it is alive
                    print(f"\r  {time.monotonic() - began:4.0f} s  {shown:<{width}}", end="", flush=True)
                elif " MB" in words or "MiB" in words or words.startswith(MILESTONES):
                    say(f"  {time.monotonic() - began:4.0f} s  {shown[:90]}")
    except BaseException:
        process.kill()
        raise
    finally:
        if screen:
            print("\r" + " " * (width + 10) + "\r", end="", flush=True)
    return process.wait()


def why_it_failed(installer: str) -> str:
    """Turn an installer's log into the one line that says what to do; where none fits, add the log's end."""
    log = LOG.read_text(encoding="utf-8", errors="replace")
    low = " ".join(log.lower().split())  # without the line ends that fall inside a sentence
    where = f"(All of it: {LOG.relative_to(ROOT)})"
    if any(sign in low for sign in NO_NETWORK):
        return f"No package could be downloaded: connect to the internet and run the same command again. {where}"
    if "ensurepip is not available" in low:
        return NO_VENV
    if "no space left" in low or "not enough space" in low:
        return DISK_FULL
    if "long path" in low:
        return "The path of this folder is too long for Windows: move the course, for example to C:\\course."
    if any(sign in low for sign in NO_PACKAGE):
        version = "{}.{}".format(*sys.version_info)
        return f"A package is not to be had for Python {version}: use the Python before the newest. {where}"
    line = "The installation failed: run the same command again; if it fails again, report these lines."
    if "certificate" in low:
        line = "The download was refused for its certificate: use another network, or ask who runs this one."
    if installer == "uv":
        line += f" To try without uv: {same_command()} --pip {' '.join(sys.argv[1:2])}"
    last = [text.rstrip()[:200] for text in log.splitlines() if text.strip()][-3:]
    return "\n".join([line, *("    " + text for text in last), f"    {where}"])


def trust_notebooks() -> None:
    """Sign the notebooks as they came, so that JupyterLab shows their stored results with their styles."""
    paths = (*ROOT.glob("[!.]*/*.ipynb"), *(ROOT / "notebooks").glob("[!.]*/*.ipynb"))
    notebooks = sorted(str(path) for path in paths)
    if notebooks:
        quiet = subprocess.DEVNULL
        command = [str(in_venv()), "-m", "nbformat.sign", *notebooks]
        # Without a signature a lesson is plainer until it is run, no more: so failing is silent.
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(command, cwd=ROOT, stdout=quiet, stderr=quiet, stdin=quiet, timeout=60, check=False)


# --- lab ------------------------------------------------------------------------------------------


def port_is_free(port: int) -> bool:
    """Tell whether JupyterLab can listen on a port of this machine."""
    for family, kind, _, _, address in socket.getaddrinfo("localhost", port, type=socket.SOCK_STREAM):
        try:
            with socket.socket(family, kind) as probe:
                if not WINDOWS:  # as JupyterLab does: a port closed a moment ago is free
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
                probe.listen()
        except OSError as error:  # any other error, such as having no IPv6, does not mean that it is taken
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
    return True


def a_free_port() -> int:
    """Ask the machine for a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def lab(options: argparse.Namespace) -> int:
    """Open the course in JupyterLab, and stay until it ends."""
    if not (ROOT / FIRST).exists():
        raise Stop(f"{FIRST} is missing: unpack or clone the whole course again, not parts of it.")
    check_port(options.port)
    ensure(use_pip=options.pip)
    check_port(options.port)  # installing takes minutes: again, at the last moment
    command = [
        str(in_venv()),
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={ROOT}",
        f"--LabApp.default_url=/lab/tree/{FIRST}",
        "--ServerApp.answer_yes=True",  # one Ctrl-C ends it
        "--Application.log_level=ERROR",  # what is left is the address to open
    ]
    if options.port:
        command += [f"--ServerApp.port={options.port}", "--ServerApp.port_retries=0"]
    if options.no_browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    say("Opening the course in JupyterLab. Keep this window open; Ctrl-C in it ends JupyterLab.")
    code = stay_with(command)
    if code not in (0, -signal.SIGTERM):
        raise Stop(f"JupyterLab ended with code {code}; what it said is above.")
    say(f"JupyterLab has ended. To go on later: {same_command()} lab")
    return 0


def check_port(port: int | None) -> None:
    """Stop with advice when the port that was asked for is taken."""
    if port and not port_is_free(port):
        raise Stop(
            f"Port {port} is taken by another program, or reserved: use --port {a_free_port()}, or leave "
            "--port away and a free one is found."
        )


def stay_with(command: Sequence[str], env: Mapping[str, str] | None = None, log: IO[bytes] | None = None) -> int:
    """Run a program that has the terminal to itself: Ctrl-C is for it, and ending run.py ends it too."""
    process = subprocess.Popen(command, cwd=ROOT, env=env or inside(), stdout=log, stderr=log)

    def pass_on(_number: int, _frame: FrameType | None) -> None:
        process.terminate()

    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return process.wait()


# --- hub ------------------------------------------------------------------------------------------

HUB = ".hub"
HUB_FOLDER = "deploy/jupyterhub"
NODE = 18


def find_npm() -> str | None:
    """Find npm, where Node.js is new enough for the hub's proxy."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    quiet = subprocess.DEVNULL
    with contextlib.suppress(OSError, subprocess.SubprocessError, ValueError):
        said = subprocess.run([node, "--version"], stdout=subprocess.PIPE, stderr=quiet, timeout=60, check=True).stdout
        return npm if int(said.decode().strip().lstrip("v").partition(".")[0]) >= NODE else None
    return None


def hub_runs_here() -> str:
    """Say why the hub cannot run on this computer; "" when it can."""
    if WINDOWS:
        return "JupyterHub runs on Linux and macOS: on Windows use the Windows Subsystem for Linux."
    if not find_npm():
        return (
            f"The hub's proxy needs Node.js {NODE} or newer with npm: get it from https://nodejs.org/ "
            "(Debian or Ubuntu: sudo apt install npm) and run the same command again."
        )
    return ""


def install_proxy(state: Path) -> None:
    """Install the hub's proxy by npm, from its lock, into a folder that git does not see; nothing when it is there."""
    target, source = state / "proxy", ROOT / HUB_FOLDER / "proxy"
    lock = (source / "package-lock.json").read_bytes()
    stamp = target / "installed.json"
    if stamp.exists() and stamp.read_bytes() == lock:
        return
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(source / name, target / name)
    say(f"Installing the hub's proxy with npm into {target}: about 10 MB, only this once.")
    command = [find_npm() or "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    with (target / "npm.log").open("wb") as log:
        done = subprocess.run(command, cwd=target, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False)
    if done.returncode != 0:
        said = (target / "npm.log").read_text(encoding="utf-8", errors="replace").splitlines()
        last = "\n".join(f"    {line[:200]}" for line in said[-3:])
        raise Stop(
            f"npm could not install the hub's proxy: see to the network, and run the same command again.\n{last}"
        )
    stamp.write_bytes(lock)


def hub(options: argparse.Namespace) -> int:
    """Run a hub for a class on this computer, to try it out, and stay until it ends."""
    why = hub_runs_here()
    if why:
        raise Stop(why)
    ports = range(options.port, options.port + 4)
    taken = [port for port in ports if not port_is_free(port)]
    if taken:
        raise Stop(f"The hub needs the ports {ports[0]} to {ports[-1]}, and {taken[0]} is taken: use --port N.")
    ensure("hub", use_pip=options.pip)
    state = ROOT / HUB
    install_proxy(state)
    students = [f"student{number}" for number in range(1, options.students + 1)]
    password, teacher = secrets.token_urlsafe(9), secrets.token_urlsafe(24)
    env = {
        **inside(),
        "HUB_STATE": str(state),
        "HUB_PORT": str(options.port),
        "HUB_STUDENTS": " ".join(students),
        "HUB_PASSWORD": password,
        "HUB_TEACHER_PASSWORD": teacher,
    }
    for name in ("LESSON_ANSWERS", "LESSON_DATA"):
        env.pop(name, None)
    names = f"{students[0]} to {students[-1]}" if len(students) > 1 else students[0]
    say(
        f"A hub for trying out, on this computer only: in ten seconds open http://127.0.0.1:{options.port}\n"
        f"  students   {names}, password {password} (each in a browser window of its own)\n"
        f"  teacher    teacher, password {teacher}\n"
        f"  hand-ins   {HUB}/handed-in, and the page http://127.0.0.1:{options.port}/services/hand-in/\n"
        f"What the hub says is in {HUB}/hub.log. Keep this window open; Ctrl-C in it ends the hub."
    )
    with (state / "hub.log").open("wb") as log:
        command = [str(in_venv()), "-m", "jupyterhub", "-f", f"{HUB_FOLDER}/jupyterhub_config.py"]
        code = stay_with(command, env, log)
    if code not in (0, -signal.SIGTERM, -signal.SIGINT):
        raise Stop(f"The hub ended with code {code}; what it said is in {HUB}/hub.log.")
    say(f"The hub has ended; the homes and hand-ins stay in {HUB}. To go on later: {same_command()} hub")
    return 0


# --- test -----------------------------------------------------------------------------------------


def find_chromium() -> str | None:
    """Find a browser of the Chromium family: $CHROMIUM, the PATH, then the usual places."""
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        if not shutil.which(chosen):
            raise Stop(f"CHROMIUM names {chosen}, and there is no such program.")
        return shutil.which(chosen)
    for name in (
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "msedge",
        "microsoft-edge",
    ):
        found = shutil.which(name)
        if found:
            return found
    folders = [os.environ.get(name) for name in ("ProgramFiles", "ProgramFiles(x86)", "LocalAppData")]
    windows = (
        "Google/Chrome/Application/chrome.exe",
        "Chromium/Application/chrome.exe",
        "Microsoft/Edge/Application/msedge.exe",
    )
    mac = ("Google Chrome", "Chromium", "Microsoft Edge")
    places = [Path(folder) / place for folder in folders if folder for place in windows]
    places += [Path(f"/Applications/{name}.app/Contents/MacOS/{name}") for name in mac]
    return next((str(place) for place in places if place.is_file()), None)


def stages(browser: str | None) -> dict[str, list[str]]:
    """List the stages of the test in order: name, and what to run in the environment's Python."""
    pytest = ["-m", "pytest", "-q"]
    strict = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=60"]
    strict += ["--nbval-sanitize-with", "tests/nbval_sanitize.cfg"]
    # Hypothesis has nothing to do here, and loading it is a sixth of the stage.
    strict += ["-p", "no:hypothesispytest"]
    return {
        "lint": ["-m", "ruff", "check", "."],
        "format": ["-m", "ruff", "format", "--check", "."],
        "types": ["-m", "mypy"],
        "questions": ["-m", "lesson_lib.classroom.cli", "lint"],
        "unit": [*pytest, "--doctest-modules", "--ignore=tests/browser", "--ignore=tests/hub", "tests", "lesson_lib"],
        "notebooks": [*pytest, *strict, "notebooks", "instructors/gradebook.ipynb"],
        "refresh": ["tools/refresh_notebooks.py", "--check"],
        "browser": [*pytest, "tests/browser"] if browser else [],
        "hub": [*pytest, "tests/hub"] if browser and not hub_runs_here() else [],
    }


def extras_for_tests() -> list[str]:
    """List the extras that the tests of this computer need."""
    return ["test", "site", *([] if hub_runs_here() else ["hub"])]


def lacking(stage: str, browser: str | None) -> str:
    """Say what a stage would need and this computer has not."""
    return hub_runs_here() if stage == "hub" and browser else NO_BROWSER


def test(options: argparse.Namespace) -> int:
    """Run every stage, whatever the ones before it gave, and sum up."""
    ensure(*extras_for_tests(), use_pip=options.pip)
    browser = find_chromium()
    required = os.environ.get("REQUIRE_BROWSER") == "1"
    results = []
    for name, arguments in stages(browser).items():
        if options.stage and name not in options.stage:
            continue
        say(f"\n--- {name} ---")
        if not arguments:
            word = "FAILED" if required else "skipped"
            results.append((name, 0.0, f"{word}: {lacking(name, browser)}"))
            continue
        began = time.monotonic()
        code = run_stage(arguments, browser)
        results.append((name, time.monotonic() - began, "ok" if code == 0 else "FAILED"))
    say("")
    for name, seconds, word in results:
        say(f"{name:<10} {seconds:7.1f} s  {word}")
    failed = [name for name, _, word in results if word.startswith("FAILED")]
    say(f"Failed: {', '.join(failed)}." if failed else "Every stage that ran is ok.")
    return 1 if failed else 0


def run_stage(arguments: Sequence[str], browser: str | None) -> int:
    """Run one stage apart from this person's own answers, settings and data."""
    with tempfile.TemporaryDirectory(prefix="guarantees-", ignore_cleanup_errors=True) as folder:
        env = {**inside(), "LESSON_ANSWERS": f"{folder}/answers", "IPYTHONDIR": f"{folder}/ipython"}
        for name in ("LESSON_DATA", "LESSON_LANGUAGE"):
            env.pop(name, None)
        if browser:
            env["CHROMIUM"] = browser
        return subprocess.run([str(in_venv()), *arguments], cwd=ROOT, env=env, check=False).returncode


# --- site, refresh, benchmark, and the command line -----------------------------------------------


def site(options: argparse.Namespace) -> int:
    """Build the course as a static site; the folder named is where the person stands, not where the course is."""
    ensure("site", use_pip=options.pip)
    target = Path(options.output).resolve() if options.output else ROOT / "_site"
    arguments = [str(target), *(["--without-lite"] if options.without_lite else [])]
    arguments += ["--wheels", str(Path(options.wheels).resolve())] if options.wheels else []
    arguments += ["--repository", options.repository] if options.repository else []
    return run_stage(["-m", "deploy.site", *arguments], None)


def refresh(options: argparse.Namespace) -> int:
    """Run the notebooks and store their results, or only check that they are up to date."""
    ensure("test", use_pip=options.pip)
    return run_stage(["tools/refresh_notebooks.py", *(["--check"] if options.check else [])], None)


def benchmark(options: argparse.Namespace) -> int:
    """Compare with other quiz packages, or with other graders, side by side in one run."""
    ensure("test", "benchmark", use_pip=options.pip)
    grading = options.rest[:1] == ["grading"]
    script = "benchmarks/grading.py" if grading else "benchmarks/run.py"
    return run_stage([script, *options.rest[grading:]], find_chromium())


def a_port(text: str) -> int:
    """Read the number after --port."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"'{text}' is no port: give a number from 1024 to 65535, such as 8890")
    return int(text)


def a_class(text: str) -> int:
    """Read the number after --students."""
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError(f"'{text}' is no class for trying out: give a number from 1 to 100")
    return int(text)


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    top = argparse.ArgumentParser(prog="run.py", description="Guarantees on Paper: a course in notebooks.")
    top.add_argument("--pip", action="store_true", help="install with pip even when uv is there")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    one = commands.add_parser("lab", help="open the course in JupyterLab")
    one.add_argument("--no-browser", action="store_true", help="only print the address to open")
    one.add_argument("--port", type=a_port, metavar="N", help="listen on this port, and on no other")
    one.set_defaults(run=lab)
    one = commands.add_parser("hub", help="run a hub for a class on this computer, to try it out")
    one.add_argument("--port", type=a_port, default=8000, metavar="N", help="listen on this port and the next three")
    one.add_argument("--students", type=a_class, default=3, metavar="N", help="how many may come in")
    one.set_defaults(run=hub)
    one = commands.add_parser("test", help="run every check")
    one.add_argument("stage", nargs="*", help=f"only these, of: {', '.join(stages(None))}")
    one.set_defaults(run=test)
    one = commands.add_parser("site", help="build the course as a static web site, to read and to answer")
    one.add_argument("-o", "--output", metavar="DIR", help="the folder to make; _site when left out")
    one.add_argument("--without-lite", action="store_true", help="the lessons alone, without Python in the browser")
    one.add_argument("--wheels", metavar="DIR", help="wheels of numpy and pandas for the Python in the browser")
    one.add_argument("--repository", metavar="ADDRESS", help="where the course's source is, for a link on each page")
    one.set_defaults(run=site)
    one = commands.add_parser("refresh", help="run the notebooks and store their results")
    one.add_argument("--check", action="store_true", help="change nothing, fail when something would change")
    one.set_defaults(run=refresh)
    one = commands.add_parser("benchmark", help="compare with other quiz packages")
    one.add_argument("rest", nargs=argparse.REMAINDER, help="grading for the graders; the rest is passed on")
    one.set_defaults(run=benchmark)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; whatever goes wrong is one line and an exit code."""
    for stream in (
        sys.stdout,
        sys.stderr,
    ):  # a console that lacks a letter shows a question mark in its place
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    options = parser().parse_args(arguments)
    unknown = [name for name in getattr(options, "stage", []) if name not in stages(None)]
    try:
        if unknown:
            raise Stop(f"There is no stage called '{unknown[0]}'. The stages are: {', '.join(stages(None))}.")
        return int(options.run(options))
    except Stop as stop:
        print(stop, file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command starts it again.", file=sys.stderr, flush=True)
        return 130
    except Exception as error:  # noqa: BLE001 (the last net: a reader gets a line, never a traceback)
        print(f"run.py failed: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return 1


if __name__ == "__main__":
    sys.exit(main())
