"""`manage.py restore DIR`: everything is checked before anything is written."""

from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from accounts.errors import Refusal, enumerated
from inspections.backup import manifest as manifests
from inspections.backup.databases import Failed, engine, rows_of, tables
from inspections.backup.files import Say, chunks_of, counted, sha256_of_file, write
from inspections.backup.manifest import Manifest, Unusable


def restore(folder: Path, say: Say, *, without_damaged: bool = False) -> Manifest:
    """Put the photos, then the database of a backup into an empty place. `migrate` comes after it.

    Raises Refusal, with nothing written, when the folder is no whole backup, is of another engine or a later release,
    or when the database here holds anything; of damaged photos, unless they are to be left out. What was interrupted
    is done by asking again.
    """
    folder = folder.absolute()
    manifest = _manifest_of(folder)
    _check_engine(manifest)
    _check_release(manifest)
    _check_empty()
    engine().ready()
    files = _checked(folder, manifest, say, without_damaged)
    for path in counted(sorted(files), say, _("照片 %(done)s/%(all)s 已就位")):
        place = Path(settings.DATA_DIR) / path
        if sha256_of_file(place) != files[path]:
            write(place, chunks_of(folder / path))
    say(_("正在恢复数据库……"))
    engine().load(folder / manifest.database)
    if (rows := rows_of(tables())) != manifest.rows:
        wrong = [
            name for name in sorted(rows.keys() | manifest.rows.keys()) if rows.get(name) != manifest.rows.get(name)
        ]
        raise Failed(_("恢复后这些表的行数与清单不符：%(names)s。") % {"names": enumerated(wrong)})
    return manifest


def _manifest_of(folder: Path) -> Manifest:
    manifest = manifests.read(folder)
    if manifest is None:
        raise Unusable(_("%(folder)s 里没有 manifest.json：不是备份，或是没有做完的备份。") % {"folder": folder})
    return manifest


def _check_engine(manifest: Manifest) -> None:
    if manifest.engine != connection.vendor:
        raise Unusable(
            _("备份来自 %(given)s，这里用的是 %(here)s，不能互相恢复：请按备份的数据库设置 DATABASE_URL。")
            % {"given": manifest.engine, "here": connection.vendor}
        )


def _check_release(manifest: Manifest) -> None:
    loader = MigrationLoader(None)
    known = {f"{app}.{name}" for app, name in loader.disk_migrations}
    apps = loader.migrated_apps  # of an app that is no more here nothing is expected
    ahead = [each for each in manifest.migrations if each not in known and each.split(".")[0] in apps]
    if ahead:
        raise Unusable(
            _("备份来自较新的版本（这里没有迁移 %(names)s）：请先安装那个版本，再恢复。")
            % {"names": enumerated(ahead[:3])}
        )


def _check_empty() -> None:
    if tables():
        raise Refusal(
            _("数据库 %(name)s 不是空的，没有恢复：请给一个空的 DATA_DIR 或空的数据库，不要先执行 migrate。")
            % {"name": connection.settings_dict["NAME"]}
        )


def _checked(folder: Path, manifest: Manifest, say: Say, without_damaged: bool) -> dict[str, str]:
    """The SHA-256 of every photo's file by its path, once all of the backup's files are as their list says."""
    files = {path: sha256 for sha256, path in manifests.listed(folder, manifest)}
    paths = counted(sorted({*files, manifest.database}), say, _("已核对 %(done)s/%(all)s 个文件"))
    wrong = {path for path in paths if sha256_of_file(folder / path) != files.get(path)}
    if manifest.database in wrong or (wrong and not without_damaged):
        raise Unusable(
            _("备份里有 %(count)s 个文件缺失或已损坏，没有恢复：%(names)s。")
            % {"count": len(wrong), "names": enumerated(sorted(wrong)[:10])}
        )
    return {path: sha256 for path, sha256 in files.items() if path not in {*wrong, manifest.database}}
