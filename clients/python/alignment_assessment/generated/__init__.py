# Generated from the contract by `make contract`: change it there, or in clients/python/generate.
"""What follows from the contract."""
