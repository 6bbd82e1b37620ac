"""The words of a weekly report: what each kind is called, what corrected a count, how a slice is read."""

from urllib.parse import unquote

KINDS = {
    "over_block": {
        "title": "Over-blocks",
        "claims": "claims of a wrong block",
        "errors": "Wrongful blocks",
        "rate": "were blocked wrongly",
        "audits": "randomly audited blocks",
        "none": "no block of this week was drawn at random and audited",
        "act": "Audit a random sample of the blocks since then; claims alone prove no error.",
    },
    "under_block": {
        "title": "Under-blocks",
        "claims": "claims that harm got through",
        "errors": "Missed harm",
        "rate": "were harmful and let through",
        "audits": "randomly audited requests that were let through",
        "none": "no allowed request of this week was drawn at random and audited",
        "act": "Audit a random sample of the allowed requests since then; who gets round it does not complain.",
    },
}
METHODS = {
    "ppi": "The classifier reads every report; hand-labelled reports, drawn at random, say how far it errs, and the "
    "number of claims is corrected by that (prediction-powered inference).",
    "adjusted counting": "Hand-labelled reports, drawn at random, say how many claims the classifier misses and "
    "invents; the number of claims is corrected by these two rates (adjusted counting).",
    "uncorrected": "There are too few hand-labelled reports to correct the classifier's mistakes: claims are counted "
    "as it sorts them, and their interval covers chance alone.",
}
"""What the codes of the ledger's column `method` mean."""
ABOUT = (
    "A claim is what a customer says; it proves no error. Errors are estimated from random audits alone. Copies of a "
    "report count once. Brackets hold 95 % intervals.",
    "A change is against the mean of the four weeks before, and clear if its interval leaves out no change; of slices, "
    "if it would still be so with all of them looked at. That of claims corrects all five weeks by the same labels, so "
    "that lasting mistakes of the classifier cancel; where numbers corrected week by week go the other way, it cannot "
    "be told.",
    "Confidence is high where half the interval is at most a quarter of the number, fair up to half of it, low beyond; "
    "at most fair while reports still arrive, at most low without labels or where labels no longer fit; cannot tell "
    "where the interval reaches beyond five times the number.",
)
"""The method note; `WORDS` and `CAPS` of report_confidence and `WIDEST` of telling are its rules."""

UNNAMED = ("harm_domain=none", "(none)")
"""How the keys of slices end that name nothing."""


def slice_words(key: str) -> str:
    """A slice key as it is read.

    >>> slice_words("harm_domain=self_harm&plan=(none)"), slice_words("harm_domain=none"), slice_words("all")
    ('self harm, plan not given', 'no harm domain named', 'all')
    """
    return ", ".join(_value(*part.partition("=")[::2]) for part in key.split("&"))


def way_words(by: str) -> str:
    """A way of slicing as it is read.

    >>> way_words("harm_domain,plan")
    'harm domain and plan'
    """
    return by.replace("&", ",").replace(",", " and ").replace("_", " ")


def _value(name: str, value: str) -> str:
    if not value:
        return name
    if value == "(none)":
        return f"{name.replace('_', ' ')} not given"
    if (name, value) == ("harm_domain", "none"):
        return "no harm domain named"
    return unquote(value).replace("_", " ")
