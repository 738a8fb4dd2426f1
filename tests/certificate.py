"""A certificate that a test signs for itself, by OpenSSL."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.programs import find_program


def certify(folder: Path, host: str) -> None:
    """Write `cert` and `key` for a host into the folder."""
    command = [find_program(("openssl",), "openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-keyout", str(folder / "key"), "-out", str(folder / "cert"), "-subj", f"/CN={host}"]
    subprocess.run([*command, "-addext", f"subjectAltName=DNS:{host}"], check=True, capture_output=True, timeout=60)
