"""The voices feedback is written in, from the two-word outburst to the report with headings."""

from collections.abc import Callable
from typing import Protocol

from jobs.scenario_dice import Dice
from jobs.scenario_filings import Filing
from jobs.scenario_parts import environment, error_body, log_lines, session_id


class Writer(Protocol):
    """What a voice needs: phrases by part, dice and the document at hand."""

    dice: Dice

    @property
    def filing(self) -> Filing:
        """The document being written."""

    def say(self, part: str, *, own: float = 0.6) -> str:
        """A phrase for a part."""


VOICE_SHARES = {
    "in_app": {"terse": 0.34, "plain": 0.44, "sarcastic": 0.07, "long": 0.07, "form": 0.05, "report": 0.03},
    "app_store": {"terse": 0.45, "plain": 0.43, "sarcastic": 0.12},
    "support": {"plain": 0.40, "long": 0.28, "mail": 0.16, "report": 0.10, "form": 0.06},
    "tracker": {"issue": 0.42, "report": 0.24, "plain": 0.16, "agent": 0.08, "terse": 0.10},
    "email": {"mail": 0.6, "long": 0.4},
    "forum": {"plain": 0.45, "long": 0.3, "sarcastic": 0.17, "terse": 0.08},
    "support_desk_jp": {"forward": 0.7, "plain": 0.3},
}


def terse(writer: Writer) -> str:
    """An outburst of a few words, sometimes two of them."""
    first = writer.say("terse", own=0.8)
    if writer.dice.chance(0.22):
        return f"{first.rstrip('.')}{writer.dice.pick(('. ', ', ', ' - ', '! '))}{writer.say('terse', own=0.3)}"
    return first


def plain(writer: Writer) -> str:
    """A few sentences in the order people happen to write them."""
    dice = writer.dice
    claim = writer.say("claim")
    parts = {
        "context": dice.chance(0.3),
        "claim": True,
        "detail": dice.chance(0.4),
        "retry": dice.chance(0.22),
        "consequence": dice.chance(0.42),
        "ask": dice.chance(0.38),
    }
    order = [part for part, wanted in parts.items() if wanted]
    if dice.chance(0.2):
        order.remove("claim")
        order.insert(dice.below(len(order) + 1), "claim")
    said = [claim if part == "claim" else writer.say(part) for part in order]
    if dice.chance(0.18):
        said.insert(0, writer.say("opener"))
    return " ".join(part for part in said if part)


def long(writer: Writer) -> str:
    """Paragraphs: who writes, what happened, what was tried, what it costs, what is wanted."""
    dice = writer.dice
    first = _join(writer.say("opener") if dice.chance(0.6) else "", writer.say("context"), writer.say("claim"))
    second = _join(writer.say("detail"), writer.say("detail") if dice.chance(0.6) else "", writer.say("retry"))
    third = _join(writer.say("consequence"), writer.say("ask"))
    paragraphs = [first, second, third]
    if dice.chance(0.3):
        paragraphs.append(writer.say("closer"))
    return "\n\n".join(part for part in paragraphs if part)


def mail(writer: Writer) -> str:
    """A letter with salutation and valediction, now and then under an older one."""
    dice = writer.dice
    greeting = dice.pick(("Hello,", "Hi team,", "Dear Sir or Madam,", "Hi there,", "To whom it may concern,", "Hi,"))
    ending = dice.pick(("Kind regards", "Best", "Thanks in advance", "Yours sincerely", "Thank you", "Cheers"))
    text = f"{greeting}\n\n{plain(writer)}\n\n{writer.say('ask')}\n\n{ending}"
    if dice.chance(0.25):
        text += f"\n\nOn {writer.filing.happened:%a, %d %b %Y}, Lumen Support wrote:\n> {writer.say('canned')}"
    return text


def sarcastic(writer: Writer) -> str:
    """The claim between two pieces of irony."""
    return _join(
        writer.say("sarcasm"), writer.say("claim"), writer.say("consequence") if writer.dice.chance(0.4) else ""
    )


def form(writer: Writer) -> str:
    """A support form: short answers under fixed questions, some left empty."""
    again = writer.say("terse") if writer.dice.chance(0.5) else "same as above"
    return (
        f"What were you trying to do?\n{writer.say('context') or 'n/a'}\n\n"
        f"What happened?\n{writer.say('claim')}\n\n"
        f"How does this affect you?\n{writer.say('consequence') or again}\n\n"
        f"Anything else?\n{writer.dice.pick((again, 'no', '', '-', writer.say('ask')))}"
    ).strip()


