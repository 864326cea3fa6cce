"""How every sub-command reads its arguments: wrong usage is said and ends with the status of sysexits.h."""

import argparse
import sys
from typing import NoReturn

EX_USAGE = 64


class CommandParser(argparse.ArgumentParser):
    """argparse's own status for wrong usage is 2, which means a verdict here."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and leave."""
        self.print_usage(sys.stderr)
        self.exit(EX_USAGE, f"{self.prog}: {message}\n")
