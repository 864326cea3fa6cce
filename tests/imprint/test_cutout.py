"""What is cut out of which scan, and what is said about bad ones."""

import io
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image

from desktop.domain.errors import MisuseError, RejectedError
from desktop.domain.operations import SealKind
from desktop.domain.problems import CATALOGUE
from desktop.signing.imprint.cutout import cut_out
from desktop.signing.imprint.loading import load_scan
from desktop.signing.imprint.model import QualityReason, SizeSource
from desktop.signing.imprint.stamping import ScanConditions, stamp_on_paper
from tests.imprint.measuring import Drawn, overlap, rgba

PLAIN = ScanConditions(seal_px=480, margin=0.25, max_turn_deg=180)


def _reasons(seal: Drawn, conditions: ScanConditions) -> set[QualityReason]:
    conditions = replace(conditions, max_turn_deg=seal.max_turn_deg)
    return set(cut_out(stamp_on_paper(seal.png, 5, conditions).jpeg, seal.kind).reasons)


def test_a_good_scan_gives_a_transparent_png_in_one_colour_cropped_to_the_ink(seals: dict[str, Drawn]) -> None:
    seal = seals["official"]
    result = cut_out(stamp_on_paper(seal.png, 1, PLAIN).jpeg, seal.kind)
    assert result.is_acceptable
    imprint = result.imprint
    assert imprint is not None
    picture = rgba(imprint)
    assert picture.shape == (imprint.height_px, imprint.width_px, 4)
    assert len(np.unique(picture[:, :, :3].reshape(-1, 3), axis=0)) == 1
    alpha = picture[:, :, 3]
    assert (alpha == 0).mean() > 0.5
    for rim in (alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]):
        assert rim.max() > 100
    assert (imprint.width_mm, imprint.height_mm, imprint.size_source) == (None, None, None)
    red, green, blue = imprint.ink_rgb
    assert red > 150
    assert max(green, blue) < 90


@pytest.mark.parametrize(
    ("name", "size"), [("official", (42, 42)), ("contract", (40, 40)), ("oval", (45, 30)), ("name", (20, 20))]
)
def test_size_follows_kind_and_shape(seals: dict[str, Drawn], name: str, size: tuple[float, float]) -> None:
    seal = seals[name]
    scan = stamp_on_paper(seal.png, 2, replace(PLAIN, max_turn_deg=seal.max_turn_deg, seal_mm=max(size)))
    imprint = cut_out(scan.jpeg, seal.kind).imprint
    assert imprint is not None
    assert (imprint.width_mm, imprint.height_mm) == pytest.approx(size, abs=0.5)
    assert imprint.size_source is SizeSource.RESOLUTION
    assert imprint.width_px / imprint.height_px == pytest.approx(size[0] / size[1], rel=0.03)


@pytest.mark.parametrize(
    ("dpi", "width_mm"), [((300, 300), 40.6), ((72, 72), None), ((3000, 3000), None), ((150, 150), None)]
)
def test_size_is_measured_only_where_the_file_states_a_credible_resolution(
    seals: dict[str, Drawn], dpi: tuple[int, int], width_mm: float | None
) -> None:
    scan = stamp_on_paper(seals["official"].png, 3, PLAIN)
    buffer = io.BytesIO()
    Image.open(io.BytesIO(scan.jpeg)).save(buffer, format="JPEG", quality=92, dpi=dpi)
    imprint = cut_out(buffer.getvalue(), SealKind.OFFICIAL).imprint
    assert imprint is not None
    assert imprint.width_mm == (None if width_mm is None else pytest.approx(width_mm, abs=0.5))


def test_the_resolution_that_a_camera_writes_is_not_believed(seals: dict[str, Drawn]) -> None:
    scan = stamp_on_paper(seals["official"].png, 3, PLAIN)
    buffer = io.BytesIO()
    picture = Image.open(io.BytesIO(scan.jpeg))
    exif = picture.getexif()
    exif.get_ifd(0x8769)[0x829A] = 0.01
    picture.save(buffer, format="JPEG", quality=92, dpi=(300, 300), exif=exif)
    imprint = cut_out(buffer.getvalue(), SealKind.OFFICIAL).imprint
    assert imprint is not None
    assert imprint.width_mm is None


