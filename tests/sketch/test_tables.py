"""The tables of Unicode are kept between processes, and never half."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dedup.kernels._jit import Compilation
from dedup.sketch import tables as module
from dedup.sketch.tables import kept, made_anew, tables


def _equal(one: Any, other: Any) -> bool:
    return all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache with nothing in it, used by a process that has made no tables yet."""
    monkeypatch.setattr(Compilation, "folder", tmp_path)
    module._tables.cache_clear()
    yield tmp_path
    module._tables.cache_clear()


def test_tables_are_kept(folder: Path) -> None:
    """What the first process makes, the next one reads: the same values, of the same types, only to be read."""
    made = tables()
    (file,) = folder.iterdir()
    found = kept(file)
    assert found is not None
    assert _equal(found, made)
    assert not any(table.flags.writeable for table in (*found, *made))


@pytest.mark.parametrize("damage", [b"", b"short", None])
def test_damaged_tables_are_made_again(folder: Path, damage: bytes | None) -> None:
    """A file that is cut short, or of which one byte differs, is not believed."""
    tables()
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]) if damage is None else damage)
    assert kept(file) is None
    module._tables.cache_clear()
    assert _equal(tables(), made_anew())
    assert file.read_bytes() == whole


def test_tables_need_no_cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be kept, or the disk is full, they are made for this process alone."""
    monkeypatch.setattr(Compilation, "folder", folder / "missing")
    assert _equal(tables(), made_anew())
    monkeypatch.setattr(Compilation, "folder", None)
    module._tables.cache_clear()
    assert _equal(tables(), made_anew())
