"""The network that tells parents from other relatives learns what there is to learn."""

import numpy as np
import pytest

N_FEATURES, N_DUEL = 5, 3
EPOCHS = 30  # of a toy problem


@pytest.fixture(scope="module")
def learning():
    """The module under test."""
    import learning

    return learning


@pytest.fixture
def choices(learning):
    """Makes texts with candidates of chance, some of them right; some texts are orphans, some teach nothing."""

    def made(n_texts, seed=0, most=6):
        chance = np.random.default_rng(seed)
        count = chance.integers(1, most + 1, n_texts)
        child = np.repeat(np.arange(n_texts), count)
        orphan = chance.random(n_texts) < 0.3
        return learning.Choices(
            features=chance.standard_normal((len(child), N_FEATURES)),
            duels=chance.standard_normal(((count**2).sum(), N_DUEL)),
            child=child,
            right=(chance.random(len(child)) < 0.4) & ~orphan[child],
            orphan=orphan,
            story=chance.integers(0, 9, n_texts),
            weight=chance.uniform(0.5, 2.0, n_texts),
        )

    return made


def taught(seen):
    """Which texts teach something."""
    return seen.orphan | (np.bincount(seen.child, seen.right, len(seen.orphan)) > 0)


def rows_of(seen):
    """For each row of the duels: its text, the candidate, and the rival."""
    return [
        (text, own, rival)
        for text in range(len(seen.orphan))
        for own in np.flatnonzero(seen.child == text)
        for rival in np.flatnonzero(seen.child == text)
    ]


def choosing_best(seen, value):
    """The same texts, each made from the candidate with the largest value."""
    right = [value[i] == max(value[seen.child == text]) for i, text in enumerate(seen.child)]
    return seen._replace(right=np.array(right), orphan=np.zeros(len(seen.orphan), np.bool_))


def hits(seen, weight):
    """Share of the texts that give the right candidate the largest weight."""
    best = [np.flatnonzero(seen.child == text)[weight[seen.child == text].argmax()] for text in range(len(seen.orphan))]
    return seen.right[best].mean()


def same(one, other):
    """Whether two tuples of arrays are equal."""
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def network_of(learning, seed=0):
    """A network of chance that does not begin at 0."""
    chance = np.random.default_rng(seed)
    begun = learning.begun(N_FEATURES, N_DUEL, chance)
    return {name: array + 0.3 * chance.standard_normal(array.shape) for name, array in begun.items()}


def slowly(seen, network):
    """The weight of each candidate, as the module's docstring says it."""
    relu = lambda x: np.maximum(x, 0.0)  # noqa: E731
    x = (seen.features - network["mean"]) / network["scale"]
    h = [relu(one @ network["hidden"] + network["hidden_bias"]) for one in x]
    q = {i: [] for i in range(len(x))}
    for (_, own, rival), d in zip(rows_of(seen), seen.duels, strict=True):
        given = d @ network["duel"] + h[own] @ network["duel_own"] + h[rival] @ network["duel_rival"]
        q[own].append(relu(given + network["duel_bias"]) * (own != rival))
    weights = []
    for i, text in enumerate(seen.child):
        best = np.max([h[j] for j in np.flatnonzero(seen.child == text)], axis=0)
        by_rivals = np.mean(q[i], axis=0) @ network["sum_mean"] + np.max(q[i], axis=0) @ network["sum_most"]
        z = relu(h[i] @ network["sum"] + best @ network["sum_best"] + by_rivals + network["sum_bias"])
        weights.append(z @ network["score"] + network["score_bias"][0] - best @ network["none"])
    return np.array(weights)


def test_the_gradient_is_that_of_the_loss(learning, choices, monkeypatch):
    """Every derivative is what a small change of the number says; the loss is a mean over texts there, a sum here."""
    for name, units in (("HIDDEN", 7), ("DUEL", 6), ("SUM", 5)):
        monkeypatch.setattr(learning, name, units)
    seen = choices(20)
    seen = learning.some(seen, taught(seen))
    (batch,) = learning.batches(seen, np.arange(len(seen.orphan)))
    network = network_of(learning)
    loss, gradient = learning.slope(network, batch)
    assert loss > 0
    assert gradient.keys() == network.keys()
    for name, array in network.items():
        assert gradient[name].shape == array.shape
        measured = np.zeros_like(array)
        for at in np.ndindex(array.shape):
            ends = []
            for change in (1e-6, -1e-6):
                moved = array.copy()
                moved[at] += change
                ends.append(learning.slope({**network, name: moved}, batch)[0])
            measured[at] = (ends[0] - ends[1]) / 2e-6 / len(seen.orphan)
        assert gradient[name] == pytest.approx(measured, abs=1e-7), name
        assert np.abs(measured).max() > 1e-3, name


