"""The tables that belong to no app of ours: settings, staff, roles, pages. Autodiscovered."""

from collections.abc import Callable
from typing import Any

from axes.utils import reset as lift_lock
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, UserCreationForm
from django.contrib.auth.models import Group
from django.contrib.flatpages.forms import FlatpageForm
from django.contrib.flatpages.models import FlatPage
from django.contrib.sites.models import Site
from django.contrib.sites.shortcuts import get_current_site
from django.core.exceptions import ValidationError
from django.db.models import Exists, ManyToManyField, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_prose_editor.fields import ProseEditorFormField
from django_prose_editor.widgets import AdminProseEditorWidget
from taggit.models import Tag as UnusedTag

from . import outboxadmin as outboxadmin  # registers itself
from . import roleadmin as roleadmin  # registers itself
from . import secondfactor
from .lib import richtext
from .lib.purgingadmin import PurgingAdmin
from .look import LookForm
from .models import SiteSettings, User

# Devices would show their secrets here; sites and taggit's own tags are not what we use; pages get
# an admin of ours below.
admin.site.unregister([TOTPDevice, StaticDevice, Site, UnusedTag, FlatPage])


@admin.register(SiteSettings)
class SiteSettingsAdmin(PurgingAdmin):
    """The one row; its list is its form."""

    form = LookForm
    fieldsets = [
        (
            gettext_lazy("What readers see"),
            {"fields": ["name", "tagline", "description", "publisher", "contact_email"]},
        ),
        (
            gettext_lazy("Look"),
            {
                "fields": [
                    "typeface",
                    "mast",
                    "house_color",
                    "paper_color",
                    "mast_color",
                    "logo_upload",
                    "removes_logo",
                    "logo_is_mono",
                ],
                "description": gettext_lazy("Sections have colours of their own, in their forms."),
            },
        ),
        (gettext_lazy("Elsewhere"), {"fields": ["social_links"]}),
        (gettext_lazy("Feeds"), {"fields": ["feeds_full_text", "websub_hub", "indexnow_key"]}),
        (
            gettext_lazy("Which machines may read the site"),
            {
                "fields": [
                    "allows_search_bots",
                    "allows_ai_search_bots",
                    "allows_assistant_bots",
                    "allows_training_bots",
                ],
                "description": gettext_lazy("Written into robots.txt; decent machines heed it."),
            },
        ),
        (
            gettext_lazy("Pages that state the rules"),
            {
                "fields": [
                    "masthead_url",
                    "ownership_url",
                    "ethics_policy_url",
                    "corrections_policy_url",
                    "feedback_policy_url",
                    "verification_policy_url",
                    "sources_policy_url",
                    "diversity_policy_url",
                    "mission_policy_url",
                    "bylines_policy_url",
                ],
                "classes": ["collapse"],
                "description": gettext_lazy("Search engines are told where they stand."),
            },
        ),
        (
            gettext_lazy("Rules of the house"),
            {"fields": ["requires_four_eyes", "requires_second_factor"]},
        ),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        form.place_logo()
        super().save_model(request, obj, form, change)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> SiteSettings | None:
        """Return the row, or the defaults while nobody has saved one."""
        return SiteSettings.load() if object_id == "1" else None

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("admin:newsroom_sitesettings_change", 1)


class RoleField(forms.ModelMultipleChoiceField):
    """The roles under their names in the user's language."""

    def label_from_instance(self, obj: Group) -> str:
        return _(str(obj.name))


class RoleFilter(admin.RelatedFieldListFilter):
    """The same for the list's filter."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = gettext_lazy("role")

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        return [
            (pk, _(str(name))) for pk, name in super().field_choices(field, request, model_admin)
        ]


class PasswordForm(AdminPasswordChangeForm):
    """Django's, with a sentence where it has a list inside a paragraph, in English only."""

    usable_password_help_text = gettext_lazy(  # type: ignore[assignment]
        "While this is off, nobody can log in with this account; its password is lost."
    )


@admin.register(User)
class StaffAdmin(PurgingAdmin, UserAdmin):
    """Accounts of staff. Chief editors give roles; only a superuser touches superusers."""

    add_form = UserCreationForm
    change_password_form = PasswordForm
    list_display = ["username", "name", "roles", "is_active", "second_factor", "last_login"]
    list_filter = ["is_active", ("groups", RoleFilter)]
    search_fields = ["username", "first_name", "last_name", "email"]
    readonly_fields = ["last_login", "date_joined"]
    actions = ["lift_lock", "reset_second_factor"]
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("username", "first_name", "last_name", "email"),
                "description": gettext_lazy(
                    "For people who work here; readers need no account. Hand over the password in "
                    "person: it is to be changed after the first login."
                ),
            },
        ),
        (gettext_lazy("Password"), {"classes": ("wide",), "fields": ("password1", "password2")}),
        (gettext_lazy("Roles"), {"classes": ("wide",), "fields": ("groups",)}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Offer the superuser's switch to superusers alone; single permissions to nobody."""
        if obj is None:
            return self.add_fieldsets
        powers = ["is_active", "groups"]
        if _is_superuser(request):
            powers.append("is_superuser")
        return [
            (None, {"fields": ["username", "password"]}),
            (gettext_lazy("Person"), {"fields": ["first_name", "last_name", "email"]}),
            (gettext_lazy("Roles"), {"fields": powers}),
            (gettext_lazy("Dates"), {"fields": ["last_login", "date_joined"]}),
        ]

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Show the few roles as boxes to tick."""
        if db_field.name == "groups":
            return RoleField(
                Group.objects.order_by("pk"),
                label=gettext_lazy("Roles"),
                required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text=gettext_lazy("What each may do stands under “Groups”."),
            )
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Read what the list shows with it."""
        app = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        accounts: QuerySet[User] = super().get_queryset(request).prefetch_related("groups")
        return accounts.annotate(has_second_factor=Exists(app))

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Keep superusers' accounts, passwords included, from everybody below."""
        if obj is not None and obj.is_superuser and not _is_superuser(request):
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return _is_superuser(request)

    def has_reset_second_factor_permission(self, request: HttpRequest) -> bool:
        return _is_superuser(request)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Let a new account into the admin: there are no others."""
        if not change:
            obj.is_staff = True
        super().save_model(request, obj, form, change)

    @admin.display(description=gettext_lazy("name"), ordering="last_name")
    def name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description=gettext_lazy("roles"))
    def roles(self, user: User) -> str:
        names = [_(group.name) for group in user.groups.all()]
        return ", ".join([_("Superuser"), *names] if user.is_superuser else names)

    @admin.display(description=gettext_lazy("second factor"), boolean=True)
    def second_factor(self, user: User) -> bool:
        return bool(user.has_second_factor)  # type: ignore[attr-defined]

    @admin.action(
        description=gettext_lazy("Let in again after too many wrong passwords"),
        permissions=["change"],
    )
    def lift_lock(self, request: HttpRequest, users: QuerySet[User]) -> None:
        lifted = self._do(
            request, users, "Lifted the lock", lambda user: lift_lock(username=user.username)
        )
        text = ngettext("%d account was locked.", "%d accounts were locked.", lifted)
        messages.info(request, text % lifted)

    @admin.action(
        description=gettext_lazy("Take away the second factor (phone lost)"),
        permissions=["reset_second_factor"],
    )
    def reset_second_factor(self, request: HttpRequest, users: QuerySet[User]) -> None:
        taken = self._do(request, users, "Took away the second factor", secondfactor.reset)
        text = ngettext("%d second factor taken away.", "%d second factors taken away.", taken)
        messages.info(request, text % taken)

    def _do(
        self,
        request: HttpRequest,
        users: QuerySet[User],
        note: str,
        act: Callable[[User], object],
    ) -> int:
        """Act on those accounts that the user may change; log and count where it had effect."""
        touched = [
            user for user in users if self.has_change_permission(request, user) and act(user)
        ]
        for user in touched:
            self.log_change(request, user, note)
        return len(touched)


class PageForm(FlatpageForm):
    """A page's address, title and text; the text through the same allow list as an article's."""

    content = ProseEditorFormField(
        label=gettext_lazy("Text"),
        config={"extensions": richtext.EXTENSIONS},
        sanitize=richtext.clean,
        required=False,
        widget=AdminProseEditorWidget,
    )

    class Meta:
        model = FlatPage
        fields = ["url", "title", "content"]

    def clean_url(self) -> str:
        """Refuse an address that is taken, by a page or by the site itself."""
        url: str = super().clean_url()
        if FlatPage.objects.filter(url=url).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("There is a page at this address already."))
        try:
            taken_by = resolve(url).view_name
        except Resolver404:
            return url
        # A section's address is any word; the page shows where no section has that word.
        if taken_by != "articles:section":
            raise ValidationError(_("The site itself uses this address."))
        return url


@admin.register(FlatPage)
class PageAdmin(PurgingAdmin):
    """Legal notice, privacy and other pages outside the news."""

    form = PageForm
    fields = ["url", "title", "content"]
    list_display = ["title", "url", "is_filled"]
    search_fields = ["url", "title", "content"]
    ordering = ["url"]

    def view_on_site(self, obj: FlatPage) -> str:
        """Link to the page right away."""
        return obj.url

    @admin.display(description=gettext_lazy("has a text"), boolean=True)
    def is_filled(self, page: FlatPage) -> bool:
        return bool(richtext.plain_text(page.content))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Show the page on the one site that there is."""
        super().save_related(request, form, formsets, change)
        form.instance.sites.set([get_current_site(request)])


def _is_superuser(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_superuser
