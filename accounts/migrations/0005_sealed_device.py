from django.db import migrations

from accounts.models import seal_totp


def seal_all(apps, schema_editor):
    """Secrets from before lay there in plain hexadecimal."""
    for device in apps.get_model("otp_totp", "TOTPDevice").objects.all():
        device.key = seal_totp(bytes.fromhex(device.key), device.user_id)
        device.save(update_fields=["key"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_access_override"),
        ("otp_totp", "0003_add_timestamps"),
    ]

    operations = [
        migrations.CreateModel(
            name="SealedDevice",
            fields=[],
            options={
                "verbose_name": "officials' authenticator",
                "verbose_name_plural": "officials' authenticators",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("otp_totp.totpdevice",),
        ),
        migrations.RunPython(seal_all, migrations.RunPython.noop),
    ]
