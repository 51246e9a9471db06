"""Decisions as files, written whole or not at all."""
