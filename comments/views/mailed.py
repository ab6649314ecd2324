"""Links that stand in mails. Mail programs open them by themselves: only the button counts."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsroom.lib import tokens
from newsroom.lib.verbs import Refused

from .. import links, moderation
from ..models import Comment, rules_for
from .keyed import keyed


@csrf_exempt  # the link is the key
@keyed
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Let the owner of an address say that a comment is his or hers."""
    title = _("Confirm your address")
    try:
        comment = links.comment_of(links.CONFIRM, token, max_age=links.CONFIRM_TIME)
    except tokens.Expired:
        return _say(request, title, _("This link is too old."), status=HTTPStatus.GONE)
    if comment is None:
        return _invalid(request, title)
    if request.method != "POST":
        text = _("Press the button if you have written this comment.")
        return _say(request, title, text, button=_("I wrote it"), comment=comment)
    try:
        moderation.verify_author(comment, rules=rules_for(request))
    except Refused as refusal:
        return _say(request, title, str(refusal), status=HTTPStatus.GONE)
    text = _("Thank you. You get a mail when somebody replies or a decision is made.")
    return _say(request, _("Your address is confirmed"), text)


@csrf_exempt  # RFC 8058: mail programs post here without a cookie
@keyed
@require_http_methods(["GET", "HEAD", "POST"])
def stop_replies(request: HttpRequest, token: str) -> HttpResponse:
    """End the mails about replies to a comment's author; any number of times."""
    title = _("Mails about replies")
    comment = links.comment_of(links.STOP, token)
    if comment is None:
        return _invalid(request, title)
    if request.method != "POST":
        text = _("You get mails when somebody replies to your comments.")
        return _say(request, title, text, button=_("Send me none any more"))
    moderation.stop_replies(comment)
    return _say(request, title, _("You get no more mails about replies."))


def _invalid(request: HttpRequest, title: str) -> HttpResponse:
    text = _("The comment is gone, or the address is not complete.")
    return _say(request, title, text, status=HTTPStatus.NOT_FOUND)


def _say(
    request: HttpRequest,
    title: str,
    text: str,
    *,
    button: str = "",
    comment: Comment | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    context = {"title": title, "text": text, "button": button, "comment": comment}
    return render(request, "comments/confirm.html", context, status=status)
