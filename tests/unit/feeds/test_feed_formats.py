"""Each format gives title, parts, date and publisher; each broken file gives a reason."""

from __future__ import annotations

import gzip
import io
from datetime import date
from pathlib import Path

import docx
import pypdf
import pytest
from feed_files import BODY, archive, jsonl, pdf, read_one, reasons, rows, xz

from tiltmeter.errors import EmptyFeed
from tiltmeter.feeds.text import TextOptions, read

DAY = date(2014, 12, 3)


def test_plain_text_like_the_seed(tmp_path: Path) -> None:
    text = (
        "Azerbaijan: closer to Russia, further from the West\n\nOn 3 December the media published"
        " an article.\n\n\n\n  • Mekhtiyev’s article has been received.\n  • Both are a sign,"
        " 3.5 of them.\n"
    )
    (row,) = rows(read_one(tmp_path, "azerbaijan_2014.txt", text))
    assert [k for k, _ in row["segments"]] == ["title", "lead", "bullet", "bullet"]
    assert row["segments"][2][1] == "Mekhtiyev’s article has been received."
    assert (row["published"], row["date_precision"]) == (date(2014, 12, 31), "year")
    assert (row["date_origin"], row["lang"]) == ("file_name", "en")


def test_option_refines_a_bare_year(tmp_path: Path) -> None:
    (row,) = rows(read_one(tmp_path, "a_2014.txt", BODY, date=DAY))
    assert (row["published"], row["date_origin"]) == (DAY, "option")


def test_hard_wrapped_lines_and_hyphens(tmp_path: Path) -> None:
    text = (
        "The President of the Republic received the foreign min-\nister of Russia in Baku on Mon-\n"
        "day, and they discussed trade between the two coun-\ntries at length.\n- one\n- two\n"
    )
    (row,) = rows(read_one(tmp_path, "20141203.txt", text))
    assert row["segments"][0][1].startswith("The President of the Republic received the foreign mi")
    assert "minister of Russia in Baku on Monday, and" in row["text"]
    assert [k for k, _ in row["segments"]] == ["body", "bullet", "bullet"]


def test_markdown_front_matter(tmp_path: Path) -> None:
    text = (
        "---\ntitle: 'Baku turns'\ndate: 2014-12-03\npublisher: OSW\n---\n\n## Lead\n\n"
        "A **bold** move with a [link](http://x.org/a) ![i](b.png).\n\n* one\n* two `x`\n"
    )
    (row,) = rows(read_one(tmp_path, "a.md", text))
    assert (row["title"], row["outlet"], row["published"]) == ("Baku turns", "OSW", DAY)
    assert row["date_origin"] == "front_matter"
    assert ("bullet", "two x") in row["segments"]
    assert "A bold move with a link ." in row["text"]


def test_markdown_toml_and_broken_toml(tmp_path: Path) -> None:
    (row,) = rows(
        read_one(tmp_path, "a.md", f"+++\ndate = 2014-12-03\n+++\n# Title here\n\n{BODY}")
    )
    assert (row["title"], row["published"]) == ("Title here", DAY)
    found = read_one(tmp_path, "a.md", f"+++\ndate = \n+++\n{BODY}", date=DAY)
    assert any("not TOML" in r for r in reasons(found))


HTML = f"""<!doctype html><html><head><title>Baku turns | The Site</title>
<meta property="og:site_name" content="The Site"><script>var x = "script words";</script>
<meta property="article:published_time" content="2014-12-03T10:00:00+04:00"></head><body>
<header><h1>The Site</h1></header><nav><ul><li>Menu words</li></ul></nav>
<article><header><h1>Baku turns</h1></header><p>{BODY}</p><p hidden>hidden words</p>
<ul><li>First <b>point</b>.</li><li><p>Second</p></li></ul><p>More text after<br>a break.</p>
<p>{BODY}</p><aside>aside words</aside><div class="related">related words</div></article>
<footer>footer words</footer></body></html>"""


def test_html(tmp_path: Path) -> None:
    (row,) = rows(read_one(tmp_path, "a.html", HTML))
    assert (row["title"], row["outlet"], row["published"]) == ("Baku turns", "The Site", DAY)
    kinds = [k for k, _ in row["segments"]]
    assert kinds == ["title", "lead", "bullet", "bullet", "body", "body", "body"]
    for word in ("script", "Menu", "hidden", "aside", "related", "footer"):
        assert f"{word} words" not in row["text"]
    assert ("bullet", "First point.") in row["segments"]


