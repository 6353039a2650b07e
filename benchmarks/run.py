"""Measures what the course promises, side by side with other quiz packages in one run.

    python3 run.py benchmark            every figure: value, limit, and value as a share of the limit
    python3 run.py benchmark --quick    fewer rounds

Contestants take turns within a round, so that a busy computer slows all alike; ratios are taken within
a round, and their median is given.
Trust the ratios: the milliseconds are this computer's. Exit code 1 when a limit is missed.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

from lesson_lib.think.questions import Item, load_lesson

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PEERS = ("jupyterquiz", "ipyquizjb")
NAMES = "both_sides, compare, frame, hand_in, progress, quiz, sources, timeline"

# What every cell sends, whatever it shows: not counted for anyone.
COMMON = ("status", "execute_input")

Message = dict[str, Any]


# ---- figures -------------------------------------------------------------------------------------


@dataclass
class Report:
    """Prints each figure as soon as it is known, and remembers which limits were missed."""

    missed: list[str] = field(default_factory=list)

    def part(self, title: str) -> None:
        print(f"\n{title}", flush=True)

    def figure(self, name: str, value: float, limit: float, unit: str = "") -> None:
        """One figure that has a limit."""
        ok = value <= limit
        if not ok:
            self.missed.append(name)
        share = f"{value / limit:5.2f} of the limit"
        said = f"{number(value)} {unit}".strip()
        at_most = f"{number(limit)} {unit}".strip()
        print(f"  {name:<52} {said:>12}   limit {at_most:>9}   {share}   {'ok' if ok else 'MISSED'}", flush=True)

    def holds(self, name: str, found: Sequence[str]) -> None:
        """Something that must not be there at all."""
        if found:
            self.missed.append(name)
        print(f"  {name:<52} {', '.join(found) or 'none':>12}   {'MISSED' if found else 'ok'}", flush=True)

    def note(self, name: str, value: float, unit: str = "") -> None:
        """A figure to compare with, without a limit."""
        print(f"  {name:<52} {f'{number(value)} {unit}'.strip():>12}", flush=True)


def ratio(ours: Sequence[float], peers: Sequence[float]) -> float:
    """The median of the ratios of each round: what slows one round slows both sides of its ratio."""
    return statistics.median(a / b for a, b in zip(ours, peers, strict=True))


def number(value: float) -> str:
    """Three figures, and no more zeros than needed."""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


# ---- kernels -------------------------------------------------------------------------------------


class ThisPython(KernelManager):
    """Starts the Python that runs this program."""

    @property
    def kernel_spec(self) -> KernelSpec:
        return KernelSpec(**get_kernel_dict())


@dataclass(frozen=True)
class Shown:
    """What a cell sent to the page, and how long the kernel was busy with it."""

    messages: list[Message]
    seconds: float

    def size(self) -> int:
        return sum(map(wire_size, self.messages))


def wire_size(message: Message) -> int:
    """The bytes of a message on its way to the page: its four JSON parts, and what is attached."""
    parts = [message[part] for part in ("header", "parent_header", "metadata", "content")]
    text = sum(len(json.dumps(part, ensure_ascii=False, default=str).encode()) for part in parts)
    return text + sum(len(buffer) for buffer in message.get("buffers") or ())


def is_script(message: Message) -> bool:
    """Whether this is the undisplayed widget that carries the script: any other's script is a stub."""
    state = message["content"].get("data", {}).get("state", {}) if message["msg_type"] == "comm_open" else {}
    return len(state.get("_esm", "")) > 2_000


