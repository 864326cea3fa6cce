"""A second reader, written in JavaScript from docs/protocol.md alone, agrees on every vector it runs (T53)."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.protocol.vectors import FOLDER, read_vectors

READER = Path(__file__).with_name("second_reader.mjs")
NODE = shutil.which("node")
#: What the second reader leaves to others: certificates and seal objects.
LEFT_OUT = {"answer", "seal"}


@pytest.mark.skipif(NODE is None, reason="no node on this machine; the web phone's build runs it there")
def test_t53_two_readers_agree_on_every_vector() -> None:
    assert NODE is not None
    done = subprocess.run([NODE, str(READER), str(FOLDER)], capture_output=True, check=True, timeout=120)
    said = json.loads(done.stdout)
    assert set(said) == {p.stem for p in FOLDER.glob("*.json")} - LEFT_OUT
    for file, outcomes in said.items():
        assert outcomes == {v["name"]: v["outcome"] for v in read_vectors(file)}