def test_equals_share_the_gradient_of_a_maximum(learning):
    """Of values that are all the most of their group, each gets its part."""
    values = np.array([[5.0], [1.0], [1.0], [0.0]])
    got = learning.to_most(np.array([[7.0], [6.0]]), np.array([[5.0], [1.0]]), values, np.array([1, 3]))
    assert got[:, 0].tolist() == [7.0, 3.0, 3.0, 0.0]


def test_groups_are_folded(learning):
    """Groups of several sizes, of rows and of numbers."""
    size = np.array([1, 1, 2, 3, 3])
    values, first = np.random.default_rng(0).standard_normal((10, 4)), np.cumsum(size) - size
    for fold in (np.add, np.maximum):
        assert learning.folded(fold, values, size) == pytest.approx(fold.reduceat(values, first))
        assert learning.folded(fold, values[:, 0], size) == pytest.approx(fold.reduceat(values[:, 0], first))


def test_weights_are_what_the_formulas_say(learning, choices):
    """Without loops the same comes out as with them."""
    seen = choices(30)
    chance = np.random.default_rng(5)
    moved = {"mean": chance.standard_normal(N_FEATURES), "scale": chance.uniform(0.5, 2.0, N_FEATURES)}
    network = {**network_of(learning), **moved}
    weight = learning.weigh(seen, network)
    assert weight.dtype == np.float64
    assert weight == pytest.approx(slowly(seen, network), abs=1e-12)


def test_the_program_computes_what_is_learned(learning, choices, monkeypatch):
    """The scores of which the gradient is taken are those by which the program decides, in batches of any size."""
    seen = choices(30)
    network = {**network_of(learning), "mean": np.zeros(N_FEATURES), "scale": np.ones(N_FEATURES)}
    whole = learning.weigh(seen, network)
    for size in (1, 7, 30):
        monkeypatch.setattr(learning, "BATCH", size)
        own = np.empty(len(whole))
        for batch in learning.batches(seen, np.arange(30)):
            passed = learning.forward(network, batch)
            own[batch.edges] = passed.score - np.repeat(passed.none, batch.many)
        assert own == pytest.approx(whole, abs=1e-12)
    assert learning.weigh(learning.some(seen, np.zeros(30, np.bool_)), network).shape == (0,)


def test_the_most_of_a_feature_is_found(learning, choices):
    """The text was made from the candidate with most of the third feature, whatever the scale of it."""
    seen, unseen = choices(900), choices(300, seed=1)
    seen, unseen = (choosing_best(each, each.features[:, 2]) for each in (seen, unseen))
    seen, unseen = (each._replace(features=each.features * 100.0 - 7.0) for each in (seen, unseen))
    assert hits(unseen, learning.weigh(unseen, learning.fit(seen, epochs=EPOCHS))) > 0.9


def test_what_only_duels_tell_is_found(learning, choices):
    """Features are noise, but the right candidate wins all its duels: a fit that sees no duels can only guess."""
    both = [choices(900), choices(300, seed=1)]
    for i, each in enumerate(both):
        strength = np.random.default_rng(i).standard_normal(len(each.child))
        rows = np.array(rows_of(each))
        won = np.sign(strength[rows[:, 1]] - strength[rows[:, 2]])
        both[i] = choosing_best(each._replace(duels=np.column_stack((won, each.duels[:, 1:]))), strength)
    seen, unseen = both
    assert hits(unseen, learning.weigh(unseen, learning.fit(seen, epochs=EPOCHS))) > 0.9
    seen, unseen = (each._replace(duels=np.zeros_like(each.duels)) for each in both)
    assert hits(unseen, learning.weigh(unseen, learning.fit(seen, epochs=EPOCHS))) < 0.6


