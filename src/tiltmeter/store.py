"""The workspace: content-hashed Parquet and a manifest. Nothing is ever half written.

``tables/<name>-<hash>.parquet`` holds an output; ``manifest.json`` says which stage made it from
what. A file appears by rename after it is written aside and synced, and the manifest is replaced
the same way after its files are there; so a run that is killed at any moment leaves a workspace
that resumes.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from tiltmeter.engine import write_table
from tiltmeter.errors import StoreError

FORMAT: Final = 1


def digest(*parts: object) -> str:
    """SHA-256 of the canonical JSON of ``parts``, 16 hex digits."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Entry:
    """One output in the manifest."""

    table: str
    file: str
    sha256: str
    rows: int


class Store:
    """A workspace folder.

    Args:
        root: Folder; made if missing.

    Raises:
        StoreError: The folder cannot be made or written, or holds a manifest of another format.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        try:
            (root / "tables").mkdir(parents=True, exist_ok=True)
        except OSError as cause:
            raise StoreError(
                f"workspace {root}: {cause.strerror or cause}", "name another with --workspace"
            ) from cause
        self._manifest: dict[str, Any] = self._read()

    def _read(self) -> dict[str, Any]:
        path = self.root / "manifest.json"
        if not path.exists():
            return {"format": FORMAT, "stages": {}}
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as cause:
            raise StoreError(
                f"workspace {self.root}: manifest.json cannot be read: {cause}",
                "remove the workspace folder; everything in it can be made again",
            ) from cause
        if (
            not isinstance(found, dict)
            or found.get("format") != FORMAT
            or not isinstance(found.get("stages"), dict)
        ):
            raise StoreError(
                f"workspace {self.root} was made by another version of tiltmeter",
                "remove it or name another with --workspace",
            )
        return found

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the workspace alone; the lock falls with the process, however it ends.

        Raises:
            StoreError: Another process holds it, or the folder cannot be written.
        """
        path = self.root / "lock"
        try:
            opened = path.open("w")
        except OSError as cause:
            raise StoreError(
                f"workspace {self.root}: {cause.strerror or cause}", "name another with --workspace"
            ) from cause
        with opened as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as cause:
                raise StoreError(
                    f"workspace {self.root} is in use by another run",
                    "wait for it, or name another with --workspace",
                ) from cause
            # another run may have written between our start and our lock
            self._manifest = self._read()
            self._sweep()
            yield

    def _sweep(self) -> None:
        # only what runs of ours leave: a user may name a folder that holds files of others
        for pattern in ("tables/*-[0-9]*.part", "manifest.json.[0-9]*.part"):
            for stray in self.root.glob(pattern):
                stray.unlink(missing_ok=True)

    def find(self, stage: str, key: str) -> dict[str, Entry] | None:
        """Outputs of a stage under a key, if all their files are there and whole; else None."""
        held = self._manifest["stages"].get(f"{stage}/{key}")
        if held is None:
            return None
        try:
            out = {name: Entry(**entry) for name, entry in held["outputs"].items()}
        except (TypeError, KeyError, AttributeError):
            return None  # not as we write it: made again
        for entry in out.values():
            path = self.root / entry.file
            if not path.is_file() or file_hash(path) != entry.sha256:
                return None
        return out

    def path(self, entry: Entry) -> Path:
        """File of an output."""
        return self.root / entry.file

    def load(self, entry: Entry) -> pa.Table:
        """Read an output."""
        return pq.read_table(self.root / entry.file)

    def save(
        self, stage: str, key: str, tables: dict[str, pa.Table], /, **facts: object
    ) -> dict[str, Entry]:
        """Write the outputs of a stage and enter them in the manifest, in that order.

        Raises:
            StoreError: The folder cannot be written, or is full.
        """
        entries = {name: self._write(name, table) for name, table in sorted(tables.items())}
        self._manifest["stages"][f"{stage}/{key}"] = {
            "outputs": {
                n: {"table": e.table, "file": e.file, "sha256": e.sha256, "rows": e.rows}
                for n, e in entries.items()
            },
            **facts,
        }
        write_whole(
            self.root / "manifest.json",
            json.dumps(self._manifest, indent=1, sort_keys=True, default=str) + "\n",
        )
        return entries

    def _write(self, name: str, table: pa.Table) -> Entry:
        temporary = self.root / "tables" / f"{name}-{os.getpid()}.part"
        try:
            write_table(table, temporary)
            sha = file_hash(temporary)
            file = f"tables/{name}-{sha[:16]}.parquet"
            _sync(temporary)
            temporary.replace(self.root / file)
        except OSError as cause:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise StoreError(
                f"workspace {self.root}: {name} cannot be written: {cause.strerror or cause}",
                "make room, or name another with --workspace",
            ) from cause
        return Entry(name, file, sha, table.num_rows)


def file_hash(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def write_whole(path: Path, text: str) -> None:
    """Write a text file so that a reader sees the old one or the new one, never a part.

    Raises:
        StoreError: The place cannot be written.
    """
    temporary = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("w", encoding="utf-8", newline="\n") as handle:
            handle.write(text)
            _flush(handle)
        temporary.replace(path)
    except OSError as cause:
        with suppress(OSError):  # the folder itself may be what cannot be
            temporary.unlink(missing_ok=True)
        raise StoreError(f"cannot write {path}: {cause.strerror or cause}") from cause


def _flush(handle: IO[str]) -> None:
    handle.flush()
    os.fsync(handle.fileno())


def _sync(path: Path) -> None:
    with path.open("rb") as handle:
        os.fsync(handle.fileno())
