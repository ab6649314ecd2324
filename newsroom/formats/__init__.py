"""How times are written where Django's own formats read like a machine's."""
