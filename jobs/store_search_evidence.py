"""What stands behind one number of the ledger: its documents, the collapsed ones, labels, decisions."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlite_utils import Database

from jobs.store_ledger import OF_A_DOCUMENT
from jobs.store_paging import Listing, Page, read_page
from mitigations.cells import NONE, attributes_of, escaped, monday, week_after
from mitigations.decisions import ERRORS, NOT_RANDOM

PARTS = ("counted", "collapsed", "corrected", "drawn_here", "drawn_elsewhere", "corroborated", "adjudicated", "audited")
"""In the order shown. `corrected`: a label moved the document into the cell or out of it; `corroborated`: of those
counted, the ones joined to a decision that did what they say."""
COLUMNS = (
    "document_id decision_id occurred_at source reporter customer mitigation rule kept_id kind harm_domain "
    "classified_kind classified_probability classified_harm_domain label labelled_by labelled_at "
    "inclusion_probability action truth truth_source"
).split()


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the ledger; `span`: how many weeks it sums up, the named one being the last."""

    week: str
    kind: str
    slice: str = "all"
    span: int = 1

    def days(self) -> tuple[str, str]:
        """First day, and first day not wanted.

        >>> Cell("2026-W10", "over_block").days(), Cell("2026-W10", "over_block", span=4).days()
        (('2026-03-02', '2026-03-09'), ('2026-02-09', '2026-03-09'))
        """
        start = monday(self.week)
        return (start - timedelta(weeks=self.span - 1)).isoformat(), (start + timedelta(weeks=1)).isoformat()

    def following(self) -> str:
        """The week after it, by name: the end of a half-open range.

        >>> Cell("2025-W52", "over_block").following()
        '2026-W01'
        """
        return week_after(self.week)

    def attributes(self) -> list[str]:
        """The attributes its slice is made by; none for the total.

        >>> Cell("2026-W10", "over_block", "harm_domain=cyber&plan=pro").attributes()
        ['harm_domain', 'plan']
        """
        return list(attributes_of(self.slice))


class EvidenceSearch:
    """Read queries over what the ledger counted; nothing is counted otherwise than there."""

    def __init__(self, db: Database) -> None:
        self.db = db
        db.conn.create_function("slice_key", 6, slice_key, deterministic=True)

    def rows(self, cell: Cell, *, part: str | None = None, limit: int = 50, cursor: str | None = None) -> Page:
        """Rows of one part, or of all in the order of `PARTS`, oldest first within a part."""
        sql = " UNION ALL ".join(_part(name, cell) for name in PARTS if part in (None, name))
        listing = Listing(f"{WITH} {sql}", _parameters(cell), ("place", "occurred_at", "item_id"), False)
        page = read_page(self.db, listing, limit=limit, cursor=cursor)
        return replace(page, rows=[{"part": PARTS[row["place"]], **_shown(row)} for row in page.rows])

    def sizes(self, cell: Cell) -> dict[str, int]:
        """Rows by part, every part named."""
        sql = " UNION ALL ".join(_part(name, cell) for name in PARTS)
        counted = self.db.execute(f"{WITH} SELECT place, count(*) FROM ({sql}) GROUP BY place", _parameters(cell))
        found = dict(counted.fetchall())
        return {name: int(found.get(place, 0)) for place, name in enumerate(PARTS)}


def slice_key(
    attributes: str, harm_domain: Any, mitigation: Any, source: Any, use_case: Any, segments: str | None
) -> str:
    """The slice of a document or decision by these attributes (JSON list), as the ledger writes it.

    >>> slice_key('["harm_domain","plan"]', "cyber", None, "app", None, '{"plan":"a&b"}')
    'harm_domain=cyber&plan=a%26b'
    >>> slice_key('["plan"]', None, None, None, None, "{}"), slice_key("[]", None, None, None, None, None)
    ('plan=(none)', 'all')
    """
    names: list[str] = json.loads(attributes)
    if not names:
        return "all"
    known = dict(zip(OF_A_DOCUMENT, (harm_domain, mitigation, source, use_case), strict=True))
    values = {**(json.loads(segments) if segments else {}), **known}
    return "&".join(f"{name}={NONE if values.get(name) is None else escaped(values[name])}" for name in names)


