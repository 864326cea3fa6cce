"""What the page that makes a bid package shows."""

from dataclasses import dataclass, field
from pathlib import Path

from desktop.crypto.certificates import CertificateFacts
from desktop.formats.package import GroupKind, PlannedGroup
from desktop.ui.page import PageState
from desktop.views.package.pack_checks import Faults

#: Titles stand in the package, for everybody; so they are not translated.
SINGLE = (("bid", "投标文件"),)
DOUBLE = (("first", "商务技术文件"), ("second", "报价文件"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PackFile:
    """A file to pack, by the name that it will have inside."""

    name: str
    path: Path
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A file that was not taken: `code` of the catalogue; `is_clash` = only because another has its name already."""

    name: str
    code: str
    is_clash: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """The files of one envelope, in the order in which they will be packed."""

    files: tuple[PackFile, ...] = ()
    refused: tuple[Refusal, ...] = ()

    @property
    def size(self) -> int:
        """All bytes."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A mobile certificate: the signing half, and the DER of the encryption half."""

    certificate: CertificateFacts
    encryption: CertificateFacts

    @property
    def key(self) -> str:
        """Its serial number."""
        return str(self.certificate.serial)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackState(PageState):
    """Everything but what is being typed, which lives in its fields.

    `confirmed` are encryption certificates of the unit that a phone confirmed here, `seconds` the SHA-256 (hex) of
    those chosen; `unconfirmed` could be confirmed. `adding` is (done, total), `result` the package once there is one.
    """

    own: tuple[Holding, ...] = ()
    serial: str = ""
    is_enrolled: bool = True
    is_double: bool = False
    boxes: tuple[Box, Box] = field(default_factory=lambda: (Box(), Box()))
    adding: tuple[int, int] = (0, 0)
    confirmed: tuple[CertificateFacts, ...] = ()
    seconds: frozenset[str] = frozenset()
    unconfirmed: tuple[Holding, ...] = ()
    groups: tuple[PlannedGroup, ...] = ()
    group_problem: str = ""
    target: Path | None = None
    faults: Faults = ()
    refused_number: int = 0
    form_number: int = 0
    result: Path | None = None
    failure: str = ""

    @property
    def holding(self) -> Holding | None:
        """The certificate to sign and to open with."""
        return next((each for each in self.own if each.key == self.serial), None)

    @property
    def envelopes(self) -> tuple[tuple[str, str], ...]:
        """Id and title of each envelope."""
        return DOUBLE if self.is_double else SINGLE

    @property
    def used(self) -> tuple[Box, ...]:
        """The boxes of these envelopes."""
        return self.boxes[: len(self.envelopes)]

    def group(self, kind: GroupKind) -> PlannedGroup | None:
        """Return the loaded group of that kind."""
        return next((each for each in self.groups if each.kind is kind), None)
