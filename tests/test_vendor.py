import hashlib
import tomllib
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
LISTED = tomllib.loads((VENDOR / "vendor.toml").read_text(encoding="utf-8"))


def test_every_vendored_file_is_what_is_listed():
    present = {
        str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.parent.name != "licences" and path.name != "vendor.toml"
    }

    listed = {name: digest for package in LISTED.values() for name, digest in package["sha256"].items()}

    assert present == listed


def test_every_vendored_package_has_its_licence():
    missing = [name for name, package in LISTED.items() if not (VENDOR / package["licence_file"]).read_text()]

    assert missing == []


def test_every_rule_of_the_stylesheet_is_closed():
    """A brace that is lost in a merge takes the rules after it into a query of the screen's width."""
    depth = 0
    for number, line in enumerate((VENDOR.parent / "gov.css").read_text(encoding="utf-8").splitlines(), start=1):
        assert not (line.startswith("/*") and depth), f"line {number} begins a subject inside a rule"
        depth += line.count("{") - line.count("}")

    assert depth == 0
