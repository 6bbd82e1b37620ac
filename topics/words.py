"""Cut a claim into words, each with the part it can play in a phrase."""

import re
from dataclasses import dataclass
from functools import lru_cache

from topics.formulas import without_formulas
from topics.little_words import FOREIGN

_LONGEST_CLAIM = 2_000  # characters; a name is in the first screen of a text
_LONGEST_WORD = 24

# What cannot be part of a phrase and parts the words on its two sides.
_BREAK = re.compile(
    r"<[A-Z][A-Z_]*_\d+>"  # redaction tokens
    r"|&\w+;|<[^>]{0,60}>|https?://\S+|www\.\S+|[@#]\w+|\S*[\\/~=<>{}\[\]|`]\S*|\S*\w\(\)\S*"
    r"|\S+\.(?:json|md|py|js|ts|tsx|exe|txt|yaml|yml|toml|log|sh)\b"
    r"|\.\s|\.$|[,;:!?()\"“”„«»…•*+\n\t]|\s[-–—]+\s|\.{2,}|[。、，！？；：]"
)
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_MENTION = re.compile(r"(?<!\w)@\w{2,}")
_LETTER = re.compile(r"[^\W\d_]")

# Sorted by use: never at the edge of a phrase, but inside it ("charges for data").
_LITTLE = frozenset(
    """
    a an the of for to in on at by with from into and or as is are was were be been being my your
    our their its his her this that these those no not without when while after before during over
    per than vs via de la el los las en y del por para con un una le les des du et une au aux der
    die das und im mit von zu den ein eine do da dos e em o os na com um uma di il che i
    """.split()
)
_EMPTY = frozenset(
    """
    use uses used using finally ugh smh asap wow hmm argh grr meh lmao damn moment idk tbh imo ffs omfg
    afterwards soon later anymore tonight tomorrow monday tuesday wednesday thursday friday saturday sunday
    i me we you he she it they them us him who whom whose which what where why how all any both each
    few more most other some such only own same so too very can will just don't should now also am
    do does did doing done have has had having would could might must shall may cannot cant can't
    won't wont doesn't didn't isn't aren't wasn't weren't haven't hasn't hadn't wouldn't couldn't
    shouldn't dont doesnt didnt isnt im i'm ive i've i'd i'll it's its that's there's there here
    they're we're we've you're you've let let's he's she's what's u ur r if then else but because
    until against between through above below up down out off again further once even still yet
    already ever never always often usually sometimes maybe perhaps really actually basically
    literally simply quite rather almost about around across within upon every everything everyone
    anything anyone nothing something someone nobody somebody somehow get gets getting got gotten go
    goes going gone went come comes came make makes making made take takes taking took put puts say
    says said saying tell tells told see sees seen saw want wants wanted know knows knew think
    thinks thought seem seems like likes liked one two three much many lot lots way ways thing
    things stuff bit kind sort sure ok okay yes yeah please pls plz thanks thank hi hello hey etc eg
    ie amp gt lt nbsp via per lol omg wtf ha haha rt re well able today yesterday keep keeps kept
    trying try tried tries give gives given gave another since ago however although though instead
    despite therefore thus com www http https html null true false undefined none n't ll ve isn ain
    que se lo su más mas pero como si ya muy mi es está no une est pas qui dans sur ce pour je nous
    vous ich ist nicht sich auf für auch wir sie não mais isso
    """.split()
)
# May stand in a phrase, but say nothing alone.
_WEAK = frozenset(
    """
    wrong correct right nice poor bad stuck
    time times day days week weeks month months year years hour hours minute minutes min mins new
    old first last next long short good bad great best better need needs needed
    issue issues problem problems people person work works working worked thing number call called
    set full end start point way help change changes different multiple several single add added
    adding find found look looking show shows ask asked asking user users please expected behavior
    behaviour actual current currently case feature features request requests bug bugs report
    reports complaint complaints fail fails failed error errors support option options allow allows
    causes caused persist persists back reason reasons half middle whole single small big part parts hand
    different similar various happened happens following described certain true guys hope important
    minor major extra other person colleague colleagues suggestion idea wish worth
    """.split()
)


@dataclass(frozen=True, slots=True)
class Segment:
    """Words between two borders: as written, in small letters, the part of each (see `kind`), and where.

    `spans` are offsets into the claim.
    """

    words: tuple[str, ...]
    low: tuple[str, ...]
    kinds: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


def segments(claim: str) -> list[Segment]:
    """Stretches of words of a claim, parted by punctuation, formulas, redaction tokens, addresses, code.

    Any script works: a word is a run of letters and digits. What follows 2,000 characters is left out.
    """
    text = without_formulas(claim[:_LONGEST_CLAIM])
    borders = [match.span() for match in _BREAK.finditer(text)]
    starts = [0, *(end for _, end in borders)]
    ends = [*(start for start, _ in borders), len(text)]
    found = []
    for start, end in zip(starts, ends, strict=True):
        matches = list(_WORD.finditer(text, start, end))
        if matches:
            words = tuple(match[0] for match in matches)
            low = tuple(word.lower().replace("’", "'") for word in words)
            spans = tuple(match.span() for match in matches)
            found.append(Segment(words, low, tuple(kind(word) for word in low), spans))
    return found


def content_stems(claim: str) -> set[str]:
    """Stems of the words that say something alone, outside links, code and redaction tokens.

    Formulas are not looked for: three times faster than `segments`, for counts over many claims.
    """
    words = _WORD.findall(_BREAK.sub(" ", claim[:_LONGEST_CLAIM]).lower().replace("’", "'"))
    return {stem(word) for word in words if kind(word) == "content"}


def mentions(claim: str) -> set[str]:
    """Accounts a claim is addressed to, small letters: {"@united"}."""
    return {found.lower() for found in _MENTION.findall(claim)}


@lru_cache(maxsize=200_000)
def kind(word: str) -> str:
    """content, weak (not alone), little (only between two others) or empty (ends a phrase)."""
    if word in _EMPTY:
        return "empty"
    if word in _LITTLE:
        return "little"
    if word in FOREIGN:
        return "empty"
    if word in _WEAK:
        return "weak"
    if len(word) < 2 or len(word) > _LONGEST_WORD or not _LETTER.search(word):
        return "empty"
    digits = sum(letter.isdigit() for letter in word)
    return "empty" if digits > 3 and digits * 2 > len(word) else "content"


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Word without the endings by which English counts and conjugates; close enough to count alike.

    >>> [stem(w) for w in ("charges", "charged", "charging", "policies", "business")]
    ['charg', 'charg', 'charg', 'policy', 'business']
    """
    word = word.removesuffix("'s")
    if not word.isascii():
        return word
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    for ending in ("ing", "ed", "es", "s", "e"):
        root = word.removesuffix(ending)
        if root != word and len(root) >= 3 and not word.endswith(("ss", "us", "is", "eed")):
            doubled = len(root) > 3 and root[-1] == root[-2] and root[-1] not in "lsz" and ending in ("ing", "ed")
            return root[:-1] if doubled else root
    return word
