"""Plain loops over arrays made into machine code at their first call, and kept on disk where that is possible."""

from collections.abc import Callable
from typing import Any


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` as machine code: same results, many times faster; one thread, so alike on any number of cores."""
    from numba import njit

    try:
        made: Callable[..., Any] = njit(cache=True)(function)
    except RuntimeError:
        # No folder can be written to: compiled anew in every process.
        made = njit(function)
    return made
