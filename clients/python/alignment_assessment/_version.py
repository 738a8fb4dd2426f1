"""The version of this package, which its builds and its User-Agent name."""

__version__ = "0.1.0"
