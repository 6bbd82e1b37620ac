"""When an estimate from audits says something: one rule for pages, tables and digests."""

WIDEST = 5
"""An interval that reaches beyond this many times its estimate tells nothing of it (docs/counts.md)."""


def tells(estimate: float | None, high: float | None) -> bool:
    """Whether an estimate with this upper end of its interval is worth a number; False where there is none.

    An estimate below one counts as one, so that a nought with a short interval still tells.

    >>> tells(396, 535), tells(6667, 64697), tells(0, 82911), tells(0, 4), tells(None, None)
    (True, False, False, True, False)
    """
    if estimate is None or high is None:
        return False
    return high <= WIDEST * max(estimate, 1)
