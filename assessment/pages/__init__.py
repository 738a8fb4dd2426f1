"""The hosted pages: HTML that works without a script."""
