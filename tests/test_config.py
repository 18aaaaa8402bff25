"""Settings: every default once, every bad value refused in words, TOML there and back."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.config import LEAST_MEMORY, Config, memory_bytes
from dedup.errors import ConfigError

FIELDS = dataclasses.fields(Config)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_every_setting_is_explained(field: dataclasses.Field[object]) -> None:
    """Each setting has a sentence for the help."""
    assert field.metadata["help"].endswith(".")


def test_a_config_is_frozen() -> None:
    """No one changes a setting behind a run's back."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        Config().recall = 0.5  # type: ignore[misc]


@given(
    min_jaccard=st.floats(0.001, 1.0),
    recall=st.floats(0.001, 0.999),
    num_perm=st.integers(1, 4096),
    drop=st.lists(st.sampled_from(["exact", "near", "excerpt", "partial"]), unique=True).map(tuple),
    text_field=st.none() | st.text(st.characters(codec="utf-8"), min_size=1),
    strict=st.booleans(),
)
def test_toml_there_and_back(tmp_path_factory: pytest.TempPathFactory, **values: object) -> None:
    """Settings written as TOML are read back equal, whatever a column is called."""
    config = Config(**values)  # type: ignore[arg-type]
    path = tmp_path_factory.getbasetemp() / "dedup.toml"
    path.write_text(config.to_toml(), encoding="utf-8", newline="")
    assert Config.from_toml(path) == config


@pytest.mark.parametrize(
    "values",
    [
        {"min_jaccard": 0.0},
        {"min_jaccard": 1.1},
        {"min_jaccard": float("nan")},
        {"recall": 1.0},
        {"min_containment": -0.1},
        {"shingle_size": 0},
        {"num_perm": 5000},
        {"seed": -1},
        {"max_key_documents": 1},
        {"threads": -1},
        {"batch_size": 0},
        {"detect": ("excerpts",)},
        {"detect": ("copies", "rumours")},
        {"drop": ("all",)},
        {"keep": ""},
        {"max_chars": 0},
        {"memory": "much"},
        {"memory": "255MiB"},
        {"memory": "0"},
        {"memory": "-1GB"},
        {"memory": "1e9"},
        {"memory": "1 GB or so"},
        {"memory": "1PB"},
    ],
    ids=lambda values: ",".join(f"{name}={value}" for name, value in values.items()),
)
def test_values_out_of_range_are_refused(values: dict[str, object]) -> None:
    """The error names the setting and the value; the hint says what it must be."""
    with pytest.raises(ConfigError) as caught:
        Config(**values)  # type: ignore[arg-type]
    (name,) = values
    assert name in caught.value.message
    assert caught.value.hint.startswith("It must be")


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("min_jacard = 0.7", "Unknown setting 'min_jacard'"),
        ('min_jaccard = "high"', "min_jaccard is 'high'"),
        ("strict = 1", "strict is 1"),
        ("num_perm = 12.5", "num_perm is 12.5"),
        ("detect = 3", "detect is 3"),
        ("min_jaccard = ", "is not TOML"),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, written: str, seen: str) -> None:
    """What is wrong in a file of settings is said in words."""
    path = tmp_path / "dedup.toml"
    path.write_text(written, encoding="utf-8")
    with pytest.raises(ConfigError, match=seen):
        Config.from_toml(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """A file of settings that is not there is an error that names it."""
    with pytest.raises(ConfigError, match=r"nowhere\.toml"):
        Config.from_toml(tmp_path / "nowhere.toml")


def test_names_with_hyphens_and_whole_numbers_are_understood() -> None:
    """``min-jaccard = 1`` means what it says; a list may be written with commas."""
    config = Config.from_mapping({"min-jaccard": 1, "drop": "exact, near ,excerpt"})
    assert (config.min_jaccard, config.drop) == (1.0, ("exact", "near", "excerpt"))


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("", 0),
        ("  ", 0),
        ("268435456", 2**28),
        ("268435456B", 2**28),
        ("256MiB", 2**28),
        ("256 mib", 2**28),
        ("262144KiB", 2**28),
        (" 2G ", 2 * 10**9),
        ("2gb", 2 * 10**9),
        ("2GiB", 2 * 2**30),
        ("1.5GB", 1_500_000_000),
        ("0.5TiB", 2**39),
        ("300000k", 300_000_000),
        ("00512MB", 512_000_000),
    ],
)
def test_memory_is_understood_as_people_write_it(written: str, size: int) -> None:
    """Bytes, or a number with a unit of a thousand or of 1024, in any case, with or without a blank."""
    assert memory_bytes(Config(memory=written).memory) == size


@given(st.integers(LEAST_MEMORY, 2**50))
def test_any_number_of_bytes_is_itself(size: int) -> None:
    """A plain number is taken exactly, and survives the way through TOML."""
    config = Config.from_mapping(Config(memory=str(size)).to_mapping())
    assert memory_bytes(config.memory) == size


@given(st.text(max_size=12))
def test_no_text_breaks_the_reading_of_a_size(text: str) -> None:
    """Whatever is written is a size, nothing, or refused: never a traceback."""
    size = memory_bytes(text)
    assert size is None or size >= 0
    if size is None or 0 < size < LEAST_MEMORY:
        with pytest.raises(ConfigError, match="memory is"):
            Config(memory=text)


def test_memory_in_a_file_of_settings(tmp_path: Path) -> None:
    """A size is written in quotation marks; a bare number is told to be of the wrong type."""
    path = tmp_path / "dedup.toml"
    path.write_text('memory = "1.5GB"', encoding="utf-8")
    assert memory_bytes(Config.from_toml(path).memory) == 1_500_000_000
    path.write_text("memory = 1500000000", encoding="utf-8")
    with pytest.raises(ConfigError, match="memory is 1500000000"):
        Config.from_toml(path)
