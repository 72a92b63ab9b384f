"""Recordings, their results and their pages, made once for all tests of the report."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from emgspasm.report.document import report_page, signal_of
from emgspasm.report.stored import read_results
from emgspasm.results.analysis import analyze_recording
from emgspasm.results.outputs import write_results
from emgspasm.simulation import simulate
from emgspasm.storage.bdf.writer import BdfWriter

VOID = {"meta", "br", "link", "img", "hr"}


class Node:
    """An element of a page with its texts, in order."""

    def __init__(self, tag, attributes, parent=None):
        self.tag, self.attributes, self.parent = tag, dict(attributes), parent
        self.children = []

    def texts(self):
        for child in self.children:
            if isinstance(child, str):
                yield self, child
            else:
                yield from child.texts()

    def text(self):
        return " ".join("".join(text for _, text in self.texts()).split())

    def find(self, tag):
        for child in self.children:
            if isinstance(child, Node):
                if child.tag == tag:
                    yield child
                yield from child.find(tag)

    def above(self):
        node = self
        while node is not None:
            yield node
            node = node.parent


class Tree(HTMLParser):
    """Reads a page, and refuses tags that are not closed in order."""

    def __init__(self):
        super().__init__()
        self.at = self.root = Node("", [])

    def handle_starttag(self, tag, attributes):
        node = Node(tag, attributes, self.at)
        self.at.children.append(node)
        if tag not in VOID:
            self.at = node

    def handle_startendtag(self, tag, attributes):
        self.at.children.append(Node(tag, attributes, self.at))

    def handle_endtag(self, tag):
        assert tag == self.at.tag, f"</{tag}> closes <{self.at.tag}>"
        self.at = self.at.parent

    def handle_data(self, data):
        self.at.children.append(data)


def parse(page):
    """The elements of a page."""
    tree = Tree()
    tree.feed(page)
    tree.close()
    assert tree.at is tree.root, f"<{tree.at.tag}> is not closed"
    return tree.root


@pytest.fixture(scope="session")
def elements():
    return parse


@pytest.fixture(scope="session")
def recorded(tmp_path_factory):
    """Writes a simulated recording, as the command does."""

    def make(name, scenario, folder=None, **more):
        simulated = simulate(scenario, **more)
        path = (folder or tmp_path_factory.mktemp(name)) / f"{name}.bdf"
        with BdfWriter(path, simulated.info, equipment=simulated.info.device) as file:
            for mark in simulated.annotations:
                file.annotate(mark)
            for chunk in simulated:
                file.write(chunk)
        return path

    return make


@pytest.fixture(scope="session")
def patient(recorded):
    """Results of a simulated patient beside the recording: the events table."""
    path = recorded("patient", "hfs_mixed", duration=150.0, seed=3, snr=14.0)
    write_results(analyze_recording(path), path.parent)
    return path.with_name("patient_events.tsv")


@pytest.fixture(scope="session")
def page(patient):
    """The page of the patient."""
    results = read_results(Path(patient))
    recording, without = signal_of(results, patient)
    return report_page(results, recording, without=without)
