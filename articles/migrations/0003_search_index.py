"""Create the tables of the full-text index; `manage.py reindex` fills them for texts that exist."""

from django.db import migrations

from newsroom.lib.fulltext import Index

INDEX = Index("articles_search", ["headline", "standfirst", "topics", "authors"])


def create(apps, schema_editor):
    INDEX.create(schema_editor)


def drop(apps, schema_editor):
    INDEX.drop(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("articles", "0002_initial")]
    operations = [migrations.RunPython(create, drop)]
