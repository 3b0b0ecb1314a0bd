"""Knowing a caller: HS256 and nothing else, times compared with sandbox time, secrets compared in constant time."""

import base64
import hmac
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256, sha512
from typing import Any

import pytest

from mockserver.core.auth import BadToken, basic, same, scheme_value, sign_jwt, unverified_claims, verify_jwt
from mockserver.core.operation import Request

NOW = datetime(2020, 1, 1, 12, tzinfo=UTC)
SOON = (NOW + timedelta(minutes=5)).timestamp()
SECRET = "short"


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def forged(header: Any, payload: bytes, secret: str = SECRET, digest: Any = sha256) -> str:
    """Return a token made without the library under test; ``header`` may be anything."""
    head = header if isinstance(header, bytes) else json.dumps(header).encode()
    signed = f"{encoded(head)}.{encoded(payload)}"
    return f"{signed}.{encoded(hmac.new(secret.encode(), signed.encode(), digest).digest())}"


def refused(token: str, secret: str = SECRET, **options: Any) -> str:
    with pytest.raises(BadToken) as caught:
        verify_jwt(token, secret, NOW, **options)
    return str(caught.value)


@pytest.mark.parametrize("secret", ["s", SECRET, "your-256-bit-secret", "x" * 200, "é" * 3])
def test_a_signed_token_is_verified_whatever_its_secrets_length(secret: str) -> None:
    claims = {"exp": SOON, "sub": "é"}
    token = sign_jwt(claims, secret)
    assert verify_jwt(token, secret, NOW) == unverified_claims(token) == claims


def test_a_token_of_another_library_is_verified() -> None:
    token = forged({"alg": "HS256"}, json.dumps({"exp": SOON}).encode())
    assert verify_jwt(token, SECRET, NOW) == {"exp": SOON}


def test_a_signed_token_says_what_it_is() -> None:
    header = sign_jwt({}, SECRET).partition(".")[0]
    assert json.loads(base64.urlsafe_b64decode(header + "==")) == {"alg": "HS256", "typ": "JWT"}


@pytest.mark.parametrize("other", ["", "Short", "short ", "shor"])
def test_another_secret_does_not_match(other: str) -> None:
    token = forged({"alg": "HS256"}, json.dumps({"exp": SOON}).encode(), other)
    assert refused(token) == "the signature does not match"


def test_a_changed_payload_does_not_match() -> None:
    head, _, signature = sign_jwt({"exp": SOON}, SECRET).split(".")
    assert (
        refused(f"{head}.{encoded(json.dumps({'exp': SOON + 1}).encode())}.{signature}")
        == "the signature does not match"
    )


@pytest.mark.parametrize(
    "algorithm", ["none", "None", "NONE", "", "hs256", "HS384", "HS512", "RS256", "ES256", None, 5, ["HS256"], {}]
)
def test_any_other_algorithm_is_refused(algorithm: Any) -> None:
    payload = json.dumps({"exp": SOON}).encode()
    refused(forged({"alg": algorithm}, payload))
    refused(forged({"alg": algorithm}, payload, digest=sha512))
    refused(forged({"alg": algorithm}, payload).rpartition(".")[0] + ".")


def test_alg_none_is_refused_as_an_algorithm() -> None:
    assert refused(forged({"alg": "none"}, b"{}").rpartition(".")[0] + ".") == "its algorithm is not HS256"


@pytest.mark.parametrize(
    "token",
    [
        "", ".", "..", "a", "a.b", "a.b.c", "a.b.c.d", "é.é.é", " ", "e30.e30.e30", "." * 100, "\ud800.a.b", "a\x00.b",
        forged({}, b"{}"), forged([], b"{}"), forged(b"", b"{}"), forged(b"[" * 100_000, b"{}"), forged(b"\xff", b"{}"),
        forged({"alg": "HS256", "kid": 5}, b"{}"), forged({"alg": "HS256", "b64": False}, b"{}"),
        forged({"alg": "HS256"}, b""), forged({"alg": "HS256"}, b"{"), forged({"alg": "HS256"}, b"\xff"),
        forged({"alg": "HS256"}, b"[" * 100_000), forged({"alg": "HS256"}, b'{"exp": NaN}'),
        forged({"alg": "HS256"}, b"[]"), forged({"alg": "HS256"}, b"null"), forged({"alg": "HS256"}, b'"exp"'),
        sign_jwt({"exp": SOON}, SECRET) + ".", sign_jwt({"exp": SOON}, SECRET)[:-2],
    ],
)  # fmt: skip
def test_a_garbled_token_is_refused_with_a_reason(token: str) -> None:
    assert refused(token)


@pytest.mark.parametrize("token", ["", "a", "a.b.c", "é.é.é", "e30.W10.e30", forged({"alg": "HS256"}, b"[" * 100_000)])
def test_claims_of_a_garbled_token_cannot_be_read_even_without_trust(token: str) -> None:
    with pytest.raises(BadToken):
        unverified_claims(token)


