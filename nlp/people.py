"""Find the names of people by pattern: from lists of names, and by the words that introduce or mention a person."""

import re
from dataclasses import dataclass

from nlp.name_lists import CONTRACTION, GIVEN, KNOWN, MAYBE_GIVEN, MAYBE_SURNAME, SURNAME, kind, unaccented
from nlp.redact_checks import Found

ANY_NAME = GIVEN | MAYBE_GIVEN | SURNAME | MAYBE_SURNAME
ANY_MAYBE = MAYBE_GIVEN | MAYBE_SURNAME
UPPER = (
    "A-Z\u00c0-\u00d6\u00d8-\u00de\u0100\u010c\u0106\u010e\u0110\u0141\u015a\u0160\u0164\u017b\u017d\u0130\u0386-\u03ab"
    "\u0401-\u042f"
)
REST = r"[\w\u00ad'\u2019-]{1,30}"
WORD = rf"[{UPPER}]{REST}"
# Words in lower case inside a name.
PARTICLES = "van|von|der|den|de|del|da|di|dos|do|du|la|le|ten|ter|bin|al|el|af|zu"
# Capitalised words in a row, initials and particles between them.
RUN = re.compile(
    rf"[{UPPER}](?<![\w@#`/\\.<_$].)(?<!\w-.)(?<!::.)(?:{REST}|(?:\. ?[{UPPER}]){{1,2}}{REST})"
    rf"(?: {{1,2}}(?:{WORD}|[{UPPER}](?:\. ?|(?= ))(?=[{UPPER} ])|(?:{PARTICLES})(?= ))){{0,7}}(?![\w@`/\\_<=(]|\.\w)"
)
PIECE = re.compile(r"\S+")
TITLES = frozenset(
    "mr mrs ms miss mister dr prof professor doctor sir herr frau monsieur madame mme mlle senor senora sr sra srta "
    "signor signora sig dott dhr mevr pan pani hr fru fraulein rev sgt lt capt officer detective nurse aunt uncle "
    "judge sheikh don dona".split()
)
OPENERS = frozenset(
    "hi hello hey dear thanks thank regards sincerely cheers and but so because when if while with from to by for ask "
    "tell told my our his her their also then after before since did does has is was will would can could should how "
    "why what where who as per via meet met contact call email only even yes no ok well now today yesterday poor old "
    "both like unlike plus hallo hola bonjour liebe lieber ciao ola caro cara beste kj\u00e6re signed love".split()
)
GREETINGS = frozenset("hi hello hey dear hallo hola bonjour liebe lieber ciao caro cara".split())
# What makes the neighbour of a name a company, a place or a thing.
THINGS = frozenset(
    "inc llc ltd gmbh corp corporation company group university college school hospital street st road avenue lane "
    "airport county park award prize foundation bank store shop hotel church bridge river lake island beach "
    "valley".split()
)
CLOSES = re.compile(
    r"\b(?:[Rr]egards|[Ss]incerely(?: yours)?|[Yy]ours (?:truly|faithfully)|[Cc]heers|[Tt]hanks|[Tt]hank you|[Ss]igned|"
    r"Gr\u00fc\u00dfen?|Gru\u00df|Cordialement|Atentamente|Saludos|[Aa]tenciosamente|[Gg]roet(?:en)?|[Hh]ilsen|"
    r"Cordiali saluti)"
    r"[,.!]?\s{1,3}[-\u2013\u2014]?\s?$"
)
# After thanks a sentence may begin: "Thanks! Hopefully it ...".
RUNS_ON = re.compile(r" (?:I\b|[a-z\u00df-\u00ff'])")
# Endings of words that head a list or a section, hardly ever of a name.
ORDINARY_ENDING = re.compile(
    r"(?:tion|sion|ment|ness|ware|ible|able|ility|ism|ing|ed|ly|ance|ence|ize|ise|ify|arounds?)s?$"
)
# Text in front that only a name follows.
INTRODUCES = re.compile(
    r"(?:\b(?:[Mm]y|[Ff]ull|[Ff]irst|[Ll]ast|[Mm]aiden|[Rr]eal|[Ll]egal|[Ff]amily|[Cc]ontact|[Cc]ustomer|[Hh]is|"
    r"[Hh]er|[Yy]our|\w+['\u2019]s) name(?: is|'s|\?| on (?:it|the \w+) is)?:? {0,8}|(?:^|"
    r"[\n,;(]) ?[Nn]ame ?[:=] {0,8}|"
    r"\b[Nn]ame is |\bname of |\b(?:call(?:s|ed)? (?:me|him|her)|(?:was|is|am) (?:called|named)|named (?:me|him|her)) |"
    r"\b[Dd]ear |"
    r"\b(?:ich hei(?:\u00df|ss)e|[Mm]e llamo|m'appelle|mi chiamo|meu nome \u00e9|mijn naam is|nazywam si\u0119) |"
    r"\b(?:[Mm]rs?|[Mm]s|Dr|Prof|Herrn?|Frau|Mme|Mlle|Sra?|Srta|Sig|Dott|Dhr|Hr|Rev|Sgt|Capt|Lt)\.? )$"
)
SELF = re.compile(r"\b(?:I['\u2019]m|I am|[Tt]his is) $")
SELF_AFTER = re.compile(r",? (?:from|a|an|the|and I|here|writing|your)\b")
# Text in front that goes with a person, though also with other things.
MENTIONS = re.compile(
    r"\b(?:(?:spoke|spoken|talked|talking|speak|listened) (?:to|with)|(?:under|in) the name of|named|"
    r"agent|rep|representative|singer|songwriter|actor|director|author|founders?|producer|CEO|president|"
    r"minister|senator|"
    r"belongs to|billed to|on behalf of|assistant to|told|asked|met|follow(?:ed)? up with|listen to|heard from|"
    r"contact(?:ed)?:?|(?:billing )?address:|written by|directed by|starring|sung by|says|said|shouted at|tribute to|"
    r"signed by|sent by|it['\u2019]s under|not by|song by),? {1,8}$",
    re.I,
)
# Relatives and colleagues, where one word that no list knows is a name too.
KIN = re.compile(
    r"\b(?:[Mm]y|[Hh]is|[Hh]er|[Oo]ur|[Tt]heir)(?: \w+)? (?:colleague|co-?worker|manager|boss|friend|wife|"
    r"husband|brother|"
    r"sister|daughter|son|kid|child|neighbou?r|assistant|mother|father|mom|mum|dad|partner|lawyer|therapist|"
    r"doctor|nurse|"
    r"teacher|aunt|uncle|cousin|niece|nephew|grandmother|grandfather|fianc\u00e9e?|girlfriend|boyfriend),? $|"
    r"[,\"\u201d] (?:says|said) $"
)
ADDRESSED = re.compile(r"[a-z], $")
PERSONAL = re.compile(
    r" (?:lives (?:at|on)|shouted at|began writing|was born|died (?:in|on|at)|got married|married)\b|"
    r"['\u2019]s (?:wife|husband|daughter|son|kid|mother|father|brother|sister|birthday|maiden)\b"
)
MENTIONED_AFTER = re.compile(
    r"(?: (?:says|said|told (?:me|us)|lives in|wrote (?:me|back|to|that)|called me|had given|answered|replied|"
    r"is my|and I|"
    r"is from|explained|will be (?:talking|speaking))\b|,? (?:\w+ ){0,3}said:|,? (?:PhD|MD|RN|Esq)\b|"
    r"['\u2019]s (?:email|e-mail|phone|address|house|killers?)\b|, (?:can|could) (?:I|you)\b|\n{1,2}[>? ]*<ADDRESS_|"
    r"\n[>? ]*[^\n<]{1,60}\n[>? ]*<ADDRESS_)"
)
BESIDE_BEFORE = re.compile(rf"(?<![\w@#`/.-])({WORD}),? (?:and |& )?$")
BESIDE_AFTER = re.compile(rf",? (?:and|&) ({WORD})(?![\w@`/(]|\.\w)")


