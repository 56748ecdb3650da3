"""Small files of each format, made by hand."""

from __future__ import annotations

import io
import json
import lzma
import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from tiltmeter.feeds.text import TextOptions, TextRead, read

TODAY = date(2024, 6, 1)
OPTIONS = TextOptions(today=TODAY)
BODY = "The two governments signed an agreement on gas in Baku, and the minister praised it."


def read_one(folder: Path, name: str, data: bytes | str, **options: object) -> TextRead:
    """Write one file and read its folder."""
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read(folder, TextOptions(today=TODAY, **options))  # type: ignore[arg-type]


def rows(found: TextRead) -> list[dict[str, object]]:
    """Documents as rows, segments as (kind, words)."""
    out = found.documents.to_pylist()
    for row in out:
        row["segments"] = [(s["kind"], row["text"][s["start"] : s["end"]]) for s in row["segments"]]
    return out


def reasons(found: TextRead) -> list[str]:
    return [r["reason"] for r in found.rejects.to_pylist()]


def jsonl(records: Iterable[object]) -> str:
    return "\n".join(json.dumps(r) for r in records) + "\n"


def xz(text: str) -> bytes:
    return lzma.compress(text.encode())


def archive(members: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as stream:
        for name, data in members.items():
            stream.writestr(name, data)
    return out.getvalue()


def pdf(lines: list[list[str]], info: str = "") -> bytes:
    """A PDF with one page per list of lines (ASCII), Helvetica 12."""
    count = len(lines)
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(count))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for n, page in enumerate(lines):
        moves = " ".join(f"({line}) Tj 0 -14 Td" for line in page)
        stream = f"BT /F1 12 Tf 72 720 Td {moves} ET"
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R"
            f" >> >> /Contents {5 + 2 * n} 0 R >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    objects.append(f"<< {info} >>")
    out = "%PDF-1.4\n"
    offsets = []
    for n, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{n} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{o:010d} 00000 n \n" for o in offsets)
    size = len(objects) + 1
    trailer = f"trailer\n<< /Size {size} /Root 1 0 R /Info {len(objects)} 0 R >>"
    xref = f"xref\n0 {size}\n0000000000 65535 f \n{table}"
    return f"{out}{xref}{trailer}\nstartxref\n{len(out)}\n%%EOF\n".encode("latin-1")
