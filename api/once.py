"""Writes that count once: a POST that comes again with its Idempotency-Key gets the first answer."""

from collections.abc import Callable
from typing import Any

from flask import g, request
from werkzeug.exceptions import UnprocessableEntity

from api.access import actor
from api.db import now, store

LONGEST_KEY = 200


def once(action: Callable[[], dict[str, Any]], *, status: int) -> dict[str, Any]:
    """Do a write in one transaction with its idempotency key, if there is one; returns what it answered.

    The answer is kept, so it must not hold texts: a view builds its body from the ids in it.
    """
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 1 <= len(key) <= LONGEST_KEY:
        raise UnprocessableEntity(f"Idempotency-Key: expected 1 to {LONGEST_KEY} characters, got {len(key)}")
    with store().transaction():
        if key is None:
            return action()
        body = f"{request.method} {request.path}\n".encode() + request.get_data()
        earlier = store().keys.begin_once(key, actor=actor().key_id, body=body, now=now())
        if earlier is not None:
            g.replayed = True
            return earlier
        answer = action()
        store().keys.end_once(key, actor=actor().key_id, status=status, answer=answer)
        return answer
