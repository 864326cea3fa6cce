"""T13: twelve forged, stale, foreign or replayed answers of OCSP responder, CRL and time stamping service.

Each goes the way that the client's own evidence goes (services.lasting): the answer to the very question, then the
judgement of what it proves. The last step of each is its honest twin.
"""

from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from desktop.crypto.ocsp_query import OCSP_NONCE_BYTES, check_ocsp_reply, write_ocsp_query
from desktop.domain.errors import UnavailableError
from desktop.domain.operations import Verdict
from desktop.formats.trust import RevocationData, TrustAnchors, check_path, check_timestamp
from tests.pdf.pki import DAY, NOW, Holder, Pki
from tests.trust import stamps

NONCE = bytes(range(OCSP_NONCE_BYTES))


@pytest.fixture(scope="module")
def pki() -> Pki:
    return Pki()


@pytest.fixture(scope="module")
def leaf(pki: Pki) -> Holder:
    return pki.leaf()


def answer(
    pki: Pki,
    leaf: Holder,
    *,
    nonce: bytes | None = NONCE,
    by: Holder | None = None,
    this_update: object = NOW - DAY,
    next_update: object = NOW + DAY,
) -> bytes:
    """An OCSP answer that says good, honest unless told otherwise."""
    responder = by or pki.responder()
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=leaf.certificate,
            issuer=pki.issuing.certificate,
            algorithm=hashes.SHA256(),
            cert_status=ocsp.OCSPCertStatus.GOOD,
            this_update=this_update,  # type: ignore[arg-type]
            next_update=next_update,  # type: ignore[arg-type]
            revocation_time=None,
            revocation_reason=None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, responder.certificate)
        .certificates([responder.certificate])
    )
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.sign(responder.key, hashes.SHA256()).public_bytes(Encoding.DER)


def flipped(data: bytes, at: int) -> bytes:
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)


def by_ocsp(pki: Pki, leaf: Holder, reply: bytes) -> bool:
    """Whether this answer makes the client believe in the certificate."""
    try:
        taken = check_ocsp_reply(reply, leaf.der, NONCE)
    except UnavailableError:
        return False
    data = RevocationData(ocsps=(taken,), crls=(pki.crl(issuer=pki.root),))
    return believed(pki, leaf, data)


def believed(pki: Pki, leaf: Holder, data: RevocationData) -> bool:
    anchors = TrustAnchors(roots=(pki.root.der,), intermediates=(pki.issuing.der,))
    return check_path(leaf.der, anchors, at=NOW, revocation=data).verdict is Verdict.VALID


OCSP: dict[str, Callable[[Pki, Holder], bytes]] = {
    "forged by a stranger": lambda pki, leaf: answer(pki, leaf, by=Pki().responder()),
    "signature bent": lambda pki, leaf: flipped(answer(pki, leaf), -1),
    "stale": lambda pki, leaf: answer(pki, leaf, this_update=NOW - 9 * DAY, next_update=NOW - 8 * DAY),
    "other serial number": lambda pki, _: answer(pki, pki.leaf()),
    "no nonce": lambda pki, leaf: answer(pki, leaf, nonce=None),
    "another nonce": lambda pki, leaf: answer(pki, leaf, nonce=bytes(OCSP_NONCE_BYTES)),
}
CRL: dict[str, Callable[[Pki], bytes]] = {
    "forged by a stranger": lambda _: Pki().crl(),
    "stale": lambda pki: pki.crl(next_update=NOW - DAY / 24),
    "of another issuer": lambda pki: pki.crl(issuer=pki.root),
}
TOKEN: dict[str, Callable[[Pki], bytes]] = {
    "forged by a stranger": lambda _: stamps.token(Pki().tsa()),
    "of another signature": lambda pki: stamps.token(pki.tsa(), message=b"another"),
    "no nonce": lambda pki: stamps.restated(pki.tsa(), lambda info: info.__setitem__("nonce", None)),
}


@pytest.mark.parametrize("mutant", OCSP)
def test_t13_ocsp_mutant_is_not_believed(pki: Pki, leaf: Holder, mutant: str) -> None:
    assert not by_ocsp(pki, leaf, OCSP[mutant](pki, leaf))
    assert by_ocsp(pki, leaf, answer(pki, leaf))


@pytest.mark.parametrize("mutant", CRL)
def test_t13_crl_mutant_is_not_believed(pki: Pki, leaf: Holder, mutant: str) -> None:
    by_root = pki.crl(issuer=pki.root)
    assert not believed(pki, leaf, RevocationData(crls=(CRL[mutant](pki), by_root)))
    assert believed(pki, leaf, RevocationData(crls=(pki.crl(), by_root)))


@pytest.mark.parametrize("mutant", TOKEN)
def test_t13_timestamp_mutant_is_not_believed(pki: Pki, mutant: str) -> None:
    anchors = TrustAnchors(roots=(pki.root.der,), intermediates=(pki.issuing.der,))

    def stamped(token: bytes) -> bool:
        judged = check_timestamp(
            token,
            anchors,
            digest_of=stamps.digest_of,
            now=NOW,
            revocation=RevocationData(crls=pki.crls()),
            nonce=stamps.NONCE,
        )
        return judged.verdict is Verdict.VALID

    assert not stamped(TOKEN[mutant](pki))
    assert stamped(stamps.token(pki.tsa()))


def test_t13_there_are_twelve_mutants_and_the_question_carries_the_nonce(pki: Pki, leaf: Holder) -> None:
    assert len(OCSP) + len(CRL) + len(TOKEN) == 12
    asked = ocsp.load_der_ocsp_request(write_ocsp_query(leaf.der, pki.issuing.der, NONCE))
    assert asked.serial_number == leaf.certificate.serial_number
    assert asked.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == NONCE


@pytest.mark.parametrize("reply", [b"", b"\x30\x03\x0a\x01\x06", b"\x30\x03\x0a\x01\x03", b"\x30\x80", b"<html>"])
def test_t13_what_is_no_answer_is_refused_by_name(leaf: Holder, reply: bytes) -> None:
    with pytest.raises(UnavailableError, match=r"verify\.ocsp_refused"):
        check_ocsp_reply(reply, leaf.der, NONCE)
