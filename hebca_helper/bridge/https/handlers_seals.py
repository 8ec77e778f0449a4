"""Electronic seals: which there are, a seal set on a PDF, and what is to be said of a sealed document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hebca_helper.assistant.stamping.seals import TokenSeal
from hebca_helper.bridge.https.call import Call
from hebca_helper.bridge.https.shapes import Base64, Choice, Decimal, Field, Flag, Listed, Number, Object, Text, b64
from hebca_helper.documents.pdf.placement import LONGEST_FIELD_NAME, LONGEST_KEYWORD, Mode, Placement
from hebca_helper.documents.report import encoded
from hebca_helper.texts import tr

LONGEST_FILE_NAME = 255
SEAL = Object(
    (
        Field("id", Text(), "The name of the seal here."),
        Field("name", Text(), "As its maker named it."),
        Field("number", Text(), "Its number, by the maker."),
        Field(
            "verdict",
            Text(),
            "`valid`, `unidentified` (intact, of a maker nobody here knows), `indeterminate`, `invalid` (also out of its"
            " period) or `unreadable`.",
        ),
        Field("trust", Text(), "`trusted`, `untrusted` or `unknown`: whether its maker's CA is known here."),
        Field("usable", Flag(), "Whether it may be used for sealing now."),
        Field("problem", Text(), "Code of what keeps it from being used, or empty."),
        Field("valid_from", Text(), "ISO 8601, or empty."),
        Field("valid_to", Text(), "ISO 8601, or empty."),
        Field("width_mm", Decimal(), "Of the picture on paper."),
        Field("height_mm", Decimal(), "Of the picture on paper."),
        Field("picture", Base64(), "PNG with transparency; empty where it cannot be shown."),
        Field("certificates", Listed(Text()), "Fingerprints of the certificates that may use it."),
        Field("practice", Flag(), "Of a practice USBKEY: worth nothing outside practice."),
    ),
    title="Seal",
)
SEALS = Object((Field("seals", Listed(SEAL), "In a stable order; those that cannot be used, too."),), title="Seals")
_MODES = tuple(str(mode) for mode in Mode)
PLACEMENT = Object(
    (
        Field("mode", Choice(_MODES), "`edge` is a riding seal (骑缝章), `field` a signature field of the form."),
        Field("page", Number(), "From 1; -1 is the last.", required=False, default=1),
        Field("x_mm", Decimal(), "Centre from the left of the page as it is shown.", required=False),
        Field("y_mm", Decimal(), "Centre from the top.", required=False),
        Field("keyword", Text(longest=LONGEST_KEYWORD), "For `keyword`.", required=False, default=""),
        Field("nth", Number(), "Which place of the keyword, from 1; 0 is each of them.", required=False, default=0),
        Field(
            "field",
            Text(longest=LONGEST_FIELD_NAME),
            "For `field`: the name of an empty signature field; empty is the only one there is.",
            required=False,
            default="",
        ),
    ),
    title="Placement",
)
DOCUMENT = Object(
    (
        Field("pdf", Base64(1), "The document."),
        Field("name", Text(longest=LONGEST_FILE_NAME), "Shown to the person.", required=False, default=""),
        Field("placement", PLACEMENT, "Where the seal goes."),
        Field("seal", Text(longest=64), "Id of the seal; without it the only usable one.", required=False, default=""),
    )
)
SEALED = Object(
    (
        Field("pdf", Base64(), "The sealed document: the original with one update behind it."),
        Field("pages", Listed(Number()), "Pages with the seal, from 1."),
        Field(
            "notes",
            Listed(Text()),
            "What is not as one could wish: `revocation-missing`, `pdf-a-lost`, `xfa`, `portfolio`, `seal-cut`, `seal-smaller`.",
        ),
    ),
    title="Sealed",
)
ANY_DOCUMENT = Object((Field("document", Base64(1), "PDF, OFD, or a seal or signature file."),))
CHECKED = Object((), title="Check", open_ended=True)


async def seals(call: Call, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """The seals on the plugged-in USBKEYs that this site may know of."""
    found = await call.assistant.seals.listed(call.connection)
    return {"seals": [_fields(each) for each in found]}


async def seal(call: Call, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Seals a PDF. The person sees file name and sealed page each time. Also as `multipart/form-data` with the file `pdf`."""
    name = arguments["name"] or tr("网页提交的文件.pdf")
    wanted = Placement.from_row(dict(arguments["placement"]))
    made = await call.assistant.stamping.stamp_document(
        call.connection, name, arguments["pdf"], wanted, arguments["seal"]
    )
    return {"pdf": b64(made.data), "pages": list(made.pages), "notes": list(made.notes)}


async def check(call: Call, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """What `hebca-helper check --json` tells of a document; nobody is asked. Also as `multipart/form-data`.

    `verdict` is `valid` only where everything was checked and an issuer known on this computer stands for whoever signed;
    `unidentified`: intact, but anybody can have made it; `indeterminate`: a needed part could not be checked; `invalid`;
    `unsigned`; `unreadable`. `reasons` has a word for each thing that keeps it from being valid, the worst first. Whether
    a signer is one whom your portal trusts, decide on your server.
    """
    call.require_admitted()
    practice = call.assistant.origins.offers_practice(call.connection.asker.origin or "")
    found = await call.assistant.local_documents.judged(arguments["document"], practice=practice)
    row: dict[str, Any] = encoded(found)
    return row


def _fields(found: TokenSeal) -> dict[str, Any]:
    report = found.report
    return {
        "id": found.id,
        "name": found.name,
        "number": report.id if report else "",
        "verdict": found.verdict,
        "trust": found.trust,
        "usable": found.valid_now,
        "problem": found.problem.code if found.problem else "",
        "valid_from": report.valid_from.isoformat() if report else "",
        "valid_to": report.valid_to.isoformat() if report else "",
        "width_mm": found.width_mm,
        "height_mm": found.height_mm,
        "picture": b64(found.picture_png),
        "certificates": sorted(name for name, word in found.listed.items() if word == "yes"),
        "practice": found.token.practice,
    }
