"""The readers' search page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .. import search as searching
from .. import zerohits
from ..searchform import SearchForm
from ..shelves import Shelves


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show what was found, or the form; a search in vain is counted for the editors."""
    shelves = Shelves.load()
    form = SearchForm(request.GET, shelves=shelves)
    results = searching.search(form.text, filters=form.filters(), page=form.page)
    if results.query and not results.total and not form.is_filtered:
        zerohits.record(form.text)
    context = {"shelves": shelves, "form": form, "results": results}
    return render(request, "articles/search.html", context)
