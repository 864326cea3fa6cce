"""From a ceremony's snapshot to the card: pure, so every stage is looked at without a window."""

import pytest
from PySide6.QtWidgets import QApplication

from desktop.protocol.display import ConsentText
from desktop.services.action import ItemResult
from desktop.services.ceremony import CeremonyView, Stage
from desktop.ui.qr import QrState
from desktop.views.scan.card import card_view

pytestmark = pytest.mark.usefixtures("qapp")
QR = "HTTPS://EXAMPLE.INVALID/Q"


def text(*names: str) -> ConsentText:
    return ConsentText(title="文件签章", rows=(), items=tuple((name,) for name in names))


def test_every_stage_has_a_face_of_its_own(qapp: QApplication) -> None:
    faces = {stage: card_view(CeremonyView(stage=stage, qr_text=QR), total_s=60).state for stage in Stage}
    assert len(set(faces.values())) == len(Stage)


def test_a_code_that_is_not_open_yet_is_loading_and_not_an_empty_code() -> None:
    assert card_view(CeremonyView(stage=Stage.SHOWING), total_s=60).state is QrState.LOADING


def test_the_first_document_is_named_and_the_others_are_counted() -> None:
    one = card_view(CeremonyView(stage=Stage.CLAIMED, text=text("甲.pdf")), total_s=60)
    three = card_view(CeremonyView(stage=Stage.CLAIMED, text=text("甲.pdf", "乙.pdf", "丙.pdf")), total_s=60)
    assert one.document == "甲.pdf"
    assert three.document == "甲.pdf 等 3 项"


def test_only_an_effect_under_way_cannot_be_cancelled() -> None:
    cannot = {stage for stage in Stage if not card_view(CeremonyView(stage=stage), total_s=60).can_cancel}
    assert cannot == {Stage.ACTING}


def test_a_partial_success_is_not_called_done() -> None:
    details = (ItemResult(name="甲.pdf"), ItemResult(name="乙.pdf", code="pdf.source_changed"))
    card = card_view(CeremonyView(stage=Stage.DONE, text=text("甲.pdf", "乙.pdf"), details=details), total_s=60)
    assert card.message == "完成 1 项, 1 项未完成"
