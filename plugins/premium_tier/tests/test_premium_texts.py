"""Is every code said somewhere, and in every language?"""

from pathlib import Path

import premium_tier

PACKAGE = Path(premium_tier.__file__).parent
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.glob("*.py"))
BENEFITS = {"extended_window", "free_return", "instant_refund", "priority_support"}


def test_no_code_is_declared_that_is_never_said() -> None:
    assert {code.code for code in premium_tier.manifest.codes if f'"{code.code}"' not in SOURCE} == set()


def test_every_benefit_has_a_title_in_both_languages() -> None:
    titled = {
        code.code
        for code in premium_tier.manifest.codes
        if all("title" in code.texts[locale] for locale in ("en", "zh"))
    }

    assert titled == BENEFITS


def test_the_readme_names_every_code_and_every_parameter() -> None:
    readme = (PACKAGE.parent / "README.md").read_text(encoding="utf-8")
    parameters = premium_tier.parameters.PremiumParameters.__struct_fields__
    codes = {code.code for code in premium_tier.manifest.codes}
    own = set(parameters)

    assert {name for name in own | codes if f"`{name}`" not in readme} == set()
