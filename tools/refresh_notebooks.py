"""Runs the notebooks and stores their results. Nothing else writes outputs into notebooks/ and instructors/.

    python3 run.py refresh            run every notebook, store what its cells show
    python3 run.py refresh --check    change nothing; fail, and say where, when something would change

What is stored depends on the lesson and the library only, never on who ran it, where, or when: no answers of
one's own, no live widgets, no times, no version of Python. So a difference in review is one for the reader.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "notebooks"
TEACHERS = ROOT / "instructors"
SECONDS = 120
"""How long one cell may take."""

WIDGET = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    # As a kernel says it, without the version: that would differ between any two computers.
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}

Notebook = dict[str, Any]


class Failed(Exception):
    """A notebook cannot be stored; the lines say why, one a line."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class ThisPython(AsyncKernelManager):
    """Starts the Python that runs this tool: a kernel registered as python3 may belong to another one."""

    @property
    def kernel_spec(self) -> KernelSpec:
        return KernelSpec(**get_kernel_dict())


def load(text: str) -> Any:
    """Read a notebook, and refuse what nbformat would mend at random: missing and double ids."""
    try:
        given = json.loads(text)
        cells = given["cells"]
        version = (given["nbformat"], given["nbformat_minor"])
    except (ValueError, KeyError, TypeError) as error:
        raise Failed(f"is not a notebook ({error})") from None
    if version < (4, 5):
        raise Failed(f"has the format {version[0]}.{version[1]}, without cell ids: save it in JupyterLab 4")
    ids = [cell.get("id") for cell in cells]
    wrong = [f"cell number {place}: has no id" for place, name in enumerate(ids, 1) if not name]
    twice = dict.fromkeys(name for name in ids if name and ids.count(name) > 1)
    wrong += [f"cell {name}: this id is used {ids.count(name)} times" for name in twice]
    if wrong:
        raise Failed(*wrong)
    try:
        nbformat.validate(given)
    except nbformat.ValidationError as error:
        raise Failed(f"is not a valid notebook: {error.message}") from None
    return nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]


def run(notebook: Any, folder: Path) -> None:
    """Run every cell in a fresh kernel in that folder, apart from this person's own answers and settings."""
    with tempfile.TemporaryDirectory(prefix="refresh-", ignore_cleanup_errors=True) as scratch:
        environment = os.environ | {
            "LESSON_ANSWERS": str(Path(scratch, "answers")),
            "IPYTHONDIR": str(Path(scratch, "ipython")),
            "LESSON_UNTRANSLATED": "mark",  # a sentence without its translation is seen, and refused below
        }
        environment.pop("LESSON_DATA", None)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        client = NotebookClient(
            notebook,
            kernel_manager_class=ThisPython,
            timeout=SECONDS,
            store_widget_state=False,
            record_timing=False,
            extra_arguments=["--log-level=ERROR"],  # the kernel's own warnings are not the notebook's
            coalesce_streams=True,  # how a long output is cut into messages is chance
            resources={"metadata": {"path": str(folder)}},
        )
        fault = ""
        try:
            client.execute(env=environment)
        except CellExecutionError:
            pass  # the cell holds its error, and complaints() says which
        except Exception as error:  # noqa: BLE001 (a dead kernel, a time-out: this notebook's fault, not the next one's)
            lines = str(error).strip().splitlines()
            fault = f"stopped: {lines[0] if lines else type(error).__name__}"
        wrong = list(complaints(notebook, [scratch, str(ROOT)]))
        if fault or wrong:
            raise Failed(*wrong, *([fault] if fault else []))


def complaints(notebook: Any, private: Sequence[str]) -> Iterator[str]:
    """Say which cells raise an error, write to stderr, lack a translation, or show a folder of this computer."""
    for cell in notebook.cells:
        tagged = "raises-exception" in cell.metadata.get("tags", [])
        for output in cell.get("outputs", []):
            if output.output_type == "error" and not tagged:
                yield f"cell {cell.id}: {output.ename}: {output.evalue}"
                continue
            if output.output_type == "stream" and output.name == "stderr" and not tagged:
                yield f"cell {cell.id}: stderr: {output.text.strip()}"
            shown = json.dumps(output, ensure_ascii=False)
            if found := re.search(r"⟦(.*?)⟧", shown):
                yield f"cell {cell.id}: has no translation of “{found[1]}”: run tools/catalogue.py and translate it"
            for path in private:
                if json.dumps(path, ensure_ascii=False)[1:-1] in shown:
                    yield f"cell {cell.id}: shows {path}, a folder of this computer"


