"""The reference client of YouTestMe behind JSON lines, with defects on request: ``python -m ... [DEFECT]``."""

import base64
import json
import sys
import time
from datetime import datetime
from typing import Any

from contract_tests.clients.answers import Refused, Unavailable
from contract_tests.clients.complete import YouTestMe


def answer(client: YouTestMe | None, verb: str, given: dict[str, Any]) -> Any:
    if given.get("expires"):
        given["expires"] = datetime.fromisoformat(given["expires"])
    if "body" in given:
        given["body"] = base64.b64decode(given["body"])
    return getattr(client, verb)(**given)


def said(asked: dict[str, Any], client: YouTestMe | None) -> dict[str, Any]:
    try:
        return {"result": answer(client, asked["verb"], asked["arguments"])}
    except Refused as refused:
        return {"error": {"kind": "refused", "message": str(refused), "status": refused.status}}
    except Unavailable as unavailable:
        return {"error": {"kind": "unavailable", "message": str(unavailable), "status": unavailable.status}}
    except Exception as error:
        return {"error": {"kind": "other", "message": repr(error)}}


def main(defect: str) -> None:
    client = None
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["verb"] == "open":
            client = YouTestMe(**asked["arguments"], backoff=0.02)
            tell(json.dumps({"id": asked["id"], "result": None}))
            continue
        if asked["verb"] == "authorize" and defect:
            misbehave(defect)
        tell(json.dumps({"id": asked["id"], **said(asked, client)}))


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def misbehave(defect: str) -> None:
    if defect == "garbage":
        tell("Here I am!")
    if defect == "log":
        tell(json.dumps({"level": "info"}))
    if defect == "crash":
        raise ZeroDivisionError("the adapter is broken")
    if defect == "exit":
        sys.exit(0)
    if defect == "flood":
        tell("x" * 11_000_000)
    if defect == "hang":
        time.sleep(60)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