def test_orphans_are_told(learning, choices):
    """A text none of whose candidates has enough of a feature was made from nothing that is there."""
    both = [choices(900), choices(300, seed=1)]
    for i, each in enumerate(both):
        near = each.features[:, 0] > 0.5
        both[i] = each._replace(right=near, orphan=np.bincount(each.child, near, len(each.orphan)) == 0)
    seen, unseen = both
    weight = learning.weigh(unseen, learning.fit(seen, epochs=EPOCHS))
    best = np.full(len(unseen.orphan), -np.inf)
    np.maximum.at(best, unseen.child, weight)
    assert ((best < 0) == unseen.orphan).mean() > 0.9


def test_a_seed_always_gives_the_same_network(learning, choices):
    """The same seed gives the same arrays, another others; all are float64, of the shapes that are promised."""
    seen = choices(40)
    one, again, other = (learning.fit(seen, epochs=2, seed=seed) for seed in (3, 3, 4))
    assert one.keys() == again.keys()
    assert all(np.array_equal(one[name], again[name]) for name in one)
    assert not np.array_equal(one["hidden"], other["hidden"])
    assert {array.dtype for array in one.values()} == {np.dtype(np.float64)}
    assert one["score_bias"].shape == (1,)
    assert one["mean"].shape == one["scale"].shape == (N_FEATURES,)


def test_progress_is_told(learning, choices):
    """After each epoch its number and a loss that falls."""
    heard = []
    learning.fit(choices(400), epochs=4, told=lambda epoch, loss: heard.append((epoch, loss)))
    assert [epoch for epoch, _ in heard] == [0, 1, 2, 3]
    assert heard[-1][1] < heard[0][1] < 3.0


def test_a_text_that_teaches_nothing_changes_nothing(learning, choices):
    """Neither one whose parents are not among its candidates, nor one that does not count."""
    seen = choices(60)
    weight = np.where(np.arange(60) % 5 == 0, 0.0, seen.weight)
    seen = seen._replace(weight=weight)
    telling = taught(seen) & (weight > 0)
    assert 0 < (~taught(seen)).sum() < telling.sum()
    whole, part = learning.fit(seen, epochs=3), learning.fit(learning.some(seen, telling), epochs=3)
    assert all(np.array_equal(whole[name], part[name]) for name in whole)


def test_a_text_that_counts_twice_is_there_twice(learning, choices):
    """The loss and its gradient are those of the text and its double."""
    seen = choices(8)
    seen = learning.some(seen, taught(seen))
    n = len(seen.orphan)
    (heavy,) = learning.batches(seen._replace(weight=np.full(n, 2.0)), np.arange(n))
    twice = learning.joined([seen._replace(weight=np.ones(n))] * 2)
    (double,) = learning.batches(twice, np.arange(2 * n))
    network = network_of(learning)
    (loss, gradient), (loss_twice, gradient_twice) = (learning.slope(network, each) for each in (heavy, double))
    assert loss == pytest.approx(loss_twice)
    for name, array in gradient.items():
        assert array / 2 == pytest.approx(gradient_twice[name])


def test_a_feature_that_does_not_vary_is_harmless(learning, choices):
    """Its scale is 1; the others are standardised."""
    seen = choices(60)
    seen.features[:, 1] = 0.1
    network = learning.fit(seen, epochs=1)
    assert network["scale"][1] == 1.0
    assert network["mean"][1] == pytest.approx(0.1)
    assert np.isfinite(learning.weigh(seen, network)).all()


def test_some_and_joined_undo_each_other(learning, choices):
    """Two piles joined and taken apart are what they were, and so are the parts of one."""
    piles = choices(12), choices(9, seed=1)
    whole = learning.joined(piles)
    first = np.arange(21) < 12
    assert same(learning.some(whole, first), piles[0])
    assert same(learning.some(whole, ~first), piles[1])
    assert same(learning.joined([learning.some(whole, first), learning.some(whole, ~first)]), whole)
    network = {**network_of(learning), "mean": np.zeros(N_FEATURES), "scale": np.ones(N_FEATURES)}
    even = np.arange(21) % 2 == 0
    assert learning.weigh(learning.some(whole, even), network) == pytest.approx(
        learning.weigh(whole, network)[even[whole.child]], abs=1e-12
    )
