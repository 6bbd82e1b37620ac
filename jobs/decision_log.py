"""The whole decision log on disk: Parquet by mitigation and month, each part written once and whole."""

import functools
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import numpy as np
import pandas as pd

NUMBERS = ("score", "threshold", "inclusion_probability")


@dataclass(frozen=True, slots=True, order=True)
class Partition:
    """One mitigation in one month (2026-03)."""

    mitigation: str
    month: str


class DecisionLog:
    """Reads and writes `root`/mitigation=<id>/month=<YYYY-MM>/part-*.parquet."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, partition: Partition) -> Path:
        """Where the parts of a partition are; the id is quoted so that it cannot leave the root."""
        return self.root / f"mitigation={quote(partition.mitigation, safe='')}" / f"month={partition.month}"

    def write(self, partition: Partition, name: str, decisions: pd.DataFrame) -> None:
        """Write one part, replacing the one of this name; a reader sees it whole or not at all."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        folder = self.folder(partition)
        folder.mkdir(parents=True, exist_ok=True)
        table = pa.Table.from_pandas(decisions, schema=schema(decisions.columns), preserve_index=False)
        unfinished = folder / f".{name}.{os.getpid()}"
        pq.write_table(table, unfinished, compression="zstd")
        os.replace(unfinished, folder / f"{name}.parquet")

    def drop(self, partition: Partition, name: str) -> None:
        """Remove a part that an interrupted ingest left and that holds nothing new any more."""
        (self.folder(partition) / f"{name}.parquet").unlink(missing_ok=True)

    def tidy(self, *, prefix: str) -> None:
        """Remove what interrupted writes of these parts have left behind."""
        for leftover in self.root.glob(f"mitigation=*/month=*/.{prefix}*"):
            leftover.unlink(missing_ok=True)

    def parts(self, partition: Partition) -> list[Path]:
        """The parts of a partition, by name."""
        return sorted(self.folder(partition).glob("part-*.parquet"))

    def partitions(self, *, prefix: str = "part-") -> list[Partition]:
        """Every partition with a part whose name begins so, ordered."""
        found = {part.parent for part in self.root.glob(f"mitigation=*/month=*/{prefix}*.parquet")}
        return sorted(
            Partition(unquote(path.parent.name.partition("=")[2]), path.name.partition("=")[2]) for path in found
        )

    def known(self, partition: Partition, *, besides: str) -> np.ndarray:
        """Hashes (uint64) of the decision ids in a partition, without those of the part named `besides`."""
        frames = [read(part, ["decision_id"]) for part in self.parts(partition) if part.name != f"{besides}.parquet"]
        ids = pd.concat(frames)["decision_id"] if frames else pd.Series([], dtype=object)
        return id_hashes(ids)

    def read(self, partition: Partition, columns: list[str]) -> pd.DataFrame:
        """Columns of a whole partition."""
        frames = [read(part, columns) for part in self.parts(partition)]
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)

    def one(self, decision_id: str) -> pd.DataFrame:
        """The decision of this id, of the newest month that has it; no row where none has. On the way it reads ids."""
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        for partition in sorted(self.partitions(), key=lambda one: one.month, reverse=True):
            for part in self.parts(partition):
                with pq.ParquetFile(part) as file:
                    place = pc.index(file.read(columns=["decision_id"])["decision_id"], decision_id).as_py()
                    if place >= 0:
                        found: pd.DataFrame = file.read().slice(place, 1).to_pandas()
                        return found
        return pd.DataFrame()

    def naming(self, partition: Partition, columns: list[str], values: Mapping[str, str]) -> pd.DataFrame:
        """Columns of the decisions of a partition of which any of the columns `values` has the value given for it."""
        import pyarrow as pa
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        tables = [schema(columns).empty_table()]
        for part in self.parts(partition):
            with pq.ParquetFile(part) as file:
                rows = file.read(columns=columns)
            same = [pc.fill_null(pc.equal(rows[name], value), False) for name, value in values.items()]
            tables.append(rows.filter(functools.reduce(pc.or_, same)))
        found: pd.DataFrame = pa.concat_tables(tables).to_pandas()
        return found

    def find(self, *, decisions: Iterable[str], requests: Iterable[str]) -> pd.DataFrame:
        """Every decision with one of these ids, or of one of these requests; each decision id once."""
        found = list(self._found(set(decisions), set(requests)))
        if not found:
            return pd.DataFrame()
        rows = pd.concat(found, ignore_index=True)
        return rows.drop_duplicates("decision_id").sort_values("decision_id", ignore_index=True)

    def _found(self, decisions: set[str], requests: set[str]) -> Iterator[pd.DataFrame]:
        for partition in self.partitions() if decisions or requests else []:
            for part in self.parts(partition):
                keys = read(part, ["decision_id", "request_id"])
                wanted = keys["decision_id"].isin(decisions) | keys["request_id"].isin(requests)
                if wanted.any():
                    yield read(part, None)[wanted.to_numpy()]


def read(part: Path, columns: list[str] | None) -> pd.DataFrame:
    """One part; text columns as objects with None, times as datetime64[ns, UTC]."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(part) as file:
        found: pd.DataFrame = file.read(columns=columns).to_pandas(timestamp_as_object=False)
    return found


def schema(columns: Iterable[str]) -> Any:
    """The Parquet schema of these columns of a decision."""
    import pyarrow as pa

    def sort(name: str) -> Any:
        if name == "decided_at":
            return pa.timestamp("ms", tz="UTC")
        return pa.float64() if name in NUMBERS else pa.string()

    return pa.schema([(name, sort(name)) for name in columns])


def id_hashes(ids: "pd.Series[str]") -> np.ndarray:
    """64-bit hashes of ids, the same on every machine."""
    return pd.util.hash_array(ids.to_numpy(dtype=object), categorize=False)
