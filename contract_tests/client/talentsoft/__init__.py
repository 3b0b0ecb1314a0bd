"""Checks of Talentsoft as a client of an assessment partner."""

from contract_tests.clients.adapting import Role
from contract_tests.clients.protocols import TalentsoftAdapter

ROLE = Role(
    "talentsoft",
    TalentsoftAdapter,
    ("client_id", "client_secret"),
    path="/api/v1",
    also={"recruiter": "recruiter@meridian.example"},
)
