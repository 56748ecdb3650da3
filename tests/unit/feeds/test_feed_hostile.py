"""Folders, limits, archives and encodings that mean no good."""

from __future__ import annotations

import os
import stat
import unicodedata
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from feed_files import BODY, OPTIONS, archive, read_one, reasons, rows

from tiltmeter.errors import EmptyFeed, FeedUnavailable
from tiltmeter.feeds import FEEDS, Feed
from tiltmeter.feeds.text import TextOptions, read
from tiltmeter.schemas import DOCUMENTS, REJECTS

DAY = date(2014, 12, 3)


def test_feeds_is_one_explicit_tuple(tmp_path: Path) -> None:
    assert [f.name for f in FEEDS] == ["text"]
    (tmp_path / "2014-12-03.txt").write_text(BODY)
    for feed in FEEDS:
        assert isinstance(feed, Feed)
        assert list(feed.tables(tmp_path)) == list(feed.outputs)


def test_missing_and_special_paths(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    for path in (tmp_path / "none", Path("a\0b"), Path("x" * 5_000), tmp_path / "pipe.txt"):
        with pytest.raises(FeedUnavailable):
            read(path)
    with pytest.raises(EmptyFeed, match="not a regular file"):
        read(tmp_path)


def test_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(EmptyFeed, match="the folder is empty"):
        read(tmp_path)


def test_folder_is_read_in_order_and_everything_is_accounted_for(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / ".git").mkdir()
    for name, text in {
        "b/2014-12-04.txt": BODY + " B.",
        "a_2014-12-03.txt": BODY + " A.",
        ".DS_Store": "x",
        ".git/config": "x",
        "c.doc": "x",
        "d": "x",
    }.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "link.txt").symlink_to("/etc/passwd")
    seen: list[tuple[int, int, str]] = []
    found = read(tmp_path, OPTIONS, lambda *step: seen.append(step))
    assert found.documents["path"].to_pylist() == ["a_2014-12-03.txt", "b/2014-12-04.txt"]
    assert {(r["path"], r["reason"]) for r in found.rejects.to_pylist()} == {
        (".DS_Store", "hidden file"),
        (".git", "hidden folder"),
        ("c.doc", "unsupported type .doc: save it as .docx"),
        ("d", "unsupported type: no suffix"),
        ("link.txt", "symbolic link: not followed"),
    }
    assert seen[0] == (0, 4, "a_2014-12-03.txt")
    assert seen[-1] == (4, 4, "")
    again = read(tmp_path, OPTIONS)
    assert again.documents.equals(found.documents)
    assert again.rejects.equals(found.rejects)
    DOCUMENTS.check(found.documents)
    REJECTS.check(found.rejects)


def test_large_sparse_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "2014-12-03.txt").open("wb") as stream:
        stream.truncate(200 * 1024 * 1024)
    with pytest.raises(EmptyFeed, match="larger than 52,428,800 bytes"):
        read(tmp_path)


def test_limits_of_a_call(tmp_path: Path) -> None:
    for n in range(4):
        (tmp_path / f"2014-12-0{n + 1}.txt").write_text(f"{BODY} {n}.")
    found = read(tmp_path, TextOptions(max_documents=2))
    assert found.documents.num_rows == 2
    assert reasons(found) == [
        "limit of 2 documents reached: rest not read",
        "a limit was reached before this file: not read",
    ]
    found = read(tmp_path, TextOptions(max_total_bytes=150))
    assert found.documents.num_rows == 1


def test_zip(tmp_path: Path) -> None:
    inner = archive({"n_2014-12-05.txt": BODY + " inner"})
    data = archive(
        {
            "2014-12-03.txt": BODY,
            "../escape.txt": BODY,
            "/abs.txt": BODY,
            "C:/win.txt": BODY,
            "__MACOSX/x.txt": BODY,
            "inner.zip": inner,
            "deep.zip": archive({"two.zip": inner}),
            "a.exe": "x",
        }
    )
    found = read_one(tmp_path, "r.zip", data)
    assert found.documents["path"].to_pylist() == [
        "r.zip!2014-12-03.txt",
        "r.zip!inner.zip!n_2014-12-05.txt",
    ]
    assert {(r["path"], r["reason"]) for r in found.rejects.to_pylist()} == {
        ("r.zip!../escape.txt", "path leads out of the archive"),
        ("r.zip!/abs.txt", "path leads out of the archive"),
        ("r.zip!C:/win.txt", "path leads out of the archive"),
        ("r.zip!__MACOSX/x.txt", "hidden file"),
        ("r.zip!a.exe", "unsupported type .exe"),
        ("r.zip!deep.zip!two.zip", "archive within 2 archives: not opened"),
    }


def test_zip_date_from_the_name_of_the_archive(tmp_path: Path) -> None:
    (row,) = rows(read_one(tmp_path, "r_2014-12-03.zip", archive({"a.txt": BODY})))
    assert row["published"] == DAY


