"""The next items made ready in a thread of their own, while the last ones are used."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Iterator
from typing import TypeVar

T = TypeVar("T")

_PATIENCE = 0.1  # seconds after which a thread that nobody waits for any more sees it


def ahead(items: Iterator[T]) -> Iterator[T]:
    """Yield the items of an iterator, of which the next is under way: worth it where making them needs no lock.

    What the iterator raises is raised here, in its place. Left early, the thread ends with the item at hand.
    """
    ready: queue.Queue[T | _End] = queue.Queue(maxsize=1)
    left = threading.Event()

    def put(item: T | _End) -> None:
        while not left.is_set():
            with contextlib.suppress(queue.Full):
                ready.put(item, timeout=_PATIENCE)
                return

    def fill() -> None:
        error: BaseException | None = None
        try:
            for item in items:
                put(item)
                if left.is_set():
                    break
        except BaseException as raised:  # noqa: BLE001  # it is raised again, where the items are used
            error = raised
        put(_End(error))

    thread = threading.Thread(target=fill, name="dedup-ahead", daemon=True)
    thread.start()
    try:
        while not isinstance(item := ready.get(), _End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        left.set()
        thread.join()


class _End:
    """The end of the items, and the error that made it."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error
