"""Is every code said somewhere, and in every language?"""

from pathlib import Path

import no_reason_return

PACKAGE = Path(no_reason_return.__file__).parent
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.glob("*.py"))
# Codes that are put together: an exclusion's own name, or "not_" and a state.
BUILT = {each.value for each in no_reason_return.parameters.Exclusion} | {
    f"not_{each.value}" for each in no_reason_return.parameters.Intactness
}


def test_no_code_is_declared_that_is_never_said() -> None:
    declared = {code.code for code in no_reason_return.manifest.codes}

    assert {code for code in declared - BUILT if f'"{code}"' not in SOURCE} == set()
    assert declared >= BUILT


def test_every_code_is_worded_in_both_languages() -> None:
    assert all({"en", "zh"} == set(code.texts) for code in no_reason_return.manifest.codes)


def test_the_readme_names_every_code_and_every_parameter() -> None:
    readme = (PACKAGE.parent / "README.md").read_text(encoding="utf-8")
    parameters = no_reason_return.parameters.NoReasonParameters.__struct_fields__
    codes = {code.code for code in no_reason_return.manifest.codes}
    own = set(parameters)

    assert {name for name in own | codes if f"`{name}`" not in readme} == set()
