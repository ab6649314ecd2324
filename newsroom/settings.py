"""All settings. Every environment variable is read and typed here; .env.example lists them."""

import sys
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _
from django_prose_editor.config import html_tags
from js_asset import static_lazy

from newsroom.lib import mediaurl
from newsroom.lib.environment import flag as _flag
from newsroom.lib.environment import number as _number
from newsroom.lib.environment import read_file as _read_env_file
from newsroom.lib.environment import text as _text
from newsroom.lib.environment import words as _words
from newsroom.lib.mailurl import mailer

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

_read_env_file(BASE_DIR / ".env")

# --- What kind of installation this is -----------------------------------------------------------

DEBUG = _flag("DEBUG")
SECRET_KEY = _text("SECRET_KEY")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured("SECRET_KEY is not set. (For a trial, set DEBUG=1 instead.)")
    SECRET_KEY = "for-development-only"  # noqa: S105 - DEBUG only, never reached in production

SITE_URL = _text("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
IS_HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = _words("ALLOWED_HOSTS") or [
    host for host in {urlsplit(SITE_URL).hostname or "", "127.0.0.1", "localhost"} if host
]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
TRUSTED_PROXIES = _number("TRUSTED_PROXIES", 0)
# Where `manage.py serve` listens, and with how many processes (0: one more than cores) and threads.
BIND = _text("BIND", "127.0.0.1:8000")
WEB_WORKERS = _number("WEB_WORKERS", 0)
WEB_THREADS = _number("WEB_THREADS", 8)

# --- The apps ------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "newsroom.apps.AdminConfig",
    "articles.apps.ArticlesConfig",
    "comments.apps.CommentsConfig",
    "jobs.apps.JobsConfig",
    "django.forms",  # its templates, of which ours replace some
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sites",
    "django.contrib.flatpages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "taggit",
    "js_asset",
    "django_prose_editor",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
    # Last: its admin takes out or replaces what the apps above have registered.
    "newsroom.apps.NewsroomConfig",
]
SITE_ID = 1

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "newsroom.lib.staticfiles.StaticFilesMiddleware",
    "newsroom.security.SecurityHeadersMiddleware",
    "newsroom.robots.ReservationMiddleware",
    "newsroom.standing.StandingMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "newsroom.secondfactor.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "articles.missing.MissingMiddleware",
    # The two below answer only what would be a 404: legal pages first, then old addresses.
    "articles.redirects.RedirectMiddleware",
    "django.contrib.flatpages.middleware.FlatpageFallbackMiddleware",
    # Last, as its documentation asks: it turns a lock-out into a response.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "newsroom.urls"
WSGI_APPLICATION = "newsroom.wsgi.application"
ASGI_APPLICATION = "newsroom.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "newsroom.models.site.context_processor",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "newsroom.templatetags.newsroom",
            ],
        },
    },
]

# Forms find their widgets in our folder of templates, too.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Data ----------------------------------------------------------------------------------------

DATABASES = {
    "default": dj_database_url.parse(
        _text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'newsroom.sqlite3'}"),
        conn_max_age=0,
    )
}
_database = DATABASES["default"]
_options = _database.setdefault("OPTIONS", {})
if _database["ENGINE"] == "django.db.backends.sqlite3":
    VAR_DIR.mkdir(exist_ok=True)
    # WAL lets readers read while one writer writes; IMMEDIATE makes that writer wait its turn
    # at the start of a transaction instead of failing in the middle of it.
    _options.setdefault("transaction_mode", "IMMEDIATE")
    # Opening a file with all its tables costs more than a page's questions. The development server
    # has a thread a request, and no use for it.
    _database["CONN_MAX_AGE"] = 0 if DEBUG else None
    _options.setdefault("timeout", 20)
    # FULL: what a COMMIT has confirmed outlasts a power failure, too.
    _options.setdefault(
        "init_command",
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA mmap_size=134217728;"
        "PRAGMA cache_size=-20000; PRAGMA temp_store=MEMORY;",
    )
