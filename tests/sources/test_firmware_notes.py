"""Every paragraph of the firmware notes that is cited exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CITED = re.compile(r"firmware_notes\s+(\d+\.\d+(?:(?:, | and | to )\d+\.\d+)*)")


def test_every_cited_paragraph_exists():
    pages = (ROOT / "firmware_notes").glob("*.md")
    notes = "".join(page.read_text(encoding="utf-8") for page in pages)
    paragraphs = set(re.findall(r"^\*\*(\d+\.\d+)\*\*", notes, re.MULTILINE))
    cited = {
        (number, module.name)
        for module in (ROOT / "emgspasm").rglob("*.py")
        for match in CITED.findall(module.read_text(encoding="utf-8"))
        for number in re.findall(r"\d+\.\d+", match)
    }
    assert len(cited) > 20
    assert [each for each in sorted(cited) if each[0] not in paragraphs] == []
