"""From a ceremony's snapshot to the card: pure, so every stage is looked at without a window."""

import pytest
from PySide6.QtWidgets import QApplication

from desktop.domain.operations import Operation
from desktop.protocol.display import ConsentText, consent_text
from desktop.services.action import ItemResult
from desktop.services.ceremony import CeremonyView, Stage
from desktop.ui.qr import QrState
from desktop.views.scan.card import camera_card_view, card_view
from tests.protocol.test_display import challenge_of

pytestmark = pytest.mark.usefixtures("qapp")
OVER_THE_RELAY = [s for s in Stage if s not in (Stage.PROVING, Stage.RECEIPT)]
QR = "HTTPS://EXAMPLE.INVALID/Q"


def text(*names: str) -> ConsentText:
    return ConsentText(title="文件签章", rows=(), items=tuple((name,) for name in names))


def test_every_stage_has_a_face_of_its_own(qapp: QApplication) -> None:
    faces = {stage: card_view(CeremonyView(stage=stage, qr_text=QR), total_s=60).state for stage in OVER_THE_RELAY}
    assert len(set(faces.values())) == len(OVER_THE_RELAY)


def test_by_camera_a_code_is_shown_wherever_there_is_one_and_only_a_challenge_is_renewed() -> None:
    drawn = {s: camera_card_view(CeremonyView(stage=s, is_camera=True, codes=("BS1A",)), total_s=60) for s in Stage}
    shown = {s for s, card in drawn.items() if card.state is QrState.SHOWING}
    assert shown == {Stage.SHOWING, Stage.PROVING, Stage.RECEIPT}
    assert {s for s in shown if drawn[s].can_renew} == {Stage.SHOWING}
    assert len({drawn[s].note for s in shown}) == 3
    assert {s for s, card in drawn.items() if not card.can_cancel} == {Stage.ACTING, Stage.RECEIPT}


def test_by_camera_nobody_claims_that_the_phone_has_the_receipt() -> None:
    done = {b: card_view(CeremonyView(stage=Stage.DONE, is_camera=b), total_s=60).message for b in (True, False)}
    assert done == {True: "已完成", False: "已完成, 手机已收到回执"}


def test_a_code_that_is_not_open_yet_is_loading_and_not_an_empty_code() -> None:
    assert card_view(CeremonyView(stage=Stage.SHOWING), total_s=60).state is QrState.LOADING


def test_the_first_document_is_named_and_the_others_are_counted() -> None:
    one = card_view(CeremonyView(stage=Stage.CLAIMED, text=text("甲.pdf")), total_s=60)
    three = card_view(CeremonyView(stage=Stage.CLAIMED, text=text("甲.pdf", "乙.pdf", "丙.pdf")), total_s=60)
    assert one.document == "甲.pdf"
    assert three.document == "甲.pdf 等 3 项"


def test_the_card_of_a_login_names_the_workstation_that_no_list_beside_it_would_name() -> None:
    said = consent_text(challenge_of(Operation.LOGIN, workstation_name="开标室"), "zh")
    card = card_view(CeremonyView(stage=Stage.SHOWING, operation=Operation.LOGIN, text=said), total_s=60)
    assert card.document.startswith("工位: 开标室 · ")


def test_only_an_effect_under_way_cannot_be_cancelled() -> None:
    cannot = {stage for stage in OVER_THE_RELAY if not card_view(CeremonyView(stage=stage), total_s=60).can_cancel}
    assert cannot == {Stage.ACTING}


def test_a_partial_success_is_not_called_done() -> None:
    details = (ItemResult(name="甲.pdf"), ItemResult(name="乙.pdf", code="pdf.source_changed"))
    card = card_view(CeremonyView(stage=Stage.DONE, text=text("甲.pdf", "乙.pdf"), details=details), total_s=60)
    assert card.message == "完成 1 项, 1 项未完成"
