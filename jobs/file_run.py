"""Send the batches of a file through worker processes and write what comes back, in order, whole or not at all."""

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from itertools import chain, islice
from multiprocessing.connection import wait
from pathlib import Path
from typing import BinaryIO

from jobs.file_documents import Batch
from jobs.file_work import Done, Work

SMALL_BATCHES = 4
"""With no more batches than this, one process is done before others have begun."""
AHEAD = 2
"""Batches that wait for each process; bounds memory."""

_work: Work | None = None


def cores() -> int:
    """How many processes can run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def passed(batches: Iterable[Batch], work: Work, *, jobs: int) -> Generator[tuple[Batch, Done], None, None]:
    """Each batch with what became of it, in order; by `jobs` processes, or by this one where the file is small.

    The result is the same to the byte, since a batch is worked on by one process whatever their number.
    """
    stream = iter(batches)
    first = list(islice(stream, SMALL_BATCHES + 1))
    stream = chain(first, stream)
    if jobs == 1 or len(first) <= SMALL_BATCHES or "fork" not in multiprocessing.get_all_start_methods():
        yield from ((batch, work(batch)) for batch in stream)
        return
    # Forked, so that the loaded models are shared; nothing of them has started a thread yet.
    context = multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(work,))
    # What is shared stays so only while nobody writes to it, and a collection of garbage writes to every object.
    gc.collect()
    gc.freeze()
    try:
        yield from _in_order(stream, pool, jobs * (1 + AHEAD))
    finally:
        pool.shutdown(cancel_futures=True)
        gc.unfreeze()


def _in_order(
    stream: Iterator[Batch], pool: ProcessPoolExecutor, most: int
) -> Generator[tuple[Batch, Done], None, None]:
    waiting: deque[tuple[Batch, Future[Done]]] = deque()
    for batch in stream:
        waiting.append((batch, pool.submit(_do, batch)))
        if len(waiting) >= most:
            batch, future = waiting.popleft()
            yield batch, future.result()
    while waiting:
        batch, future = waiting.popleft()
        yield batch, future.result()


def _begin(work: Work) -> None:
    """What a worker does first: keep its task, leave ^C to its parent, and end when the parent does."""
    global _work
    from threadpoolctl import threadpool_limits

    _work = work
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    threadpool_limits(1)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _do(batch: Batch) -> Done:
    assert _work is not None, "a worker begins with its task"
    return _work(batch)


@contextmanager
def whole(path: Path | None) -> Iterator[BinaryIO]:
    """A file to write that takes the place of `path` when all is written, and leaves nothing where it is not.

    None is standard output. What is no plain file (a pipe, a device) is written as it comes.
    """
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            yield stream
        return
    target = path.resolve()
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as stream:
            yield stream
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
