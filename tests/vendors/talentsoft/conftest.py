"""A caller with an access token of the demo set's first client."""

import pytest

from tests.server import RemoteSandbox
from tests.vendors.talentsoft.client import Caller


@pytest.fixture
def caller(sandbox: RemoteSandbox) -> Caller:
    return Caller(sandbox)
