"""Diagnoses many tickets in several processes, few at a time, and loses none.

Results come in the order in which they are ready. A process that dies (memory, a crash below
Python) costs the one ticket it died of; if we die, our processes end with us.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice

from assistant.desk.worker import Result, Setup, Task, Worker
from assistant.model.ticket import BadTicket

_AHEAD = 4
"""Tickets for each process that wait for it, so that it need not wait for us."""
_MOST = 16
_WORTH = 10
"""Tickets that one process diagnoses and reports in the time another takes to begin."""
DIED = "ticket-worker-died"

_worker: Worker | None = None
"""Of this process, if it is one of the pool's."""


def processes(tickets: int) -> int:
    """How many are worth starting here for so many tickets: each takes a second to begin."""
    affinity = getattr(os, "sched_getaffinity", None)
    here = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(min(here, _MOST, tickets // _WORTH), 1)


def work_through(tasks: Iterable[Task], setup: Setup, workers: int) -> Iterator[Result]:
    """Diagnose all; with one worker in this process.

    Raises:
        KnowledgeError: the knowledge base is broken.
        OutputError: a report cannot be written.
    """
    if workers == 1:
        worker = Worker(setup)
        yield from map(worker.work, tasks)
        return
    waiting = iter(tasks)
    suspects = yield from _together(waiting, setup, workers)
    while suspects:
        yield from _one_by_one(suspects, setup)
        suspects = yield from _together(waiting, setup, workers)


def _together(
    waiting: Iterator[Task], setup: Setup, workers: int
) -> Generator[Result, None, list[Task]]:
    """Diagnose until all is done or a process dies; then those it may have died of are returned."""
    running: dict[Future[Result], Task] = {}
    executor = _executor(setup, workers)
    try:
        while True:
            for task in islice(waiting, workers * _AHEAD - len(running)):
                try:
                    running[_submit(executor, task)] = task
                except BrokenProcessPool:  # noqa: PERF203 - the task in hand must not be lost
                    return [*running.values(), task]
            if not running:
                return []
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                result = future.result()
                del running[future]
                yield result
    except BrokenProcessPool:
        return list(running.values())
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _one_by_one(tasks: Iterable[Task], setup: Setup) -> Iterator[Result]:
    """Diagnose in one process, so that it is known of which ticket it dies."""
    waiting = iter(tasks)
    for first in waiting:
        with _executor(setup, 1) as executor:
            for task in chain((first,), waiting):
                try:
                    result = _submit(executor, task).result()
                except BrokenProcessPool:
                    yield Result(task=task, bad=BadTicket(name=task.ticket.name, reason=DIED))
                    break  # the next begins a new process
                yield result


def _executor(setup: Setup, workers: int) -> ProcessPoolExecutor:
    # Started anew rather than forked: a copy of a process with threads may hang.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(setup,))


def _submit(executor: ProcessPoolExecutor, task: Task) -> Future[Result]:
    """Hand over a task, which may start a process.

    Ctrl-C reaches every process of the terminal, one that only begins to import too: it waits
    until the process is started, and the process never hears of it.
    """
    held = getattr(signal, "pthread_sigmask", None)  # not on Windows
    before = held(signal.SIG_BLOCK, {signal.SIGINT}) if held else None
    try:
        return executor.submit(_work, task)
    finally:
        if held:
            held(signal.SIG_SETMASK, before)


def _begin(setup: Setup) -> None:
    global _worker  # noqa: PLW0603 - the one place where a process of the pool keeps anything
    # What is done with Ctrl-C is decided in one process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _worker = Worker(setup)


def _work(task: Task) -> Result:
    if _worker is None:
        raise RuntimeError("not a process of the pool")
    return _worker.work(task)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
