"""Packages of the npm registry that tests use; package.json beside this lists them."""

from pathlib import Path

_FOLDER = Path(__file__).resolve().parents[2] / ".venv/node"


def is_installed() -> bool:
    """Tell whether npm has installed what package.json lists."""
    return (_FOLDER / "installed").exists()


def folder(package: str) -> Path:
    """Return where a package is installed; LookupError tells how to get it."""
    found = _FOLDER / "node_modules" / package
    if not found.is_dir():
        raise LookupError(f"{package} is not installed: make .venv/node/installed (needs npm).")
    return found
