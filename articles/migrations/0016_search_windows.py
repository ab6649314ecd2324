"""Let the full-text index find the newest hits without looking at all of them."""

from django.db import migrations

from newsroom.lib.fulltext import Index

INDEX = Index("articles_search", ["headline", "standfirst", "topics", "authors"])


def renew(apps, schema_editor):
    INDEX.renew(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("articles", "0015_agencies")]
    operations = [migrations.RunPython(renew, migrations.RunPython.noop)]
