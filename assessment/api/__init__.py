"""Everything that speaks HTTP: handlers, wire types, strict reading, problem documents and the contract."""
