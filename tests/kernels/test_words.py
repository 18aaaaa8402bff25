"""Normalised text and words, against their twin on str."""

from __future__ import annotations

import re
import sys
import unicodedata

import numpy as np
import pyarrow as pa
import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.kernels.digest import xxh3_128
from dedup.kernels.hashing import hash_words, xxh3_64
from dedup.kernels.words import CAPITAL, CHARACTER, CONTINUED, FIRST, NUMBER, QUOTED
from dedup.sketch.composing import composed
from dedup.sketch.normalise import normalise
from dedup.sketch.tables import tables
from tests import naive
from tests.strategies import any_text, ascii_text, hard_text, texts


def _made(*given_texts):
    return normalise(pa.array(given_texts, pa.large_string()))


def _words(text):
    words = _made(text).words
    columns = (words.hashes, words.begins, words.ends, words.marks)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _hash(word):
    return xxhash.xxh3_64_intdigest(word.encode())


_LENGTHS = [*range(260), 511, 512, 513, 1024, 1025, 1087, 1088, 1089, 2048, 2049, 5000]  # of each branch, each border


def _bytes(length):
    return bytes((7 * i * i + 3 * i) % 251 for i in range(length))


def _held(data):
    """Bytes as the kernels take them: eight more may be read."""
    return np.frombuffer(data + b"!overrun", np.uint8).copy()


@settings(max_examples=200)
@given(st.binary(max_size=300), st.binary(max_size=5))
def test_xxh3_equals_xxhash(data, before):
    """Any span of bytes hashes to what the xxhash package says."""
    assert xxh3_64(_held(before + data), len(before), len(before) + len(data)) == xxhash.xxh3_64_intdigest(data)


def test_xxh3_equals_xxhash_at_every_length():
    """Each branch of the specification, and each border between two: 64 bits and 128."""
    for length in _LENGTHS:
        data = _bytes(length)
        assert xxh3_64(_held(data), 0, length) == xxhash.xxh3_64_intdigest(data)
        high, low = xxh3_128(_held(data), length)
        assert int(high) << 64 | int(low) == xxhash.xxh3_128_intdigest(data)


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_digests_equal_xxhash(data):
    """Any bytes have the digest that the xxhash package says."""
    high, low = xxh3_128(_held(data), len(data))
    assert int(high) << 64 | int(low) == xxhash.xxh3_128_intdigest(data)


@settings(max_examples=100)
@given(st.lists(st.one_of(st.integers(1, 20), st.sampled_from([64, 128, 129, 240, 241, 1025])), max_size=600))
def test_words_are_hashed_as_alone(lengths):
    """Words of any lengths, in any order, have the hash of the xxhash package, in every place of a tile."""
    text = _bytes(sum(lengths))
    ends = np.cumsum(lengths, dtype=np.int64)
    edges = np.stack([ends - np.array(lengths, np.int64), ends], axis=1).ravel().astype(np.uint32)
    words = np.empty(len(lengths), np.uint64)
    hash_words(_held(text), edges, len(lengths), words)
    spans = edges.reshape(-1, 2).tolist()
    assert words.tolist() == [xxhash.xxh3_64_intdigest(text[begin:end]) for begin, end in spans]


@settings(max_examples=300)
@given(texts.map(lambda text: unicodedata.normalize("NFC", text)))
def test_words_equal_the_twin(text):
    """Hash, span and marks of each word, and the digest of the normalised text."""
    normalised, words = naive.normalise(text)
    assert _words(text) == [(_hash(word), begin, end, mark) for word, begin, end, mark in words]
    assert _made(text).digests == [xxhash.xxh3_128_hexdigest(normalised.encode())]
    assert _made(text).n_chars.tolist() == [len(text)]


