"""Broken twins of Talentsoft as a client, and of partners' servers."""

from contract_tests.twins.catalogue import Healthy
from contract_tests.twins.talentsoft.partners import serving

HEALTHY = Healthy(
    "talentsoft",
    "contract_tests.clients.complete:Talentsoft",
    fixtures="documented",
    credentials={"recruiter": "test@partner.com"},
    instead=serving(),
)
