"""The vendors: every sub-package that hands over a ``vendor``, found by looking."""

import importlib
import pkgutil
from collections.abc import Iterator

from mockserver.core.vendor import Vendor


def discover() -> Iterator[Vendor]:
    """Yield the vendors in the order of their names."""
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda each: each.name):
        yield importlib.import_module(f"{__name__}.{module.name}").vendor