@pytest.mark.parametrize(
    "head",
    [
        '<script type="application/ld+json">{"@graph":[{"datePublished":"2014-12-03T01:00Z",'
        '"publisher":{"name":"P"}}]}</script>',
        '<time datetime="2014-12-03">x</time>',
        '<meta name="DC.date" content="3 December 2014">',
        '<link rel="canonical" href="https://x.org/2014/12/03/baku">',
    ],
)
def test_html_dates(tmp_path: Path, head: str) -> None:
    (row,) = rows(read_one(tmp_path, "a.htm", f"<body>{head}<p>{BODY}</p></body>"))
    assert (row["published"], row["date_origin"]) == (DAY, "metadata")


def test_deep_and_odd_html(tmp_path: Path) -> None:
    deep = "<div>" * 20_000 + BODY + "<li>" * 100
    (row,) = rows(read_one(tmp_path, "2014-12-03.html", deep))
    assert BODY in row["text"]


PAGE = [
    "Report of the Institute",
    "Azerbaijan turns to Russia",
    "The two governments signed an agreement on gas and trans-",
    "port in Baku on Monday, and the minister praised it at great",
    "length.",
    "A second paragraph begins here and goes on over a line until",
]


def test_pdf(tmp_path: Path) -> None:
    pages = [
        [*PAGE, "1"],
        ["Report of the Institute", "it ends on the second page.", "2"],
        ["Report of the Institute", "The third page has a little more to say.", "3"],
    ]
    data = pdf(pages, "/CreationDate (D:20141203100000Z) /Title (Azerbaijan turns to Russia)")
    (row,) = rows(read_one(tmp_path, "a.pdf", data))
    assert row["title"] == "Azerbaijan turns to Russia"
    assert "transport in Baku" in row["text"]
    assert "goes on over a line until it ends on the second page." in row["text"]
    assert "Institute" not in row["text"]
    assert (row["published"], row["date_origin"]) == (DAY, "metadata")
    (row,) = rows(read_one(tmp_path, "a.pdf", data, date=date(2015, 1, 1)))
    assert row["date_origin"] == "option"


def encrypted(password: str) -> bytes:
    writer = pypdf.PdfWriter()
    writer.append(io.BytesIO(pdf([[BODY]])))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (encrypted("secret"), "encrypted PDF"),
        (pdf([PAGE])[:300], "broken PDF"),
        (b"%PDF-1.4\n" + b"\xff" * 400, "broken PDF"),
        (b"hello, no pdf at all", "broken PDF"),
        (pdf([[]]), "OCR is needed"),
        (b"", "empty file"),
    ],
)
def test_bad_pdf(tmp_path: Path, data: bytes, why: str) -> None:
    with pytest.raises(EmptyFeed, match=why):
        read_one(tmp_path, "a.pdf", data, date=DAY)


def test_pdf_locked_only_against_changes(tmp_path: Path) -> None:
    (row,) = rows(read_one(tmp_path, "a.pdf", encrypted(""), date=DAY))
    assert "signed an agreement" in row["text"]


def word() -> bytes:
    document = docx.Document()
    document.add_heading("Baku turns", 0)
    document.add_paragraph(BODY)
    document.add_paragraph("First point", style="List Bullet")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "left", "right"
    document.add_paragraph("The last paragraph.")
    document.core_properties.created = __import__("datetime").datetime(2014, 12, 3)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_docx(tmp_path: Path) -> None:
    (row,) = rows(read_one(tmp_path, "a.docx", word()))
    assert [k for k, _ in row["segments"]] == ["title", "lead", "bullet", "body", "body"]
    assert ("body", "left | right") in row["segments"]
    assert (row["published"], row["date_origin"]) == (DAY, "metadata")
    (row,) = rows(read_one(tmp_path, "a.docx", word(), date=date(2015, 1, 1)))
    assert row["date_origin"] == "option"


def test_docx_with_entities_and_broken(tmp_path: Path) -> None:
    bad = archive({"word/document.xml": '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a/>'})
    with pytest.raises(EmptyFeed, match="document type declaration"):
        read_one(tmp_path, "a.docx", bad)
    with pytest.raises(EmptyFeed, match="broken Word file"):
        read_one(tmp_path, "a.docx", word()[:500])
    with pytest.raises(EmptyFeed, match="encrypted Word file"):
        read_one(tmp_path, "a.docx", b"\xd0\xcf\x11\xe0" + bytes(100))


MAIL = (
    "From: The Desk <desk@example.org>\nSubject: =?utf-8?q?Baku_turns?=\n"
    "Date: Wed, 03 Dec 2014 23:30:00 +0400\nMIME-Version: 1.0\n"
    "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n"
    f"{BODY}\n--b\nContent-Type: text/plain\n"
    'Content-Disposition: attachment; filename="../note.txt"\n\nThe attached note says that Baku'
    " moved.\n--b\nContent-Type: image/png\nContent-Disposition: attachment; filename=a.png\n\nx\n"
    "--b--\n"
)


