"""Build the course as a static site: every lesson to read and to answer, from any folder of any host.

    python -m deploy.site TARGET [--without-lite] [--wheels FOLDER] [--repository ADDRESS]

`python3 run.py site` calls this.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from deploy.site import cells, content, frame, front, script, words
from deploy.site.cells import Page
from lesson_lib.know import catalogue
from lesson_lib.know.errors import DataError, LessonError
from lesson_lib.know.language import LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
MARK = ".guarantees-site"
LAB = "lab/notebooks/index.html"
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#1a5fb4"/>'
    '<path d="M9 8h14M9 14h14M9 20h8M19 24l3 3 6-8" fill="none" stroke="#fff" stroke-width="2.6"/></svg>\n'
)

FULL = (
    "This page needs nothing but a browser. To work with the labs and tables as well, "
    '<a href="{address}">open the full course in the browser</a> and choose Run → Run All Cells there. Answers here '
    "and there are kept apart: hand in from one of the two."
)
HERE = '<a href="{address}">in the browser</a>, or in JupyterLab'
WAY = {
    "name": "The course's pages",
    "page": "This lesson as a page",
    "index": "The course's pages",
    "lab": "To your place in the lesson",
}
"""What the line under a notebook of the full course says: its links to the pages, and to the lab that was asked for."""
APPS = ("notebooks", "tree", "edit", "lab")


class Stop(Exception):
    """Ends the build; its text is the one line for the reader."""


def build(target: Path, *, lite: bool = False, repository: str = "") -> list[Path]:
    """Write the site into `target`; give its pages. `lite` says that the full course will stand in `target/lab`.

    `repository` is the address of the course's repository, where the pages are to lead to it.

    Raises Stop in one line, before anything is written, where `target` holds something that is no such site.
    """
    if target.exists() and (not target.is_dir() or (any(target.iterdir()) and not (target / MARK).is_file())):
        raise Stop(
            f"{target} is there already and is no site of this course: name another folder with -o, or empty it."
        )
    lab = LAB if lite else ""
    pages = [_page(path, lab) for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]-*.ipynb"))]
    others: list[Page] = []
    code: dict[str, str] = {catalogue.ENGLISH: script.script()}
    for folder in (ROOT / "notebooks" / language for language in LANGUAGES if language != catalogue.ENGLISH):
        with catalogue.speaking(folder.name):
            others += [_page(path, lab) for path in sorted(folder.glob("[0-9][0-9]-*.ipynb"))]
            code[folder.name] = script.script()
    sheet = script.sheet()
    mark = hashlib.sha256("".join([sheet, *code.values()]).encode()).hexdigest()[:10]
    setting = frame.Setting(mark, repository)
    files = {"site.css": sheet, "icon.svg": ICON, MARK: "Made by run.py site.\n"}
    for page in [*pages, *others]:
        with catalogue.speaking(page.language):
            data = content.embedded(content.lesson(page.lesson) | {"panels": page.panels})
            same = [each for each in [*pages, *others] if each.lesson.lesson == page.lesson.lesson and each is not page]
            full = words.say(FULL).format(address=page.root + _open(lab, page.file)) if lab else ""
            files[page.file] = frame.lesson(page, pages, same, data, full, setting)
        files[frame.script_name(page.language)] = code[page.language]
        files |= page.pictures
    for language in LANGUAGES:
        own = {each.lesson.lesson: each for each in [*pages, *others] if each.language == language}
        begun = own.get(pages[0].lesson.lesson, pages[0]).file
        with catalogue.speaking(language):
            files[front.file(language)] = front.index(pages, own, _open(lab, begun) if lab else "", setting)
    _write(target, files)
    return [target / page.file for page in [*pages, *others]]


def _page(path: Path, lab: str) -> Page:
    spoken = catalogue.current()
    file, root = (path.name, "") if spoken == catalogue.ENGLISH else (f"{spoken}/{path.name}", "../")

    def where(cell: str, heading: str) -> str:
        if not lab:
            return words.say("in JupyterLab")
        return words.say(HERE).format(address=escape(root + _open(lab, file, cell, heading)))

    return cells.read(path, where)


def _open(lab: str, file: str, cell: str = "", heading: str = "") -> str:
    """Where the full course opens a lesson: its notebook has the name of its page.

    `heading` is where it opens, named as JupyterLab names headings; `cell` is where the way back leads on the page.

    It is Notebook's page, not JupyterLab's: a lesson is one document, and beside JupyterLab's list of files a telephone
    has no room for it.

    >>> _open("lab/notebooks/index.html", "uk/00-start-here.html")
    'lab/notebooks/index.html?path=notebooks/uk/00-start-here.ipynb'
    >>> _open("lab", "06-fifty-thousand.html", "s2-look", "2. From a headcount")
    'lab?path=notebooks/06-fifty-thousand.ipynb&cell=s2-look#2.-From-a-headcount'
    """
    place = f"&cell={cell}#{quote(heading.replace(' ', '-'))}" if cell else ""
    return f"{lab}?path=notebooks/{file.rpartition('.')[0]}.ipynb{place}"


def _write(target: Path, files: dict[str, str]) -> None:
    """Replace the site that stands there, but not the full course in `lab`, which is built apart."""
    if target.exists():
        for old in target.iterdir():
            if old.is_dir() and old.name in ("pictures", *LANGUAGES):
                shutil.rmtree(old)
            elif old.is_file():
                old.unlink()
    for name, text in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def build_lite(target: Path, wheels: Path | None) -> None:
    """Build the full course, with Python in the browser, into `target/lab`. Raises Stop."""
    tool = ROOT / "deploy" / "lite" / "build.py"
    if not tool.is_file():
        raise Stop("deploy/lite/build.py is missing: unpack the whole course again, or build with --without-lite.")
    command = [sys.executable, str(tool), str(target / "lab"), *(["--wheels", str(wheels)] if wheels else [])]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise Stop("The full course could not be built (see above); the lessons alone: run.py site --without-lite")
    lead_back(target / "lab")


def lead_back(lab: Path) -> None:
    """Give the full course's pages the way back to the site's: JupyterLite has none."""
    said = {}
    for language in (catalogue.ENGLISH, *LANGUAGES):
        with catalogue.speaking(language):
            said[language] = {name: words.say(text) for name, text in WAY.items()}
    code = (Path(__file__).parent / "way.js").read_text(encoding="utf-8")
    (lab / "way.js").write_text(code.replace('"__WORDS__"', json.dumps(said)), encoding="utf-8", newline="\n")
    for page in filter(Path.is_file, (lab / app / "index.html" for app in APPS)):
        text = page.read_text(encoding="utf-8")
        if "way.js" not in text:
            page.write_text(
                text.replace("</body>", '<script src="../way.js"></script>\n</body>', 1), encoding="utf-8", newline="\n"
            )


def address(text: str) -> str:
    """An address of the web, as an argument. Raises ArgumentTypeError."""
    if not re.fullmatch(r"https?://[^\s<>\"]+", text):
        raise argparse.ArgumentTypeError(f"{text} is no address: write it whole, with https://")
    return text


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, build, and say what was built; any fault is one line."""
    parser = argparse.ArgumentParser(prog="deploy.site", description="Build the course as a static site.")
    parser.add_argument("target", type=Path, help="the folder to make")
    parser.add_argument("--without-lite", action="store_true", help="the lessons alone, without Python in the browser")
    parser.add_argument(
        "--wheels", type=Path, metavar="FOLDER", help="pandas for the full course: see deploy/lite/build.py"
    )
    parser.add_argument("--repository", type=address, metavar="ADDRESS", help="a link to the course's own")
    options = parser.parse_args(arguments)
    target = options.target.resolve()
    try:
        if options.without_lite and (target / MARK).is_file():
            shutil.rmtree(target / "lab", ignore_errors=True)
        pages = build(target, lite=not options.without_lite, repository=options.repository or "")
        print(f"{len(pages)} pages are in {target}: open index.html, or put the folder on any web host.", flush=True)
        if not options.without_lite:
            try:
                build_lite(target, options.wheels)
            except Stop:
                build(target, repository=options.repository or "")  # no page leads to what is not there
                raise
    except (Stop, LessonError, DataError, ValueError) as problem:
        print(problem, file=sys.stderr, flush=True)
        return 1
    except OSError as error:
        print(f"{target} cannot be written ({error.strerror}).", file=sys.stderr, flush=True)
        return 1
    return 0
