"""The opening room in words: steps, fates, parties, and what each side has to do now."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from desktop.domain.money import amount_in_figures
from desktop.domain.problems import problem
from desktop.domain.tendering import LotState, Party
from desktop.services.confirming import Comparison
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import Tone, local_time
from desktop.views.room.course import BidLine, Fate, Step
from desktop.views.room.facts import Room
from desktop.views.room.state import Call, Job, RoomState, owes_answers, stuck, to_open

_CLOCK = slice(11, 16)


def step_word(step: Step) -> str:
    """Return the name of a step."""
    return {
        Step.SIGN_IN: tr("签到"),
        Step.DEADLINE: tr("截止"),
        Step.DELIVERY: tr("交付份额"),
        Step.OPENING: tr("开标解密"),
        Step.ANNOUNCEMENT: tr("唱标"),
        Step.CONFIRMATION: tr("确认与异议"),
        Step.SECOND: tr("第二信封"),
        Step.RECORD: tr("归档"),
    }[step]


def fate_word(fate: Fate) -> tuple[str, Tone]:
    """Return the word for what a bid is at, and its tone."""
    return {
        Fate.SEALED: (tr("密封"), Tone.NEUTRAL),
        Fate.AWAITED: (tr("等待交付"), Tone.WARNING),
        Fate.DELIVERED: (tr("已交付"), Tone.INFO),
        Fate.FETCHED: (tr("已取回"), Tone.INFO),
        Fate.UNFIT: (tr("检查未通过"), Tone.PROBLEM),
        Fate.UNDECIDED: (tr("待再次解密"), Tone.WARNING),
        Fate.MISSED: (tr("未交付"), Tone.PROBLEM),
        Fate.OPENED: (tr("已解密"), Tone.SUCCESS),
        Fate.NOT_OPENED: (tr("未能解密"), Tone.PROBLEM),
        Fate.KEPT_SEALED: (tr("保持密封"), Tone.NEUTRAL),
    }[fate]


def party_words(party: Party) -> str:
    """Say through whom a bid was not opened, and what it counts as."""
    return {
        Party.BIDDER: tr("投标人原因, 视为撤销投标"),
        Party.OTHER: tr("非投标人原因, 视为撤回投标"),
        Party.NOBODY: "",
    }[party]


def cause_words(line: BidLine) -> str:
    """Say in a few words who is responsible for a bid that was not opened, and why; empty where there is nothing."""
    cause = problem(line.cause).wording(current_language()).title if line.cause else ""
    party = {
        Party.BIDDER: tr("投标人原因"),
        Party.OTHER: tr("非投标人原因"),
        Party.NOBODY: "",
    }[line.party]
    return ": ".join(part for part in (party, cause) if part)


def decision_words(state: RoomState, line: BidLine) -> str:
    """Say whether a bid passed the first envelope, or is about to; empty where there is nothing to say."""
    room = state.room
    if room is None or not room.is_double:
        return ""
    said = room.envelopes[0].passed.get(line.bid.package)
    draft = state.decisions.get(line.bid.package)
    verdict = said or draft
    if verdict is None:
        return ""
    word = tr("第一信封评审: 通过") if verdict.passed else tr("第一信封评审: 不通过, {reason}", reason=verdict.reason)
    return word if said is not None else tr("{word} (尚未公布)", word=word)


def confirmation_word(line: BidLine) -> tuple[str, Tone]:
    """Return what the bidder has said of the announcement."""
    said = line.confirmation
    if said is None:
        return (tr("待确认"), Tone.NEUTRAL) if line.fate is Fate.OPENED else ("", Tone.NEUTRAL)
    if said.ok:
        return tr("已确认"), Tone.SUCCESS
    return (tr("异议已答复"), Tone.INFO) if said.answer else (tr("有异议"), Tone.WARNING)


def amount(value: Decimal | None) -> str:
    """Write an amount in figures, a dash where there is none."""
    return "—" if value is None else amount_in_figures(value)


def clock_of(moment: datetime | None) -> str:
    """Write the hour and minute of a moment."""
    return local_time(moment)[_CLOCK] if moment else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobWords:
    """What is to be done: heading, explanation, and the one primary button (none if empty)."""

    title: str
    text: str
    action: str = ""
    icon: str = ""


def job_words(state: RoomState) -> JobWords:
    """Say what is to be done now, or what one waits for."""
    words = {**_agency_words(state), **_bidder_words(state)}
    return words[state.job]


def _bidder_words(state: RoomState) -> dict[Job, JobWords]:
    return {
        Job.SIGN_IN: JobWords(
            title=tr("请签到"),
            text=tr("截止前签到后, 可在此看到开标的每一步。签到不要求已递交投标文件。"),
            action=tr("签到"),
            icon="check",
        ),
        Job.AWAIT_DEADLINE: JobWords(
            title=tr("等待投标截止"),
            text=tr("截止前平台不公布有哪些单位签到或投标。到达截止时间后, 本页会自动继续, 无需刷新。"),
        ),
        Job.AWAIT_WINDOW: JobWords(
            title=tr("等待代理机构开启交付"),
            text=_closed_words(state),
        ),
        Job.NO_PART: JobWords(
            title=tr("本单位不参加此次开启"),
            text=tr("本单位没有参加这一信封开启的投标文件; 可以继续旁听。"),
        ),
        Job.DELIVER: JobWords(
            title=tr("请交付解密份额"),
            text=tr(
                "用持证手机扫一次码。份额只封给开标室密钥, 没有代理机构的开标密钥不能解密; 逾期未交付视为撤销投标。"
            ),
            action=tr("扫码交付解密份额"),
            icon="qr-code",
        ),
        Job.DELIVERED: JobWords(
            title=tr("已交付, 等待其他投标人"), text=tr("交付结束后由代理机构扫码开标。请保持在线。")
        ),
        Job.MISSED: JobWords(
            title=tr("未在时限内交付"),
            text=tr("本单位未在交付时限内交付解密份额, 投标文件保持密封, 视为撤销投标。如有异议, 请向代理机构提出。"),
        ),
        Job.AWAIT_OPENING: JobWords(
            title=tr("等待代理机构开标"), text=tr("代理机构正在解密, 每一份的结果会实时出现在下方。")
        ),
        Job.AWAIT_ANNOUNCEMENT: JobWords(
            title=tr("等待唱标"), text=tr("全部投标文件已处理完毕, 唱标后可看到报价与排序。")
        ),
        Job.CHECK_OWN: _own_words(state),
        Job.CONFIRM_OWN: _doubt_words(state),
        Job.FAILED: JobWords(
            title=tr("本标段流标"), text=tr("截止时有效投标文件少于 3 份, 不予开标, 所有投标文件保持密封。")
        ),
    }


def _closed_words(state: RoomState) -> str:
    if state.is_checked:
        return tr("本工位已核对: 本单位的投标文件在平台签名的截止清单内, 内容未变。请准备好持证手机。")
    return tr("投标已截止。请准备好持证手机, 交付开启后请在时限内扫码。")


def _doubt_words(state: RoomState) -> JobWords:
    if state.comparison is Comparison.DIFFERS:
        text = tr("唱标内容与本工位保存的投标信息不一致。请核对; 如有误请提出异议。")
        return JobWords(title=tr("唱标内容不一致"), text=text, action=tr("仍然确认"))
    text = tr("本工位没有保存这份投标文件的原件, 无法自动比对。请对照唱标表核对后确认, 或提出异议。")
    return JobWords(title=tr("请核对并确认唱标结果"), text=text, action=tr("确认无误"), icon="check")


def _own_words(state: RoomState) -> JobWords:
    envelope = state.envelope
    own = state.room.own_bid if state.room else None
    said = envelope.confirmations.get(own.package) if envelope and own else None
    result = envelope.results.get(own.package) if envelope and own else None
    verdict = envelope.passed.get(own.package) if envelope and own else None
    if verdict is not None and verdict.passed:
        return JobWords(
            title=tr("第一信封已通过评审"), text=tr("请准备好持证手机, 第二信封的交付开启后请在时限内扫码。")
        )
    if verdict is not None:
        text = tr("理由: {reason}。本单位的第二信封保持密封, 不予开启。", reason=verdict.reason)
        return JobWords(title=tr("第一信封未通过评审"), text=text)
    if result is not None and not result.is_opened:
        return JobWords(title=tr("本单位的投标文件未能解密"), text=tr("原因与责任方见下方。如不认可, 请提出异议。"))
    if said is None:
        return JobWords(title=tr("正在核对本单位的唱标结果"), text=tr("本工位自动比对唱标内容与本单位投标文件。"))
    if said.ok:
        text = tr("唱标内容与本单位投标文件一致, 本工位已自动确认。如不认可, 仍可提出异议。")
        return JobWords(title=tr("本单位的唱标结果已确认"), text=text)
    text = tr("代理机构答复: {text}", text=said.answer) if said.answer else said.text
    return JobWords(title=tr("本单位已提出异议"), text=text)


def _agency_words(state: RoomState) -> dict[Job, JobWords]:
    room = state.room
    ready = len(to_open(room)) if room else 0
    owed = owes_answers(state)
    return {
        Job.OPEN_WINDOW: JobWords(
            title=tr("开启交付"),
            text=tr(
                "生成一次性开标室密钥并发布开标通知, 投标人在公告约定的 {minutes} 分钟内扫码交付解密份额。",
                minutes=room.window_minutes if room else 0,
            ),
            action=tr("开启交付窗口"),
            icon="megaphone",
        ),
        Job.WATCH_DELIVERY: JobWords(
            title=tr("等待投标人交付"),
            text=tr("已交付的投标人实时显示在下方。全部交付后可提前结束; 时限届满时平台自动结束, 不再接收。"),
            action=tr("结束交付"),
        ),
        Job.FETCH: JobWords(
            title=tr("取回投标文件"),
            text=tr("取回并逐份检查 {count} 份投标文件。取回后即使断网也能以相机方式开标。", count=ready),
            action=tr("取回投标文件"),
            icon="download",
        ),
        Job.OPEN_BIDS: _opening_words(state, ready),
        Job.POST_RESULTS: JobWords(
            title=tr("公布解密结果"),
            text=tr("解密已在本工位完成, 结果尚未公布。连接平台后公布, 全体投标人随即可见。"),
            action=tr("公布解密结果"),
            icon="upload",
        ),
        Job.ANNOUNCE: JobWords(
            title=tr("唱标"),
            text=tr("公布唱标要素与报价排序, 全体投标人同时可见。超过最高投标限价的只作标记, 不予剔除。"),
            action=tr("唱标"),
            icon="megaphone",
        ),
        Job.JUDGE: JobWords(
            title=tr("第一信封评审结论"),
            text=tr("逐份选择是否通过, 未通过的须写明理由; 其第二信封保持密封。"),
            action=tr("公布评审结论"),
            icon="clipboard-check",
        ),
        Job.MAKE_RECORD: JobWords(
            title=tr("生成开标记录"),
            text=tr("有 {count} 项异议尚未答复, 请先在下方选中并答复。", count=owed) if owed else _record_words(room),
            action=tr("生成开标记录"),
            icon="file-text",
        ),
        Job.SEAL_RECORD: JobWords(
            title=tr("签章并归档"),
            text=tr("核对预览后, 用单位公章签章, 再选择签好的文件上传归档。")
            if state.sealed is None
            else tr("核对签好的文件后上传归档。"),
            action=tr("去签章") if state.sealed is None else tr("上传归档"),
            icon="stamp" if state.sealed is None else "upload",
        ),
        Job.OVER: JobWords(
            title=tr("开标已归档"),
            text=tr("开标记录与数据包可随时导出, 在【验签】中离线核验。"),
            action=tr("导出开标记录"),
            icon="download",
        ),
    }


def _record_words(room: Room | None) -> str:
    if room is not None and room.state is LotState.FAILED:
        return tr("记录截止时的投标情况与流标结果, 生成 PDF 与可离线核验的数据包。")
    count = len(room.bids) if room else 0
    return tr("汇总 {count} 份投标文件的开标情况, 生成开标记录 PDF 与可离线核验的数据包。", count=count)


def _opening_words(state: RoomState, ready: int) -> JobWords:
    left = len(stuck(state))
    if left:
        text = tr(
            "{count} 份因本机原因尚未解密, 已解密的不会重复处理。请排除下方所列原因后再次扫码; "
            "确实无法解密的, 选中后可放弃解密。",
            count=left,
        )
        return JobWords(title=tr("再次扫码解密"), text=text, action=tr("再次扫码解密"), icon="qr-code")
    return JobWords(
        title=tr("扫码开标"),
        text=tr("扫一次码释放开标密钥, 逐份解密 {count} 份投标文件; 有问题的单独标出, 不影响其他。", count=ready),
        action=tr("扫码开标 ({count} 份)", count=ready),
        icon="qr-code",
    )


def call_word(call: Call) -> str:
    """Say what is under way."""
    return {
        Call.SIGN_IN: tr("正在签到…"),
        Call.OPEN_WINDOW: tr("正在发布开标通知…"),
        Call.EXTEND: tr("正在延长交付时限…"),
        Call.END_DELIVERY: tr("正在结束交付…"),
        Call.FETCH: tr("正在取回并检查投标文件…"),
        Call.GIVE_UP: tr("正在记录…"),
        Call.POST_RESULTS: tr("正在公布解密结果…"),
        Call.ANNOUNCE: tr("正在唱标…"),
        Call.JUDGE: tr("正在公布评审结论…"),
        Call.CONFIRM: tr("正在提交…"),
        Call.ANSWER: tr("正在提交答复…"),
        Call.MAKE_RECORD: tr("正在生成开标记录…"),
        Call.FILE_RECORD: tr("正在上传归档…"),
        Call.SAVE: tr("正在保存…"),
    }[call]
