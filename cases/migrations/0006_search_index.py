from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_masking_policy_and_reveals")]

    operations = []
