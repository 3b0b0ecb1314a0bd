"""The clients of the catalogue as classes of a module, so that each can be named as an adapter."""

from contract_tests.twins.catalogue import catalogue
from contract_tests.twins.twin import ClientTwin


def __getattr__(name: str) -> type:
    """Return the class of a twin; raise ``AttributeError``."""
    twin = catalogue().get(name)
    if not isinstance(twin, ClientTwin):
        raise AttributeError(name)
    return twin.adapter
