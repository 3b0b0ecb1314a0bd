"""What the contract says of an exchange: an answer's status is listed, and every body fits its schema."""

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from mockserver.contract.load import read_contract
from mockserver.vendors import discover
from tests.contract.deliveries import delivery_violations, webhooks


@cache
def _document(package: str) -> dict[str, Any]:
    return read_contract(package)


@cache
def _operations() -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Return package, JSON pointer and contract entry by operation id; pages are in no contract."""
    found = {}
    for vendor in discover():
        for path, item in _document(vendor.package)["paths"].items():
            for method, entry in item.items():
                if isinstance(entry, dict) and "operationId" in entry:
                    pointer = f"/paths/{_escape(path)}/{method}"
                    found[f"{vendor.name}.{entry['operationId']}"] = (vendor.package, pointer, entry)
    return found


@cache
def _registry(package: str) -> "Registry[Any]":
    resource: Resource[Any] = Resource(contents=_document(package), specification=DRAFT202012)
    return Registry().with_resource("contract:", resource)


@cache
def _validator(package: str, pointer: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"contract:#{pointer}"}, registry=_registry(package))


def violations(exchange: dict[str, Any]) -> list[str]:
    """Return what mockserver's part of an exchange does against its contract: its answer, or the call that it made.

    Pages and unmatched requests have no contract, and a fault spoils things on purpose.
    """
    if exchange["fault"]:
        return []
    if exchange["direction"] == "out":
        return _violations_of_call(exchange)
    if exchange["operation"] not in _operations():
        return []
    package, pointer, entry = _operations()[exchange["operation"]]
    what = f"{exchange['operation']} {exchange['status']}"
    listed = {str(status): answer for status, answer in entry["responses"].items()}
    if str(exchange["status"]) not in listed:
        return [f"{what}: the contract lists {', '.join(listed)}"]
    place = f"{pointer}/responses/{exchange['status']}"
    answer = listed[str(exchange["status"])]
    if "$ref" in answer:
        place = answer["$ref"].removeprefix("#")
        answer = _followed(package, place)
    body, content = exchange["answer"].get("body", ""), answer.get("content", {})
    if not content:
        return [f"{what}: the contract has no body, the answer has"] if body else []
    kind = exchange["answer"]["headers"].get("Content-Type", "").partition(";")[0]
    if kind not in content:
        return [f"{what}: {kind or 'no content type'} is not among {', '.join(content)}"]
    if kind != "application/json" or exchange["answer"].get("cut"):
        return []
    validator = _validator(package, f"{place}/content/{_escape(kind)}/schema")
    return [f"{what}: {error.json_path}: {error.message}" for error in validator.iter_errors(json.loads(body))]


def _violations_of_call(exchange: dict[str, Any]) -> list[str]:
    asked = exchange["request"]
    if exchange["operation"] not in webhooks() or asked.get("cut") or not asked["headers"]:
        return []
    kind = asked["headers"].get("Content-Type", "")
    return delivery_violations(exchange["operation"], kind, asked.get("body", "").encode())


def _followed(package: str, pointer: str) -> dict[str, Any]:
    node: Any = _document(package)
    for step in pointer.strip("/").split("/"):
        node = node[step.replace("~1", "/").replace("~0", "~")]
    found: dict[str, Any] = node
    return found


def _escape(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")