@pytest.mark.parametrize("name", ["name", "oval"])
def test_a_tilted_seal_is_set_straight(seals: dict[str, Drawn], name: str) -> None:
    seal = seals[name]
    scan = stamp_on_paper(seal.png, 12, replace(PLAIN, max_turn_deg=seal.max_turn_deg))
    assert abs(scan.turn_deg) > 3
    imprint = cut_out(scan.jpeg, seal.kind).imprint
    assert imprint is not None
    assert imprint.angle_deg == pytest.approx(scan.turn_deg, abs=0.5)
    assert overlap(scan, imprint) > 0.85


def test_writing_around_the_seal_is_left_out_and_no_reason_against_it(seals: dict[str, Drawn]) -> None:
    for seed in range(6):
        scan = stamp_on_paper(seals["contract"].png, seed, replace(PLAIN, has_other_ink=True))
        result = cut_out(scan.jpeg, SealKind.CONTRACT)
        assert result.reasons == ()
        assert result.imprint is not None
        assert overlap(scan, result.imprint) > 0.9


def test_a_sheet_photographed_on_a_brown_table_is_fine(seals: dict[str, Drawn]) -> None:
    scan = stamp_on_paper(seals["official"].png, 9, PLAIN)
    sheet = load_scan(scan.jpeg).picture
    table = np.full((sheet.shape[0] + 500, sheet.shape[1] + 800, 3), (60, 90, 130), dtype=np.uint8)
    table[240 : 240 + sheet.shape[0], 420 : 420 + sheet.shape[1]] = sheet
    result = cut_out(table, SealKind.OFFICIAL)
    assert result.reasons == ()
    assert result.imprint is not None
    assert overlap(scan, result.imprint) > 0.9


def test_a_seal_on_a_page_scanned_at_300_dpi_is_found_below_the_text(seals: dict[str, Drawn]) -> None:
    page = np.full((3508, 2480, 3), (238, 240, 242), dtype=np.uint8)
    for y in range(300, 1800, 70):
        cv2.putText(page, "Lorem ipsum dolor sit amet consectetur", (250, y), 0, 1.6, (40, 40, 40), 3, cv2.LINE_AA)
    seal = Image.open(io.BytesIO(seals["official"].png)).resize((496, 496))
    sheet = Image.fromarray(page[:, :, ::-1])
    sheet.paste(seal, (1500, 2600), seal)
    buffer = io.BytesIO()
    sheet.save(buffer, format="JPEG", quality=85, dpi=(300, 300))
    result = cut_out(buffer.getvalue(), SealKind.OFFICIAL)
    assert result.reasons == ()
    assert result.imprint is not None
    box = result.imprint.box
    assert (box.x, box.y, box.width, box.height) == pytest.approx((1502, 2602, 492, 492), abs=5)
    assert result.imprint.width_mm == pytest.approx(41.7, abs=0.4)


@pytest.mark.parametrize(
    ("worse", "reason"),
    [
        ({"blur_px": 5.0}, QualityReason.BLURRED),
        ({"seal_px": 160}, QualityReason.TOO_SMALL),
        ({"has_print_below": True}, QualityReason.NOT_BLANK_PAPER),
        ({"paper": (0.55, 0.6, 0.95)}, QualityReason.NOT_BLANK_PAPER),
        ({"paper": (0.2, 0.2, 0.2)}, QualityReason.NOT_BLANK_PAPER),
    ],
    ids=["blurred", "small", "on print", "on pink paper", "in the dark"],
)
@pytest.mark.parametrize("name", ["official", "name"])
def test_a_bad_scan_is_named_so_and_a_good_one_is_not(
    seals: dict[str, Drawn], name: str, worse: dict, reason: QualityReason
) -> None:
    assert _reasons(seals[name], PLAIN) == set()
    assert reason in _reasons(seals[name], replace(PLAIN, **worse))


@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
def test_a_seal_that_runs_out_of_the_picture_is_cut_off(seals: dict[str, Drawn], side: str) -> None:
    scan = stamp_on_paper(seals["official"].png, 7, PLAIN)
    picture = load_scan(scan.jpeg).picture
    rows, columns = np.nonzero(scan.coverage > 0.5)
    parts = {
        "left": picture[:, columns.min() + 70 :],
        "right": picture[:, : columns.max() - 70],
        "top": picture[rows.min() + 70 :],
        "bottom": picture[: rows.max() - 70],
    }
    assert QualityReason.CUT_OFF in cut_out(np.ascontiguousarray(parts[side]), SealKind.OFFICIAL).reasons


