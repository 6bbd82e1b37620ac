"""Shorten a parsed claim to what could stand in a headline: noun phrases and clauses without their trimmings."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from topics.words import segments, stem

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_SUBJECTS = ("nsubj", "nsubjpass")
_OBJECTS = ("dobj", "attr", "oprd", "acomp")
_BLOCKING = ("ccomp", "xcomp", "dative", "expl", "csubj", "pcomp")
_KEPT_ADVERBS = frozenset("still never again twice always repeatedly constantly anymore".split())
_PARTICLES = frozenset("back up off out down away".split())
_UNASSERTED = frozenset("would should could might may must".split())  # "a checkbox would be enough"
_DENYING = ("fail", "refus", "unable", "declin", "stop", "imposs", "hard", "difficult", "ceas", "struggl", "forgot")
_BEFORE_NOUN = ("compound", "amod", "nmod")
_ARTICLES = ("a", "an", "the")
_NOUNS = ("NOUN", "PROPN")
_BE = frozenset("is are was were be been being 's".split())
_NOT = frozenset("not no never without cannot longer unable".split())


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a claim as `topics.words` cuts it: as written, in small letters, its part, its segment."""

    text: str
    low: str
    kind: str
    segment: int
    place: float


@dataclass(frozen=True, slots=True)
class Clause:
    """A shortened stretch: `words` in order, `form` noun, passive, clause or verb_object."""

    words: tuple[Word, ...]
    form: str

    @property
    def stems(self) -> tuple[str, ...]:
        """Stems of the words that say something, in order."""
        return tuple(stem(word.low) for word in self.words if word.kind in ("content", "weak"))

    @property
    def negated(self) -> bool:
        """Whether it says that something is not so."""
        return any(
            word.low in _NOT or word.low.endswith(("n't", "nt")) for word in self.words if word.kind != "content"
        )

    @property
    def place(self) -> float:
        """Where it begins in its claim, 0 first to 1 last."""
        return self.words[0].place


def nowhere(stem: str) -> bool:
    """No word is a word of all claims."""
    return False


def clauses(
    document: "Doc", allowed: Callable[[str], bool], *, everywhere: Callable[[str], bool] = nowhere
) -> Iterator[Clause]:
    """Every headline a parsed claim offers; trimmings whose words are not `allowed` (by stem) are left out.

    So is what stands `everywhere` before a noun: "data cap" for "Acme data cap" where all claims name Acme.
    """
    cutter = _Cutter(document, allowed, everywhere)
    for token in document:
        if token.pos_ in _NOUNS and token.dep_ not in ("compound", "nmod"):
            yield from cutter.nouns(token)
        elif token.pos_ in ("VERB", "AUX") and token.dep_ not in ("aux", "auxpass"):
            yield from cutter.verbs(token)


