"""Create the tables of the full-text index of jobs."""

from django.db import migrations

from newsroom.lib.fulltext import Index

INDEX = Index("jobs_search", ["title", "employer", "places", "labels"])


def create(apps, schema_editor):
    INDEX.create(schema_editor)


def drop(apps, schema_editor):
    INDEX.drop(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
