"""Which mutations are there to choose from, and how often is each one chosen?"""

from bff.vocabulary import CaseAction, Role

OF_ACTIONS = {
    CaseAction.APPROVE: "approveCase",
    CaseAction.DECLINE: "declineCase",
    CaseAction.CANCEL: "cancelCase",
    CaseAction.ADD_EVIDENCE: "addEvidence",
    CaseAction.PROPOSE_OFFER: "proposeOffer",
    CaseAction.ACCEPT_OFFER: "respondToOffer",
    CaseAction.SCHEDULE_RETURN: "scheduleReturn",
    CaseAction.RECORD_RECEIPT: "recordReceipt",
    CaseAction.RECORD_INSPECTION: "recordInspection",
    CaseAction.ISSUE_REFUND: "issueRefund",
    CaseAction.SHIP_EXCHANGE: "shipExchange",
    CaseAction.GRANT_COMPENSATION: "grantCompensation",
    CaseAction.RATE: "rateCase",
    CaseAction.OPEN_DISPUTE: "openDispute",
    CaseAction.RULE: "ruleDispute",
    CaseAction.APPEAL: "openAppeal",
    CaseAction.OVERRIDE: "overrideCase",
}
OTHERS = ("withdrawDispute", "resolveAppeal", "retryRefund")
ANYBODY = (Role.CUSTOMER, Role.MERCHANT, Role.AGENT, Role.INGEST)
# How likely a step is beside those that are as likely as any: what goes on is more so than what ends a case.
OFTEN = {
    CaseAction.OVERRIDE: 2,
    CaseAction.GRANT_COMPENSATION: 2,
    CaseAction.ADD_EVIDENCE: 2,
    CaseAction.CANCEL: 3,
    CaseAction.DECLINE: 4,
    CaseAction.SCHEDULE_RETURN: 30,
    CaseAction.RECORD_RECEIPT: 30,
    CaseAction.RECORD_INSPECTION: 60,
    CaseAction.SHIP_EXCHANGE: 20,
    CaseAction.ACCEPT_OFFER: 30,
    CaseAction.RULE: 20,
}
UNVERSIONED = {"addEvidence", "rateCase", "resolveAppeal", "retryRefund"}
