"""Alignment Assessment: how well an organisation's sales and marketing work together, scored with its evidence."""

__version__ = "0.1.0"
