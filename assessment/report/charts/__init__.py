"""Charts as small SVGs, drawn from figures and texts that are formatted already."""
