"""The usage records in words: operations, results, evidence, and the form of an export.

An export is written on a worker, which may not ask the translators: its words are gathered here before.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from desktop.domain.operations import Operation
from desktop.domain.problems import CATALOGUE
from desktop.portal.records import UsageRecord
from desktop.services.export import ExportColumn, ExportForm
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit.base import Tone
from desktop.ui.kit.progress import local_time
from desktop.views.records.state import RecordsState, Wanted

#: Digits of a hash that stand together, so that it can be compared by eye and broken into lines.
_GROUP = 16
DONE, FAILED = "done", "failed"


def operation_words() -> Mapping[str, str]:
    """Return the name of every operation."""
    return {
        Operation.SEAL: tr("文件签章"),
        Operation.SIGN_PACKAGE: tr("加密投标文件"),
        Operation.DECRYPT: tr("解密投标文件"),
        Operation.REHEARSE: tr("演练解密"),
        Operation.LOGIN: tr("扫码登录"),
        Operation.DOWNLOAD: tr("下载证书"),
        Operation.RENEW: tr("证书延期"),
        Operation.REISSUE: tr("证书补办"),
        Operation.CHANGE_PASSWORD: tr("修改证书密码"),
        Operation.CLAIM_SEAL: tr("申领印章"),
        Operation.ENROL_WORKSTATION: tr("登记工位"),
        Operation.PIN_RECIPIENT: tr("确认解密人"),
        Operation.CREATE_OPENING_KEY: tr("发布招标"),
        Operation.AMEND_TENDER: tr("发布澄清与变更"),
        Operation.WITHDRAW: tr("撤回投标"),
        Operation.RELEASE_OPENING_KEY: tr("交出开标密钥"),
    }


def result_word(result: str) -> tuple[str, Tone]:
    """Return whether it was done, and the tone of that; a code that we do not know is no success either."""
    return (tr("成功"), Tone.SUCCESS) if result == DONE else (tr("未成功"), Tone.PROBLEM)


def reason_word(result: str) -> str:
    """Return why it was not done, as far as the code is known."""
    known = CATALOGUE.get(result)
    return known.wording(current_language()).title if known else ""


def scope_words(state: RecordsState) -> str:
    """Say whose records these are."""
    if not state.organization:
        return tr("本人的使用记录")
    if state.is_admin:
        return tr("单位全体成员的使用记录 (您是证书管理员)")
    return tr("本人的使用记录 (单位的全部记录由证书管理员查看)")


def export_form(state: RecordsState, now: datetime) -> ExportForm:
    """Gather the words of an export."""
    return ExportForm(
        title=tr("使用记录"),
        notes=(
            *((state.organization,) if state.organization else ()),
            scope_words(state),
            tr("筛选: {filters}", filters=_filters(state.wanted)),
            tr("导出时间: {time} (北京时间)", time=local_time(now, seconds=True)),
        ),
        notes_title=tr("说明"),
        page=tr("第 {page} 页", page="{page}"),
        columns=(
            ExportColumn(heading=tr("操作时间"), width_mm=34),
            ExportColumn(heading=tr("操作类型"), width_mm=28),
            ExportColumn(heading=tr("使用者"), width_mm=20),
            ExportColumn(heading=tr("证书序列号"), width_mm=36),
            ExportColumn(heading=tr("文件或标段")),
            ExportColumn(heading=tr("结果"), width_mm=30),
            ExportColumn(heading=tr("手机签名"), width_mm=20),
            ExportColumn(heading=tr("日志序号"), width_mm=16),
            ExportColumn(heading=tr("记录摘要"), width_mm=34),
        ),
        line=_line(),
    )


def _line() -> Callable[[UsageRecord], tuple[str, ...]]:
    operations, done, failed = operation_words(), tr("成功"), tr("未成功")
    checked, unchecked, language = tr("已核验"), tr("无法核验"), current_language()

    def line(record: UsageRecord) -> tuple[str, ...]:
        known = CATALOGUE.get(record.result)
        result = done if record.result == DONE else known.wording(language).title if known else failed
        return (
            local_time(record.at, seconds=True),
            operations.get(record.operation, record.operation),
            record.user_name,
            record.certificate_serial,
            record.subject,
            result,
            checked if record.has_evidence else unchecked,
            "" if record.leaf is None else str(record.leaf),
            " ".join(record.row_hash[n : n + _GROUP] for n in range(0, len(record.row_hash), _GROUP)),
        )

    return line


def _filters(wanted: Wanted) -> str:
    parts = [
        operation_words().get(wanted.operation, ""),
        {DONE: tr("成功"), FAILED: tr("未成功")}.get(wanted.result, ""),
        wanted.user,
        f"{wanted.since} – {wanted.until}" if wanted.since or wanted.until else "",
        f"“{wanted.text}”" if wanted.text else "",
    ]
    return ", ".join(part for part in parts if part) or tr("全部")
