"""What the contract says of a call that mockserver makes by itself: its body fits the webhook's schema."""

import json
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from mockserver.contract.clauses import METHODS
from mockserver.contract.load import read_contract
from mockserver.vendors import discover

_FORMATS = FormatChecker(())


@_FORMATS.checks("date-time", raises=ValueError)
def _is_instant(value: object) -> bool:
    """Tell whether a text is a date-time with an offset; other types are another keyword's business."""
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@_FORMATS.checks("uri", raises=ValueError)
def _is_address(value: object) -> bool:
    return not isinstance(value, str) or bool(urlsplit(value).scheme and urlsplit(value).netloc)


@cache
def webhooks() -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Return package, JSON pointer of the request body's content and that content, by event."""
    found = {}
    for vendor in discover():
        document = read_contract(vendor.package)
        for name, item in document.get("webhooks", {}).items():
            for method in METHODS:
                if method in item:
                    entry = item[method]
                    pointer = f"/webhooks/{name}/{method}/requestBody/content"
                    content = entry.get("requestBody", {}).get("content", {})
                    found[f"{vendor.name}.{entry['operationId']}"] = (vendor.package, pointer, content)
    return found


@cache
def _validator(package: str, pointer: str) -> Draft202012Validator:
    resource: Resource[Any] = Resource(contents=read_contract(package), specification=DRAFT202012)
    registry: Registry[Any] = Registry().with_resource("contract:", resource)
    return Draft202012Validator({"$ref": f"contract:#{pointer}"}, registry=registry, format_checker=_FORMATS)


def delivery_violations(event: str, content_type: str, body: bytes) -> list[str]:
    """Return what a call does against the webhook of its contract; ``event`` is ``vendor.name``."""
    if event not in webhooks():
        return [f"{event}: no contract has such a webhook; there are {', '.join(webhooks())}"]
    package, pointer, content = webhooks()[event]
    if not content and not body:
        return []
    kind = content_type.partition(";")[0]
    if kind not in content:
        return [f"{event}: {kind or 'no content type'} is not among {', '.join(content) or 'none'}"]
    told = json.loads(body) if kind == "application/json" else dict(parse_qsl(body.decode(), keep_blank_values=True))
    validator = _validator(package, f"{pointer}/{kind.replace('/', '~1')}/schema")
    return [f"{event}: {error.json_path}: {error.message}" for error in validator.iter_errors(told)]
