"""Logs that machines can read. Named in settings.py."""

import json
import logging
import re
from datetime import UTC, datetime

# A token of newsroom/lib/tokens.py in an address, or the key of a preview. Whoever reads logs owns
# neither.
_TOKEN = re.compile(r"(?<![\w-])[\w-]+\.[\w-]{4,8}\.[\w-]{43}|(?<=/preview/)[\w-]{20,}", re.ASCII)


class JsonFormatter(logging.Formatter):
    """One JSON object a line, for log collectors."""

    def format(self, record: logging.LogRecord) -> str:
        """Return time, level, logger, message, the traceback if there is one; no key of readers."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": _TOKEN.sub("…", record.getMessage()),
        }
        if record.exc_info:
            line["traceback"] = _TOKEN.sub("…", self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
