"""Fronts: what puts requests into the pipeline and outcomes on the wire."""
