"""Code, data and logs that are set off in a text: fenced blocks, long inline code."""

import re
from collections.abc import Iterator

from nlp.prose import prose

Found = Iterator[tuple[int, int]]

FENCE = re.compile(r"(?:```+|~~~+)")
FENCE_LANGUAGE = re.compile(r"[A-Za-z0-9+#-]{1,15}(?=\s|\Z)")
SHELL_LANGUAGES = {"shell", "console", "log", "logs", "text", "txt", "output", "sh-session"}
# What forms put a free answer into, so that people write sentences there.
ANSWER_LANGUAGES = {"shell", "bash", "sh", "text"}
JSON_START = re.compile(r"\{|\[\s{0,50}(?:[\]}\[{\"'\d-]|true|false|null)")
INLINE = re.compile(r"(?<!`)`(?!`)([^`\n]{1,2000})`(?!`)")
# Shorter code is a word of its sentence: a command, a file, an option.
SHORT_CODE = 60


def fences(text: str) -> Iterator[tuple[int, int, str]]:
    """Fenced blocks, each with its part: json, log or code. The last mark without a partner is no block.

    Of a block that holds a sentence, or a few signs of code in the middle of one, the marks alone."""
    marks = list(FENCE.finditer(text)) if "```" in text or "~~~" in text else []
    for opening, closing in zip(marks[::2], marks[1::2], strict=False):
        inside = text[opening.end() : closing.start()]
        language = FENCE_LANGUAGE.match(inside)
        word = language[0].lower() if language else ""
        body = inside[len(word) :].strip()
        part = "json" if word == "json" or JSON_START.match(body) else "log" if word in SHELL_LANGUAGES else "code"
        if body and part != "json" and stays(inside, body, word):
            start = text.index(body, opening.end() + len(word))
            yield opening.start(), start, part
            yield start + len(body), closing.end(), part
        else:
            yield opening.start(), closing.end(), part
    if len(marks) % 2:
        line = text.find("\n", marks[-1].end())
        yield marks[-1].start(), marks[-1].end() if line < 0 or line > marks[-1].end() + 15 else line, "code"


def stays(inside: str, body: str, language: str) -> bool:
    """Whether what a fence holds belongs to the sentence around it, or is one."""
    if not language and "\n" not in inside and len(body) < SHORT_CODE:
        return any(map(str.isalnum, body))
    return language in ANSWER_LANGUAGES and prose(body)


def code(text: str) -> Found:
    """Fenced blocks that are neither data nor a log, and inline code too long to be a word of its sentence (a path
    or an address is one, however long)."""
    for start, end, part in fences(text):
        if part == "code":
            yield start, end
    if "`" in text:
        for match in INLINE.finditer(text):
            if len(match[1]) >= SHORT_CODE and " " in match[1].strip() and not prose(match[1]):
                yield match.span()


def fenced_json(text: str) -> Found:
    """Fenced blocks of JSON."""
    return ((start, end) for start, end, part in fences(text) if part == "json")


def fenced_log(text: str) -> Found:
    """Fenced blocks of a shell or a log."""
    return ((start, end) for start, end, part in fences(text) if part == "log")
