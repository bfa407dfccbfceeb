"""What every reader in this folder raises."""


class DataError(ValueError):
    """A data set that cannot be used; the message is a sentence for the person who gave it."""
