"""Remember which pictures the entries show that are there already.

A few at a time, so that a ticker that is being written waits for moments only; a run that was cut
short is finished by the next.
"""

import re
from itertools import batched

from django.db import connection, migrations, transaction

IMAGE_ID = re.compile(r'<img[^>]*\sdata-file="(\d+)"')


def fill(apps, schema_editor):
    """Take the pictures of each entry from its text; those that are gone are not shown."""
    LiveEntry, Image = (apps.get_model("articles", name) for name in ("LiveEntry", "Image"))
    through = LiveEntry.images.through
    shows = LiveEntry.objects.filter(text__contains='data-file="').order_by("pk")
    for numbers in batched(shows.values_list("pk", flat=True), 200):
        with transaction.atomic():
            entries, images = LiveEntry.objects.filter(pk__in=numbers), Image.objects.all()
            if connection.features.has_select_for_update:
                entries, images = entries.select_for_update(), images.select_for_update(no_key=True)
            shown = {
                entry.pk: {int(number) for number in IMAGE_ID.findall(entry.text)}
                for entry in entries.order_by("pk")
            }
            known = images.filter(pk__in=set().union(*shown.values())).order_by("pk")
            there = {image.pk for image in known}
            through.objects.bulk_create(
                [
                    through(liveentry_id=entry, image_id=image)
                    for entry, pictures in shown.items()
                    for image in sorted(pictures & there)
                ],
                ignore_conflicts=True,
            )


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('articles', '0020_pictures_of_entries'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
