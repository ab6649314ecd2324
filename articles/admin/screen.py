"""What the writing page shows beside its forms: where the text stands and what it lacks."""

from collections.abc import Iterator
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from newsroom.lib import richtext

from .. import checklist, workflow
from ..models import Article, Image, Revision
from ..readable import LABELS, readable
from . import agencydrafts, steps
from .desk import Desk, address, badges
from .widgets import PictureWidget

# The editor's menu says its buttons' names in English only.
_EDITOR_LABELS = {
    "heading2": _("Heading"),
    "heading3": _("Smaller heading"),
    "paragraph": _("Paragraph"),
    "bold": _("Bold"),
    "italic": _("Italic"),
    "strike": _("Struck out"),
    "subscript": _("Subscript"),
    "superscript": _("Superscript"),
    "link": _("Link: mark the words first"),
    "unlink": _("Remove the link"),
    "bulletList": _("List"),
    "orderedList": _("Numbered list"),
    "blockquote": _("Quote"),
    "pullQuote": _("Pull quote"),
    "factBox": _("Fact box"),
    "embedBlock": _("Embed a post or video by its address"),
    "figure": _("Picture from the library"),
    "horizontalRule": _("Line between parts"),
    "table": _("Table"),
    "table:addColumnAfter": _("Add a column"),
    "table:deleteColumn": _("Remove the column"),
    "table:addRowAfter": _("Add a row"),
    "table:deleteRow": _("Remove the row"),
    "table:mergeCells": _("Join the cells"),
    "table:splitCell": _("Part the cell"),
    "table:toggleHeaderCell": _("Heading cell"),
    "table:deleteTable": _("Remove the table"),
    "history:undo": _("Undo"),
    "history:redo": _("Redo"),
    # The dialog of blocks.js.
    "embed:title": _("Embed a post or video"),
    "embed:address": _("Its address"),
}


def show(desk: Desk) -> HttpResponse:
    """Show the writing page with everything that was typed."""
    return TemplateResponse(desk.request, "admin/articles/article/edit.html", _context(desk))


def _context(desk: Desk) -> dict[str, Any]:
    article, user = desk.article, desk.user
    desk.sheet.form.fields["lead_image"].widget = PictureWidget()
    waiting = _waiting_update(article)
    values = desk.sheet.draft() if desk.sheet.form.is_bound else None
    content = values or (desk.shown.content if desk.shown else None)
    return {
        **desk.model_admin.admin_site.each_context(desk.request),
        "opts": desk.model_admin.opts,
        "title": (article.headline if article else "") or gettext("New article"),
        "desk": desk,
        "article": article,
        "form": desk.sheet.form,
        "bylines": desk.sheet.bylines,
        "related": desk.sheet.related,
        "promos": desk.sheet.promos,
        "plan": desk.plan,
        "step_form": desk.step,
        "correction": desk.correction,
        "errors": list(_errors(desk)),
        "media": desk.model_admin.media + desk.sheet.media,
        "action": address(article),
        "steps": steps.offered(article, user, has_waiting_update=waiting is not None),
        "waiting": waiting,
        "badges": badges(article),
        "gaps": checklist.gaps(content) if content else [],  # type: ignore[arg-type]
        "picture": _picture(content),
        "unsaved": _unsaved(desk),
        "sent_back": _sent_back(article),
        "agency": agencydrafts.entry_of(article) if article else None,
        "editor_labels": _EDITOR_LABELS,
    }


def _errors(desk: Desk) -> Iterator[tuple[str, str, list[str]]]:
    """Yield (id, label, messages) of every field that was refused, for the list on top."""
    forms: list[BaseForm] = [desk.sheet.form, desk.plan, desk.step, desk.correction]
    forms += [form for rows in desk.sheet.rows for form in rows.forms]
    for form in forms:
        for name, found in form.errors.items() if form.is_bound else ():
            field = form[name] if name in form.fields else None
            label = str(field.label) if field else ""
            yield (field.id_for_label if field else "", label, [str(error) for error in found])


def _waiting_update(article: Article | None) -> Revision | None:
    if article is None:
        return None
    waiting = article.revisions.filter(publish_at__isnull=False)
    return waiting.select_related("publish_by").first()


def _picture(content: Any) -> Image | None:
    pk = content["lead_image"] if content else None
    return Image.objects.filter(pk=pk).first() if pk else None


def _unsaved(desk: Desk) -> Revision | None:
    """Return the user's autosave of another sitting that no save of his or hers has overtaken."""
    article = desk.article
    if article is None or article.head is None or desk.sheet.form.is_bound:
        return None
    newer = article.revisions.filter(
        kind=Revision.Kind.AUTOSAVED, saved_by=desk.user, saved_at__gt=article.head.saved_at
    )
    shown = desk.shown.pk if desk.shown else None
    found = newer.order_by("-saved_at").first()
    if found is None or found.pk == shown or found.content == article.head.content:
        return None
    return found


def _sent_back(article: Article | None) -> Any:
    """Return the log's last line while it says that the desk wants changes."""
    if article is None or article.status != "draft":
        return None
    moves = article.log.filter(verb__in=["submit", "send_back"]).select_related("by")
    last = moves.first()
    return last if last and last.verb == "send_back" else None


def read_only(model_admin: Any, request: HttpRequest, article: Article) -> HttpResponse:
    """Show an article's newest text to somebody who may not change it."""
    head = article.head
    content = head.content if head else {}
    (texts,) = readable(content)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": article.headline or gettext("(no headline yet)"),
        "article": article,
        "badges": badges(article),
        "agency": agencydrafts.entry_of(article),
        "steps": workflow.allowed_moves(article, request.user),  # type: ignore[arg-type]
        "fields": [
            (LABELS[name], text)
            for name, text in texts.items()
            if text and name not in {"headline", "kicker", "standfirst", "body"}
        ],
        "content": content,
        "body": richtext.clean(content.get("body", "")),
    }
    return TemplateResponse(request, "admin/articles/article/read.html", context)
