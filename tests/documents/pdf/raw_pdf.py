"""PDFs written object by object, for what no library would write."""

from __future__ import annotations

from collections.abc import Mapping

Body = str | bytes


def written(objects: Mapping[int, Body], trailer: str = "") -> bytes:
    """The catalogue is object 1."""
    made, places = bytearray(b"%PDF-1.7\n"), {}
    for number, body in sorted(objects.items()):
        places[number] = len(made)
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body if isinstance(body, bytes) else body.encode())
    start, size = len(made), max(objects) + 1
    rows = (f"{places[each]:010} 00000 n \n" if each in places else "0000000000 65535 f \n" for each in range(size))
    table = f"xref\n0 {size}\n{''.join(rows)}"
    return (
        bytes(made) + f"{table}trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
    )


def stream(entries: str, content: Body) -> bytes:
    data = content if isinstance(content, bytes) else content.encode()
    return f"<< {entries} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def utf16(text: str) -> str:
    """A text string (ISO 32000-1, 7.9.2.2)."""
    return f"<FEFF{text.encode('utf-16-be').hex()}>"


def page_with(
    entries: str = "", content: str = "", resources: str = "", box: str = "/MediaBox [0 0 595 842]"
) -> dict[int, Body]:
    """Catalogue 1, tree 2, page 5, content 6."""
    return {
        1: "<< /Type /Catalog /Pages 2 0 R >>",
        2: "<< /Type /Pages /Kids [5 0 R] /Count 1 >>",
        5: f"<< /Type /Page /Parent 2 0 R {box} /Contents 6 0 R /Resources << {resources} >> {entries} >>",
        6: stream("", content),
    }
