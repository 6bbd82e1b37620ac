"""Numbers that states give to persons: by shape and check digit, or by shape and a word in front."""

import re

from nlp.redact_checks import Found, before, digits_of, luhn

# One pattern for all: the check decides whose number it is.
NATIONAL_ID = re.compile(
    r"[A-Z\d](?<![\w.@/#=-].)(?:"
    r"(?<=\d)\d{2}(?:-\d{2}-| \d{2} )\d{4}|"  # United States
    r"(?<=[A-Z])[A-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]|"  # United Kingdom, national insurance
    r"(?<=[XYZ\d])(?:(?<=\d)\d)?\d{7}-?[A-Z]|"  # Spain, DNI and NIE
    r"(?<=[A-Z])[A-Z]{5}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]|"  # Italy
    r"(?<=[12])(?: ?\d{2}){2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}|"  # France
    r"(?<=\d)\d{5}[-+A]\d{3}[\dA-FHJ-NPR-Y]|"  # Finland; Denmark and Sweden below
    r"(?<=\d)\d{5}(?:\d{2})?[-+ ]?\d{4}|"
    r"(?<=\d)\d{2}\.?\d{3}\.?\d{3}-\d{2}|"  # Brazil
    r"(?<=[A-Z])[A-Z]{4}\d{4}[A-Z]|"  # India, PAN
    r"(?<=[2-9])\d{3} \d{4} \d{4}|"  # India, Aadhaar
    r"(?<=\d)\d{16}[\dX]|"  # China
    r"(?<=\d)\d{2}[- ]\d{3}[- ]\d{3}|"  # Canada
    r"(?<=\d)\d{8,10}"  # Poland, Netherlands, Germany, Turkey
    r")(?![\w-]|\.\d)"
)
WORDS = re.compile(
    r"\b(?:ssn|social security|tax(?:payer)? (?:id|number)|itin|national (?:id|insurance)|nino|ni number|dni|nie|nif|"
    r"codice fiscale|num[\u00e9e]ro de s[\u00e9e]curit[\u00e9e] sociale|nir|hetu|henkil\u00f6tunnus|"
    r"personnummer|cpr|cpf|pan|"
    r"aadhaar|pesel|bsn|steuer-?id(?:entifikationsnummer)?|idnr|tckn|kimlik|sin|social insurance|\u8eab\u4efd\u8bc1)\b"
    r"[^\n\d]{0,24}$",
    re.I,
)
SPANISH_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
FINNISH_SIGNS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
ITALIAN_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
CHINESE_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
VERHOEFF_PERMUTE = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def national_id(match: re.Match[str]) -> Found:
    """A number of a person whose check holds; one of digits alone needs a word for it in front as well."""
    text = match[0]
    compact = re.sub(r"[ .+-]", "", text)
    named = WORDS.search(before(match, 60)) is not None
    if re.fullmatch(r"\d{3}-\d{2}-\d{4}|\d{3} \d{2} \d{4}", text):
        if _american(text, named):
            yield match.span()
    elif _lettered(compact, named or " " in text) or (
        re.fullmatch(r"\d{3}\.?\d{3}\.?\d{3}-\d{2}", text) and _brazilian(compact)
    ):
        yield match.span()
    elif _dated(text, compact, named) or (named and _numbered(compact)):
        yield match.span()


def _american(text: str, named: bool) -> bool:
    """A social security or taxpayer number: no part is all zeros, and the area is not 666; with spaces, named."""
    area, group, serial = re.split("[- ]", text)
    possible = area not in ("000", "666") and group != "00" and serial != "0000"
    return possible and ("-" in text or named)