@pytest.mark.parametrize(
    ("claims", "leeway", "reason"),
    [
        ({"exp": NOW.timestamp() + 1}, 0, None),
        ({"exp": NOW.timestamp()}, 0, "expired"),
        ({"exp": NOW.timestamp() - 1}, 0, "expired"),
        ({"exp": NOW.timestamp() - 1}, 2, None),
        ({"exp": NOW.timestamp() - 2}, 2, "expired"),
        ({"exp": SOON, "nbf": NOW.timestamp()}, 0, None),
        ({"exp": SOON, "nbf": NOW.timestamp() + 1}, 0, "its nbf claim is in the future"),
        ({"exp": SOON, "nbf": NOW.timestamp() + 1}, 1, None),
        ({"exp": SOON, "iat": NOW.timestamp()}, 0, None),
        ({"exp": SOON, "iat": NOW.timestamp() + 1}, 0, "its iat claim is in the future"),
        ({"exp": SOON, "iat": NOW.timestamp() + 1}, 1, None),
        ({"exp": SOON, "nbf": None}, 0, None),
        ({"exp": SOON + 0.5}, 0, None),
    ],
)
def test_times_are_compared_with_sandbox_time(claims: dict[str, Any], leeway: int, reason: str | None) -> None:
    token = sign_jwt(claims, SECRET)
    if reason is None:
        assert verify_jwt(token, SECRET, NOW, leeway=timedelta(seconds=leeway)) == claims
    else:
        assert reason in refused(token, leeway=timedelta(seconds=leeway))


@pytest.mark.parametrize("claim", ["exp", "nbf", "iat"])
@pytest.mark.parametrize("value", ["1", "tomorrow", True, [], {}, [1]])
def test_a_time_that_is_no_number_is_refused(claim: str, value: Any) -> None:
    assert f"its {claim} claim is not a number" in refused(sign_jwt({"exp": SOON, claim: value}, SECRET))


@pytest.mark.parametrize("claim", ["exp", "nbf", "iat"])
@pytest.mark.parametrize("digits", ["-1" + "0" * 400, "1" + "0" * 400, "1e308", "-1e308", "1e400"])
def test_a_time_of_any_size_is_compared_or_refused(claim: str, digits: str) -> None:
    token = forged({"alg": "HS256"}, f'{{"exp": {SOON}, "{claim}": {digits}}}'.encode())
    with suppress(BadToken):
        verify_jwt(token, SECRET, NOW, leeway=timedelta(seconds=30))


@pytest.mark.parametrize("missing", [{}, {"iss": None}, {"iss": ""}])
def test_a_required_claim_must_be_there(missing: dict[str, Any]) -> None:
    assert refused(sign_jwt({"exp": SOON, **missing}, SECRET), require=("exp", "iss")) == "it has no iss claim"
    assert refused(sign_jwt({"iss": "a"}, SECRET)) == "it has no exp claim"
    assert verify_jwt(sign_jwt({}, SECRET), SECRET, NOW, require=()) == {}


def test_secrets_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    real = hmac.compare_digest

    def watched(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return real(one, other)

    monkeypatch.setattr(hmac, "compare_digest", watched)
    assert same("é", "é")
    assert not same("é", "e")
    assert compared == [("é".encode(), "é".encode()), ("é".encode(), b"e")]


def asked(header: str | None) -> Request:
    return Request("GET", "/", headers={} if header is None else {"authorization": header})


@pytest.mark.parametrize(
    ("header", "value"),
    [
        (None, None),
        ("", None),
        ("Bearer", ""),
        ("Bearer ", ""),
        ("Bearer abc", "abc"),
        ("bEARER  abc ", "abc"),
        ("Bearer a b", "a b"),
        ("Basic abc", None),
        ("abc", None),
        ("Bearerabc", None),
    ],
)
def test_what_follows_the_scheme_is_the_value(header: str | None, value: str | None) -> None:
    assert scheme_value(asked(header), "bearer") == value


@pytest.mark.parametrize(
    ("plain", "pair"),
    [
        (b"user:pass", ("user", "pass")),
        (b"user:", ("user", "")),
        (b":", ("", "")),
        (b"u:p:q", ("u", "p:q")),
        ("é:ü".encode(), ("é", "ü")),
    ],
)
def test_basic_is_user_and_password(plain: bytes, pair: tuple[str, str]) -> None:
    assert basic(asked(f"Basic {base64.b64encode(plain).decode()}")) == pair


@pytest.mark.parametrize(
    "header",
    [
        None,
        "Bearer dTpw",
        "Basic",
        "Basic ",
        "Basic ???",
        "Basic dTp",
        "Basic dXNlcg==",
        "Basic /zpw",
        "Basic é",
        "Basic u:p",
        "Basic =",
    ],
)
def test_garbled_basic_is_nobody(header: str | None) -> None:
    assert basic(asked(header)) is None
