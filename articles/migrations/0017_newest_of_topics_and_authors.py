"""Lists of topics and authors read one range of one index; so do rare filters of the admin."""

from django.db import migrations, models
from django.db.models import Exists, OuterRef, Subquery


def copy_times(apps, schema_editor):
    """Give every topic of an article, and every author's first part in it, the article's time."""
    Article, Byline, TaggedArticle = (
        apps.get_model("articles", name) for name in ("Article", "Byline", "TaggedArticle")
    )
    tagged = Article.objects.filter(pk=OuterRef("content_object")).values("published_at")
    TaggedArticle.objects.update(published_at=Subquery(tagged[:1]))
    signed = Article.objects.filter(pk=OuterRef("article")).values("published_at")
    before = Byline.objects.filter(
        article=OuterRef("article"), author=OuterRef("author"), position__lt=OuterRef("position")
    )
    Byline.objects.filter(~Exists(before)).update(published_at=Subquery(signed[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0016_search_windows'),
    ]

    operations = [
        migrations.AddField(
            model_name='byline',
            name='published_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='taggedarticle',
            name='published_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.RunPython(copy_times, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='byline',
            index=models.Index(condition=models.Q(('published_at__isnull', False)), fields=['author', '-published_at', '-article'], name='byline_newest'),
        ),
        migrations.AddIndex(
            model_name='taggedarticle',
            index=models.Index(fields=['tag', '-published_at', '-content_object'], name='tagged_newest'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['genre', '-edited_at', '-id'], name='article_genre_edited'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(condition=models.Q(('live__isnull', False), models.Q(('live', models.F('head')), _negated=True)), fields=['-edited_at', '-id'], name='article_changed'),
        ),
    ]
