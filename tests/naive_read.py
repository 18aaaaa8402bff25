"""The slow and obvious twin of the reader: row by row, with a dictionary of ids."""

from dedup.config import Config
from dedup.read.fields import TEXT_FIELDS, Chooser
from dedup.read.records import Maker, Record, id_of
from dedup.read.rows import NO_TEXT_COLUMN, REPEATED_ID, TRUNCATED, Fault, broken
from dedup.read.sources import locate
from dedup.read.streams import DamagedError, Stored
from dedup.read.tabular import open_table


def naive_read(sources, config=None):
    """Records and rejects as lists of dictionaries, and the times that were not understood: number and example."""
    config = config or Config()
    maker, chooser = Maker(config), Chooser(config)
    first, records, rejects = {}, [], []
    for located in locate(sources).files:
        with Stored(located) as stored:
            table = open_table(stored, config)
            for row, fields in _rows(table, chooser, stored):
                made = row.fault or maker.make(located, row, fields)
                doc_id = made.doc_id if isinstance(made, Record) else id_of(row, fields)
                if isinstance(made, Fault) and stored.format == "text":
                    doc_id = located.label
                if isinstance(made, Record) and doc_id in first:
                    where = "row {} of {}".format(*first[doc_id])
                    made = Fault(REPEATED_ID, f"row {row.number}: the id stood first at {where}; see --id-field")
                if isinstance(made, Record):
                    first[doc_id] = (made.source_row, located.path)
                    records.append({"doc": len(records), **made._asdict()})
                else:
                    doc_id = None if isinstance(doc_id, Fault) else doc_id
                    place = {"source_path": located.path, "source_row": row.number}
                    rejects.append({**place, "doc_id": doc_id, **made._asdict()})
    return records, rejects, (maker.n_unparsed_times, maker.unparsed_time)


def _rows(table, chooser, stored):
    fields = None if table.columns is None else chooser.choose(tuple(table.columns))
    if fields is not None and fields.text is None:
        yield broken(None, NO_TEXT_COLUMN, "no column of texts"), fields
        return
    own, number = chooser.choose(()), 0
    try:
        for row in table.rows():
            if row.fault is None:
                own = TEXT_FIELDS if stored.format == "text" else fields or chooser.choose(tuple(row.values))
            yield row, own
            number = row.number + 1 if row.number is not None else number
    except DamagedError as damage:
        where = f"row {number}: {damage}, at or before byte {stored.n_bytes}; fetch it again"
        yield broken(number, TRUNCATED, where), own