def _lettered(compact: str, sure: bool) -> bool:
    """Numbers that hold letters: Spain, Italy; where `sure` also those without a check, of Britain and India."""
    if re.fullmatch(r"[XYZ\d]\d{7}[A-Z]", compact):
        number = int(str("XYZ".find(compact[0])) + compact[1:8]) if compact[0] in "XYZ" else int(compact[:8])
        return SPANISH_LETTERS[number % 23] == compact[-1]
    if re.fullmatch(r"[A-Z]{6}.{10}", compact):
        total = sum(ITALIAN_ODD[_place(sign)] if n % 2 == 0 else _place(sign) for n, sign in enumerate(compact[:15]))
        return total % 26 == ord(compact[15]) - 65
    if sure and re.fullmatch(r"[A-Z]{2}\d{6}[A-D]", compact):
        return (
            compact[0] not in "DFIQUV"
            and compact[1] not in "DFIOQUV"
            and compact[:2] not in ("BG", "GB", "NK", "TN", "ZZ")
        )
    return sure and re.fullmatch(r"[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z]", compact) is not None


def _place(sign: str) -> int:
    return int(sign) if sign.isdigit() else ord(sign) - 65


def _dated(text: str, compact: str, named: bool) -> bool:
    """Numbers that begin with a date of birth: Finland, Sweden, Denmark, France, China."""
    if re.fullmatch(r"\d{6}[-+A]\d{3}[\dA-Y]", text) and FINNISH_SIGNS[int(text[:6] + text[7:10]) % 31] == text[-1]:
        return _date(text[2:4], text[:2])
    if re.fullmatch(r"(?:\d{2})?\d{6}[-+]\d{4}", text) and _date(compact[-8:-6], compact[-6:-4]):
        return luhn(compact[-10:])
    if named and re.fullmatch(r"\d{6}[- ]?\d{4}", text):
        return _date(compact[2:4], compact[:2]) or luhn(compact)
    if (named or " " in text) and re.fullmatch(r"[12]\d{4}(?:\d\d|2[AB])\d{8}", compact):
        plain = compact.replace("2A", "19").replace("2B", "18")
        return 97 - int(plain[:13]) % 97 == int(plain[13:])
    if re.fullmatch(r"\d{17}[\dX]", compact):
        total = sum(int(sign) * weight for sign, weight in zip(compact, CHINESE_WEIGHTS, strict=False))
        return "10X98765432"[total % 11] == compact[-1] and _date(compact[10:12], compact[12:14])
    return False


def _date(month: str, day: str) -> bool:
    return 1 <= int(month) <= 12 and 1 <= int(day) <= 31


def _brazilian(compact: str) -> bool:
    """CPF: two check digits modulo 11."""
    for length in (9, 10):
        total = sum(int(sign) * (length + 1 - n) for n, sign in enumerate(compact[:length]))
        if total * 10 % 11 % 10 != int(compact[length]):
            return False
    return len(set(compact)) > 1


def _numbered(compact: str) -> bool:
    """Digits alone, after a word for them: Canada, India, Poland, the Netherlands, Germany, Turkey."""
    digits = digits_of(compact)
    if len(digits) != len(compact):
        return False
    if len(digits) == 9:
        weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
        return luhn(digits) or sum(int(sign) * weight for sign, weight in zip(digits, weights, strict=True)) % 11 == 0
    return len(digits) == 11 or (len(digits) == 12 and verhoeff(digits))


def verhoeff(digits: str) -> bool:
    """Whether the last digit checks the others (Verhoeff 1969, Error Detecting Decimal Codes).

    >>> verhoeff("2363"), verhoeff("2364")
    (True, False)
    """
    check = 0
    for place, sign in enumerate(reversed(digits)):
        value = int(sign)
        for _ in range(place % 8):
            value = VERHOEFF_PERMUTE[value]
        check = _dihedral(check, value)
    return check == 0


def _dihedral(left: int, right: int) -> int:
    """The product in the dihedral group of order ten."""
    if left < 5:
        return (left + right) % 5 if right < 5 else 5 + (left + right) % 5
    return 5 + (left - right) % 5 if right < 5 else (left - right) % 5
