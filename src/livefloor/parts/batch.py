"""Many requests in one: what a client did without a network, sent in order when it is back.

Each goes to its own route by the same executor, in a transaction of its own, with its key as Idempotency-Key: what arrived
before is not done again. One that fails does not stop the others, save those about the same thing after it. Each counts
as a write of its account; from the first that is one too many on all come again later.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal, get_args, get_type_hints

import orjson
from pydantic import AwareDatetime, Field

from livefloor.declare.event import Input, View
from livefloor.declare.part import POST, Part, Verb
from livefloor.declare.roles import Roles
from livefloor.kernel import tracing
from livefloor.kernel.problems import Invalid, Problem, TooMany
from livefloor.work.ctx import Flow

Subjects = Callable[[Mapping[str, str], Mapping[str, Any]], Collection[str]]
"""Takes what the path and the body say; returns what an operation is about."""


class FailedDependency(Problem):
    """An operation before it, on which it relies, has failed (RFC 4918 section 11.4)."""

    status = 424
    default_code = "earlier_failed"
    title = "Something before it failed"


class Operation(Input):
    """One request: where, what, when it was done, the version that was seen then, and the trace that began with it."""

    key: str = Field(pattern=r"^[!-~]{1,64}$")
    method: Literal["POST", "PUT", "PATCH", "DELETE"] = "POST"
    path: str = Field(min_length=1, max_length=300)
    body: dict[str, Any] | None = None
    occurred_at: AwareDatetime | None = None
    base_version: Annotated[int, Field(ge=1, lt=2**31)] | None = None
    traceparent: str | None = None


class Operations(Input):
    """What a device did, in order."""

    device_id: str = Field(min_length=1, max_length=64)
    operations: list[Operation] = Field(min_length=1, max_length=100)


class Outcome(View):
    """What came of one operation: status and body as its route answers."""

    key: str
    status: int
    body: Any


class Outcomes(View):
    """What came of each operation, in order."""

    results: list[Outcome]


def batch_part(
    path: str,
    *,
    allow: Roles,
    operations: Mapping[Callable[..., Any], Subjects],
    judged_alone: Callable[[Callable[..., Any], Callable[..., Any], str], bool] = lambda failed, then, code: False,
) -> Part:
    """Return the part that takes batches at a path.

    `operations` are the functions whose routes may be in one, with what each is about. `judged_alone` tells of a function that
    failed with a code, and one that follows it, whether the second is done all the same.
    """
    part = Part("batch")

    @part.flow(POST(path), allow=allow, replay=False)
    async def run_batch(flow: Flow, body: Operations) -> Outcomes:
        """Do what was done without a network, in order; one that fails stops only what follows about the same thing."""
        found = _verbs(flow, body.operations, operations)
        failed: dict[str, list[tuple[Callable[..., Any], str]]] = {}
        results: list[Outcome] = []
        for operation, (verb, values) in zip(body.operations, found, strict=True):
            if results and _is_too_soon(results[-1]):
                # All that follows comes again with it: nothing overtakes.
                results.append(results[-1].model_copy(update={"key": operation.key}))
                continue
            about = operations[verb.func](values, operation.body or {})
            before = [(func, code) for subject in about for func, code in failed.get(subject, ())]
            if any(not judged_alone(func, verb.func, code) for func, code in before):
                outcome = Outcome(key=operation.key, status=424, body=_told(flow))
            else:
                outcome = await _perform(flow, operation, verb)
            if outcome.status >= 400:
                code = outcome.body.get("code", "") if isinstance(outcome.body, dict) else ""
                for subject in about:
                    failed.setdefault(subject, []).append((verb.func, code))
            results.append(outcome)
        return Outcomes(results=results)

    return part


def _verbs(
    flow: Flow, operations: Sequence[Operation], allowed: Mapping[Callable[..., Any], Subjects]
) -> list[tuple[Verb, Mapping[str, str]]]:
    """Return what each operation calls. Raises Invalid operation_not_allowed before anything is done."""
    found = []
    for place, operation in enumerate(operations):
        at = flow.means.services["verb_at"](operation.method, operation.path)
        if at is None or at[0].func not in allowed:
            raise Invalid.field(f"operations.{place}.path", "may not be in a batch", "operation_not_allowed")
        found.append(at)
    return found


def _is_too_soon(outcome: Outcome) -> bool:
    """Tell whether an account has no more writes for now."""
    return outcome.status == TooMany.status and outcome.body.get("code") == TooMany.default_code


def _told(flow: Flow) -> dict[str, Any]:
    return flow.means.system.body_of(FailedDependency(None, "An operation before it about the same thing failed."))


async def _perform(flow: Flow, operation: Operation, verb: Verb) -> Outcome:
    body = operation.body
    if operation.occurred_at is not None and "occurred_at" in _fields(verb):
        body = {"occurred_at": operation.occurred_at, **(body or {})}
    said = b"" if body is None else orjson.dumps(body, default=str)
    actor = replace(flow.actor, if_match=operation.base_version)
    name, parent = f"{operation.method} {verb.route.path}", operation.traceparent
    with tracing.span(name, parent=parent, kind="SERVER", request_id=actor.request_id) as span:
        answer = await flow.means.services["perform"](actor, operation.method, operation.path, said, operation.key)
        tracing.answered(span, answer.status)
    return Outcome(key=operation.key, status=answer.status, body=orjson.loads(answer.body) if answer.body else None)


def _fields(verb: Verb) -> Collection[str]:
    """Return the names of the fields that the body of a verb may have."""
    kind = get_type_hints(verb.func).get("body")
    models = [one for one in (kind, *get_args(kind)) if hasattr(one, "model_fields")]
    return models[0].model_fields if models else ()
