"""The `bidseal` command: one sub-command a job; heavy parts are imported when their command runs.

Exit statuses are each command's own; 64 means wrong usage everywhere (sysexits.h). No option takes a private key or a
certificate password: those stay on the phone.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from desktop import __version__
from desktop.cli_parser import CommandParser

EX_UNAVAILABLE = 69


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    _speak_utf8()
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = _build()
    options, rest = parser.parse_known_args(arguments)
    if options.command == "verify":
        from desktop import cli_verify

        return cli_verify.run(rest)
    if options.command in ("pack", "open"):
        from desktop import cli_bid

        return cli_bid.run(options.command, rest)
    if options.command == "qr":
        from desktop import cli_qr

        return cli_qr.run(rest)
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return _run(options)


def _run(options: argparse.Namespace) -> int:
    if options.command == "serve":
        return _serve(options)
    from desktop import app

    if options.command == "demo":
        from desktop.demo import run_demo

        return app.guarded(lambda: run_demo(options.state))
    if options.command == "story":
        from desktop.store.paths import data_folder
        from desktop.testing.story import play

        return app.guarded(lambda: play(options.folder, trust_folder=data_folder().trust, is_short=options.short))
    return app.run_desktop(data=options.data, profile=options.profile)


def _serve(options: argparse.Namespace) -> int:
    from desktop.domain.errors import BidSealError
    from desktop.domain.problems import problem
    from desktop.server.process import serve

    try:
        return serve(state_folder=options.state, port=options.port, database_url=options.database_url)
    except KeyboardInterrupt:
        return 0  # the way a person ends it
    except BidSealError as error:
        wording = problem(error.code).zh
        sys.stderr.write(f"bidseal: {wording.title}。{wording.cause}{wording.next_step} [{error}]\n")
        return EX_UNAVAILABLE


def _build() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog="bidseal", description="投标签章客户端 · seal bid documents with the certificate in your phone"
    )
    parser.add_argument("--version", action="version", version=f"bidseal {__version__}")
    parser.set_defaults(data=None, profile=None)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=CommandParser)
    desktop = commands.add_parser("desktop", help="open the client (the default)")
    desktop.add_argument("--data", type=Path, help="data folder")
    desktop.add_argument("--profile", type=Path, help="platform profile (JSON file)")
    commands.add_parser(
        "verify", help="verify a file: exit 0 valid, 1 invalid, 2 cannot tell, 3 unsigned", add_help=False
    )
    commands.add_parser("pack", help="make an encrypted bid, signed by phone (QR in the terminal)", add_help=False)
    commands.add_parser("open", help="open encrypted bids by phone, or rehearse it", add_help=False)
    commands.add_parser("qr", help="decode QR codes in images: bidseal qr decode IMAGE…", add_help=False)
    demo = commands.add_parser("demo", help="desktop, embedded platform and virtual phone on this machine")
    demo.add_argument("--state", type=Path, default=Path(".run"), help="folder of the demo's state")
    story = commands.add_parser("story", help="play the whole job unattended")
    story.add_argument("folder", type=Path, help="where sealed PDFs and pictures go")
    story.add_argument("--short", action="store_true", help="without members, changes, password reset and reissue")
    serve = commands.add_parser("serve", help="the platform alone")
    serve.add_argument("--state", type=Path, required=True, help="the platform's folder")
    serve.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 picks a free one")
    serve.add_argument(
        "--database-url", default="", metavar="URL", help="postgresql://USER@HOST/NAME; without it SQLite in the folder"
    )
    return parser


def _speak_utf8() -> None:
    """Chinese output on a console of another code page (cp936, cp1252) must not raise."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
