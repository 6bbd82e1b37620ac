"""Where a message can go: each channel sends one message a call, or says by a `ChannelError` why not."""

import http.client
import json
import os
import smtplib
import ssl
import urllib.error
import urllib.request
from contextlib import suppress
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any, ClassVar, Protocol
from urllib.parse import urlsplit

from jobs.apprise_ears import LineEars
from jobs.channel_options import Options, Place, required, secret
from jobs.escapes import file_name, one_line, tame
from jobs.letter_headers import LetterPolicy, chat_text, letter_headers
from jobs.message import ChannelError, Message, with_images

TIMEOUT_SECONDS = 20.0


class Channel(Protocol):
    """A way to a receiver. `deduplicates`: sending the same message twice does no harm."""

    deduplicates: ClassVar[bool]

    def __init__(self, options: Options, place: Place) -> None: ...

    def send(self, message: Message) -> None:
        """Deliver the message or raise `ChannelError`."""


class FileChannel:
    """Writes NAME.md and NAME.html into a directory; the same message replaces its own files."""

    deduplicates: ClassVar[bool] = True

    def __init__(self, options: Options, place: Place) -> None:
        self.directory = place.root / options.get("path", "digests")

    def send(self, message: Message) -> None:
        """Write both files, each whole or not at all."""
        try:
            self.write(self.directory, message)
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else "unknown error"
            raise ChannelError(f"expected to write into the channel's directory, got: {reason}") from None

    @staticmethod
    def write(directory: Path, message: Message) -> None:
        """Write the files of a message into a directory, which is made if it is not there."""
        directory.mkdir(parents=True, exist_ok=True)
        write_whole(directory / f"{file_name(message.name)}.md", message.markdown)
        write_whole(directory / f"{file_name(message.name)}.html", with_images(message.html, message.images))


class EmailChannel:
    """Sends multipart mail (text, HTML, inline images) through the SMTP server of the settings."""

    deduplicates: ClassVar[bool] = False

    def __init__(self, options: Options, place: Place) -> None:
        self.to = required(options, "to", "email")
        self.settings, self.now = place.settings, place.now

    def send(self, message: Message) -> None:
        """Hand the mail over; a connection lost after the text went out leaves the outcome uncertain."""
        mail = self._mail(message)
        server = self._connected()
        try:
            self._address(server)
            self._hand_over(server, mail)
        finally:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _mail(self, message: Message) -> EmailMessage:
        mail = EmailMessage(policy=LetterPolicy(linesep="\r\n", cte_type="7bit"))
        mail["Subject"] = one_line(message.subject, most=180)
        mail["From"] = self.settings.smtp_from
        mail["To"] = self.to
        mail["Date"] = format_datetime(self.now)
        mail["Message-ID"] = f"<{message.message_id}@groundswell>"
        mail["Auto-Submitted"] = "auto-generated"
        for name, value in letter_headers(self.settings, message).items():
            mail[name] = value
        mail.set_content(message.text)
        mail.add_alternative(message.html, subtype="html")
        page = mail.get_payload()[1]  # type: ignore[index]
        for name, image in message.images.items():
            assert isinstance(page, EmailMessage)
            page.add_related(image, maintype="image", subtype="png", cid=f"<{name}>", disposition="inline")
        return mail

    def _connected(self) -> smtplib.SMTP:
        settings = self.settings
        if settings.smtp_host is None:
            raise ChannelError("expected a mail server, got none; set smtp_host in groundswell.yaml", permanent=True)
        try:
            server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_SECONDS)
            if settings.smtp_starttls:
                server.starttls(context=ssl.create_default_context())
            if settings.smtp_user and settings.smtp_password:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        except smtplib.SMTPAuthenticationError:
            raise ChannelError("the mail server refused user or password; correct them", permanent=True) from None
        except smtplib.SMTPNotSupportedError:
            raise ChannelError("the mail server lacks STARTTLS or login; change the settings", permanent=True) from None
        except (smtplib.SMTPException, OSError) as error:
            raise ChannelError(f"no session with the mail server ({type(error).__name__})") from None
        return server

    def _address(self, server: smtplib.SMTP) -> None:
        try:
            server.ehlo_or_helo_if_needed()
            for what, (code, _) in (
                ("the sender", server.mail(self.settings.smtp_from)),
                ("the recipient", server.rcpt(self.to)),
            ):
                if not 200 <= code < 300:
                    raise ChannelError(f"the mail server answered {code} to {what}", permanent=code >= 500)
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            raise ChannelError(f"the mail server left ({type(error).__name__})") from None

    def _hand_over(self, server: smtplib.SMTP, mail: EmailMessage) -> None:
        try:
            code, _ = server.data(mail.as_bytes())
        except smtplib.SMTPDataError as error:
            code = error.smtp_code
        except (smtplib.SMTPException, OSError) as error:
            raise ChannelError(
                f"the mail server left before it answered ({type(error).__name__})", uncertain=True
            ) from None
        if not 200 <= code < 300:
            raise ChannelError(f"the mail server answered {code} to the text", permanent=code >= 500)


