"""From facts and figures to a self-contained page: the only door to jinja2.

A page needs no network and no script. Its frame (``templates/frame.html``) holds style, heading
and footer; a template that extends it fills the block ``main``.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from emgspasm import __version__
from emgspasm.results.provenance import PURPOSE, VALIDATED_ON

if TYPE_CHECKING:
    from jinja2 import Environment


def render(template: str, **facts: Any) -> str:
    """Fill a template of the package.

    Parameters
    ----------
    template : str
        Its file name.
    **facts
        What it refers to. Text is escaped; markup comes as ``markupsafe.Markup`` or from
        ``__html__``.

    Raises
    ------
    jinja2.UndefinedError
        If it refers to a fact that is not given.
    """
    validated = f"validated on {VALIDATED_ON}"
    common = {"version": __version__, "validated": validated, "purpose": PURPOSE}
    return _environment().get_template(template).render(common | facts)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("emgspasm.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
