"""Read the fields a text volunteers: identifiers, error codes, versions, models, surfaces, plans, hosts."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from nlp.banners import BANNERS
from nlp.entity_values import FILTERS, VALUES
from nlp.literals import Guarded, lowered
from nlp.records import EntityPattern, Span

MODEL = (
    r"(?:claude-(?:opus|sonnet|haiku|fable|mythos|instant|v?\d)[\w.-]{0,40}|gpt-?\d[\w.-]{0,30}|o[134]"
    r"(?:-mini|-pro|-preview)?|gemini-(?:\d|pro|flash|ultra|exp|nano)[\w.-]{0,40}|deepseek-[\w.-]{1,30}|"
    r"qwen-?\d[\w.-]{0,30}|llama-?\d[\w.-]{0,30}|grok-?\d[\w.-]{0,20}|mistral-[\w.-]{2,30}|"
    r"kimi-k\d[\w.-]{0,20}|"
    r"(?:claude )?(?:opus|sonnet|haiku|fable|mythos) ?-?\d(?:[.-]\d{1,2})?(?:\[1m\])?|dall-?e[ -]?\d|"
    r"gemini \d(?:\.\d)?(?: (?:pro|flash|ultra))?|gpt \d(?:\.\d)?)"
)
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
IDENTIFIER = rf"(?:[a-z]{{2,10}}_[A-Za-z0-9]{{8,64}}|{UUID}|[0-9a-f]{{12,64}}|[A-Za-z0-9]{{20,40}})"
PLAN = r"(?:free|pro\+|plus|pro|max(?: ?(?:5x|20x))?|team|business|enterprise|edu(?:cation)?|premium|individual|go)"
SEPARATOR = r"(?:\*\*)?[\"']?\s{0,2}[:=#]?\s{0,2}(?:\*\*)?[\"'`]?"

# To add a field: a row here and a row in tests/test_entities.py. The group `value` counts if there is one.
ENTITIES: dict[str, re.Pattern[str]] = {
    "request_id": re.compile(
        rf"(?<![\w-])(?P<value>req_[A-Za-z0-9]{{8,64}})|\b(?:x-)?request[ _-]?id{SEPARATOR}"
        rf"(?P<value2>{IDENTIFIER})(?!\w)",
        re.I,
    ),
    "decision_id": re.compile(rf"\bdecision[ _-]?id{SEPARATOR}(?P<value>{IDENTIFIER})(?!\w)", re.I),
    "session_id": re.compile(
        rf"\b(?:uploaded )?session(?:[ _-]?id)?{SEPARATOR}(?P<value>{UUID}|[a-z]{{2,10}}_[A-Za-z0-9]{{8,64}})(?!\w)",
        re.I,
    ),
    "thread_id": re.compile(
        rf"\b(?:uploaded )?(?:thread|conversation)(?:[ _-]?id)?{SEPARATOR}"
        rf"(?P<value>{UUID}|[a-z]{{2,10}}_[A-Za-z0-9]{{8,64}})(?!\w)",
        re.I,
    ),
    "ticket": re.compile(
        r"\b(?:ticket|case|incident|support request|reference|vorgang|dossier)"
        r"(?: (?:number|no\.?|id|nr\.?|ref\.?))?[\s:#(]{1,4}"
        r"(?P<value>(?!(?:19|20)\d\d\b)[A-Z]{0,6}-?\d{4,12}(?:-\d{1,8})?)(?![\w.]\d|\w)",
        re.I,
    ),
    "plan": re.compile(
        rf"\b(?P<value>{PLAN})[ -](?:plan|tier|subscription|subscribers?|account|users?|members?|"
        rf"customers?|license|seat)\b|"
        rf"\b(?:plan|subscription|tier)(?:\*\*)?(?: is)?[:\s]{{1,3}}(?:chatgpt |claude |copilot )?(?P<value2>{PLAN})\b|"
        rf"\b(?:chatgpt|claude|copilot|gemini|cursor)[ -](?P<value3>{PLAN})\b(?! (?:\d|cli|code|model))"
    ),
    "feedback_id": re.compile(rf"\bfeedback[ _-]?id{SEPARATOR}(?P<value>{IDENTIFIER})(?!\w)", re.I),
    "ray_id": re.compile(rf"\bray[ _-]?id{SEPARATOR}(?P<value>[0-9a-f]{{16}})(?!\w)", re.I),
    "error_code": re.compile(
        r"\b(?:api error|error code|status code|status|http(?:/[\d.]{1,3})?|error|code)[\s:=\"'(]{1,4}"
        r"(?P<value>[45]\d\d)(?!\d|[.,]\d)|"
        r"\b(?P<value2>[45]\d\d)(?= (?:forbidden|unauthorized|bad request|overloaded|too many requests|"
        r"not found|internal server|service unavailable))|"
        r"\b(?P<value3>(?:invalid_request|rate_limit|overloaded|authentication|permission|not_found|api|"
        r"billing)_error|content_filter|"
        r"content_policy_violation|invalid_prompt|responsibleaipolicyviolation|prohibited_content|"
        r"resource_exhausted|model_refusal_fallback|"
        r"datainspectionfailed|E(?:NOENT|ACCES|PERM|CONNREFUSED|CONNRESET|TIMEDOUT|NOTFOUND|ISDIR|PIPE|"
        r"EXIST))\b",
        re.I,
    ),
    "version": re.compile(
        r"(?:\bversion(?:\*\*)?[\s:=\"'#]{1,4}(?:[a-z][\w-]{0,20} )?v?|(?<![\w.])v|\b(?:codex-cli|"
        r"claude code|claude-code|cli|app|ios|android|node) v?)"
        r"(?P<value>\d{1,4}\.\d{1,5}(?:\.\d{1,6}){0,2}(?:-(?:alpha|beta|rc|stable)[.\d]{0,6})?)(?![\w.]\d)",
        re.I,
    ),
    "model": re.compile(rf"(?<![\w/.-])(?P<value>{MODEL})(?![\w-])", re.I),
    "fallback_model": re.compile(
        rf"\b(?:switched|moved|rerouted|re-routed|routed|downgraded|falls? back|fell back|fallback)"
        rf"(?: over)? to\s{{1,4}}(?P<value>{MODEL})(?![\w-])",
        re.I,
    ),
    "url_host": re.compile(r"\bhttps?://(?:[^\s/@]{1,200}@)?(?P<value>[a-z0-9][a-z0-9.-]{0,252})", re.I),
}
# Each is tried only where a word that its matches hold occurs, or where its `HINTS` do.
SEARCHES = {name: Guarded(pattern) for name, pattern in ENTITIES.items()}
HINTS = {
    "ticket": re.compile(r"\d{4}"),
    "plan": re.compile(
        r"(?:plan|tier|subscri\w+|accounts?|users?|members?|customers?|license|seat|chatgpt|claude|copilot|gemini|cursor)\b"
    ),
    "error_code": re.compile(
        r"[45]\d\d|_error|content_(?:filter|policy)|invalid_prompt|policyviolation|_content|"
        r"_exhausted|_fallback|inspectionfailed|e(?:noent|acces|perm|conn|timedout|notfound|isdir|pipe|exist)"
    ),
    "version": re.compile(r"\d\.\d"),
    "model": re.compile(
        r"claude|gpt|o[134]|gemini|deepseek|qwen|llama|grok|mistral|kimi|opus|sonnet|haiku|fable|mythos|dall"
    ),
}
ANYTHING = re.compile("")
# Looked for in small letters, which is faster.
SMALL = {"plan"}
LOWERED = {"url_host", "model", "fallback_model", "error_code", "plan"}
# The topics of a block are read where a banner is; fields of FILTER results name theirs themselves.
TOPICS = "banner_category"
FILTERED = re.compile(
    rf"[\"'](?P<value>{'|'.join(FILTERS)})[\"']\s{{0,3}}:\s{{0,3}}\{{[^{{}}]{{0,80}}?filtered[\"']?\s{{0,3}}:\s{{0,3}}true",
    re.I,
)


def entities(
    text: str, *, parts: Sequence[Span] | None = None, patterns: tuple[EntityPattern, ...] = ()
) -> dict[str, list[str]]:
    """Field -> the different values in order of appearance; fields without a value are left out.

    Hosts, models, plans and error codes are in lower case, so that spellings of one thing count as one.
    `parts`: the text's boilerplate where it is known already; `patterns`: the taxonomy's own fields, whose values
    come after those of a built-in field of the same name.

    >>> entities("API Error: 529 on claude-opus-4-8, Request ID: req_011CbQm4uTzXwL8sKe7YpRv2")
    {'request_id': ['req_011CbQm4uTzXwL8sKe7YpRv2'], 'error_code': ['529'], 'http_status': ['529'], 'model': \
['claude-opus-4-8']}
    """
    low = lowered(text)
    found: dict[str, list[str]] = {}
    for name, pattern in ENTITIES.items():
        if not SEARCHES[name].possible(low) or not HINTS.get(name, ANYTHING).search(low):
            continue
        values = (
            next(filter(None, match.groups())).rstrip(".-")
            for match in pattern.finditer(low if name in SMALL else text)
        )
        add(found, name, (value.lower() if name in LOWERED else value for value in values))
        if name == "error_code":
            add(found, "http_status", filter(str.isdigit, found.get(name, ())))
    for name, rows in VALUES.items():
        subject = low if name != TOPICS else banners(text, low, parts)
        if subject:
            add(found, name, (value for value, row in rows if row.possible(subject) and row.pattern.search(subject)))
    if "filtered" in low:
        add(found, TOPICS, (FILTERS[match["value"].lower()] for match in FILTERED.finditer(text)))
    for own, guarded in compiled(patterns):
        if guarded.possible(low):
            add(found, own.id, (own.value or of_match(match) for match in guarded.pattern.finditer(text)))
    return found


def add(found: dict[str, list[str]], name: str, values: Iterable[str]) -> None:
    """Put values that are not there yet behind those that are."""
    distinct = list(dict.fromkeys((*found.get(name, ()), *values)))
    if distinct:
        found[name] = distinct


def banners(text: str, low: str, parts: Sequence[Span] | None) -> str:
    """The block banners of a text, in small letters."""
    if parts is not None:
        return " ".join(text[part.start : part.end].lower() for part in parts if part.name == "banner")
    rows = (pattern.finditer(text) for literal, pattern in BANNERS.items() if literal in low)
    return " ".join(match[0].lower() for matches in rows for match in matches)


def of_match(match: re.Match[str]) -> str:
    """The group `value`, else the whole match."""
    named = match.groupdict().get("value")
    return " ".join((named if named is not None else match[0]).split())


@lru_cache(maxsize=4)
def compiled(patterns: tuple[EntityPattern, ...]) -> tuple[tuple[EntityPattern, Guarded], ...]:
    """The taxonomy's fields with their expressions, each tried only where it may match."""
    return tuple((own, Guarded(re.compile(own.pattern, re.I))) for own in patterns)
