"""Which tables an archive carries, in which order, and the moment at which they are read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder

type Column = models.Field[Any, Any]

# What stays behind, and why. A test holds this list and the carried tables against all there are.
LEFT_OUT = {
    "sessions.session": "sign-ins end with the move",
    "axes.accessattempt": "short-lived, with addresses of networks",
    "axes.accessattemptexpiration": "short-lived",
    "axes.accesslog": "short-lived, with addresses of networks",
    "axes.accessfailurelog": "short-lived, with addresses of networks",
    "newsroom.networkkey": "secret, of one day",
    "newsroom.attempt": "short-lived, hashes of networks",
    "newsroom.tickrun": "tells of the old machine",
    "articles.presence": "tells of open forms",
    "newsroom.standingversion": "written by triggers",
    "articles.monthtally": "counted by triggers",
    "articles.topictally": "counted by triggers",
    # Every site numbers these for itself when it is migrated: rows name them.
    "contenttypes.contenttype": "made by migrate",
    "auth.permission": "made by migrate",
}
# `migrate` leaves rows in them; they give way to the archive's.
FILLED_BY_MIGRATE = ("auth.group", "auth.group_permissions", "sites.site")


@dataclass(frozen=True)
class Table:
    """One table of the site."""

    model: type[models.Model]

    @property
    def name(self) -> str:
        return self.model._meta.label_lower

    @property
    def path(self) -> str:
        """Its file in an archive."""
        return f"tables/{self.name}.jsonl"

    @property
    def fields(self) -> list[Column]:
        return list(self.model._meta.local_concrete_fields)

    @property
    def file_fields(self) -> list[str]:
        """The columns that name a file."""
        return [field.attname for field in self.fields if isinstance(field, models.FileField)]

    @property
    def has_numbers(self) -> bool:
        """Whether the database numbers its rows."""
        return isinstance(self.model._meta.pk, models.AutoField | models.BigAutoField)

    def rows(self) -> models.QuerySet[Any]:
        """All rows by primary key; no manager leaves any out."""
        return self.model._base_manager.order_by("pk")


def carried() -> list[Table]:
    """Return the tables, each after those that its rows cannot be without.

    Keys that may be empty can lead forward (an article and its revisions name each other): the
    database checks keys at the end of a transaction.
    """
    left = sorted(
        (
            model
            for model in apps.get_models(include_auto_created=True)
            if model._meta.managed and model._meta.label_lower not in LEFT_OUT
        ),
        key=lambda model: model._meta.label_lower,
    )
    done: list[type[models.Model]] = []
    while left:
        free = [model for model in left if not _needs(model) & set(left) - {model}]
        if not free:
            raise LookupError(f"These tables need each other: {left}")
        done += free
        left = [model for model in left if model not in free]
    return [Table(model) for model in done]


def _needs(model: type[models.Model]) -> set[Any]:
    return {
        field.related_model
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.ForeignKey) and not field.null
    }


def migrations() -> list[str]:
    """Return what the database has been migrated to: archives are of one state of the tables."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


@contextmanager
def snapshot() -> Iterator[None]:
    """Read everything as of one moment, and keep nobody from writing meanwhile."""
    if connection.in_atomic_block:
        yield  # the caller's transaction
        return
    is_sqlite = connection.vendor == "sqlite"
    connection.ensure_connection()  # which reads the mode
    database: Any = connection  # of SQLite: its types are those of any database
    mode = database.transaction_mode if is_sqlite else None
    if is_sqlite:
        database.transaction_mode = "DEFERRED"  # IMMEDIATE would be the one writer
    try:
        with transaction.atomic():
            if not is_sqlite:
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    finally:
        if is_sqlite:
            database.transaction_mode = mode


class Names:
    """Content types and permissions by name: their numbers are different in every database."""

    def __init__(self) -> None:
        self._types = {(t.app_label, t.model): t.pk for t in ContentType.objects.all()}
        self._permissions = {
            (p.content_type.app_label, p.content_type.model, p.codename): p.pk
            for p in Permission.objects.select_related("content_type")
        }
        self._of_type = {pk: ".".join(name) for name, pk in self._types.items()}
        self._of_permission = {pk: ".".join(name) for name, pk in self._permissions.items()}

    def name(self, field: Column, number: Any) -> Any:
        """Return what an archive writes for a key; other columns' values as they are."""
        if number is None or field.related_model not in {ContentType, Permission}:
            return number
        is_type = field.related_model is ContentType
        return (self._of_type if is_type else self._of_permission)[number]

    def number(self, field: Column, name: Any) -> Any:
        """Return this database's key for what an archive wrote.

        What only the old site knows, left over from earlier versions, is made here as well.
        """
        if name is None or field.related_model not in {ContentType, Permission}:
            return name
        app, model, *code = name.split(".", 2)
        if (app, model) not in self._types:
            self._types[app, model] = ContentType.objects.create(app_label=app, model=model).pk
        kind = self._types[app, model]
        if not code:
            return kind
        if (app, model, code[0]) not in self._permissions:
            made = Permission.objects.create(
                content_type_id=kind, codename=code[0], name=code[0].replace("_", " ")
            )
            self._permissions[app, model, code[0]] = made.pk
        return self._permissions[app, model, code[0]]
