"""What a killed run left behind goes, and nothing else. All that a kill leaves: see tests/drills."""

from pathlib import Path

from desktop.formats.package import remove_leftovers


def test_leftovers_of_this_target_go_and_everything_else_stays(tmp_path: Path):
    folder = tmp_path / ".x.bid.0123456789ab.tmp"
    (folder / "parts").mkdir(parents=True)
    (folder / "parts" / "0").write_bytes(b"plaintext")
    (tmp_path / ".x.bid.aaaaaaaaaaaa.tmp").write_bytes(b"ciphertext")
    stay = ("x.bid", ".x.bid.tmp", ".y.bid.0123456789ab.tmp", ".x.bid.0123456789ab.tmp.old", ".xxbid.0123456789ab.tmp")
    for name in stay:
        (tmp_path / name).touch()
    assert remove_leftovers(tmp_path / "x.bid") == 2
    assert {path.name for path in tmp_path.iterdir()} == set(stay)
