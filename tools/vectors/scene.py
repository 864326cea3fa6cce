"""The one ceremony that most vectors are taken from: same workstation, holder, phone and secrets throughout."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from desktop.crypto.cades import cades_signed_attributes
from desktop.crypto.suites import point_of, spki_of
from desktop.domain.operations import Operation, SealKind
from desktop.formats.answer import statement_of
from desktop.protocol.challenge import (
    UNSIGNED_OPERATIONS,
    Challenge,
    Enrolment,
    enrolment_statement,
    workstation_id_of,
    write_challenge,
)
from desktop.protocol.items import (
    BY_NEW_KEY,
    ISSUING,
    ChangePasswordItem,
    ClaimSealItem,
    DownloadItem,
    EnrolItem,
    Item,
    LoginItem,
    SealItem,
    SealMark,
    SuccessorItem,
)
from desktop.protocol.messages import Answer, Claim
from desktop.protocol.qr import RelayQr
from desktop.protocol.transcript import (
    Consent,
    Transcript,
    key_request,
    results_hash,
    rotation_tag,
    t0_of,
    t1_of,
    t2_of,
)
from tools.vectors import bid_scene, tender_items
from tools.vectors.keys import ISSUED_AT, fixed, key, sign
from tools.vectors.people import (
    CREDIT_CODE,
    ORGANIZATION,
    PLATFORM,
    PLATFORM_NAME,
    member,
    seal_maker,
    serial_of,
    sha256,
    stranger,
)

__all__ = [
    "CREDIT_CODE",
    "ORGANIZATION",
    "PLATFORM",
    "PLATFORM_NAME",
    "member",
    "seal_maker",
    "serial_of",
    "sha256",
    "stranger",
]

BASE_URL = "https://jxjt.example"
WORKSTATION_NAME = "投标部-01"
ELAPSED_S = 7
TOKEN, SECRET, OWNER = fixed("token", 16), fixed("secret", 16), fixed("owner")
ROTATION_KEY, R, PHONE_NONCE = fixed("rotation key"), fixed("r"), fixed("phone nonce")
V, LOGIN_NONCE = fixed("v"), fixed("login nonce")
SEAL_ID, ORDER_ID = fixed("seal", 16).hex(), fixed("order", 16).hex()
IMPRINT = bytes.fromhex("89504e470d0a1a0a") + fixed("imprint", 64)


def workstation_point() -> bytes:
    """The workstation's public key."""
    return point_of(key("workstation"))


def statement() -> bytes:
    """The enrolment statement, signed the day before."""
    return enrolment_statement(
        platform=PLATFORM,
        credit_code=CREDIT_CODE,
        workstation_key=workstation_point(),
        workstation_name=WORKSTATION_NAME,
        issued_at=ISSUED_AT - 86_400,
    )


def enrolment() -> Enrolment:
    """The member's word for the workstation."""
    signature = sign(key("member"), statement())
    return Enrolment(certificate=member(), issued_at=ISSUED_AT - 86_400, signature=signature)


def _successor() -> SuccessorItem:
    return SuccessorItem(order_id=ORDER_ID, holder="张三", suite="P-256", old_serial=serial_of(member()))


def items_of(operation: Operation) -> tuple[Item, ...]:
    """The items of an operation in this scene."""
    official = SealMark(seal_id=SEAL_ID, name="公章", kind=SealKind.OFFICIAL, pages=12)
    legal = SealMark(seal_id=fixed("seal 2", 16).hex(), name="法人章", kind=SealKind.LEGAL_REPRESENTATIVE, pages=1)
    across = SealMark(seal_id=SEAL_ID, name="公章", kind=SealKind.OFFICIAL, pages=11, cross_page=True)

    def document(name: str, *marks: SealMark) -> SealItem:
        tbs = fixed(f"tbs {name}")
        return SealItem(
            name=name,
            size=1_234_567,
            pages=12,
            source_sha256=fixed(f"source {name}"),
            tbs_sha256=tbs,
            signed_attributes=cades_signed_attributes(tbs, member()),
            marks=marks,
        )

    table: dict[Operation, tuple[Item, ...]] = {
        Operation.LOGIN: (LoginItem(nonce=LOGIN_NONCE, v_hash=sha256(V)),),
        Operation.ENROL_WORKSTATION: (EnrolItem(workstation_key=workstation_point(), name=WORKSTATION_NAME),),
        Operation.DOWNLOAD: (DownloadItem(order_id=ORDER_ID, holder="张三", suite="P-256"),),
        Operation.RENEW: (_successor(),),
        Operation.REISSUE: (_successor(),),
        Operation.CHANGE_PASSWORD: (ChangePasswordItem(holder="张三", serial_number=serial_of(member())),),
        Operation.CLAIM_SEAL: (
            ClaimSealItem(seal_id=SEAL_ID, name="公章", kind=SealKind.OFFICIAL, imprint_sha256=sha256(IMPRINT)),
        ),
        Operation.SEAL: (document("投标函.pdf", official, legal), document("已标价工程量清单.pdf", official, across)),
    }
    return table.get(operation) or tender_items.items(operation) or bid_scene.items(operation)


