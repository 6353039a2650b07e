"""The tables as pandas DataFrames, for those who want one step further. The only module that imports pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lesson_lib.know.data import columns, rows

if TYPE_CHECKING:
    import pandas as pd

_DTYPES = {"integer": "Int64", "number": "Float64", "boolean": "boolean", "year": "Int64"}


def frame(table: str) -> pd.DataFrame:
    """One of the course's tables as a pandas DataFrame: one row each, empty cells missing, dates as dates.

    Columns of several entries (source_ids, confirmed_by …) hold Python lists. Raises UnknownName, DataError.

    >>> frame("claims").query("status == 'contradicted'")["id"].tolist()
    ['s12-rutte-ruled-out', 's14-nato-name']
    """
    # Half a second of import, so not before somebody asks for a frame.
    import pandas as pd

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
