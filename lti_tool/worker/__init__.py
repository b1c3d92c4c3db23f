"""Delivers the journal, and does what time asks for."""
