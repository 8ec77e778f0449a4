"""Documents and seals from outside: PDF and OFD files read, shown, checked and stamped; pictures and objects of a USBKEY.

Main words: *check* (what is found, each point apart), *report* (a check, typed, with its codec), *client* (the parent's end of a
child process) and *host* (the child's end, which alone parses). Whoever asks imports this door, `client`, `pdf.client` and
what says where a seal goes, nothing that parses: pyHanko, pypdfium2, Pillow and fpdf2 are loaded in a host only. Imports
`seals`, `pki` and the ground floor; never tokens, the assistant or Qt.
"""

from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

LARGEST_FILE = 200 * 1024 * 1024
"""Octets of a file that is checked, shown or stamped, wherever it comes from: what a host can hold with all it unpacks."""


def require_size(octets: int) -> None:
    """HelperError(TOO_LARGE)."""
    if octets > LARGEST_FILE:
        raise HelperError(Code.TOO_LARGE, tr("文件超过 {n} MB").format(n=LARGEST_FILE >> 20))
