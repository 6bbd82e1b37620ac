"""Read the fields a text volunteers: identifiers, error codes, versions, models, hosts."""

import re

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
        rf"\b(?:session|thread|conversation|uploaded thread|uploaded session)(?:[ _-]?id)?{SEPARATOR}"
        rf"(?P<value>{UUID}|[a-z]{{2,10}}_[A-Za-z0-9]{{8,64}})(?!\w)",
        re.I,
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
NEEDS: dict[str, tuple[str, ...]] = {
    "request_id": ("req",),
    "decision_id": ("decision",),
    "session_id": ("session", "thread", "conversation"),
    "feedback_id": ("feedback",),
    "ray_id": ("ray",),
    "fallback_model": (" to ",),
    "url_host": ("http",),
}
LOWERED = {"url_host", "model", "fallback_model", "error_code"}


def entities(text: str) -> dict[str, list[str]]:
    """Field -> the different values in order of appearance; fields without a value are left out.

    Hosts, models and error codes are in lower case, so that spellings of one thing count as one.

    >>> entities("API Error: 529 on claude-opus-4-8, Request ID: req_011CbQm4uTzXwL8sKe7YpRv2")
    {'request_id': ['req_011CbQm4uTzXwL8sKe7YpRv2'], 'error_code': ['529'], 'model': ['claude-opus-4-8']}
    """
    lowered = text.lower()
    found: dict[str, list[str]] = {}
    for name, pattern in ENTITIES.items():
        if not any(literal in lowered for literal in NEEDS.get(name, ("",))):
            continue
        values = (next(filter(None, match.groups())).rstrip(".-") for match in pattern.finditer(text))
        distinct = list(dict.fromkeys(value.lower() if name in LOWERED else value for value in values))
        if distinct:
            found[name] = distinct
    return found