else:
    # A thread that finds no free connection for ten seconds fails instead of queueing for ever.
    _pool_size = _number("DATABASE_POOL_SIZE", 10)
    _options.setdefault("pool", {"min_size": 1, "max_size": _pool_size, "timeout": 10})
    # Compiling takes longer than any query of a page; its estimate makes PostgreSQL try.
    _options.setdefault("options", "-c jit=off")

REDIS_URL = _text("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# Whole pages for readers (newsroom/lib/pagecache). Without REDIS_URL the folder is what the
# processes share: it belongs to one machine.
# Not in development, where code and templates change under the pages.
PAGE_CACHE = _flag("PAGE_CACHE", default=not DEBUG)
PAGE_CACHE_DIR = Path(_text("PAGE_CACHE_DIR", str(VAR_DIR / "pagecache")))
# Where nginx on this machine finds pages as plain files (`manage.py nginx`).
PAGE_CACHE_FILES = _text("PAGE_CACHE_FILES")
PAGE_CACHE_MEMORY_MB = _number("PAGE_CACHE_MEMORY_MB", 64)  # of each process
# After so long a page is made anew, though nothing that it tells of has changed.
PAGE_CACHE_SECONDS = 900
# Who is asked for the next planned moment at which pages change: (after, keys) → time or None.
PAGE_CACHE_CALENDARS = [
    "articles.upcoming.next_change",
    "comments.upcoming.next_turn",
    "jobs.upcoming.next_end",
]
# WordPress' plain permalinks (articles/redirects.py): with one of these any path leads elsewhere.
PAGE_CACHE_BYPASS_PARAMETERS = ["p", "page_id", "attachment_id", "cat", "author"]
# Caches of others in front, which tick tells of changes (newsroom/lib/pagecache/outside.py).
CDN_PURGE = _words("CDN_PURGE")
CDN_TOKEN = _text("CDN_TOKEN")
CDN_SECONDS = _number("CDN_SECONDS", 0)
CDN_KEYS_HEADER = _text("CDN_KEYS_HEADER")  # empty: as the first of these reads it
CDN_STALE_SECONDS = 30  # for so long they may show a page that they are just asking for anew
METRICS_TOKEN = _text("METRICS_TOKEN")

MEDIA_ROOT = Path(_text("MEDIA_ROOT", str(VAR_DIR / "media")))
MEDIA_URL = _text("MEDIA_URL", "/media/")

# --- People --------------------------------------------------------------------------------------

AUTH_USER_MODEL = "newsroom.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in [
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 10}),
        ("CommonPasswordValidator", {}),
    ]
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "newsroom.security.attempted_name"
AXES_LOCKOUT_TEMPLATE = "admin/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False  # lifting a lock is an action on the staff account
AXES_HTTP_RESPONSE_CODE = 429
AXES_CLIENT_IP_CALLABLE = "newsroom.lib.network.client_address"

OTP_TOTP_ISSUER = "Newsroom"

# --- Language and time ---------------------------------------------------------------------------

LANGUAGE_CODE = _text("LANGUAGE_CODE", "en")
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "newsroom" / "locale"]
FORMAT_MODULE_PATH = ["newsroom.formats"]
TIME_ZONE = _text("TIME_ZONE", "Europe/Berlin")
USE_TZ = True

# --- Files ---------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": mediaurl.storage(_text("MEDIA_S3_URL")),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "newsroom.lib.stylesheets.JoiningStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000

# --- Mail ----------------------------------------------------------------------------------------

