"""The OpenAPI 3.1 document of a system, from the same signatures that its routes are read by."""

import inspect
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, TypeAdapter

from livefloor.declare.part import Verb
from livefloor.declare.roles import PUBLIC
from livefloor.declare.system import System
from livefloor.http.routes import FORM, Endpoint, endpoint_of
from livefloor.kernel.problems import Problem
from livefloor.work.content import Found, Shown

REF = "#/components/schemas/{model}"


class ProblemDetail(BaseModel):
    """A refusal as problem+json (RFC 9457); further members depend on the code."""

    model_config = {"extra": "allow"}
    type: str
    title: str
    status: int
    code: str
    detail: str


def statuses_of(endpoint: Endpoint, settings_exist: bool = True) -> list[int]:
    """Return the refusals that a route can give, from what it takes and who may call it."""
    verb = endpoint.verb
    found = {405, 503, *verb.refuses}
    if "public" not in verb.allow:
        found |= {401, 403, 429}
    if endpoint.path_names:
        found |= {404}
    if endpoint.query_model is not None:
        found |= {422}
    if endpoint.body_adapter is not None:
        found |= {413, 415, 422}
        if endpoint.uploads:
            found |= {400}
    if takes_key(verb):
        found |= {400, 409, 422}
    if verb.kind != "query" and "public" not in verb.allow:
        found |= {409}
    return sorted(found)


def takes_key(verb: Verb) -> bool:
    """Tell whether a verb honours Idempotency-Key."""
    return verb.route.method == "POST" and verb.replay and verb.allow != PUBLIC


def document(system: System, settings: Any) -> dict[str, Any]:
    """Return the OpenAPI document."""
    endpoints = [endpoint_of(verb) for verb in system.verbs() if verb.when is None or verb.when(settings)]
    problem: TypeAdapter[Any] = TypeAdapter(ProblemDetail)
    inputs: list[tuple[Any, Any, TypeAdapter[Any]]] = [("problem", "serialization", problem)]
    for number, endpoint in enumerate(endpoints):
        if endpoint.body_adapter is not None:
            inputs.append((("in", number), "validation", endpoint.body_adapter))
        if endpoint.result is not None:
            inputs.append((("out", number), "serialization", endpoint.result))
    schemas, definitions = TypeAdapter.json_schemas(inputs, ref_template=REF)
    components = definitions.get("$defs", {})
    paths: dict[str, Any] = {}
    for number, endpoint in enumerate(endpoints):
        schema_in = schemas.get((("in", number), "validation"))
        schema_out = schemas.get((("out", number), "serialization"))
        operation = _operation(endpoint, schema_in, schema_out, schemas[("problem", "serialization")])
        paths.setdefault(endpoint.verb.route.path, {})[endpoint.verb.route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": system.title, "version": system.version, "description": system.description},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _operation(endpoint: Endpoint, schema_in: Any, schema_out: Any, problem: Any) -> dict[str, Any]:
    verb = endpoint.verb
    operation: dict[str, Any] = {
        "operationId": verb.name,
        "tags": [verb.part],
        "summary": verb.summary.rstrip("."),
        "description": (inspect.getdoc(verb.func) or "") + f"\n\nFor: {', '.join(verb.allow)}.",
        "parameters": _parameters(endpoint),
        "responses": _responses(endpoint, schema_out, problem),
    }
    if "public" not in verb.allow:
        operation["security"] = [{"bearer": []}]
    if schema_in is not None:
        content: dict[str, Any] = {"application/json": {"schema": schema_in}}
        if endpoint.form:
            content[FORM] = {"schema": schema_in}
        if endpoint.uploads:
            content["multipart/form-data"] = {"schema": schema_in}
            if "file" in endpoint.uploads:
                content["text/csv"] = {"schema": {"type": "string"}}
        operation["requestBody"] = {"required": not endpoint.body_optional, "content": content}
    return operation


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for place, model in (("path", endpoint.path_model), ("query", endpoint.query_model)):
        if model is None:
            continue
        schema = model.model_json_schema(ref_template=REF)
        shared = schema.get("$defs", {})
        for name, kind in schema["properties"].items():
            inlined = shared[kind["$ref"].rsplit("/", 1)[-1]] if "$ref" in kind else kind
            inlined = {
                key: value for key, value in inlined.items() if key not in ("title", "default") or value is not None
            }
            found.append({"name": name, "in": place, "required": name in schema.get("required", []), "schema": inlined})
    found += [
        {"name": header, "in": "header", "required": False, "schema": {"type": "string"}}
        for header in endpoint.headers.values()
    ]
    if takes_key(endpoint.verb):
        kind = {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]+$"}
        found.append({"name": "Idempotency-Key", "in": "header", "required": False, "schema": kind})
    return found


def _responses(endpoint: Endpoint, schema_out: Any, problem: Any) -> dict[str, Any]:
    good: dict[str, Any] = {"description": HTTPStatus(endpoint.verb.route.status).phrase}
    content: dict[str, Any] = {}
    if schema_out is not None:
        content["application/json"] = {"schema": schema_out}
    plain = {Found, Shown}
    for raw in (raw for raw in endpoint.raws if raw not in plain and endpoint.verb.route.status != 204):
        content[raw.documented] = (
            {"schema": {}} if raw.documented == "application/json" else {"schema": {"type": "string"}}
        )
    if content:
        good["content"] = content
    responses: dict[str, Any] = {str(endpoint.verb.route.status): good}
    if Found in endpoint.raws:
        responses["200"] = {**good, "description": HTTPStatus(200).phrase}
    if endpoint.verb.stored is not None:
        responses["304"] = {"description": "Not Modified"}
    titles = {kind.status: kind.title for kind in Problem.__subclasses__()}
    for status in statuses_of(endpoint):
        responses[str(status)] = {
            "description": titles.get(status, HTTPStatus(status).phrase),
            "content": {"application/problem+json": {"schema": problem}},
        }
    return responses
