"""Backup and restore: database and photos of one moment, in a folder with digests (docs/adr/0022).

The database is copied first, as of one moment, by its own means; then every photo that its rows name: the bytes of a
photo are on the disk before a row says so, and neither is ever changed. The manifest is written last, so a folder
without one, or whose manifest is older, is not taken for what it is not.
"""

from inspections.backup.making import back_up
from inspections.backup.restoring import restore

__all__ = ["back_up", "restore"]
