"""What explanations are told of the store: releases, the calendar, campaigns, and what another version said before."""

import pandas as pd

from jobs import bridge
from jobs.count import counted
from jobs.store import Store
from jobs.surroundings import surroundings
from topics.coverage import coverage
from topics.delay import completeness
from topics.surroundings import Surroundings

AS_OF = "2026-03-10T20:00:00Z"


def around(store: Store) -> Surroundings:
    """What explanations are given of this store today."""
    documents = counted(store)
    late = completeness(documents, as_of=pd.Timestamp(AS_OF).tz_localize(None))
    return surroundings(store, coverage(documents), late, documents=documents)


def test_undeclared_releases_are_inferred_ones_and_know_the_domain_of_their_mitigation(store: Store) -> None:
    store.db.execute("DELETE FROM release")
    store.db.execute("DELETE FROM mitigation")
    store.db.execute("INSERT INTO mitigation VALUES ('guard', 'Guard', 'cyber', 'default', '{}')")
    for name, declared in (("guard-1", 1), ("guard@2026-03-02", 0)):
        row = (name, "guard", "2026-03-02", "2", "threshold 0.8 to 0.6", declared)
        store.db.execute("INSERT INTO release VALUES (?, ?, ?, ?, ?, ?)", row)
    known = around(store).releases.set_index("release_id")
    assert known["inferred"].to_dict() == {"guard-1": False, "guard@2026-03-02": True}
    assert set(known["harm_domain"]) == {"cyber"}
    assert known.loc["guard@2026-03-02", "evidence"] == "threshold 0.8 to 0.6"


def test_volumes_of_the_version_before_are_those_it_would_have_counted(store: Store) -> None:
    assert around(store).reread is None
    before = around(store).alongside
    ids = [row[0] for row in store.db.execute("SELECT document_id FROM classification")]
    bridge.keep(store, ids, version="c2")
    store.db.execute("UPDATE classification SET kind = 'billing', classifier_version = 'c2' WHERE kind = 'over_block'")
    store.db.execute("UPDATE classification SET classifier_version = 'c2'")
    bridge.run(store, as_of=AS_OF)
    found = around(store).reread
    assert found is not None and found.versions == "c1 → c2" and found.since == pd.Timestamp("2026-03-10")
    counted_then = before[before["kind"] == "over_block"].groupby("day")["reporters"].sum()
    own = found.volumes[found.volumes["series"] == "feedback/kind=over_block"].set_index("day")["reporters"]
    assert own.sum() > 0 and (own[own > 0].index.isin(counted_then.index)).all()
    assert "over_block" not in set(around(store).alongside["kind"])


def test_shares_of_the_whole_stream_sum_to_one_for_each_attribute(store: Store) -> None:
    usual = around(store).usual
    assert usual.groupby(["stream", "attribute"])["share"].sum().round(9).eq(1.0).all()