def _parameters(cell: Cell) -> dict[str, Any]:
    first, end = cell.days()
    error = ERRORS[cell.kind]
    return {
        "kind": cell.kind,
        "slice": cell.slice,
        "attributes": json.dumps(cell.attributes()),
        "first": first,
        "end": end,
        "action": error.action,
        "truth": error.truth,
    }


def _part(name: str, cell: Cell) -> str:
    """The rows of one part; decisions know no source, so a slice by it has none of theirs."""
    columns, source = SOURCES[name]
    given = {**columns, "item_id": columns.get("document_id", columns.get("decision_id", "NULL"))}
    chosen = ", ".join(f"{given.get(column, 'NULL')} AS {column}" for column in (*COLUMNS, "item_id"))
    unknown = "document_id" not in columns and "source" in cell.attributes()
    return f"SELECT {PARTS.index(name)} AS place, {chosen} FROM {source}{' AND 0' if unknown else ''}"


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in COLUMNS}


# Labels given by people override the classifier as they do in the ledger; its own answer stays beside them.
WITH = """
    WITH said AS MATERIALIZED (SELECT document_id, kind, harm_domain, use_case FROM settled_document),
    labelling AS MATERIALIZED (
      SELECT l.document_id, coalesce(max(v.actor), group_concat(DISTINCT l.labeller)) AS labelled_by,
        coalesce(max(v.decided_at), max(l.labelled_at)) AS labelled_at
      FROM label l LEFT JOIN label_verdict v ON v.target = l.document_id AND v.field = l.field
      WHERE l.document_id IS NOT NULL AND l.field = 'kind' GROUP BY l.document_id),
    keyed AS (
      SELECT d.document_id, d.occurred_at, d.source, CASE WHEN d.reporter_known THEN d.reporter END AS reporter,
        d.customer, x.decision_id, x.action, coalesce(x.mitigation, d.mitigation) AS mitigation, u.rule, u.kept_id,
        coalesce(s.kind, c.kind) AS kind, coalesce(s.harm_domain, c.harm_domain) AS harm_domain,
        coalesce(s.use_case, c.use_case) AS use_case, c.kind AS classified_kind,
        c.kind_probability AS classified_probability, c.harm_domain AS classified_harm_domain,
        c.use_case AS classified_use_case, d.segments, s.kind AS label, b.labelled_by, b.labelled_at
      FROM document d
      LEFT JOIN classification c USING (document_id)
      LEFT JOIN said s USING (document_id)
      LEFT JOIN labelling b USING (document_id)
      LEFT JOIN duplicate u USING (document_id)
      LEFT JOIN document_decision j USING (document_id)
      LEFT JOIN decision x ON x.decision_id = j.decision_id AND j.agrees
      WHERE d.stream = 'feedback' AND d.occurred_at >= :first AND d.occurred_at < :end),
    placed AS MATERIALIZED (
      SELECT *, coalesce(kind = :kind, 0)
          AND slice_key(:attributes, harm_domain, mitigation, source, use_case, segments) = :slice AS inside,
        coalesce(classified_kind = :kind, 0) AND slice_key(:attributes, classified_harm_domain, mitigation, source,
          classified_use_case, segments) = :slice AS classified_inside
      FROM keyed),
    drawn AS (
      SELECT s.document_id, d.occurred_at, d.source, CASE WHEN d.reporter_known THEN d.reporter END AS reporter,
        d.customer, d.mitigation, s.value AS label, s.inclusion_probability,
        c.kind AS classified_kind, c.kind_probability AS classified_probability,
        c.harm_domain AS classified_harm_domain, b.labelled_by, b.labelled_at,
        s.document_id IN (SELECT document_id FROM placed WHERE inside OR classified_inside) AS here
      FROM settled_label s JOIN document d USING (document_id)
      LEFT JOIN classification c USING (document_id) LEFT JOIN labelling b USING (document_id)
      WHERE s.field = 'kind' AND s.inclusion_probability IS NOT NULL AND d.stream = 'feedback'),
    judged AS (
      SELECT d.decision_id, d.decided_at, d.mitigation, m.harm_domain, d.action, d.truth, d.truth_source,
        d.inclusion_probability, d.decided_at >= :first AND d.decided_at < :end
          AND slice_key(:attributes, m.harm_domain, d.mitigation, NULL, d.use_case, d.segments) = :slice AS inside
      FROM decision d LEFT JOIN mitigation m ON m.mitigation_id = d.mitigation
      WHERE d.truth IS NOT NULL AND d.action = :action),
    appealed AS (
      SELECT coalesce(d.decision_id, a.decision_id, 'request ' || a.request_id) AS decision_id,
        coalesce(d.decided_at, a.filed_at) AS decided_at, d.mitigation, m.harm_domain, d.action,
        slice_key(:attributes, m.harm_domain, d.mitigation, NULL, d.use_case, d.segments) = :slice AS inside
      FROM appeal a
      LEFT JOIN decision d ON d.decision_id = coalesce(a.decision_id,
        (SELECT min(x.decision_id) FROM decision x WHERE x.request_id = a.request_id))
      LEFT JOIN mitigation m ON m.mitigation_id = d.mitigation
      WHERE a.outcome = 'overturned' AND :action = 'block' AND coalesce(d.action, 'block') = 'block'),
    found_wrong AS (
      SELECT decision_id, decided_at, mitigation, harm_domain, action, truth, truth_source, inclusion_probability,
        inside
      FROM judged WHERE truth = :truth
      UNION ALL
      SELECT decision_id, min(decided_at), mitigation, harm_domain, action, :truth, 'appeal', NULL,
        inside AND min(decided_at) >= :first AND min(decided_at) < :end
      FROM appealed WHERE decision_id NOT IN (SELECT decision_id FROM judged WHERE truth = :truth)
      GROUP BY decision_id)"""
