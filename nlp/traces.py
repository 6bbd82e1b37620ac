"""Stack traces in the usual languages and lines of a log, also where line breaks were lost."""

import re
from collections.abc import Iterator

from nlp.literals import Guarded, lowered
from nlp.prose import prose

PLACE = r"[^\s():]{1,300}:\d{1,7}(?::\d{1,7})?"
# Literal that each match holds -> the frames of one language. A message counts where frames follow it.
TRACES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("rror: ", re.compile(r"(?:[A-Za-z_$][\w.$]{0,100}Error|Error): [^\n]{0,200}?(?=\s{1,8}at [\w.$<])")),
    ("xception: ", re.compile(r"[A-Za-z_$][\w.$]{0,100}Exception: [^\n]{0,200}?(?=\s{1,8}at [\w.$<])")),
    # Begins with its letters, which are found fastest; the word must begin there too.
    ("at ", re.compile(
        r"at (?<!\Sat )(?:(?:async |new )?[^\s(]{1,200}(?: \[as \w{1,40}\])? ?"
        r"\((?:[^()\s]{1,300}:\d{1,7}|native[^()\s]{0,100}|Native Method|Unknown Source|<anonymous>)\)|"
        r"(?:async )?(?:file://|node:|/)[^\s()]{1,300}:\d{1,7}(?::\d{1,7})?|"
        r"[\w.`<>\[\],+]{3,200}\([^()\n]{0,300}\) in [^\n]{1,300}?:line \d{1,7})")),
    ("Caused by: ", re.compile(r"^[ \t]{0,4}Caused by: [\w.$]{1,120}(?:: [^\n]{0,300})?$", re.M)),
    (" more", re.compile(r"(?<!\S)\.\.\. \d{1,5} (?:more|common frames omitted)")),
    ("Exception in thread", re.compile(r"Exception in thread \"[^\"\n]{1,60}\" [\w.$]{1,120}(?:: [^\n]{0,300})?")),
    ("file:///", re.compile(
        rf"(?<!\S)(?:- )?(?:[\w.$<>]{{1,60}} )?\(?file:///{PLACE}\)?(?: - (?=[\w(]))?")),
    ("Traceback", re.compile(r"Traceback \(most recent call (?:last|first)\):")),
    ("File \"", re.compile(
        r"File \"[^\"\n]{1,300}\", line \d{1,7}(?:, in [^\s]{1,100})?(?:\n[ \t]{4,12}[^\n]{1,300}){0,2}")),
    ("panicked at", re.compile(r"thread '[^'\n]{1,60}'(?: \(\d{1,12}\))? panicked at [^\n]{1,300}")),
    ("RUST_BACKTRACE", re.compile(r"note: [^\n]{0,40}`?RUST_BACKTRACE[^\n]{0,120}")),
    ("::", re.compile(
        r"^[ \t]{0,8}\d{1,4}: {1,8}(?:0x[0-9a-f]{1,20} - )?[^\s:]{1,100}::[^\n]{1,200}"
        r"(?:\n[ \t]{0,20}at [^\n]{1,200})?$", re.M)),
    ("goroutine ", re.compile(r"(?:panic: [^\n]{1,300}\s{1,4})?goroutine \d{1,9} \[[\w ,]{1,60}\]:")),
    (".go:", re.compile(
        rf"(?:^[\w./*()-]{{3,200}}\([^()\n]{{0,200}}\)\n)?[ \t]{{1,8}}{PLACE} \+0x[0-9a-f]{{1,16}}", re.M)),
    (":in ", re.compile(r"(?:\bfrom )?(?<!\S)[^\s:]{1,200}\.rb:\d{1,7}:in [`'][^'\n]{1,100}'(?:: [^\n]{0,200})?")),
    ("PHP ", re.compile(r"PHP (?:Fatal|Parse|Warning|Notice)[^\n]{0,20}: {1,3}[^\n]{1,300}")),
    (".php", re.compile(r"(?<!\S)#\d{1,4} (?:[^\s()]{1,200}\.php\(\d{1,7}\)|\{main\})(?:: [^\n]{1,200})?")),
    ("Fatal error: ", re.compile(r"(?:Swift/)?[^\s:]{1,120}\.swift:\d{1,7}: Fatal error: [^\n]{0,300}")),
    (" 0x0", re.compile(r"^[ \t]{0,4}\d{1,4} {1,6}[^\s]{1,100} {1,40}0x[0-9a-f]{8,16} [^\n]{1,200}$", re.M)),
)  # fmt: skip

