"""German: a comma between day and clock."""

DATETIME_FORMAT = "j. F Y, H:i \\U\\h\\r"
SHORT_DATETIME_FORMAT = "d.m.Y, H:i"