def test_mail_and_attachments(tmp_path: Path) -> None:
    found = read_one(tmp_path, "a.eml", MAIL)
    first, second = rows(found)
    assert (first["title"], first["outlet"], first["published"]) == ("Baku turns", "The Desk", DAY)
    assert second["path"] == "a.eml!.._note.txt"
    assert (second["published"], second["outlet"]) == (DAY, "The Desk")
    assert reasons(found) == ["unsupported type .png"]


def test_html_mail(tmp_path: Path) -> None:
    text = f"Subject: S\nDate: junk\nContent-Type: text/html\n\n<p>{BODY}</p>"
    found = read_one(tmp_path, "2014-12-03.eml", text)
    assert rows(found)[0]["date_origin"] == "file_name"
    assert "'junk' cannot be read" in reasons(found)[0]


def test_records(tmp_path: Path) -> None:
    records: list[object] = [
        {
            "id": 7,
            "date": "2014-12-03",
            "title": "T of it",
            "text": BODY,
            "publisher": {"name": "P"},
        },
        {"kind": "heading", "text": "Iraq War", "date": "2014-12-03"},
        {
            "body": BODY + " More.",
            "published_at": "2014-12-03T10:00:00Z",
            "outlet": "O",
            "lang": "de-AT",
        },
        {"text": "  ", "date": "2014-12-03"},
        {"text": BODY + " Undated."},
        {"text": BODY + " Yearly.", "year": 2014},
        {"text": BODY + " Ambiguous.", "date": "03/04/2014"},
        {"text": BODY + " Old.", "date": "1812-06-24"},
        {"text": BODY + " Late.", "date": "2031-01-01"},
        [1],
    ]
    text = jsonl(records) + '{"text": \n' + '{"text": "\\ud800 ' + BODY + '", "date": "2014-12-03"}'
    found = read_one(tmp_path, "a.jsonl", text)
    got = rows(found)
    assert [r["published"] for r in got] == [DAY, DAY, date(2014, 12, 31), DAY]
    assert (got[0]["external_id"], got[0]["outlet"], got[1]["lang"]) == ("7", "P", "de")
    rejected = {r["place"]: r["reason"] for r in found.rejects.to_pylist()}
    assert rejected[""] == "1 heading records are topic lines, not reports"
    assert rejected["line 4"].startswith("no text")
    assert rejected["line 5"].startswith("no date")
    assert "ambiguous" in rejected["line 7"]
    assert "before 1900" in rejected["line 8"]
    assert "year ahead" in rejected["line 9"]
    assert rejected["line 10"] == "not a JSON object"
    assert rejected["line 11"].startswith("not JSON")
    assert rejected["line 12"] == "1 control character(s) taken out"


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "1" * 10_000, "NaN", "\x00"])
def test_hostile_json(tmp_path: Path, text: str) -> None:
    with pytest.raises(EmptyFeed):
        read_one(tmp_path, "a.jsonl", text)


def test_many_bad_lines_are_counted(tmp_path: Path) -> None:
    with pytest.raises(EmptyFeed, match="1001 refused") as caught:
        read_one(tmp_path, "a.jsonl", "x\n" * 5_000)
    assert caught.value.context["rejects"].num_rows == 1_001


@pytest.mark.parametrize(
    ("name", "pack"),
    [("2014-12-03.txt.gz", gzip.compress), ("2014-12-03.txt.xz", lambda b: xz(b.decode()))],
)
def test_packed(tmp_path: Path, name: str, pack: object) -> None:
    data = pack(BODY.encode())  # type: ignore[operator]
    assert rows(read_one(tmp_path, name, data))[0]["text"] == BODY
    with pytest.raises(EmptyFeed, match="broken"):
        read_one(tmp_path, name, data[:-12])
    with pytest.raises(EmptyFeed, match="unpacks to more than"):
        read_one(tmp_path, name, pack(BODY.encode() * 100), max_bytes=1_000)  # type: ignore[operator]


def test_packed_twice(tmp_path: Path) -> None:
    with pytest.raises(EmptyFeed, match="packed twice"):
        read_one(tmp_path, "a.txt.gz.gz", gzip.compress(b"x"))


def test_single_file_and_missing_date(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(BODY)
    with pytest.raises(EmptyFeed, match="no date: give --date or put one in the file name"):
        read(path)
    assert rows(read(path, TextOptions(date=DAY)))[0]["path"] == "a.txt"
