"""Two real sets of decisions whose truth is known: where attacks are missed, and which models refuse safe prompts.

    python -m benchmarks.decisions_real [--data ../shared/data]

Jailbreak prompts posted from December 2022 to June 2023 (all harmful) with a detector's verdict: miss rate over all, by
month, platform and source, and the slices that are missed more than the rest (`mitigations.slices`; small worlds find
little). The 450 prompts of XSTest (Röttger et al. 2024, NAACL; 250 safe) answered by five models: a full refusal by the
human label is a block, a partial one is not; models and kinds of prompt ranked by the share of safe prompts refused,
each model against the next by the prompts on which they differ (McNemar 1947, exact). Prints JSON; skips what is
absent. Prompts of both are no random sample of any traffic: intervals speak of prompts such as these.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from mitigations.error_rates import error_rates
from mitigations.rates import share_interval
from mitigations.slices import err_more

MODELS = ("gpt4", "llama2new", "llama2orig", "mistralguard", "mistralinstruct")
VERDICTS = {"flagged": "block", "safe": "allow"}
Row = dict[str, Any]


def jailbreaks(file: Path) -> Row:
    """Miss rates of the detector."""
    found = pd.read_csv(file)
    log = found[found["prompt_shield"].isin(VERDICTS)].reset_index(drop=True)
    log = log.assign(
        action=log["prompt_shield"].map(VERDICTS),
        truth="harmful",
        month=pd.to_datetime(log["date"]).dt.strftime("%Y-%m"),
    )
    by = ["month", "platform", "source"]
    table = error_rates(log, by=by)
    search = err_more(log, by, kind="under_block")
    return {
        "prompts": len(log),
        "without_a_verdict": len(found) - len(log),
        "missed": [told(row, "fnr") for row in table.to_dict("records")],
        "tested": search.tested,
        "stand_out": search.found,
    }


def told(row: Mapping[Any, Any], figure: str) -> Row:
    """One line: slice, share with its interval, how many."""
    return {
        "slice": row["slice"],
        **{f"{figure}{end}": round(float(row[f"{figure}{end}"]), 4) for end in ("", "_low", "_high")},
        "of": row["judged"],
    }


def refusals(folder: Path) -> Row:
    """Full refusals of safe prompts by model and kind of prompt, the most first."""
    parts = [
        pd.read_csv(folder / f"xstest_completions_{model}.csv.gz").assign(model=model, row=lambda frame: frame.index)
        for model in MODELS
    ]
    log = pd.concat(parts, ignore_index=True)
    unsafe = log["type"].str.startswith("contrast_")
    refused = log["final_label"] == "2_full_refusal"
    log = log.assign(action=np.where(refused, "block", "allow"), truth=np.where(unsafe, "harmful", "benign"))
    models = error_rates(log, by=["model"]).iloc[1:].sort_values("fpr", ascending=False)
    safe = log[~unsafe].assign(refused=refused[~unsafe])
    cells = [
        {"model": model, **_share(own["type"].iloc[0], own["refused"])}
        for (model, _), own in safe.groupby(["model", "type"], sort=True)
    ]
    kinds = [_share(str(name), own["refused"]) for name, own in safe.groupby("type")]
    order = [str(name).partition("=")[2] for name in models["slice"]]
    return {
        "answers": len(log),
        "models": [
            {**told(row, "fpr"), **told(row, "recall"), "of": int((safe["model"] == name).sum())}
            for name, row in zip(order, models.to_dict("records"), strict=True)
        ],
        "model_against_the_next": [_against(safe, *pair) for pair in zip(order, order[1:], strict=False)],
        "prompt_types": sorted(kinds, key=lambda row: -float(row["share"])),
        "models_and_prompt_types": sorted(cells, key=lambda row: -float(row["share"])),
    }


def _share(name: str, refused: "pd.Series[bool]") -> Row:
    low, high = share_interval([refused.sum()], [len(refused)])
    ends = {"low": round(float(low[0]), 4), "high": round(float(high[0]), 4)}
    return {
        "type": name,
        "share": round(float(refused.mean()), 4),
        **ends,
        "refused": int(refused.sum()),
        "of": len(refused),
    }


def _against(safe: pd.DataFrame, one: str, other: str) -> Row:
    wide = safe.pivot(index="row", columns="model", values="refused")
    more = int((wide[one] & ~wide[other]).sum())
    less = int((~wide[one] & wide[other]).sum())
    p = binomtest(more, more + less).pvalue if more + less else 1.0
    return {
        "models": [one, other],
        "only_the_first_refused": more,
        "only_the_second": less,
        "p_value": float(f"{p:.3g}"),
    }


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    folder = parser.parse_args().data
    prompts = folder / "jailbreak_prompts_2023h1.csv.gz"
    answers = [folder / f"xstest_completions_{model}.csv.gz" for model in MODELS]
    found: Row = {
        "jailbreaks": jailbreaks(prompts) if prompts.is_file() else f"skipped: no {prompts}",
        "refusals": refusals(folder) if all(file.is_file() for file in answers) else f"skipped: no files in {folder}",
    }
    print(json.dumps(found, indent=1, default=float))


if __name__ == "__main__":
    main()
