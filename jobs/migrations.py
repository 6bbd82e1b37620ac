"""The schema of the store, as migrations that are never edited after a release.

Each migration is a file of SQL in `jobs/schema`. Times are ISO 8601 UTC text, days are UTC days, lists and
objects are JSON text; customer and reporter are keyed hashes; text and claim are redacted.
"""

import sqlite3
from importlib.resources import files

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

migrations = Migrations("groundswell")


def _create(db: Database, name: str) -> None:
    """Run a script statement by statement: `executescript` would commit the migration's transaction."""
    statement = ""
    for line in files("jobs").joinpath("schema", f"{name}.sql").read_text(encoding="utf-8").splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""


@migrations()
def m001_inputs(db: Database) -> None:
    """What was ingested: documents, decisions, exposure, labels, and what was refused."""
    _create(db, "m001_inputs")


@migrations()
def m002_understanding(db: Database) -> None:
    """What was made of each document: vector, classification, duplicates, theme."""
    _create(db, "m002_understanding")


@migrations()
def m003_findings(db: Database) -> None:
    """What was found: volumes, changes, alerts, deliveries, the ledger."""
    _create(db, "m003_findings")


@migrations()
def m004_people(db: Database) -> None:
    """Who is involved: mitigations and owners, keys, and the account of every run."""
    _create(db, "m004_people")


@migrations()
def m005_triage(db: Database) -> None:
    """The queue of grave documents: why each is there, whose it is, who was told, what people did."""
    _create(db, "m005_triage")


@migrations()
def m006_agreement(db: Database) -> None:
    """How near the student stays to its teacher, run by run."""
    _create(db, "m006_agreement")


@migrations()
def m007_rules(db: Database) -> None:
    """By which rules each document was taken apart."""
    _create(db, "m007_rules")


@migrations()
def m008_duplicates(db: Database) -> None:
    """What people said of one collapse, ids that several reporters quote, suspected campaigns."""
    _create(db, "m008_duplicates")


@migrations()
def m009_labelling(db: Database) -> None:
    """Who is asked to label what and with which chance it was drawn; what people settled among themselves."""
    _create(db, "m009_labelling")


@migrations()
def m010_ledger(db: Database) -> None:
    """The ledger over one and four weeks, with the numbers a reader is shown first; revisions with estimate."""
    _create(db, "m010_ledger")


@migrations()
def m011_bridge(db: Database) -> None:
    """What the classifier before said of recent documents, and the weeks counted under both."""
    _create(db, "m011_bridge")


@migrations()
def m012_themes(db: Database) -> None:
    """Themes that outlive fits: prototypes, people's edits, watchlists, the map, vectors that novelty looks at."""
    _create(db, "m012_themes")


@migrations()
def m013_alert_desk(db: Database) -> None:
    """What people's acts on an alert come to."""
    _create(db, "m013_alert_desk")


@migrations()
def m014_signals(db: Database) -> None:
    """Adversarial signals beside volume, each with the documents that are its evidence."""
    _create(db, "m014_signals")


@migrations()
def m015_effects(db: Database) -> None:
    """Settings of mitigations by day, releases read from them, effects of releases and of actions on alerts."""
    _create(db, "m015_effects")


@migrations()
def m016_diagnosis(db: Database) -> None:
    """What the last run found of each mitigation."""
    _create(db, "m016_diagnosis")


@migrations()
def m018_anomalies(db: Database) -> None:
    """Usage anomalies derived from the decision log: what each rests on, and how many a day were found."""
    _create(db, "m018_anomalies")
