"""What stops the start? Every problem of every policy file, each with file, record, key and what is allowed."""

from datetime import date
from enum import StrEnum
from pathlib import Path

import pytest
from msgspec import Struct

from bff.policy.manifest import Amounts, Floor
from bff.policy.parameters import Circumstances, Days, PolicySet
from bff.policy.policy_files import PolicyError
from bff.policy.testing import a_manifest
from bff.vocabulary import Resolution

TODAY = Days(date(2026, 11, 1), date(2026, 11, 10), date(2026, 11, 20))


class Mood(StrEnum):
    KIND = "kind"
    FIRM = "firm"


class Rules(Struct, frozen=True):
    days: int = 7
    opened: bool = False
    mood: Mood = Mood.KIND
    fee: Amounts = Amounts({})
    offers: tuple[Resolution, ...] = ()


MANIFESTS = [a_manifest("rule", parameters=Rules, floors={"days": Floor.AT_LEAST})]


def load(directory: Path, text: str, plugin: str = "rule") -> PolicySet:
    (directory / "segments.toml").write_text('order = ["plus", "staff"]\n')
    (directory / "rule.toml").write_text(f'plugin = "{plugin}"\n{text}')
    return PolicySet.load(directory, MANIFESTS)


def problems(directory: Path, text: str, plugin: str = "rule") -> tuple[str, ...]:
    with pytest.raises(PolicyError) as error:
        load(directory, text, plugin)
    return error.value.problems


def a_record(rest: str, id: str = "r", key: str = "days") -> str:  # noqa: A002
    return f'[[record]]\nid = "{id}"\nkey = "{key}"\n{rest}\n'


def test_records_are_read_with_their_own_types(tmp_path: Path) -> None:
    policies = load(
        tmp_path,
        'review_by = 2027-05-01\nnote = "checked"\n'
        + a_record('value = 14\nscope = { market = ["DE", "FR"] }\nlaw = "art. 9"', "withdrawal")
        + a_record('value = { SGD = "5.00", KWD = "1.200" }', "fee", "fee")
        + a_record('value = "firm"', "mood", "mood")
        + a_record('value = ["REPAIR"]', "offers", "offers"),
    )
    resolved = policies.resolve("rule", Circumstances("FR"), TODAY)
    assert resolved.values == Rules(
        days=14, mood=Mood.FIRM, fee=Amounts({"SGD": 500, "KWD": 1200}), offers=(Resolution.REPAIR,)
    )
    assert resolved.records["days"].law == "art. 9"
    assert policies.resolve("rule", Circumstances("SG"), TODAY).values.days == 7


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            a_record("value = 14", key="day"),
            "rule.toml: record 'r': 'day' is no parameter of rule; did you mean 'days'?",
        ),
        (
            a_record('value = "14"'),
            "rule.toml: record 'r': days = '14': Expected `int`, got `str`; allowed is a whole number",
        ),
        (
            a_record('value = "cross"', key="mood"),
            "rule.toml: record 'r': mood = 'cross': Invalid enum value 'cross'; allowed is one of 'kind', 'firm'",
        ),
        (
            a_record('value = { SGD = "5.001" }', key="fee"),
            (
                "rule.toml: record 'r': fee = {'SGD': '5.001'}: '5.001' has more decimal places than SGD, which "
                'has 2; allowed is a table of decimal texts by currency, such as { SGD = "5.00" }'
            ),
        ),
        (
            a_record("value = { SGD = 5.0 }", key="fee"),
            (
                "rule.toml: record 'r': fee = {'SGD': 5.0}: Expected `str`, got `float` - at `$[...]`; "
                'allowed is a table of decimal texts by currency, such as { SGD = "5.00" }'
            ),
        ),
        (
            a_record('value = 1\nscope = { market = "NO" }'),
            (
                "rule.toml: record 'r': days: market 'NO' is not served; there are CN, DE, FR, GB, ID, MY, PH, "
                "SG, TH, US, VN"
            ),
        ),
        (
            a_record('value = 1\nscope = { segment = "vip" }'),
            "rule.toml: record 'r': days: segment 'vip' is not in segments.toml, which orders plus, staff",
        ),
        (
            a_record('value = 1\nscope = { category = "/shoes" }'),
            "rule.toml: record 'r': days: category '/shoes' is not a path, such as 'apparel/shoes'",
        ),
        (
            a_record("value = 1\nvalid_from = 2026-02-01\nvalid_to = 2026-02-01"),
            "rule.toml: record 'r': days: ends on 2026-02-01, not after it starts on 2026-02-01",
        ),
        (
            a_record('value = 1\nscope = { city = "Bonn" }'),
            (
                "rule.toml: record 'r': Object contains unknown field `city` - at `$.scope`; a record may have "
                "id, key, value, scope, valid_from, valid_to, law, note"
            ),
        ),
        (
            '[[record]]\nid = "r"\nkey = "days"\n',
            (
                "rule.toml: record 'r': Object missing required field `value`; a record may have id, key, value, "
                "scope, valid_from, valid_to, law, note"
            ),
        ),
        (
            "[[record]]\nkey = 'days'\nvalue = 1\n",
            (
                "rule.toml: record 'number 1': Object missing required field `id`; a record may have id, key, "
                "value, scope, valid_from, valid_to, law, note"
            ),
        ),
        (
            a_record("value = 1", "one") + a_record("value = 2", "two"),
            (
                "rule.toml: record 'two': days: holds in the same scope and on the same days as 'one' of "
                "rule.toml; end one before the other starts"
            ),
        ),
        (
            a_record("value = 1") + a_record("value = true", key="opened"),
            "rule.toml: record 'r': opened: the id is taken by a record for days in rule.toml",
        ),
        (
            a_record('value = 14\nscope = { market = "DE" }\nlaw = "art. 9"', "law")
            + a_record('value = 7\nscope = { merchant = "m" }', "mean"),
            (
                "rule.toml: record 'mean': days = 7 is worse for the customer than 14, which 'law' of rule.toml "
                "owes under art. 9"
            ),
        ),
        (
            "records = []\n",
            "rule.toml: Object contains unknown field `records`; the file may have plugin, record,",
        ),
        ("[[record\n", "rule.toml: is not TOML: "),
    ],
)
def test_a_problem_names_file_record_key_and_what_is_allowed(tmp_path: Path, text: str, problem: str) -> None:
    [found] = problems(tmp_path, text)
    assert found.startswith(problem)


