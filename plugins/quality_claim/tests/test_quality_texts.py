"""Is every code said somewhere, and in every language?"""

from pathlib import Path

import quality_claim

from bff.vocabulary import BASIS_OF, EvidenceKind

PACKAGE = Path(quality_claim.__file__).parent
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.glob("*.py"))
PARTIES = ("merchant", "carrier", "platform")
# Codes that are put together from a kind of evidence, a burden or a party.
BUILT = {
    *(f"show_{kind.value.lower()}" for kind in EvidenceKind),
    *(burden.value for burden in quality_claim.liability.Burden if burden.value),
    *(f"{party}_liable" for party in PARTIES),
    *(f"freight_on_{party}" for party in PARTIES),
}


def test_no_code_is_declared_that_is_never_said() -> None:
    declared = {code.code for code in quality_claim.manifest.codes}

    assert {code for code in declared - BUILT if f'"{code}"' not in SOURCE} == set()
    assert declared >= BUILT


def test_every_code_is_worded_in_both_languages() -> None:
    assert all({"en", "zh"} == set(code.texts) for code in quality_claim.manifest.codes)


def test_every_reason_has_its_evidence() -> None:
    fields = quality_claim.parameters.QualityParameters.__struct_fields__
    owned = {reason for reason, basis in BASIS_OF.items() if basis in quality_claim.manifest.bases}

    assert {f"evidence_{reason.value.lower()}" for reason in owned} <= set(fields)


def test_the_readme_names_every_code_and_every_parameter() -> None:
    readme = (PACKAGE.parent / "README.md").read_text(encoding="utf-8")
    parameters = quality_claim.parameters.QualityParameters.__struct_fields__
    codes = {code.code for code in quality_claim.manifest.codes}
    # One key for each reason, which the page names once.
    own = {key for key in parameters if not key.startswith("evidence_")} | {"evidence_when_customer_proves"}

    assert {name for name in own | codes if f"`{name}`" not in readme} == set()
