"""The mails of the newsletter, made when they are sent: whoever has left meanwhile gets none."""

from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from newsroom.lib import outbox
from newsroom.lib.addresses import absolute
from newsroom.lib.mail import Mail, compose
from newsroom.models import Message, User

from .. import promos
from ..alerts import links, scopes
from ..alerts.mails import told
from ..models import NewsletterIssue, Subscription
from . import contents

_LIST_ID = "newsletter"


def issue(message: Message) -> EmailMessage:
    """Write an issue to one reader, with what of it readers can still see."""
    wanted = Subscription.objects.active().of([(Subscription.Scope.NEWSLETTER, [0])])
    row = wanted.filter(subscriber=message.about).select_related("subscriber").first()
    if row is None:
        raise outbox.Skip(_("Not wanted any more."))
    letter = contents.read(_find(NewsletterIssue.objects.sent(), message))
    if letter.is_empty:
        raise outbox.Skip(_("Readers cannot see anything of it any more."))
    reader = row.subscriber
    return write(
        letter,
        to=reader.address,
        language=reader.language,
        unsubscribe=links.off_path(reader.pk, [row.pk]),
        preferences=links.preferences_path(reader.pk),
    )


def trial(message: Message) -> EmailMessage:
    """Write an issue, as it would go out now, to the member of staff who asked for a test."""
    user = User.objects.filter(pk=message.about or 0, is_active=True).exclude(email="").first()
    if user is None:
        raise outbox.Skip(_("The account or its address is gone."))
    mail = write(contents.read(_find(NewsletterIssue.objects.all(), message)), to=user.email)
    mail.subject = _("[Test] %(subject)s") % {"subject": mail.subject}
    return mail


def write(
    letter: contents.Letter,
    *,
    to: str,
    language: str = "",
    unsubscribe: str = "",
    preferences: str = "",
) -> Mail:
    """Return the mail of an issue; the page that previews it calls this, too."""
    with override(language or None):
        labels = [scopes.newsletter().label] if preferences else []
        offer = promos.mail_context(letter.articles)
    context = {
        **offer,
        "letter": letter,
        # One picture a mail, above the first story.
        "stories": [told(one, has_picture=one is letter.articles[0]) for one in letter.articles],
        "issue_url": absolute(letter.issue.get_absolute_url()) if letter.issue.is_sent else "",
        "labels": labels,
        "preferences_url": absolute(preferences),
    }
    return compose(
        "newsletter",
        context,
        to=to,
        language=language,
        unsubscribe=unsubscribe,
        list_id=_LIST_ID if unsubscribe else "",
    )


def _find(rows: QuerySet[NewsletterIssue], message: Message) -> NewsletterIssue:
    found = rows.filter(pk=message.payload["issue"]).first()
    if found is None:
        raise outbox.Skip(_("The issue has been deleted."))
    return found


HANDLERS: dict[str, outbox.Handler] = {"newsletter": issue, "newsletter-test": trial}