MAILERS = {"default": mailer(_text("EMAIL_URL", f"file://{VAR_DIR / 'mail'}"))}
DEFAULT_FROM_EMAIL = _text("DEFAULT_FROM_EMAIL", f"newsroom@{urlsplit(SITE_URL).hostname}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# What the provider allows; the outbox keeps to it (newsroom/delivery.py). 0: any number.
MESSAGES_PER_HOUR = _number("MESSAGES_PER_HOUR", 0)
MESSAGES_PER_DAY = _number("MESSAGES_PER_DAY", 0)

# Where undeliverable mails go (the envelope's sender), and how `read_bounces` reads them there.
BOUNCE_ADDRESS = _text("BOUNCE_ADDRESS")
BOUNCE_MAILBOX = _text("BOUNCE_MAILBOX")
# The provider whose reports django-anymail reads at /mail-reports/, and "user:password" of these.
MAIL_WEBHOOK = _text("MAIL_WEBHOOK")
MAIL_WEBHOOK_SECRET = _text("MAIL_WEBHOOK_SECRET")

# Who is told of new addresses when the site has an IndexNow key; it tells the others.
INDEXNOW_URL = _text("INDEXNOW_URL", "https://api.indexnow.org/indexnow")

# --- What the apps add to each other's pages ------------------------------------------------------

# Functions that name more sitemaps for the index of articles/sitemaps.py.
SITEMAP_PARTS = ["jobs.sitemaps.parts"]

# --- Security ------------------------------------------------------------------------------------

# Hosts whose players may be framed, and only after the reader's click (articles/embeds.py).
EMBED_FRAME_HOSTS = [
    "https://www.youtube-nocookie.com",
    "https://player.vimeo.com",
    "https://platform.twitter.com",
    "https://www.instagram.com",
    *_words("EMBED_FRAME_HOSTS"),
]
SECURE_CSP: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "media-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "frame-src": EMBED_FRAME_HOSTS,
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
# The admin: the same, and Django's import map and small inline pieces by nonce. Applied to every
# admin view by newsroom.adminsite.NewsroomAdminSite.
ADMIN_CSP: dict[str, list[str]] = {
    **SECURE_CSP,
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "frame-src": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
}
# What is fetched from outside never comes from this machine or its network; 1 lets it come from
# this machine, for development (newsroom/lib/fetching.py).
FETCH_ALLOW_LOOPBACK = _flag("FETCH_ALLOW_LOOPBACK")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_SSL_REDIRECT = IS_HTTPS and not DEBUG
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 24 * 3600
X_FRAME_OPTIONS = "DENY"  # the admin may frame itself: newsroom/adminsite.py
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Comments -----------------------------------------------------------------------------------

# A function of the site's own that scores comments besides ours: "package.module.function".
COMMENT_SCORER = _text("COMMENT_SCORER")

# --- The editor ----------------------------------------------------------------------------------

TAGGIT_CASE_INSENSITIVE = True

# What newsroom.lib.richtext.EXTENSIONS names beyond the editor's own: nodes of ours. The processors
# widen the editor's allow list, which nobody asks here: every door cleans with richtext.clean.
DJANGO_PROSE_EDITOR_EXTENSIONS = [
    {
        "js": [static_lazy("articles/editor/blocks.js")],
        "extensions": {
            "PullQuote": html_tags(["blockquote"]),
            "FactBox": html_tags(["aside"]),
            "EmbedBlock": html_tags(["figure", "a"]),
        },
    }
]
# Plain rows of buttons: the editor's own drop-down cannot be opened by keyboard.
DJANGO_PROSE_EDITOR_MENU_GROUPS = [
    {"group": "headings"},
    {"group": "marks"},
    {"group": "link"},
    {"group": "lists"},
    {"group": "nodes -blockType -lists"},
    {"group": "table"},
    {"group": "history"},
]

# --- Logs ----------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "newsroom.lib.jsonlog.JsonFormatter"},
        "plain": {"format": "{levelname} {name}: {message}", "style": "{"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "stream": sys.stderr,
            "formatter": "plain" if DEBUG else "json",
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "axes": {"level": "WARNING"},
    },
}
