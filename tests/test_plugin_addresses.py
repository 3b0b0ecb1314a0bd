"""Which addresses the plugin and the check commands take for mockserver's own."""

import pytest

from mockserver.testing.addresses import is_own


@pytest.mark.parametrize(
    ("url", "origins", "own"),
    [
        ("http://127.0.0.1:8080/a", ["http://127.0.0.1:8080"], True),
        ("http://localhost:8080/a", ["http://127.0.0.1:8080"], True),
        ("http://youtestme.localhost:8080/a", ["http://[::1]:8080"], True),
        ("http://127.0.1.1:8080/a", ["http://localhost:8080"], True),
        ("http://MOCK.example/a", ["http://mock.example:80"], True),
        ("https://mock.example/a", ["http://10.0.0.1:8080", "https://mock.example:443/base"], True),
        ("http://other.example:8080/__admin/sandboxes/ci-7/inbox/mine", ["http://127.0.0.1:8080"], True),
        ("http://127.0.0.1:8081/a", ["http://127.0.0.1:8080"], False),
        ("https://mock.example/a", ["http://mock.example"], False),
        ("http://youtestme.localhost:8080/a", ["http://mock.example:8080"], False),
        ("http://other.example/inbox/mine", ["http://127.0.0.1:8080"], False),
        ("/__admin/sandboxes/ci-7/inbox/mine", ["http://127.0.0.1:8080"], False),
        ("http://[::1/a", ["http://[::1]:80"], False),
    ],
)
def test_an_address_is_the_servers_own_by_every_name_of_it(url: str, origins: list[str], own: bool) -> None:
    assert is_own(url, *origins) is own
