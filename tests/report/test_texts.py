import dedup
from dedup.report import texts
from dedup.report.page import render


def test_what_cannot_be_read_is_counted(tmp_path, seeds, monkeypatch):
    """Texts of files that are gone, changed or too long are missing, with the reason; all others are there."""
    folder = tmp_path / "in"
    folder.mkdir()
    for file in seeds.glob("*.txt"):
        (folder / file.name).write_text(file.read_text("utf-8"), "utf-8")
    result = dedup.run([str(folder)], out=tmp_path / "out")
    rows = result.documents.to_pylist()
    found = texts.read(result, rows, None)
    assert (len(found.by_id), found.missing) == (5, {})

    names = sorted(file.name for file in folder.iterdir())
    (folder / names[0]).unlink()
    (folder / names[1]).write_text("Another text altogether, longer than nothing.", "utf-8")
    monkeypatch.setattr(texts, "LONGEST", rows[4]["n_chars"] - 1)
    found = texts.read(result, rows, None)
    assert sorted(found.by_id) == names[2:4]
    reasons = " ".join(found.missing)
    assert "cannot be read again" in reasons
    assert "not the one that the run saw" in reasons
    assert "Longer than" in reasons
    assert sum(found.missing.values()) == 3

    (folder / names[0]).parent.rename(tmp_path / "moved")
    found = texts.read(result, rows, [str(tmp_path / "moved")])
    assert sorted(found.by_id) == names[2:4]


def test_reasons_are_bounded(tmp_path):
    """Many files that are gone have not each a line of their own."""
    folder = tmp_path / "in"
    folder.mkdir()
    for at in range(30):
        (folder / f"{at:02}.txt").write_text(f"Document number {at} says nothing of interest.", "utf-8")
    result = dedup.run([str(folder)], out=tmp_path / "out")
    folder.rename(tmp_path / "gone")
    found = texts.read(result, result.documents.to_pylist(), None)
    assert len(found.missing) == 11
    assert sum(found.missing.values()) == 30
    said = render(result).html
    assert said.count("29.txt") < 10
    assert "30 texts are not shown" in said
