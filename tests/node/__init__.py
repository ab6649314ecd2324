"""Packages of the npm registry that tests use; package.json beside this lists them."""

from pathlib import Path

MODULES = Path(__file__).resolve().parents[2] / ".venv/node/node_modules"


def folder(package: str) -> Path:
    """Return where a package is installed; LookupError tells how to get it."""
    found = MODULES / package
    if not found.is_dir():
        raise LookupError(f"{package} is not installed: make .venv/node/installed (needs npm).")
    return found
