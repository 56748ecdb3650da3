"""Studies: what is accepted, and the hint that goes with each refusal."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tiltmeter.config import month, read_study, study
from tiltmeter.errors import CodeError, ConfigError, TiltmeterError


def test_a_study_from_codes_or_names() -> None:
    made = study("AZE", ["RUS", "WEST"], first="2012-01", last="2014-12")
    assert made.state == "AZE"
    assert [p.name for p in made.poles] == ["RUS", "WEST"]
    assert (made.first, made.last, made.ci_prob) == (date(2012, 1, 1), date(2014, 12, 1), 0.9)
    assert study(" Azerbaijan ", [" rus ", ""]).state == "AZE"


def test_open_months_are_left_to_the_data() -> None:
    made = study("UKR", ["RUS"])
    assert (made.first, made.last) == (None, None)


def test_a_compound_pole_is_shown_with_its_parts() -> None:
    shown = [p.name for p in study("AZE", ["RUS", "WEST"]).with_parts]
    assert shown[:2] == ["RUS", "WEST"]
    assert {"USA", "EU"} <= set(shown)
    assert len(shown) == len(set(shown))


def test_a_part_that_is_asked_for_is_not_shown_twice() -> None:
    shown = [p.name for p in study("AZE", ["USA", "WEST"]).with_parts]
    assert shown.count("USA") == 1


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        ({"state_code": "Azerbeijan"}, CodeError, "Azerbaijan"),
        ({"state_code": "XYZ"}, CodeError, "nearest"),
        ({"pole_names": ["RUS", "WETS"]}, CodeError, "WEST"),
        ({"pole_names": []}, ConfigError, "no pole is named"),
        ({"pole_names": [" ", ""]}, ConfigError, "no pole is named"),
        ({"pole_names": ["RUS", "RUS"]}, ConfigError, "named twice"),
        ({"pole_names": ["AZE"]}, CodeError, "cannot lean towards itself"),
        ({"first": "2014-12", "last": "2012-01"}, ConfigError, "is after to"),
        ({"first": "2014"}, ConfigError, "write YYYY-MM"),
        ({"first": "2014-13"}, ConfigError, "is not a month"),
        ({"last": "1914-08"}, ConfigError, "1946"),
        ({"ci_prob": 0.5}, ConfigError, "between 0.5 and 1"),
        ({"ci_prob": 1.0}, ConfigError, "between 0.5 and 1"),
        ({"ci_prob": float("nan")}, ConfigError, "between 0.5 and 1"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_way_out(
    arguments: dict[str, object], kind: type[TiltmeterError], words: str
) -> None:
    given: dict[str, object] = {"state_code": "AZE", "pole_names": ["RUS", "WEST"]} | arguments
    with pytest.raises(kind) as caught:
        study(given.pop("state_code"), given.pop("pole_names"), **given)  # type: ignore[arg-type]
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("code", "first", "last", "refused"),
    [
        ("FRA", "2012-01", "2014-12", True),
        ("HRV", "2005-01", "2012-12", False),  # joined on 1 July 2013
        ("HRV", "2012-01", "2014-12", True),
        ("HRV", None, None, True),
        ("GBR", "2020-03", "2024-12", False),
        ("GBR", "2019-01", "2024-12", True),
    ],
)
def test_a_member_of_the_pole_is_refused_for_the_months_it_is_one(
    code: str, first: str | None, last: str | None, refused: bool
) -> None:
    if not refused:
        assert study(code, ["EU"], first=first, last=last).state == code
        return
    with pytest.raises(ConfigError, match="is a member of the pole EU") as caught:
        study(code, ["EU"], first=first, last=last)
    assert caught.value.hint is not None
    assert "study file" in caught.value.hint


def test_the_last_month_asked_for_counts_to_its_last_day() -> None:
    # Croatia joined on 1 July 2013: a study that ends with July holds a month of membership
    with pytest.raises(ConfigError, match="is a member"):
        study("HRV", ["EU"], first="2012-01", last="2013-07")


@pytest.mark.parametrize("text", ["2014-1", "14-01", "2014-00", "2014-01-01", "", "٢٠١٤-٠١"])
def test_months_are_written_one_way(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        month(text, "from")
    assert caught.value.context["key"] == "from"


def write(folder: Path, text: str) -> Path:
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_study_file_with_a_pole_of_its_own(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
state = "ARM"
poles = ["RUS", "NORDIC"]
from = "2012-01"
to = "2014-12"
ci_prob = 0.8

[[pole]]
name = "NORDIC"
[[pole.member]]
iso3 = "NOR"
[[pole.member]]
iso3 = "SWE"
from = 1995-01-01
""",
    )
    made = read_study(path)
    assert (made.state, made.ci_prob, made.last) == ("ARM", 0.8, date(2014, 12, 1))
    nordic = made.poles[1]
    assert nordic.members_on(date(1990, 1, 1)) == {"NOR"}
    assert nordic.members_on(date(2000, 1, 1)) == {"NOR", "SWE"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('state = "ARM"', "state and poles are needed"),
        ('state = "ARM"\npoles = ["RUS"]\ncolour = 1', "unknown key(s) ['colour']"),
        ("state = ", "study.toml"),
        ('state = "ARM"\npoles = "RUS"', "poles"),
        ('state = "ARM"\npoles = ["RUS"]\nci_prob = "high"', "ci_prob"),
        ('state = "ARM"\npoles = ["RUS"]\nfrom = 2012', "from"),
        ('state = "ARM"\npoles = ["RUS"]\n[[pole]]\nname = "X"', "member"),
    ],
)
def test_a_study_file_that_cannot_be_used_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_study(write(tmp_path, text))
    assert words in str(caught.value)


def test_a_study_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"study file .*none\.toml"):
        read_study(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"bad\.toml"):
        read_study(tmp_path / "bad.toml")


def test_a_day_in_a_study_file_is_not_a_month(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is not a month"):
        read_study(write(tmp_path, 'state = "ARM"\npoles = ["RUS"]\nfrom = 2012-01-01'))


@pytest.mark.parametrize("key", ["first", "last"])
def test_months_to_come_are_refused(key: str) -> None:
    with pytest.raises(ConfigError, match="lies in the future") as caught:
        study("AZE", ["RUS"], **{key: "9999-12"})
    assert caught.value.hint is not None


def test_a_study_file_nested_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is not TOML"):
        read_study(write(tmp_path, "poles = " + "[" * 100_000))
