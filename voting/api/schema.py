"""Adds to the description of the API what every operation can answer besides its own answers."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

PROBLEM: Final = "Problem"
_METHODS: Final = ("get", "post")


def add_refusals(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """A hook of drf-spectacular, which knows only what a serializer describes."""
    result["components"]["schemas"][PROBLEM] = {
        "type": "object",
        "description": "Why nothing was done.",
        "properties": {"detail": {"type": "string"}},
        "required": ["detail"],
    }
    for path, operations in result["paths"].items():
        for method in _METHODS:
            if method in operations:
                _add(operations[method], path, method)
    return result


def _add(operation: dict[str, Any], path: str, method: str) -> None:
    for status in _statuses(path, method):
        operation["responses"].setdefault(str(int(status)), _answer(status))


def _statuses(path: str, method: str) -> list[HTTPStatus]:
    # A wrong token is refused even where none is needed.
    statuses = [
        *(HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN),
        HTTPStatus.TOO_MANY_REQUESTS,
    ]
    if "{" in path:
        statuses.append(HTTPStatus.NOT_FOUND)
    if method == "post":
        statuses.append(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    return statuses


def _answer(status: HTTPStatus) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{PROBLEM}"}
    return {"description": status.phrase, "content": {"application/json": {"schema": schema}}}
