"""What a letter carries beside its text: how to leave, which thread it belongs to; and its text for chats."""

from email.policy import EmailPolicy
from email.utils import parseaddr
from urllib.parse import quote

from jobs.escapes import file_name, one_line, tame
from jobs.message import Message
from jobs.settings import Settings

DOMAIN = "groundswell"


class LetterPolicy(EmailPolicy):
    """How mail is written: what leads away from a list stays on one line, where Python would write a long address as
    encoded words, which no client reads."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """One header as it goes out."""
        if name.startswith("List-"):
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


def letter_headers(settings: Settings, message: Message) -> dict[str, str]:
    """Headers by which a reader leaves, filters and threads letters (RFC 2369, 2919, 5322; one click: RFC 8058).

    One click is offered only where the operator names an https address that takes it: who is told of alerts is kept
    in owners.yaml, and a link that a scanner follows must not change it.
    """
    found = {"List-Unsubscribe": f"<{_leave(settings, message)}>"}
    if found["List-Unsubscribe"].startswith("<https:"):
        found["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if message.owner:
        found["List-Id"] = f"<{_label(message.owner)}.{_label(settings.name)}.{DOMAIN}>"
    if message.thread:
        found["References"] = f"<{_label(message.thread)}@{DOMAIN}>"
    return found


def chat_text(message: Message, base_url: str) -> str:
    """The text for chats and pagers, in which nothing is a link but to the dashboard, and nobody is called."""
    own = base_url.rstrip("/") + "/"
    lines = (message.brief or message.text).splitlines()
    return "\n".join(tame(line).replace(tame(own), own) for line in lines)


def _leave(settings: Settings, message: Message) -> str:
    if settings.smtp_unsubscribe:
        return settings.smtp_unsubscribe
    subject = quote(f"unsubscribe {message.owner}".strip())
    return f"mailto:{quote(parseaddr(one_line(settings.smtp_from))[1], safe='@')}?subject={subject}"


def _label(text: str) -> str:
    return file_name(text).replace("_", "-")[:60]
