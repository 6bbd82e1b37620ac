"""What columns are called in the wild: for every field of every input the names that mean it, best first."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldNames:
    """A field of an input: what it is, whether a file must have it, and the names that mean it."""

    about: str
    names: tuple[str, ...]
    required: bool = False


def _of(about: str, names: str, *, required: bool = False) -> FieldNames:
    return FieldNames(about, tuple(names.split()), required)


RECEIVED = (
    "received_at date_received received_on received_date received created_at created created_on creation_date "
    "date_created created_time time_created submitted_at submitted_on submission_date date_submitted posted_at "
    "posted_on post_date posted_date review_date feedback_date complaint_date ticket_date published_at filed_at "
    "filed_on filing_date reported_at opened_at open_date timestamp datetime date_time date tweet_created created_utc "
    "inserted_at logged_at sent_at at time day"
)
CUSTOMER = _of(
    "the account that is served",
    "customer_id customer account_id account org_id organization_id organisation_id tenant_id company_id client_id "
    "user_id",
)
REQUEST = _of("the request it is about", "request_id req_id requestid")
DECISION = _of("the decision it is about", "decision_id decisionid")
MITIGATION = _of("the safeguard", "mitigation mitigation_id safeguard classifier")
INCLUSION = _of(
    "chance with which the row was drawn to be judged", "inclusion_probability inclusion_prob sampling_probability"
)
TEXT = (
    "text body complaint complaint_text customer_complaint consumer_complaint_narrative feedback feedback_text review "
    "review_text review_body comment comment_text message message_text content description verbatim narrative "
    "statement tweet selftext details note notes excerpt prompt question query complaints reviews comments"
)

DOCUMENT: dict[str, FieldNames] = {
    "id": _of(
        "the source's own id",
        "id document_id feedback_id complaint_id ticket_id ticket ticket_number ticket_no case_id case_number issue_id "
        "issue_number number review_id tweet_id comment_id message_id post_id uuid guid key record_id response_id "
        "submission_id",
    ),
    "source": _of("where it was filed", "source feed"),
    "customer_id": CUSTOMER,
    "reporter_id": _of(
        "who wrote it",
        "reporter_id reporter author_id author user_name username user_login login submitted_by reviewer_id reviewer "
        "nickname screen_name user",
    ),
    "customer_since": _of("since when it is a customer", "customer_since account_created_at"),
    "verified": _of("whether the account is verified", "verified is_verified"),
    "seats": _of("seats of the account", "seats seat_count"),
    "revenue": _of("revenue of the account", "revenue arr mrr annual_revenue"),
    "request_id": REQUEST,
    "decision_id": DECISION,
    "mitigation": MITIGATION,
    "url": _of("where it can be read", "url html_url link permalink"),
    "thread_id": _of("the conversation it belongs to", "thread_id conversation_id thread"),
}

FIELDS: dict[str, dict[str, FieldNames]] = {
    "feedback": {
        "text": _of("the words of the customer", TEXT, required=True),
        "received_at": _of("when it arrived", RECEIVED, required=True),
        "occurred_at": _of(
            "when it happened",
            "occurred_at occurred_on happened_at incident_at incident_date incident_time event_time event_at "
            "date_of_experience date_of_incident experienced_at date_occurred",
        ),
        **DOCUMENT,
    },
    "usage_anomaly": {
        "received_at": _of("when it was observed", f"observed_at observed_on {RECEIVED}", required=True),
        "anomaly_type": _of("what sort of irregularity", "anomaly_type anomaly type", required=True),
        "text": _of("real text, where there is any", TEXT),
        "magnitude": _of("how large", "magnitude size score value"),
        "attributes": _of("more, as a JSON object", "attributes details_json extra"),
        **{name: names for name, names in DOCUMENT.items() if name not in ("verified", "customer_since")},
    },
    "decisions": {
        "decided_at": _of("when it was decided", f"decided_at decision_time {RECEIVED}", required=True),
        "mitigation": FieldNames(MITIGATION.about, MITIGATION.names, True),
        "action": _of("allow, flag, block or downgrade", "action decision verdict outcome result", required=True),
        "decision_id": _of("its id", "decision_id decisionid id"),
        "request_id": REQUEST,
        "conversation_id": _of("the conversation", "conversation_id thread_id session_id"),
        "version": _of(
            "the version that decided", "version mitigation_version model_version classifier_version policy_version"
        ),
        "score": _of("its score", "score probability confidence"),
        "threshold": _of("its threshold", "threshold cutoff"),
        "customer_id": CUSTOMER,
        "use_case": _of("the use case", "use_case usecase"),
        "language": _of("the language", "language lang"),
        "excerpt": _of("an excerpt of the request", "excerpt text prompt"),
        "truth": _of("what it was: harmful or benign", "truth ground_truth label"),
        "truth_source": _of("who says so: audit, appeal, red_team", "truth_source label_source"),
        "inclusion_probability": INCLUSION,
    },
    "exposure": {
        "day": _of("the day", "day date timestamp", required=True),
        "mitigation": MITIGATION,
        "requests": _of("requests", "requests total_requests request_count"),
        "blocked": _of("blocked requests", "blocked blocked_requests blocks"),
        "customers": _of("active customers", "customers active_customers"),
    },
    "appeals": {
        "filed_at": _of("when it was filed", f"filed_at appealed_at {RECEIVED}", required=True),
        "decision_id": DECISION,
        "request_id": REQUEST,
        "id": _of("its id", "appeal_id id"),
        "customer_id": CUSTOMER,
        "outcome": _of("upheld, overturned or open", "outcome result decision status"),
        "closed_at": _of("when it was closed", "closed_at resolved_at"),
        "text": _of("its words", TEXT),
    },
    "file": {
        "text": _of("the words of the customer", TEXT, required=True),
        "id": DOCUMENT["id"],
    },
    "themes": {
        "text": _of("the words of the customer", TEXT, required=True),
        "received_at": _of("when it arrived", RECEIVED),
        **{name: DOCUMENT[name] for name in ("id", "reporter_id", "customer_id")},
    },
    "labels": {
        "document_id": _of("the document", "document_id"),
        "decision_id": DECISION,
        "field": _of("what is labelled", "field label_field name", required=True),
        "value": _of("the label", "value label", required=True),
        "labeller": _of("who labelled", "labeller labeler annotator key"),
        "labelled_at": _of("when", "labelled_at labeled_at annotated_at timestamp date"),
        "inclusion_probability": INCLUSION,
    },
}

TITLES = ("title", "subject", "headline", "review_title", "issue_title", "summary", "short_description")
VAGUE_IDS = ("ticket", "issue", "number", "key")
"""Names of ids that also name other things: such a column is an id only if its values are distinct."""
CLOCKS = ("time", "time_of_day", "hour")
TIMES = ("received_at", "occurred_at", "decided_at", "filed_at", "closed_at", "day", "labelled_at", "customer_since")
"""Fields that hold times: their columns are scanned before a row is stored."""

SEGMENTS: dict[str, tuple[str, ...]] = {
    "product": ("product", "product_name", "app", "app_name", "airline", "brand", "service"),
    "plan": ("plan", "tier", "plan_name", "subscription", "subscription_plan", "edition"),
    "locale": ("locale", "language", "lang", "language_code"),
    "country": ("country", "country_code"),
    "region": ("region", "province"),
    "surface": ("surface", "platform", "channel", "client", "device", "os", "received_via", "submitted_via", "via"),
}
PLACES = ("city", "zip", "zip_code", "zipcode", "postcode", "postal_code", "country", "county")
"""Beside one of these a column `state` is a place, elsewhere it is a status."""

DATE_WORDS = frozenset({"at", "on", "date", "time", "timestamp", "datetime", "created", "received"})
OTHER_DATES = frozenset(
    "updated modified closed resolved deleted edited due end ends expires birth birthday since last response reply "
    "replied company start renewal first".split()
)
TEXT_WORDS = frozenset("text complaint feedback review comment message body narrative verbatim description".split())
