"""Keys, tokens and passwords: by the shape a vendor gives them, by the word in front, by their randomness."""

import math
import re
from collections import Counter

from nlp.obfuscation_codes import encodes_text
from nlp.redact_checks import Found

VENDOR_KEY = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"sk-[A-Za-z0-9_-]{16,300}|(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{10,200}|gh[pousr]_[A-Za-z0-9]{20,255}|"
    r"[a-z]{2,8}_(?:live|test)_(?=[A-Za-z]{0,60}\d)[A-Za-z0-9]{20,200}|"
    r"github_pat_[A-Za-z0-9_]{20,255}|glpat-[A-Za-z0-9_-]{16,64}|xox[abeprs]-[A-Za-z0-9-]{10,255}|"
    r"(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[A-Za-z0-9_-]{30,40}|ya29\.[A-Za-z0-9_-]{20,500}|hf_[A-Za-z0-9]{20,60}|"
    r"npm_[A-Za-z0-9]{30,60}|pypi-[A-Za-z0-9_-]{30,300}|SG\.[A-Za-z0-9_-]{16,40}\.[A-Za-z0-9_-]{16,60}|"
    r"dop_v1_[a-f0-9]{30,80}|shp(?:at|ss|ca|pa)_[A-Fa-f0-9]{16,64}|gsk_[A-Za-z0-9]{20,80}|"
    r"xai-[A-Za-z0-9]{20,120}|"
    r"pplx-[A-Za-z0-9]{20,80}|nvapi-[A-Za-z0-9_-]{20,100}|r8_[A-Za-z0-9]{20,60}|tvly-[A-Za-z0-9-]{16,60}|"
    r"lsv2_(?:pt|sk)_[A-Za-z0-9_]{16,80}|AGE-SECRET-KEY-1[A-Z0-9]{20,80}|sntrys_[A-Za-z0-9_=+/-]{20,300}|"
    r"GOCSPX-[A-Za-z0-9_-]{20,40}|dapi[a-f0-9]{32}|ATATT3x[A-Za-z0-9_=-]{20,300}|lin_api_[A-Za-z0-9]{20,80}|"
    r"figd_[A-Za-z0-9_-]{20,80}|sbp_[a-f0-9]{30,60}|hvs\.[A-Za-z0-9_-]{20,200}|pscale_(?:tkn|pw)_[A-Za-z0-9_.-]{20,80}|"
    r"PMAK-[A-Za-z0-9-]{30,80}|NRAK-[A-Z0-9]{20,40}|xkeysib-[a-f0-9-]{30,100}|ntn_[A-Za-z0-9]{30,60}|key-[a-f0-9]{32}|"
    r"sq0[a-z]{3}-[A-Za-z0-9_-]{20,60}|pat[A-Za-z0-9]{14}\.[a-f0-9]{64}|dp\.(?:pt|st|ct)\.[A-Za-z0-9]{30,60}|"
    r"T[A-Z0-9]{8,10}/B[A-Z0-9]{8,10}/[A-Za-z0-9]{20,30}|"
    r"whsec_[A-Za-z0-9+/=]{16,80}|\d{8,10}:AA[A-Za-z0-9_-]{30,36}"
    r")(?![A-Za-z0-9])"
)
VENDOR_LITERALS = (
    "sk-", "_live_", "_test_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xox", "AKIA",
    "ASIA", "AIza", "ya29.", "hf_", "npm_",
    "pypi-", "SG.", "dop_v1_", "shp", "gsk_", "xai-", "pplx-", "nvapi-", "r8_", "tvly-", "lsv2_", "AGE-",
    "sntrys_", "whsec_", ":AA", "GOCSPX-", "dapi", "ATATT3x", "lin_api_", "figd_", "sbp_", "hvs.", "pscale_", "PMAK-",
    "NRAK-", "xkeysib-", "ntn_", "key-", "sq0", "pat", "dp.", "/B",
)  # fmt: skip
ASSIGNED = re.compile(
    r"(?<![A-Za-z])(?P<word>pass(?:w(?:or)?d|phrase|wort)|pwd|private[_-]key|token|secret(?:[_-](?:access[_-])?key)?|"
    r"a(?:pi[_ -]?key|(?:ccess|uth)[_-]token)|(?:refresh|id|bot)[_-]token|x-api-key|c(?:lient[_-]secret|"
    r"ontrase\u00f1a)|"
    r"mot de passe|\u5bc6\u7801)"
    r"[\"'\]]{0,2}\s{0,3}(?::=?|=>?|\bis\b)\s{0,3}[\"'`]?(?P<value>[^\s\"'`,;<>(){}\[\]]{6,300})",
    re.I,
)
SECRET_LITERALS = (
    "key", "Key", "KEY", "ecret", "ECRET", "oken", "OKEN", "assw", "ASSW", "assphrase", "ASSPHRASE", "pwd", "PWD",
    "Pwd",
    "ontrase", "ot de passe", "\u5bc6\u7801",
)  # fmt: skip
BEARER = re.compile(r"\b(?:[Bb]earer|[Bb]asic)\s{1,3}(?P<value>[A-Za-z0-9._~+/=-]{16,2000})")
RANDOM = re.compile(r"[A-Za-z0-9+/_-](?<![A-Za-z0-9+/_=.-].)[A-Za-z0-9+/_-]{31,}={0,2}")
PLACEHOLDER = re.compile(
    r"(?i)(?:your|my|example|placeholder|changeme|redacted|xxx+|\*\*|\.\.\.|…|dummy|process\.|os\.|env\.|\$|"
    r"%|<)"
)
# Identifiers that support needs and that open no door.
KEPT_ID = re.compile(
    r"(?:req|msg|msgbatch|resp|chatcmpl|toolu|srvtoolu|session|sess|thread|run|evt|conv|file|asst|call|rs|fc|"
    r"gen|inv|pi|in|sub)[_-]"
)
HEADER = re.compile(r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY[A-Z ]{0,10}-----")
FOOTER = re.compile(r"-----END [A-Z0-9 ]{0,30}PRIVATE KEY[A-Z ]{0,10}-----")
KEY_LINES = re.compile(r"(?:(?:\s|\\[nr]){0,6}[A-Za-z0-9+/=]{16,100}(?![A-Za-z0-9])){0,200}")


def entropy(text: str) -> float:
    """Shannon entropy of the characters, in bits each; 0 for an empty text."""
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())


