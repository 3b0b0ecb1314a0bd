"""The switches of YouTestMe's mock; what each row of the table of doubts can be turned to."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta


@dataclass(frozen=True, slots=True)
class Settings:
    """One sandbox's choices."""

    rest_api_module: Annotated[bool, Meta(description="False answers every call 403, as a tenant without it.")] = True
    authentication: Annotated[bool, Meta(description="False lets callers in without an API key.")] = True
    default_time_zone: Annotated[str, Meta(description="Given to users created without one.")] = "UTC"