@settings(max_examples=200)
@given(texts)
def test_texts_in_any_form_are_composed_first(text):
    """A text that is not in NFC has the words and the digest of its NFC; its characters are counted as they stand."""
    given_form, nfc = _made(text), _made(unicodedata.normalize("NFC", text))
    assert given_form.digests == nfc.digests
    assert given_form.words.hashes.tolist() == nfc.words.hashes.tolist()
    assert given_form.words.marks.tolist() == nfc.words.marks.tolist()
    assert given_form.n_chars.tolist() == [len(text)]


@settings(max_examples=200)
@given(texts)
def test_spans_point_at_the_words(text):
    """The original characters of a word's span, normalised by themselves, hold the word; spans ascend."""
    last = 0
    for hashed, begin, end, _ in _words(text):
        assert last <= begin < end <= len(text) or begin < last <= end  # one composition may hold two words
        normalised, _ = naive.normalise(unicodedata.normalize("NFC", text[begin:end]))
        words = [word for word, *_ in naive.normalise(unicodedata.normalize("NFC", text[begin:end]))[1]]
        assert hashed in {_hash(normalised), *map(_hash, words)}
        last = end


@settings(max_examples=200)
@given(texts)
def test_composed_is_nfc_with_a_map_back(text):
    """Spans of ``composed`` ascend, cover all of the text, and each span composes to the characters that it gives."""
    made, starts, stops = composed(text)
    assert made == unicodedata.normalize("NFC", text)
    spans = sorted(set(zip(starts.tolist(), stops.tolist(), strict=True)))
    assert "".join(text[begin:end] for begin, end in spans) == text
    for begin, end in spans:
        part = "".join(c for c, start in zip(made, starts, strict=True) if start == begin)
        assert part == unicodedata.normalize("NFC", text[begin:end])


@given(ascii_text)
def test_ascii_words_are_those_of_the_regular_expression(text):
    r"""On ASCII text the words are what ``\w+`` finds in the lower-cased text."""
    assert [word[0] for word in _words(text)] == [_hash(word) for word in re.findall(r"\w+", text.lower())]


@given(st.lists(st.one_of(hard_text, any_text), max_size=6))
def test_digests_are_equal_where_normalised_texts_are(many):
    """Two texts have one digest if and only if their normalised texts are equal; batches change nothing."""
    normalised = [naive.normalise(unicodedata.normalize("NFC", text))[0] for text in many]
    digests = _made(*many).digests
    assert digests == [_made(text).digests[0] for text in many]
    for one, a in zip(normalised, digests, strict=True):
        for other, b in zip(normalised, digests, strict=True):
            assert (one == other) == (a == b)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("“It’s—over”", '"it\'s-over"'),
        ("  Two\n\twords\u00a0here ", "two words here"),
        ("so\u00adft\ufeff", "soft"),
        ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"),
        ("E\u0301tat", "état"),
    ],
)
def test_copies_differ_in_blanks_quotes_case_and_form_only(text, same):
    """What the docstring of normalise calls equal has one digest."""
    assert len(set(_made(text, same).digests)) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It's 1,000's of U.S. e-mails", ["it", "s", "1", "000", "s", "of", "u", "s", "e", "mails"]),
        ("新聞 ราคา", ["新", "聞", "ร", "า", "ค", "า"]),
        ("zero\u200bwidth", ["zero", "width"]),
        ("İstanbul ΣΑΣ", ["i\u0307stanbul", "σασ"]),
        ("שָׁלוֹם", [unicodedata.normalize("NFC", "שָׁלוֹם")]),
        ("... — !?", []),
    ],
)
def test_words_of_many_scripts(text, words):
    """Where a script writes no spaces each letter with its marks is a word; elsewhere a run of letters."""
    assert [word[0] for word in _words(text)] == [_hash(word) for word in words]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('he said "we will go" and left', "we will go"),
        ("he said “we will go” and left", "we will go"),
        ("he said „we will go“ and left", "we will go"),  # where it stands tells that it closes
        ("he said 'we don't go' and left", "we don t go"),
        ("he said, it's \"no\" to 'us'", "no"),  # with double marks about, single ones are apostrophes
        ('so "an open one\n\nis not a quotation', ""),
        ('so "an open one\n\n"goes on" here', "an open one goes on"),
        ('so "an open one\n  "goes on" here', "an open one goes on"),
        ('a 5" disk, a "lost mark and a "quoted" word', "quoted"),
        ('"' + "a " * 100 + 'end" of a lost mark', ""),
        ("「東京」は", "東 京"),
        ("dit-il : « bonjour » et", "bonjour"),
        ("say '\u200dyes' now", "yes"),
    ],
)
def test_quotations_are_marked(text, quoted):
    """Words between quotation marks bear the mark; a quotation that does not end is none, but goes on in paragraphs."""
    assert " ".join(text[b:e] for _, b, e, mark in _words(text) if mark & QUOTED).lower() == quoted


