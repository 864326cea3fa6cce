"""Write tests/vectors: `python -m tools.vectors.generate`. With --check, only compare; exit 1 when they differ.

Everything is deterministic (fixed keys, RFC 6979 signatures, fixed HPKE ephemerals), so a second run writes the same.
The outcomes of refusals are written down by hand from docs/protocol.md, not taken from our implementation.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tools.vectors import (
    camera_vectors,
    ceremony_vectors,
    keystore_vectors,
    message_vectors,
    plain_vectors,
    tender_vectors,
)

FOLDER = Path(__file__).parents[2] / "tests" / "vectors"
ORIGIN = "tools/vectors/generate.py; outcomes by hand from docs/protocol.md"

FILES: dict[str, tuple[str, Callable[[], list[dict[str, Any]]]]] = {
    "codec": ("§1.1: deterministic CBOR", plain_vectors.codec),
    "qr": ("§2.3: QR text of the relay", plain_vectors.qr),
    "transcript": (
        "§2.2, §2.4, §2.6: running hash, channel keys, sealed challenge and replies",
        plain_vectors.transcript,
    ),
    "hpke": ("§1.3, §2.5: HPKE contexts, to be opened with the key given", plain_vectors.hpke),
    "signed_attributes": ("§3.3: signedAttrs of a seal", plain_vectors.signed_attributes),
    "challenge": ("§2.1: challenges, unsigned and signed", message_vectors.challenges),
    "messages": ("§2.5, §2.6: plaintexts of phone messages and replies", message_vectors.messages),
    "display": ("§4: consent text, template version 1", message_vectors.display),
    "consent": ("§2.7, §2.1, §3.1: bytes that are signed, with signatures", ceremony_vectors.signed_bytes),
    "answer": ("§2.8: whole transcripts and the certificates known", ceremony_vectors.answers),
    "parts": ("§2.11: codes of camera mode and the message they make", camera_vectors.parts),
    "camera": ("§2.11: messages of camera mode", camera_vectors.messages),
    "receipt": ("§2.9: receipts, plain and signed", ceremony_vectors.receipts),
    "seal": ("§5.4: seal objects", ceremony_vectors.seals),
    "announcement": ("tendering.md §1, §2: announcements, bytes signed, labels", tender_vectors.announcements),
    "statements": ("tendering.md §4, §6: statements of platform and room", tender_vectors.statements),
    "room_key": ("tendering.md §6: the room key that an opening notice holds", tender_vectors.room_keys),
    "merkle": ("tendering.md §5: proofs in trees", tender_vectors.trees),
    "keystore": ("§5.3: wraps of the key store, and what shows a right password", keystore_vectors.wraps),
}


def document(name: str) -> str:
    """Return the text of one file."""
    note, make = FILES[name]
    source = note if note.startswith("tendering.md") else f"protocol.md {note}"
    body = {"origin": ORIGIN, "note": f"docs/{source}", "vectors": make()}
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def main(arguments: list[str]) -> int:
    """Write or compare all files."""
    differing = [n for n in FILES if not _same(n)]
    if "--check" in arguments:
        print("differing: " + ", ".join(differing) if differing else "up to date")
        return 1 if differing else 0
    FOLDER.mkdir(exist_ok=True)
    for name in differing:
        (FOLDER / f"{name}.json").write_text(document(name), encoding="utf-8", newline="\n")
    print("written: " + (", ".join(differing) or "nothing"))
    return 0


def _same(name: str) -> bool:
    path = FOLDER / f"{name}.json"
    return path.is_file() and path.read_text(encoding="utf-8") == document(name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
