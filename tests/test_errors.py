"""What users are told of errors that are not the program's own."""

import sys

import pytest

from emgspasm.errors import explained


@pytest.mark.parametrize(
    ("system", "said"),
    [
        ("euc_jp", "'Gr\\x9f.bdf' cannot be spelled in euc_jp, the encoding of names here. "),
        ("utf-8", "(a fault of emgspasm itself)"),
    ],
)
def test_a_name_that_the_system_cannot_spell_is_no_fault_of_the_program(monkeypatch, system, said):
    monkeypatch.setattr(sys, "getfilesystemencoding", lambda: system)
    error = UnicodeEncodeError("euc_jp", "Gr\x9f.bdf", 2, 3, "illegal multibyte sequence")
    assert said in str(explained(error))
