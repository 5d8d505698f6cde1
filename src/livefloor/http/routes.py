"""A declared verb becomes a route: its signature says what comes from the path, the query and the body."""

from __future__ import annotations

import functools
import inspect
import operator
import re
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, create_model
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from livefloor.declare.event import Input
from livefloor.declare.part import Verb
from livefloor.kernel.problems import BadRequest, Invalid, MethodNotAllowed, NotFound, TooLarge, Unsupported
from livefloor.work.content import FromCookie, FromHeader, Raw, Upload
from livefloor.work.execute import Answer

MAX_BODY = 8 * 1024 * 1024
FORM = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class Endpoint:
    """A verb with everything that its signature says, made ready once."""

    verb: Verb
    path_names: tuple[str, ...]
    path_model: type[BaseModel] | None
    query_model: type[BaseModel] | None
    body_name: str | None
    body_adapter: TypeAdapter[Any] | None
    body_optional: bool
    uploads: tuple[str, ...]
    form: bool
    result: TypeAdapter[Any] | None
    raws: tuple[type[Raw], ...]
    result_type: Any
    body_type: Any
    cookies: Mapping[str, str]
    """Parameters that are given the value of a cookie, by its name."""
    headers: Mapping[str, str]
    """Parameters that are given the value of a header, by its name in lower case."""

    def arguments(self, path: Mapping[str, str], query: bytes) -> dict[str, Any]:
        """Return the arguments that stand in the path and the query. Raises NotFound or Invalid."""
        found: dict[str, Any] = {}
        if self.path_model is not None:
            if any("\x00" in value for value in path.values()):
                raise NotFound()
            try:
                values = self.path_model.model_validate(dict(path))
            except ValidationError as error:
                raise NotFound() from error
            for name in self.path_names:
                found[name] = getattr(values, name)
        if self.query_model is not None:
            try:
                pairs = dict(parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict"))
            except (UnicodeDecodeError, ValueError) as error:
                raise Invalid("validation_error", "The query is not valid UTF-8.") from error
            if any("\x00" in value for value in pairs.values()):
                raise Invalid("validation_error", "The query holds a NUL character.")
            try:
                asked = self.query_model.model_validate(pairs)
            except ValidationError as error:
                raise Invalid.by_fields(error) from error
            for name in self.query_model.model_fields:
                found[name] = getattr(asked, name)
        return found

    async def body(self, headers: Mapping[str, str], said: bytes) -> Any:
        """Return the body as its model. Raises Invalid or Unsupported."""
        assert self.body_adapter is not None
        if not said and self.body_optional:
            return None
        kind = headers.get("content-type", "").split(";")[0].strip().lower()
        if kind == "multipart/form-data" and self.uploads:
            return self._checked(await self._form(headers, said))
        if kind == "text/csv" and "file" in self.uploads:
            return self._checked({"file": Upload(said, "body.csv", kind)})
        if kind == FORM and self.form:
            return self._checked(form_fields(said))
        if kind != "application/json" and not kind.endswith("+json"):
            raise Unsupported("unsupported_media_type", "Send the body as application/json.")
        if b"\\u0000" in said or b"\x00" in said:
            raise Invalid("validation_error", "The body holds a NUL character.")
        try:
            return self.body_adapter.validate_json(said)
        except ValidationError as error:
            raise Invalid.by_fields(error) from error

    def _checked(self, form: dict[str, Any]) -> Any:
        assert self.body_adapter is not None
        try:
            return self.body_adapter.validate_python(form)
        except ValidationError as error:
            raise Invalid.by_fields(error) from error

    async def _form(self, headers: Mapping[str, str], said: bytes) -> dict[str, Any]:
        async def chunks() -> typing.AsyncGenerator[bytes, None]:
            yield said

        try:
            form = await MultiPartParser(
                Headers(headers), chunks(), max_files=4, max_fields=40, max_part_size=MAX_BODY
            ).parse()
        except (MultiPartException, KeyError) as error:
            raise BadRequest("bad_form", "The form cannot be read.") from error
        found: dict[str, Any] = {}
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                found[name] = Upload(await value.read(), value.filename or "", value.content_type or "")
            elif "\x00" in value:
                raise Invalid.field(name, "holds a NUL character")
            else:
                found[name] = value
        await form.close()
        return found

    def encode(self, result: Any) -> Answer:
        """Return the answer of a result."""
        status = self.verb.route.status
        if isinstance(result, Raw):
            return Answer(result.status or status, result.content, result.media_type, tuple(result.headers.items()))
        if self.result is None:
            return Answer(status, b"")
        headers: tuple[tuple[str, str], ...] = ()
        version = getattr(result, "version", None)
        if isinstance(version, int):
            headers = (("ETag", f'"{version}"'),)
        return Answer(status, self.result.dump_json(result, by_alias=True), headers=headers)


def form_fields(said: bytes) -> dict[str, Any]:
    """Return the fields of a form; those named `…[]` are lists. Raises Invalid."""
    found: dict[str, Any] = {}
    lists: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(said.decode(), keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError as error:
        raise Invalid("validation_error", "The form cannot be read.") from error
    for name, value in pairs:
        if "\x00" in name + value:
            raise Invalid("validation_error", "The form holds a NUL character.")
        if name.endswith("[]"):
            lists.setdefault(name.removesuffix("[]"), []).append(value)
        else:
            found[name] = value
    return found | lists


@functools.cache
def endpoint_of(verb: Verb) -> Endpoint:
    """Read a verb's signature. Raises TypeError when it does not fit its route."""
    hints = typing.get_type_hints(verb.func, include_extras=True)
    parameters = list(inspect.signature(verb.func).parameters.values())[1:]
    in_path = tuple(re.findall(r"\{(\w+)\}", verb.route.path))
    names = {parameter.name for parameter in parameters}
    if missing := set(in_path) - names:
        raise TypeError(f"{verb.name}: the path names {sorted(missing)}, which the function does not take")
    path_fields: dict[str, Any] = {}
    query_fields: dict[str, Any] = {}
    cookies: dict[str, str] = {}
    headers: dict[str, str] = {}
    body_name, body_type, optional = None, None, False
    for parameter in parameters:
        kind = hints[parameter.name]
        required = parameter.default is inspect.Parameter.empty
        if parameter.name in in_path:
            path_fields[parameter.name] = (kind, ...)
        elif parameter.name == "body":
            body_name, body_type, optional = "body", kind, not required
        elif (mark := _mark_of(kind)) is not None:
            (cookies if isinstance(mark, FromCookie) else headers)[parameter.name] = mark.name
        else:
            query_fields[parameter.name] = (kind, ... if required else parameter.default)
    config = ConfigDict(populate_by_name=False)
    returns = hints.get("return")
    kinds = typing.get_args(returns) if isinstance(returns, types.UnionType) else (returns,)
    raws = tuple(kind for kind in kinds if inspect.isclass(kind) and issubclass(kind, Raw))
    plain = [kind for kind in kinds if kind not in raws and kind is not type(None)]
    result = functools.reduce(operator.or_, plain) if plain else None
    return Endpoint(
        verb,
        in_path,
        create_model(f"{verb.name}_path", __config__=config, **path_fields) if path_fields else None,
        create_model(f"{verb.name}_query", __config__=config, **query_fields) if query_fields else None,
        body_name,
        TypeAdapter[Any](body_type) if body_type is not None else None,
        optional,
        _uploads(body_type),
        inspect.isclass(body_type) and issubclass(body_type, Input) and body_type.form,
        TypeAdapter(result) if result is not None else None,
        raws,
        result,
        body_type,
        cookies,
        headers,
    )


def _mark_of(kind: Any) -> FromCookie | FromHeader | None:
    """Return what says that a parameter comes from a cookie or a header."""
    marks = getattr(kind, "__metadata__", ())
    return next((mark for mark in marks if isinstance(mark, FromCookie | FromHeader)), None)


def _uploads(body_type: Any) -> tuple[str, ...]:
    """Return the names of the fields that take a file."""
    if not (inspect.isclass(body_type) and issubclass(body_type, BaseModel)):
        return ()
    return tuple(
        name
        for name, info in body_type.model_fields.items()
        if Upload in (info.annotation, *typing.get_args(info.annotation))
    )


@dataclass(slots=True)
class _Node:
    children: dict[str, _Node] = field(default_factory=dict)
    parameter: _Node | None = None
    methods: dict[str, tuple[Endpoint, tuple[str, ...]]] = field(default_factory=dict)


class Router:
    """Finds the endpoint of a path by its segments: as quick for the last route as for the first."""

    def __init__(self) -> None:
        self._root = _Node()

    def add(self, endpoint: Endpoint) -> None:
        """Add a route. Raises ValueError when it is taken."""
        node = self._root
        names = []
        for segment in endpoint.verb.route.path.strip("/").split("/"):
            if segment.startswith("{"):
                names.append(segment[1:-1])
                node.parameter = node = node.parameter or _Node()
            else:
                node = node.children.setdefault(segment, _Node())
        method = endpoint.verb.route.method
        if method in node.methods:
            raise ValueError(f"{method} {endpoint.verb.route.path} is declared twice")
        node.methods[method] = (endpoint, tuple(names))

    def find(self, method: str, path: str) -> tuple[Endpoint, dict[str, str]] | None:
        """Return the endpoint and its path parameters, or None for an unknown path. Raises MethodNotAllowed."""
        node, values = self._walk(self._root, path.strip("/").split("/"), 0, [])
        if node is None:
            return None
        found = node.methods.get("GET" if method == "HEAD" else method)
        if found is None:
            raise MethodNotAllowed(None, None, allow=sorted(node.methods))
        endpoint, names = found
        return endpoint, dict(zip(names, values, strict=True))

    def _walk(self, node: _Node, segments: list[str], at: int, values: list[str]) -> tuple[_Node | None, list[str]]:
        if at == len(segments):
            return (node, values) if node.methods else (None, values)
        child = node.children.get(segments[at])
        if child is not None:
            found, taken = self._walk(child, segments, at + 1, values)
            if found is not None:
                return found, taken
        if node.parameter is not None and segments[at]:
            return self._walk(node.parameter, segments, at + 1, [*values, segments[at]])
        return None, values


async def read_body(receive: Any, most: int = MAX_BODY) -> bytes:
    """Return the whole body. Raises TooLarge past `most` bytes, and BadRequest when the client breaks off: a part of a
    table reads like a whole one."""
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        body: bytes = message.get("body", b"")
        if len(body) > most:
            raise TooLarge()
        return body
    parts, size = [message.get("body", b"")], len(message.get("body", b""))
    while message.get("more_body"):
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            raise TooLarge()
    if message["type"] != "http.request":
        raise BadRequest("body_broken_off", "The request ended before its body.")
    return b"".join(parts)


def problem_bytes(body: Mapping[str, Any]) -> bytes:
    """Return the body of a refusal as problem+json."""
    return orjson.dumps(body, option=orjson.OPT_NAIVE_UTC, default=str)
