"""Static files while a release gives way to the next: old and new processes serve both's."""

from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """Serves what was collected before the process began, and what has been collected since.

    A page that a new process has made names files that an old one has never heard of. They are
    looked for on the disk whenever they are asked for; the old process soon ends.
    """

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        if not self.autorefresh:
            self.directories.append((f"{Path(self.static_root).absolute()}/", self.static_prefix))

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        found = None
        if path not in self.files and path.startswith(self.static_prefix):
            found = self.find_file(path)
        answer: HttpResponseBase = (
            self.serve(found, request) if found else super().__call__(request)
        )
        return answer
