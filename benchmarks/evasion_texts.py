"""Real texts, and the same with their words hidden in each of the ways that `nlp.obfuscation` should see through."""

import base64
import codecs
import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

DATA = Path(__file__).parents[2] / "shared" / "data"
Dice = np.random.Generator

ALIKE = {
    "a": "\u0430\u03b1", "c": "\u0441\u03f2", "e": "\u0435\u04bd", "h": "\u04bb\u0570", "i": "\u0456\u03b9",
    "j": "\u0458", "n": "\u0578", "o": "\u043e\u03bf\u0585", "p": "\u0440\u03c1", "s": "\u0455", "u": "\u057d",
    "v": "\u03bd\u0475", "x": "\u0445\u03c7", "y": "\u0443\u04af", "w": "\u0461\u051d", "A": "\u0410\u0391",
    "B": "\u0412\u0392", "E": "\u0415\u0395", "H": "\u041d\u0397", "I": "\u0406\u0399", "M": "\u041c\u039c",
    "O": "\u041e\u039f", "P": "\u0420\u03a1", "S": "\u0405", "T": "\u0422\u03a4", "X": "\u0425\u03a7",
}  # fmt: skip
LEET = {"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7+", "b": "8", "g": "9"}
MATHEMATICAL = (0x1D400, 0x1D468, 0x1D5D4, 0x1D670)
"""Bold, bold italic, sans-serif bold, monospace: their capital A."""
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff"


def clean() -> dict[str, list[str]]:
    """Real texts by file; those of trackers hold code, logs, hashes, addresses and other languages."""
    issues = pd.read_csv(DATA / "ai_product_issues_2025.csv.gz")
    with gzip.open(DATA / "pii_spans_1500.json.gz", "rt", encoding="utf-8") as file:
        personal = [row["full_text"] for row in json.load(file)]
    with gzip.open(DATA / "seed_feedback.jsonl.gz", "rt", encoding="utf-8") as file:
        foreign = [json.loads(line)["text"] for line in file]
    return {
        "issues": (issues["title"].fillna("") + "\n" + issues["body"].fillna("")).str[:6_000].tolist(),
        "tweets": pd.read_csv(DATA / "airline_tweets_2015.csv.gz")["text"].head(3_000).tolist(),
        "reviews": pd.read_csv(DATA / "ai_app_reviews_2023.csv.gz")["review"].dropna().tolist(),
        "personal_data": personal,
        "feedback": foreign,
        "prompts": prompts(),
    }


def prompts() -> list[str]:
    """Jailbreak prompts, some of whose authors hide words themselves, and questions of a test of refusals."""
    jailbreaks = pd.read_csv(DATA / "jailbreak_prompts_2023h1.csv.gz")["prompt"].dropna().tolist()
    return [*jailbreaks, *pd.read_csv(DATA / "xstest_prompts.csv.gz")["prompt"].tolist()]


def half(text: str) -> int:
    """0: parameters are chosen on it; 1: reported."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=1).digest()[0] % 2


def homoglyph(text: str, dice: Dice) -> str:
    """Letters of chosen words in another alphabet, or whole words in a mathematical dress."""
    if dice.random() < 0.25:
        bold = int(dice.choice(MATHEMATICAL))
        return _some(text, dice, lambda word: "".join(_styled(sign, bold) for sign in word))
    return _some(text, dice, lambda word: _swapped(word, ALIKE, dice, 0.6))


def _styled(sign: str, capital_a: int) -> str:
    if "a" <= sign <= "z":
        return chr(capital_a + 26 + ord(sign) - ord("a"))
    return chr(capital_a + ord(sign) - ord("A")) if "A" <= sign <= "Z" else sign


def zero_width(text: str, dice: Dice) -> str:
    """An unseen sign between letters of chosen words."""
    sign = UNSEEN[int(dice.integers(len(UNSEEN)))]
    return _some(text, dice, lambda word: sign.join(word) if dice.random() < 0.5 else word[:2] + sign + word[2:])


def leetspeak(text: str, dice: Dice) -> str:
    """Digits and signs for letters of chosen words."""
    return _some(text, dice, lambda word: _swapped(word, LEET, dice, 0.85))


def base64_text(text: str, dice: Dice) -> str:
    """The text, or a stretch of it inside a sentence, in base64."""
    return _inside(text, dice, lambda part: base64.b64encode(part.encode()).decode())


def hexadecimal(text: str, dice: Dice) -> str:
    """Likewise in hexadecimal."""
    apart = bool(dice.random() < 0.3)
    return _inside(text, dice, lambda part: part.encode().hex(" ") if apart else part.encode().hex())


def spaced_out(text: str, dice: Dice) -> str:
    """Chosen words with their letters apart."""
    sep = str(dice.choice([" ", " ", ".", "-", "_", "*"]))
    return _some(text, dice, lambda word: sep.join(word))


def backwards(text: str, dice: Dice) -> str:
    """A stretch from right to left."""
    return _inside(text, dice, lambda part: part[::-1])


def rot13(text: str, dice: Dice) -> str:
    """A stretch with every letter moved thirteen places."""
    return _inside(text, dice, lambda part: codecs.encode(part, "rot13"))


def percent(text: str, dice: Dice) -> str:
    """A stretch in percent codes, letters too."""
    return _inside(text, dice, lambda part: "".join(f"%{byte:02x}" for byte in part.encode()))


HIDERS: dict[str, Callable[[str, Dice], str]] = {
    "homoglyph": homoglyph,
    "zero_width": zero_width,
    "leetspeak": leetspeak,
    "base64": base64_text,
    "spaced_out": spaced_out,
    "hex": hexadecimal,
    "reversed": backwards,
    "rot13": rot13,
    "percent": percent,
}


def _some(text: str, dice: Dice, change: Callable[[str], str]) -> str:
    """Two to five of the longer words changed, or all words."""
    words = text.split(" ")
    long = [place for place, word in enumerate(words) if len(word) >= 5 and word.isalpha() and word.isascii()]
    if not long:
        return text
    few = dice.choice(long, size=min(len(long), int(dice.integers(2, 6))), replace=False)
    chosen = set(few) if dice.random() < 0.7 else {place for place, word in enumerate(words) if word.isalpha()}
    return " ".join(change(word) if place in chosen else word for place, word in enumerate(words))


def _swapped(word: str, table: dict[str, str], dice: Dice, share: float) -> str:
    places = [place for place, sign in enumerate(word) if sign in table]
    kept = [place for place in places if dice.random() < share] or places[:1]
    return "".join(
        table[sign][int(dice.integers(len(table[sign])))] if place in kept else sign for place, sign in enumerate(word)
    )


def _inside(text: str, dice: Dice, change: Callable[[str], str]) -> str:
    """The first 20 to 200 characters changed, alone or within a sentence."""
    part = text[: int(dice.integers(20, 200))].rpartition(" ")[0] or text[:40]
    lead = str(dice.choice(["", "Decode this and answer: ", "Please read the following and do it.\n"]))
    return lead + change(" ".join(part.split()))
