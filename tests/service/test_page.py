"""The page in a real browser: what it shows, what it asks for, and that all can use it."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from emgspasm.desk.palette import DARK, LIGHT
from emgspasm.desk.scales import GAINS
from emgspasm.errors import SourceNotFound
from emgspasm.sources.events import SourceEvent

pytestmark = pytest.mark.real_time

AXE = """(async () => {
  const found = await axe.run();
  const told = found.violations.map(v => v.id + ": " + v.nodes[0].html);
  return JSON.stringify({passes: found.passes.length, told});
})()"""

SPASM = "[...document.querySelectorAll('#events .spasm')].length > 1"

COLOURS = """(() => {
  const canvas = document.getElementById("traces%d");
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const seen = {};
  for (let k = 0; k < data.length; k += 4) {
    const name = "#" + [...data.slice(k, k + 3)].map(v => v.toString(16).padStart(2, "0")).join("");
    seen[name] = (seen[name] ?? 0) + 1;
  }
  return JSON.stringify(seen);
})()"""


@pytest.fixture(scope="module")
def service(serve, simulated, tmp_path_factory):
    with serve(simulated(speed=4), tmp_path_factory.mktemp("page") / "study") as caller:
        yield caller


@pytest.fixture
def page(browser, service):
    """The page, once it has shown some events."""
    browser.open(service.address)
    browser.until("document.querySelectorAll('#balances .muscle').length === 4")
    browser.until(SPASM)
    return browser


def text(page, selector):
    return page.run(f"document.querySelector({json.dumps(selector)}).textContent")


def pixels(page, column):
    return json.loads(page.run(COLOURS % column))


def test_traces_events_and_their_reasons_are_shown(page):
    left, right = pixels(page, 1), pixels(page, 0)
    assert left[DARK.left] > 500
    assert right[DARK.right] > 500
    assert DARK.right not in left
    page.until(f"{COLOURS % 1}.includes('{DARK.spasm}')")  # the edge of a spasm
    assert "PATIENT'S LEFT" in text(page, "#head1")
    row = page.run("document.querySelector('#events tr:has(.spasm)').innerText")
    assert "left" in row
    assert "one side" in row
    assert int(text(page, "#count-left")) > int(text(page, "#count-right"))


def test_what_an_index_says_stands_beside_its_muscle(page):
    page.until(
        "[...document.querySelectorAll('#balances td:nth-child(4)')].filter(told =>"
        "/^floor$|^([LR] )?[01][.][0-9]{2}[?]?$/.test(told.innerText)).length === 4"
    )


def test_nothing_is_asked_of_others_and_nothing_goes_wrong(page, service):
    hosts = {urlsplit(url).netloc for url in page.requested}
    assert hosts == {urlsplit(service.address).netloc}
    assert page.complaints == []


def test_what_is_simulated_is_called_so_and_what_it_is_for_is_said(page):
    assert page.run("document.getElementById('simulated').checkVisibility()")
    assert text(page, ".purpose") == "research and education only"
    page.until("document.getElementById('figures').textContent.includes('samples/s')")


def test_what_was_dropped_for_a_page_is_said_on_it(page, service):
    (onlooker,) = service.service.broadcast._onlookers
    onlooker.dropped += 7
    page.until("document.getElementById('figures').textContent.includes('7 messages dropped')")


def test_what_was_dropped_for_a_page_shows_nothing_of_the_turn_before(page):
    found = page.run("""(async () => {
      const { Ring } = await import("/traces.js");
      const ring = new Ring({ sampling_frequency: 250, bucket: 1, kept: 0.1, channels: [1] });
      const take = (first, value) =>
        ring.put({ first, buckets: 1, channels: 1, low: [value], high: [value] });
      for (let bucket = 0; bucket < ring.capacity; bucket++) take(bucket, 999);
      take(ring.capacity + 6, 1); // those before it in this turn were dropped
      return ring.extremes(0, ring.capacity + 5, ring.capacity + 7);
    })()""")
    assert found == [1, 1]


def test_a_loss_that_would_be_rounded_to_nothing_is_said(page):
    told = """(async () => {
      const { percent } = await import("/traces.js");
      return [0, 1 / 39000, 0.0123].map((share) => percent(share, 2));
    })()"""
    assert page.run(told) == ["0.00 %", "< 0.01 %", "1.23 %"]


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_the_page_passes_axe(browser, service, scheme):
    axe = Path(find_spec("axe_core_python").origin).with_name("axe.min.js")
    browser.open(service.address, scheme=scheme)
    browser.until(SPASM)
    browser.run(axe.read_text(encoding="utf-8") + ";0")
    found = json.loads(browser.run(AXE))
    assert not found["told"], "\n".join(found["told"])
    assert found["passes"] > 20


def test_colours_follow_the_system_and_can_be_turned(browser, service):
    browser.open(service.address, scheme="light")
    browser.until("document.querySelectorAll('#balances .muscle').length === 4")
    browser.until(f"{COLOURS % 0}.includes('{LIGHT.right}')")
    browser.run("document.getElementById('theme').click()")
    browser.until(f"{COLOURS % 0}.includes('{DARK.right}')")


def test_a_phone_shows_both_sides_and_nothing_is_wider(browser, service):
    browser.open(service.address, width=390, height=844)
    browser.until(SPASM)
    assert browser.run("document.documentElement.scrollWidth") == 390
    for column in (0, 1):
        width = browser.run(f"document.getElementById('traces{column}').clientWidth")
        assert width > 150
    row = "document.querySelector('#events tr')"
    assert browser.run(f"{row}.scrollWidth <= {row}.closest('.scrolled').clientWidth")


def test_a_digit_marks_unless_something_is_typed(page, service):
    page.press("6")
    page.until("document.getElementById('answer').textContent.startsWith('marked smile at')")
    page.run("document.getElementById('text').focus()")
    page.press("1")
    assert page.run("document.getElementById('text').value") == "1"
    page.run("document.getElementById('text').blur()")
    page.press("9")
    page.until("document.getElementById('answer').textContent.startsWith('marked marker 9 at')")
    marked = [mark.text for mark in service.service._control.live.feed.found.markers]
    assert marked[-2:] == ["smile", "marker 9"]


def test_a_typed_text_marks_where_its_typing_began(page, service):
    page.run("document.getElementById('text').value = ''")
    page.run("document.getElementById('text').focus()")
    page.press("x")
    page.run("new Promise((done) => setTimeout(done, 1500))")
    page.run("document.querySelector('#mark button').click()")
    page.until("document.getElementById('answer').textContent.startsWith('marked x at')")
    _, now = service.call("POST", "/api/markers", {"text": "now"})
    typed = [m for m in service.service._control.live.feed.found.markers if m.text == "x"][-1]
    assert now["onset"] - typed.onset > 1.4


def test_markers_are_drawn_with_their_texts(page, service):
    service.call("POST", "/api/markers", {"text": "smile"})
    line = page.run("document.getElementById('traces0').clientHeight")  # pixels, without a text
    page.until(f"JSON.parse({COLOURS % 0})['{DARK.accent}'] > {line}", 10)
    assert page.run("document.querySelector('.key .marker').checkVisibility()")


def test_a_digit_without_a_text_of_the_config_marks_its_number(page):
    page.press("9")
    page.until("document.getElementById('answer').textContent.startsWith('marked marker 9 at')")


def test_the_page_offers_the_gains_of_the_window(page):
    offered = page.run(
        "JSON.stringify([...document.getElementById('gain').options].map(o => +o.value))"
    )
    assert tuple(json.loads(offered)) == GAINS
    assert page.run("document.getElementById('gain').value") == "200"


def test_a_recording_is_begun_and_ended(page, service):
    page.run("document.getElementById('participant').value = '05'")
    page.run("document.getElementById('record').click()")
    page.until("document.getElementById('state').textContent === '● RECORDING'")
    assert "sub-05_task-rest" in text(page, "#file")
    page.run("document.getElementById('stop').click()")
    page.until("document.getElementById('state').textContent === 'LIVE - not recorded'")
    assert "its tables are being written" in text(page, "#answer")
    assert list(service.service.study.rglob("sub-05_task-rest_emg.bdf"))


def test_what_is_refused_is_said(page):
    page.run("document.getElementById('participant').value = 'a b'")
    page.run("document.getElementById('record').click()")
    page.until("document.getElementById('answer').textContent.includes('letters and digits')")


def test_a_lost_connection_is_said_and_mends_itself(browser, serve, board):
    with serve("", None, board) as caller:
        browser.open(caller.address)
        browser.until("document.getElementById('state').textContent === 'LIVE - not recorded'")
        port = urlsplit(caller.address).port
    browser.until("document.getElementById('state').textContent === 'NOT CONNECTED'")
    assert "it is tried again" in text(browser, "#why")
    assert text(browser, "#figures") == ""
    assert float(browser.run("getComputedStyle(document.querySelector('main')).opacity")) < 1
    with serve("", None, board, port=port):
        browser.until("document.getElementById('state').textContent === 'LIVE - not recorded'")
        assert browser.run("document.getElementById('trouble').hidden")
        assert browser.run("getComputedStyle(document.querySelector('main')).opacity") == "1"


def test_of_a_service_that_streams_nothing_nothing_older_is_shown(browser, serve, board):
    def gone():
        raise SourceNotFound("no LSL stream is there (one must be). Start it")

    with serve("", None, board) as caller:
        browser.open(caller.address)
        browser.until("document.querySelectorAll('#balances .muscle').length === 1")
        browser.until(f"{COLOURS % 0}.includes('{DARK.right}')")
        port = urlsplit(caller.address).port
    with serve("", None, gone, port=port):
        browser.until("document.getElementById('why').textContent.includes('no LSL stream')")
        browser.until("document.querySelectorAll('#balances .muscle').length === 0", 5)
        browser.until(f"!{COLOURS % 0}.includes('{DARK.right}')", 5)
        assert text(browser, "#count-left") == "n/a"


def test_a_board_that_is_not_there_is_said_with_a_way_to_try_again(browser, serve, bench, board):
    bench["there"] = False
    with serve("", None, board) as caller:
        browser.open(caller.address)
        browser.until("document.getElementById('why').textContent.includes('Plug it in')")
        assert "latency" not in text(browser, "#figures")
        bench["there"] = True
        browser.run("document.getElementById('again').click()")
        browser.until("document.getElementById('state').textContent === 'LIVE - not recorded'")
        assert browser.run("document.getElementById('trouble').hidden")


def test_amplitudes_that_are_no_voltages_are_not_called_so(browser, serve, board):
    source = board()
    channels = tuple(replace(c, unit="count") for c in source.info.channels)
    source.info = replace(source.info, channels=channels)
    with serve("", None, lambda: source) as caller:
        browser.open(caller.address)
        browser.until("document.querySelector('.bar').title.endsWith(' count')")
        assert text(browser, "#range").endswith(" count")
        assert text(browser, "#gain option").endswith(" count")


def test_why_a_board_is_away_is_said_until_it_is_back(browser, serve, board):
    source, gone = board(), "port /dev/ttyUSB0 is gone. Plug the dongle in again"
    source.events = (SourceEvent(0.0, 0, "streaming", "started at sample 0"),)
    with serve("", None, lambda: source) as caller:
        browser.open(caller.address)
        browser.until("document.getElementById('state').textContent === 'LIVE - not recorded'")
        source.events += (SourceEvent(1.0, 250, "reconnecting", gone),)
        browser.until("document.getElementById('state').textContent === 'RECONNECTING'")
        assert text(browser, "#why") == gone
        assert browser.run("document.getElementById('again').hidden")
        source.events += (SourceEvent(2.0, 500, "streaming", "started at sample 500"),)
        browser.until("document.getElementById('trouble').hidden")
