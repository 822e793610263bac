from django.db import migrations


class Migration(migrations.Migration):
    """Two tables of libraries under names of ours, and accounts under the name they have on the pages."""

    dependencies = [
        ("accounts", "0005_audit_is_read_by_time"),
        ("axes", "0010_accessattemptexpiration"),
        ("knox", "0009_extend_authtoken_field"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiToken",
            fields=[],
            options={
                "verbose_name": "接口令牌",
                "verbose_name_plural": "接口令牌",
                "ordering": ["-created"],
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("knox.authtoken",),
        ),
        migrations.CreateModel(
            name="FailedSignIn",
            fields=[],
            options={
                "verbose_name": "登录失败",
                "verbose_name_plural": "登录失败与锁定",
                "ordering": ["-attempt_time"],
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("axes.accessattempt",),
        ),
        migrations.AlterModelOptions(name="user", options={"verbose_name": "账号", "verbose_name_plural": "账号"}),
    ]
