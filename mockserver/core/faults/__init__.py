"""Misbehaviour on request: kinds, one small file each, and the rules that say when one strikes."""
