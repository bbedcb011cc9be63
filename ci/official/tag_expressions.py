"""Compares tag expressions with `cucumber-tag-expressions`."""

from probe import ask
