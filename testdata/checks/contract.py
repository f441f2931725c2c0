"""What schemathesis needs beside openapi.yaml: texts that a schema cannot describe, parameters that need
each other, and refusals that depend on the state and not on the request's form."""

from decimal import Decimal

import schemathesis
from hypothesis import strategies as st
from schemathesis.core.failures import Failure
from schemathesis.generation.meta import CoveragePhaseData, CoverageScenario
from schemathesis.openapi.checks import RejectedPositiveData

SEEN = st.characters(exclude_categories=["C", "Z"])
schemathesis.openapi.format("line", st.text(SEEN, min_size=1))
schemathesis.openapi.format("text", st.text(st.characters(exclude_categories=["C", "Zl", "Zp"])))
schemathesis.openapi.format(
    "words",
    st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=11), min_size=1, max_size=16).map(" ".join),
)

# Codes of refusals that no schema foresees, each with the parameter that brings it about: tags that the record does
# not have, a key that came with another body, a cursor that was drawn and not given out.
OF_STATE = {
    "precondition_failed": {"If-Match", "If-None-Match"},
    "idempotency_key_reused": {"Idempotency-Key"},
    "invalid_cursor": {"cursor"},
}

NUMBERS = {"lat", "lng", "radiusKm", "minPrice", "maxPrice"}


@schemathesis.hook
def filter_failure(context, failure, case, response):
    if not isinstance(failure, RejectedPositiveData):
        return True
    sent = {*(case.headers or {}), *(case.query or {})}
    return not OF_STATE.get(response.json().get("code"), set()) & sent


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if case.operation.definition.raw["operationId"] == "searchItems":
        complete_search(case.query)
    if {"If-Match", "If-None-Match"} <= set(case.headers or {}):
        del case.headers["If-None-Match"]


def complete_search(query):
    """Leaves out what needs another parameter that is not there, and writes numbers as people do."""
    if not {"lat", "lng"} <= set(query):
        for name in ("lat", "lng", "radiusKm"):
            query.pop(name, None)
    if query.get("sort") == "distance" and "lat" not in query or query.get("sort") == "relevance" and "q" not in query:
        del query["sort"]
    if {"minPrice", "maxPrice"} <= set(query):
        query["minPrice"], query["maxPrice"] = sorted((query["minPrice"], query["maxPrice"]), key=float)
    for name in NUMBERS & set(query):
        query[name] = format(Decimal(str(query[name])), "f")


@schemathesis.check
def unknown_method(ctx, response, case):
    """A method that the path does not have is an unknown route."""
    data = case.meta and case.meta.phase.data
    if not isinstance(data, CoveragePhaseData) or data.scenario != CoverageScenario.UNSPECIFIED_HTTP_METHOD:
        return
    if response.request.method == "OPTIONS":
        return
    if response.status_code != 404 or response.json().get("code") != "route_not_found":
        raise Failure(
            operation=case.operation.label,
            title="Not an unknown route",
            message=f"{response.request.method} has the response {response.status_code}",
        )
