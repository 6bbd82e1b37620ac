"""Hears how a delivery by Apprise failed: it tells nobody but its own log whether the line broke."""

import logging
import re
from typing import Self

LOGGER = "apprise"
BROKE = "Socket Exception"
"""How its plugins begin what they say of a connection that failed, at level DEBUG."""
UNSENT = re.compile(
    r"(?i)failed to establish a new connection|connection refused|connect timeout|name or service not known"
    r"|name resolution|nodename nor servname|no route to host|network is unreachable|ssl|certificate|proxyerror"
    r"|invalid (url|schema)|no connection adapters"
)
"""Failures before the message was on its way: it surely did not arrive."""
REFUSED = re.compile(r"\berror\s?=\s?\d")
"""How its plugins say, at level WARNING, that the service answered with another code than it should."""


class LineEars(logging.Filter):
    """While it listens, `refused` tells whether a failure surely left nothing at the receiver.

    That is so only where Apprise says that the service answered or could not be reached, and no line broke: of a
    failure it says nothing of, for instance because logging is off, nobody knows.

    Apprise's debugging lines, which hold the secrets of its address, come no further than here.
    """

    def __init__(self) -> None:
        super().__init__()
        self._broken = self._answered = False
        self._logger = logging.getLogger(LOGGER)
        self._level = self._logger.level
        self._heard_by_others = self._logger.getEffectiveLevel()

    def filter(self, record: logging.LogRecord) -> bool:
        """Take note of the record; it goes on only if it would have without us."""
        text = record.getMessage()
        if BROKE in text:
            unsent = UNSENT.search(text) is not None
            self._answered |= unsent
            self._broken |= not unsent
        self._answered |= REFUSED.search(text) is not None
        return record.levelno >= self._heard_by_others

    @property
    def refused(self) -> bool:
        """Whether the message surely did not arrive, if the delivery failed."""
        return self._answered and not self._broken

    def __enter__(self) -> Self:
        self._logger.addFilter(self)
        self._logger.setLevel(logging.DEBUG)
        return self

    def __exit__(self, *_: object) -> None:
        self._logger.removeFilter(self)
        self._logger.setLevel(self._level)
