"""The readers' search page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from newsroom.lib import pagecache

from .. import search as searching
from .. import zerohits
from ..searchform import SearchForm
from ..shelves import Shelves

# Nobody asks for the same words for long; most are asked once.
_SECONDS = 60


@pagecache.cached("q", "section", "author", "topic", "from", "to", "page")
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show what was found, or the form; a search in vain is counted for the editors."""
    shelves = Shelves.load()
    form = SearchForm(request.GET, shelves=shelves)
    results = searching.search(form.text, filters=form.filters(), page=form.page)
    if results.query and not results.total and not form.is_filtered:
        zerohits.record(form.text)
    context = {"shelves": shelves, "form": form, "results": results}
    response = render(request, "articles/search.html", context)
    if results.query and not results.total:
        return response  # each time is counted
    return pagecache.tag(response, "articles", seconds=_SECONDS)
