"""Contracts beside each other: what changed between two, and what is made of one. Only documents, no application."""
