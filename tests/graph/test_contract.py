"""Does the schema keep what was promised? All but a list that may only shrink."""

from pathlib import Path

import pytest
import strawberry
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLSchema, build_schema

from tests.graph.conftest import ROOT
from tests.graph.promises import Fielded, gaps

PROMISED = Path(__file__).parents[1] / "contract" / "promised.graphql"

STILL_MISSING = frozenset(
    {
        "Case.decision",
        "Case.risk",
        "Customer.risk",
        "Decision",
        "DecisionPlugin",
        "DecisionReplay",
        "DecisionStep",
        "Metric",
        "MetricDimension",
        "MetricInterval",
        "MetricRow",
        "MetricValue",
        "MetricsFilter",
        "MetricsInput",
        "MetricsReport",
        "MoneyDelta",
        "Mutation.publishPolicy",
        "Mutation.rollBackPolicy",
        "Mutation.savePolicyDraft",
        "Mutation.setPluginMode",
        "Mutation.startSimulation",
        "Plugin",
        "PluginHealth",
        "PluginMode",
        "PluginPayload",
        "PolicyProblem",
        "PolicyRevision",
        "PolicyRevisionConnection",
        "PolicyRevisionEdge",
        "PolicyRevisionPayload",
        "PolicyRevisionStatus",
        "PublishPolicyInput",
        "Query.metrics",
        "Query.plugins",
        "Query.policyRevisions",
        "Query.simulation",
        "RateDelta",
        "ReturnEligibility.decision",
        "RiskAssessment",
        "RiskLevel",
        "RiskSignal",
        "RollBackPolicyInput",
        "SavePolicyDraftInput",
        "SetPluginModeInput",
        "Simulation",
        "SimulationExample",
        "SimulationPayload",
        "SimulationReport",
        "SimulationSlice",
        "SimulationStatus",
        "StartSimulationInput",
        "Subscription.simulationProgressed",
    }
)


@pytest.fixture(scope="module")
def kept(schema: strawberry.Schema) -> GraphQLSchema:
    """The server's schema, as a client would read it."""
    return build_schema(schema.as_str())


@pytest.fixture(scope="module")
def missing(kept: GraphQLSchema) -> dict[str, str]:
    """What the server's schema lacks of the promise."""
    return dict(gaps(build_schema(PROMISED.read_text(encoding="utf-8")), kept))


def test_what_is_there_is_exactly_as_promised(missing: dict[str, str]) -> None:
    assert {place: difference for place, difference in missing.items() if difference} == {}


def test_nothing_is_missing_but_what_the_list_names(missing: dict[str, str]) -> None:
    assert sorted(set(missing) - STILL_MISSING) == []


def test_the_list_names_nothing_that_is_there(missing: dict[str, str]) -> None:
    assert sorted(STILL_MISSING - set(missing)) == []


def test_the_committed_schema_is_the_served_one(schema: strawberry.Schema) -> None:
    committed = (ROOT / "schema.graphql").read_text(encoding="utf-8")
    assert committed == schema.as_str().strip() + "\n", "run `bff schema > schema.graphql`"


def test_every_element_says_what_a_caller_cannot_guess(kept: GraphQLSchema) -> None:
    silent = []
    for name, one in kept.type_map.items():
        if name.startswith("__") or name in {"String", "Int", "Boolean", "ID", "Float"}:
            continue
        silent += [name] if not one.description else []
        if isinstance(one, GraphQLEnumType):
            silent += [f"{name}.{value}" for value, other in one.values.items() if not other.description]
        if isinstance(one, GraphQLInputObjectType):
            silent += [f"{name}.{field}" for field, other in one.fields.items() if not other.description]
        if isinstance(one, Fielded):
            silent += [f"{name}.{field}" for field, other in one.fields.items() if not other.description]
            silent += [
                f"{name}.{field}({argument}:)"
                for field, other in one.fields.items()
                for argument, given in other.args.items()
                if not given.description
            ]
    assert silent == []
