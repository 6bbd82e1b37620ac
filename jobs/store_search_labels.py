"""Finding labels: who said what of which document or decision, and whether it stands."""

from dataclasses import asdict, dataclass, replace

from sqlite_utils import Database

from jobs.store_paging import Listing, Page, read_page


@dataclass(frozen=True, slots=True)
class LabelFilter:
    """Which labels: of a document or a decision (ids), of a field, by a labeller, of disputed fields or others."""

    document: str | None = None
    decision: str | None = None
    field: str | None = None
    labeller: str | None = None
    disputed: bool | None = None


class LabelSearch:
    """Read queries over `label`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def page(self, wanted: LabelFilter, *, reader: str, limit: int = 50, cursor: str | None = None) -> Page:
        """Labels, newest first. Where the reader is still asked for an opinion, the others' answers are hidden."""
        given = {**asdict(wanted), "reader": reader}
        listing = Listing(LABELS, given, ("labelled_at", "label_id"))
        page = read_page(self.db, listing, limit=limit, cursor=cursor)
        flags = ("disputed", "hidden")
        return replace(page, rows=[{**row, **{name: bool(row[name]) for name in flags}} for row in page.rows])

    def asked(self, target: str, *, reader: str) -> set[str]:
        """The fields of an item about which an opinion of this reader is still wanted beside another's."""
        given = {"reader": reader, "target": target}
        return {row[0] for row in self.db.execute(f"{ASKED} SELECT field FROM asked WHERE target = :target", given)}

    def counted_at(self, job: str = "ledger") -> str | None:
        """When the last finished execution of a job began; what people said later is not in its numbers."""
        sql = "SELECT max(started_at) FROM job_run WHERE job = ? AND state = 'done'"
        found: str | None = self.db.execute(sql, (job,)).fetchone()[0]
        return found


# Two opinions are of use only if neither knows the other: whoever is to give one does not see the other before.
ASKED = """
    WITH asked AS MATERIALIZED (
      SELECT i.item_id AS target, d.field FROM label_item i JOIN label_draw d USING (draw_id)
      WHERE i.opinions > 1
        AND i.opinions > (SELECT count(DISTINCT l.labeller) FROM label l
          WHERE (l.document_id = i.item_id OR l.decision_id = i.item_id) AND l.field = d.field)
        AND NOT EXISTS (SELECT 1 FROM label l
          WHERE (l.document_id = i.item_id OR l.decision_id = i.item_id) AND l.field = d.field
            AND l.labeller = :reader))"""
LABELS = f"""
    {ASKED},
    shown AS (
      SELECT g.*, s.value AS settled, coalesce(s.disputed, 0) AS disputed, v.actor AS decided_by,
        g.labeller <> :reader AND EXISTS
          (SELECT 1 FROM asked a WHERE a.target = g.target AND a.field = g.field) AS hidden
      FROM (SELECT *, coalesce(document_id, decision_id) AS target FROM label) g
      LEFT JOIN settled_answer s ON s.target = g.target AND s.of_decision = (g.document_id IS NULL)
        AND s.field = g.field
      LEFT JOIN label_verdict v ON v.target = g.target AND v.field = g.field)
    SELECT label_id, document_id, decision_id, field, CASE WHEN NOT hidden THEN value END AS value, labeller,
      labelled_at, inclusion_probability, CASE WHEN NOT hidden THEN settled END AS settled, disputed, decided_by, hidden
    FROM shown
    WHERE (:document IS NULL OR document_id = :document) AND (:decision IS NULL OR decision_id = :decision)
      AND (:field IS NULL OR field = :field) AND (:labeller IS NULL OR labeller = :labeller)
      AND (:disputed IS NULL OR disputed = :disputed)"""
