"""A caller with an access token of the demo set's first client; a partner that does as it is told, and Talentsoft."""

from collections.abc import Iterator

import pytest

from tests.server import RemoteSandbox
from tests.vendors.talentsoft.client import Caller
from tests.vendors.talentsoft.partner import Ats, ScriptedPartner, running_partner


@pytest.fixture
def caller(sandbox: RemoteSandbox) -> Caller:
    return Caller(sandbox)


@pytest.fixture
def partner() -> Iterator[ScriptedPartner]:
    """A partner server of this test's own."""
    with running_partner() as made:
        yield made


@pytest.fixture
def ats(partner: ScriptedPartner) -> Ats:
    """Talentsoft, which knows that partner."""
    made = Ats()
    made.connect(partner)
    return made