@dataclass(frozen=True, slots=True)
class Row:
    """Capitalised words in a row: the text they stand in, the words, where each begins, what each may be."""

    text: str
    words: list[str]
    starts: list[int]
    kinds: list[int]

    def end(self, at: int) -> int:
        """Where the word `at` ends in the text."""
        return self.starts[at] + len(self.words[at])


def people(match: re.Match[str]) -> Found:
    """The names within a row of capitalised words."""
    text = match[0]
    if " " not in text:
        bits = kind(text)
        return () if bits == KNOWN else _names(Row(match.string, [text], [match.start()], [bits]))
    words = text.split()
    kinds = [kind(word) for word in words]
    if kinds.count(KNOWN) == len(kinds):
        return ()
    starts = [match.start() + piece.start() for piece in PIECE.finditer(text)]
    return _names(Row(match.string, words, starts, kinds))


def _names(row: Row) -> Found:
    words, starts = row.words, row.starts
    at, titled = 0, False
    while at < len(words):
        if unaccented(words[at]) in TITLES:
            titled, at = True, at + 1
            continue
        end = _stretch(row, at)
        if end > at and _is_person(row, at, end, titled=titled):
            name = trimmed(row.text[starts[at] : row.end(end - 1)])
            yield starts[at], starts[at] + len(name)
        titled, at = False, max(end, at + 1)


