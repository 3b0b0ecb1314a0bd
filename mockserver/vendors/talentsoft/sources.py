"""A DELETE's data: its JSON body, or the query string where a proxy has dropped the body."""

from typing import Any

from marshmallow import Schema

from mockserver.core.operation import Request
from mockserver.core.sources import Json, Query


class JsonOrQuery:
    """The body as one JSON object, or without any body the query string."""

    where = "body"

    def __init__(self, schema: Schema, query: Schema) -> None:
        self.schema = schema
        self._json = Json(schema)
        self._query = Query(query)

    def load(self, request: Request) -> dict[str, Any]:
        """Read the query string only if there is one and no body."""
        if request.query and not request.body.strip():
            return self._query.load(request)
        return self._json.load(request)
