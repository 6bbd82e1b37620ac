"""One delivery: what is said, in the forms a receiver may want it, and how a delivery fails."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class ChannelError(RuntimeError):
    """A delivery failed. Its message holds no secret: neither password nor address of a receiver's hook.

    `permanent`: trying again will not help. `uncertain`: the receiver may have it all the same.
    """

    def __init__(self, message: str, *, permanent: bool = False, uncertain: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.uncertain = uncertain


@dataclass(frozen=True, slots=True)
class Message:
    """What one delivery says. `message_id` stays the same when it is sent again.

    `name` names its files. `html` shows the image of `images` called x as "cid:x". `payload` is for programs.
    `brief`: the text for chat and pagers; `text` where it is empty. `owner`: whom it is for. `thread`: what it goes
    on about, the same for every message about it.
    """

    message_id: str
    name: str
    subject: str
    text: str
    markdown: str
    html: str
    payload: Mapping[str, Any]
    images: Mapping[str, bytes] = field(default_factory=dict)
    brief: str = ""
    owner: str = ""
    thread: str = ""


def with_images(html: str, images: Mapping[str, bytes]) -> str:
    """The page with its PNG images inside it instead of beside it.

    >>> with_images('<img src="cid:a">', {"a": b"png"})
    '<img src="data:image/png;base64,cG5n">'
    """
    for name, image in images.items():
        html = html.replace(f'"cid:{name}"', f'"data:image/png;base64,{b64encode(image).decode("ascii")}"')
    return html
