"""Take personal data and secrets out of a text, and leave everything else as it was."""

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nlp import addresses, names, people, people_lowercase, redact_checks, redact_national, redact_secrets, traits
from nlp import redact_patterns as patterns
from nlp.fold import fold
from nlp.pseudonyms import TOKEN, Draft
from nlp.records import Redacted, Span
from nlp.traits import Traits

if TYPE_CHECKING:
    from spacy.language import Language

# What was replaced may unlock a neighbour ("1.2.3.4a@b.cc"); three rounds settle all but contrived chains.
MOST_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Recogniser:
    """One way to see personal data called `name`: `pattern` proposes, `check` yields the spans that hold.

    Tried only on a text in which one of the literals `needs` occurs and that has the traits of `gate`.
    """

    name: str
    pattern: re.Pattern[str]
    check: Callable[[re.Match[str]], redact_checks.Found] = redact_checks.whole
    needs: tuple[str, ...] = ()
    gate: Callable[[Traits], bool] | None = None


# In order of precedence: of two that overlap the upper one wins.
RECOGNISERS: dict[str, Recogniser] = {
    "private_key": Recogniser("PRIVATE_KEY", redact_secrets.HEADER, redact_secrets.private_key, ("PRIVATE KEY",)),
    "jwt": Recogniser("JWT", patterns.JWT, needs=("eyJ",)),
    "url_credential": Recogniser("URL_CREDENTIAL", patterns.URL_CREDENTIAL, needs=("://",)),
    "vendor_key": Recogniser(
        "SECRET",
        redact_secrets.VENDOR_KEY,
        redact_secrets.vendor_key,
        redact_secrets.VENDOR_LITERALS,
        traits.digit_and_long_word,
    ),
    "url_secret": Recogniser("URL_SECRET", patterns.URL_SECRET, needs=("?", "&")),
    "assigned_secret": Recogniser(
        "SECRET", redact_secrets.ASSIGNED, redact_secrets.assigned, redact_secrets.SECRET_LITERALS, traits.any_digit
    ),
    "bearer": Recogniser("SECRET", redact_secrets.BEARER, redact_secrets.bearer, ("earer ", "asic "), traits.any_digit),
    "email": Recogniser("EMAIL", patterns.EMAIL_HOST, redact_checks.email, ("@",)),
    "email_spelt": Recogniser("EMAIL", patterns.EMAIL_SPELT, needs=("at)", "at]", "at }", "at )", "at ]", "at}")),
    "iban": Recogniser("IBAN", patterns.IBAN, redact_checks.iban, gate=traits.eight_digits),
    "card": Recogniser("CARD", patterns.CARD, redact_checks.card, gate=traits.twelve_in_a_row),
    "mac": Recogniser("MAC", patterns.MAC, redact_checks.mac, ("-", ":", "."), traits.five_marks),
    "ipv4": Recogniser("IP", patterns.IPV4, redact_checks.ipv4, (".",), traits.four_in_a_row),
    "ipv6": Recogniser("IP", patterns.IPV6, redact_checks.ipv6, (":",), traits.two_colons),
    "national_id": Recogniser(
        "NATIONAL_ID", redact_national.NATIONAL_ID, redact_national.national_id, gate=traits.personal_number
    ),
    "phone": Recogniser("PHONE", patterns.PHONE, redact_checks.phone, gate=traits.six_in_a_row),
    "encoded_text": Recogniser("ENCODED", redact_secrets.RANDOM, redact_secrets.encoded_text, gate=traits.long_word),
    "random_secret": Recogniser("SECRET", redact_secrets.RANDOM, redact_secrets.random_token, gate=traits.long_word),
    "path_account": Recogniser("USER", patterns.PATH_ACCOUNT, redact_checks.account, patterns.PATH_LITERALS),
    "windows_account": Recogniser("USER", patterns.WINDOWS_ACCOUNT, redact_checks.account, patterns.WINDOWS_LITERALS),
    "folder_account": Recogniser("USER", patterns.FOLDER_ACCOUNT, redact_checks.account, ("-Users-", "-home-")),
    "listing_account": Recogniser(
        "USER", patterns.LISTING_ACCOUNT, redact_checks.listed_accounts, ("rw", "r-x", "---")
    ),
    "prompt_account": Recogniser("USER", patterns.PROMPT_ACCOUNT, redact_checks.account, ("@",)),
    "url_account": Recogniser("USER", patterns.URL_ACCOUNT, redact_checks.url_account, ("://",)),
    "box": Recogniser("ADDRESS", addresses.BOX, addresses.with_tail, addresses.BOX_LITERALS, traits.any_digit),
    "military": Recogniser("ADDRESS", addresses.MILITARY, needs=("PO A",)),
    "street_behind": Recogniser("ADDRESS", addresses.STREET_BEHIND, addresses.street, gate=traits.number_then_capital),
    "street_numbered": Recogniser(
        "ADDRESS", addresses.NUMBERED_BEHIND, addresses.street, gate=traits.capital_then_number
    ),
    "street_ahead": Recogniser(
        "ADDRESS", addresses.STREET_AHEAD, addresses.street, addresses.AHEAD_LITERALS, traits.any_digit
    ),
    "street_compound": Recogniser(
        "ADDRESS", addresses.STREET_COMPOUND, addresses.street, gate=traits.capital_then_number
    ),
    "street_bare": Recogniser("ADDRESS", addresses.BARE, addresses.bare_street, gate=traits.capital_then_number),
    "town": Recogniser("ADDRESS", addresses.TOWN_LINE, addresses.town, gate=traits.code_behind_capital),
    "postcode": Recogniser("ADDRESS", addresses.BRITISH, addresses.postcode, gate=traits.british_postcode),
    "person": Recogniser("PERSON", people.RUN, people.people),
    "introduced_lowercase": Recogniser(
        "PERSON", people_lowercase.INTRODUCED, people_lowercase.introduced_lowercase, ("name",)
    ),
    "lowercase_person": Recogniser(
        "PERSON", people_lowercase.LOWERCASE, people_lowercase.lowercase_person, gate=traits.no_capitals
    ),
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
        texts = [draft.text for draft in drafts]
        asked = names.asked_pieces(texts)
        for number, _, _ in asked:
            drafts[number].asked = True
        for draft, spans in zip(drafts, names.name_spans(texts, pipeline, asked), strict=True):
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
    seen = Traits(plain)
    for recogniser in RECOGNISERS.values():
        if not tried(recogniser, plain, seen):
            continue
        new = _free(recogniser, plain, taken)
        if new:
            found += [Span(back(start), back(end - 1) + 1, recogniser.name) for start, end in new]
            taken = sorted(taken + new)
    return found


def tried(recogniser: Recogniser, text: str, seen: Traits) -> bool:
    """Whether the recogniser may find something in a text with these traits."""
    gate = recogniser.gate
    if gate is not None and not gate(seen):
        return False
    for literal in recogniser.needs:
        if literal in text:
            return True
    return not recogniser.needs


def _free(recogniser: Recogniser, text: str, taken: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The recogniser's spans that overlap neither each other nor what is taken (in order)."""
    free: list[tuple[int, int]] = []
    last, check = 0, recogniser.check
    for match in recogniser.pattern.finditer(text):
        for start, end in check(match):
            at = bisect_left(taken, (start, start))
            clear = (at == 0 or taken[at - 1][1] <= start) and (at == len(taken) or taken[at][0] >= end)
            if clear and start >= last and end > start:
                last = end
                free.append((start, end))
    return free


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
