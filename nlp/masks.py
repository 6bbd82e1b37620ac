"""Texts without what varies: their words, their words with ids and numbers masked, and the hashes of both."""

import hashlib
import re

# Writing without spaces has a word in every sign.
WORD = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
# What differs between two reports of one template: links, and every run of ASCII signs with a digit in it.
VARIABLE = re.compile(r"https?://\S{1,2000}|(?<![!-~])[!-/:-~]{0,200}\d[!-~]*")


def digest(text: str) -> str:
    """16 hex digits of BLAKE2b."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def fingerprint(claim: str) -> str:
    """16 hex digits, the same for claims that differ in case, punctuation and spacing alone."""
    return digest(" ".join(WORD.findall(claim.casefold())))


def masked(claim: str) -> str:
    """The claim's words with everything that varies within a template (numbers, ids, links, tokens) as "0".

    >>> masked("Request req_011CbQm4uTzX was blocked at 12:03!")
    'request 0 was blocked at 0'
    """
    return " ".join(WORD.findall(VARIABLE.sub(" 0 ", claim).casefold()))


def template(claim: str) -> str:
    """16 hex digits, the same for claims of one template; see `masked`."""
    return digest(masked(claim))
