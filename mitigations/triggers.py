"""What triggers errors: known marks of an excerpt, and single words, that wrong decisions hold more often."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mitigations.errors import EVIDENCE, counted
from mitigations.errors_excerpts import Excerpts, Flags
from mitigations.errors_found import FEWEST_ROWS, Found, kept
from mitigations.triggers_words import Words, log_odds, word_marks, words_of
from nlp.banners import BANNERS
from nlp.language import identify
from nlp.obfuscation import deobfuscated
from nlp.traces import TRACES

Recogniser = Callable[[Sequence[str]], Flags]
"""Texts -> which of them (n,) have the mark."""

LEVEL = 0.015
"""False discoveries among TRIGGERS, and again among words, for one kind of error."""
SURE_LANGUAGE = 0.9
LEAST_Z = 1.96


def _matching(*patterns: str, flags: int = 0) -> Recogniser:
    compiled = [re.compile(pattern, flags) for pattern in patterns]

    def marks(texts: Sequence[str]) -> Flags:
        return np.array([any(one.search(text) for one in compiled) for text in texts], dtype=bool)

    return marks


def _banner(texts: Sequence[str]) -> Flags:
    """The sentence by which a product tells that it blocked something."""
    return np.array([_holds_banner(text) for text in texts], dtype=bool)


def _holds_banner(text: str) -> bool:
    low = text.lower()
    return any(literal in low and pattern.search(text) for literal, pattern in BANNERS.items())


def _trace(texts: Sequence[str]) -> Flags:
    return np.array([any(word in text and bool(p.search(text)) for word, p in TRACES) for text in texts], dtype=bool)


def _foreign(texts: Sequence[str]) -> Flags:
    return np.array([code not in ("en", "und") and sure >= SURE_LANGUAGE for code, sure in identify(texts)], dtype=bool)


def _obfuscated(texts: Sequence[str]) -> Flags:
    return np.array([bool(deobfuscated(text).techniques) for text in texts], dtype=bool)


# Files that agents read before they work: by name, or as such files are named, in capitals ("RUNBOOK.md").
_CONTEXT_FILES = (
    r"\b[A-Z][A-Z_-]{2,30}\.(?:md|mdx)\b",
    r"(?i)\b(?:AGENTS?|CLAUDE|GEMINI|README|CONTRIBUTING|SKILL|MEMORY|SYSTEM|QWEN|WARP|CONVENTIONS)\.(?:md|mdx|txt|rst)\b",
    r"(?i)(?<!\w)\.(?:cursorrules|windsurfrules|clinerules|goosehints|aider\.conf)\b|\bcopilot-instructions\.md\b",
    r"(?i)(?:^|[\s/`'\"(])\.(?:cursor/rules|claude/(?:commands|agents|settings)|github/instructions)\b",
)
_TOOL_RESULTS = (
    r"(?i)</?(?:tool_results?|tool_response|tool_outputs?|function_results?|function_call_output|observation)\b",
    r"[\"'](?:tool_use_id|tool_call_id|function_call_output|tool_result)[\"']|[\"']role[\"']\s{0,3}:\s{0,3}[\"']tool[\"']",
    r"(?im)^\s{0,4}(?:tool (?:output|result|response)|function (?:output|result)|observation|stdout|stderr)\s{0,2}:",
    r"(?i)\b(?:exit(?:ed with)? (?:code|status)|return(?:ed)? code)\s{0,2}:?\s{0,2}\d{1,3}\b",
)
_CODE = (
    r"```|~~~",
    r"(?m)^\s{0,12}(?:def|class|import|from|function|const|let|var|public|private|func|fn|package|#include)\b[^\n]{1,120}"
    r"[(){};:=<>\"']",
    r"(?m)^\s{0,4}(?:\$|>>>|PS [A-Z]:\\?>|sudo|curl|git|npm|pip|docker|kubectl)\s\S",
    r"(?i)\bselect\b[^\n;]{1,200}\bfrom\b[^\n;]{1,120}(?:\bwhere\b|;)|</?[a-z][a-z0-9]{0,10}(?:\s[^<>\n]{0,80})?>",
    r"\b\w{1,40}\([^()\n]{0,80}\)\s{0,2}(?:;|\{|=>|:\s*$)|[=!]==|&&|\|\||->\s?\w",
)

TRIGGERS: dict[str, Recogniser] = {
    "banner words": _banner,
    "context file": _matching(*_CONTEXT_FILES),
    "tool result": _matching(*_TOOL_RESULTS),
    "stack trace": _trace,
    "code": _matching(*_CODE),
    "language other than English": _foreign,
    "obfuscation": _obfuscated,
}
"""Marks of an excerpt that may set a mitigation off: its words of blocking, files that instruct agents, what tools
returned, code, language, disguise. To add one, add a row."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger of errors: its `record` of plain numbers and words, `found` with the decisions that have it, and
    `marks` (m,): the texts of the corpus that do."""

    record: dict[str, Any]
    found: Found
    marks: Flags


def error_triggers(every: Sequence[Excerpts]) -> list[Trigger]:
    """Marks and words that a wrong decision's excerpt holds more often than a right one's, the surest first.

    `every`: the excerpts of one corpus, one item a kind of error. For each the rows of TRIGGERS are tested
    (`mitigations.errors_found`), then single words, which must tell something on the decisions that no kept mark
    covers. A word's log odds (Monroe, Colaresi & Quinn 2008) say how much; the test, whether. A record has kind,
    trigger, sort ("mark" or "word"), log_odds and z (words), and the counts and rates of `mitigations.errors.counted`.
    """
    told = [cases for cases in every if not cases.reason]
    if not told:
        return []
    texts = told[0].corpus.texts
    marks = {name: recogniser(texts) for name, recogniser in TRIGGERS.items()}
    words = words_of(told[0].corpus)
    found = []
    for cases in told:
        own = _by_mark(cases, marks)
        found += [*own, *_by_word(cases, words, own)]
    return found


def _by_mark(cases: Excerpts, marks: Mapping[str, Flags]) -> list[Trigger]:
    own = [(name, mark) for name, mark in marks.items() if _enough(mark[cases.place])]
    # All rows of the table count as tested: which of them are too rare to be is no luck of the draw.
    found = kept(cases, [mark[cases.place] for _, mark in own], level=LEVEL, tests=len(TRIGGERS))
    return [_trigger(cases, own[one.number], one, sort="mark") for one in found]


def _by_word(cases: Excerpts, words: Words, known: Sequence[Trigger]) -> list[Trigger]:
    """Words that tell something on the decisions which no known trigger covers."""
    covered = np.logical_or.reduce([one.found.inside for one in known]) if known else None
    marks = word_marks(cases, words)
    odds = log_odds(cases, marks)
    told = []
    for one in kept(cases, [mark[cases.place] for mark in marks.values()], level=LEVEL, covered=covered):
        word, mark = list(marks.items())[one.number]
        ratio, z = odds[word]
        if z >= LEAST_Z:
            trigger = _trigger(cases, (f"“{word}”", mark), one, sort="word")
            told.append(replace(trigger, record={**trigger.record, "log_odds": ratio, "z": z}))
    return told


def _enough(inside: Flags) -> bool:
    """Whether enough decisions have a mark, and enough have not."""
    return FEWEST_ROWS <= int(inside.sum()) <= len(inside) - FEWEST_ROWS


def _trigger(cases: Excerpts, named: tuple[str, Flags], found: Found, *, sort: str) -> Trigger:
    own = np.flatnonzero(found.inside & cases.wrong)[:EVIDENCE]
    record = {
        "kind": cases.kind,
        "trigger": named[0],
        "sort": sort,
        "measure": cases.measure,
        **counted(cases, found),
        "evidence": cases.ids(own),
    }
    return Trigger(record, found, named[1])
