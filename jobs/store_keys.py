"""Who may ask: API keys (hashed), the log of revealed texts, and requests that count once."""

import hashlib
import json
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlite_utils import Database

from jobs.store_rows import encoded, records

ROLES = ("admin", "analyst", "owner", "pm")
PREFIX = "gs_"
REPEATED_WITHIN = timedelta(days=1)
"""So long a request that comes again is the same one; then its idempotency key is free."""


class UnknownRole(ValueError):
    """A role that no key can have."""


class UnknownKey(LookupError):
    """No key with this id."""


class ReusedKey(ValueError):
    """An idempotency key that came back with another request."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as the store knows it; the secret is not here. `scope`: resources it may use, None for all."""

    key_id: str
    holder: str
    role: str
    scope: tuple[str, ...] | None


def hashed(secret: str) -> str:
    """The hash a key is stored under. Keys carry 256 random bits: a plain SHA-256 cannot be searched."""
    return hashlib.sha256(secret.encode()).hexdigest()


def timestamp(moment: datetime) -> str:
    """A moment as stored: UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Keys:
    """The tables `api_key`, `reveal` and `request_once`. `now` is a moment with a time zone."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def create(
        self,
        *,
        holder: str,
        role: str,
        now: datetime,
        lifetime: timedelta | None = None,
        scope: tuple[str, ...] | None = None,
    ) -> tuple[str, str]:
        """Make a key and return its id and its secret; the secret is not kept and cannot be shown again."""
        if role not in ROLES:
            raise UnknownRole(f"expected a role among {', '.join(ROLES)}, got {role!r}; choose one of them")
        key_id = f"k{secrets.token_hex(4)}"
        secret = f"{PREFIX}{key_id}_{secrets.token_urlsafe(32)}"
        row = {
            "key_id": key_id,
            "key_hash": hashed(secret),
            "holder": holder,
            "role": role,
            "scope": " ".join(scope) if scope is not None else None,
            "created_at": timestamp(now),
            "expires_at": timestamp(now + lifetime) if lifetime is not None else None,
        }
        self.db.table("api_key").insert(row)
        return key_id, secret

    def exist(self) -> bool:
        """Whether any key was ever made."""
        return self.db.execute("SELECT 1 FROM api_key LIMIT 1").fetchone() is not None

    def list(self) -> list[dict[str, Any]]:
        """All keys without their hashes, oldest first."""
        sql = """
            SELECT key_id, holder, role, scope, created_at, expires_at, revoked_at, last_used_at
            FROM api_key ORDER BY created_at, key_id"""
        return records(self.db, sql)

    def revoke(self, key_id: str, *, now: datetime) -> None:
        """End a key now; ending it again changes nothing. Raises `UnknownKey`."""
        if self.db.execute("SELECT 1 FROM api_key WHERE key_id = ?", (key_id,)).fetchone() is None:
            raise UnknownKey(f"no key with id {key_id!r}; 'groundswell keys list' shows the ids")
        sql = "UPDATE api_key SET revoked_at = ? WHERE key_id = ? AND revoked_at IS NULL"
        self.db.execute(sql, (timestamp(now), key_id))

    def holder_of(self, secret: str, *, now: datetime) -> ApiKey | None:
        """The key this secret opens with, None if it is unknown, expired or revoked."""
        return self._valid("key_hash", hashed(secret), now)

    def valid(self, key_id: str, *, now: datetime) -> ApiKey | None:
        """The key of this id, None if it is unknown, expired or revoked."""
        return self._valid("key_id", key_id, now)

    def _valid(self, column: str, value: str, now: datetime) -> ApiKey | None:
        sql = f"""
            SELECT key_id, holder, role, scope, last_used_at FROM api_key WHERE {column} = ?
            AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)"""
        found = self.db.execute(sql, (value, timestamp(now))).fetchone()
        if found is None:
            return None
        self._note_use(found[0], found[4], now)
        scope = tuple(found[3].split()) if found[3] is not None else None
        return ApiKey(key_id=found[0], holder=found[1], role=found[2], scope=scope)

    def _note_use(self, key_id: str, last: str | None, now: datetime) -> None:
        """At most one write an hour, and none while a job holds the lock: readers must not queue behind it."""
        if last is not None and last > timestamp(now - timedelta(hours=1)):
            return
        wait = self.db.execute("PRAGMA busy_timeout").fetchone()[0]
        self.db.execute("PRAGMA busy_timeout = 0").fetchall()
        try:
            self.db.execute("UPDATE api_key SET last_used_at = ? WHERE key_id = ?", (timestamp(now), key_id))
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
        finally:
            self.db.execute(f"PRAGMA busy_timeout = {wait}").fetchall()

    def reveal(self, document_id: str, *, actor: str, reason: str, now: datetime) -> int:
        """Write down that somebody looked at a withheld text, and why; returns the number of the entry."""
        sql = "INSERT INTO reveal (document_id, actor, reason, revealed_at) VALUES (?, ?, ?, ?)"
        return int(self.db.execute(sql, (document_id, actor, reason, timestamp(now))).lastrowid or 0)

    def begin_once(self, key: str, *, actor: str, body: bytes, now: datetime) -> dict[str, Any] | None:
        """Claim an idempotency key inside the open transaction.

        None: it is new, go on and call `end_once`. Otherwise what was answered the first time. Raises
        `ReusedKey` if it came with another body. What is older than REPEATED_WITHIN is forgotten. Writing first
        takes the write lock, so that of two requests at once the second waits and then sees the answer of the first.
        """
        self.db.execute("DELETE FROM request_once WHERE created_at < ?", (timestamp(now - REPEATED_WITHIN),))
        body_hash = hashlib.sha256(body).hexdigest()
        insert = "INSERT OR IGNORE INTO request_once VALUES (?, ?, ?, 0, '{}', ?)"
        if self.db.execute(insert, (key, actor, body_hash, timestamp(now))).rowcount == 1:
            return None
        sql = "SELECT body_hash, response FROM request_once WHERE idempotency_key = ? AND actor = ?"
        row = records(self.db, sql, (key, actor))[0]
        if row["body_hash"] != body_hash:
            raise ReusedKey("expected a new Idempotency-Key for a new request, got one used before; make another")
        answer: dict[str, Any] = json.loads(row["response"])
        return answer

    def end_once(self, key: str, *, actor: str, status: int, answer: dict[str, Any]) -> None:
        """Keep the answer of a claimed idempotency key."""
        sql = "UPDATE request_once SET status = ?, response = ? WHERE idempotency_key = ? AND actor = ?"
        self.db.execute(sql, (status, encoded(answer), key, actor))
