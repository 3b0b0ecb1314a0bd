"""mockserver: a test double of four exam and assessment vendors."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

__version__ = "0.1.0"


def create_app() -> "Flask":
    """Return the Flask application that the environment configures, for ``flask --app mockserver run``.

    Raises ``click.ClickException``, which ``flask`` prints as one line, if the configuration is wrong.
    """
    import click

    from mockserver.app import build
    from mockserver.config import Config
    from mockserver.core.errors import ApiError
    from mockserver.fronts.flask import create_flask

    try:
        return create_flask(build(Config.from_environment()))
    except ApiError as error:
        raise click.ClickException(error.message) from None
