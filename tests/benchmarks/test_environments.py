"""The rivals' environments: which Python makes them, and what the adapter of text-dedup asks of it."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ADAPTER = Path(__file__).resolve().parents[2] / "benchmarks" / "rivals" / "with_text_dedup.py"
COMMAND = """
import pickle, tomllib
from pathlib import Path

settings = tomllib.loads(Path("config.toml").read_text())
algorithm = settings["algorithm"]
assert (algorithm["num_perm"], algorithm["bands"], algorithm["rows"], algorithm["ngram_size"]) == (128, 16, 8, 5)
assert Path(settings["input"]["read_arguments"]["data_files"]).exists()
assert settings["output"]["save_clusters"]
out = Path(settings["output"]["output_dir"])
out.mkdir()
numbers = {0: 3, 2: 3, 1: 0, 4: 0} if algorithm.get("hash_bits") == 32 else {0: 3, 2: 3}
(out / "clusters.pickle").write_bytes(pickle.dumps(numbers))
"""


@pytest.fixture
def pythons(tmp_path, monkeypatch):
    """A PATH with these: one that runs, an older one, a shim that runs nothing, one that nobody may run, a namesake."""
    first, second = tmp_path / "first", tmp_path / "second"
    for path, script, mode in (
        (first / "python3.95", "exit 0", 0o755),
        (second / "python3.96", "if [ $1 = -m ]; then echo no room >&2; exit 1; fi", 0o755),
        (first / "python3.96", "exit 127", 0o755),
        (first / "python3.97", "exit 0", 0o644),
        (first / "python3.98-config", "exit 0", 0o755),
    ):
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(mode)
    monkeypatch.setenv("PATH", os.pathsep.join(map(str, (first, tmp_path / "nowhere", second))))
    return tmp_path


def test_the_newest_python_that_runs_is_taken(pythons):
    """The first of its name on the PATH may be a shim that runs nothing; the next one counts."""
    from environments import interpreter

    assert interpreter((3, 90)) == pythons / "second" / "python3.96"


@pytest.mark.parametrize("at_least", [None, (3, 11), (3, 97)])
def test_our_own_is_taken_where_it_is_new_enough_or_none_is(pythons, at_least):
    """One is looked for only where ours is too old."""
    from environments import interpreter

    assert interpreter(at_least) == Path(sys.executable)


def test_another_python_has_an_environment_of_its_own(pythons):
    """So that a rival is not installed anew whenever the PATH changes."""
    from environments import environment

    for folder in ("some", "some-python3.96"):
        made = pythons / "environments" / folder
        made.mkdir(parents=True)
        (made / "requirements.txt").write_text("package")
    assert environment(pythons, "some", ("package",)).parts[-3] == "some"
    assert environment(pythons, "some", ("package",), (3, 90)).parts[-3] == "some-python3.96"


def test_what_went_wrong_is_told(pythons):
    """The row of a rival that cannot be installed says why."""
    from environments import environment

    with pytest.raises(RuntimeError, match="no room"):
        environment(pythons, "some", ("package",), (3, 90))


def test_the_version_of_python_is_among_the_versions():
    """The results hold it, beside those of the packages."""
    from environments import versions

    found = versions(Path(sys.executable))
    assert found["python"] == ".".join(map(str, sys.version_info[:3]))
    assert found["numpy"] == np.__version__


@pytest.mark.parametrize(("options", "clusters"), [([], [[0, 2]]), (["--xxh3"], [[0, 2], [1, 4]])])
def test_a_cluster_of_text_dedup_is_not_the_document_with_its_number(tmp_path, options, clusters):
    """Its clusters are counted from 0, as documents are: the third is not the cluster of document 3."""
    package = tmp_path / "text_dedup"
    package.mkdir()
    (package / "minhash.py").write_text(COMMAND)
    (tmp_path / "text_dedup-0.4.1.dist-info").mkdir()
    (tmp_path / "text_dedup-0.4.1.dist-info" / "METADATA").write_text("Name: text-dedup\nVersion: 0.4.1\n")
    pq.write_table(pa.table({"text": ["a"] * 5}), tmp_path / "corpus.parquet")
    command = [sys.executable, str(ADAPTER), "corpus.parquet", "labels.npy", *options]
    subprocess.run(command, check=True, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(tmp_path)})
    labels = np.load(tmp_path / "labels.npy")
    found = [np.flatnonzero(labels == label).tolist() for label in np.unique(labels)]
    assert sorted(together for together in found if len(together) > 1) == clusters
