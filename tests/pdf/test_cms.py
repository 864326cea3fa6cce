"""T22, T21: the CMS of a seal has no free bit, shown bit by bit without the file around it."""

import dataclasses
import warnings

import pytest

from desktop.crypto.cades import cades_signed_attributes, cades_signed_data
from desktop.domain.errors import RejectedError
from desktop.formats.trust.der import DerError, element_end, tree
from desktop.signing.pdf.cms import CmsError, read_signer, unproven_certificates
from desktop.signing.pdf.foreign import foreign_parser
from tests.pdf.conftest import phone_signs
from tests.pdf.pki import Holder, Pki, issue, name, rsa_key


def signed_data(holder: Holder, *chain: bytes) -> bytes:
    attributes = cades_signed_attributes(bytes(range(32)), holder.der)
    return cades_signed_data(
        signed_attributes=attributes,
        signature=phone_signs(holder, attributes),
        certificate_der=holder.der,
        chain=chain,
    )


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_t22_flipping_any_bit_is_refused_or_leaves_a_certificate_that_nobody_vouches_for(kind: str, pki: Pki):
    holder = pki.leaf(key=rsa_key() if kind == "rsa" else None)
    known = (holder.der, pki.issuing.der, pki.root.der)
    der = signed_data(holder, pki.issuing.der)
    honest = read_signer(der + bytes(20), needs_signing_certificate=True)
    assert not unproven_certificates(honest.carried, known)
    accepted = []
    for at in range(len(der)):
        mutant = der[:at] + bytes([der[at] ^ (1 << at % 8)]) + der[at + 1 :]
        try:
            with warnings.catch_warnings(), foreign_parser("verify.cms_unreadable"):
                warnings.simplefilter("ignore")
                signer = read_signer(mutant, needs_signing_certificate=True)
                proven = not unproven_certificates(signer.carried, known)
        except RejectedError:
            continue
        assert dataclasses.replace(signer, carried=()) == dataclasses.replace(honest, carried=())
        if proven:
            accepted.append(at)
    assert accepted == []


def test_t22_padding_other_than_zeros_is_refused(pki: Pki, signer: Holder):
    der = signed_data(signer, pki.issuing.der)
    assert read_signer(der, needs_signing_certificate=True).certificate == signer.der
    for tail in (b"\1", bytes(100) + b"\1", der):
        with pytest.raises(CmsError):
            read_signer(der + tail, needs_signing_certificate=True)


def test_certificate_issued_by_a_known_one_is_vouched_for_and_a_foreign_one_is_not(pki: Pki, signer: Holder):
    second = issue(name("CA 2"), key=rsa_key(), issuer=pki.issuing, ca=True)
    third = issue(name("CA 3"), key=rsa_key(), issuer=second, ca=True)
    assert not unproven_certificates((third.der, second.der), (pki.issuing.der,))
    assert unproven_certificates((third.der,), (pki.issuing.der,))
    assert unproven_certificates((Pki().issuing.der,), (pki.issuing.der,))


@pytest.mark.parametrize(
    "data",
    [
        b"\x30",
        b"\x30\x80\x00\x00",
        b"\x30\x81\x03\x02\x01\x01",
        b"\x30\x82\x00\x03\x02\x01\x01",
        b"\x30\x85\x00\x00\x00\x00\x03\x02\x01\x01",
        b"\x30\x04\x02\x01\x01",
        b"\x30\x05\x02\x01\x01\x00\x00",
        b"\x1f\x81\x01\x00",
        b"\x30\x84\xff\xff\xff\xff",
        b"\x30\x82" * 5000,
    ],
)
def test_t22_what_is_not_der_to_the_last_byte_is_refused(data: bytes):
    with pytest.raises(DerError):
        tree(data)


def test_t22_deep_nesting_is_refused_quickly():
    data = b""
    for _ in range(60):
        data = b"\x30" + (bytes([len(data)]) if len(data) < 128 else b"\x81" + bytes([len(data)])) + data
    with pytest.raises(DerError, match="deep"):
        tree(data)
    assert tree(b"\x30\x03\x02\x01\x05") == ((0x30, ((0x02, b"\x05"),)),)
    assert element_end(b"\x02\x01\x05rest", 0) == (2, 3)
