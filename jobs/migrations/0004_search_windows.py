"""Let the full-text index find the newest hits without looking at all of them."""

from django.db import migrations

from newsroom.lib.fulltext import Index

INDEX = Index("jobs_search", ["title", "employer", "places", "labels"])


def renew(apps, schema_editor):
    INDEX.renew(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("jobs", "0003_terms")]
    operations = [migrations.RunPython(renew, migrations.RunPython.noop)]
