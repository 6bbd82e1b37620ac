"""What a recogniser of obfuscation finds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hidden:
    """Characters `start` to `end` (half-open) of a text, and what they were meant to be read as."""

    start: int
    end: int
    plain: str
