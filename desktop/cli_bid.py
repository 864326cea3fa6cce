"""`bidseal pack` and `bidseal open`: encrypted bids by phone from the command line.

Work with the data folder of the desktop client, in which the workstation was enrolled and the certificate downloaded or
confirmed. No option takes a private key or a password. Exit status: 0 done, 1 not done, 2 some bids not opened, 64
usage, 69 the platform cannot be reached or a file cannot be read.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from desktop.cli_parser import CommandParser
from desktop.cli_scan import EXIT_FAILED, EXIT_OK, EXIT_PARTIAL, TerminalScan, open_desk, own_pair
from desktop.crypto.certificates import CertificateFacts, read_certificate
from desktop.domain.clock import SHANGHAI
from desktop.domain.errors import BidSealError, RejectedError
from desktop.domain.problems import problem
from desktop.formats.package import BidPackage, BidSummary, SourceFile
from desktop.services.opening import ExportSharesAction, OpenAction, OpenJob, RehearseAction, inspect_package
from desktop.services.packing import EnvelopeOrder, PackAction, PackOrder
from desktop.services.share_file import ExportedShare, read_shares, shares_for
from desktop.services.workspace import CertificateDirectory, Workspace
from desktop.store.pins import PinnedRecipient

EX_UNAVAILABLE = 69


def run(command: str, args: Sequence[str]) -> int:
    """Run `pack` or `open` with its arguments and return the exit status."""
    options = (_pack_parser() if command == "pack" else _open_parser()).parse_args(args)
    try:
        return _pack(options) if command == "pack" else _open(options)
    except BidSealError as error:
        wording = problem(error.code).wording(options.language)
        sys.stderr.write(f"bidseal: {wording.title} · {wording.advice} [{error}]\n")
        return EXIT_FAILED if isinstance(error, RejectedError) else EX_UNAVAILABLE


def _pack(options: argparse.Namespace) -> int:
    workspace = open_desk(options.data, options.profile)
    own = own_pair(workspace, options.certificate)
    signing = _signing(workspace, own)
    second = tuple(own_pair(workspace, serial).certificate.der for serial in options.second)
    order = PackOrder(
        certificate=signing,
        encryption_certificate=own.certificate.der,
        tender=options.tender,
        lot=options.lot,
        deadline=options.deadline,
        envelopes=_envelopes(options, second),
        target=options.out,
    )
    scan = TerminalScan(language=options.language)
    return scan.report(scan.run(workspace, PackAction(workspace, order), credit_code=signing.credit_code))


def _envelopes(options: argparse.Namespace, second: tuple[bytes, ...]) -> tuple[EnvelopeOrder, ...]:
    summary = BidSummary(
        price=options.price,
        duration_days=options.days,
        quality=options.quality,
        project_manager=options.manager,
        bid_bond=options.bond,
    )
    files = tuple(SourceFile(name=path.name, path=path) for path in options.files)
    if not options.price_files:
        only = EnvelopeOrder(
            envelope_id="bid", title="投标文件", files=files, summary=summary, second_recipients=second
        )
        return (only,)
    technical = BidSummary(duration_days=options.days, quality=options.quality, project_manager=options.manager)
    return (
        EnvelopeOrder(envelope_id="first", title="商务技术", files=files, summary=technical, second_recipients=second),
        EnvelopeOrder(
            envelope_id="second",
            title="报价",
            files=tuple(SourceFile(name=path.name, path=path) for path in options.price_files),
            summary=BidSummary(price=options.price, bid_bond=options.bond),
            second_recipients=second,
        ),
    )


def _open(options: argparse.Namespace) -> int:
    workspace = open_desk(options.data, options.profile)
    own = own_pair(workspace, options.certificate)
    known = tuple(share for path in options.shares for share in read_shares(path))
    scan = TerminalScan(language=options.language)
    jobs: list[OpenJob] = []
    bad = 0
    workspace.trust.refresh()
    for path in options.files:
        try:
            jobs += _jobs(workspace, path, options, known, frozenset(job.target for job in jobs))
        except BidSealError as error:
            bad += 1
            wording = problem(error.code).wording(options.language)
            sys.stderr.write(f"{path.name}: {wording.title} [{error}]\n")
    if not jobs:
        return EXIT_FAILED
    view = scan.run(workspace, _action(workspace, own, tuple(jobs), options), credit_code=_code(own))
    return scan.report(view) or (EXIT_PARTIAL if bad or view.left_out else EXIT_OK)


def _action(
    workspace: Workspace, own: PinnedRecipient, jobs: tuple[OpenJob, ...], options: argparse.Namespace
) -> OpenAction | RehearseAction | ExportSharesAction:
    signing, encryption = _signing(workspace, own), own.certificate.der
    if options.export_shares is not None:
        return ExportSharesAction(
            workspace,
            certificate=signing,
            encryption_certificate=encryption,
            jobs=jobs,
            target=options.export_shares,
        )
    action = RehearseAction if options.rehearse else OpenAction
    return action(workspace, certificate=signing, encryption_certificate=encryption, jobs=jobs)


def _jobs(
    workspace: Workspace,
    path: Path,
    options: argparse.Namespace,
    known: tuple[ExportedShare, ...],
    taken: frozenset[Path],
) -> list[OpenJob]:
    verdict = inspect_package(workspace, path, report=lambda _done, _total: None, check=lambda: None)
    if verdict.package is None:
        raise RejectedError(verdict.reasons[0].code, verdict.reasons[0].detail)
    package = verdict.package
    envelopes = [e.envelope_id for e in package.header.envelopes if options.envelope in ("", e.envelope_id)]
    if not envelopes:
        raise RejectedError("package.share_missing", options.envelope)
    return [
        OpenJob(
            path=path,
            package=package,
            envelope_id=envelope,
            target=_target(options.out, path, package, envelope, taken),
            shares=shares_for(package, envelope, known),
        )
        for envelope in envelopes
    ]


def _target(folder: Path, path: Path, package: BidPackage, envelope: str, taken: frozenset[Path]) -> Path:
    """Name the new folder; bids of several bidders often have one file name."""
    several = len(package.header.envelopes) > 1
    stem = f"{path.stem}_{envelope}" if several else path.stem
    names = (folder / (stem if number == 1 else f"{stem}({number})") for number in range(1, len(taken) + 2))
    return next(target for target in names if target not in taken)


def _signing(workspace: Workspace, own: PinnedRecipient) -> CertificateFacts:
    der = CertificateDirectory(workspace.api).find(own.signing_serial)
    if der is None:
        raise RejectedError("package.certificate_missing", own.signing_serial)
    return read_certificate(der)


def _code(own: PinnedRecipient) -> str:
    return own.certificate.credit_code


def _pack_parser() -> argparse.ArgumentParser:
    parser = CommandParser(prog="bidseal pack", description="制作加密投标文件 / make an encrypted bid, signed by phone")
    parser.add_argument("files", type=_file, nargs="+", metavar="FILE", help="what goes in (双信封: 商务技术)")
    parser.add_argument("--price-files", type=_file, nargs="+", default=[], metavar="FILE", help="双信封: 报价")
    parser.add_argument("--tender", required=True, help="项目编号")
    parser.add_argument("--lot", required=True, help="标段")
    parser.add_argument("--deadline", required=True, type=_moment, metavar="YYYY-MM-DDTHH:MM", help="Asia/Shanghai")
    parser.add_argument("--out", required=True, type=Path, metavar="FILE.bid")
    parser.add_argument("--price", type=_money, metavar="元")
    parser.add_argument("--bond", type=_money, metavar="元")
    parser.add_argument("--days", type=int)
    parser.add_argument("--quality")
    parser.add_argument("--manager")
    parser.add_argument(
        "--second", action="append", default=[], metavar="SERIAL", help="a second certificate, confirmed"
    )
    return _common(parser)


def _open_parser() -> argparse.ArgumentParser:
    parser = CommandParser(prog="bidseal open", description="解密投标文件 / open bids by phone")
    parser.add_argument("files", type=_file, nargs="+", metavar="FILE.bid")
    parser.add_argument("--out", type=Path, default=Path(), metavar="FOLDER", help="each bid gets a new folder in it")
    parser.add_argument("--envelope", default="", metavar="ID", help="only this envelope")
    parser.add_argument(
        "--shares", type=_file, action="append", default=[], metavar="FILE", help="shares of other groups"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--rehearse", action="store_true", help="only show that the phone could open them")
    what.add_argument("--export-shares", type=Path, metavar="FILE", help="write the shares instead of opening")
    return _common(parser)


def _common(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--certificate", default="", metavar="SERIAL", help="which, if this workstation knows several")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="data folder of the desktop")
    parser.add_argument("--profile", type=Path, metavar="FILE", help="platform profile")
    parser.add_argument("--language", choices=("zh", "en"), default="zh")
    return parser


def _file(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"no such file: {text}")
    return path


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"not a time: {text}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _money(text: str) -> Decimal:
    try:
        amount = Decimal(text)
        exact = amount.quantize(Decimal("0.01"))
    except InvalidOperation:
        raise argparse.ArgumentTypeError(f"not an amount: {text}") from None
    if not amount.is_finite() or exact != amount or amount < 0:
        raise argparse.ArgumentTypeError(f"not an amount of 元 and 分: {text}")
    return exact
