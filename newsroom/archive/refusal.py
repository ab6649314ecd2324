"""What stands in the way of an archive, said in one sentence."""


class ArchiveRefused(Exception):
    """Nothing was done; str() says why and what to do."""
