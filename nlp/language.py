"""Tell the language of a text."""

import re
from collections.abc import Sequence

from nlp.language_model import load_byte_model
from nlp.pseudonyms import TOKEN

UNKNOWN = "und"
# Below these a guess is noise: "hi", "fix it", "ok". Writing without spaces says more per character.
FEWEST_LETTERS = 12
FEWEST_SIGNS = 4
LONGEST = 600
# What feedback is plausibly written in: with all 97 the model sees Latin and Luxembourgish in short English.
# Malay is left to Indonesian.
LANGUAGES = tuple(
    (
        "ar bg bn cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv nb nl no pl pt ro ru sk sl "
        "sr sv sw ta te th "
        "tl tr uk ur vi zh"
    ).split()
)
NOISE = re.compile(
    rf"{TOKEN.pattern}|https?://\S{{1,500}}|```[^`]{{0,5000}}```|`[^`\n]{{0,200}}`|"
    rf"[\w./\\-]{{0,200}}[/\\_][\w./\\-]{{0,200}}"
)
# Without one of these no pattern of NOISE can match.
MARKS = re.compile(r"[<:`/\\_]")
SIGNS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
LETTER = re.compile(r"[^\W\d_]")


def identify(texts: Sequence[str]) -> list[tuple[str, float]]:
    """For each text a two-letter code and its probability; ("und", 0.0) where it is too short to tell.

    py3langid's naive Bayes over byte sequences (Lui and Baldwin 2012, ACL), restricted to LANGUAGES.
    """
    worded = [words_of(text) for text in texts]
    told = [index for index, words in enumerate(worded) if tells(words)]
    found = [(UNKNOWN, 0.0)] * len(worded)
    for index, (code, probability) in zip(
        told, load_byte_model(LANGUAGES).likeliest([worded[index] for index in told]) if told else (), strict=True
    ):
        found[index] = ("no" if code == "nb" else code, probability)
    return found


def words_of(text: str) -> str:
    """The beginning of a text without tokens, addresses, code and paths."""
    words = text[:LONGEST]
    if MARKS.search(words):
        words = NOISE.sub(" ", words)
    return " ".join(words.split())


def tells(words: str) -> bool:
    """Whether there is enough to tell a language by."""
    if len(LETTER.findall(words, 0, 3 * FEWEST_LETTERS)) >= FEWEST_LETTERS:
        return True
    return len(LETTER.findall(words)) >= FEWEST_LETTERS or len(SIGNS.findall(words)) >= FEWEST_SIGNS
