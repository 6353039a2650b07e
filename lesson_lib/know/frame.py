"""The tables as pandas DataFrames, for those who want one step further. The only module that imports pandas."""

from __future__ import annotations

import builtins
import sys
from typing import TYPE_CHECKING

from lesson_lib.know.catalogue import _
from lesson_lib.know.data import columns, rows
from lesson_lib.know.errors import LessonError

if TYPE_CHECKING:
    import pandas as pd

_DTYPES = {"integer": "Int64", "number": "Float64", "boolean": "boolean", "year": "Int64"}


class NoPandas(LessonError):
    """Said in place of a data frame where pandas is missing."""


def frame(table: str) -> pd.DataFrame:
    """One of the course's tables as a pandas DataFrame: one row each, empty cells missing, dates as dates.

    Columns of several entries (source_ids, confirmed_by …) hold Python lists. Raises UnknownName, DataError, and
    NoPandas where pandas is not installed.

    >>> frame("claims").query("status == 'contradicted'")["id"].tolist()
    ['s12-rutte-ruled-out', 's14-nato-name']
    """
    # Half a second of import, so not before somebody asks for a frame.
    try:
        import pandas as pd
    except ImportError:
        _only_say_it()
        raise NoPandas(
            _(
                "This cell needs pandas, which is not here: go on with the next one, no question needs it. "
                "With the course on a computer of your own it runs."
            )
        ) from None

    described = columns(table)
    values = list(rows(table).values())
    data: dict[str, pd.Series] = {}
    for name, column in described.items():
        cells = [row[name] for row in values]
        if column.type == "date":
            data[name] = pd.Series(pd.to_datetime(pd.Series(cells, dtype="object"), format="%Y-%m-%d"))
        elif column.type == "list":
            data[name] = pd.Series(cells, dtype="object")
        else:
            data[name] = pd.Series(cells, dtype=_DTYPES.get(column.type, "str"))
    return pd.DataFrame(data)


def _only_say_it() -> None:
    """In JupyterLite an error drops every cell that waits behind it: there the sentence is shown, and all go on."""
    shell = getattr(builtins, "get_ipython", lambda: None)()
    if sys.platform == "emscripten" and shell:

        def say(_shell: object, _kind: object, error: object, _trace: object, tb_offset: object = None) -> None:
            shell.display_pub.publish({"text/plain": str(error)})

        shell.set_custom_exc((NoPandas,), say)
