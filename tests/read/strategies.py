"""Tables with every kind of odd value, for the tests of this room."""

import datetime as dt

import pyarrow as pa
from hypothesis import strategies as st

_ODD = [
    "",
    " ",
    "\n\t",
    "\u3000 ",
    "\x85",
    "\x1c\x1f",
    "\u2029",
    "\u201cQuoted\u201d",
    " led by a space",
    "\u200b",
    "\0",
    "12",
]
_LONG = ["x" * 40, "é" * 20, "é" * 21, "\u3000" * 30, " " * 70 + "far", "\u3042\u3044", "nan", "Some words."]
TEXTS = st.one_of(st.none(), st.text(max_size=12), st.sampled_from(_ODD), st.sampled_from(_LONG))
STRAY = st.one_of(
    TEXTS.map(lambda t: t and t.encode()), st.sampled_from([b"\xff", b"Ren\xe9", b"\xed\xa0\x80", b"\xe3\x80"])
)
TIMES = st.one_of(
    st.sampled_from(["2022-02-26", "2022-02-26T10:11:12+02:00", "26 February 2022", "soon", "", " ", "0999", "2022"]),
    TEXTS,
)
_PLAIN_ADDRESSES = ["https://www.Example.com/a", "http://example.com", "x.org/a", "HTTP://a.b/c", "ftp://f.g/h", ""]
_ODD_ADDRESSES = [
    "http://u@host.org/?q",
    "http://a\n.b/",
    " http://c.d#e ",
    "http://www./",
    "http://é.x/",
    "https://[::1/x",
]
ADDRESSES = st.one_of(st.none(), st.sampled_from(_PLAIN_ADDRESSES), st.sampled_from(_ODD_ADDRESSES))
INTS = st.one_of(st.none(), st.integers(-3, 12), st.sampled_from([1999, 20220226, 1645833600, 1645833600000]))
FLOATS = st.one_of(st.none(), st.floats(width=32), st.integers(-3, 12).map(float))


def _stray(values, kind):
    """Bytes that may not be UTF-8, in a column that says they are."""
    array = pa.array(values, {pa.string(): pa.binary(), pa.large_string(): pa.large_binary()}[kind])
    return array.view(kind)


def _moments(unit, zone):
    whole = st.one_of(st.none(), st.integers(-(2**40), 2**40), st.sampled_from([2**62, -(2**62), -1, 0]))
    return whole, lambda values: pa.array(values, pa.int64()).view(pa.timestamp(unit, zone))


def _plain(kind):
    return lambda values: pa.array(values, kind)


DAYS = st.one_of(st.none(), st.integers(-400_000, 100_000), st.sampled_from([2**31 - 1, -(2**31)]))
# of every kind of column, its values and how they become an array
KINDS = [
    (TEXTS, _plain(pa.string())),
    (TEXTS, _plain(pa.large_string())),
    (TEXTS, _plain(pa.string_view())),
    (TEXTS, lambda values: pa.array(values, pa.string()).dictionary_encode()),
    (TEXTS, lambda values: pa.array(values, pa.large_string()).dictionary_encode()),
    (STRAY, _plain(pa.binary())),
    (STRAY, _plain(pa.binary_view())),
    (STRAY, lambda values: _stray(values, pa.string())),
    (STRAY, lambda values: _stray(values, pa.large_string())),
    (STRAY, lambda values: pa.array(values, pa.binary()).dictionary_encode()),
    (st.one_of(st.none(), st.binary(min_size=2, max_size=2)), _plain(pa.binary(2))),
    (
        st.one_of(st.none(), st.binary(min_size=16, max_size=16)),
        lambda v: pa.ExtensionArray.from_storage(pa.uuid(), pa.array(v, pa.binary(16))),
    ),
    (TIMES, _plain(pa.string())),
    (ADDRESSES, _plain(pa.string())),
    (INTS, _plain(pa.int64())),
    (st.one_of(st.none(), st.integers(0, 2**64 - 1)), _plain(pa.uint64())),
    (st.one_of(st.none(), st.integers(-5, 5)), _plain(pa.int8())),
    (FLOATS, _plain(pa.float64())),
    (FLOATS, _plain(pa.float32())),
    (st.one_of(st.none(), st.booleans()), _plain(pa.bool_())),
    (st.one_of(st.none(), st.decimals(-99, 99, places=2)), _plain(pa.decimal128(9, 2))),
    (st.none(), _plain(pa.null())),
    _moments("s", None),
    _moments("us", "Europe/Berlin"),
    _moments("ns", "UTC"),
    (DAYS, lambda values: pa.array(values, pa.int32()).view(pa.date32())),
    (st.one_of(st.none(), st.integers(-(2**50), 2**50)), lambda values: pa.array(values, pa.int64()).view(pa.date64())),
    (st.one_of(st.none(), st.times()), _plain(pa.time64("us"))),
    (st.one_of(st.none(), st.timedeltas(dt.timedelta(0), dt.timedelta(9))), _plain(pa.duration("s"))),
    (st.one_of(st.none(), st.lists(st.integers(0, 3), max_size=2)), _plain(pa.list_(pa.int64()))),
    (st.one_of(st.none(), st.fixed_dictionaries({"a": st.integers(0, 3)})), _plain(pa.struct([("a", pa.int64())]))),
]
NAMES = ["id", "text", "title", "date", "source", "url", "score"]
LIKELY = {"id": 14, "text": 0, "title": 0, "date": 12, "source": 1, "url": 13, "score": 17}


@st.composite
def tables(draw, max_size=40):
    """A table of some of the columns that are looked for, each of any kind, but more often of the kind it should be."""
    n = draw(st.integers(0, max_size))
    columns = {}
    for name in draw(st.permutations(NAMES)):
        if name != "text" and draw(st.integers(0, 2)) == 0:
            continue
        values, make = KINDS[draw(st.one_of(st.just(LIKELY[name]), st.integers(0, len(KINDS) - 1)))]
        few = draw(st.booleans())  # values that repeat
        if few and n:
            pool = draw(st.lists(values, min_size=1, max_size=4))
            chosen = draw(st.lists(st.sampled_from(pool), min_size=n, max_size=n))
        else:
            chosen = draw(st.lists(values, min_size=n, max_size=n))
        columns[name] = make(chosen)
    return pa.table(columns)
