"""The checks behind the recognisers: from a match of a pattern to the spans that really are personal data."""

import ipaddress
import re
from collections.abc import Iterable

Found = Iterable[tuple[int, int]]

# Lengths by country: ISO 13616 registry.
IBAN_LENGTHS = {
    country: int(length)
    for length, countries in {
        "15": "NO", "16": "BE", "18": "DK FI FO GL NL SD", "19": "MK SI", "20": "AT BA EE KZ LT LU MN XK",
        "21": "CH HR LI LV", "22": "BG BH CR DE GB GE IE ME RS", "23": "AE GI IL IQ OM SO TL",
        "24": "AD CZ ES MD "
        "PK RO SA SE SK TN VG", "25": "LY PT ST", "26": "IS TR", "27": "BI FR GR IT MC MR SM DJ",
        "28": "AL AZ BY CY "
        "DO GT HU LB NI PL SV", "29": "BR EG PS QA UA", "30": "JO KW MU", "31": "MT SC", "33": "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip
CARD_PREFIX = re.compile(r"4|5[0-8]|6[0-9]|2[2-7]|3[0-9]|1800|2131")
CARD_WORDS = re.compile(r"\b(?:card|visa|master\s?card|amex|debit|credit|kreditkarte|tarjeta|carte)\b", re.I)
PHONE_WORDS = re.compile(
    r"(?:\b(?:phones?|tel|telephone|cell|mobile|mobil|fax|desk|whatsapp|telegram|signal|sms|telefon\w*|"
    r"t[eé]l[eé]fono?|"
    r"handy|office|call(?:ed|ing)?(?: (?:me|us|back))?(?: (?:on|at))?|answering at|messages? to|text me|"
    r"reach(?:ed)?(?: me)?(?: (?:on|at))?|registered|(?:phone|my|contact|mobile) number(?: is)?)\b|"
    r"电话|手机|電話|携帯)"
    r"[\s:.=,#(-]{0,4}$",
    re.I,
)
PHONE_WORDS_AFTER = re.compile(r"[\s,\\-]{0,3}\(?(?:office|fax|mobile|cell|home|desk)\b", re.I)
NUMBER_OF_A_THING = re.compile(
    r"(?:\b(?:id|case|ticket|order|invoice|conversation|request|session|ref(?:erence)?|build|version|ver|"
    r"commit|issue|"
    r"uid|seed|line|port|pid|sku|trace|error(?: code)?)|#|№|v)[\s:#=.\"'(]{0,4}$",
    re.I,
)
VERSION_WORDS = re.compile(
    r"(?:\b(?:version|ver|build|release|upgrade[d]?(?: to)?|update[d]?(?: to)?|sdk|firmware|driver|chrome|"
    r"node|edge|windows)|\.(?:exe|dll|app)|"
    r"v)[\s:=\"'(]{0,3}$",
    re.I,
)
# Names of accounts that stand for no person.
SHARED_ACCOUNTS = frozenset(
    "user users username user_name yourname your-name your_username "
    "name me you root admin administrator runner build "
    "builder ubuntu debian node app apps vscode shared public default all guest dev developer docker jenkins "
    "circleci "
    "git github gitlab claude codex coder codespace linuxbrew "
    "test tester someone foo bar x xxx xxxx redacted www "
    "www-data staff wheel nobody daemon mysql nginx apache ftp mail usera userb foobar myname myuser username1 "
    "yourusername your_name me_user useraaa claudeuser claudecode my-user worker vsts logger dashboard sign-in sign-up "
    "login logout settings profile home sandbox workspace vagrant pi ec2-user azureuser "
    "opc postgres oracle project projects code".split()
)


def whole(match: re.Match[str]) -> Found:
    """The group `value` if the pattern has one, else all that matched."""
    yield match.span("value") if "value" in match.re.groupindex else match.span()


def before(match: re.Match[str], length: int = 40) -> str:
    """The text in front of the match, at most `length` characters."""
    return match.string[max(0, match.start() - length) : match.start()]


def digits_of(text: str) -> str:
    """The decimal digits alone, as ASCII."""
    return "".join(str(int(sign)) for sign in text if sign.isdecimal())


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1)."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(int(digit) for digit in digits[-1::-2]) + sum(doubled)) % 10 == 0


def card(match: re.Match[str]) -> Found:
    """A payment card: issuer prefix and check digit, or four groups of four right after a word for a card."""
    digits = digits_of(match[0])
    named = CARD_WORDS.search(before(match))
    if (NUMBER_OF_A_THING.search(before(match, 24)) and not named) or not CARD_PREFIX.match(digits):
        return
    grouped = re.fullmatch(r"\d{4}(?:[ -]\d{4}){3}", match[0])
    if len(set(digits)) > 1 and (luhn(digits) or (grouped and named)):
        yield match.span()


def iban(match: re.Match[str]) -> Found:
    """An account number: length of its country, remainder 1 modulo 97 (ISO 13616), or the word in front."""
    compact, end = "", match.start()
    length = IBAN_LENGTHS.get(match[0][:2].upper(), 0)
    for end in range(match.start(), match.end()):
        if match.string[end] not in " -":
            compact += match.string[end].upper()
        if len(compact) == length:
            break
    if not length or len(compact) < length or match.string[end + 1 : end + 2].isalnum():
        return
    valid = int("".join(str(int(sign, 36)) for sign in compact[4:] + compact[:4])) % 97 == 1
    if valid or "iban" in before(match, 24).lower():
        yield match.start(), end + 1


def ipv4(match: re.Match[str]) -> Found:
    """A dotted address that is neither a version number nor the machine itself."""
    parts = [int(part) for part in match[0].split(".")]
    if max(parts) > 255 or parts[0] in (0, 127) or parts == [255] * 4 or VERSION_WORDS.search(before(match, 24)):
        return
    yield match.span()


def ipv6(match: re.Match[str]) -> Found:
    """A colon-separated address; `a::b` of program text, times and the loopback are not."""
    groups = [group for group in match[0].split(":") if group]
    if not any(sign.isdigit() for sign in match[0]) or (len(groups) < 4 and max(map(len, groups), default=0) < 4):
        return
    try:
        ipaddress.IPv6Address(match[0])
    except ValueError:
        return
    if len(groups) > 1:
        yield match.span()


def phone(match: re.Match[str]) -> Found:
    """A telephone number: an international or North American shape, else a word for a telephone beside it."""
    text, digits = match[0], digits_of(match[0])
    if not 6 <= len(digits) <= 15 or len(set(digits)) == 1 or NUMBER_OF_A_THING.search(before(match, 24)):
        return
    if re.fullmatch(r"\d{3}[- ]\d{2}[- ]\d{4}", text):  # of another shape, and refused as that
        return
    if re.fullmatch(r"(?:19|20)\d\d[-./ ]\d{1,2}(?:[-./ ].*)?|\d{1,2}[-./]\d{1,2}[-./](?:19|20)\d\d.*", text, re.S):
        return
    international = text.startswith("+") and len(digits) >= 8
    american = re.fullmatch(
        r"(?:001[-. ]?|1[-. ])?(?:\([2-9]\d\d\)[ -]?|[2-9]\d\d[-. ])\d{3}[-. ]\d{4}(?:x\d{1,5})?", text
    )
    national = re.fullmatch(r"\(?0\d{2,4}\)?[ -]\d{2,4}(?:[ -]\d{2,4}){1,3}", text) and 9 <= len(digits) <= 11
    named = PHONE_WORDS.search(before(match)) or PHONE_WORDS_AFTER.match(match.string, match.end())
    if international or american or national or named:
        yield match.span()


def account(match: re.Match[str]) -> Found:
    """A user's name in a path, unless it is an account that belongs to nobody."""
    start, end = match.span("value")
    value = match.string[start:end].rstrip(".,;:")
    if value.lower() not in SHARED_ACCOUNTS and any(sign.isalpha() for sign in value):
        yield start, start + len(value)


def listed_accounts(match: re.Match[str]) -> Found:
    """The owner of a listed file, and the group where it is the owner's own."""
    yield from account(match)
    if match["group"] == match["value"] and match["value"].lower() not in SHARED_ACCOUNTS:
        yield match.span("group")


REGISTRY = re.compile(r"://[^/]{0,100}(?:github|gitlab|npm|unpkg|jsdelivr|esm\.sh)")


def url_account(match: re.Match[str]) -> Found:
    """An account in the path of a URL; where packages are kept, `@scope` is one of them."""
    if match.string[match.start("value") - 1] != "@" or not REGISTRY.match(match[0]):
        yield from account(match)


def mac(match: re.Match[str]) -> Found:
    """A hardware address; all zeros and the broadcast address name no machine."""
    if len(set(match[0].lower()) - {":", "-"}) > 1:
        yield match.span()


MAILBOX_BACKWARDS = re.compile(r"[A-Za-z0-9._%+'\u00c0-\u052f-]{1,64}")
FILE_ENDINGS = (
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".svg",
    ".js",
    ".ts",
    ".py",
    ".json",
    ".md",
    ".service",
    ".html",
    ".css",
)


def email(match: re.Match[str]) -> Found:
    """The match is `@host`, its mailbox is read backwards. File names and git remotes are no addresses."""
    mailbox = MAILBOX_BACKWARDS.match(before(match, 64)[::-1])
    if not mailbox or match[0].lower().endswith(FILE_ENDINGS):
        return
    local = mailbox[0][::-1].lstrip(".'-%+")
    if local and not (local.endswith("git") and "git" in match[0]) and not local.endswith("."):
        yield match.start() - len(local), match.end()