LEVEL = r"(?:INFO|WARN|WARNING|ERROR|DEBUG|TRACE|FATAL|info|warn|error|debug)"
STAMP = r"\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?[.,\dZ+:]{0,16}\]?"
# Lines are looked for from the break before them, which is found fastest; see `lines`.
STAMPED = re.compile(rf"\n[ \t]{{0,8}}(?:{STAMP}[^\n]{{0,600}}|\[?\d\d:\d\d:\d\d[.,\]][^\n]{{0,600}})(?=\n|\Z)")
# Tried only where a word occurs that each of their matches holds, or one of the signs.
LINE = Guarded(re.compile(
    r"\n[ \t]{0,8}(?:"
    r"\[(?:info|warn|warning|error|debug|trace|fatal|INFO|WARN|WARNING|ERROR|DEBUG|TRACE|FATAL)\][^\n]{0,600}|"
    r"(?:INFO|WARN|WARNING|ERROR|DEBUG|TRACE|FATAL)[ :\]][^\n]{0,600}|"
    r"(?:npm|yarn|pip|cargo) (?:ERR!|WARN|error|warning)[^\n]{0,400}|"
    r"[A-Za-z_.]{0,80}(?:Error|Exception|Warning): [^\n]{0,400}|\d{1,3}%\|[^\n]{0,200}|Retrying [^\n]{0,300}|"
    r"Attempt \d{1,4} failed[^\n]{0,300}|"
    r"[^\s]{1,60} - - [^\n]{0,300}HTTP/\d[^\n]{0,60}|HTTP/\d\.?\d? \d{3}[^\n]{0,100}|caused by: [^\n]{0,300}"
    r")(?=\n|\Z)"
))  # fmt: skip
MARKED = re.compile(
    r"\n[ \t]{0,8}(?:(?:\$|❯|➜|PS [A-Z]:\\[^>\n]{0,100}>) [^\n]{1,400}|"
    r"(?:-+> ?\d{1,5}|[ \t]{2,}\d{1,5} \|)[^\n]{0,300})(?=\n|\Z)"
)
SIGNS = ("$ ", "❯", "➜", "\nPS ", "-> ", "->1", " |")
# A line of a log in a text that lost its line breaks reaches to the next one, a heading or a fence.
FLAT = re.compile(
    rf"(?<!\S){STAMP} \[?{LEVEL}\]?:? [^\n]{{0,300}}?(?=\s\[?\d{{4}}-\d\d-\d\d[T ]|\s#{{2,6}} |\s```|\s\*\*|$)", re.M
)


def log(text: str) -> Iterator[tuple[int, int]]:
    """Stack frames anywhere, and lines in the shape of a log; a sentence that begins with "Error:" is none."""
    for literal, pattern in TRACES:
        if literal in text:
            yield from (match.span() for match in pattern.finditer(text))
    if "\n" in text:
        yield from lines(text)
    if "-" in text and ":" in text:
        yield from (match.span() for match in FLAT.finditer(text))


def lines(text: str) -> Iterator[tuple[int, int]]:
    """Lines in the shape of a log."""
    broken = "\n" + text
    if ":" in text:
        yield from ((match.start(), match.end() - 1) for match in STAMPED.finditer(broken))
    if LINE.possible(lowered(text)):
        yield from spoken_to_nobody(LINE.pattern, broken)
    if any(sign in text for sign in SIGNS):
        yield from spoken_to_nobody(MARKED, broken)


def spoken_to_nobody(pattern: re.Pattern[str], broken: str) -> Iterator[tuple[int, int]]:
    """Matches that are no sentence, in the text without its first break."""
    return ((match.start(), match.end() - 1) for match in pattern.finditer(broken) if not prose(match[0]))
