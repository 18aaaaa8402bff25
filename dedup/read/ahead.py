"""The next items made ready in a thread of their own, while the last ones are used."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")

_PATIENCE = 0.1  # seconds after which a thread that nobody waits for any more sees it


class Ahead(Generic[T]):
    """Items of an iterator that are under way from now on: worth it where making them needs no lock.

    What the iterator raises is raised to whoever goes through the items, in its place.

    Args:
        items: the iterator.
        room: items that wait to be used, at most; one more is being made.
    """

    def __init__(self, items: Iterator[T], room: int = 1) -> None:
        self._items = items
        self._ready: queue.Queue[T | _End] = queue.Queue(maxsize=room)
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._fill, name="dedup-ahead", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[T]:
        """Yield the items, once; the thread ends with them, or where they are left early."""
        try:
            while not isinstance(item := self._ready.get(), _End):
                yield item
            if item.error is not None:
                raise item.error
        finally:
            self.close()

    def close(self) -> None:
        """End the thread with the item at hand; not needed once the items have been gone through."""
        self._left.set()
        self._thread.join()

    def _fill(self) -> None:
        error: BaseException | None = None
        try:
            for item in self._items:
                self._put(item)
                if self._left.is_set():
                    break
        except BaseException as raised:  # noqa: BLE001  # it is raised again, where the items are used
            error = raised
        self._put(_End(error))

    def _put(self, item: T | _End) -> None:
        while not self._left.is_set():
            with contextlib.suppress(queue.Full):
                self._ready.put(item, timeout=_PATIENCE)
                return


class _End:
    """The end of the items, and the error that made it."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error
