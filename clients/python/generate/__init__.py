"""Writes what of the package follows from the contract: types, error codes and the resources of both clients."""
