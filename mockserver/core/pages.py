"""Pages that a person sees at a vendor: Jinja templates on one layout."""

from functools import cached_property

from jinja2 import Environment, PackageLoader, StrictUndefined

from mockserver.core.operation import Html


class Pages:
    """Renders the templates of one vendor's package; each extends ``layout.html``, which is the same for all."""

    def __init__(self, package: str, title: str) -> None:
        self._package = package
        self._title = title

    @cached_property
    def _environment(self) -> Environment:
        from jinja2 import ChoiceLoader

        return Environment(
            loader=ChoiceLoader([PackageLoader(self._package), PackageLoader("mockserver.core")]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(self, template: str, **values: object) -> Html:
        """Return a template filled with values, every one of them escaped."""
        return Html(self._environment.get_template(template).render(vendor=self._title, **values))
