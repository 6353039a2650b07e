"""Build the course as a JupyterLite site: lessons that run in the browser, from any static host, asking nobody else.

python deploy/lite/build.py TARGET [--wheels FOLDER] [--without-pandas]

`python3 run.py site` calls this. It needs the packages of the extra `site`, and npm once, for Pyodide. pandas comes
along where --wheels names a folder with wheels of numpy and pandas for this Pyodide, such as its full distribution;
without them the cells that show a data frame say so in a line.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from packages import ROOT, Stop, fetch_pyodide, gather, pandas_from, run

MOST_MB = 60

# JupyterLab, and the pages of Notebook 7, which suit a telephone too: a lesson, the list of files, a text file.
APPS = ("lab", "notebooks", "tree", "edit")

# What a page asks of the outside unless told otherwise, and what a course without a server has no use for.
DISABLED = [
    "@jupyterlab/apputils-extension:announcements",
    "@jupyterlab/extensionmanager-extension",
    "@jupyterlab/help-extension:open",
    "@jupyterlab/help-extension:resources",
    "@jupyterlite/iframe-extension",
]
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    # A notebook saved without the state of its widgets opens with an error where each question was.
    "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True},
}
KERNEL = "@jupyterlite/pyodide-kernel-extension"
EXTENSIONS = ("anywidget", "@jupyter-widgets/jupyterlab-manager", KERNEL)

# Fonts in forms that no browser in use asks for: each has the same one as woff2.
OLD_FONTS = ("fa-*.svg", "fa-*.eot", "fa-*.ttf", "fa-*.woff")


def build(target: Path, *, wheels: Path | None = None, with_pandas: bool = True) -> dict[str, float]:
    """Build the site into `target`, in place of an earlier one; give what its parts weigh in MB. Raises Stop."""
    if target.exists() and not (target / "jupyter-lite.json").is_file() and (target.is_file() or any(target.iterdir())):
        raise Stop(f"{target} holds something else, and nothing was built: name a new folder, or an empty one.")
    with tempfile.TemporaryDirectory(prefix="guarantees-lite-", ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        lite = scratch / "lite"
        pyodide = lite / "static" / "pyodide"
        about = fetch_pyodide(pyodide)
        extra = pandas_from(wheels, about) if wheels and with_pandas else []
        names = gather(pyodide, scratch, about, extra, _extension(KERNEL) / "static/pypi")
        _settings(lite, names)
        lessons = scratch / "files" / "notebooks"
        shutil.copytree(ROOT / "notebooks", lessons, ignore=shutil.ignore_patterns("my-answers", ".*"))
        built = scratch / "site"
        command = [sys.executable, "-m", "jupyterlite_core", "build", f"--lite-dir={lite}", f"--output-dir={built}"]
        command += [*(f"--apps={app}" for app in APPS), f"--contents={lessons.parent}", "--ignore-sys-prefix"]
        command += ["--no-sourcemaps", "--no-unused-shared-packages", "--source-date-epoch=1755561600"]
        command += [f"--LiteBuildConfig.federated_extensions={_extension(name)}" for name in EXTENSIONS]
        run(command, "JupyterLite", scratch)
        _trim(built)
        if target.exists():
            shutil.rmtree(target)
        shutil.copytree(built, target)
    return weigh(target)


def _extension(name: str) -> Path:
    """The folder of an extension of JupyterLab in this environment."""
    found = Path(sysconfig.get_path("data")) / "share/jupyter/labextensions" / name
    if not found.is_dir():
        raise Stop(f"{name} is not installed here: build with `run.py site`, or install the extra `site`.")
    return found


def _settings(lite: Path, names: Sequence[str]) -> None:
    """Write what JupyterLite is to be like: where Pyodide and its packages are, and that it asks nobody else."""
    kernel = {
        "pyodideUrl": "./static/pyodide/pyodide.mjs",
        "disablePyPIFallback": True,
        "loadPyodideOptions": {"lockFileURL": "./static/pyodide/pyodide-lock.json", "packages": list(names)},
    }
    config: dict[str, Any] = {
        "appName": "Guarantees on Paper",
        "disabledExtensions": DISABLED,
        "litePluginSettings": {f"{KERNEL}:kernel": kernel},
    }
    given = {"jupyter-lite-schema-version": 0, "jupyter-config-data": config}
    (lite / "jupyter-lite.json").write_text(json.dumps(given, indent=1), encoding="utf-8")
    (lite / "overrides.json").write_text(json.dumps(SETTINGS, indent=1), encoding="utf-8")


def _trim(site: Path) -> None:
    """Take out what no browser asks for."""
    for pattern in (*(f"build/{font}" for font in OLD_FONTS), "**/*.map"):
        for path in site.glob(pattern):
            path.unlink()


def weigh(site: Path) -> dict[str, float]:
    """What the parts of a built site weigh, in MB, the heaviest first, and the whole."""
    parts: dict[str, int] = {}
    for path in site.rglob("*"):
        if path.is_file():
            parts[_part(path.relative_to(site))] = parts.get(_part(path.relative_to(site)), 0) + path.stat().st_size
    shares = sorted(parts.items(), key=lambda part: -part[1])
    return {name: size / 1e6 for name, size in [*shares, ("in all", sum(parts.values()))]}


def _part(path: Path) -> str:
    if path.parts[:2] == ("static", "pyodide"):
        return "packages" if path.suffix == ".whl" else "Pyodide"
    names = {"build": "JupyterLab", "files": "lessons", "extensions": "widgets and kernel"}
    return names.get(path.parts[0], "rest")


def told(parts: dict[str, float], *, pandas: bool) -> Iterator[str]:
    """The lines on what was built."""
    yield ", ".join(f"{name} {size:.1f} MB" for name, size in parts.items())
    if not pandas:
        yield "Built without pandas: cells that show a data frame say so. See --wheels."
    if parts["in all"] > MOST_MB:
        yield f"This is more than {MOST_MB} MB, which the course has set itself as its limit."


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, build, and say what was built; any fault is one line."""
    parser = argparse.ArgumentParser(description="Build the course as a JupyterLite site.")
    parser.add_argument("target", type=Path, help="the folder to make; an earlier site in it is replaced")
    parser.add_argument("--wheels", type=Path, metavar="FOLDER", help="wheels of numpy and pandas for this Pyodide")
    parser.add_argument("--without-pandas", action="store_true", help="leave pandas out, even where --wheels has it")
    options = parser.parse_args(arguments)
    pandas = bool(options.wheels) and not options.without_pandas
    try:
        parts = build(options.target, wheels=options.wheels, with_pandas=pandas)
    except Stop as stop:
        print(stop, file=sys.stderr, flush=True)
        return 1
    for line in told(parts, pandas=pandas):
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