def test_all_problems_are_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text('plugin = "rul"\n')
    text = a_record("value = 1", "a", "day") + a_record("value = true", "b") + a_record("value = 1", "c", "mood")
    assert [found.partition(": ")[0] for found in problems(tmp_path, text)] == ["other.toml", *["rule.toml"] * 3]
    assert problems(tmp_path, text)[0] == "other.toml: 'rul' is no plugin that takes part; did you mean 'rule'?"


def test_a_merchant_elsewhere_or_later_is_not_held_to_the_floor(tmp_path: Path) -> None:
    load(
        tmp_path,
        a_record('value = 14\nscope = { market = "DE" }\nlaw = "art. 9"\nvalid_to = 2027-01-01', "law")
        + a_record('value = 7\nscope = { market = "SG", merchant = "m" }', "elsewhere")
        + a_record('value = 8\nscope = { market = "DE", merchant = "m" }\nvalid_from = 2027-01-01', "later")
        + a_record('value = 30\nscope = { market = "DE", merchant = "n" }', "better"),
    )


def test_dates_that_follow_one_another_do_not_tie(tmp_path: Path) -> None:
    policies = load(
        tmp_path,
        a_record("value = 1\nvalid_to = 2026-02-01", "old")
        + a_record("value = 2\nvalid_from = 2026-02-01", "new"),
    )
    assert [record.id for record in policies.records] == ["new", "old"]


def test_a_directory_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="is no directory; policy files are expected there"):
        PolicySet.load(tmp_path / "nowhere", MANIFESTS)


def test_the_files_of_a_plugin_that_takes_no_part_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text('plugin = "other"\n' + a_record("value = 1"))
    assert PolicySet.load(tmp_path, MANIFESTS, idle={"other"}).records == ()
    with pytest.raises(PolicyError, match="'other' is no plugin that takes part"):
        PolicySet.load(tmp_path, MANIFESTS)
