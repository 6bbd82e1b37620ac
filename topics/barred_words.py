"""Words that no name shows: slurs and obscenities, and what looks like a number of somebody."""

import re
from functools import lru_cache

from topics.words import stem

_BEGIN = tuple(
    """
    fuck fck fuk motherfuck shit bullshit cunt nigg kike faggot wanker twat bitch asshole arsehole
    dickhead cocksuck tranny retard spastic wetback paki gook raghead sandnig dyke whore slut pussy
    scheiss scheiß arschl fotze hurens wichs schlampe putain salope connard encul nique
    mierda puta puto cabron cabrón joder gilipoll maric coño pendej chinga
    caralho porra foda merda buceta viado cazzo stronz vaffan puttan minchia froci
    блять бляд хуй хуе пизд ебат еба пидор мудак сука kurwa chuj pierdol jeba
    """.split()
)
_WHOLE = frozenset(
    stem(word) for word in "fag fags ass arse piss dick cock tits cum spic coon chink bs wtf damn crap bullcrap".split()
)
_MASKED = re.compile(r"\d{5}|(?=.*\d.*\d.*\d)(?=.*[a-z]).{10,}")


@lru_cache(maxsize=50_000)
def barred(word: str) -> bool:
    """Whether a word, or the stem of one, may stand in no name.

    >>> barred("fucking"), barred("classifier"), barred("4711042")
    (True, False, True)
    """
    low = word.casefold()
    return low.startswith(_BEGIN) or low in _WHOLE or bool(_MASKED.search(low))
