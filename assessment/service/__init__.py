"""Use cases, one module per noun: what a partner, a command or a page can ask for."""
