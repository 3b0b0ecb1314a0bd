"""Pages: a vendor's templates on the common layout, every value escaped."""

from collections.abc import Callable
from pathlib import Path

import pytest
from jinja2 import TemplateNotFound, UndefinedError

from mockserver.core.operation import Html
from mockserver.core.pages import Pages

Make = Callable[..., Pages]
TEMPLATE = (
    '{% extends "layout.html" %}{% block title %}Hello{% endblock %}{% block main %}<p>{{ name }}</p>{% endblock %}'
)


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Make pages of a package of its own that holds the given templates."""
    package = f"pages_of_{tmp_path.name}"

    def pages(**templates: str) -> Pages:
        folder = tmp_path / package / "templates"
        folder.mkdir(parents=True)
        (tmp_path / package / "__init__.py").touch()
        for name, text in templates.items():
            (folder / f"{name}.html").write_text(text, encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        return Pages(package, "Toy & Co")

    return pages


def test_a_page_is_html_on_the_layout_that_says_it_is_a_mock(make: Make) -> None:
    page = make(hello=TEMPLATE).render("hello.html", name="Ann")
    assert isinstance(page, Html)
    assert "<p>Ann</p>" in page
    assert "<title>Hello · Toy &amp; Co (mock)</title>" in page


def test_every_value_is_escaped(make: Make) -> None:
    page = make(hello=TEMPLATE).render("hello.html", name='<script>"&')
    assert "<p>&lt;script&gt;&#34;&amp;</p>" in page


def test_a_value_that_is_lacking_is_an_error_and_not_an_empty_place(make: Make) -> None:
    with pytest.raises(UndefinedError, match="name"):
        make(hello=TEMPLATE).render("hello.html")


def test_a_template_of_the_vendor_counts_over_one_of_the_core(make: Make) -> None:
    pages = make(layout="own", hello="{% extends 'layout.html' %}")
    assert pages.render("hello.html") == "own"
    with pytest.raises(TemplateNotFound):
        pages.render("nowhere.html")
