"""META-INF/ASiCManifest.xml: the list of digests that the bidder signs, as one sequence of bytes.

It is never parsed: the reader hashes the entries, writes the manifest again and compares, so no XML reader is exposed
to a stranger's file. Source: EN 319 162-1 §A.4 and §4.4.4; docs/bid-package.md.
"""

import base64

MIMETYPE = b"application/vnd.etsi.asic-e+zip"
MIMETYPE_NAME, HEADER_NAME = "mimetype", "bid.json"
MANIFEST_NAME, SIGNATURE_NAME = "META-INF/ASiCManifest.xml", "META-INF/signature.p7s"
MAX_MANIFEST_BYTES = 32 * 1024
_OPEN = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">\n'
    f'<asic:SigReference URI="{SIGNATURE_NAME}" MimeType="application/pkcs7-signature"/>\n'
)
_REFERENCE = (
    '<asic:DataObjectReference URI="{name}" MimeType="{kind}">'
    '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
    "<ds:DigestValue>{digest}</ds:DigestValue></asic:DataObjectReference>\n"
)
_CLOSE = "</asic:ASiCManifest>\n"


def write_manifest(digests: list[tuple[str, bytes]]) -> bytes:
    """Return the manifest over (entry name, SHA-256) in the order of the package; names are plain ASCII."""
    lines = [_OPEN]
    for name, digest in digests:
        kind = "application/json" if name.endswith(".json") else "application/pkcs7-mime"
        lines.append(_REFERENCE.format(name=name, kind=kind, digest=base64.b64encode(digest).decode("ascii")))
    return "".join([*lines, _CLOSE]).encode("ascii")


def differing_name(expected: bytes, found: bytes, names: list[str]) -> str:
    """Name the first entry whose line differs, for the diagnostic."""
    offset = _OPEN.count("\n")
    for index, (left, right) in enumerate(zip(expected.split(b"\n"), found.split(b"\n"), strict=False)):
        if left != right:
            return names[index - offset] if offset <= index < offset + len(names) else MANIFEST_NAME
    return MANIFEST_NAME
