"""What Python needs in the browser: Pyodide itself from npm, and wheels from PyPI with a lock made for them.

Pyodide's own packages lie on a server of others. A site that asks nobody else brings its own: each package is packed
once more as a wheel (compiled, and without its tests), and `pyodide-lock.json` names these and no others.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import json
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

# The one that jupyterlite-pyodide-kernel was made for; both change together.
PYODIDE = "314.0.6"
INTEGRITY = "sha512-BKDTJyIqFxC4BExLqeRS3f5xvXZIjOt8C3zGLN/Cc7tFxSwvKVhVkchQQ2AGLOtR4YrVOIFxbV8poyDOOmWwxQ=="
# What runs, and what says whose it is and under which licence.
PYODIDE_FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "package.json", "README.md")

# What a lesson imports, and what the kernel in the browser is made of. micropip is in no lock of the course.
WANTED = ("ipython", "comm", "ipywidgets", "anywidget", "micropip==0.11.1")
# Scripts for a server that is not there: the widgets' scripts are in the site already.
UNWANTED = {"jupyterlab-widgets", "widgetsnbextension"}
# Folders in packages that no lesson imports from.
UNUSED = {"tests", "test", "django-stubs", "stubs"}
# For frame(...), where a folder of wheels has them: PyPI has no numpy and no pandas for this Pyodide.
PANDAS = "pandas"

_OLD = (1980, 1, 1, 0, 0, 0)  # the same files give the same wheel


class Stop(Exception):
    """Ends the build; its text is the one line for the reader."""


def fetch_pyodide(folder: Path) -> dict[str, Any]:
    """Put Pyodide's files into the folder, checked against the pinned sum; give what its lock says of itself."""
    scratch = folder.parent / "npm"
    scratch.mkdir(parents=True, exist_ok=True)
    run(
        [_program("npm"), "pack", f"pyodide@{PYODIDE}", "--silent", "--pack-destination", str(scratch)],
        "Pyodide",
        scratch,
    )
    archive = scratch / f"pyodide-{PYODIDE}.tgz"
    found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != INTEGRITY:
        raise Stop(f"Pyodide {PYODIDE} is not the file it should be (sum {found[:20]}…): nothing was built. Try again.")
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as packed:
        for name in PYODIDE_FILES:
            (folder / name).write_bytes(_member(packed, name))
        about: dict[str, Any] = json.loads(_member(packed, "pyodide-lock.json"))["info"]
    return about


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Stop(
            f"JupyterLite needs {name} once, for Pyodide: install Node.js (https://nodejs.org), or build the lessons "
            "alone: run.py site --without-lite"
        )
    return found


def _member(packed: tarfile.TarFile, name: str) -> bytes:
    file = packed.extractfile(f"package/{name}")
    if file is None:
        raise Stop(f"Pyodide {PYODIDE} has no {name}: pin a version in deploy/lite/packages.py that has it.")
    return file.read()


def run(command: Sequence[str], what: str, folder: Path) -> None:
    """Run a program in a folder to its end; what it says is only shown, in short, when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    if done.returncode:
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()][-6:]
        raise Stop("\n".join([f"{what} could not be had; the last it said:", *(f"    {line[:200]}" for line in said)]))


# ---- wheels ------------------------------------------------------------------------------------------------------


def gather(folder: Path, scratch: Path, about: dict[str, Any], extra: Sequence[Path], kernel: Path) -> list[str]:
    """Put every wheel of the site and the lock into the folder; give the packages' names.

    `extra` are wheels made for this Pyodide, `kernel` is the folder with those of the kernel itself.
    """
    python = ".".join(about["python"].split(".")[:2])
    for wheel in (*extra, *sorted(kernel.glob("*.whl"))):
        if _name(wheel) not in UNWANTED:
            shutil.copyfile(wheel, folder / wheel.name)
    uv = [sys.executable, "-m", "uv"]
    run(
        [*uv, "build", "--quiet", "--wheel", "--out-dir", str(scratch / "course"), str(ROOT)],
        "The course's wheel",
        scratch,
    )
    course = next((scratch / "course").glob("*.whl"))
    shutil.copyfile(course, folder / course.name)
    target = scratch / "installed"
    here = {_name(wheel) for wheel in folder.glob("*.whl")}
    wanted = [*WANTED, *_missing(extra, here)]
    options = ["--only-binary", ":all:", "--python-version", python, "--python-platform", "wasm32-pyodide2025"]
    lock = ["--constraint", str(_constraints(scratch))]
    run([*uv, "pip", "install", "--quiet", "--target", str(target), *options, *lock, *wanted], "The packages", scratch)
    for found in importlib.metadata.distributions(path=[str(target)]):
        if canonical(found.name) not in UNWANTED | here:
            _pack(found, folder)
    write_lock(folder, about)  # without one Pyodide does not start
    run([_program("node"), str(Path(__file__).with_name("compile.mjs")), str(folder), str(folder)], "Pyodide", scratch)
    return write_lock(folder, about)


def _constraints(scratch: Path) -> Path:
    """The course's own lock, without numpy and pandas: for the browser those have versions of their own."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(("numpy==", "pandas=="))]
    path = scratch / "constraints.txt"
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return path


