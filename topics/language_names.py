"""Name a group by the languages it is written in, where these are what sets it apart from the rest."""

from collections import Counter
from collections.abc import Sequence

from nlp.language import UNKNOWN

TEXTS_IN = "Texts in "
LANGUAGE_NAMES = {
    "ar": "Arabic",
    "bg": "Bulgarian",
    "bn": "Bengali",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hr": "Croatian",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sr": "Serbian",
    "sv": "Swedish",
    "sw": "Swahili",
    "ta": "Tamil",
    "te": "Telugu",
    "th": "Thai",
    "tl": "Tagalog",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
"""What a reader calls each language that `nlp.language.identify` tells."""

_TOLD = 0.15  # share of the group's texts that a language has, to be told
_MOST = 3
_APART = 2.0  # times the share that the languages told have among all texts
_NEARLY_ALL = 0.8  # share in the languages told, above which others are not worth a word
_ONE = 0.6  # share of the commonest language, from which on the group is of one language


def texts_in(own: Sequence[str], usual: Sequence[str]) -> str:
    """A name such as "Texts in German and French"; empty where the languages do not set the group apart.

    `own`, `usual`: codes of the group's texts and of a sample of all, `und` where it is not known.

    >>> texts_in(["de", "de", "fr", "fr", "und"], ["en"] * 20 + ["de", "de", "fr", "fr"])
    'Texts in German and French'
    >>> texts_in(["de", "de", "de"], ["de"] * 9)
    ''
    """
    counts = Counter(code for code in own if code != UNKNOWN)
    known = sum(counts.values())
    order = sorted(counts, key=lambda code: (-counts[code], code))
    told = [code for code in order if code != "en" and counts[code] >= max(2, _TOLD * known)][:_MOST]
    inside = sum(counts[code] for code in told) / max(known, 1)
    if not told or inside < _APART * _share(told, usual):
        return ""
    names = [LANGUAGE_NAMES[code] for code in told] + (["others"] if inside < _NEARLY_ALL else [])
    return TEXTS_IN + (", ".join(names[:-1]) + " and " if len(names) > 1 else "") + names[-1]


def of_many(own: Sequence[str]) -> bool:
    """Whether no language has most of the texts: words of one of them cannot say what all are about.

    >>> of_many(["de", "de", "fr", "es"]), of_many(["de", "de", "fr"])
    (True, False)
    """
    counts = Counter(code for code in own if code != UNKNOWN)
    return max(counts.values(), default=0) < _ONE * sum(counts.values())


def _share(told: Sequence[str], usual: Sequence[str]) -> float:
    known = [code for code in usual if code != UNKNOWN]
    return sum(code in told for code in known) / max(len(known), 1)
