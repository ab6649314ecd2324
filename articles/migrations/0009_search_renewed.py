"""Bring the tables of the full-text index up to date.

On PostgreSQL phrases find texts that were indexed before only after `manage.py reindex --search`.
"""

from django.db import migrations

from newsroom.lib.fulltext import Index

INDEX = Index("articles_search", ["headline", "standfirst", "topics", "authors"])


def renew(apps, schema_editor):
    INDEX.renew(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("articles", "0008_related_scores_free")]
    operations = [migrations.RunPython(renew, migrations.RunPython.noop)]
