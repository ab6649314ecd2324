"""The page with an article's comments, and writing one: the form is posted to the same address."""

from datetime import date
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from articles.models import Article
from newsroom.lib import antispam, pagecache
from newsroom.lib.privacy import hash_network
from newsroom.lib.verbs import NotPermitted, Refused

from .. import block, links, moderation, thread
from ..forms import CommentForm
from ..models import Comment, rules_for

_LAST_ID = 2**63 - 1


@pagecache.cached("reply", "comment", "order", "after")
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def comments(request: HttpRequest, year: int, month: int, slug: str) -> HttpResponse:
    """Show an article's comments, all or the thread of one; take a new one by POST."""
    address = {"month": date(year, month, 1), "slug": slug}
    shown = Article.objects.visible().filter(**address).select_related("section")
    article = shown.defer("body", "body_html").first()
    if article is not None:
        return _write(request, article) if request.method == "POST" else _read(request, article)
    gone = Article.objects.withdrawn().only("withdrawn_at", "withdrawn_reason")
    withdrawn = gone.filter(**address).first()
    if request.method == "POST":
        return _keep(request, HTTPStatus.GONE if withdrawn else HTTPStatus.NOT_FOUND)
    if withdrawn is None:
        raise Http404
    response = render(request, "410.html", {"article": withdrawn}, status=HTTPStatus.GONE)
    return pagecache.tag(response, f"article:{withdrawn.pk}")


def number(text: str) -> int | None:
    """Return the id that stands in a text, or None."""
    is_number = text.isascii() and text.isdecimal() and len(text) < len(str(_LAST_ID))
    return int(text) if is_number else None


def _read(request: HttpRequest, article: Article) -> HttpResponse:
    if wanted := number(request.GET.get("reply", "")):
        parent = _visible(article, wanted)
        form = CommentForm(initial={"parent": parent.pk if parent else ""})
        return _page(request, article, form, parent=parent, writing=True)
    page = None
    if wanted := number(request.GET.get("comment", "")):
        page = thread.of_comment(article, wanted, request.GET)
        if page is None:
            return HttpResponseRedirect(f"{article.get_absolute_url()}#comments")
    shown = page or thread.of_article(article, request.GET)
    talk = block.with_form(request, article, CommentForm(), page=shown)
    return _tag(render(request, "comments/thread.html", {"talk": talk}), article)


def _write(request: HttpRequest, article: Article) -> HttpResponse:
    form = CommentForm(request.POST)
    is_complete = form.is_valid()
    sent = antispam.examine(request, block.subject_of(article))
    wanted = number(request.POST.get("parent", ""))
    parent = _visible(article, wanted) if wanted else None
    if not sent.is_ours:
        form.problem = _(
            "The form did not come from this page. Please look it over and send again."
        )
        return _again(request, article, form, parent, HTTPStatus.FORBIDDEN)
    if sent.is_expired:
        form.problem = _("The page had been open for long. Your text is still here: send it again.")
        return _again(request, article, form, parent)
    if wanted and parent is None:
        form.problem = _(
            "The comment that you answered is not there any more. Your text is still here: you can "
            "send it as a comment on the article."
        )
        return _again(request, article, form, None)
    if not is_complete:
        return _again(request, article, form, parent)
    entry = moderation.Entry(
        article=article,
        body=form.cleaned_data["body"],
        name=form.cleaned_data["name"],
        address=form.cleaned_data["address"],
        parent=parent.pk if parent else None,
        wants_replies=form.cleaned_data["wants_replies"],
        network_hash=hash_network(request),
        fell_into_trap=sent.fell_into_trap,
        seconds=sent.seconds,
    )
    try:
        written = moderation.submit(entry, rules=rules_for(request))
    except Refused as refusal:
        return _refuse(request, article, form, parent, refusal)
    return see_other(links.own(written.comment))


def see_other(path: str) -> HttpResponse:
    """Return 303: the answer to a POST is another page, to be read by GET."""
    response = HttpResponseRedirect(path)
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def _refuse(
    request: HttpRequest,
    article: Article,
    form: CommentForm,
    parent: Comment | None,
    refusal: Refused,
) -> HttpResponse:
    """Say why a comment was not taken, with all that was written."""
    if isinstance(refusal, moderation.Closed):
        return _keep(request, HTTPStatus.FORBIDDEN, article, str(refusal))
    form.problem = str(refusal)
    if isinstance(refusal, moderation.TooMany):
        response = _again(request, article, form, parent, HTTPStatus.TOO_MANY_REQUESTS)
        response["Retry-After"] = str(refusal.seconds)
        return response
    is_forbidden = isinstance(refusal, NotPermitted)
    status = HTTPStatus.FORBIDDEN if is_forbidden else HTTPStatus.UNPROCESSABLE_ENTITY
    return _again(request, article, form, parent, status)


def _again(
    request: HttpRequest,
    article: Article,
    form: CommentForm,
    parent: Comment | None,
    status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY,
) -> HttpResponse:
    """Show the filled form once more, with a new token and what stands in the way."""
    form.answer_to(parent.pk if parent else None)
    form.focus_on_error()
    return _page(request, article, form, parent=parent, writing=True, status=status)


def _page(
    request: HttpRequest,
    article: Article,
    form: CommentForm,
    *,
    parent: Comment | None,
    writing: bool,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    talk = block.with_form(request, article, form, parent=parent)
    context = {"talk": talk, "writing": writing}
    response = render(request, "comments/thread.html", context, status=status)
    if request.method == "POST":
        response["Cache-Control"] = "private, no-store"
        return response
    return _tag(response, article)


def _tag(response: HttpResponse, article: Article) -> HttpResponse:
    keys = (f"article:{article.pk}", f"comments:{article.pk}", f"section:{article.section_id}")
    return pagecache.tag(response, *keys)


def _keep(
    request: HttpRequest, status: HTTPStatus, article: Article | None = None, why: str = ""
) -> HttpResponse:
    """Give a text back that has nowhere to go."""
    context = {
        "title": _("Your comment could not be taken"),
        "text": why or _("The article is not there any more, and so nobody can comment on it."),
        "written": request.POST.get("body", ""),
        "article": article,
    }
    return render(request, "comments/kept.html", context, status=status)


def _visible(article: Article, pk: int) -> Comment | None:
    return Comment.objects.visible().filter(article=article, pk=pk).first()
