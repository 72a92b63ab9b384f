"""Every section of the clinical facts that is cited exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
CITED = re.compile(r"clinical\s+facts\s+(\d+(?:(?:, | and | to )\d+)*)")
FOLDERS = ("emgspasm", "tests")


def test_every_cited_section_exists():
    facts = (ROOT / "emgspasm/clinical_facts.md").read_text(encoding="utf-8")
    sections = set(re.findall(r"^## (\d+) ", facts, re.MULTILINE))
    cited = {
        (number, module.name)
        for folder in FOLDERS
        for module in (ROOT / folder).rglob("*.py")
        for match in CITED.findall(module.read_text(encoding="utf-8"))
        for number in re.findall(r"\d+", match)
    }
    assert len(cited) > 50
    assert [each for each in sorted(cited) if each[0] not in sections] == []