def test_faint_ink_is_named_so(seals: dict[str, Drawn]) -> None:
    picture = load_scan(
        stamp_on_paper(seals["official"].png, 8, replace(PLAIN, shadow=0, light_falloff=0)).jpeg
    ).picture
    pale = np.clip(240 - (240 - picture.astype(np.float32)) * 0.22, 0, 255).astype(np.uint8)
    assert QualityReason.FAINT in cut_out(pale, SealKind.OFFICIAL).reasons


def _written(colour: tuple[int, int, int]) -> "np.ndarray":
    sheet = np.full((500, 400, 3), 240, dtype=np.uint8)
    for y in range(40, 500, 40):
        cv2.putText(sheet, "some line of text", (20, y), 0, 0.8, colour, 2, cv2.LINE_AA)
    return sheet


@pytest.mark.parametrize(
    "picture",
    [
        np.full((400, 300, 3), 240, np.uint8),
        _written((40, 40, 40)),
        _written((40, 40, 200)),
        _written((200, 60, 40)),
        np.full((300, 300, 3), (30, 30, 200), np.uint8),
        np.zeros((300, 300, 3), np.uint8),
        np.full((3, 2, 3), 9, np.uint8),
    ],
    ids=["blank", "black text", "red text", "blue text", "all red", "all black", "tiny"],
)
def test_a_picture_without_a_seal_has_none(picture: "np.ndarray") -> None:
    result = cut_out(picture, SealKind.OFFICIAL)
    assert result.reasons == (QualityReason.NOT_FOUND,)
    assert result.imprint is None
    assert not result.is_acceptable


@pytest.mark.parametrize(
    "picture", [np.zeros((50, 50), np.uint8), np.zeros((50, 50, 4), np.uint8), np.zeros((5, 5, 3))]
)
def test_anything_but_a_bgr_picture_is_misuse(picture: "np.ndarray") -> None:
    with pytest.raises(MisuseError):
        cut_out(picture, SealKind.OFFICIAL)


def test_noise_is_never_acceptable() -> None:
    for seed in range(3):
        noise = np.random.default_rng(seed).integers(0, 256, (300, 300, 3), dtype=np.uint8)
        assert not cut_out(noise, SealKind.OFFICIAL).is_acceptable


def test_every_reason_has_words() -> None:
    assert {reason.value for reason in QualityReason} <= CATALOGUE.keys()


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"GIF89a" + bytes(30)])
def test_a_file_that_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(RejectedError) as refused:
        cut_out(data, SealKind.OFFICIAL)
    assert refused.value.code == "camera.image_unsupported"


def test_t23_a_small_file_that_claims_a_huge_picture_is_refused_by_its_header() -> None:
    buffer = io.BytesIO()
    Image.new("1", (9_000, 9_000)).save(buffer, format="PNG")
    assert len(buffer.getvalue()) < 20_000
    with pytest.raises(RejectedError) as refused:
        cut_out(buffer.getvalue(), SealKind.OFFICIAL)
    assert refused.value.code == "camera.image_too_large"


def test_broken_pictures_raise_nothing_foreign(seals: dict[str, Drawn]) -> None:
    data = stamp_on_paper(seals["name"].png, 1, replace(PLAIN, seal_px=160)).jpeg
    chance = np.random.default_rng(3)
    refused = 0
    for _ in range(40):
        broken = bytearray(data)
        for _ in range(6):
            broken[int(chance.integers(2, 700))] ^= int(chance.integers(1, 256))
        try:
            load_scan(bytes(broken[: int(chance.integers(200, len(data)))]))
        except RejectedError:
            refused += 1
    assert refused > 10


def test_transparent_scans_lie_on_white_and_exif_turns_them_upright() -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(buffer, format="PNG")
    assert load_scan(buffer.getvalue()).picture.min() == 255
    buffer = io.BytesIO()
    picture = Image.new("RGB", (40, 20), (255, 255, 255))
    exif = picture.getexif()
    exif[0x0112] = 6
    picture.save(buffer, format="JPEG", exif=exif)
    assert load_scan(buffer.getvalue()).picture.shape == (40, 20, 3)