def challenge(operation: Operation, *, signed: bool, **changes: Any) -> Challenge:
    """The challenge of an operation by this workstation."""
    named = operation not in UNSIGNED_OPERATIONS
    made = Challenge(
        operation=operation,
        platform=PLATFORM,
        platform_name=PLATFORM_NAME,
        workstation_id=workstation_id_of(workstation_point()),
        workstation_name=WORKSTATION_NAME,
        organization=ORGANIZATION,
        credit_code=CREDIT_CODE,
        items=items_of(operation),
        certificates=(serial_of(member()),) if named else (),
        ephemeral_key=point_of(key("ephemeral")),
        nonce=fixed("challenge nonce"),
        r_hash=sha256(R),
        issued_at=ISSUED_AT,
        lifetime_s=60,
        workstation_key=workstation_point() if signed else b"",
        enrolment=enrolment() if signed else None,
    )
    return replace(made, **changes)


def write(made: Challenge, signer: str = "workstation") -> bytes:
    """C, signed by the named key where the challenge carries an enrolment."""
    return write_challenge(made, lambda message: sign(key(signer), message))


def claim() -> Claim:
    """The phone's claim of the code seven seconds old."""
    return Claim(
        elapsed_s=ELAPSED_S,
        tag=rotation_tag(rotation_key=ROTATION_KEY, token=TOKEN, elapsed_s=ELAPSED_S),
        phone_name="张三的手机",
        nonce=PHONE_NONCE,
    )


def qr() -> RelayQr:
    """The code that was scanned."""
    return RelayQr(token=TOKEN, secret=SECRET, elapsed_s=ELAPSED_S, tag=claim().tag)


def t2(operation: Operation, *, signed: bool) -> bytes:
    """T2 of the operation."""
    return t2_of(t1_of(t0_of(write(challenge(operation, signed=signed))), claim().write()), R)


def consent(
    operation: Operation, *, signed: bool, results: tuple[Mapping[str, Any], ...], signer: str = "member"
) -> Consent:
    """What the named signer agrees to."""
    der = member() if signer == "member" else stranger()
    agreed = sha256(spki_of(key("new signing"))) if operation in BY_NEW_KEY else sha256(der)
    return Consent(
        challenge=challenge(operation, signed=signed),
        t2=t2(operation, signed=signed),
        phone_nonce=PHONE_NONCE,
        signer_sha256=agreed,
        language="zh",
        results_sha256=results_hash(results),
    )


def results(operation: Operation, *, signed: bool, signer: str = "member") -> tuple[Mapping[str, Any], ...]:
    """Honest results by the named signer."""
    made = challenge(operation, signed=signed)
    if operation is Operation.SEAL:
        return tuple({"sig": sign(key(signer), i.signed_attributes)} for i in made.items if isinstance(i, SealItem))
    if operation is Operation.ENROL_WORKSTATION:
        return tuple({"sig": sign(key(signer), statement_of(made, i))} for i in made.items if isinstance(i, EnrolItem))
    if operation in ISSUING:
        pair = {"sign": spki_of(key("new signing")), "enc": spki_of(key("new encryption"))}
        asked = key_request(
            sign_spki=pair["sign"], enc_spki=pair["enc"], order_id=ORDER_ID, t2=t2(operation, signed=signed)
        )
        return ({**pair, "req_sig": sign(key("new signing"), asked)},)
    own = tender_items.results(operation, key(signer)) or bid_scene.results(operation, key(signer))
    return own or tuple({} for _ in made.items)


def transcript(operation: Operation, *, signed: bool, signer: str = "member", **answer: Any) -> Transcript:
    """A whole ceremony's transcript; `answer` replaces parts of the answer."""
    is_download = operation in BY_NEW_KEY
    given = answer.pop("results", None)
    given = results(operation, signed=signed, signer=signer) if given is None else given
    agreed = consent(operation, signed=signed, results=given, signer=signer).to_be_signed()
    values: dict[str, Any] = {
        "certificate": "" if is_download else serial_of(member() if signer == "member" else stranger()),
        "results": given,
        "signature": sign(key("new signing" if is_download else signer), agreed),
        "language": "zh",
    }
    return Transcript(
        challenge=write(challenge(operation, signed=signed)),
        claim=claim().write(),
        r=R,
        answer=Answer(**{**values, **answer}).write(),
    )
