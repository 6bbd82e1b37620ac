"""Text made to do harm: no pattern is slow on it, no disguise hides an address, nothing crashes."""

import importlib
import pkgutil
import re
import time
from collections.abc import Iterable, Iterator
from re import _parser

import pytest

import nlp as room
from nlp.claim import split
from nlp.duplicates import fingerprint, template
from nlp.entities import entities
from nlp.language import identify
from nlp.redact import RECOGNISERS, redact
from nlp.taxonomy import load_taxonomy

# A pattern is looked at more closely if it takes that many seconds for that many characters.
LENGTH, CLOSER = 6_000, 0.006
# Five times the text may take eleven times as long, never the 25 times of a quadratic pattern: room for a busy machine.
MORE, MOST_TIMES = 5, 11


def patterns_in(value: object, name: str, depth: int = 0) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Compiled patterns in a module's value: alone, in a row or table, or in a record."""
    if isinstance(value, re.Pattern):
        yield name, value
    elif isinstance(value, dict) and depth < 3:
        for key, item in value.items():
            yield from patterns_in(item, f"{name}[{key}]", depth + 1)
    elif isinstance(value, list | tuple) and depth < 3:
        for number, item in enumerate(value):
            yield from patterns_in(item, f"{name}[{number}]", depth + 1)
    elif hasattr(value, "pattern") and isinstance(getattr(value, "pattern", None), re.Pattern):
        yield name, value.pattern


def all_patterns() -> dict[str, re.Pattern[str]]:
    found: dict[str, re.Pattern[str]] = {}
    for module in pkgutil.iter_modules(room.__path__):
        loaded = importlib.import_module(f"nlp.{module.name}")
        for name, value in vars(loaded).items():
            found |= {key: pattern for key, pattern in patterns_in(value, f"{module.name}.{name}")}
    taxonomy = load_taxonomy()
    for pattern in (*taxonomy.patterns, *taxonomy.grave_patterns):
        found[f"taxonomy.{pattern.id}"] = re.compile(pattern.pattern, re.I)
    return found


EVERY = all_patterns()
# Several modules hold the same pattern.
PATTERNS = {name: EVERY[name] for name in {pattern.pattern: name for name, pattern in EVERY.items()}.values()}
BAIT = (
    "a", "A", "1", " ", "\n", ".", "-", "/", "\\", ":", "@", "<", "#", "|", "*", "`", "(", "%", "=", "_", "\u200b",
    "\u00e9",
    "a ", "A ", "Ab ", "Ab", "A. ", "a.", "a@", "@a.", "1.", "1 ", "1-", "1:", "-1", "a-", "a:", "a/", "a\\",
    "a=1 ", "a: b\n", "Ab Ab-",
    "Ab 1 ", "1 Ab ", "Ab 1, ", "Rue de la ", "Apt 1 ", "Mr A ", "my name is ", "://a/", "://a:", "/home/", "eyJa.",
    "AB1 ", "(at)", "=\"a\" ",
    "-----BEGIN PRIVATE KEY-----", "token=", "A1b", "?key=", "<EMAIL_1>", "<a ", "<a>", "{\"a\":", "[", "> ",
    "\n> ", "- [ ] ", "###\n", "**a**",
    "at a.b(c:1)\n", "blocked ", "not ", "can't ", "because it was flagged ", "your request ", "usage policy ",
)  # fmt: skip


