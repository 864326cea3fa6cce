"""The one fence around pyHanko and asn1crypto, which raise dozens of unrelated types on crafted files.

Everything that is not already ours leaves here as one RejectedError; the type name goes into the diagnostic. What the
disk refuses becomes UnavailableError: trying again may help.
"""

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from desktop.domain.errors import BidSealError, RejectedError, UnavailableError
from desktop.signing.pdf import hexstrings

# What the library finds odd about a file becomes our verdict or refusal; its log lines would quote document content.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
hexstrings.install()


@contextmanager
def foreign_parser(code: str) -> Iterator[None]:
    """Turn any exception of a foreign library inside the block into RejectedError(code).

    Raises:
        RejectedError: something foreign failed; an OSError passes, it is the disk's and not the file's fault, but for
            a seek to nowhere, to which a crafted offset leads.
    """
    try:
        yield
    except BidSealError:
        raise
    except OSError as error:
        if error.errno == errno.EINVAL:
            raise RejectedError(code, type(error).__name__) from error
        raise
    except Exception as error:
        raise RejectedError(code, type(error).__name__) from error


def disk_error(error: OSError) -> UnavailableError:
    """Name what the disk said while a file was being written."""
    code = "general.disk_full" if error.errno == errno.ENOSPC else "general.file_unwritable"
    return UnavailableError(code, type(error).__name__)