def trimmed(name: str) -> str:
    """A name without the possessive and the punctuation behind it."""
    return name.removesuffix("'s").removesuffix("\u2019s").rstrip(".'\u2019-")


def _stretch(row: Row, at: int) -> int:
    """Where the words that may be one name end, beginning at `at`; `at` if its word can begin none."""
    end = at
    while end < len(row.words) and end - at < 5:
        bits, small = row.kinds[end], _small(row.words[end])
        if (small and end == at and row.words[at][0].islower()) or (
            bits & KNOWN and not bits & ANY_MAYBE and not small
        ):
            break
        end += 1
    while end > at and _small(row.words[end - 1]):
        end -= 1
    return end


def _small(word: str) -> bool:
    """An initial or a particle."""
    return len(word.rstrip(".")) < 2 or word[0].islower()


def _is_person(row: Row, at: int, end: int, *, titled: bool) -> bool:
    """Whether the words from `at` to `end` are a person, by the lists and by what stands around them."""
    follows = unaccented(row.words[end]) if end < len(row.words) and not _small(row.words[end]) else ""
    ahead = unaccented(row.words[at - 1]) if at else ""
    own = [row.kinds[i] for i in range(at, end) if not _small(row.words[i])]
    if not own:
        return False
    if _small(row.words[at]) and len(own) == 1:
        return _certain(own) or _surname(own[0])
    if follows in THINGS:
        return False
    if row.words[at].isupper() and len(row.words[at]) > 2:
        return len(own) > 1 and _certain(own) and _surname(own[-1])
    if len(own) > 1 and _full_name(row, own, at, end):
        return True
    free = not ahead or ahead in OPENERS or CONTRACTION.match(row.words[at - 1]) is not None
    if titled or (free and not follows and (_certain(own) or (_surname(own[-1]) and _in_running_text(row, at)))):
        return True
    return free and _in_company(row, at, end, own)


def _certain(own: list[int]) -> bool:
    """Whether one of the words is a given name and nothing else."""
    return any(bits & GIVEN and not bits & KNOWN for bits in own)


def _surname(bits: int) -> bool:
    return bool(bits & SURNAME and not bits & KNOWN)


def _full_name(row: Row, own: list[int], at: int, end: int) -> bool:
    """Whether two words or more are given name and surname, or words of no list with an initial between them."""
    if _certain(own) or (own[0] & MAYBE_GIVEN and _surname(own[-1])):
        return True
    if any(bits & KNOWN for bits in own) or ORDINARY_ENDING.search(row.words[at]):
        return False
    small = [word for word in row.words[at:end] if _small(word)]
    return _surname(own[-1]) and not small or (bool(small) and all(word[0].isupper() for word in small))


def _in_running_text(row: Row, at: int) -> bool:
    """Whether a word in lower case or a comma stands in front, so that no sentence or heading begins here."""
    return bool(
        re.search(r"[a-z\u00df-\u00ff][,&]? [\"\u201c]?$", row.text[max(0, row.starts[at] - 4) : row.starts[at]])
    )


def _in_company(row: Row, at: int, end: int, own: list[int]) -> bool:
    """Whether the words around say that a person is meant."""
    if own[0] & KNOWN and not own[0] & ANY_MAYBE:
        return False
    front = row.text[max(0, row.starts[at] - 40) : row.starts[at]]
    close = row.starts[at] + len(trimmed(row.text[row.starts[at] : row.end(end - 1)]))
    unsure = len(own) == 1 and not _certain(own)
    if CLOSES.search(front):
        return not (unsure and RUNS_ON.match(row.text, close))
    if at and unaccented(row.words[at - 1]) in GREETINGS:
        return row.text[close : close + 1] in ("", ",", "!", "\n")
    if INTRODUCES.search(front) or (SELF.search(front) and SELF_AFTER.match(row.text, close)):
        return True
    if KIN.search(front) or PERSONAL.match(row.text, close) or _beside_a_name(row, own, front, close):
        return True
    if own[0] & MAYBE_GIVEN and ADDRESSED.search(front) and row.text[close : close + 1] in ("!", "?"):
        return True
    if len(own) > 1 or (own[0] & (MAYBE_GIVEN | SURNAME) and not own[0] & KNOWN):
        return bool(MENTIONS.search(front) or MENTIONED_AFTER.match(row.text, close))
    return False


def _beside_a_name(row: Row, own: list[int], front: str, close: int) -> bool:
    """Whether "and" or a comma joins the words with a name."""
    before, after = BESIDE_BEFORE.search(front), BESIDE_AFTER.match(row.text, close)
    if after and kind(after[1]) & (GIVEN | SURNAME) and not kind(after[1]) & KNOWN:
        return True
    return bool(before and own[0] & ANY_NAME and _certain([kind(before[1])]))
