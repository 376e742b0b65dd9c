"""Which figures are absurd? Those out of their range are refused, and the range is said."""

from pathlib import Path

import no_reason_return
import premium_tier
import pytest
import quality_claim

from bff.policy.policy_files import PolicyError, read_policies

MANIFESTS = [plugin.manifest for plugin in (no_reason_return, premium_tier, quality_claim)]


def problems(directory: Path, text: str, plugin: str = "no_reason_return") -> list[str]:
    (directory / "mine.toml").write_text(f'plugin = "{plugin}"\n{text}')
    try:
        read_policies(directory, MANIFESTS)
    except PolicyError as error:
        return list(error.problems)
    return []


@pytest.mark.parametrize(
    ("plugin", "key", "value", "allowed"),
    [
        ("no_reason_return", "window_days", "-1", "a whole number from 0 to 3660"),
        ("no_reason_return", "window_days", "3661", "a whole number from 0 to 3660"),
        ("no_reason_return", "statutory_days", "-14", "a whole number from 0 to 3660"),
        ("no_reason_return", "restocking_bps", "-1", "a whole number from 0 to 10000"),
        ("no_reason_return", "restocking_bps", "10001", "a whole number from 0 to 10000"),
        ("no_reason_return", "first_response_minutes", "-1", "a whole number from 0 to 525600"),
        (
            "no_reason_return",
            "return_methods",
            "[]",
            "a list of at least 1, each one of 'PICKUP', 'DROP_OFF', 'MAIL'",
        ),
        ("premium_tier", "free_return_bps", "10001", "a whole number from 0 to 10000"),
        ("premium_tier", "window_days", "99999", "a whole number from 0 to 3660"),
        ("premium_tier", "free_returns_a_month", "-3", "a whole number from 0 to 1000"),
        ("quality_claim", "guarantee_days", "3661", "a whole number from 0 to 3660"),
        ("quality_claim", "failed_repairs_for_refund", "-1", "a whole number from 0 to 1000"),
    ],
)
def test_a_figure_out_of_its_range_is_refused_and_the_range_said(
    tmp_path: Path, plugin: str, key: str, value: str, allowed: str
) -> None:
    [problem] = problems(tmp_path, f'[[record]]\nid = "r"\nkey = "{key}"\nvalue = {value}\n', plugin)

    assert problem.startswith(f"mine.toml: record 'r': {key} = {value}: ")
    assert problem.endswith(f"; allowed is {allowed}")


@pytest.mark.parametrize(
    ("key", "value"), [("window_days", "0"), ("window_days", "3660"), ("restocking_bps", "10000")]
)
def test_the_ends_of_a_range_are_allowed(tmp_path: Path, key: str, value: str) -> None:
    assert problems(tmp_path, f'[[record]]\nid = "r"\nkey = "{key}"\nvalue = {value}\n') == []


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda manifest: manifest.name)
def test_no_whole_number_may_be_negative(tmp_path: Path, manifest: object) -> None:
    assert isinstance(manifest, type(MANIFESTS[0]))
    defaults = manifest.parameters()
    numbers = [key for key in defaults.__struct_fields__ if type(getattr(defaults, key)) is int]

    text = "".join(f'[[record]]\nid = "{key}"\nkey = "{key}"\nvalue = -1\n' for key in numbers)
    assert len(problems(tmp_path, text, manifest.name)) == len(numbers) > 0


def test_an_amount_is_never_negative(tmp_path: Path) -> None:
    text = '[[record]]\nid = "r"\nkey = "return_freight"\nvalue = { EUR = "-4.90" }\n'

    assert problems(tmp_path, text) == [
        (
            "mine.toml: record 'r': return_freight = {'EUR': '-4.90'}: '-4.90' is negative; allowed is a table of "
            'decimal texts by currency, such as { SGD = "5.00" }'
        )
    ]


def test_a_record_for_no_market_is_refused(tmp_path: Path) -> None:
    text = '[[record]]\nid = "r"\nkey = "window_days"\nvalue = 7\nscope = { market = [] }\n'

    assert problems(tmp_path, text) == [
        "mine.toml: record 'r': window_days: market = [] names none; leave it out to mean every market"
    ]


@pytest.mark.parametrize("part", ["merchant", "channel"])
def test_a_scope_that_names_nobody_is_refused(tmp_path: Path, part: str) -> None:
    text = f'[[record]]\nid = "r"\nkey = "window_days"\nvalue = 7\nscope = {{ {part} = "" }}\n'

    assert problems(tmp_path, text) == [
        f"mine.toml: record 'r': window_days: {part} = '' names none; leave it out to mean every {part}"
    ]


@pytest.mark.parametrize("name", ["", "  "])
def test_a_record_without_a_name_is_refused(tmp_path: Path, name: str) -> None:
    text = f'[[record]]\nid = "{name}"\nkey = "window_days"\nvalue = 7\n'

    assert problems(tmp_path, text) == [
        "mine.toml: record 'number 1': id is empty; allowed is a text that no other record has"
    ]


def test_a_directory_without_a_policy_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "segments.toml").write_text('order = ["premium"]\n')

    with pytest.raises(PolicyError) as error:
        read_policies(tmp_path, MANIFESTS)
    assert error.value.problems == (
        f"{tmp_path}: holds no policy file; at least one *.toml with a plugin's records is expected there",
    )
