"""Passages in other words, step by step, against the twins."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.kernels import agreement, blocks, merging, rewording, sentences, summaries
from dedup.kernels.order import ascending
from tests import naive_sentences as naive
from tests.strategies import flat, marks_of, u64, word_lists

terms = st.lists(st.integers(0, 9), max_size=40)
numbers = st.integers(0, 5)
seed_lists = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=15, unique=True)


def i64(values, width=None):
    """Values as the kernels take them, in rows of a width."""
    return np.array(values, np.int64) if width is None else np.array(values, np.int64).reshape(-1, width)


@st.composite
def texts(draw, least=1):
    """Numbered terms of two texts with their marks, the begins of their sentences and all counts."""
    one, two = (draw(st.lists(st.integers(0, 9), min_size=least, max_size=60)) for _ in "ab")
    marks = [draw(marks_of(len(side))) for side in (one, two)]
    places = [naive.sentence_bounds(side, 3) for side in marks]
    parts = [naive.cut(side, place) for side, place in zip((one, two), places, strict=True)]
    counts = [naive.holders(part, 10) for part in parts]
    both = [max(a + b, 1) for a, b in zip(*counts, strict=True)]
    return (one, two), marks, places, parts, counts, naive.weights(both, len(parts[0]) + len(parts[1]))


def _sides(ids, loose, marks, places):
    return tuple(
        (i64(one), i64(two), np.array(mark, np.uint8), i64(place))
        for one, two, mark, place in zip(ids, loose, marks, places, strict=True)
    )


@given(st.data(), st.integers(0, 6))
def test_sentence_bounds_equal_the_twin(data, least):
    """Sentences are as long as they must be, and cover the text."""
    marks = data.draw(st.integers(0, 30).flatmap(marks_of))
    assert sentences.sentence_bounds(np.array(marks, np.uint8), least).tolist() == naive.sentence_bounds(marks, least)


words_and_lemmas = st.lists(
    st.one_of(st.tuples(st.integers(0, 2**63 - 1), st.just(-1)), st.tuples(st.integers(0, 30), st.integers(-1, 6))),
    max_size=40,
)


@given(words_and_lemmas, words_and_lemmas)
def test_numbers_of_terms_equal_the_twin(left, right):
    """Equal terms have equal numbers in both texts, the numbers follow the words; a word without a lemma is its own."""
    words, lemmas = zip(*((zip(*side, strict=True)) if side else ((), ()) for side in (left, right)), strict=True)
    made = sentences.numbered(tuple(u64(side) for side in words), tuple(np.array(side, np.int32) for side in lemmas))
    assert [side.tolist() for side in made] == list(naive.numbered(*map(naive.terms_of, words, lemmas)))


@given(st.sets(st.integers(0, 12), max_size=8), st.data())
def test_stand_ins_equal_the_twin(values, data):
    """A stand-in is the first synonym that the other text alone holds, near a seed."""
    values = [value if value < 10 else -value for value in sorted(values)]
    synonyms = [sorted(data.draw(st.sets(st.integers(0, 9), max_size=4))) for _ in range(10)]
    counts = st.lists(st.integers(0, 2), min_size=len(values), max_size=len(values))
    left, right = data.draw(counts), data.draw(counts)
    right = [b or int(a == 0) for a, b in zip(left, right, strict=True)]  # each term is somewhere
    near = [n > 0 for n in data.draw(counts)]
    ends, starts = flat(synonyms)
    places, free = np.array(near, np.bool_), np.full(10, -1, np.int32)
    made = sentences.stand_ins(i64(values), places, i64(left), i64(right), starts, ends.astype(np.int32), free)
    assert made.tolist() == naive.stand_ins(
        values, {t for t, is_near in enumerate(near) if is_near}, left, right, synonyms
    )
    assert (free == -1).all()


@given(texts(), seed_lists, st.integers(0, 3))
def test_terms_near_seeds_equal_the_twin(texts, pairs, distance):
    """The terms around sentences with a partner are marked."""
    ids, _, places, parts, _, _ = texts
    pairs = [(i % len(parts[0]), j % len(parts[1])) for i, j in pairs]
    for k in (0, 1):
        near = np.zeros(10, np.bool_)
        sentences.near_seeds(i64(pairs, 2), k, i64(ids[k]), i64(places[k]), distance, near)
        assert set(np.flatnonzero(near).tolist()) == naive.near_seeds([pair[k] for pair in pairs], parts[k], distance)


@given(st.lists(st.tuples(numbers, numbers), max_size=8), st.integers(0, 60))
def test_affordable_equals_the_twin(counts, most):
    """The more the work, the lower the limit; it is never less than one."""
    left, right = [a for a, _ in counts], [b for _, b in counts]
    assert sentences.affordable(i64(left), i64(right), most) == naive.affordable(left, right, most)


@given(texts(), st.sampled_from([0.1, 0.25, 0.5]))
def test_seeds_equal_the_twin(texts, least):
    """Sentences alike are found, the best first, no more than eight to a sentence."""
    ids, _, places, parts, counts, weight = texts
    bags = [sentences.bags(i64(one), i64(place), 10) for one, place in zip(ids, places, strict=True)]
    for (starts, terms, times), part in zip(bags, parts, strict=True):
        cuts = itertools.pairwise(starts.tolist())
        held = [dict(zip(terms[a:b].tolist(), times[a:b].tolist(), strict=True)) for a, b in cuts]
        assert [list(bag.items()) for bag in held] == [list(Counter(sentence).items()) for sentence in part]
    assert [sentences.holders(bag, 10).tolist() for bag in bags] == counts
    pairs, cosines = sentences.seeds(*bags, i64(counts[0]), i64(counts[1]), i64(weight), least, least)
    wanted = naive.seeds(*parts, weight, least, least)
    assert (list(map(tuple, pairs.tolist())), cosines.tolist()) == wanted


@given(st.lists(st.integers(1, 9), max_size=9), st.integers(1, 90))
def test_weights_equal_the_twin(counts, n):
    """What fewer sentences hold weighs more."""
    assert sentences.weights(i64(counts), n).tolist() == naive.weights(counts, n)


@given(seed_lists, st.integers(0, 5))
def test_split_equals_the_twin(pairs, gap):
    """Seeds fall apart where a gap is too wide on either side, again and again."""
    order, begins = blocks.split(i64(pairs, 2), i64(range(len(pairs))), gap)
    parts = [sorted(pairs[k] for k in order[a:b]) for a, b in itertools.pairwise(begins)]
    assert sorted(parts) == sorted(sorted(part) for part in naive.split(pairs, gap))


@given(texts(), st.sampled_from([0.0, 0.3, 0.6, 0.9]))
def test_blocks_equal_the_twin(texts, similar):
    """Close seeds make a block where the stretches are similar, else smaller ones."""
    ids, marks, places, parts, _, weight = texts
    pairs, _ = naive.seeds(*parts, weight, 0.2, 0.2)
    made = blocks.blocks(i64(pairs, 2), *_sides(ids, ids, marks, places), i64(weight), 3, 1, similar)
    sides = [(one, place) for one, place in zip(ids, places, strict=True)]
    assert sorted(made.tolist()) == sorted(naive.blocks(pairs, *sides, weight, 3, 1, similar))


@st.composite
def loose_texts(draw):
    """Two texts as sides, with exact passages cut out, and a block in them."""
    ids, marks, places, *_ = draw(texts(least=4))
    exact = []
    if draw(st.booleans()):
        n = draw(st.integers(1, min(map(len, ids)) // 2))
        a, b = (draw(st.integers(0, len(side) - n)) for side in ids)
        exact = [[a, a + n, b, b + n, n]]
    loose = [naive.loose_ids(side, exact, 2 * k) for k, side in enumerate(ids)]
    block = []
    for side in ids:
        begin = draw(st.integers(0, len(side) - 1))
        block += [begin, draw(st.integers(begin + 1, len(side)))]
    elsewhere = draw(st.lists(st.integers(0, 300), min_size=10, max_size=10))
    stand_in = draw(st.lists(st.integers(-1, 9), min_size=10, max_size=10))
    sides = [tuple(column) for column in zip(ids, loose, marks, places, strict=True)]
    return sides, exact, block, elsewhere, stand_in


@given(loose_texts())
def test_settled_blocks_equal_the_twin(found):
    """The borders are where the evidence is greatest; the gains are zero afterwards."""
    sides, exact, block, elsewhere, stand_in = found
    gains = np.zeros(10, np.int64)
    arrays = _sides(*zip(*sides, strict=True))
    made = blocks.settled(i64(block), *arrays, i64(elsewhere), gains, i64(stand_in))
    assert tuple(made) == naive.settled(block, *sides, elsewhere, stand_in)
    assert not gains.any()
    for k, side in enumerate(sides):
        assert merging.loose_ids(i64(side[0]), i64(exact, 5), 2 * k).tolist() == side[1]


@given(st.lists(st.integers(-9, 5), max_size=30), numbers, numbers)
def test_exact_words_equal_the_twin(loose, begin, length):
    """Words with partners in the stretch are counted, and the longest run of them."""
    assert tuple(summaries.exact_words(i64(loose), begin, begin + length)) == naive.exact_words(
        loose, begin, begin + length
    )


@given(seed_lists, st.integers(0, 5))
def test_long_stretches_equal_the_twin(pairs, more):
    """A stretch goes to the end of the text where no more is left than was skipped before."""
    n = max(j for _, j in pairs) + 1 + more
    assert tuple(summaries.long_stretch(i64(pairs, 2), n)) == naive.long_stretch([j for _, j in pairs], n)


@given(word_lists, word_lists)
def test_words_in_common_equal_the_twin(left, right):
    """Words in common are counted as bags."""
    assert agreement.common(u64(left), u64(right)) == naive.common(left, right)


@given(terms, terms)
def test_terms_in_order_equal_the_twin(left, right):
    """Of the terms that stand once on both sides, the most that keep their order; nothing is left behind."""
    in_left, in_right = np.zeros(10, np.int64), np.zeros(10, np.int64)
    assert tuple(agreement.in_order(i64(left), i64(right), in_left, in_right)) == naive.in_order(left, right)
    assert not in_left.any()
    assert not in_right.any()


@st.composite
def exact_passages(draw):
    """Exact passages in the order of the left text, none of which overlap; half of them moved about on the right."""
    lengths = draw(st.lists(st.integers(8, 60), max_size=6))
    gaps = draw(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=6, max_size=6))
    order = draw(st.one_of(st.just(range(len(lengths))), st.permutations(range(len(lengths)))))
    rows, at = [], 0
    for n, (gap, _) in zip(lengths, gaps, strict=False):
        rows.append([at + gap, at + gap + n, 0, 0, n])
        at += gap + n
    at = 0
    for k in order:
        gap = draw(st.sampled_from([gaps[k][0], gaps[k][1]]))
        rows[k][2:4] = at + gap, at + gap + lengths[k]
        at += gap + lengths[k]
    return rows


@given(exact_passages())
def test_frames_equal_the_twin(exact):
    """Exact passages are joined over even gaps alone."""
    assert merging.frames(i64(exact, 5)).tolist() == naive.frames(exact)


def _row(row):
    return [*row["span"], row["kind"], row["evidence"], row["found"]]


@st.composite
def spans(draw):
    """Rows of spans and evidence."""
    rows = draw(st.lists(st.tuples(*[st.integers(0, 200)] * 2, *[st.integers(1, 60)] * 2, numbers), max_size=4))
    return [[a, a + n, b, b + m, evidence] for a, b, n, m, evidence in rows]


@given(spans(), spans(), spans(), exact_passages(), st.integers(0, 40))
def test_merged_passages_equal_the_twin(of_left, of_right, found, exact, more):
    """Exact passages inside others are gone, neighbours are joined, ends carried on."""
    frames = naive.frames(exact)
    arrays = [i64(rows, 5) for rows in (of_left, of_right, found)]
    made = merging.merged(*arrays, i64(frames, 6))
    wanted = naive.merged(of_left, of_right, found, frames)
    picked = [0, 1, 2, 3, merging.KIND, merging.EVIDENCE, merging.FOUND]
    assert made[:, picked].tolist() == list(map(_row, wanted))
    wanted.sort(key=lambda row: row["span"][0])
    ends = [max([0, *(row["span"][k] for row in wanted)]) + more for k in (1, 3)]
    keys = made[:, 0].astype(np.uint64)
    joined = merging.joined(sentences.taken(made, ascending(keys)), *ends)
    assert joined[:, picked].tolist() == list(map(_row, naive.joined(wanted, *ends)))


@given(spans())
def test_chosen_blocks_equal_the_twin(found):
    """Of blocks that overlap on either side the one with more evidence stays."""
    in_left, in_right = np.full(300, -1, np.int64), np.full(300, -1, np.int64)
    assert rewording.chosen(i64(found, 5), in_left, in_right).tolist() == naive.chosen(found)
