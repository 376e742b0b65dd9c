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
        "AddEvidenceInput",
        "Appeal",
        "AppealConnection",
        "AppealEdge",
        "AppealStatus",
        "ApproveCasesInput",
        "ApproveCasesPayload",
        "Case.allowedActions",
        "Case.compensations",
        "Case.costs",
        "Case.deadlines",
        "Case.decision",
        "Case.dispute",
        "Case.evidence",
        "Case.exchange",
        "Case.explanations",
        "Case.inspection",
        "Case.offers",
        "Case.rating",
        "Case.refunds",
        "Case.reverseShipment",
        "Case.risk",
        "Case.routing",
        "Case.timeline",
        "CaseAction",
        "CaseEvent",
        "CaseEventConnection",
        "CaseEventEdge",
        "CaseFilter.overdue",
        "CaseFilter.priority",
        "CaseFilter.queue",
        "CaseInput",
        "CasePayload",
        "CaseRating",
        "CaseVersionInput",
        "Compensation",
        "CompensationKind",
        "CostEntry",
        "CostKind",
        "Customer.risk",
        "Customer.storeCredit",
        "Deadline",
        "DeadlineKind",
        "Decision",
        "DecisionPlugin",
        "DecisionReplay",
        "DecisionStep",
        "DeclareWithdrawalInput",
        "DeclineCaseInput",
        "Disposition",
        "Dispute",
        "DisputeStatus",
        "EvidenceInput",
        "Exchange",
        "ExchangeStatus",
        "Grade",
        "GrantCompensationInput",
        "Inspection",
        "InspectionLine",
        "InspectionLineInput",
        "IssueRefundInput",
        "Metric",
        "MetricDimension",
        "MetricInterval",
        "MetricRow",
        "MetricValue",
        "MetricsFilter",
        "MetricsInput",
        "MetricsReport",
        "MoneyDelta",
        "MoneyInput",
        "Mutation.addEvidence",
        "Mutation.approveCase",
        "Mutation.approveCases",
        "Mutation.cancelCase",
        "Mutation.declareWithdrawal",
        "Mutation.declineCase",
        "Mutation.grantCompensation",
        "Mutation.issueRefund",
        "Mutation.openAppeal",
        "Mutation.openDispute",
        "Mutation.openTicket",
        "Mutation.overrideCase",
        "Mutation.proposeOffer",
        "Mutation.publishPolicy",
        "Mutation.rateCase",
        "Mutation.recordInspection",
        "Mutation.recordReceipt",
        "Mutation.recordRefundResult",
        "Mutation.recordShipmentEvents",
        "Mutation.replyToTicket",
        "Mutation.requestReturn",
        "Mutation.resolveAppeal",
        "Mutation.resolveTicket",
        "Mutation.respondToOffer",
        "Mutation.retryRefund",
        "Mutation.rollBackPolicy",
        "Mutation.ruleDispute",
        "Mutation.savePolicyDraft",
        "Mutation.scheduleReturn",
        "Mutation.setPluginMode",
        "Mutation.shipExchange",
        "Mutation.startSimulation",
        "Mutation.withdrawDispute",
        "Offer",
        "OfferStatus",
        "OpenAppealInput",
        "OpenDisputeInput",
        "OpenTicketInput",
        "OverrideCaseInput",
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
        "ProposeOfferInput",
        "PublishPolicyInput",
        "Query.appeals",
        "Query.metrics",
        "Query.plugins",
        "Query.policyRevisions",
        "Query.simulation",
        "RateCaseInput",
        "RateDelta",
        "ReceiptLineInput",
        "RecordEventsPayload",
        "RecordInspectionInput",
        "RecordReceiptInput",
        "RecordRefundResultInput",
        "RecordShipmentEventsInput",
        "Refund",
        "RefundStatus",
        "ReplyToTicketInput",
        "RequestReturnInput",
        "ResolveAppealInput",
        "ResolveTicketInput",
        "RespondToOfferInput",
        "RetryRefundInput",
        "ReturnEligibility.decision",
        "ReverseShipment",
        "ReverseShipmentEvent",
        "ReverseShipmentStatus",
        "RiskAssessment",
        "RiskLevel",
        "RiskSignal",
        "RollBackPolicyInput",
        "Routing",
        "RuleDisputeInput",
        "Ruling",
        "SavePolicyDraftInput",
        "ScheduleReturnInput",
        "SetPluginModeInput",
        "ShipExchangeInput",
        "ShipmentEventInput",
        "Simulation",
        "SimulationExample",
        "SimulationPayload",
        "SimulationReport",
        "SimulationSlice",
        "SimulationStatus",
        "StartSimulationInput",
        "Subscription",
        "TicketPayload",
        "WithdrawalLineInput",
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
