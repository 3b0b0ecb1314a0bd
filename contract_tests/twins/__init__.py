"""Broken twins: healthy subjects with one small deliberate defect each, which the checks must name.

A folder is a vendor's; its ``clients`` and ``servers`` list ``TWINS``.
``python -m contract_tests.twins`` runs them all.
"""
