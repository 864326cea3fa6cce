"""Files of a made-up company to try the product with: licence, letter, a stamped sheet, a bid document.

Everything is drawn here by program; the names are fictional.
"""

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.domain.operations import SealKind
from desktop.signing.imprint.stamping import ScanConditions, stamp_on_paper
from desktop.signing.imprint.synthetic import SealText, chinese_font, draw_seal

if TYPE_CHECKING:
    from PIL.Image import Image

_A4_PX = (1240, 1754)
_DPI = 150
_INK = (32, 32, 32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A company on paper; the numbers are made up and have right checksums."""

    name: str = "江西省赣南高速公路机电工程有限责任公司"
    credit_code: str = "91360000MA35XA712T"
    legal_representative: str = "陈国栋"
    holder: str = "张伟"
    id_number: str = "360102199003077718"
    mobile: str = "13800138000"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoFiles:
    """Where they are."""

    licence: Path
    letter: Path
    stamped_sheet: Path
    legal_sheet: Path
    bid_document: Path


@functools.cache
def drawn_seal(kind: SealKind, text: SealText) -> bytes:
    """Return what `draw_seal` draws, drawn once for all tests: it takes half a second, mostly to pack the picture."""
    return draw_seal(kind, text)


def write_demo_files(folder: Path, company: Company) -> DemoFiles:
    """Write the files into `folder` unless they are there; return their places."""
    files = DemoFiles(
        licence=folder / "营业执照.png",
        letter=folder / "经办人授权书.png",
        stamped_sheet=folder / "公章扫描件.jpg",
        legal_sheet=folder / "法人章扫描件.jpg",
        bid_document=folder / "投标文件.pdf",
    )
    organization, credit_code = company.name, company.credit_code
    folder.mkdir(parents=True, exist_ok=True)
    if not files.licence.is_file():
        lines = (
            f"名称: {organization}",
            f"统一社会信用代码: {credit_code}",
            f"法定代表人: {company.legal_representative}",
            "类型: 有限责任公司",
        )
        _sheet("营业执照", lines).save(files.licence)
    if not files.letter.is_file():
        lines = (
            "兹授权本单位员工办理本单位的移动数字证书。",
            f"单位: {organization}",
            f"经办人: {company.holder}    身份证号: {company.id_number}",
            "有效期: 一年",
        )
        _sheet("经办人授权书", lines).save(files.letter)
    if not files.stamped_sheet.is_file():
        seal = drawn_seal(SealKind.OFFICIAL, SealText(name=organization, digits=credit_code[-13:]))
        files.stamped_sheet.write_bytes(stamp_on_paper(seal, 7, ScanConditions(seal_mm=42.0)).jpeg)
    if not files.legal_sheet.is_file():
        seal = drawn_seal(SealKind.LEGAL_REPRESENTATIVE, SealText(name=company.legal_representative))
        files.legal_sheet.write_bytes(stamp_on_paper(seal, 11, ScanConditions(seal_mm=20.0)).jpeg)
    if not files.bid_document.is_file():
        write_bid_document(files.bid_document, organization)
    return files


def write_bid_document(path: Path, organization: str, *, pages: int = 3) -> None:
    """Write a PDF of `pages` drawn A4 pages."""
    lines = (
        "项目名称: 赣南高速公路机电工程施工招标",
        "标段: 第一标段 (JD-01)",
        f"投标人: {organization}",
        "投标报价: 人民币壹仟贰佰叁拾肆万伍仟陆佰柒拾捌元整",
        "工期: 180 日历天    质量: 合格",
    )
    sheets = [_sheet("投标函" if n == 0 else f"投标文件 第 {n + 1} 页", lines) for n in range(pages)]
    sheets[0].save(path, "PDF", resolution=_DPI, save_all=True, append_images=sheets[1:])


def _sheet(title: str, lines: tuple[str, ...]) -> "Image":
    from PIL import Image, ImageDraw

    sheet = Image.new("RGB", _A4_PX, (255, 255, 255))
    draw = ImageDraw.Draw(sheet)
    draw.text((_A4_PX[0] // 2, 220), title, font=chinese_font(64), fill=_INK, anchor="mm")
    for number, line in enumerate(lines):
        draw.text((150, 400 + number * 90), line, font=chinese_font(34), fill=_INK)
    return sheet
