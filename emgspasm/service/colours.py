"""Colours of the page: those of the window, as a style sheet."""

from __future__ import annotations

from dataclasses import fields

from emgspasm.desk.palette import DARK, LIGHT, Palette


def stylesheet() -> str:
    """Colours as properties of the page, dark or light as the system or the page wants it."""
    return (
        f":root{{color-scheme:dark;{_properties(DARK)}}}\n"
        f"@media (prefers-color-scheme:light){{:root{{color-scheme:light;{_properties(LIGHT)}}}}}\n"
        f":root[data-theme=dark]{{color-scheme:dark;{_properties(DARK)}}}\n"
        f":root[data-theme=light]{{color-scheme:light;{_properties(LIGHT)}}}\n"
    )


def _properties(palette: Palette) -> str:
    named = (field.name for field in fields(palette) if field.name not in ("name", "heat"))
    return "".join(f"--{name.replace('_', '-')}:{getattr(palette, name)};" for name in named)