def test_zip_bombs_links_and_limits(tmp_path: Path) -> None:
    with pytest.raises(EmptyFeed, match="taken for a bomb"):
        read_one(tmp_path, "r.zip", archive({"a.txt": bytes(20_000_000)}))
    with pytest.raises(EmptyFeed, match="larger than 1,000 bytes"):
        read_one(
            tmp_path, "r.zip", archive({"a.txt": os.urandom(900) + bytes(900)}), max_bytes=1_000
        )
    link = zipfile.ZipInfo("l.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as stream:
        stream.writestr(link, "/etc/passwd")
    with pytest.raises(EmptyFeed, match="symbolic link"):
        read_one(tmp_path, "r.zip", out.getvalue())
    many = archive({f"2014-12-03_{n}.txt": f"{BODY} {n}" for n in range(5)})
    found = read_one(tmp_path, "r.zip", many, max_members=3)
    assert found.documents.num_rows == 3
    assert reasons(found) == ["2 members beyond 3 are not read"]


def test_encrypted_and_broken_zip(tmp_path: Path) -> None:
    data = bytearray(archive({"a.txt": BODY}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    with pytest.raises(EmptyFeed, match="encrypted"):
        read_one(tmp_path, "r.zip", bytes(data))
    with pytest.raises(EmptyFeed, match="broken archive"):
        read_one(tmp_path, "r.zip", archive({"a.txt": BODY})[:-30])
    with pytest.raises(EmptyFeed, match=r"but holds a \.zip"):
        read_one(tmp_path, "r.txt", archive({"a.txt": BODY}))


CURLY = "The minister’s “agreement” – signed in Baku – is a step towards Moscow, he said."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    (row,) = rows(read_one(tmp_path, "2014-12-03.txt", CURLY.encode(encoding)))
    assert row["text"] == CURLY


def test_other_encodings_and_languages(tmp_path: Path) -> None:
    russian = (
        "Президент Азербайджана встретился в Москве с министром иностранных дел России, и стороны "
        "обсудили сотрудничество в области энергетики и торговли между двумя странами."
    )
    (row,) = rows(read_one(tmp_path, "2014-12-03.txt", russian.encode("cp1251")))
    assert (row["text"], row["lang"]) == (russian, "ru")
    page = f'<meta charset="windows-1251"><p>{russian}</p>'.encode("cp1251")
    (tmp_path / "2014-12-03.txt").unlink()
    (row,) = rows(read_one(tmp_path, "2014-12-03.html", page))
    assert row["text"] == russian


@pytest.mark.parametrize(
    "data", [b"abc\0def" * 20, bytes(range(1, 32)) * 20, b"\x89PNG\r\n\x1a\n\0"]
)
def test_binary_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(EmptyFeed, match="binary data"):
        read_one(tmp_path, "2014-12-03.txt", data)


def test_few_broken_bytes_keep_the_text(tmp_path: Path) -> None:
    data = (CURLY * 20).encode() + b" \x81\xff end of it."
    found = read_one(tmp_path, "2014-12-03.txt", data)
    assert found.documents.num_rows == 1
    assert "not readable as utf-8" in reasons(found)[0]


def test_unseen_characters_and_combining_marks(tmp_path: Path) -> None:
    text = "The Kre\u00adm\u200blin\u202e met Ba\ufeffku\x07 offi\u00a0cials."
    text += "\r\n\r\n\r\n\tCafe\u0301 talks."
    found = read_one(tmp_path, "2014-12-03.txt", text)
    assert rows(found)[0]["text"] == "The Kremlin met Baku offi cials.\n\nCafé talks."
    assert reasons(found) == ["1 control character(s) taken out"]
    long = BODY + "a" + "\u0315\u0300" * 200_000
    (row,) = rows(read_one(tmp_path, "2014-12-03.txt", long))
    assert unicodedata.is_normalized("NFC", str(row["text"]))


def test_right_to_left(tmp_path: Path) -> None:
    arabic = "وقع الرئيسان اتفاقية جديدة للتعاون في مجال الطاقة بين البلدين في العاصمة يوم الأحد."
    (row,) = rows(read_one(tmp_path, "2014-12-03.txt", arabic))
    assert row["lang"] == "ar"


def test_unreadable_file_and_odd_names(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\xff_2014-12-03.txt"
    with open(name, "w") as stream:  # noqa: PTH123 - Path cannot name it portably
        stream.write(BODY)
    (row,) = rows(read(tmp_path, OPTIONS))
    assert row["path"] == "\ufffd_2014-12-03.txt"
    if os.geteuid():
        closed = tmp_path / "closed.txt"
        closed.write_text(BODY)
        closed.chmod(0)
        assert "cannot be read: Permission denied" in reasons(read(tmp_path, OPTIONS))


def test_a_guessed_encoding_and_lost_marks_are_told(tmp_path: Path) -> None:
    text = "Россия осудила Украину за обстрел города, сообщил министр. " * 5
    (tmp_path / "2014-12-06 a.txt").write_bytes(text.encode("koi8-r"))
    (tmp_path / "2014-12-06 b.txt").write_bytes(BODY.encode("utf-16-le"))
    (tmp_path / "2014-12-06 c.mbox").write_text("From a@b")
    told = {r["path"]: r["reason"] for r in read(tmp_path, OPTIONS).rejects.to_pylist()}
    assert "encoding guessed: koi8_r" in told["2014-12-06 a.txt"]
    assert "save it as UTF-8" in told["2014-12-06 b.txt"]
    assert "save each mail as .eml" in told["2014-12-06 c.mbox"]


def test_nothing_usable_says_of_which_files(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(BODY)
    (tmp_path / "b.csv").write_text("x")
    with pytest.raises(EmptyFeed) as caught:
        read(tmp_path, OPTIONS)
    for name in ("(a.txt)", "(b.csv)"):
        assert name in caught.value.message