def vendor_key(match: re.Match[str]) -> Found:
    """A key of a known make; hyphenated words after `sk-` hold no digit."""
    if any(sign.isdigit() for sign in match[0]):
        yield match.span()


def assigned(match: re.Match[str]) -> Found:
    """The value given to a word for a secret, unless it is prose, code or a placeholder."""
    value = match["value"].rstrip(".!?:")
    if PLACEHOLDER.match(value) or "(" in match.string[match.end() : match.end() + 1] or value[0] == "/":
        return
    has_digit = any(sign.isdigit() for sign in value)
    has_letter = any(sign.isalpha() for sign in value)
    password = match["word"].lower().startswith(("pass", "pwd", "contra", "mot", "密"))
    strong = has_digit and has_letter and len(value) >= 16 and entropy(value[:200]) > 3 and not KEPT_ID.match(value)
    if strong or (password and has_digit and (has_letter or len(value) >= 8)):
        yield match.start("value"), match.start("value") + len(value)


def random_token(match: re.Match[str]) -> Found:
    """A long string too irregular for a word, a path or a hash: mixed case, digits, many changes of class."""
    value = match[0][:256]
    kinds = ["u" if s.isupper() else "l" if s.islower() else "d" if s.isdigit() else "-" for s in value]
    if not (kinds.count("u") >= 3 and kinds.count("l") >= 3 and kinds.count("d") >= 3) or KEPT_ID.match(value):
        return
    changes = sum(left != right for left, right in zip(kinds, kinds[1:], strict=False))
    words = re.findall(r"(?<![A-Za-z0-9])[A-Za-z]?[a-z]{3,}(?![A-Za-z0-9])", value.replace("_", "-"))
    if changes >= 0.3 * len(value) and entropy(value) >= 4.0 and len(words) < 2:
        yield match.span()


def encoded_text(match: re.Match[str]) -> Found:
    """What looks random and is base64 of a sentence: taken out all the same, as nobody looked through what it says."""
    for start, end in random_token(match):
        if encodes_text(match.string[start:end]):
            yield start, end


def private_key(match: re.Match[str]) -> Found:
    """From the header to the footer, or as far as lines of base64 go where the end was cut off."""
    footer = FOOTER.search(match.string, match.end(), match.end() + 8000)
    if footer and not HEADER.search(match.string, match.end(), footer.start()):
        yield match.start(), footer.end()
        return
    lines = KEY_LINES.match(match.string, match.end())
    yield match.start(), lines.end() if lines else match.end()


def bearer(match: re.Match[str]) -> Found:
    """The credential of an Authorization header; plain words after "bearer" or "basic" are not."""
    value = match["value"]
    if any(sign.isdigit() for sign in value) and not PLACEHOLDER.match(value) and entropy(value[:200]) > 3:
        yield match.span("value")
