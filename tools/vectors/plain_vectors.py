"""Vectors of encodings, hashes and keys."""

import base64
from typing import Any

from desktop.crypto.cades import cades_signed_attributes
from desktop.crypto.primitives import aead_seal
from desktop.domain.operations import Operation
from desktop.protocol.messages import Reply, ReplyType
from desktop.protocol.transcript import check_code, mailbox_key, reply_key, t0_of, t1_of, t2_of
from tools.vectors import scene
from tools.vectors.cbor_cases import ACCEPTED, REFUSED
from tools.vectors.hpke_reference import seal
from tools.vectors.keys import fixed, key, scalar

Vector = dict[str, Any]
_URL = scene.BASE_URL


def codec() -> list[Vector]:
    """Encodings to accept (and write again the same) and to refuse."""
    good = [{"name": n, "outcome": "accept", "cbor": hex_} for n, hex_ in ACCEPTED.items()]
    return good + [{"name": n, "outcome": "ceremony.malformed", "cbor": d.hex()} for n, d in REFUSED.items()]


def qr() -> list[Vector]:
    """Texts for the profile of `base_url`."""
    text = scene.qr().write(_URL)
    encoded = text.removeprefix(f"{_URL}/m#")
    raw = base64.urlsafe_b64decode(encoded + "==")

    def with_raw(data: bytes) -> str:
        return f"{_URL}/m#" + base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    good: Vector = {
        "name": "a code seven seconds old",
        "outcome": "accept",
        "base_url": _URL,
        "text": text,
        "token": scene.TOKEN.hex(),
        "secret": scene.SECRET.hex(),
        "elapsed": scene.ELAPSED_S,
        "tag": scene.qr().tag.hex(),
        "rotation_key": scene.ROTATION_KEY.hex(),
    }
    newer = {"name": "newer version", "outcome": "ceremony.version_unknown", "text": with_raw(b"\x02" + raw[1:])}
    foreign = {
        "version 0": with_raw(b"\x00" + raw[1:]),
        "one byte less": with_raw(raw[:-1]),
        "one byte more": with_raw(raw + b"\x00"),
        "padding": text + "==",
        # 43 bytes leave four unused bits in the last of 58 characters.
        "unused bits set": text[:-1] + chr(ord(text[-1]) + 1),
        "standard alphabet": f"{_URL}/m#" + base64.b64encode(b"\x01" + b"\xfb\xff" * 21).rstrip(b"=").decode(),
        "line end": text + "\n",
        "space before": " " + text,
        "nothing after the hash": f"{_URL}/m#",
        "another host": text.replace("jxjt.example", "jxjt.example.evil.example"),
        "user info": text.replace("https://", "https://jxjt.example@"),
        "another port": text.replace("jxjt.example", "jxjt.example:8443"),
        "http": text.replace("https", "http"),
        "capital scheme": text.replace("https", "HTTPS"),
        "Cyrillic letter in the host": text.replace("example", "ex\u0430mple"),
        "full-width dot": text.replace(".", "\uff0e"),
        "path before": text.replace("/m#", "/x/m#"),
        "query": text.replace("/m#", "/m?next=1#"),
        "encoded hash": text.replace("#", "%23"),
        "too long": text + "A" * 60,
        "web address": "https://www.example.com/",
        "wireless network": "WIFI:T:WPA;S:office;P:secret;;",
        "payment": "wxp://f2f0abcdef",
        "script": "javascript:alert(1)",
        "file": "file:///etc/passwd",
        "contact": "BEGIN:VCARD\nFN:X\nEND:VCARD",
        "empty": "",
    }
    refused = [{"name": n, "outcome": "phone.foreign_qr", "base_url": _URL, "text": t} for n, t in foreign.items()]
    return [good, {**newer, "base_url": _URL}, *refused]


