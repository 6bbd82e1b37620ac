"""Tell sentences from code, log lines and values of fields, by the little words that only sentences have."""

import re

LITTLE = frozenset(
    "a an the i it is was are be been to of and or but not no on in at for with from my me we you your our they this "
    "that there when what why how if so as do does did has have had can cannot would should will just only then than "
    "after before because about out up all any every which its it's i'm don't doesn't didn't isn't can't won't "
    "der die das ich es ist und nicht ein eine mit zu den von auf wenn wird el la los las un una que y no de en por "
    "con se es mi le les des et je ne pas est une dans pour sur qui o os as um uma não eu para com il lo che di per "
    "non sono mi ha".split()
)
# Of these a sentence that a person writes holds one; messages of programs seldom do.
VOICE = frozenset(
    "i my me we our us you your it it's they every when then again just after before because but why so there i'm "
    "don't can't won't didn't will would should what ich wir mein mir wenn aber yo mi me cuando pero je mon quand mais "
    "eu meu quando mas io mio ma".split()
)
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
SIGN = re.compile(r"[{}()\[\]<>=;|\\/_$#@^*+~]")
UNSPACED = re.compile("[぀-ヿ㐀-鿿가-힯]")
FEWEST = 5
LEAST_LITTLE = 0.2
MOST_SIGNS = 0.04
LONGEST = 1_000


def prose(text: str) -> bool:
    """Whether the beginning of a text reads like a sentence.

    >>> prose("It hangs every time, and then nothing happens"), prose("ENOENT: no such file or directory, open 'a.js'")
    (True, False)
    """
    text = text[:LONGEST]
    if len(SIGN.findall(text)) > MOST_SIGNS * len(text):
        return False
    if len(UNSPACED.findall(text)) > 0.3 * len(text):
        return True
    words = WORD.findall(text.lower().replace("’", "'"))
    if len(words) < FEWEST or VOICE.isdisjoint(words):
        return False
    return sum(word in LITTLE for word in words) >= LEAST_LITTLE * len(words)
