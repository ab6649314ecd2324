from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('comments', '0001_initial'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(condition=models.Q(('status__in', ['approved', 'removed']), _negated=True), fields=['article', 'path'], name='comment_hiding'),
        ),
    ]
