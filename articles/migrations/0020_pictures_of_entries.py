"""Which pictures an entry of a live ticker shows."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0019_desk_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='liveentry',
            name='images',
            field=models.ManyToManyField(editable=False, related_name='live_entries', to='articles.image', verbose_name='images'),
        ),
    ]