def test_numbers_and_capitals_are_marked():
    """A word bears a mark if it begins with a digit, or with a capital letter."""
    marks = {
        word: mark
        for word, (*_, mark) in zip(
            "In 2022 BP's 5G plan".replace("'", " ").split(), _words("In 2022 BP's 5G plan"), strict=True
        )
    }
    assert [word for word, mark in marks.items() if mark & NUMBER] == ["2022", "5G"]
    assert [word for word, mark in marks.items() if mark & CAPITAL] == ["In", "BP"]


@pytest.mark.parametrize(
    ("text", "continued"),
    [("12,000.5", [0, 1, 1]), ("12 000", [0, 0]), ("12, 000", [0, 0]), ("a,1", [0, 0]), ("1,a,2", [0, 0, 0])],
)
def test_groups_of_a_number_belong_together(text, continued):
    """A word of digits goes on with the number before it if one mark, not a blank, stands between them."""
    assert [mark & CONTINUED > 0 for *_, mark in _words(text)] == continued


@pytest.mark.parametrize(("text", "characters"), [("新a", [1, 0]), ("ราคา 5", [1, 1, 1, 1, 0])])
def test_characters_of_unspaced_scripts_are_marked(text, characters):
    """A word that is one character of a script without spaces bears the mark."""
    assert [mark & CHARACTER > 0 for *_, mark in _words(text)] == characters


def test_every_code_point_folds_as_it_is_lowered():
    """Each code point folds to its lower case, but for quotation marks, dashes, final sigma and dotted capital I."""
    folds = tables().folds
    odd = {chr(p) for p in range(sys.maxunicode + 1) if chr(folds[p]) != chr(p).lower()}
    assert odd == {c for c in map(chr, range(sys.maxunicode + 1)) if naive.fold(c) != c.lower()} | {"İ"}
    assert {chr(folds[ord(c)]) for c in odd} == {'"', "'", "-", "σ", "i"}


def test_every_code_point_has_the_class_of_the_twin():
    """Classes agree with the Unicode database and the documented blocks, for all of Unicode."""
    classes = tables().classes
    letters = ".wdumisocea"
    points = [p for p in range(sys.maxunicode + 1) if not 0xD800 <= p < 0xE000]
    assert [chr(p) for p in points if letters[classes[p]] != naive.kind(chr(p))] == []


def test_a_long_line_is_one_text_among_others():
    """Five million characters without a line break, between two short texts."""
    long = "one two " * 625_000
    made = _made("a", long, "b")
    assert made.n_chars.tolist() == [1, 5_000_000, 1]
    assert np.diff(made.words.offsets).tolist() == [1, 1_250_000, 1]
    assert made.words.ends[-2] == 4_999_999


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("One two. Three 3.5 four! five", "One Three five"),
        ('He said "no." Then\n\nnew line\nsame', "He Then new"),
        ("第一。第二", "第 第"),
        ("a.b c", "a"),
    ],
)
def test_first_words_of_sentences_are_marked(text, first):
    """A word begins a sentence after a full stop and a blank, and where a paragraph begins."""
    assert " ".join(text[b:e] for _, b, e, mark in _words(text) if mark & FIRST) == first