def issue(writer: Writer) -> str:
    """An issue form of the public tracker with checklist, headings and empty sections."""
    dice, filing = writer.dice, writer.filing
    title = dice.pick(("[BUG] ", "[Bug] ", "[BUG]: ", "", "[MODEL] ", "[FEEDBACK] ")) + writer.say("terse", own=0.9)
    sections = [
        title,
        "### Preflight Checklist\n- [x] I have searched existing issues\n- [x] This is a single report\n"
        "- [x] I am using the latest version",
        f"### What's Wrong?\n{_join(writer.say('claim'), writer.say('detail') if dice.chance(0.6) else '')}",
        f"### What Should Happen?\n{writer.say('expected') or writer.say('ask')}",
    ]
    if dice.chance(0.45):
        sections.append(f"### Error Messages/Logs\n{dice.pick((log_lines, error_body))(filing, dice)}")
    sections.append(
        f"### Steps to Reproduce\n{dice.pick((writer.say('retry'), writer.say('context'), '1. see above'))}"
    )
    sections.append(f"### Is this a regression?\n{dice.pick(('I do not know', 'Yes', 'No', '_No response_'))}")
    if dice.chance(0.7):
        sections.append(environment(filing, dice))
    extra = writer.say("consequence") if dice.chance(0.4) else "_No response_"
    sections.append(f"### Additional Information\n{extra}")
    return "\n\n".join(sections)


def report(writer: Writer) -> str:
    """A report a language model wrote for its user: headings, bullets, measured tone."""
    dice = writer.dice
    steps = [writer.say("step") for _ in range(2 + dice.below(3))]
    mark = dice.pick(("##", "###", "**"))
    end = "**" if mark == "**" else ""
    sections = [
        f"{mark}{' ' if not end else ''}{dice.pick(('Summary', 'Overview', 'Description', 'TL;DR'))}{end}\n\n"
        f"{_join(writer.say('report_intro'), writer.say('claim'))}",
        f"{mark}{' ' if not end else ''}{dice.pick(('Observed behaviour', 'Details', 'What happened'))}{end}\n\n"
        + "\n".join(f"- {line}" for line in (writer.say("detail"), writer.say("retry")) if line),
        f"{mark}{' ' if not end else ''}{dice.pick(('Steps to reproduce', 'Reproduction'))}{end}\n\n"
        + "\n".join(f"{at}. {step}" for at, step in enumerate(steps, 1)),
        f"{mark}{' ' if not end else ''}{dice.pick(('Impact', 'User impact', 'Severity'))}{end}\n\n"
        + writer.say("consequence"),
    ]
    if dice.chance(0.6):
        head = dice.pick(("Root cause (hypothesis)", "Analysis", "Likely cause"))
        sections.append(f"{mark}{' ' if not end else ''}{head}{end}\n\n{writer.say('hypothesis')}")
    if dice.chance(0.6):
        head = dice.pick(("Suggested resolution", "Request", "Expected behaviour"))
        sections.append(f"{mark}{' ' if not end else ''}{head}{end}\n\n{writer.say('ask')}")
    return "\n\n".join(part for part in sections if part)


def agent(writer: Writer) -> str:
    """The agent itself files on behalf of its user."""
    intro = writer.say("agent_intro")
    body = _join(writer.say("claim"), writer.say("detail"), writer.say("consequence"))
    return f"{intro}\n\n{body}\n\nSession: {session_id(writer.dice)}"


def forward(writer: Writer) -> str:
    """A regional desk passes on what it was told."""
    intro = writer.say("forward_intro")
    if writer.dice.chance(0.5):
        return _join(intro, plain(writer))
    return f"{intro}\n\n> {plain(writer)}"


def flood(writer: Writer) -> str:
    """A tool's report: a fixed frame, a partly varied rationale, ids of its own."""
    filing = writer.filing
    stamp = filing.happened.strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f"[AUTO-REPORT] False positive: request blocked by safety filter\n\n{writer.say('claim')}\n\n"
        f"Rationale: {writer.say('detail')}\n\n"
        f"Request: {filing.request_id}\nTime: {stamp}\nTool: seqflow-reporter 0.4.2\n"
        "This report was generated automatically. Please whitelist the account."
    )


def _join(*parts: str) -> str:
    return " ".join(part for part in parts if part)


VOICES: dict[str, Callable[[Writer], str]] = {
    "terse": terse,
    "plain": plain,
    "long": long,
    "mail": mail,
    "sarcastic": sarcastic,
    "form": form,
    "issue": issue,
    "report": report,
    "agent": agent,
    "forward": forward,
    "flood": flood,
}
