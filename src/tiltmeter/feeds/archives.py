"""Packed files: .gz, .xz and .zip, undone in memory and never onto a disk.

Every size is bounded before it is believed: what an archive says of itself is checked, and what
comes out is counted all the same.
"""

from __future__ import annotations

import gzip
import io
import lzma
import stat
import zipfile
import zlib
from collections.abc import Callable
from pathlib import PurePosixPath

from tiltmeter.feeds.decode import one_line
from tiltmeter.feeds.drafts import MIB, Findings, Item, Refusal, Refused, TextOptions

_XZ_MEMORY = 256 * MIB
"""Memory an .xz may ask for; the strongest setting of xz (-9) asks for 65 MiB."""
_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1


def unpack(item: Item, options: TextOptions) -> Item:
    """Undo one .gz or .xz: the item with its inner name and its content.

    Raises:
        Refused: The file is broken, or holds more than ``max_bytes``.
    """
    inner, _, suffix = item.name.rpartition(".")
    undo = _UNPACK[suffix.lower()]
    data = undo(item.data, options.max_bytes + 1)
    if len(data) > options.max_bytes:
        raise Refused(f"unpacks to more than {options.max_bytes:,} bytes")
    return Item(item.path, inner, data, item.depth, item.dates, item.outlet)


def _gunzip(data: bytes, limit: int) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            return stream.read(limit)
    except (OSError, EOFError, zlib.error) as cause:
        raise Refused(f"broken .gz: {cause}") from cause


def _unxz(data: bytes, limit: int) -> bytes:
    out: list[bytes] = []
    size = 0
    try:
        while data.strip(b"\0") and size < limit:
            stream = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
            out.append(stream.decompress(data, max_length=limit - size))
            size += len(out[-1])
            if not stream.eof and size < limit:
                raise Refused("broken .xz: it ends too early")
            data = stream.unused_data
    except (lzma.LZMAError, EOFError) as cause:
        raise Refused(f"broken .xz: {cause}") from cause
    return b"".join(out)


_UNPACK: dict[str, Callable[[bytes, int], bytes]] = {"gz": _gunzip, "xz": _unxz}


def read_zip(item: Item, options: TextOptions) -> Findings:
    """Yield each member as an item, or why it is left out."""
    if item.depth >= options.max_depth:
        raise Refused(f"archive within {options.max_depth} archives: not opened")
    try:
        archive = zipfile.ZipFile(io.BytesIO(item.data))
    except Exception as cause:  # zipfile meets broken archives with many kinds of error
        raise Refused(f"broken archive: {type(cause).__name__}: {cause}") from cause
    total = 0
    with archive:
        members = sorted(archive.infolist(), key=lambda m: m.filename)
        for number, member in enumerate(members):
            name = one_line(member.filename.replace("\\", "/"), 300)
            if number >= options.max_members:
                left = len(members) - number
                yield Refusal(f"{left:,} members beyond {number:,} are not read", member=name)
                return
            if member.is_dir():
                continue
            if reason := _objection(member, name, options):
                yield Refusal(reason, member=name)
                continue
            if total + member.file_size > options.max_total_bytes:
                yield Refusal("archive unpacks to more than is allowed: rest not read", member=name)
                return
            try:
                with archive.open(member) as stream:
                    data = stream.read(options.max_bytes + 1)
            except Exception as cause:  # broken member, as above
                yield Refusal(f"broken member: {type(cause).__name__}: {cause}", member=name)
                continue
            total += len(data)
            if len(data) > options.max_bytes:
                yield Refusal(f"larger than {options.max_bytes:,} bytes", member=name)
                continue
            inherited = (item.dates, item.outlet)
            yield Item(f"{item.path}!{name}", name, data, item.depth + 1, *inherited)


def _objection(member: zipfile.ZipInfo, name: str, options: TextOptions) -> str | None:
    """Why a member is not to be read, or None."""
    steps = PurePosixPath(name).parts
    if not steps or name.startswith("/") or ".." in steps or ":" in steps[0]:
        return "path leads out of the archive"
    if any(s.startswith(".") or s == "__MACOSX" for s in steps):
        return "hidden file"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "symbolic link"
    if member.flag_bits & _ENCRYPTED:
        return "encrypted: unpack it with its password"
    if member.compress_type not in _READABLE:
        return "packed by a method other than deflate"
    if member.file_size > options.max_bytes:
        return f"larger than {options.max_bytes:,} bytes"
    ratio = member.file_size / max(member.compress_size, 1)
    if member.file_size > MIB and ratio > options.max_ratio:
        return f"unpacks to {ratio:.0f} times its size: taken for a bomb"
    return None
