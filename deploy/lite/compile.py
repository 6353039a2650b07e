"""Compiles what is in each wheel of the folder /wheels; run by compile.mjs in Pyodide, for the Python of Pyodide.

Importing uncompiled packages takes a browser several seconds. Packages of others keep the compiled form alone; of the
course and its kernel the source stays too, for a student who looks at it.
"""

import importlib.util
import marshal
import zipfile
from pathlib import Path

SOURCE_STAYS = ("guarantees_on_paper-", "pyodide_kernel-", "piplite-", "ipykernel-")


def compiled(name: str, source: bytes) -> bytes:
    """The content of a .pyc that is used as it stands, whatever the time of its source."""
    code = compile(source, f"/lib/python/{name}", "exec", dont_inherit=True)
    flags = (0b01).to_bytes(4, "little")  # by the sum of the source, and not checked (PEP 552)
    return importlib.util.MAGIC_NUMBER + flags + importlib.util.source_hash(source) + marshal.dumps(code)


def rewrite(wheel: Path) -> None:
    """Put the compiled files into a wheel."""
    stays = wheel.name.startswith(SOURCE_STAYS)
    draft = wheel.with_suffix(".part")
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for entry in old.infolist():
            content = old.read(entry)
            if stays or not entry.filename.endswith(".py"):
                new.writestr(entry, content, zipfile.ZIP_DEFLATED)
            if entry.filename.endswith(".py"):
                folder, _, name = entry.filename.rpartition("/")
                name = f"__pycache__/{name[:-3]}.{CACHE_TAG}.pyc" if stays else f"{name}c"
                place = f"{folder}/{name}" if folder else name
                new.writestr(
                    zipfile.ZipInfo(place, entry.date_time), compiled(entry.filename, content), zipfile.ZIP_DEFLATED
                )
    draft.replace(wheel)


CACHE_TAG = importlib.util.cache_from_source("x.py").split(".")[-2]
for found in sorted(Path("/wheels").glob("*-none-any.whl")):
    rewrite(found)
