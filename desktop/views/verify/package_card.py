"""What stands on the card of a judged bid package: what it is for, who signed it, who can open it."""

from desktop.formats.package import PackageVerdict
from desktop.ui.i18n import tr
from desktop.ui.kit import Banner, Card, Separator, Tone
from desktop.views.certificates.fact_grid import FactGrid
from desktop.views.package.facts import package_facts


def add_package(card: Card, number: int, verdict: PackageVerdict) -> None:
    """Put the facts below the headline; of an invalid package nothing is believed, so nothing is shown."""
    if verdict.package is None:
        return
    card.add(Separator())
    if verdict.package.header.is_openable_without_bidder:
        banner = Banner(name=f"earlyReading_{number}")
        card.add(banner)
        text = tr("其中至少一个信封不需要投标人的密钥。")
        banner.show_message(Tone.WARNING, tr("招标代理与平台共同即可在截止前读取该投标文件"), text)
    grid = FactGrid(name=f"packageFacts_{number}")
    card.add(grid)
    grid.show_facts(package_facts(verdict.package))