def pandas_from(folder: Path, about: dict[str, Any]) -> list[Path]:
    """pandas and what it needs, from a folder of wheels such as Pyodide's full distribution. Stop when it has none."""
    tags = tuple(f"{name}_{about['abi_version']}_wasm32.whl" for name in ("pyemscripten", "pyodide"))
    found: dict[str, Path] = {}
    for wheel in sorted(folder.glob("*.whl")):
        if wheel.name.endswith((*tags, "-none-any.whl")):
            found[_name(wheel)] = wheel
    if PANDAS not in found:
        raise Stop(
            f"There is no pandas for this Pyodide in {folder}: it needs a wheel that ends in {tags[0]}, as in the "
            f"full distribution of Pyodide {PYODIDE}. Or build with --without-pandas."
        )
    taken, open_ = {}, [PANDAS]
    while open_:
        name = open_.pop()
        if name in found and name not in taken:
            taken[name] = found[name]
            open_ += _needs(found[name])
    if "numpy" not in taken:
        raise Stop(f"pandas is in {folder}, and numpy, which it needs, is not: put its wheel there as well.")
    return list(taken.values())


def _missing(extra: Iterable[Path], here: set[str]) -> list[str]:
    return sorted({need for wheel in extra for need in _needs(wheel)} - here)


def _needs(wheel: Path) -> Iterator[str]:
    """The names of the packages that a wheel cannot do without."""
    with zipfile.ZipFile(wheel) as file:
        name = next(name for name in file.namelist() if name.endswith(".dist-info/METADATA"))
        for line in file.read(name).decode().partition("\n\n")[0].splitlines():
            if line.startswith("Requires-Dist:") and "extra ==" not in line:
                yield canonical(re.split(r"[\s<>=!~;(\[]", line.partition(":")[2].strip())[0])


def _pack(found: importlib.metadata.Distribution, folder: Path) -> None:
    """Pack an installed package as a wheel again, without what no lesson imports."""
    path = folder / f"{canonical(found.name).replace('-', '_')}-{found.version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as wheel:
        for file in sorted(found.files or [], key=str):
            if ".." in file.parts or file.suffix == ".pyc" or UNUSED & set(file.parts):
                continue
            wheel.writestr(zipfile.ZipInfo(file.as_posix(), _OLD), file.read_binary(), zipfile.ZIP_DEFLATED)


def write_lock(folder: Path, about: dict[str, Any]) -> list[str]:
    """Write `pyodide-lock.json` for the wheels that lie in the folder; give their names."""
    packages = {}
    for wheel in sorted(folder.glob("*.whl")):
        with zipfile.ZipFile(wheel) as file:
            tops = {name.partition("/")[0] for name in file.namelist()}
        packages[_name(wheel)] = {
            "name": _name(wheel),
            "version": wheel.name.split("-")[1],
            "file_name": wheel.name,
            "install_dir": "site",
            "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
            "package_type": "package",
            "imports": sorted(top.removesuffix(".py") for top in tops if not top.endswith((".dist-info", ".data"))),
            "depends": [],  # every package is loaded at the start, all at once
            "unvendored_tests": False,
        }
    lock = {"info": about, "packages": packages}
    (folder / "pyodide-lock.json").write_text(json.dumps(lock, indent=1) + "\n", encoding="utf-8")
    return list(packages)


def _name(wheel: Path) -> str:
    return canonical(wheel.name.split("-")[0])


def canonical(name: str) -> str:
    """A package's name as indexes compare it: "Typing_Extensions" is "typing-extensions"."""
    return re.sub(r"[-_.]+", "-", name).lower()
