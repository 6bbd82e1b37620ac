"""Keys: hashed, expiring, revocable; reveals are kept; a request counts once."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jobs.store import Store
from jobs.store_keys import ReusedKey, UnknownKey, UnknownRole

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "keys.db") as opened:
        yield opened


def test_a_key_opens_with_its_secret_and_the_secret_is_nowhere(store: Store, tmp_path: Path) -> None:
    assert not store.keys.exist()
    key_id, secret = store.keys.create(holder="Ann", role="analyst", now=NOW, scope=("themes",))
    key = store.keys.holder_of(secret, now=NOW)
    assert key is not None and (key.key_id, key.role, key.scope) == (key_id, "analyst", ("themes",))
    assert store.keys.exist() and store.keys.valid(key_id, now=NOW) == key
    store.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert secret.rpartition("_")[2].encode() not in stored


def test_secrets_carry_256_bits_and_differ(store: Store) -> None:
    secrets = {store.keys.create(holder="Ann", role="pm", now=NOW)[1] for _ in range(20)}
    assert len(secrets) == 20 and all(len(secret.split("_", 2)[2]) == 43 for secret in secrets)


@pytest.mark.parametrize("wrong", ["", "x", "gs_k00000000_wrong"])
def test_an_unknown_secret_opens_nothing(store: Store, wrong: str) -> None:
    store.keys.create(holder="Ann", role="admin", now=NOW)
    assert store.keys.holder_of(wrong, now=NOW) is None


def test_an_expired_key_opens_nothing(store: Store) -> None:
    key_id, secret = store.keys.create(holder="Ann", role="admin", now=NOW, lifetime=timedelta(days=1))
    assert store.keys.holder_of(secret, now=NOW + timedelta(hours=23)) is not None
    assert store.keys.holder_of(secret, now=NOW + timedelta(days=1)) is None
    assert store.keys.valid(key_id, now=NOW + timedelta(days=1)) is None


def test_a_revoked_key_opens_nothing_and_stays_listed(store: Store) -> None:
    key_id, secret = store.keys.create(holder="Ann", role="admin", now=NOW)
    store.keys.revoke(key_id, now=NOW)
    store.keys.revoke(key_id, now=NOW + timedelta(days=1))
    assert store.keys.holder_of(secret, now=NOW) is None
    assert [row["revoked_at"] for row in store.keys.list()] == ["2026-04-01T12:00:00Z"]
    assert "key_hash" not in store.keys.list()[0]


def test_wrong_roles_and_ids_are_named(store: Store) -> None:
    with pytest.raises(UnknownRole, match="admin, analyst, owner, pm"):
        store.keys.create(holder="Ann", role="root", now=NOW)
    with pytest.raises(UnknownKey, match="keys list"):
        store.keys.revoke("k1", now=NOW)


def test_use_is_noted_at_most_once_an_hour(store: Store) -> None:
    _, secret = store.keys.create(holder="Ann", role="admin", now=NOW)
    for minutes in (0, 30, 59, 61):
        store.keys.holder_of(secret, now=NOW + timedelta(minutes=minutes))
    assert store.keys.list()[0]["last_used_at"] == "2026-04-01T13:01:00Z"


def test_a_running_job_does_not_keep_readers_waiting(store: Store, tmp_path: Path) -> None:
    _, secret = store.keys.create(holder="Ann", role="admin", now=NOW)
    with Store(tmp_path / "keys.db") as job, job.transaction():
        job.keys.reveal("d1", actor="job", reason="holds the lock", now=NOW)
        began = time.monotonic()
        assert store.keys.holder_of(secret, now=NOW) is not None
        assert time.monotonic() - began < 5
    assert store.keys.list()[0]["last_used_at"] is None
    assert store.keys.holder_of(secret, now=NOW) is not None and store.keys.list()[0]["last_used_at"] is not None


def test_a_reveal_is_written_down(store: Store) -> None:
    assert store.keys.reveal("d1", actor="Ann", reason="triage", now=NOW) == 1
    assert store.keys.reveal("d1", actor="Ann", reason="triage", now=NOW) == 2


def test_an_idempotency_key_answers_the_same_request_once(store: Store) -> None:
    with store.transaction():
        assert store.keys.begin_once("a", actor="k1", body=b"x", now=NOW) is None
        store.keys.end_once("a", actor="k1", status=201, answer={"id": 7})
    with store.transaction():
        assert store.keys.begin_once("a", actor="k1", body=b"x", now=NOW) == {"id": 7}
        assert store.keys.begin_once("a", actor="k2", body=b"x", now=NOW) is None
    with pytest.raises(ReusedKey), store.transaction():
        store.keys.begin_once("a", actor="k1", body=b"y", now=NOW)


def test_an_idempotency_key_is_forgotten_after_a_day_at_the_next_request(store: Store) -> None:
    def claimed(key: str, hours: int) -> bool:
        with store.transaction():
            return store.keys.begin_once(key, actor="k1", body=b"x", now=NOW + timedelta(hours=hours)) is None

    assert claimed("a", 0) and claimed("b", 12) and not claimed("a", 24) and claimed("c", 25)
    kept = store.db.execute("SELECT idempotency_key FROM request_once ORDER BY 1").fetchall()
    assert kept == [("b",), ("c",)] and claimed("a", 26)


def test_a_failed_request_frees_its_idempotency_key(store: Store) -> None:
    with pytest.raises(RuntimeError), store.transaction():
        store.keys.begin_once("a", actor="k1", body=b"x", now=NOW)
        raise RuntimeError
    with store.transaction():
        assert store.keys.begin_once("a", actor="k1", body=b"x", now=NOW) is None
