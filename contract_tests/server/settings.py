"""What a check of servers is told: where they are, who calls, and what they can do."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from contract_tests.server.capabilities import Form
from mockserver.plain_yaml import read_yaml

Data = dict[str, Any]


class WrongSetting(ValueError):
    """An option or a file says something that cannot be used; the message names it and says what to do."""


_ADDRESSES = frozenset({"base_url", "callback_url"})


@dataclass(frozen=True)
class Target:
    """One server to check.

    ``credentials`` and ``capabilities`` are what the files say of its vendor. An answer may take ``timeout`` seconds.
    """

    vendor: str
    url: str
    credentials: Mapping[str, Any] = field(default_factory=dict)
    capabilities: Mapping[str, Any] = field(default_factory=dict)
    writes: bool = False
    timeout: float = 10.0

    def credential(self, name: str) -> str:
        """Return a credential; raise ``WrongSetting`` if it was not given."""
        value = self.credentials.get(name)
        if value is None or value == "":
            raise WrongSetting(
                f"The credentials of {self.vendor} need {name}, for example {self.vendor}: {{{name}: ...}}."
            )
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise WrongSetting(f"The credential {name} of {self.vendor} must be a text; it is {type(value).__name__}.")
        return str(value)

    def knows(self, *, credentials: Collection[str], capabilities: Mapping[str, Form]) -> None:
        """Raise ``WrongSetting`` for what no check has a use for, and for a capability that is not of its form."""
        for what, given, known in (
            ("credentials", self.credentials, credentials),
            ("capabilities", self.capabilities, capabilities),
        ):
            # Addresses stand among the credentials that a mockserver tells; they are of no use here and no mistake.
            unknown = [name for name in given if name not in known and name not in _ADDRESSES]
            if unknown:
                listed = ", ".join(sorted(known))
                raise WrongSetting(f"The {what} of {self.vendor} have {unknown[0]!r}; known are {listed}.")
        for name, form in capabilities.items():
            if name in self.capabilities and not form.fits(self.capabilities[name]):
                value = self.capabilities[name]
                raise WrongSetting(f"The capability {name} of {self.vendor} must be {form.wanted}; it is {value!r}.")


def split_server(text: str) -> tuple[str, str]:
    """Return vendor and address of ``vendor=URL``; raise ``WrongSetting``."""
    vendor, equals, url = text.partition("=")
    if not equals or not url.startswith(("http://", "https://")):
        raise WrongSetting(
            f"--server {text!r}: give a vendor and an http address, like talentsoft=https://partner.example."
        )
    return vendor, url.rstrip("/")


def read_settings(path: str | None, option: str, vendors: Collection[str]) -> Mapping[str, Data]:
    """Return what a YAML or JSON file says of some of the vendors, nothing without a file; raise ``WrongSetting``."""
    if not path:
        return {}
    try:
        found = read_yaml(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise WrongSetting(f"{option} {path}: {error.strerror}.") from None
    except (ValueError, yaml.YAMLError) as error:
        raise WrongSetting(f"{option} {path} is neither YAML nor JSON: {' '.join(str(error).split())}") from None
    if not isinstance(found, dict) or not all(isinstance(each, dict) for each in found.values()):
        raise WrongSetting(
            f"{option} {path}: a mapping for each vendor is expected, like talentsoft: {{client_id: ...}}."
        )
    unknown = [name for name in found if name not in vendors]
    if unknown:
        known = ", ".join(sorted(vendors))
        raise WrongSetting(f"{option} {path}: there is no vendor {unknown[0]!r}; known are {known}.")
    return found
