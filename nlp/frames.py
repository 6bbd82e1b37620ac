"""Column contracts: what a function that takes a DataFrame expects of it."""

from collections.abc import Mapping

import pandas as pd
from pandas.api import types


class MissingColumns(KeyError):
    """A frame lacks columns that the function reads."""

    def __str__(self) -> str:
        return str(self.args[0])


class WrongColumnType(TypeError):
    """A column holds another sort of value than the function reads."""


SORTS = {
    "datetime": types.is_datetime64_any_dtype,
    "int": types.is_numeric_dtype,
    "float": types.is_numeric_dtype,
    "bool": types.is_bool_dtype,
}


def require(frame: pd.DataFrame, columns: Mapping[str, str], *, what: str) -> pd.DataFrame:
    """The same frame, once every column of `columns` (name -> dtype in words) is there.

    Dtypes that begin with datetime, int, float or bool are checked when there are rows; others are only told.

    Raises:
        MissingColumns: a column is absent.
        WrongColumnType: a checked column is of another dtype.
    """
    absent = {name: kind for name, kind in columns.items() if name not in frame.columns}
    if absent:
        wanted = ", ".join(f"{name} ({kind})" for name, kind in absent.items())
        raise MissingColumns(f"{what}: expected {wanted}; got {', '.join(map(str, frame.columns))}; add or map them")
    if frame.empty:
        return frame
    for name, kind in columns.items():
        wrong = [sort for sort, holds in SORTS.items() if kind.startswith(sort) and not holds(frame[name])]
        if wrong:
            raise WrongColumnType(f"{what}: expected {name} as {kind}, got {frame[name].dtype}; convert it first")
    return frame
