"""What a text has at all, computed once, so that most recognisers need not look at it."""

import re
from functools import cached_property

from nlp.people import UPPER
from nlp.people_lowercase import without_capitals

DIGIT = re.compile(r"\d")
# Digits that could be one number, whatever stands between them.
NUMBER = re.compile(r"\d(?:[ .()/+-]{0,3}\d)+")
CAPITAL_THEN_NUMBER = re.compile(rf"[{UPPER}][\w'.\u2019-]{{0,30}} (?:[\w.]{{1,12}} )?\d")
NUMBER_THEN_CAPITAL = re.compile(rf"\d[A-Za-z]?\.?,? {{1,2}}(?:[a-z']{{1,5}} )?[{UPPER}]")
DIGIT_BEFORE_CAPITALS = re.compile(r"\d(?<=[\dA-Z] .)[A-Z]{2}")
CODE_BEHIND_CAPITAL = re.compile(r"\d(?<=[A-Z][ -].)\d{3}")
PERSONAL_NUMBER = re.compile(r"\d(?<=[A-Z]{5}.)\d{3}")
MOST_DIGITS = 100_000


class Traits:
    """The traits of one text, each found when it is first asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.digits = 0 if text.isalpha() else len(DIGIT.findall(text, 0, MOST_DIGITS))

    @cached_property
    def number(self) -> int:
        """Digits in the longest number; 0 where no two stand together."""
        if self.digits < 2:
            return 0
        return max((len(DIGIT.findall(found)) for found in NUMBER.findall(self.text)), default=0)

    @cached_property
    def longest(self) -> int:
        """Length of the longest stretch without a space."""
        return max(map(len, self.text.split()), default=0)

    @cached_property
    def capital_then_number(self) -> bool:
        """Whether a number follows a capitalised word, perhaps with a short word between."""
        return self.digits > 0 and CAPITAL_THEN_NUMBER.search(self.text) is not None

    @cached_property
    def number_then_capital(self) -> bool:
        """Whether a capital follows a number, perhaps with a short word between."""
        return self.digits > 0 and NUMBER_THEN_CAPITAL.search(self.text) is not None


def any_digit(seen: Traits) -> bool:
    """Whether there is a digit."""
    return seen.digits > 0


def eight_digits(seen: Traits) -> bool:
    """Whether there are eight digits."""
    return seen.digits >= 8


def four_in_a_row(seen: Traits) -> bool:
    """Whether a number has four digits."""
    return seen.number >= 4


def six_in_a_row(seen: Traits) -> bool:
    """Whether a number has six digits."""
    return seen.number >= 6


def twelve_in_a_row(seen: Traits) -> bool:
    """Whether a number has twelve digits."""
    return seen.number >= 12


def long_word(seen: Traits) -> bool:
    """Whether digits and a stretch of 32 signs without a space occur."""
    return seen.digits >= 3 and seen.longest >= 32


def digit_and_long_word(seen: Traits) -> bool:
    """Whether a digit and a stretch of 15 signs without a space occur: no vendor's key is shorter."""
    return seen.digits > 0 and seen.longest >= 15


def two_colons(seen: Traits) -> bool:
    """Whether digits and two colons occur."""
    return seen.digits > 0 and seen.text.count(":") > 1


def five_marks(seen: Traits) -> bool:
    """Whether the signs that part a hardware address occur."""
    text = seen.text
    return seen.digits > 0 and (text.count(":") > 4 or text.count("-") > 4 or text.count(".") > 1) and seen.longest > 13


def number_then_capital(seen: Traits) -> bool:
    """Whether a capital follows a number."""
    return seen.number_then_capital


def capital_then_number(seen: Traits) -> bool:
    """Whether a number follows a capitalised word."""
    return seen.capital_then_number


def british_postcode(seen: Traits) -> bool:
    """Whether the end of a British postcode occurs, behind a space."""
    return seen.digits > 1 and DIGIT_BEFORE_CAPITALS.search(seen.text) is not None


def code_behind_capital(seen: Traits) -> bool:
    """Whether four digits stand behind a capital and a space or hyphen, as in "TX 75001" and "D-80331"."""
    return seen.digits >= 4 and CODE_BEHIND_CAPITAL.search(seen.text) is not None


def personal_number(seen: Traits) -> bool:
    """Whether there are six digits, or four behind five capitals: no state's number of a person has fewer."""
    return seen.digits >= 6 or (seen.digits >= 4 and PERSONAL_NUMBER.search(seen.text) is not None)


def no_capitals(seen: Traits) -> bool:
    """Whether no letter is a capital."""
    return without_capitals(seen.text)
