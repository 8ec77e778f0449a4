"""Stamping a PDF of 100 kB against pyHanko's own API with the same options, side by side in each round.

Floors (tests/README.md): stamp_ratio at most 1.0 (a warm host, one document), batch_ratio at least 1.5 (50 files through the
assistant with a practice USBKEY, reading, consent, journal and writing included, against pyHanko's rate one by one).
pyHanko has its key in memory, its stamp style made once, and room reserved for the signature.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
from pyhanko.sign import fields, signers
from pyhanko.stamp import StaticStampStyle

from hebca_helper.app.parts import App
from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.stamping.sealing import StampFile, StampRequest
from hebca_helper.documents.pdf.client import PdfHost
from hebca_helper.documents.pdf.placement import Placement
from hebca_helper.documents.pdf.plan import Plan
from tests.documents.pdf import papers
from tests.documents.pdf.stamper import NOW, Stamper
from tests.pki import certificate_maker as maker
from tests.practice_homes import put_practice_usbkey

SIZE = 100_000
POINTS = 72 / 25.4
BOX = (300, 100, round(300 + 40 * POINTS), round(100 + 40 * POINTS))
PICTURE = papers.seal_png(945)
SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"


def pyhanko_way() -> Callable[[bytes], bytes]:
    """What stamps one document with pyHanko."""
    stamper = Stamper()
    signer = signers.SimpleSigner(
        papers.asn1_certificate(stamper.certificate.der), papers.asn1_key(maker.rsa_key(0)), papers.registry()
    )
    rule = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID, Margins())
    image = PdfImage(Image.open(io.BytesIO(PICTURE)))
    style = StaticStampStyle(border_width=0, background=image, background_layout=rule, background_opacity=1)
    meta = signers.PdfSignatureMetadata(
        field_name="Seal1", subfilter=fields.SigSeedSubFilter.PADES, md_algorithm="sha256"
    )

    def stamp(document: bytes) -> bytes:
        spec = fields.SigFieldSpec("Seal1", on_page=0, box=BOX)
        made = signers.PdfSigner(meta, signer, stamp_style=style, new_field_spec=spec)
        writer = IncrementalPdfFileWriter(io.BytesIO(document))
        return bytes(made.sign_pdf(writer, bytes_reserved=16384).getbuffer())

    return stamp


def our_way(host: PdfHost) -> Callable[[bytes], bytes]:
    """One document through a warm host; the signature is made here, as the assistant does it."""
    stamper = Stamper()
    plan = Plan(Placement(x_mm=126, y_mm=240), 40, 40, NOW, "演练")

    def stamp(document: bytes) -> bytes:
        ready = host.prepare(document, PICTURE, plan)
        return stamper.fill(document, ready.update, ready.hole)

    return stamp


def seconds(work: Callable[[bytes], bytes], document: bytes, count: int) -> float:
    """Of one, the fastest half's mean: others use this machine too."""
    times = []
    for _ in range(count):
        start = time.perf_counter()
        work(document)
        times.append(time.perf_counter() - start)
    best = sorted(times)[: max(1, count // 2)]
    return sum(best) / len(best)


async def batch_rate(folder: Path, document: bytes, count: int) -> float:
    """Files a second, from the request to the last result."""
    home = folder / "home"
    home.mkdir()
    put_practice_usbkey(home)
    (home / "settings.toml").write_text(f'practice_module = "{SOFTHSM}"')
    files = []
    for number in range(count):
        path = folder / f"{number}.pdf"
        path.write_bytes(document)
        files.append(StampFile(path, folder / f"stamped-{number}.pdf"))
    async with App(home).core() as core:
        core.assistant.answer_unattended("123456")
        person = core.assistant.connect(Asker(Channel.WINDOW))
        await core.assistant.stamping.usable_seals(person)
        start = time.perf_counter()
        results = await core.assistant.stamping.stamp(person, StampRequest(tuple(files), Placement()))
        taken = time.perf_counter() - start
    assert all(result.problem is None for result in results)
    return count / taken


def measure(count: int, batch: int, rounds: int) -> list[dict[str, float]]:
    document = papers.register(2, extra=SIZE)
    found = []
    theirs = pyhanko_way()
    with PdfHost() as host:
        ours = our_way(host)
        ours(document)
        theirs(document)
        for _ in range(rounds):
            with TemporaryDirectory() as folder:
                pyhanko, own = seconds(theirs, document, count), seconds(ours, document, count)
                rate = asyncio.run(batch_rate(Path(folder), document, batch))
            found.append({"pyhanko_ms": pyhanko * 1e3, "own_ms": own * 1e3, "batch_per_s": rate})
    return found


def report(rounds: list[dict[str, float]]) -> dict[str, Any]:
    return {
        "stamp_ratio": round(median(each["own_ms"] / each["pyhanko_ms"] for each in rounds), 3),
        "batch_ratio": round(median(each["batch_per_s"] * each["pyhanko_ms"] / 1e3 for each in rounds), 3),
        "rounds": [{name: round(value, 2) for name, value in each.items()} for each in rounds],
    }


def main() -> int:
    """Measures and prints; the exit status says nothing about speed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--batch", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    print(json.dumps(report(measure(chosen.count, chosen.batch, chosen.rounds)), indent=2))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
