"""What a bid package says of itself, as lines of words and facts: for verification and for the opening."""

from desktop.formats.package import BidPackage
from desktop.ui.i18n import tr
from desktop.ui.kit import local_time
from desktop.views.certificates.fact_grid import Fact
from desktop.views.lot_words import envelope_word
from desktop.views.package.words import moment, openers_of


def package_facts(package: BidPackage) -> list[Fact]:
    """Return what is to be shown of a package that was read."""
    header = package.header
    facts = [
        Fact(word=tr("项目编号"), text=tr("{tender} · 标段 {lot}", tender=header.tender, lot=header.lot)),
        Fact(word=tr("投标人"), text=f"{header.bidder.name} · {header.bidder.credit_code}"),
        Fact(word=tr("投标截止时间"), text=moment(header.deadline)),
        Fact(
            word=tr("签名"),
            text=tr(
                "{signer} 于 {time} (签名人声称的时间) · 证书序列号 {serial}",
                signer=package.signer.holder,
                time=local_time(package.signing_time, seconds=True),
                serial=package.signer.serial,
            ),
        ),
        Fact(word=tr("文件包编号"), text=header.package_id.hex(), is_code=True),
    ]
    for envelope in header.envelopes:
        facts.append(Fact(word=tr("信封"), text=envelope_word(envelope.title)))
        when = tr("{time} 起", time=moment(envelope.not_before))
        facts.append(Fact(word=tr("谁能解密"), text=f"{openers_of(envelope)} · {when}"))
    return facts
