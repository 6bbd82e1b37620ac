"""Find markup inside prose: HTML of error pages, objects in JSON."""

import re
from collections.abc import Iterator

TAG = re.compile(
    r"<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]{0,15})(?=[\s/>])(?P<rest>[^<>]{0,1000})>|"
    r"<!doctype[^<>]{0,200}>",
    re.I,
)
PAGE_TAGS = frozenset(
    "html head body title h1 h2 h3 h4 h5 h6 p div span table tr td th tbody ul ol li script style center "
    "section header "
    "footer form input button svg path meta link hr br a strong em b i img noscript pre iframe label".split()
)
VOID_TAGS = frozenset("meta link hr br input img path".split())
LONGEST_PAGE = 50_000
# Shorter objects between back quotes are words of their sentence.
SHORT = 60


def html(text: str) -> Iterator[tuple[int, int]]:
    """Elements of web pages with what they enclose; `<details>`, `<your-key>` and the like are no page.

    An element that is never closed counts as its tag alone.
    """
    if "<" not in text or ">" not in text:
        return
    opened: list[tuple[str, int]] = []
    for match in TAG.finditer(text):
        name = (match["name"] or "meta").lower()
        if name not in PAGE_TAGS:
            continue
        yield match.span()
        if match["close"]:
            while opened:
                tag, start = opened.pop()
                if tag == name:
                    if match.end() - start <= LONGEST_PAGE and not opened:
                        yield start, match.end()
                    break
        elif name not in VOID_TAGS and not match["rest"].endswith("/"):
            opened.append((name, match.start()))


KEY = re.compile(r"[{\[,\s]{1,20}\\?[\"'](?:[^\"'\\\n]{1,80})\\?[\"']\s{0,3}:")
PREFIX = re.compile(r"(?:(?:API )?Error:?(?: code:?)?:? ?)?(?:\d{3} ?(?:-|Bad Request:?|:)? ?)?\Z", re.I)


def json_objects(text: str) -> Iterator[tuple[int, int]]:
    """Outermost objects in JSON or Python notation that hold a key, with an "API Error: 400" in front.

    One pass with a stack, so braces that never close cost nothing.
    """
    if "{" not in text:
        return
    opened: list[int] = []
    pairs: list[tuple[int, int]] = []
    for match in re.finditer(r"[{}]", text):
        if match[0] == "{":
            opened.append(match.start())
        elif opened:
            pairs.append((opened.pop(), match.end()))
    last = -1
    for start, end in sorted(pairs):
        if start >= last and KEY.match(text, start):
            if end - start < SHORT and text[start - 1 : start] == "`" == text[end : end + 1]:
                continue
            last = end
            if text[start - 1 : start] == "[" and text[end : end + 1] == "]":
                start, last = start - 1, end + 1
            prefix = PREFIX.search(text[max(0, start - 40) : start])
            yield start - (len(prefix[0]) if prefix else 0), last