SIGNS = {"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " ", "CATEGORY_WORD": "a", "CATEGORY_NOT_SPACE": "a"}


def sample(tree: Iterable[tuple[object, object]], turn: int) -> str:
    """A text that leads a pattern far into its parsed tree: `turn` chooses among alternatives."""
    text = ""
    for operator, value in tree:
        match str(operator):
            case "LITERAL":
                text += chr(value)
            case "IN":
                text += sign_of(value, turn)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                text += sample(value[2], turn) * max(value[0], min(value[1], 2))
            case "BRANCH":
                text += sample(value[1][turn % len(value[1])], turn)
            case "SUBPATTERN":
                text += sample(value[3], turn)
            case "ATOMIC_GROUP":
                text += sample(value, turn)
            case "ANY" | "NOT_LITERAL":
                text += "a"
    return text


def sign_of(members: list[tuple[object, object]], turn: int) -> str:
    """One sign of a class of signs."""
    operator, value = members[turn % len(members)]
    match str(operator):
        case "LITERAL":
            return chr(value)
        case "RANGE":
            return chr(value[0])
        case "CATEGORY":
            return SIGNS.get(str(value), "~")
    return "~"


def seconds(pattern: re.Pattern[str], text: str) -> float:
    began = time.process_time()
    for _ in pattern.finditer(text):
        pass
    return time.process_time() - began


def filled(scrap: str, length: int) -> str:
    return (scrap * (length // len(scrap) + 1))[:length]


def own_bait(pattern: re.Pattern[str]) -> list[str]:
    """Texts that almost match, made from the pattern itself."""
    samples = [sample(_parser.parse(pattern.pattern, pattern.flags), turn) for turn in range(3)]
    scraps = {text.split(" ")[0] for text in samples}
    scraps |= {scrap for text in samples for scrap in (text, text[:-1], text + " ", text[: len(text) // 2])}
    return sorted(scraps - {""})


# Only ever held against one whole stretch, where they are linear.
WHOLE = {"claim.MARK_ALONE"}


def test_patterns_of_every_part_are_looked_at() -> None:
    for part in ("redact", "redact_checks", "people", "addresses", "claim", "banners", "entities", "taxonomy"):
        assert any(name.startswith(f"{part}.") for name in EVERY), part


@pytest.mark.slow
def test_measure_tells_a_quadratic_pattern() -> None:
    assert grows_too_fast(re.compile(r"a+b"), "a") and grows_too_fast(re.compile(r"\s*b"), " ")
    assert not grows_too_fast(re.compile(r"a{1,200}b"), "a")


def grows_too_fast(pattern: re.Pattern[str], scrap: str) -> bool:
    """Whether time grows much faster than the text; what takes hardly any is not measured."""
    if seconds(pattern, filled(scrap, LENGTH // 10)) > 0.3:
        return True
    once = seconds(pattern, filled(scrap, LENGTH))
    if once < CLOSER:
        return False
    length = LENGTH if once < 8 * CLOSER else LENGTH // 3
    # In turn, so that a machine that slows down in between slows both.
    pairs = [[seconds(pattern, filled(scrap, length * times)) for times in (1, MORE)] for _ in range(4)]
    short, long = map(min, zip(*pairs, strict=True))
    return long > MOST_TIMES * max(short, CLOSER / 3)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(PATTERNS) - WHOLE))
def test_pattern_takes_time_in_proportion_to_the_text(name: str) -> None:
    pattern = PATTERNS[name]
    assert not next((scrap for scrap in (*BAIT, *own_bait(pattern)) if grows_too_fast(pattern, scrap)), "")


READERS = {
    "redact": redact,
    "split": split,
    "entities": entities,
    "fingerprint": fingerprint,
    "template": template,
    "identify": lambda text: identify([text]),
}


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("sign", ["x", "A", "7", "-", "\u200b", "\u0301", "@", "<"])
def test_token_of_a_megabyte_ends(reader: str, sign: str) -> None:
    began = time.process_time()
    READERS[reader](sign * 1_000_000)
    assert time.process_time() - began < 30


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("scrap", ["Ab ", "a@", "<a ", "1 Ab ", "=\n", "Mr Ab ", "a: b\n"])
def test_long_row_of_scraps_ends(reader: str, scrap: str) -> None:
    began = time.process_time()
    READERS[reader](filled(scrap, 200_000))
    assert time.process_time() - began < 30


ODDITIES = (
    "\x00", "a\x00b@x.example", "\ud800", "\udfff@x.example", "e" + "\u0301" * 5_000, "\u202eelpmaxe.x@b\u202c",
    "שלום a@x.example עולם",
    "\u0628\u0627 +49 151 2094 7738 \u0628", "\ufeff", "🏳️‍🌈 a@x.example", "\u2028\u2029", "İstanbul'da Ömer",
    "ﬀ ﬁ", "\U000e0041" * 50,
    "\r\n\r", "\x1b[31mred\x1b[0m", "%00", "\\u0000", "NaN", "\ud83d", "a\ud800@x.example",
)  # fmt: skip


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("text", ODDITIES)
def test_odd_text_crashes_nothing(reader: str, text: str) -> None:
    READERS[reader](text)
    READERS[reader](f"My name is Emre Kaplan {text} and I live at 5 Baker Street. {text}")


@pytest.mark.parametrize("text", ODDITIES)
def test_offsets_are_right_in_odd_text(text: str) -> None:
    whole = f"{text} ada@lovelace.example {text} 198.51.100.87 {text}"
    done = redact(whole)
    values = [whole[span.start : span.end] for span in done.spans]
    assert "ada@lovelace.example" in values and "198.51.100.87" in values
    assert "lovelace" not in done.text and redact(done.text).text == done.text


INVISIBLE = (
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2064\u2066\ufe0f"
    "\ufeff\U000e0041\u3164\u115f"
)
DISGUISED = {
    "EMAIL": "ada@lovelace.example",
    "PHONE": "+49 151 2094 7738",
    "CARD": "4111 1111 1111 1111",
    "IBAN": "GB82 WEST 1234 5698 7654 32",
    "IP": "198.51.100.87",
    "SECRET": "sk-ant-api03-Qm4ZtL9bWx2Rk0Vd",
}


@pytest.mark.parametrize("name", DISGUISED)
@pytest.mark.parametrize("sign", INVISIBLE)
def test_invisible_signs_hide_nothing(name: str, sign: str) -> None:
    hidden = sign.join(DISGUISED[name])
    done = redact(f"write {hidden} now")
    assert [span.name for span in done.spans] == [name]
    assert done.text == f"write <{name}_1> now"


@pytest.mark.parametrize(
    ("hidden", "name"),
    [
        ("ａｄａ＠ｌｏｖｅｌａｃｅ．ｅｘａｍｐｌｅ", "EMAIL"),
        ("ada﹫lovelace․example", "EMAIL"),
        ("аdа@lоvelасе.exаmple", "EMAIL"),
        ("𝐚𝐝𝐚@𝐥𝐨𝐯𝐞𝐥𝐚𝐜𝐞.𝐞𝐱𝐚𝐦𝐩𝐥𝐞", "EMAIL"),
        ("ⓐⓓⓐ@lovelace.example", "EMAIL"),
        ("ada@lovelace。example", "EMAIL"),
        ("a\u0336d\u0336a\u0336@lovelace.example", "EMAIL"),
        ("４１１１ １１１１ １１１１ １１１１", "CARD"),
        ("٤١١١ ١١١١ ١١١١ ١١١١", "CARD"),
        ("𝟒𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏", "CARD"),
        ("4111\u20111111\u20111111\u20111111", "CARD"),
        ("198\u2024\u200b51․100․87", "IP"),
        ("+49\u00a0151\u20092094\u202f7738", "PHONE"),
    ],
)
def test_look_alike_signs_hide_nothing(hidden: str, name: str) -> None:
    done = redact(f"write {hidden} now")
    assert done.text == f"write <{name}_1> now"
    assert [f"write {hidden} now"[span.start : span.end] for span in done.spans] == [hidden]


def test_redaction_is_bounded_on_near_misses_of_every_recogniser() -> None:
    for name, recogniser in RECOGNISERS.items():
        for scrap in own_bait(recogniser.pattern)[:4]:
            began = time.process_time()
            redact(filled(scrap, 5_000))
            assert time.process_time() - began < 20, (name, scrap)
