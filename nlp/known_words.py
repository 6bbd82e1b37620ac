"""Whether letters make a word: a dictionary at hand, for telling decoded text from chance."""

from functools import cache

from nlp.tokens import tokenizer

ENDINGS = ("s", "es", "ed", "ing", "er", "ers", "or", "ly", "ive", "ives", "ion", "ions", "able", "al", "y")
SHORT = frozenset("a i am an as at be by do go he if in is it me my no of oh ok on or so to up us we".split())
"""Words of fewer than three letters; the dictionary has every pair of letters."""
LONGEST_WORD = 18


@cache
def known_words() -> frozenset[str]:
    """Some 21,000 lower-case English words and names of three letters or more: whole words of the tokenizer."""
    return frozenset(word for word in tokenizer().get_vocab() if len(word) >= 3 and word.isascii() and word.isalpha())


def is_word(letters: str) -> bool:
    """Whether these are an English word, perhaps with an ending, in any case.

    >>> is_word("Explosives"), is_word("xplsv")
    (True, False)
    """
    word = letters.lower()
    known = known_words()
    if len(word) < 3:
        return word in SHORT
    return word in known or any(
        word.endswith(ending) and len(word) - len(ending) >= 3 and _stem(word[: -len(ending)], known)
        for ending in ENDINGS
    )


def _stem(stem: str, known: frozenset[str]) -> bool:
    """ "mak(ing)" is of "make", "hack(er)" of "hack", "runn(ing)" of "run"."""
    return stem in known or f"{stem}e" in known or (stem[-1] == stem[-2] and stem[:-1] in known)


def parted(letters: str) -> list[str]:
    """The letters parted into known words, long ones rather than short; [] where they cannot be.

    Linear: every place is looked at LONGEST_WORD times at most.

    >>> parted("howtomakeabomb")
    ['how', 'to', 'make', 'a', 'bomb']
    """
    plain = letters.lower()
    known = known_words()
    best: list[tuple[int, int] | None] = [(0, 0)] + [None] * len(plain)
    for end in range(1, len(plain) + 1):
        for start in range(max(0, end - LONGEST_WORD), end):
            before, word = best[start], plain[start:end]
            if before is None or not (word in known if len(word) > 2 else word in SHORT):
                continue
            gain = before[0] + len(word) ** 2 - 4
            if best[end] is None or gain > (best[end] or (0, 0))[0]:
                best[end] = (gain, start)
    return _traced(plain, best)


def _traced(plain: str, best: list[tuple[int, int] | None]) -> list[str]:
    words: list[str] = []
    end = len(plain)
    while end and (step := best[end]) is not None:
        words.append(plain[step[1] : end])
        end = step[1]
    return [] if end else words[::-1]
