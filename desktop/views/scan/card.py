"""From a ceremony's snapshot to what the QR card draws. Pure, so that it is tested without a window."""

from dataclasses import replace

from desktop.domain.operations import Operation
from desktop.services.ceremony import CeremonyView, Stage
from desktop.ui.i18n import tr
from desktop.ui.qr import QrState, QrView

_STATES: dict[Stage, QrState] = {
    Stage.PREPARING: QrState.LOADING,
    Stage.SHOWING: QrState.SHOWING,
    Stage.PAUSED: QrState.PAUSED,
    Stage.CLAIMED: QrState.CLAIMED,
    Stage.ACTING: QrState.WORKING,
    Stage.DONE: QrState.DONE,
    Stage.PROBLEM: QrState.PROBLEM,
}


def card_view(view: CeremonyView, *, total_s: int) -> QrView:
    """Return the card for a snapshot; `total_s` is the length of the step that is counting down."""
    done, total, _text = view.progress
    return QrView(
        state=_STATES[view.stage] if view.qr_text or view.stage is not Stage.SHOWING else QrState.LOADING,
        title=view.text.title if view.text else "",
        document=_subject(view),
        note=_note(view),
        payload=view.qr_text,
        remaining_s=view.remaining_s,
        total_s=total_s,
        check_code=view.check_code,
        phone_name=view.phone_name,
        message=_message(view),
        done=done,
        total=total,
        problem_code=view.problem,
        problem_detail=view.detail,
        can_cancel=view.stage is not Stage.ACTING,
        is_code_typed=view.code_is_typed,
    )


def camera_card_view(view: CeremonyView, *, total_s: int) -> QrView:
    """Return the card for a snapshot of a scan by camera; the codes follow each other in its middle."""
    drawn = card_view(
        replace(view, qr_text=view.codes[0] if view.codes else "", stage=_CAMERA.get(view.stage, view.stage)),
        total_s=total_s,
    )
    notes = {
        Stage.SHOWING: tr("请用手机 App 的【扫码】对准下方的动态二维码, 直到全部读完。"),
        Stage.PROVING: tr("请用手机再次扫描下方的动态二维码。"),
        Stage.RECEIPT: tr("回执: 手机扫描后显示处理结果。"),
    }
    return replace(
        drawn,
        note=notes.get(view.stage, drawn.note),
        can_renew=view.stage is Stage.SHOWING,
        can_cancel=view.stage not in (Stage.ACTING, Stage.RECEIPT),
    )


#: Which row of the text says where one is.
_WORKSTATION = 2
#: The stages that only a scan by camera has, as the card knows them.
_CAMERA = {Stage.PROVING: Stage.SHOWING, Stage.RECEIPT: Stage.SHOWING}


def _subject(view: CeremonyView) -> str:
    """Name the first item; the list beside the card has them all. Beside the card of a login there is no list."""
    if view.text is None or not view.text.items:
        return ""
    if view.operation is Operation.LOGIN:
        word, workstation = view.text.rows[_WORKSTATION]
        return f"{word}: {workstation}"
    first = view.text.items[0][0]
    count = len(view.text.items)
    return first if count == 1 else tr("{name} 等 {count} 项", name=first, count=count)


def _note(view: CeremonyView) -> str:
    if view.stage is Stage.CLAIMED and view.code_is_typed:
        return tr("本工位尚未登记, 手机需要确认您就在屏幕前。")
    if view.stage is Stage.SHOWING:
        return tr("请用手机 App 的【扫码】扫描。证书密码只在手机上输入。")
    return ""


def _message(view: CeremonyView) -> str:
    if view.stage is Stage.PREPARING and view.progress[2]:
        return tr("正在处理 {name}", name=view.progress[2])
    if view.stage is Stage.ACTING:
        done, total, _text = view.progress
        if total > 1:
            return tr("手机已确认, 正在处理 {done} / {total}…", done=done, total=total)
        return tr("手机已确认, 正在处理…")
    if view.stage is Stage.DONE:
        failed = sum(1 for d in view.details if d.code)
        if failed:
            return tr("完成 {done} 项, {failed} 项未完成", done=len(view.details) - failed, failed=failed)
        return tr("已完成") if view.is_camera else tr("已完成, 手机已收到回执")
    return ""
