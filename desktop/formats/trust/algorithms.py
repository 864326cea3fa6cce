"""The closed list of algorithms that a signature, certificate, CRL or OCSP response may use (threat T21).

SHA-256, 384, 512; ECDSA on P-256 and P-384; RSASSA-PKCS1-v1_5 with 2048 bits and more. Nothing else, whatever it is.
"""

from datetime import datetime

from asn1crypto import algos, keys
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pyhanko_certvalidator.policy_decl import AlgorithmUsageConstraint, AlgorithmUsagePolicy

DIGESTS = frozenset({"sha256", "sha384", "sha512"})
SIGNATURES = frozenset(f"{digest}_{kind}" for digest in DIGESTS for kind in ("rsa", "ecdsa"))
_CURVES = frozenset({"secp256r1", "secp384r1"})
MIN_RSA_BITS = 2048
MAX_RSA_BITS = 8192


class ClosedList(AlgorithmUsagePolicy):
    """The list above in the form that the path validator asks for."""

    def digest_algorithm_allowed(
        self, algo: algos.DigestAlgorithm, moment: datetime | None
    ) -> AlgorithmUsageConstraint:
        """Allow the SHA-2 digests."""
        del moment
        return AlgorithmUsageConstraint(allowed=algo["algorithm"].native in DIGESTS)

    def signature_algorithm_allowed(
        self, algo: algos.SignedDigestAlgorithm, moment: datetime | None, public_key: keys.PublicKeyInfo | None
    ) -> AlgorithmUsageConstraint:
        """Allow the listed signature algorithms with keys of sufficient size."""
        del moment
        known = algo["algorithm"].native in SIGNATURES
        return AlgorithmUsageConstraint(allowed=known and (public_key is None or _key_info_allowed(public_key)))


def key_allowed(key: object) -> bool:
    """Tell whether a public key is of an allowed kind and size."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.curve.name in _CURVES
    return isinstance(key, rsa.RSAPublicKey) and MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS


def _key_info_allowed(info: keys.PublicKeyInfo) -> bool:
    if info.algorithm == "ec":
        kind, name = info.curve
        return kind == "named" and name in _CURVES
    return bool(info.algorithm == "rsa" and MIN_RSA_BITS <= info.bit_size <= MAX_RSA_BITS)
