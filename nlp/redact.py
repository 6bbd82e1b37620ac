"""Take personal data and secrets out of a text, and leave everything else as it was."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nlp import names, redact_checks, redact_secrets
from nlp import redact_patterns as patterns
from nlp.fold import fold
from nlp.pseudonyms import TOKEN, Draft
from nlp.records import Redacted, Span

if TYPE_CHECKING:
    from spacy.language import Language

DIGIT = re.compile(r"\d")
# What was replaced may unlock a neighbour ("1.2.3.4a@b.cc"); three rounds settle all but contrived chains.
MOST_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Recogniser:
    """One way to see personal data called `name`: `pattern` proposes, `check` yields the spans that hold.

    Tried only where one of the literals `needs` occurs and the text has at least `digits` digits.
    """

    name: str
    pattern: re.Pattern[str]
    check: Callable[[re.Match[str]], redact_checks.Found] = redact_checks.whole
    needs: tuple[str, ...] = ()
    digits: int = 0


# In order of precedence: of two that overlap the upper one wins.
RECOGNISERS: dict[str, Recogniser] = {
    "private_key": Recogniser("PRIVATE_KEY", redact_secrets.HEADER, redact_secrets.private_key, ("PRIVATE KEY",)),
    "jwt": Recogniser("JWT", patterns.JWT, needs=("eyJ",)),
    "url_credential": Recogniser("URL_CREDENTIAL", patterns.URL_CREDENTIAL, needs=("://",)),
    "vendor_key": Recogniser(
        "SECRET", redact_secrets.VENDOR_KEY, redact_secrets.vendor_key, redact_secrets.VENDOR_LITERALS
    ),
    "url_secret": Recogniser("URL_SECRET", patterns.URL_SECRET, needs=("?", "&")),
    "assigned_secret": Recogniser(
        "SECRET", redact_secrets.ASSIGNED, redact_secrets.assigned, (":", "=", " is "), digits=1
    ),
    "bearer": Recogniser("SECRET", redact_secrets.BEARER, redact_secrets.bearer, ("earer ", "asic "), digits=1),
    "email": Recogniser("EMAIL", patterns.EMAIL_HOST, redact_checks.email, ("@",)),
    "email_spelt": Recogniser("EMAIL", patterns.EMAIL_SPELT, needs=("at)", "at]", "at }", "at )", "at ]", "at}")),
    "iban": Recogniser("IBAN", patterns.IBAN, redact_checks.iban, digits=8),
    "card": Recogniser("CARD", patterns.CARD, redact_checks.card, digits=12),
    "mac": Recogniser("MAC", patterns.MAC, redact_checks.mac, ("-", ":")),
    "ipv4": Recogniser("IP", patterns.IPV4, redact_checks.ipv4, (".",), digits=4),
    "ipv6": Recogniser("IP", patterns.IPV6, redact_checks.ipv6, (":",), digits=1),
    "national_id": Recogniser("NATIONAL_ID", patterns.NATIONAL_ID, redact_checks.national_id, digits=9),
    "phone": Recogniser("PHONE", patterns.PHONE, redact_checks.phone, digits=6),
    "random_secret": Recogniser("SECRET", redact_secrets.RANDOM, redact_secrets.random_token, digits=3),
    "path_account": Recogniser("USER", patterns.PATH_ACCOUNT, redact_checks.account, ("/home/", "/Users/")),
    "windows_account": Recogniser("USER", patterns.WINDOWS_ACCOUNT, redact_checks.account, ("Users",)),
    "folder_account": Recogniser("USER", patterns.FOLDER_ACCOUNT, redact_checks.account, ("-Users-", "-home-")),
    "prompt_account": Recogniser("USER", patterns.PROMPT_ACCOUNT, redact_checks.account, ("@",)),
    "url_account": Recogniser("USER", patterns.URL_ACCOUNT, redact_checks.url_account, ("://",)),
    "street": Recogniser("ADDRESS", patterns.STREET, names.street, digits=1),
    "street_suffixed": Recogniser("ADDRESS", patterns.STREET_SUFFIXED, digits=1),
    "introduced_person": Recogniser("PERSON", names.INTRODUCED, names.introduced, names.INTRODUCTIONS),
    "mentioned_person": Recogniser("PERSON", names.MENTIONED, names.mentioned, names.MENTIONS),
}


def redact(text: str, *, pipeline: "Language | None" = None) -> Redacted:
    """The text with tokens such as `<EMAIL_1>` in place of personal data; the same value, the same token.

    Redacting the result again changes nothing. Without a spaCy `pipeline` only names that the text introduces
    ("my name is", "regards,", "Mr.") are found.

    >>> redact("Write to ada@lovelace.example or ADA@lovelace.example").text
    'Write to <EMAIL_1> or <EMAIL_1>'
    """
    return redact_all([text], pipeline=pipeline)[0]


def redact_all(texts: Sequence[str], *, pipeline: "Language | None" = None) -> list[Redacted]:
    """Like `redact` for each text, in order; names in one batch, and only where one is plausible."""
    drafts = [Draft(text) for text in texts]
    for draft in drafts:
        _settle(draft)
    if pipeline is not None:
        found = names.name_spans([draft.text for draft in drafts], pipeline)
        for draft, spans in zip(drafts, found, strict=True):
            if draft.add(spans):
                _settle(draft)
    return [draft.redacted() for draft in drafts]


def _settle(draft: Draft) -> None:
    """Add what the patterns find, until they find nothing more."""
    for _ in range(MOST_ROUNDS):
        if not draft.add(_found(draft.text)):
            break
    if draft.spans and draft.add(_repeated(draft)):
        _settle(draft)


def _found(text: str) -> list[Span]:
    """What the patterns find in a text, seen without disguises; apart from each other and from tokens."""
    plain, back = fold(text)
    taken = [match.span() for match in TOKEN.finditer(plain)] if "<" in plain else []
    found: list[Span] = []
    digits = len(DIGIT.findall(plain, 0, 100_000)) if not plain.isalpha() else 0
    for recogniser in RECOGNISERS.values():
        if recogniser.digits > digits or not any(literal in plain for literal in recogniser.needs or ("",)):
            continue
        new = list(_free(recogniser, plain, taken))
        if new:
            found += [Span(back(start), back(end - 1) + 1, recogniser.name) for start, end in new]
            taken = sorted(taken + new)
    return found


def _free(recogniser: Recogniser, text: str, taken: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The recogniser's spans that overlap neither each other nor what is taken (in order)."""
    last = 0
    for match in recogniser.pattern.finditer(text):
        for start, end in recogniser.check(match):
            at = bisect_left(taken, (start, start))
            clear = (at == 0 or taken[at - 1][1] <= start) and (at == len(taken) or taken[at][0] >= end)
            if clear and start >= last and end > start:
                last = end
                yield start, end


def _repeated(draft: Draft) -> list[Span]:
    """Further mentions of the people and accounts that were found, as whole words."""
    known: dict[str, str] = {}
    for span in draft.spans:
        if span.name in ("PERSON", "USER"):
            value = draft.original[span.start : span.end]
            known |= dict.fromkeys(names.mentions(value) if span.name == "PERSON" else (value,), span.name)
    known = {value: name for value, name in known.items() if len(value) >= 4 and value in draft.text}
    if not known or len(known) > 200:
        return []
    longest_first = sorted(known, key=lambda value: (-len(value), value))
    mention = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
    tokens = [match.span() for match in TOKEN.finditer(draft.text)]
    free = _free(Recogniser("", mention), draft.text, tokens)
    return [Span(start, end, known[draft.text[start:end]]) for start, end in free]
