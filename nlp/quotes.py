"""What a text quotes: mails, quoted lines, an agent's turns in a pasted conversation."""

import re
from bisect import bisect_left
from collections.abc import Iterator

Found = Iterator[tuple[int, int]]

QUOTED = re.compile(r"^[ \t]{0,3}>[^\n]{0,2000}(?:\n[ \t]{0,3}>[^\n]{0,2000}){0,400}", re.M)
WROTE = (
    r"On [^\n]{4,160}?\s?wrote:|Am [^\n]{4,120} schrieb [^\n]{1,80}:|Le [^\n]{4,120} a écrit ?:|El [^\n]{4,120} "
    r"escribió:|"
    r"Em [^\n]{4,120} escreveu:|Il (?:giorno )?[^\n]{4,120} ha scritto:|Op [^\n]{4,120} schreef [^\n]{1,80}:|"
    r"(?:在 ?)?\d{4}[^\n]{4,120}(?:写道|寫道)[:：]|\d{4}[^\n]{4,80}(?:のメール|は書きました|wrote)[:：]"
)
FROM = r"(?:From|Von|De|Da|Van|发件人|寄件者|差出人|보낸 사람) ?[:：] ?[^\n]{1,200}\n"
FIELD = (
    r"(?:Sent|Date|To|Cc|Subject|Gesendet|Datum|An|Betreff|Envoyé|À|Objet|Enviado(?: el)?|Para|Asunto|Fecha|Data|"
    r"Inviato|A|Oggetto|Verzonden|Aan|Onderwerp|发送时间|收件人|主题|抄送|日期|送信日時|宛先|件名) ?[:：]"
)
REPLY_HEADER = re.compile(
    rf"^(?:{WROTE}|-{{2,12}}\s?(?:Original Message|Forwarded message|Ursprüngliche Nachricht|Message d'origine|"
    rf"Mensaje original|原始邮件)\s?-{{2,12}}|{FROM}(?:{FIELD}[^\n]{{0,300}}\n){{1,6}})",
    re.M,
)
SUBJECT = re.compile(r"^(?:Subject|Betreff|Objet|Asunto|Oggetto|Onderwerp|主题|件名) ?[:：]", re.M)
# The same in the middle of a line, where line breaks were lost.
FLAT_HEADER = re.compile(
    r"(?<!\S)On (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|\d{1,2}[ /]|[A-Z][a-z]{2,8} \d)[^\n]{4,60}?\d\d:\d\d[^\n]{1,80}? wrote:"
    r"|(?<!-)-{3,80} ?(?:Original Message|Forwarded message) ?-{3,80}"
)
AGENT_TURN = re.compile(
    r"^[ \t]{0,3}[⏺■●][ \t][^\n]{0,2000}(?:\n(?![ \t]{0,3}[❯>⏺●#*])[ \t]{1,8}[^\n]{1,2000}){0,60}", re.M
)
FLAT_TURN = "⏺ "
FLAT_TURN_END = re.compile(r"(?=\s(?:❯|> |#{2,6} |\*\*[A-Z]|```)|$)", re.M)
LONGEST_FLAT_TURN = 1500
ASSISTANT = r"assistant|chatgpt|claude|copilot|gemini|grok|deepseek|ai|bot|model|agent|llm|gpt-?[\w.]{1,6}"
WRITER = r"user|human|me|you|customer|prompt"
TURN = re.compile(
    rf"^[ \t]{{0,3}}(?:\*\*|#{{1,4}} )?(?:(?P<theirs>{ASSISTANT})|(?P<own>{WRITER}))(?: said)?(?:\*\*|:){{1,2}}(?=\s)|"
    r"(?<!\S)#{1,4} (?:(?P<theirs2>assistant|agent|model response)|(?P<own2>user|human))(?=\s)",
    re.I | re.M,
)
# One of these is in each conversation.
SPEAKERS = tuple(
    "assistant chatgpt claude: claude** copilot: gemini: grok: deepseek: ai: bot: model: agent: llm: gpt said:".split()
)
FLAT_END = re.compile(r"\n\s{0,20}\n|\s#{2,6} |\Z")
LONGEST_TURN = 6_000


def quote(text: str) -> Found:
    """Quoted lines, an agent's turns in a transcript, and the quoted mail after its header."""
    if "\n" in text or text.startswith(">"):
        yield from (match.span() for match in QUOTED.finditer(text))
        if "⏺" in text or "■" in text or ("●" in text and "⎿" in text):
            yield from (match.span() for match in AGENT_TURN.finditer(text))
        yield from mails(text)
    if FLAT_TURN in text:
        yield from flat_turns(text)
    if "wrote:" in text or "essage" in text:
        for match in FLAT_HEADER.finditer(text):
            if match.start() and "\n" not in text[match.start() :]:
                yield match.start(), len(text)
    if ":" in text or "# " in text:
        yield from turns(text)


def flat_turns(text: str) -> Found:
    """An agent's turns in a line, up to the next one who speaks or the end of the line, unless that is too far."""
    # Each end is looked for once: a pattern would look as far anew from every sign that begins a turn.
    ends = [match.start() for match in FLAT_TURN_END.finditer(text)]
    start = text.find(FLAT_TURN)
    while start >= 0:
        words = start + len(FLAT_TURN)
        end = ends[bisect_left(ends, words)]
        near = end - words <= LONGEST_FLAT_TURN
        if near:
            yield start, end
        start = text.find(FLAT_TURN, end if near else start + 1)


def mails(text: str) -> Found:
    """The header of a quoted mail and all that follows; where quoted lines follow, the header alone. The header
    that a text begins with is the writer's own mail: without its subject."""
    for header in REPLY_HEADER.finditer(text):
        if not text[: header.start()].strip():
            subject = SUBJECT.search(header[0])
            yield header.start(), header.start() + subject.start() if subject else header.end()
        elif text[header.end() : header.end() + 200].lstrip()[:1] == ">":
            yield header.span()
        else:
            yield header.start(), len(text)
            return


def turns(text: str) -> Found:
    """Of a pasted conversation the turns of the assistant and the names before the writer's."""
    low = text.lower()
    marks = list(TURN.finditer(text)) if any(word in low for word in SPEAKERS) else []
    theirs = [mark for mark in marks if mark["theirs"] or mark["theirs2"]]
    if not theirs or len(marks) < 2:
        return
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        if mark not in theirs:
            yield mark.span()
        elif following:
            yield mark.start(), min(following.start(), mark.start() + LONGEST_TURN)
        else:
            end = FLAT_END.search(text, mark.end(), mark.start() + LONGEST_TURN)
            yield mark.start(), end.start() if end else len(text)