def transcript() -> list[Vector]:
    """Every derived value of one ceremony, for an unsigned login and a signed seal."""
    made = []
    for operation, signed in ((Operation.LOGIN, False), (Operation.SEAL, True)):
        c, claim = scene.write(scene.challenge(operation, signed=signed)), scene.claim().write()
        t0 = t0_of(c)
        t1 = t1_of(t0, claim)
        t2 = t2_of(t1, scene.R)
        mailbox = mailbox_key(token=scene.TOKEN, secret=scene.SECRET)
        channel = reply_key(secret=scene.SECRET, phone_nonce=scene.PHONE_NONCE, t1=t1)
        replies = [
            Reply(kind=ReplyType.ACCEPTED, r=scene.R),
            Reply(kind=ReplyType.EXTENDED),
            Reply(kind=ReplyType.ENDED, code="ceremony.cancelled"),
        ]
        made.append(
            {
                "name": f"{operation}, {'signed' if signed else 'unsigned'}",
                "outcome": "accept",
                "challenge": c.hex(),
                "claim": claim.hex(),
                "r": scene.R.hex(),
                "token": scene.TOKEN.hex(),
                "secret": scene.SECRET.hex(),
                "phone_nonce": scene.PHONE_NONCE.hex(),
                "t0": t0.hex(),
                "t1": t1.hex(),
                "t2": t2.hex(),
                "check_code": check_code(t2),
                "mailbox_key": mailbox.hex(),
                "mailbox_body": aead_seal(key=mailbox, counter=0, plaintext=c).hex(),
                "reply_key": channel.hex(),
                "replies": [
                    {
                        "counter": n,
                        "plaintext": r.write().hex(),
                        "body": aead_seal(key=channel, counter=n, plaintext=r.write()).hex(),
                    }
                    for n, r in enumerate(replies)
                ],
            }
        )
    return made


def hpke() -> list[Vector]:
    """Ciphertexts by the written-out RFC 9180, one for each context, and refusals."""
    made: list[Vector] = []
    t0, t2 = fixed("t0"), fixed("t2")
    contexts = {"claim": t0, **dict.fromkeys(("answer", "decline", "extend", "cancel", "proof", "possession"), t2)}

    def vector(name: str, info: bytes, ciphertext: bytes, plaintext: bytes, outcome: str = "accept") -> Vector:
        return {
            "name": name,
            "outcome": outcome,
            "private_key": scalar("ephemeral").to_bytes(32, "big").hex(),
            "info": info.hex(),
            "ciphertext": ciphertext.hex(),
            "plaintext": plaintext.hex(),
        }

    for kind, t in contexts.items():
        info, plaintext = f"BIDSEAL1/{kind}".encode() + t, fixed(f"plaintext {kind}", 40)
        ephemeral = key(f"sender {kind}")
        sealed = seal(recipient=key("ephemeral").public_key(), ephemeral=ephemeral, info=info, plaintext=plaintext)
        made.append(vector(kind, info, sealed, plaintext))
    info, sealed, plaintext = (bytes.fromhex(made[0][k]) for k in ("info", "ciphertext", "plaintext"))
    wrong = {
        "another type": (b"BIDSEAL1/answer" + t0, sealed),
        "another transcript": (b"BIDSEAL1/claim" + t2, sealed),
        "last bit of the tag": (info, sealed[:-1] + bytes([sealed[-1] ^ 1])),
        "first bit of the text": (info, sealed[:65] + bytes([sealed[65] ^ 0x80]) + sealed[66:]),
        "enc not on the curve": (info, sealed[:64] + bytes([sealed[64] ^ 1]) + sealed[65:]),
        "enc compressed": (info, b"\x02" + sealed[1:]),
        "only enc": (info, sealed[:65]),
        "empty": (info, b""),
    }
    code = "ceremony.message_unreadable"
    return made + [vector(n, i, c, plaintext, code) for n, (i, c) in wrong.items()]


def signed_attributes() -> list[Vector]:
    """The 135 bytes for a digest and a certificate."""
    tbs = fixed("tbs 投标函.pdf")
    return [
        {
            "name": "one document",
            "outcome": "accept",
            "tbs": tbs.hex(),
            "certificate": scene.member().hex(),
            "attributes": cades_signed_attributes(tbs, scene.member()).hex(),
        }
    ]
