"""Boilerplate around claims: banners, error bodies, environment blocks, log lines, ids."""

from collections.abc import Callable

from jobs.scenario_dice import Dice
from jobs.scenario_filings import Filing

TOPICS = ("cybersecurity", "biology", "chemistry", "coding", "autonomous actions", "financial fraud")
CATEGORIES = ("cyber", "bio", "chem", "fraud", "self_harm", "violence", "hate", "sexual")
SYSTEMS = ("darwin", "linux", "win32", "macOS 15.5", "Ubuntu 24.04", "Windows 11", "WSL2", "Fedora 42")
TERMINALS = ("iTerm2", "vscode", "kitty", "Windows Terminal", "tmux", "ghostty", "PyCharm")
BROWSERS = ("Firefox 139", "Chrome 137", "Safari 18", "Edge 136")
STATUS = ("529 overloaded_error", "503 service_unavailable", "500 internal_error", "504 gateway_timeout")
FRAMES = ("dispatch", "readStream", "renderPane", "applyPatch", "flushQueue", "syncSession", "onMessage")


def version(dice: Dice) -> str:
    """A client version."""
    return f"{1 + dice.below(3)}.{dice.below(12)}.{dice.below(80)}"


def banner(filing: Filing, dice: Dice) -> str:
    """What the product shows on a block; it names several domains and proves none."""
    topics = dice.sample(TOPICS, 3)
    listed = f"{topics[0]}, {topics[1]} and {topics[2]}"
    forms = (
        "Lumen is unable to respond to this request, which appears to violate our Usage Policy "
        "(https://lumen.example/usage-policy).",
        f"This message was flagged for a topic in: {listed}. You can edit your last message or start over.",
        "Your request was routed to a smaller model as a fallback. Learn more about safety routing.",
        f"⚠ Content paused. Our safeguards for {listed} were triggered. Reference: {dice.hexadecimal(12)}",
        "I can't help with that. If you believe this is a mistake, use the feedback button.",
        "The response was filtered by our content management policy. Please modify your prompt and retry.",
        f"Request blocked (policy). Request id: {filing.request_id or 'req_' + dice.hexadecimal(16)}",
    )
    return dice.pick(forms)


def quoted_banner(filing: Filing, dice: Dice) -> str:
    """The banner as people paste it: quoted, fenced or plain."""
    text = banner(filing, dice)
    return dice.pick((f"> {text}", f"```\n{text}\n```", f'"{text}"', text))


def error_body(filing: Filing, dice: Dice) -> str:
    """A JSON error as the API returns it, per-category results included for blocks."""
    request = filing.request_id or "req_" + dice.hexadecimal(16)
    if filing.subject.kind == "over_block":
        results = ", ".join(
            f'"{name}": {{"flagged": {"true" if at == 0 else "false"}, "score": 0.{10 + dice.below(88)}}}'
            for at, name in enumerate(dice.sample(CATEGORIES, 4))
        )
        body = f'{{"error": {{"type": "policy_block", "code": 400, "results": {{{results}}}}},'
    else:
        code, kind = dice.pick(STATUS).split(" ")
        body = f'{{"error": {{"type": "{kind}", "code": {code}, "message": "Please try again later"}},'
    return f'```json\n{body} "request_id": "{request}"}}\n```'


def environment(filing: Filing, dice: Dice) -> str:
    """An environment block in one of its usual shapes."""
    terminal = dice.pick(TERMINALS if filing.product in ("coder", "api") else BROWSERS)
    facts = {
        "Platform": dice.pick(SYSTEMS),
        "Terminal" if filing.product == "coder" else "Client": terminal,
        "Version": version(dice),
        "Feedback ID": session_id(dice),
    }
    chosen = dice.sample(list(facts.items()), 3 + dice.below(2))
    bullet = dice.pick(("- ", "* ", ""))
    head = dice.pick(("**Environment Info**", "### Environment", "Environment:", "--- system info ---"))
    return "\n".join([head, *(f"{bullet}{name}: {value}" for name, value in chosen)])


def log_lines(filing: Filing, dice: Dice) -> str:
    """A few lines of log or stack trace in a fence."""
    stamp = filing.happened.strftime("%Y-%m-%dT%H:%M:%S")
    lines = [f"{stamp}Z ERROR {dice.pick(FRAMES)}: {dice.pick(STATUS)}"]
    for _ in range(1 + dice.below(4)):
        where = f"{1 + dice.below(2900)}:{1 + dice.below(400)}"
        lines.append(f"    at {dice.pick(FRAMES)} (/opt/lumen/{dice.pick(('cli', 'core'))}.js:{where})")
    return "```\n" + "\n".join(lines) + "\n```"


def session_id(dice: Dice) -> str:
    """A UUID-like id."""
    return "-".join(dice.hexadecimal(size) for size in (8, 4, 4, 4, 12))


def id_line(filing: Filing, dice: Dice) -> str:
    """A line with ids, as the feedback button appends or people copy."""
    request = filing.request_id or "req_" + dice.hexadecimal(16)
    forms = (
        f"Session: {session_id(dice)}",
        f"request id {request}",
        f"Request-Id: {request}",
        f"conversation {session_id(dice)} · app {version(dice)}",
        f"(feedback id: {session_id(dice)})",
        f"Ticket #{100000 + dice.below(800000)}",
    )
    return dice.pick(forms)


def block_page(filing: Filing, dice: Dice) -> str:
    """HTML of a block page, pasted whole."""
    return (
        "<html><head><title>Request blocked</title></head><body><h1>We could not complete this request</h1>"
        f"<p>Reference {dice.hexadecimal(10)}. Our safety systems stopped this response.</p></body></html>"
    )


BOILERPLATE: dict[str, tuple[tuple[Callable[[Filing, Dice], str], float], ...]] = {
    "over_block": (
        (quoted_banner, 0.30),
        (error_body, 0.08),
        (block_page, 0.01),
        (id_line, 0.22),
        (environment, 0.08),
    ),
    "under_block": ((id_line, 0.18), (environment, 0.06)),
    "reliability": ((error_body, 0.10), (log_lines, 0.14), (id_line, 0.12), (environment, 0.16)),
    "quality": ((id_line, 0.12), (environment, 0.10)),
    "account_action": ((id_line, 0.15),),
    "billing": ((id_line, 0.15),),
}


def appendix(filing: Filing, dice: Dice, *, more: float) -> list[str]:
    """Boilerplate paragraphs of a document; `more` scales how likely each one is."""
    parts = BOILERPLATE.get(filing.subject.kind, ((id_line, 0.08), (environment, 0.04)))
    return [part(filing, dice) for part, chance in parts if dice.chance(chance * more)]
