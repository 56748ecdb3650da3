"""The files of a folder, in one order on every machine, with a reason for each that is left out."""

from __future__ import annotations

import stat
from pathlib import Path

from tiltmeter.errors import FeedUnavailable
from tiltmeter.feeds.drafts import Refusal, TextOptions
from tiltmeter.feeds.formats import refusal_by_name


def shown(path: Path | str) -> str:
    """Return a path with '/' that can be printed and stored, whatever bytes the name has."""
    text = path.as_posix() if isinstance(path, Path) else path
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def list_files(path: Path) -> tuple[list[tuple[str, Path]], list[tuple[str, Refusal]]]:
    """List regular files below ``path`` (or ``path`` itself), sorted by their path below it.

    Returns:
        (path below ``path``, file) of those to read, and (path, refusal) of hidden, linked,
        special and unreadable ones. Hidden folders are not entered.

    Raises:
        FeedUnavailable: ``path`` is missing, unreadable, or neither file nor folder.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode):
            return [(shown(path.name), path)], []
        if stat.S_ISDIR(mode):
            next(path.iterdir(), None)
    except FileNotFoundError as cause:
        raise FeedUnavailable(f"{shown(path)}: no such file or folder", path=shown(path)) from cause
    except (OSError, ValueError) as cause:
        why = getattr(cause, "strerror", None) or str(cause)
        raise FeedUnavailable(f"{shown(path)!r} cannot be read: {why}", path=shown(path)) from cause
    if not stat.S_ISDIR(mode):
        raise FeedUnavailable(f"{shown(path)}: neither a file nor a folder", path=shown(path))
    return _walk(path)


def _walk(root: Path) -> tuple[list[tuple[str, Path]], list[tuple[str, Refusal]]]:
    files: list[tuple[str, Path]] = []
    refused: list[tuple[str, Refusal]] = []
    folders = [root]
    while folders:
        folder = folders.pop()
        try:
            entries = list(folder.iterdir())
        except OSError as cause:
            refused.append((shown(folder.relative_to(root)), _unreadable(cause)))
            continue
        for entry in entries:
            below = shown(entry.relative_to(root))
            try:
                mode = entry.lstat().st_mode
            except OSError as cause:
                refused.append((below, _unreadable(cause)))
                continue
            if entry.name.startswith("."):
                what = "folder" if stat.S_ISDIR(mode) else "file"
                refused.append((below, Refusal(f"hidden {what}")))
            elif stat.S_ISLNK(mode):
                refused.append((below, Refusal("symbolic link: not followed")))
            elif stat.S_ISDIR(mode):
                folders.append(entry)
            elif stat.S_ISREG(mode):
                files.append((below, entry))
            else:
                refused.append((below, Refusal("not a regular file")))
    return sorted(files), sorted(refused, key=lambda r: r[0])


def load(path: Path, options: TextOptions) -> bytes | Refusal:
    """Read one file, if its name and size allow; the size is asked before anything is read."""
    if reason := refusal_by_name(path.name):
        return Refusal(reason)
    try:
        size = path.stat().st_size
        if size > options.max_bytes:
            return Refusal(f"larger than {options.max_bytes:,} bytes ({size:,})")
        with path.open("rb") as stream:
            return stream.read(options.max_bytes + 1)
    except OSError as cause:
        return _unreadable(cause)


def _unreadable(cause: OSError) -> Refusal:
    return Refusal(f"cannot be read: {cause.strerror or type(cause).__name__}")
