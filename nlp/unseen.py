"""What a classifier says of the documents it was trained on: the answer it gave before it had learnt from them."""

from collections.abc import Sequence

import pandas as pd

from nlp.bundle import OWN
from nlp.classify import SEVERITY, Classifier
from nlp.seed import text_key
from nlp.taxonomy import FIELDS


def unseen(fields: pd.DataFrame, texts: Sequence[str], classifier: Classifier) -> pd.DataFrame:
    """`Classifier.fields` of these texts, with the out-of-fold answer for those of the workspace's labelled documents
    that the classifier learnt from, hazard and abstention following it.

    An estimate compares labels with the classifier's answers to learn how often it errs on all other documents; on
    what it has learnt by heart it would look better than it is (cross-prediction: Zrnic & Candès 2024, PNAS).
    """
    own = classifier.held_out[classifier.held_out["source"] == OWN].drop_duplicates("key").set_index("key")
    if own.empty:
        return fields
    said = own.reindex([text_key(text) for text in texts]).reset_index(drop=True)
    found = fields.reset_index(drop=True)
    changed = said["kind"].notna()
    if not changed.any():
        return fields
    for name in (*FIELDS, SEVERITY):
        known = said[name].fillna("") != ""
        values = said.loc[known, name].astype(int) if name == SEVERITY else said.loc[known, name]
        found.loc[known, name] = values
        found.loc[known, f"{name}_probability"] = said.loc[known, f"{name}_probability"].round(6)
    pairs = found.loc[changed, ["kind", "harm_domain"]].itertuples(index=False, name=None)
    found.loc[changed, "hazard"] = [classifier.taxonomy.hazard(kind, domain) for kind, domain in pairs]
    unsure = {name: found[f"{name}_probability"] < classifier.heads[name].threshold for name in (*FIELDS, SEVERITY)}
    abstained = [[name for name, low in unsure.items() if low[row]] for row in found.index]
    found["abstained"] = found["abstained"].where(~changed, pd.Series(abstained, index=found.index))
    found.index = fields.index
    return found
