"""Capitalised words that are no people: products, places, dates, headings (`data/not_names.txt`)."""

from pathlib import Path

NOT_NAMES = frozenset(
    word
    for line in (Path(__file__).parent / "data" / "not_names.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
    for word in line.split()
)