class Kernel:
    """A running kernel that shows what a cell sends."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self.client = client

    def run(self, code: str) -> Shown:
        """Run a cell; stops the benchmark when the cell fails."""
        sent = self.client.execute(code)
        messages: list[Message] = []
        busy = idle = None
        while idle is None:
            message = self.client.get_iopub_msg(timeout=120)
            if message["parent_header"].get("msg_id") != sent:
                continue
            if message["msg_type"] == "error":
                raise SystemExit(
                    f"A cell failed: {message['content']['ename']}: {message['content']['evalue']}\n{code}"
                )
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "busy":
                busy = message["header"]["date"]
            elif message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                idle = message["header"]["date"]
            elif message["msg_type"] not in COMMON:
                messages.append(message)
        self.client.get_shell_msg(timeout=120)
        return Shown(messages, (idle - busy).total_seconds())

    def value(self, code: str) -> Any:
        """Run code that ends with a print of JSON, and give it."""
        streams = [m["content"]["text"] for m in self.run(code).messages if m["msg_type"] == "stream"]
        return json.loads("".join(streams))


@contextmanager
def kernel(scratch: Path, data: Path) -> Iterator[Kernel]:
    """A fresh kernel in the notebooks' folder, apart from one's own answers and settings."""
    answers = tempfile.mkdtemp(dir=scratch)
    environment = os.environ | {
        "LESSON_ANSWERS": answers,
        "LESSON_DATA": str(data),
        "IPYTHONDIR": str(scratch / "ipython"),
    }
    manager = ThisPython()
    manager.start_kernel(env=environment, cwd=str(ROOT / "notebooks"), extra_arguments=["--log-level=ERROR"])
    client = manager.blocking_client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=60)
        yield Kernel(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


# ---- the same questions, in each package's own format --------------------------------------------


def course_with_ten(scratch: Path) -> tuple[Path, list[Item]]:
    """A copy of the data with one lesson more, 99: ten of lesson 01's questions with one right answer."""
    folder = scratch / "data"
    shutil.copytree(ROOT / "data", folder)
    lesson = tomllib.loads((folder / "questions" / "01.toml").read_text(encoding="utf-8"))
    ten = [item for item in lesson["items"] if item["type"] == "single" and not item.get("opinion")][:10]
    if len(ten) < 10:
        raise SystemExit(f"Lesson 01 has {len(ten)} questions with one right answer; ten are needed to compare.")
    head = {"lesson": "99", "title": "Ten questions", "cites": []}
    tables = {"objectives": lesson["objectives"], "quizzes.ten": {"title": "Ten questions"}}
    lines = [f"{name} = {toml(value)}" for name, value in head.items()]
    for heading, table in tables.items():
        lines += [f"[{heading}]", *(f"{name} = {toml(value)}" for name, value in table.items())]
    for item in ten:
        lines.append("[[items]]")
        lines += [f"{name} = {toml(value)}" for name, value in {**item, "quiz": "ten"}.items() if name != "choices"]
        for choice in item["choices"]:
            lines += ["[[items.choices]]", *(f"{name} = {toml(value)}" for name, value in choice.items())]
    (folder / "questions" / "99.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder, list(load_lesson("99", folder / "questions").quizzes["ten"].items)


def toml(value: object) -> str:
    """A text, number, flag or list of them; TOML writes these as JSON does."""
    return json.dumps(value, ensure_ascii=False)


def for_ipyquizjb(item: Item) -> dict[str, Any]:
    """A question with one right answer. The package has no place for why a choice is wrong."""
    texts = {choice["id"]: choice["text"] for choice in item.body["choices"]}
    right = item.key["right"]
    return {
        "type": "MULTIPLE_CHOICE",
        "body": item.body["stem"],
        "answers": list(texts.values()),
        "answer": [texts[right]],
        "notes": [item.key["whys"][right]],
    }


def for_jupyterquiz(item: Item) -> dict[str, Any]:
    """The item in the nearest type there is, never with more text than it has here."""
    body, key = item.body, item.key
    whys: dict[str, str] = key.get("whys", {})
    question: dict[str, Any] = {"question": body["stem"]}

    def choices(kind: str, texts: dict[str, str], right: Sequence[str]) -> dict[str, Any]:
        answers = [
            {"answer": text, "correct": name in right, "feedback": whys.get(name, "")} for name, text in texts.items()
        ]
        return {**question, "type": kind, "answers": answers}

    def named(part: str) -> dict[str, str]:
        return {each["id"]: each["text"] for each in body[part]}

    match item.type:
        case "single":
            return choices("multiple_choice", named("choices"), [key.get("right") or ""])
        case "multiple":
            return choices("many_choice", named("choices"), key["right"])
        case "numeric":
            near = [
                {"type": "range", "range": spread(one["value"], one["tolerance"]), "feedback": one["why"]}
                for one in key["near"]
            ]
            right = {"type": "range", "range": spread(key["value"], key["tolerance"]), "feedback": key["why"]}
            return {**question, "type": "numeric", "answers": [{**right, "correct": True}, *near]}
        case "short":
            right_words = [{"answer": word, "correct": True, "feedback": key["why"]} for word in key["accepted"]]
            wrong_words = [{"answer": one["text"], "feedback": one["why"]} for one in key["near"]]
            return {**question, "type": "string", "answers": [*right_words, *wrong_words]}
        case "text":
            return {**question, "type": "string", "answers": [{"answer": point} for point in body["rubric"]]}
        case "match":
            # There is no matching: the left sides to choose from, and the right sides said once.
            question["question"] += " " + "; ".join(named("right").values())
            return choices("many_choice", named("left"), list(key["pairs"]))
        case "classify":
            question["question"] += " " + "; ".join(named("bins").values())
            return choices("many_choice", named("cards"), list(key["bins"]))
        case "order":
            return choices("many_choice", named("steps"), key["steps"])
        case "table":
            question["question"] += " " + "; ".join([*named("columns").values(), *named("values").values()])
            return choices("many_choice", named("rows"), list(key["cells"]))
        case other:
            raise SystemExit(f"This benchmark does not know the question type {other!r} yet: add it.")


def spread(value: float, tolerance: float) -> list[float]:
    return [value - tolerance, value + tolerance]


# ---- the measurements ----------------------------------------------------------------------------


def importing(report: Report, scratch: Path, data: Path, rounds: int) -> None:
    report.part("Importing, in a running kernel")
    statements = {
        "lesson_lib": "import lesson_lib",
        "jupyterquiz": "import jupyterquiz",
        "ipyquizjb": "import ipyquizjb",
        "setup": f"from lesson_lib import {NAMES}",
    }
    took: dict[str, list[float]] = {name: [] for name in statements}
    heavy: dict[str, list[str]] = {}
    for turn in range(rounds + 1):
        for name, statement in statements.items():
            with kernel(scratch, data) as fresh:
                code = (
                    f"import json, sys, time\nbegan = time.perf_counter()\n{statement}\n"
                    "took = time.perf_counter() - began\n"
                    "print(json.dumps([took, [m for m in ('pandas', 'ipywidgets') if m in sys.modules]]))"
                )
                seconds, loaded = fresh.value(code)
            if turn:  # the first round compiles and fills the disk's cache
                took[name].append(seconds * 1000)
            heavy[name] = loaded
    middle = {name: statistics.median(each) for name, each in took.items()}
    report.figure("import lesson_lib", middle["lesson_lib"], 25, "ms")
    report.figure("  ÷ import jupyterquiz", ratio(took["lesson_lib"], took["jupyterquiz"]), 0.2)
    report.holds("  pandas or ipywidgets loaded by it", heavy["lesson_lib"])
    report.note("import jupyterquiz", middle["jupyterquiz"], "ms")
    report.note("import ipyquizjb", middle["ipyquizjb"], "ms")
    also = f" (loads {' and '.join(heavy['setup'])})" if heavy["setup"] else ""
    report.note(f"a lesson's setup cell, every name{also}", middle["setup"], "ms")


def ten_items(report: Report, scratch: Path, data: Path, items: list[Item], rounds: int) -> None:
    report.part("Showing a quiz of ten items")
    peer_items = [for_ipyquizjb(item) for item in items]
    with kernel(scratch, data) as ours, kernel(scratch, data) as peer:
        ours.run(f"from lesson_lib import {NAMES}")
        peer.run("import json\nfrom ipyquizjb import display_questions")
        peer.run(f"items = json.loads({json.dumps(peer_items)!r})")
        first, peer_first = ours.run('quiz("99-ten")'), peer.run("display_questions(items)")
        times: list[tuple[Shown, Shown]] = [
            (ours.run('quiz("99-ten")'), peer.run("display_questions(items)")) for _ in range(rounds)
        ]
    # What later shows send is the quiz; what the first one sent beyond that came with the script.
    later = [shown for shown, _ in times]
    quiz_size = max(shown.size() for shown in later)
    scripts = [message for shown in (first, *later) for message in shown.messages if is_script(message)]
    ours_took, peer_took = ([pair[side].seconds * 1000 for pair in times] for side in (0, 1))
    report.figure("messages besides the script", max(len(shown.messages) for shown in later), 8)
    report.figure("bytes besides the script", quiz_size / 1000, 20, "kB")
    report.figure("script and styles, once a page", (first.size() - quiz_size) / 1000, 60, "kB")
    report.holds("scripts sent again", [str(len(scripts) - 1)] if len(scripts) != 1 else [])
    report.figure("kernel time ÷ ipyquizjb", ratio(ours_took, peer_took), 0.25)
    report.note("kernel time", statistics.median(ours_took), "ms")
    report.note("kernel time the first time, with the script", first.seconds * 1000, "ms")
    report.note("ipyquizjb, the same ten: kernel time", statistics.median(peer_took), "ms")
    report.note("ipyquizjb: messages", len(peer_first.messages))
    report.note("ipyquizjb: bytes", peer_first.size() / 1000, "kB")


def whole_lesson(report: Report, scratch: Path, data: Path) -> None:
    report.part("Showing all quizzes of lesson 01 in one kernel")
    quizzes = load_lesson("01", data / "questions").quizzes.values()
    with kernel(scratch, data) as ours, kernel(scratch, data) as peer:
        ours.run(f"from lesson_lib import {NAMES}")
        peer.run("import json\nfrom jupyterquiz import display_quiz")
        shown, by_peer = [], []
        for quiz in quizzes:
            peer_items = [for_jupyterquiz(item) for item in quiz.items]
            peer.run(f"items = json.loads({json.dumps(peer_items)!r})")
            shown.append(ours.run(f"quiz({quiz.id!r})"))
            by_peer.append(peer.run("display_quiz(items)"))
    total, peer_total = (sum(each.size() for each in run) / 1000 for run in (shown, by_peer))
    report.figure(f"bytes of {len(shown)} quizzes, the script among them", total, 150, "kB")
    report.figure("  ÷ jupyterquiz", total / peer_total, 0.4)
    report.note("jupyterquiz, as many quizzes, the same items", peer_total, "kB")
    report.note("messages", sum(len(each.messages) for each in shown))
    report.note("jupyterquiz: messages", sum(len(each.messages) for each in by_peer))
    largest = max(zip(shown, quizzes, strict=True), key=lambda pair: pair[0].size())
    report.note(f"the largest quiz, {largest[1].id}", largest[0].size() / 1000, "kB")


def on_disk(report: Report) -> None:
    report.part("Notebooks on disk, with their outputs")
    for path in NOTEBOOKS:
        report.figure(path.name, path.stat().st_size / 1000, 250, "kB")


PLAIN = """
import sys, nbformat
from pathlib import Path
from nbclient import NotebookClient
for name in sys.argv[1:]:
    where = {"metadata": {"path": str(Path(name).parent)}}
    notebook = nbformat.read(name, as_version=4)
    NotebookClient(notebook, kernel_name="python3", timeout=120, resources=where).execute()
"""


def notebooks_stage() -> list[str]:
    """What `run.py test notebooks` runs: read from there, so that the same thing is measured."""
    spec = importlib.util.spec_from_file_location("course_commands", ROOT / "run.py")
    assert spec
    assert spec.loader
    commands = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(commands)
    stage: list[str] = commands.stages(None)["notebooks"]
    return stage


def strict_nbval(report: Report, scratch: Path, rounds: int) -> None:
    report.part("Strict nbval over the notebooks")
    names = [str(path) for path in NOTEBOOKS]
    commands = {
        "nbval": [sys.executable, *notebooks_stage()],
        "plain": [sys.executable, "-c", PLAIN, *names],
    }
    took: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(rounds + 1):
        for name, command in commands.items():
            fresh = {"LESSON_ANSWERS": tempfile.mkdtemp(dir=scratch), "IPYTHONDIR": str(scratch / "ipython")}
            environment = {**os.environ, **fresh, "JUPYTER_PREFER_ENV_PATH": "1"}
            environment.pop("LESSON_DATA", None)
            began = time.perf_counter()
            done = subprocess.run(
                command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False
            )
            if turn:
                took[name].append(time.perf_counter() - began)
            if done.returncode:
                lines = (done.stdout + done.stderr).strip().splitlines()
                report.missed.append(name)
                print(f"  {name} failed, so its time means nothing: {lines[-1] if lines else ''}", flush=True)
                return
    report.figure("strict nbval ÷ plain nbclient", ratio(took["nbval"], took["plain"]), 1.3)
    report.note("strict nbval", statistics.median(took["nbval"]), "s")
    report.note("plain nbclient", statistics.median(took["plain"]), "s")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure everything, in the order of the list of figures."""
    parser = argparse.ArgumentParser(description="Compare with other quiz packages, side by side.")
    parser.add_argument("--quick", action="store_true", help="fewer rounds: for a first look")
    quick = parser.parse_args(arguments).quick
    absent = [name for name in PEERS if importlib.util.find_spec(name) is None]
    if absent:
        print(f"Not installed here: {', '.join(absent)}. Use: python3 run.py benchmark", file=sys.stderr)
        return 1
    print(
        "Compared with " + ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PEERS),
        flush=True,
    )
    report = Report()
    with ExitStack() as stack:
        scratch = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-", ignore_cleanup_errors=True))
        )
        data, items = course_with_ten(scratch)
        importing(report, scratch, data, 3 if quick else 9)
        ten_items(report, scratch, data, items, 15 if quick else 40)
        whole_lesson(report, scratch, data)
        on_disk(report)
        strict_nbval(report, scratch, 3 if quick else 7)
    print(f"\nMissed: {', '.join(report.missed)}." if report.missed else "\nEvery limit is kept.", flush=True)
    return 1 if report.missed else 0


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        # A console that lacks a letter shows a question mark in its place.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    sys.exit(main())
