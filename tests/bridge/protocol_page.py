"""The second part of the protocol's documentation page, made from the function table, the policy and the table of failures.

`python -m tests.bridge.protocol_page` writes it; a test holds `resources/protocol.md` equal to it.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterable, Iterator

from hebca_helper.assistant.sites.policy import ISSUER_ONLY, NEVER, TRUSTED_ONLY
from hebca_helper.assistant.sites.risks import Risk
from hebca_helper.bridge.budget import LARGEST_OF_STRANGER, STRANGERS_PER_ORIGIN
from hebca_helper.bridge.certificate_service.functions import ROWS, Function, Standing
from hebca_helper.bridge.websocket.parameters import Parameter
from hebca_helper.documents import LARGEST_FILE
from hebca_helper.errors import TABLE
from hebca_helper.places import shipped
from hebca_helper.settings import Settings

MARK = "<!-- From here on made from the tables: python -m tests.bridge.protocol_page -->"
_STANDINGS = {
    Standing.WORKS: "works",
    Standing.REFUSED: "refused",
    Standing.NOT_SUPPORTED: "not supported (SM2 key agreement)",
}
_ABOUT_RISKS = {
    Risk.HARMLESS: "nothing",
    Risk.IDENTIFY: "tells who the person is; the person is asked once whether the site may connect",
    Risk.LOGIN: "asks the person for the PIN, or ends a login of this connection",
    Risk.PAGE_PIN: "a PIN from the page; one wrong one is the last until the person has logged in",
    Risk.SIGN: "signs; the person sees the content first",
    Risk.SILENT_SIGN: "signs without any dialog, within a login and its repeats",
    Risk.BLIND_SIGN: "signs a digest that the page computed; asked each time, never for an unknown site",
    Risk.DECRYPT: "decrypts; asked each time, one failure for whatever is wrong",
    Risk.CRYPTO: "public-key operations and digests",
    Risk.TOKEN_READ: "reads a data object; asked once per object and connection, private ones after a login only",
    Risk.TOKEN_DATA: "writes or deletes a data object; as above, `seal`, `signpic` and `hbgssh` for the issuer's sites only",
    Risk.TOKEN_CHANGE: "changes keys and certificates; asked each time",
    Risk.ONLINE: "lets a server have the USBKEY changed; confirmed by the person, exact hosts, https",
    Risk.FILES: "works on files of this computer; the person confirms both paths, overwriting is its own question",
    Risk.REGISTRY: "a virtual table, never the real registry",
    Risk.SYSTEM: "programs, processes, the system's stores and formatting",
}


def page(before: str) -> str:
    """The whole page, Markdown: the written part of `before`, and what the tables give."""
    written = before.partition(MARK)[0]
    return written + "\n".join([MARK, "", *_opening(), *_functions(), *_risks(), *_failures(), *_limits()]) + "\n"


def _opening() -> Iterator[str]:
    counts = Counter(row.standing for row in ROWS)
    yield "# The certificate service, as it behaves here"
    yield ""
    yield "A page opens `ws://localhost:17212/test` and sends text frames `1|Function|{JSON}`; each gets exactly one reply"
    yield "`1|Function|{JSON}`, in order. `ret` is 0, or the number of a failure with a text in `msg`. Replies are ASCII-only"
    yield "JSON without a raw `|`; `msg` holds no text of a page or a USBKEY and no markup. Requests may be concatenated"
    yield "without escaping, with the bare word `undefined`, unquoted names and numbers as strings."
    yield ""
    told = ", ".join(f"{counts[standing]} {word}" for standing, word in _STANDINGS.items())
    yield f"Of the {len(ROWS)} functions: {told}."


def _functions() -> Iterator[str]:
    yield from _heading("Functions")
    yield "| function | request | reply | risk | standing | here |"
    yield "|---|---|---|---|---|---|"
    for row in ROWS:
        request = ", ".join(map(_parameter, row.parameters)) or "–"
        reply = ", ".join(f"`{name}`" for name in row.reply) or "–"
        yield _line(f"`{row.name}`", request, reply, row.risk, _STANDINGS[row.standing], _note(row))


def _parameter(parameter: Parameter) -> str:
    if not parameter.required:
        return f"`{parameter.name}` ({parameter.type}, may be missing or `undefined`)"
    undefined = "" if parameter.default is None else ", may be `undefined`"
    return f"`{parameter.name}` ({parameter.type}{undefined})"


def _note(row: Function) -> str:
    if row.standing is Standing.REFUSED:
        return "Answered with denied-by-policy, and written to the journal."
    if row.handler is None:
        return "Answered with not-supported."
    return " ".join((inspect.getdoc(row.handler) or "").split())


def _risks() -> Iterator[str]:
    yield from _heading("Risk classes, and who may")
    yield "| class | what it is | who may |"
    yield "|---|---|---|"
    for risk in Risk:
        yield _line(risk, _ABOUT_RISKS[risk], _who(risk))


def _who(risk: Risk) -> str:
    if risk in NEVER:
        return "nobody"
    if risk in TRUSTED_ONLY:
        return "trusted origins"
    return "the issuer's origins" if risk in ISSUER_ONLY else "every origin the person let in"


def _failures() -> Iterator[str]:
    yield from _heading("Failures")
    yield "| `ret` | | name | `msg` |"
    yield "|---|---|---|---|"
    for code, entry in TABLE.items():
        yield _line(str(entry.number), f"0x{entry.number & 0xFFFFFFFF:08X}", code, f"{entry.text}。{entry.remedy}")


def _limits() -> Iterator[str]:
    settings = Settings()
    yield from _heading("Limits (settings)")
    yield f"* a frame: {settings.largest_frame} bytes (`largest_frame`); over it the socket closes with 1009"
    yield f"* until the person let the site in: {LARGEST_OF_STRANGER} bytes a frame, over it 1009 as well, and {STRANGERS_PER_ORIGIN}"
    yield "  connections of one origin; a page first asks for a certificate, then sends what is large"
    yield "* frames of all pages under way together: four of the largest; the page that sends most closes with 1013"
    yield f"* a document, in packets or as a body: {LARGEST_FILE} bytes; two of the largest under way together, else as above"
    yield f"* connections at a time: {settings.largest_connections} (`largest_connections`); when there are that many, the idle one of"
    yield "  a site that was not let in gives way to a new one"
    yield f"* a login: {settings.login_lifetime:.0f} s (`login_lifetime`), and within it {settings.repeated_signatures}"
    yield f"  signatures of at most {settings.repeated_signature_size} bytes without a dialog each"
    yield "  (`repeated_signatures`, `repeated_signature_size`)"
    yield f"* dialogs of one site (registrable domain) waiting: {settings.dialogs_waiting_per_origin} (`dialogs_waiting_per_origin`); refused ones"
    yield f"  within {settings.refused_dialogs_span:.0f} s: {settings.refused_dialogs} (`refused_dialogs`)"
    yield f"* failed or refused calls of one origin within {settings.failed_requests_span:.0f} s:"
    yield f"  {settings.failed_requests} (`failed_requests`); connections that hold a login are not held up"
    yield f"* envelopes for RSA recipients: {settings.envelope_cipher} (`envelope_cipher`); CMS signatures of RSA keys:"
    yield f"  {settings.cms_digest} (`cms_digest`)"
    yield f"* bare signatures of SM2 keys: {settings.sm2_signature} (`sm2_signature`)"


def _heading(text: str) -> Iterable[str]:
    return "", f"## {text}", ""


def _line(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    place = shipped("resources", "protocol.md")
    place.write_text(page(place.read_text("utf-8")), "utf-8")
