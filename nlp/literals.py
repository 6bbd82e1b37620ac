"""Look for a regular expression only where a word that every match of it must hold occurs: the same finds, faster."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

# More words than this take longer to look for than the expression itself.
MOST = 40
SHORTEST = 2
# What `re.IGNORECASE` takes for an ASCII letter though its lower case is another.
FOLDED = str.maketrans({"\u017f": "s", "\u0131": "i", "\u0307": None})

Words = frozenset[str]


def lowered(text: str) -> str:
    """The text in lower case, for `Guarded.possible`; its offsets may differ from the text's."""
    low = text.lower()
    if low.isascii() or not ("\u017f" in low or "\u0131" in low or "\u0307" in low):
        return low
    return low.translate(FOLDED)


@dataclass(frozen=True)
class Guarded:
    """A compiled expression and the lower-case words of which each of its matches holds one (() if unknown)."""

    pattern: re.Pattern[str]

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Shortest first, without those that hold another."""
        return required(self.pattern)

    def possible(self, low: str) -> bool:
        """Whether a text, given as `lowered`, may hold a match."""
        words = self.words
        if not words:
            return True
        for word in words:  # noqa: SIM110 - a generator takes twice as long here
            if word in low:
                return True
        return False

    def spans(self, text: str, low: str) -> Iterator[tuple[int, int]]:
        """Where the expression matches, one after the other; `low` is the text as `lowered`."""
        if self.possible(low):
            for match in self.pattern.finditer(text):
                yield match.span()


def required(pattern: re.Pattern[str]) -> tuple[str, ...]:
    """Lower-case words of which every match holds at least one; () where none can be named.

    >>> required(re.compile(r"rate[ _-]?limit|(?:429|too many)\\b"))
    ('429', 'limit', 'too many')
    """
    words = best(candidates(parser.parse(pattern.pattern, pattern.flags)))
    if words is None or len(words) > MOST:
        return ()
    alone = [word for word in words if not any(other in word for other in words if other != word)]
    return tuple(sorted(alone, key=lambda word: (len(word), word)))


def candidates(nodes: Iterable[Any]) -> Iterator[Words]:
    """Sets of words of which a match of this sequence holds one each: of its runs of letters, groups, choices."""
    run = ""
    for operation, argument in nodes:
        if operation is code.LITERAL:
            run += chr(argument)
            continue
        if operation is code.AT:
            continue
        if run:
            yield frozenset({lowered(run)})
            run = ""
        yield from held(operation, argument)
    if run:
        yield frozenset({lowered(run)})


def held(operation: Any, argument: Any) -> Iterator[Words]:
    """The sets of one element that is no plain letter."""
    if operation is code.SUBPATTERN:
        yield from candidates(argument[3])
    elif operation is code.BRANCH:
        choices = [best(candidates(choice)) for choice in argument[1]]
        if all(choices):
            yield frozenset().union(*(choice for choice in choices if choice))
    elif operation in (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT) and argument[0] > 0:
        yield from candidates(argument[2])
    elif operation is code.ATOMIC_GROUP:
        yield from candidates(argument)


def best(found: Iterable[Words]) -> Words | None:
    """The set whose shortest word is longest, of those the smallest; None where a word would be too short."""
    fit = [words for words in found if words and min(map(len, words)) >= SHORTEST]
    return max(fit, key=lambda words: (min(min(map(len, words)), 5), -len(words), sorted(words)), default=None)
