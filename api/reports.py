"""/report/weekly and /counts/bridge: the one-pager, and the weeks counted under two versions."""

import base64
import hashlib
import re

from flask import Response, jsonify
from werkzeug.exceptions import NotFound

from api.access import EVERYONE, allow, small_cell
from api.db import store, workspace
from api.description import resource
from api.queries_reports import BridgeQuery, ReportQuery
from api.representation import listing
from api.rows import Listed
from api.rows_reports import BridgeRow, WeeklyReport
from jobs.bridge import versions
from jobs.report import NotInLedger, as_html, as_json, weekly
from jobs.report_text import render_markdown
from jobs.store_search_counts import CountFilter

blueprint = resource("reports")

STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
MOST_WEEKS = 60


class Bridge(Listed[BridgeRow]):
    """A page of the bridge."""


@blueprint.get("/report/weekly", responses={200: WeeklyReport}, summary="The one-pager of a week")
@allow(EVERYONE, "counts")
def weekly_report(query: ReportQuery) -> Response:
    """Five lines, charts and method note, as JSON, as one HTML page or as Markdown; refused if a number is not
    the ledger's."""
    try:
        page = weekly(store(), workspace().settings, query.wanted(small_cell()))
    except NotInLedger as error:
        raise NotFound(str(error)) from None
    if query.format == "json":
        return jsonify(as_json(page))
    if query.format == "md":
        return Response(render_markdown(page), mimetype="text/markdown")
    text = as_html(page)
    return Response(text, mimetype="text/html", headers={"Content-Security-Policy": page_policy(text)})


def page_policy(text: str) -> str:
    """The page loads nothing: its picture is inside it, its one style sheet is allowed by its hash."""
    hashes = [hashlib.sha256(style.encode()).digest() for style in STYLE.findall(text)]
    styles = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in hashes)
    return f"default-src 'none'; img-src data:; style-src {styles}; base-uri 'none'; frame-ancestors 'none'"


@blueprint.get("/counts/bridge", responses={200: Bridge}, summary="Weeks under two versions, newest first")
@allow(EVERYONE, "counts")
def list_bridge(query: BridgeQuery) -> Response:
    """Where classifier or taxonomy changed: the last 26 weeks under both. Empty where one version read everything."""
    page = store().bridge.page(query.wanted(), small_cell=small_cell(), limit=query.limit, cursor=query.cursor)
    return listing(page, BridgeRow, chosen=query.format)


@blueprint.app_template_global("bridge_shown")
def bridge_shown(kind: str, part: str) -> dict[str, object] | None:
    """What a page shows of the bridge for a kind and slice; None where there is nothing to compare."""
    pair = store().bridge.standing()
    wanted = CountFilter(kind=kind, slice=part)
    rows = store().bridge.page(wanted, small_cell=small_cell(), limit=MOST_WEEKS).rows if pair is not None else []
    return {"versions": versions(pair), "since": pair.since, "rows": rows} if pair is not None and rows else None
