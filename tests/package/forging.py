"""What an attacker can build: any entries, signed by whom he likes; any plaintext under an honest envelope's key."""

import io
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from desktop.crypto.cms_signed import package_signed_attributes, package_signed_data
from desktop.crypto.enveloped import SLACK_BYTES, PayloadEncryptor
from desktop.crypto.primitives import sha256
from desktop.crypto.suites import sign
from desktop.formats.package import PackagePlan
from desktop.formats.package.container import ContainerWriter
from desktop.formats.package.documents import write_header
from desktop.formats.package.manifest import HEADER_NAME, MANIFEST_NAME, MIMETYPE, SIGNATURE_NAME, write_manifest
from desktop.formats.package.plan import Keys, make_keys
from desktop.formats.package.zipping import INNER_FLAGS, ZipEntry, descriptor, local_header, tail
from tests.package.world import World, counting_random
from tests.pdf.pki import NOW, Holder

META = (MANIFEST_NAME, SIGNATURE_NAME)


def parts_of(path: Path) -> dict[str, bytes]:
    """Return a package's entries by name, mimetype and META-INF left out."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name not in ("mimetype", *META)}


def meta_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in META}


def container(entries: list[tuple[str, bytes]]) -> bytes:
    """Return a ZIP in the package's form with any entries."""
    file = io.BytesIO()
    writer = ContainerWriter(file)
    for name, data in entries:
        writer.add(name, data)
    writer.finish()
    return file.getvalue()


def signature_over(world: World, manifest: bytes, signer: Holder, chain: tuple[bytes, ...] | None = None) -> bytes:
    attributes = package_signed_attributes(sha256(manifest), signer.der, NOW)
    return package_signed_data(
        signed_attributes=attributes,
        signature=sign(signer.key, attributes),
        certificate_der=signer.der,
        chain=(world.pki.issuing.der,) if chain is None else chain,
    )


def resigned(world: World, parts: dict[str, bytes], *, signer: Holder | None = None) -> bytes:
    """Return a package of `parts` with a right manifest, signed by `signer` (the bidder)."""
    manifest = write_manifest([(name, sha256(data)) for name, data in parts.items()])
    signature = signature_over(world, manifest, signer or world.signer)
    meta = [(MANIFEST_NAME, manifest), (SIGNATURE_NAME, signature)]
    return container([("mimetype", MIMETYPE), *parts.items(), *meta])


@dataclass(frozen=True)
class InnerFile:
    """An entry of the inner ZIP as an attacker wants it; `crc` None means the right one."""

    name: bytes
    data: bytes
    crc: int | None = None


def inner_zip(files: list[InnerFile]) -> bytes:
    """Return an inner ZIP in the package's form with any names."""
    out, entries = bytearray(), []
    for file in files:
        crc = zlib.crc32(file.data) if file.crc is None else file.crc
        entry = ZipEntry(name=file.name, offset=len(out), size=len(file.data), crc=crc)
        out += local_header(entry, INNER_FLAGS) + file.data + descriptor(entry)
        entries.append(entry)
    return bytes(out) + tail(entries, len(out), INNER_FLAGS)


def keys_of(plan: PackagePlan) -> Keys:
    random = counting_random("forged")
    return make_keys(plan, package_id=random(16), random=random)


def payload_of(keys: Keys, plaintext: bytes) -> bytes:
    """Encrypt `plaintext` under the key of the plan's only envelope."""
    encryptor = PayloadEncryptor(
        kek=keys.keks["bid"],
        key_id=keys.header.package_id,
        content_bytes=len(plaintext),
        random=counting_random("payload"),
    )
    out = bytearray(len(plaintext) + SLACK_BYTES)
    count = encryptor.update(memoryview(plaintext), out)
    return encryptor.head + bytes(out[:count]) + encryptor.finish()


def package_around(world: World, plan: PackagePlan, payload: bytes | None = None, *, plaintext: bytes = b"") -> bytes:
    """Return a package whose bidder packed and signed something that `prepare_package` would never make."""
    keys = keys_of(plan)
    envelope = keys.header.envelopes[0]
    parts = {HEADER_NAME: write_header(keys.header), envelope.payload_name: payload or payload_of(keys, plaintext)}
    for group in envelope.groups:
        parts[envelope.share_name(group)] = keys.shares["bid", group.group_id]
    return resigned(world, parts)