class _Cutter:
    """Selects tokens of one claim."""

    def __init__(self, document: "Doc", allowed: Callable[[str], bool], everywhere: Callable[[str], bool]) -> None:
        self._words = _by_token(document)
        self._allowed = allowed
        self._everywhere = everywhere

    def nouns(self, noun: "Token") -> Iterator[Clause]:
        """The noun with what stands before it, alone and with one phrase after it ("refund for the flight")."""
        core = self._noun(noun)
        if not core:
            return
        yield from self._made(core, "noun")
        for extra in self._phrases_after(noun):
            yield from self._made(core + extra, "noun")

    def verbs(self, verb: "Token") -> Iterator[Clause]:
        """The verb with subject, negation and object, alone and with one phrase after it ("crashes on start")."""
        children = {child.dep_ for child in verb.children}
        if children & set(_BLOCKING) or any(child.dep_ == "conj" and child.i < verb.i for child in verb.children):
            return
        subject = self._subject(verb)
        objects = self._object(verb)
        if subject is None or objects is None:
            return
        if self._unasserted(verb, subject) or (verb.lower_ in _BE and not (subject and objects)):
            return
        passive = any(child.dep_ in ("auxpass", "nsubjpass") for child in verb.children)
        before = self._before(verb)
        if subject and before and before[0].i < subject[0].i:
            return  # "hasn't the transfer arrived"
        denial = self._denial(verb)
        if denial is None:
            return
        core = [*subject, *denial, *before, verb, *objects]
        form = "passive" if passive else "clause" if subject else "verb_object"
        yield from self._made(core, form)
        last = verb if not objects else objects[-1]
        for extra in [*self._phrases_after(verb), *(self._phrases_after(last) if last.i != verb.i else [])]:
            yield from self._made([*core, *extra], form)

    def _unasserted(self, verb: "Token", subject: "list[Token]") -> bool:
        """Whether it is a wish or a question: "would be enough", "can my daughter open an account"."""
        helpers = [child for child in verb.lefts if child.dep_ == "aux"]
        if any(child.lower_ in _UNASSERTED for child in helpers):
            return True
        negated = any(child.dep_ == "neg" for child in verb.lefts)
        return bool(subject) and verb.tag_ == "VB" and not negated

    def _subject(self, verb: "Token") -> "list[Token] | None":
        """Tokens of the subject, none for a pronoun; None where it cannot be said."""
        for child in verb.lefts:
            if child.dep_ in _SUBJECTS:
                return (self._noun(child) or None) if child.pos_ in _NOUNS else []
        return []

    def _object(self, verb: "Token") -> "list[Token] | None":
        """Tokens of object or complement with particles, None where one is needed that cannot be said."""
        found: list[Token] = []
        for child in verb.rights:
            if child.dep_ == "prt" or (
                child.lower_ in _PARTICLES and child.dep_ == "advmod" and verb.lower_ not in _BE
            ):
                found.append(child)
            elif child.dep_ == "neg":
                found.append(child)  # "is not available"
            elif child.dep_ in _OBJECTS:
                said = self._noun(child) if child.pos_ in _NOUNS else self._adjective(child)
                if not said:
                    return None
                articles = [token for token in child.lefts if token.lower_ in _ARTICLES]
                found += [*(articles if child.dep_ == "attr" else []), *said]
        return found

    def _adjective(self, token: "Token") -> "list[Token]":
        if token.pos_ != "ADJ" or not self._can_say(token):
            return []
        return [*(child for child in token.lefts if child.dep_ == "neg"), token]

    def _before(self, verb: "Token") -> "list[Token]":
        """Negation with its auxiliary, adverbs that make a difference ("still blocked"), the "has" of "has been"."""
        negations = [child.i for child in verb.lefts if child.dep_ == "neg" and child.lower_ != "never"]
        return [
            child
            for child in verb.lefts
            if child.dep_ == "neg"
            or child.lower_ in _KEPT_ADVERBS
            or (child.dep_ == "aux" and (negations and child.i < negations[0] or verb.lower_ == "been"))
        ] + [token for child in verb.children if child.lower_ == "longer" for token in child.subtree]

    def _denial(self, verb: "Token") -> "list[Token] | None":
        """What "open files" hangs on in "unable to open files"; None where that cannot be said."""
        if verb.dep_ != "xcomp":
            return []
        if any(child.dep_ == "neg" for child in verb.head.children):
            return None
        if not verb.head.lower_.startswith(_DENYING):
            return []
        helpers = [child for child in verb.lefts if child.dep_ == "aux"]
        return [verb.head, *helpers] if self._can_say(verb.head) else None

    def _noun(self, noun: "Token") -> "list[Token]":
        """The noun and the words before it that may be said; nothing if the noun or a needed one may not."""
        if not self._can_say(noun) or any(child.dep_ == "conj" for child in noun.lefts):
            return []
        found: list[Token] = []
        for child in noun.lefts:
            if child.dep_ == "neg" or child.lower_ == "no":
                found.append(child)
            elif child.dep_ in _BEFORE_NOUN and self._of_all_claims(child) and not self._of_all_claims(noun):
                continue
            elif child.dep_ in _BEFORE_NOUN and all(self._can_say(part) for part in child.subtree):
                found += list(child.subtree)
            elif child.dep_ in ("compound", "nummod"):
                return []  # "usage limit" is not "limit", nor "40 minutes" "minutes"
        return [*found, noun, *self._particle(noun)]

    def _particle(self, noun: "Token") -> "list[Token]":
        """What makes a noun of two words: "top up"."""
        after = noun.nbor() if noun.i + 1 < len(noun.doc) else noun
        subject = noun.dep_ in _SUBJECTS and after.head.i == noun.head.i
        return [after] if after.lower_ in ("up", "off") and (after.head.i == noun.i or subject) else []

    def _of_all_claims(self, token: "Token") -> bool:
        word = self._words.get(token.i)
        return word is not None and self._everywhere(stem(word.low))

    def _phrases_after(self, head: "Token") -> "Iterator[list[Token]]":
        """Each preposition after the head with its noun; empty ones are left out."""
        for child in head.rights:
            if child.dep_ not in ("prep", "agent"):
                continue
            for inner in child.rights:
                if inner.dep_ == "pobj" and inner.pos_ in _NOUNS and (said := self._noun(inner)):
                    articles = [token for token in inner.lefts if token.lower_ in _ARTICLES]
                    yield [child, *articles, *said]

    def _can_say(self, token: "Token") -> bool:
        word = self._words.get(token.i)
        if word is None:
            return False
        return word.kind in ("content", "weak") and self._allowed(stem(word.low))

    def _made(self, tokens: "list[Token]", form: str) -> Iterator[Clause]:
        """The clause of these tokens, if they lie within one stretch without a border."""
        words: list[Word] = []
        for token in sorted(tokens, key=_position):
            word = self._words.get(token.i)
            if word is None:
                return
            if word not in words:
                words.append(word)
        content = [word for word in words if word.kind in ("content", "weak")]
        if not any(word.kind == "content" for word in content) or len({word.segment for word in words}) > 1:
            return
        if len({stem(word.low) for word in content}) < len(content):
            return
        if any(token.pos_ in ("VERB", "AUX") and not self._sayable_verb(token) for token in tokens):
            return
        yield Clause(tuple(words), form)

    def _sayable_verb(self, token: "Token") -> bool:
        return token.dep_ in ("aux", "amod") or token.lower_ in _BE or self._can_say(token)


def _by_token(document: "Doc") -> dict[int, Word]:
    """Token number -> the word it is in; tokens of borders, formulas and redaction tokens are in none."""
    text = document.text
    found: dict[int, Word] = {}
    for number, part in enumerate(segments(text)):
        for word, low, kind, (start, end) in zip(part.words, part.low, part.kinds, part.spans, strict=True):
            span = document.char_span(start, end, alignment_mode="expand")
            one = Word(word, low, kind, number, start / max(len(text), 1))
            for token in span or ():
                if token.idx >= start and token.idx + len(token) <= end:
                    found[token.i] = one
    return found


def _position(token: "Token") -> int:
    return token.i
