"""The image library in the admin: a grid of pictures, upload of many at once, the focal point."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from newsroom.lib.longlists import LongListPaginator

from .. import images
from ..models import Image
from . import picker
from .article import staff
from .uploads import LIMITS, UploadForm, take_in

_SOON = timedelta(days=30)

type Lookups = list[tuple[str, Any]]


class MissingFilter(admin.SimpleListFilter):
    """Pictures that lack what publication or decency demands."""

    title = _("what is missing")
    parameter_name = "missing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return [("alt", _("Alternative text")), ("credit", _("Credit"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "alt":
            return queryset.undescribed()
        return queryset.filter(credit="") if self.value() == "credit" else queryset


class RightsFilter(admin.SimpleListFilter):
    """Pictures by the last day on which they may be used."""

    title = _("rights")
    parameter_name = "rights"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return [("ended", _("Have ended")), ("ending", _("End within 30 days"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        today = timezone.localdate()
        if self.value() == "ended":
            return queryset.filter(rights_until__lt=today)
        if self.value() == "ending":
            return queryset.filter(rights_until__range=(today, today + _SOON))
        return queryset


class UseFilter(admin.SimpleListFilter):
    """Pictures that nothing shows."""

    title = _("use")
    parameter_name = "use"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return [("none", _("Used nowhere"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.unused() if self.value() == "none" else queryset


class ImageForm(forms.ModelForm):
    """The words, rights and focal point of a picture."""

    class Meta:
        model = Image
        fields = (
            "title",
            "alt",
            "is_decorative",
            "caption",
            "credit",
            "license",
            "source_url",
            "rights_until",
            "focal_x",
            "focal_y",
        )
        labels = {"focal_x": _("From the left"), "focal_y": _("From the top")}
        widgets = {
            "alt": forms.Textarea(attrs={"rows": 2, "cols": 60}),
            "caption": forms.Textarea(attrs={"rows": 2, "cols": 60}),
            "rights_until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "focal_x": forms.NumberInput(attrs={"min": 0, "max": 1, "step": 0.01}),
            "focal_y": forms.NumberInput(attrs={"min": 0, "max": 1, "step": 0.01}),
        }


@admin.register(Image)
class ImageAdmin(admin.ModelAdmin):
    """Changes go through the verbs of articles/images.py."""

    form = ImageForm
    list_display = ["title", "credit", "rights_until"]
    list_filter = [MissingFilter, RightsFilter, UseFilter]
    list_per_page = 48
    show_full_result_count = False
    paginator = LongListPaginator
    search_fields = ["title", "alt", "caption", "credit"]
    search_help_text = _("Searches titles, alternative texts, captions and credits.")
    actions = None
    fieldsets = [
        (None, {"fields": ["title", "alt", "is_decorative", "caption"]}),
        (_("Rights"), {"fields": ["credit", "license", "source_url", "rights_until"]}),
        (
            _("Focal point"),
            {
                "fields": [("focal_x", "focal_y")],
                "description": _(
                    "Every crop keeps this point. Click it in the picture above, or move it with "
                    "the arrow keys; 0 is the left or upper edge, 1 the right or lower one."
                ),
            },
        ),
    ]

    class Media:
        css = {"all": ["articles/admin/image.css"]}

    def has_change_permission(self, request: HttpRequest, obj: Image | None = None) -> bool:
        """Editors change any picture's words, reporters those of theirs that nobody sees yet."""
        if obj is None:
            return super().has_change_permission(request)
        return images.may_change(obj, staff(request))

    def get_urls(self) -> list[URLPattern]:
        """Add the picker that the editor and the forms open in a window of its own."""
        pick = self.admin_site.admin_view(picker.pick)
        return [path("pick/", pick, name="articles_image_pick"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the library under its name."""
        context = {"title": gettext("Image library"), "upload": LIMITS, **(extra_context or {})}
        if self.has_add_permission(request):
            context["form"] = UploadForm()
        return super().changelist_view(request, context)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Take in one or many files; the good ones are stored, the others named with a reason."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and not request.accepts("text/html"):
            return self._take_one(request, form)
        if request.method == "POST" and form.is_valid():
            return self._take_in(request, form)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Upload images"),
            "form": form,
            "media": self.media,
            "upload": LIMITS,
        }
        return TemplateResponse(request, "admin/articles/image/upload.html", context)

    def _take_one(self, request: HttpRequest, form: UploadForm) -> HttpResponse:
        """Answer the script that sends one file at a time: where it is now, or why not."""
        if not form.is_valid():
            wrong = [str(error) for errors in form.errors.values() for error in errors]
            return JsonResponse({"said": " ".join(wrong)}, status=422)
        result = take_in(form, by=staff(request))
        for image in result.stored:
            self.log_addition(request, image, gettext("Uploaded."))
        for name, reason in result.refused:
            why = gettext("“%(name)s” was not taken: %(reason)s")
            return JsonResponse({"said": why % {"name": name, "reason": reason}}, status=422)
        (image,) = (result.stored + result.known)[:1]
        taken = {
            "title": image.title,
            "address": reverse("admin:articles_image_change", args=[image.pk]),
        }
        known = gettext("The library had “%(title)s” already.") % {"title": image.title}
        said = gettext("Uploaded.") if result.stored else known
        if result.known:
            messages.info(request, known)  # for the page that the script goes on to
        return JsonResponse({"said": said, "taken": taken})

    def _take_in(self, request: HttpRequest, form: UploadForm) -> HttpResponse:
        result = take_in(form, by=staff(request))
        for image in result.stored:
            self.log_addition(request, image, gettext("Uploaded."))
        if result.stored:
            messages.success(
                request,
                ngettext(
                    "%(count)d picture is in the library now.",
                    "%(count)d pictures are in the library now.",
                    len(result.stored),
                )
                % {"count": len(result.stored)},
            )
        for image in result.known:
            messages.info(
                request, gettext("The library had “%(title)s” already.") % {"title": image.title}
            )
        for name, reason in result.refused:
            messages.error(
                request,
                gettext("“%(name)s” was not taken: %(reason)s") % {"name": name, "reason": reason},
            )
        taken = result.stored + result.known
        if not taken:
            return HttpResponseRedirect(reverse("admin:articles_image_add"))
        if len(taken) == 1 and not result.refused:
            return HttpResponseRedirect(reverse("admin:articles_image_change", args=[taken[0].pk]))
        return HttpResponseRedirect(reverse("admin:articles_image_changelist"))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Tell where the picture is used and whether its rights are running out."""
        image: Image = context["original"]
        context["uses"] = images.uses(image)
        context["show_save_and_add_another"] = False
        context["ends_soon"] = (
            image.rights_until is not None
            and not image.is_expired
            and image.rights_until <= timezone.localdate() + _SOON
        )
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Image, form: Any, change: bool) -> None:
        """Change what was changed in the form, through the verb."""
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        images.update(obj, by=staff(request), **values)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Show the places that use a picture where Django lists what protects a row."""
        used = [str(use) for image in objs for use in images.uses(image)]
        return (
            [str(image) for image in objs],
            {self.opts.verbose_name_plural: len(objs)},
            set(),
            used,
        )

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Say it where somebody placed the picture while the question was on the screen."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except images.ImageRefused as refused:
            messages.error(request, str(refused))
            return HttpResponseRedirect(reverse("admin:articles_image_change", args=[object_id]))

    def delete_model(self, request: HttpRequest, obj: Image) -> None:
        """Delete through the verb, which refuses pictures in use and removes the files."""
        images.delete(obj, by=staff(request))