def tidy(notebook: Any) -> str:
    """Give the text of the notebook as it is stored: what the reader sees, and nothing of the run."""
    notebook.metadata = nbformat.from_dict(METADATA)  # type: ignore[no-untyped-call]
    count = 0
    for cell in notebook.cells:
        tags = cell.metadata.get("tags")
        cell.metadata.clear()
        if tags:
            cell.metadata["tags"] = tags
        cell.source = cell.source.replace("\r\n", "\n")
        if cell.cell_type != "code":
            continue
        count += 1
        cell.execution_count = count
        kept = []
        for output in cell.outputs:
            if "data" in output:
                # A live view opens again as "Loading widget..."; the text and HTML beside it can be read.
                output.data.pop(WIDGET, None)
                output.metadata.pop(WIDGET, None)
                if not output.data:
                    continue
            if output.output_type == "execute_result":
                output.execution_count = count
            kept.append(output)
        cell.outputs = kept
    text: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    return text.rstrip("\n") + "\n"


def refreshed(text: str, folder: Path) -> str:
    """Run the notebook with this text and give the text to store. Raises Failed."""
    notebook = load(text)
    run(notebook, folder)
    return tidy(notebook)


def differences(stored: str, fresh: str) -> list[str]:
    """Say for each cell that differs where it first does so."""
    old, new = json.loads(stored), json.loads(fresh)
    before = {cell["id"]: cell for cell in old["cells"]}
    found = [
        f"cell {cell['id']}: {first_difference(before[cell['id']], cell)}"
        for cell in new["cells"]
        if before[cell["id"]] != cell
    ]
    if old["metadata"] != new["metadata"]:
        found.append(f"metadata of the notebook: {first_difference(old['metadata'], new['metadata'])}")
    return found or ["the layout of the file: spaces, the order of keys, or the ends of lines"]


def first_difference(old: Notebook, new: Notebook) -> str:
    """Give the first line that differs, as stored and as it is now."""
    was, now = (json.dumps(each, indent=1, sort_keys=True, ensure_ascii=False).split("\n") for each in (old, new))
    line = apart(was, now)
    a, b = (lines[line].strip() if line < len(lines) else "nothing" for lines in (was, now))
    column = apart(a, b)
    return f"stored {excerpt(a, column)} but now {excerpt(b, column)}"


def apart(old: Sequence[str], new: Sequence[str]) -> int:
    """Where two sequences first differ."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(old), len(new)))


def excerpt(line: str, column: int) -> str:
    """The part of a long line around this column."""
    start, end = max(0, column - 40), column + 60
    return f"{'…' if start else ''}{line[start:end]}{'…' if end < len(line) else ''}"


def store(path: Path, text: str) -> None:
    """Replace the file in one step, so that it is never half written."""
    new = path.with_suffix(".ipynb.new")
    new.write_bytes(text.encode("utf-8"))
    new.replace(path)


def main(arguments: Sequence[str] | None = None) -> int:
    """Refresh or check the notebooks named, or all."""
    parser = argparse.ArgumentParser(description="Run the notebooks and store what their cells show.")
    parser.add_argument("--check", action="store_true", help="write nothing, fail when something would change")
    parser.add_argument("notebooks", nargs="*", type=Path, metavar="NOTEBOOK", help="these only, not all")
    options = parser.parse_args(arguments)
    # Translated lessons lie in a folder named after their language; the teacher's gradebook is a notebook as well.
    paths: list[Path] = options.notebooks or [
        *sorted([*FOLDER.glob("*.ipynb"), *FOLDER.glob("[!.]*/*.ipynb")]),
        *sorted(TEACHERS.glob("*.ipynb")),
    ]
    if not paths:
        print(f"There is no notebook in {FOLDER}.", flush=True)
        return 1
    words = []
    for number, path in enumerate(paths, 1):
        print(f"[{number}/{len(paths)}] {path.name} … ", end="", flush=True)
        began = time.monotonic()
        word, lines = refresh(path, check=options.check)
        print(f"{word} ({time.monotonic() - began:.1f} s)", flush=True)
        for line in lines:
            print(f"  {path.name}: {line}", flush=True)
        words.append(word)
    if "differs" in words:
        print("To store what the notebooks show now: python3 run.py refresh", flush=True)
    return int("differs" in words or "failed" in words)


def refresh(path: Path, *, check: bool) -> tuple[str, Sequence[str]]:
    """Refresh or check one notebook: one word for what became of it, and the lines that explain it."""
    try:
        stored = path.read_bytes().decode("utf-8")
        fresh = refreshed(stored, path.resolve().parent)
        if fresh == stored:
            return "unchanged", []
        if check:
            return "differs", differences(stored, fresh)
        store(path, fresh)
    except Failed as failed:
        return "failed", failed.lines
    except (OSError, UnicodeDecodeError) as error:
        return "failed", [f"cannot be read or written: {error}"]
    return "written", []


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        # A console that lacks a letter shows a question mark in its place.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    sys.exit(main())
