"""Claims corrected for the classifier's error, cell by cell, and their change against the weeks before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mitigations.cells import EPOCH, week_start
from mitigations.known import Evidence
from mitigations.noise import LabelNoise, label_noise
from mitigations.ppi_bins import BINS, score_bins
from mitigations.ppi_change import change
from mitigations.ppi_claims import Cells, Sample, claims
from mitigations.rates import poisson_interval
from mitigations.windows import Codes, Floats, Grid

UNCORRECTED = "uncorrected: sampling variation only"


@dataclass(frozen=True, slots=True)
class Answers:
    """The classifier's answers of one kind (n,), and the labels that check them, by place in the documents."""

    bin: Codes
    population: npt.NDArray[np.bool_]
    certain: npt.NDArray[np.bool_]
    week: Codes
    place: Codes
    sample: Sample
    noise: LabelNoise | None


def answers(documents: pd.DataFrame, evidence: Evidence, *, kinds: Sequence[str]) -> dict[str, Answers]:
    """The answers about each of these kinds.

    `documents`: document_id, day, kept, kind; optional: said (the classifier's own kind, else `kind`; of a
    document that it learnt from, what it said before), said_probability, certain (bool: labelled where it was
    seen, not drawn at random).
    """
    said = documents["said" if "said" in documents else "kind"].to_numpy(object)
    probability = documents["said_probability"] if "said_probability" in documents else np.nan
    certain = documents["certain"].to_numpy(bool) if "certain" in documents else np.zeros(len(documents), bool)
    kept = documents["kept"].to_numpy(bool)
    chance = np.broadcast_to(np.asarray(probability, dtype=np.float64), (len(documents),))
    week = np.asarray((week_start(documents["day"]) - EPOCH).dt.days // 7, dtype=np.int64)
    drawn = _drawn(documents, evidence.sample, kept & ~certain)
    found = {}
    for kind in kinds:
        bins = score_bins(said == kind, chance)
        found[kind] = Answers(
            bin=bins,
            population=kept & ~certain,
            certain=kept & certain & (documents["kind"] == kind).to_numpy(bool),
            week=week,
            place=drawn["place"].to_numpy(np.int64),
            sample=_sample(drawn, bins, week, kind),
            noise=_noise(evidence.pairs, kind, documents.loc[said == kind, "document_id"]),
        )
    return found


@dataclass(frozen=True, slots=True)
class Answered:
    """The answers of one kind by weekly cell: unique documents by score bin, certain true ones, and the sample."""

    unique: Floats
    certain: Floats
    sample: Sample


def answered(found: Answers, cell: Codes, slice_: Codes, grid: Grid) -> Answered:
    """The answers by cell; `cell`, `slice_` (n,): each document's weekly cell and slice, -1 for none."""
    bins = len(BINS)
    here = np.where(found.population, cell, -1)
    pairs = np.where(here >= 0, here * bins + found.bin, -1)
    by_bin = Grid(grid.weeks, grid.slices * bins).counts(pairs)
    drawn = found.sample
    return Answered(
        unique=by_bin.reshape(grid.cells, bins),
        certain=grid.counts(np.where(found.certain, cell, -1)),
        sample=Sample(drawn.bin, drawn.week, slice_[found.place], drawn.y, drawn.inclusion, drawn.labellers),
    )


def estimated(
    answer: Answered, grid: Grid, *, noise: LabelNoise | None, unique: Floats, arrived: Floats, first: int
) -> dict[str, npt.NDArray[Any]]:
    """Estimate, interval, method and change of each window of the grid.

    `unique` (cells,): claims counted, which is the estimate where nothing corrects it. `arrived` (weeks,): share
    of each week's final count that is here. `first`: number of the grid's first week since `cells.EPOCH`.
    """
    cells = Cells(
        unique=grid.rolled(answer.unique),
        certain=grid.rolled(answer.certain),
        week=first + np.repeat(np.arange(grid.weeks), grid.slices),
        slice=np.tile(np.arange(grid.slices), grid.weeks),
        span=grid.span,
    )
    told = claims(answer.sample, cells, noise=noise)
    bare = told.method == "uncorrected"
    estimate, least, most = told.estimate.copy(), told.low.copy(), told.high.copy()
    estimate[bare], (least[bare], most[bare]) = unique[bare], poisson_interval(unique[bare])
    over = grid.rolled(np.repeat(arrived, grid.slices)) / grid.rolled(np.ones(grid.cells))
    moved = change(answer.sample, cells, noise=noise, exposure=over)
    return {
        "claims_estimated": estimate,
        "claims_low": least,
        "claims_high": most,
        "method": told.method,
        "correction": told.correction,
        "drift": told.drift,
        "change_4w": moved.ratio,
        "change_4w_low": moved.low,
        "change_4w_high": moved.high,
    }


def _drawn(documents: pd.DataFrame, sample: pd.DataFrame, usable: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """The drawn labels of documents that are there, not collapsed and not labelled where seen; with their place."""
    place = pd.Index(documents["document_id"]).get_indexer(pd.Index(sample["document_id"]))
    there = (place >= 0) & usable[np.maximum(place, 0)] if len(documents) else place >= 0
    found: pd.DataFrame = sample.assign(place=place)[there].reset_index(drop=True)
    return found


def _sample(drawn: pd.DataFrame, bins: Codes, week: Codes, kind: str) -> Sample:
    place = drawn["place"].to_numpy(np.int64)
    share = [float(np.mean([answer == kind for answer in given])) for given in drawn["answers"]]
    return Sample(
        bin=bins[place] if len(drawn) else np.zeros(0, np.int64),
        week=week[place] if len(drawn) else np.zeros(0, np.int64),
        slice=np.zeros(len(drawn), np.int64),
        y=np.asarray(share, dtype=np.float64),
        inclusion=drawn["inclusion_probability"].to_numpy(np.float64),
        labellers=drawn["labellers"].to_numpy(np.int64),
    )


def _noise(pairs: pd.DataFrame, kind: str, said_yes: "pd.Series[str]") -> LabelNoise | None:
    """Label noise, of either side of the classifier's answer where the pairs suffice (`said_yes`: ids of the kind)."""
    first, second = ((pairs[name] == kind).to_numpy(bool) for name in ("first", "second"))
    yes = pairs["document_id"].isin(said_yes).to_numpy(bool) if "document_id" in pairs else None
    return label_noise(first, second, said_yes=yes)