_DOCUMENT = {name: name for name in COLUMNS[: COLUMNS.index("inclusion_probability")] if name != "decision_id"}
_DRAWN = {name: value for name, value in _DOCUMENT.items() if name not in ("rule", "kept_id", "kind", "harm_domain")}
_DRAWN = {**_DRAWN, "inclusion_probability": "inclusion_probability"}
_DECISION = {
    **{name: name for name in ("decision_id", "mitigation", "harm_domain", "action", "truth", "truth_source")},
    "occurred_at": "decided_at",
    "inclusion_probability": "inclusion_probability",
}
_RANDOM = ", ".join(f"'{name}'" for name in NOT_RANDOM)
SOURCES: dict[str, tuple[dict[str, str], str]] = {
    "counted": (_DOCUMENT, "placed WHERE inside AND kept_id IS NULL"),
    "collapsed": (_DOCUMENT, "placed WHERE inside AND kept_id IS NOT NULL"),
    "corrected": (_DOCUMENT, "placed WHERE inside <> classified_inside"),
    "drawn_here": (_DRAWN, "drawn WHERE here"),
    "drawn_elsewhere": (_DRAWN, "drawn WHERE NOT here"),
    "corroborated": (
        {**_DOCUMENT, "decision_id": "decision_id", "action": "action"},
        "placed WHERE inside AND kept_id IS NULL AND action = :action",
    ),
    "adjudicated": (_DECISION, "found_wrong WHERE inside"),
    "audited": (
        _DECISION,
        f"judged WHERE inside AND inclusion_probability IS NOT NULL AND coalesce(truth_source, '') NOT IN ({_RANDOM})",
    ),
}