class AppriseChannel:
    """Sends plain text to chat or paging through an Apprise URL, which is a secret as a whole."""

    deduplicates: ClassVar[bool] = False

    def __init__(self, options: Options, place: Place) -> None:
        self.url = secret(options, "url", "apprise", place)
        self.base_url = place.settings.base_url

    def send(self, message: Message) -> None:
        """Notify; a line that broke after the message may have gone out leaves the outcome uncertain."""
        import apprise

        service = apprise.Apprise()
        if not service.add(self.url):
            raise ChannelError("expected an Apprise URL, got something else; correct the secret", permanent=True)
        with LineEars() as ears:
            done = service.notify(
                body=chat_text(message, self.base_url),
                title=tame(message.subject),
                body_format="text",
                timeout=TIMEOUT_SECONDS,
            )
        status = done.status
        done.close()
        if status != apprise.AppriseResultStatus.SUCCESS:
            known = ears.refused and status != apprise.AppriseResultStatus.TIMEOUT
            told = "did not take the message" if known else "may have taken the message: the line broke, or it was slow"
            raise ChannelError(f"the Apprise service {told}", uncertain=not known)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A signed message goes where it was addressed, nowhere else."""

    def redirect_request(self, *_: Any) -> None:
        """Follow none."""
        return None


class WebhookChannel:
    """Posts JSON signed as Standard Webhooks; the receiver knows a repeated message by its webhook-id."""

    deduplicates: ClassVar[bool] = True
    PASSING = frozenset({408, 409, 425, 429, *range(500, 600)})

    def __init__(self, options: Options, place: Place) -> None:
        self.url = required(options, "url", "webhook")
        if urlsplit(self.url).scheme not in ("http", "https"):
            raise ChannelError("expected an http or https address of a webhook, got another", permanent=True)
        self.secret, self.now = secret(options, "secret", "webhook", place), place.now

    def send(self, message: Message) -> None:
        """Post it; any 2xx is success, 4xx but time-outs and rate limits are permanent."""
        opener = urllib.request.build_opener(NoRedirect)
        try:
            with opener.open(self._request(message), timeout=TIMEOUT_SECONDS) as answer:
                answer.read(1024)
        except urllib.error.HTTPError as error:
            with error:
                code = error.code
            raise ChannelError(f"the webhook answered {code}", permanent=code not in self.PASSING) from None
        except (OSError, http.client.HTTPException) as error:
            raise ChannelError(f"the webhook did not answer ({type(error).__name__})") from None

    def _request(self, message: Message) -> urllib.request.Request:
        from standardwebhooks import Webhook

        body = json.dumps(message.payload, ensure_ascii=False, sort_keys=True)
        try:
            signature = Webhook(self.secret).sign(message.message_id, self.now, body)
        except (ValueError, RuntimeError):
            raise ChannelError("expected a webhook secret in base64, got another", permanent=True) from None
        headers = {
            "content-type": "application/json",
            "user-agent": "groundswell",
            "webhook-id": message.message_id,
            "webhook-timestamp": str(int(self.now.timestamp())),
            "webhook-signature": signature,
        }
        return urllib.request.Request(self.url, data=body.encode(), headers=headers, method="POST")


CHANNELS: dict[str, type[Channel]] = {
    "file": FileChannel,
    "email": EmailChannel,
    "apprise": AppriseChannel,
    "webhook": WebhookChannel,
}


def open_channel(options: Options, place: Place) -> Channel:
    """The channel of these options; raises a permanent `ChannelError` where they are not complete."""
    if options.get("type") not in CHANNELS:
        names = ", ".join(sorted(CHANNELS))
        raise ChannelError(f"no channel named {options.get('type')!r}; available: {names}", permanent=True)
    return CHANNELS[options["type"]](options, place)


def write_whole(path: Path, text: str) -> None:
    """Replace the file's content in one step: a reader sees the old or the new, never a part."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8", newline="\n")
    os.replace(part, path)
