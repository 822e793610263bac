import re

from django.conf import settings

READ = re.compile(r"""(?:env\.\w+\(|environ\.get\(|environ\[)["']([A-Z_]+)["']""")


def test_every_variable_that_is_read_is_in_the_example():
    read = {
        name
        for path in [settings.BASE_DIR / "config" / "settings.py", settings.BASE_DIR / "config" / "gunicorn.py"]
        for name in READ.findall(path.read_text(encoding="utf-8"))
    }
    example = (settings.BASE_DIR / ".env.example").read_text(encoding="utf-8")

    assert len(read) > 10
    assert sorted(name for name in read if not re.search(rf"^# +{name}[ =]", example, re.M)) == []
