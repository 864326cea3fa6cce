"""Reading tests/vectors."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "vectors"


def read_vectors(name: str) -> list[dict[str, Any]]:
    """Return the vectors of one file; an empty file would prove nothing and is an error."""
    document = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    vectors: list[dict[str, Any]] = document["vectors"]
    if not vectors or not document["origin"]:
        raise ValueError(name)
    return vectors
