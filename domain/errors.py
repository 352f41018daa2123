"""DomainError and its family: what cannot be done, named as a fact, with the key of the sentence that says so."""


class DomainError(Exception):
    """Raised before anything was changed, so what the person already entered stays. `params` fill the sentence."""

    text_key = "error.general"
    is_secret = False  # its answer may leave no row: it would lie beside what a fully anonymous reporter just did

    def __init__(self, **params: object) -> None:
        super().__init__(self.text_key)
        self.params = params


class NotAllowed(DomainError):
    """The person lacks the role for this."""

    text_key = "error.not_allowed"


class ButtonIsStale(DomainError):
    """The button was made for something that has moved on, for somebody else, or by nobody."""

    text_key = "error.button_stale"
