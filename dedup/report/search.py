"""What the search of the page knows: every document by its id, title and publisher, as far as there is room.

It is packed, for it is of no use without the script: a quarter of the bytes, which go to stories instead.
"""

from __future__ import annotations

import json

import numpy as np

from dedup.report.gather import Gather
from dedup.report.packed import packed
from dedup.report.safe import bounded, visible

_MOST = 2_000_000  # bytes, unpacked
_LEAST = 20  # bytes that a document takes, at least
_SHOWN = 100  # characters of a title or an id


def index(gather: Gather) -> tuple[str, int]:
    """The documents that can be found, those of stories first, as JSON, packed by zlib and written in base64.

    Returns:
        ``{"publishers": [...], "documents": [[row, id, title, publisher, story], ...]}``, with 0 for no publisher
        (they are counted from 1) and for no story; and how many documents are left out.
    """
    columns = gather.result.documents.select(["doc_id", "title", "publisher"])
    names = columns.column("publisher").combine_chunks().dictionary_encode()
    publishers = [_short(name) for name in names.dictionary.to_pylist()]
    codes = np.asarray(names.indices.fill_null(-1), np.int64) + 1
    order = np.argsort(gather.story == 0, kind="stable")[: _MOST // _LEAST]
    size = sum(len(name.encode()) + 3 for name in publishers)
    found: list[str] = []
    ids, titles = (columns.column(name).take(order).to_pylist() for name in ("doc_id", "title"))
    for at, doc_id, title in zip(order.tolist(), ids, titles, strict=True):
        line = _json([at, _short(doc_id), _short(title or ""), int(codes[at]), int(gather.story[at])])
        size += len(line.encode()) + 1
        if size > _MOST:
            break
        found.append(line)
    whole = f'{{"publishers":{_json(publishers)},"documents":[{",".join(found)}]}}'
    return packed(whole), len(gather.ids) - len(found)


def _short(text: str) -> str:
    return visible(bounded(text, _SHOWN))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
