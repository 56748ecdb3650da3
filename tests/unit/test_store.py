"""The workspace: nothing half written, nothing changed trusted, one run at a time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from tiltmeter import store as store_module
from tiltmeter.errors import StoreError
from tiltmeter.store import FORMAT, Store, digest, file_hash, write_whole

TABLE = pa.table({"n": [1, 2, 3]})


def names(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_what_is_saved_is_found_by_stage_and_key_only(tmp_path: Path) -> None:
    entries = Store(tmp_path).save("count", "k1", {"numbers": TABLE}, doc="Counts.")
    again = Store(tmp_path)
    assert again.find("count", "k1") == entries
    assert again.find("count", "k2") is None
    assert again.find("other", "k1") is None
    assert again.load(entries["numbers"]).equals(TABLE)
    assert entries["numbers"].rows == 3
    assert entries["numbers"].sha256 == file_hash(again.path(entries["numbers"]))


def test_files_are_named_by_their_content_and_written_once(tmp_path: Path) -> None:
    store = Store(tmp_path)
    one = store.save("a", "k", {"numbers": TABLE})
    two = store.save("b", "k", {"numbers": TABLE})
    assert one == two
    assert names(tmp_path) == ["manifest.json", one["numbers"].file]


@pytest.mark.parametrize("harm", ["truncated", "changed", "emptied", "removed", "folder"])
def test_a_file_that_is_not_as_it_was_written_is_not_trusted(tmp_path: Path, harm: str) -> None:
    store = Store(tmp_path)
    path = store.path(store.save("count", "k", {"numbers": TABLE})["numbers"])
    whole = path.read_bytes()
    if harm == "truncated":
        path.write_bytes(whole[:-9])
    elif harm == "changed":
        path.write_bytes(whole[:20] + bytes([whole[20] ^ 1]) + whole[21:])
    elif harm == "emptied":
        path.write_bytes(b"")
    else:
        path.unlink()
        if harm == "folder":
            path.mkdir()
    assert store.find("count", "k") is None


def test_one_broken_output_makes_the_whole_stage_be_made_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    entries = store.save("two", "k", {"a": TABLE, "b": TABLE.slice(1)})
    store.path(entries["b"]).unlink()
    assert store.find("two", "k") is None


def test_a_run_that_dies_before_the_manifest_leaves_nothing_to_be_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(path: Path, text: str) -> None:
        raise KeyboardInterrupt

    store = Store(tmp_path)
    store.save("first", "k", {"numbers": TABLE})
    with monkeypatch.context() as patch:
        patch.setattr(store_module, "write_whole", killed)
        with pytest.raises(KeyboardInterrupt):
            store.save("second", "k", {"numbers": TABLE.slice(1)})
    after = Store(tmp_path)
    assert after.find("first", "k") is not None
    assert after.find("second", "k") is None


def test_a_text_file_is_the_old_one_or_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "deep" / "brief.md"
    write_whole(path, "old\n")

    def full(handle: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(store_module, "_flush", full)
        with pytest.raises(StoreError, match="No space left on device"):
            write_whole(path, "new\n")
    assert path.read_text() == "old\n"
    assert names(tmp_path) == ["deep/brief.md"]
    write_whole(path, "ö\nnew\n")
    assert path.read_bytes() == "ö\nnew\n".encode()


def test_a_full_disk_is_a_store_error_and_leaves_no_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(table: pa.Table, path: Path) -> None:
        path.write_bytes(b"PAR")
        raise OSError(28, "No space left on device")

    store = Store(tmp_path)
    monkeypatch.setattr(store_module, "write_table", full)
    with pytest.raises(StoreError, match="numbers cannot be written: No space left"):
        store.save("count", "k", {"numbers": TABLE})
    assert names(tmp_path) == []


def test_stray_parts_are_swept_when_the_lock_is_taken(tmp_path: Path) -> None:
    store = Store(tmp_path)
    kept = store.save("count", "k", {"numbers": TABLE})["numbers"].file
    (tmp_path / "tables" / "events-4711.part").write_bytes(b"half")
    (tmp_path / "manifest.json.4711.part").write_text("{")
    with store.lock():
        assert names(tmp_path) == ["lock", "manifest.json", kept]


_HOLD = """
import sys
from pathlib import Path
from tiltmeter.store import Store
with Store(Path(sys.argv[1])).lock():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_refused_and_the_lock_falls_with_its_holder(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(StoreError, match="in use by another run") as caught, store.lock():
            pass
        assert caught.value.hint is not None
        assert "--workspace" in caught.value.hint
        other.kill()
        other.wait(30)
    with store.lock():
        pass


def test_what_another_run_saved_before_our_lock_is_seen(tmp_path: Path) -> None:
    late = Store(tmp_path)
    Store(tmp_path).save("count", "k", {"numbers": TABLE})
    assert late.find("count", "k") is None
    with late.lock():
        assert late.find("count", "k") is not None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (json.dumps({"format": FORMAT + 1, "stages": {}}), "another version"),
        (json.dumps({"stages": {}}), "another version"),
        (json.dumps({"format": FORMAT}), "another version"),
        ("[1, 2]", "another version"),
        ('{"format": 1, "sta', "manifest.json cannot be read"),
        ("", "manifest.json cannot be read"),
    ],
    ids=["newer", "no format", "no stages", "list", "cut off", "empty"],
)
def test_a_manifest_that_is_not_ours_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(StoreError, match=words) as caught:
        Store(tmp_path)
    assert caught.value.hint is not None
    assert "remove" in caught.value.hint


def test_a_manifest_in_bytes_that_are_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(StoreError, match="cannot be read"):
        Store(tmp_path)


def test_a_workspace_that_cannot_be_made_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreError, match="workspace"):
        Store(tmp_path / "file")
    (tmp_path / "ws" / "lock").mkdir(parents=True)
    with pytest.raises(StoreError, match="workspace"), Store(tmp_path / "ws").lock():
        pass


def test_digest_tells_apart_what_differs_and_not_the_order_of_keys() -> None:
    assert digest("a", {"x": 1, "y": 2}) == digest("a", {"y": 2, "x": 1})
    assert (
        len({digest("a", "b"), digest("b", "a"), digest("ab"), digest(["a", "b"]), digest()}) == 5
    )


def test_files_of_others_in_the_workspace_s_folder_are_left_alone(tmp_path: Path) -> None:
    for name in ("film.mkv.part", "tables/notes.part", "deep/er/download.part"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("not ours")
    with Store(tmp_path).lock():
        assert len(list(tmp_path.rglob("*.part"))) == 3


def test_an_entry_that_is_not_as_we_write_it_is_made_again(tmp_path: Path) -> None:
    held = {"count/a": {"outputs": {"numbers": {"file": 1}}}, "count/b": {}}
    (tmp_path / "manifest.json").write_text(json.dumps({"format": FORMAT, "stages": held}))
    store = Store(tmp_path)
    assert store.find("count", "a") is None
    assert store.find("count", "b") is None
