"""How buttons and writing look: Qt's style sheet from the palette."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QObject

from emgspasm.desk.palette import Palette

Object = TypeVar("Object", bound=QObject)


def styled(thing: Object, name: str) -> Object:
    """Give a widget the name by which the style sheet knows it."""
    thing.setObjectName(name)
    return thing


def style_sheet(palette: Palette) -> str:
    """The style sheet of the whole window; sizes of text come from the application's font."""
    p = palette
    return f"""
QWidget {{ background: {p.window}; color: {p.text}; }}
QLabel {{ background: transparent; }}
QLabel#faint, QLabel#status {{ color: {p.faint}; }}
QLabel#review {{ color: {p.accent}; padding: 3px 2px; }}
QLabel#side, QLabel#state {{ font-weight: bold; }}
QLabel#banner {{
  background: {p.accent}; color: {p.panel}; font-weight: bold; border-radius: 4px;
  padding: 1px 14px;
}}
QLabel#notice {{
  background: {p.raised}; color: {p.text}; border: 1px solid {p.line}; border-radius: 4px;
  padding: 6px 12px;
}}
QToolBar {{ border: none; spacing: 4px; padding: 0; }}
QToolBar::separator {{ width: 10px; background: transparent; }}
QToolButton, QPushButton {{
  background: {p.raised}; border: 1px solid {p.line}; border-radius: 4px; padding: 3px 9px;
}}
QToolButton:hover, QPushButton:hover {{ border-color: {p.accent}; }}
QToolButton:focus, QPushButton:focus, QComboBox:focus, QLineEdit:focus {{
  border: 1px solid {p.accent};
}}
QToolButton:checked {{ background: {p.accent}; color: {p.panel}; border-color: {p.accent}; }}
QToolButton:disabled, QPushButton:disabled {{ color: {p.line}; }}
QLabel#wrong {{ color: {p.bad}; }}
QToolButton#qt_toolbar_ext_button {{ padding: 0; border: none; }}
QToolButton#record {{ font-weight: bold; color: {p.recording}; border-color: {p.recording}; }}
QToolButton#record:disabled {{ color: {p.line}; border-color: {p.line}; }}
QToolButton#record:checked {{ background: {p.recording}; color: {p.panel}; }}
QToolButton#record:focus {{ border-color: {p.accent}; }}
QToolButton:checked:focus, QToolButton#record:checked:focus {{ border-color: {p.text}; }}
QComboBox, QLineEdit {{
  background: {p.raised}; border: 1px solid {p.line}; border-radius: 4px; padding: 2px 6px;
  selection-background-color: {p.accent}; selection-color: {p.panel};
}}
QComboBox QAbstractItemView {{ background: {p.raised}; selection-background-color: {p.accent}; }}
QSplitter::handle {{ background: {p.window}; }}
QScrollArea {{ border: none; }}
QScrollBar:vertical {{ background: transparent; width: 14px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 14px; margin: 0; }}
QScrollBar::handle {{ background: {p.faint}; border-radius: 4px; margin: 3px; }}
QScrollBar::handle:vertical {{ min-height: 28px; }}
QScrollBar::handle:horizontal {{ min-width: 28px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QToolTip {{ background: {p.raised}; color: {p.text}; border: 1px solid {p.line}; padding: 4px; }}
QFrame#card {{ background: {p.panel}; border: 1px solid {p.line}; border-radius: 6px; }}
QFrame#help {{ background: {p.panel}; border: 1px solid {p.accent}; border-radius: 8px; }}
QFrame#help QWidget {{ background: {p.panel}; }}
QSlider::groove:horizontal {{ height: 4px; background: {p.line}; border-radius: 2px; }}
QSlider::handle:horizontal {{
  width: 12px; margin: -5px 0; border-radius: 6px; background: {p.accent};
}}
"""
