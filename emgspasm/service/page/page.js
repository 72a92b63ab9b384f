// The page: what comes from the service put into words and pictures, and what is asked of it.

import { Stream, ask } from "./stream.js";
import { balanceRow, eventRow, showBalance } from "./rows.js";
import { Picture, Ring, clock, percent } from "./traces.js";

const ROWS = 100; // events in the table
const COLOURS = ["panel", "grid", "line", "text", "faint", "left", "right", "midline", "spasm",
  "blink", "voluntary", "artifact", "gap", "accent", "bad"];

const $ = (id) => document.getElementById(id);
const pictures = [0, 1].map((column) => new Picture($(`traces${column}`), column));
const look = { seconds: 10, gain: 200, colours: {} };
let hello = { leads: false, keys: {}, marks: {}, gains: [] };
let known = null;
let state = null;
let dropped = 0;
let stale = true;
let typing = null; // since when a marker's text is typed

// --- what comes ---------------------------------------------------------------------------

const heard = {
  hello(told) {
    hello = told;
    $("lead").hidden = !told.leads;
    $("follows").hidden = told.leads;
    $("follows").textContent = told.why_not;
    $("begin").hidden = !told.study;
    $("markers").replaceChildren(...Object.entries(told.keys).map(markerButton));
    offerGains();
    dropped = 0;
    forget();
  },
  stream(told) {
    known = { stream: told, ring: new Ring(told), lanes: [], ...nothing() };
    stale = true;
    $("name").textContent = told.name;
    offerGains();
    told.headings.forEach((heading, k) => {
      $(`head${k}`).textContent = heading;
      $(`traces${k}`).setAttribute("aria-label", `traces, ${heading.toLowerCase()}`);
    });
  },
  found(told) {
    Object.assign(known, told);
    listEvents();
  },
  news(told) {
    known.provisional = told.provisional;
    for (const [before, now] of told.amended) {
      known.events = known.events.map((event) => (same(event, before) ? now : event));
    }
    known.events = [...known.events, ...told.events].slice(-2 * ROWS);
    known.markers = [...known.markers, ...told.markers]
      .filter((marker) => !told.undone.some((gone) => gone.onset === marker.onset && gone.text === marker.text));
    const since = known.ring.stop / known.ring.rate - known.stream.kept;
    for (const kind of ["bursts", "gaps"]) {
      known[kind] = [...known[kind], ...told[kind]].filter((one) => one.onset + one.duration > since);
    }
    if (told.events.length || told.amended.length) listEvents();
  },
  levels(told) {
    put("range", amplitude(told.range));
    const rows = $("balances");
    if (rows.children.length !== told.balances.length) rows.replaceChildren(...told.balances.map(balanceRow));
    told.balances.forEach((balance, k) => showBalance(rows.children[k], balance, told.range, amplitude));
  },
  state(told) {
    state = told;
    if (known) known.lanes = told.lanes;
    showState();
  },
  dropped(told) {
    dropped = told.count;
    showState();
  },
};

function room(left) {
  return left >= 1e9 ? `${(left / 1e9).toFixed(1)} GB free` : `${(left / 1e6).toFixed(0)} MB free`;
}

function amplitude(value) {
  return `${value} ${known?.stream.unit ?? "µV"}`;
}

function offerGains() {
  const options = hello.gains.map((gain) => new Option(amplitude(gain), gain, false, gain === look.gain));
  $("gain").replaceChildren(...options);
}

// What an earlier connection told: the service may be another one, and stream nothing.
function forget() {
  known = null;
  stale = true;
  put("name", "");
  $("events").replaceChildren();
  $("balances").replaceChildren();
  $("none").hidden = false;
}

function nothing() {
  return { events: [], provisional: [], bursts: [], gaps: [], markers: [] };
}

function same(a, b) {
  return a.onset === b.onset && a.duration === b.duration && a.side === b.side;
}

function drawn(frame) {
  if (known?.stream.number !== frame.number) return;
  known.ring.put(frame);
  stale = true;
}

function changed(connected, wait) {
  document.querySelector("main").classList.toggle("old", !connected);
  if (connected) return showTrouble("");
  state = null;
  $("state").textContent = "NOT CONNECTED";
  $("state").dataset.kind = "bad";
  put("figures", "");
  showTrouble(`the connection is lost; it is tried again in ${(wait / 1000).toFixed(1)} s`, false);
}

// --- words ----------------------------------------------------------------------------------

function showState() {
  if (!state) return;
  const kind = state.recording ? "recording" : state.state === "streaming" ? "" : "bad";
  const live = state.recording ? "● RECORDING" : "LIVE - not recorded";
  const missed = state.away && state.recording ? " - still recording" : "";
  put("state", state.state === "streaming" ? live : state.state.toUpperCase() + missed);
  $("state").dataset.kind = state.state === "connecting" ? "" : kind;
  $("simulated").hidden = !state.simulated;
  put("clock", clock(state.time));
  put("figures", figures(state).filter(Boolean).join("  ·  "));
  $("begin").hidden = state.recording || !hello.study;
  $("under-way").hidden = !state.recording;
  put("file", state.path.split("/").pop());
  $("file").title = state.path;
  showCounts(state.counts);
  list("notices", state.notices);
  showTrouble(state.error || state.away, Boolean(state.error));
  pictures.forEach((_, k) => describe(k));
}

function figures(told) {
  const live = told.state === "streaming" && told.samples_per_second !== null;
  return [
    told.device === known?.stream.name ? "" : told.device,
    live && `${Math.round(told.samples_per_second)} samples/s`,
    live && `latency ${Math.round(1000 * told.latency)} ms`,
    live && `lost ${percent(told.lost_recently, 1)} in 5 s`,
    told.time > 0 && `lost ${percent(told.lost, 2)} in all`,
    ...told.hindrances,
    told.disk_left === null ? "" : room(told.disk_left),
    dropped ? `${dropped} messages dropped for this page, none in the recording` : "",
    `${told.onlookers} looking on`,
    known?.stream.limits,
  ];
}

function describe(column) {
  if (!known) return;
  const lanes = known.stream.lines
    .map((line) => (column ? line.right : line.left))
    .filter((channel) => channel !== null)
    .map((channel) => `${known.stream.channels[channel].name} ${known.lanes[channel]?.warning ?? ""}`.trim());
  const label = `traces, ${known.stream.headings[column].toLowerCase()}: ${lanes.join(", ")}`;
  if ($(`traces${column}`).getAttribute("aria-label") !== label) $(`traces${column}`).setAttribute("aria-label", label);
}

function showCounts(counts) {
  for (const side of ["left", "right"]) {
    const told = counts?.[side];
    put(`rate-${side}`, told?.rate?.toFixed(1) ?? "n/a");
    put(`count-${side}`, told?.count ?? "n/a");
    put(`share-${side}`, told?.time_share?.toFixed(1) ?? "n/a");
    put(`recent-${side}`, told?.recent ?? "n/a");
  }
  put("others", counts ? counted(counts).join("  ·  ") : "");
}

function counted({ others, seconds, valid_seconds: valid, rated_from: rated }) {
  return [
    ...Object.entries(others).map(([name, count]) => `${name} ${count}`),
    `valid ${clock(valid)} of ${clock(seconds)}`,
    ...(valid < rated ? [`rates from ${clock(rated)} valid on`] : []),
  ];
}

function showTrouble(text, again = false) {
  $("trouble").hidden = !text;
  put("why", text);
  $("again").hidden = !(again && hello.leads);
}

function listEvents() {
  const newest = known.events.slice(-ROWS).sort((a, b) => b.onset - a.onset);
  $("events").replaceChildren(...newest.map(eventRow));
  $("none").hidden = newest.length > 0;
}

function put(id, text) {
  if ($(id).textContent !== String(text)) $(id).textContent = text;
}

function list(id, sentences) {
  const shown = [...$(id).children].map((item) => item.textContent);
  if (shown.join("\n") === sentences.join("\n")) return;
  $(id).replaceChildren(...sentences.map((sentence) => {
    const item = document.createElement("li");
    item.textContent = sentence;
    return item;
  }));
}

// --- what is asked ----------------------------------------------------------------------------

function markerButton([key, text]) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = button.title = `${key} ${text}`;
  button.addEventListener("click", () => mark(text));
  return button;
}

async function tell(asking) {
  try {
    put("answer", await asking);
  } catch (error) {
    put("answer", error.message);
  }
}

function mark(text, since = performance.now()) {
  const ago = (performance.now() - since) / 1000;
  const asked = ask("POST", "api/markers", { text, ago });
  tell(asked.then((marker) => `marked ${marker.text} at ${clock(marker.onset, 1)}`));
}

$("begin").addEventListener("submit", (event) => {
  event.preventDefault();
  const [participant, session, task] = ["participant", "session", "task"].map((id) => $(id).value);
  tell(ask("POST", "api/recording", { participant, session, task }).then((told) => told.said));
});
$("stop").addEventListener("click", () => tell(ask("DELETE", "api/recording").then((told) => told.said)));
$("mark").addEventListener("submit", (event) => {
  event.preventDefault();
  mark($("text").value, typing ?? undefined);
  $("text").value = "";
  typing = null;
});
$("text").addEventListener("input", () => {
  typing = $("text").value ? typing ?? performance.now() : null;
});
$("undo").addEventListener("click", () => {
  tell(ask("DELETE", "api/markers/last").then((marker) => marker.text));
});
$("again").addEventListener("click", () => tell(ask("POST", "api/stream").then(() => "trying again")));
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (hello.leads && Object.hasOwn(hello.marks, event.key)) mark(hello.marks[event.key]);
});

// --- how it looks -----------------------------------------------------------------------------

function dress() {
  const style = getComputedStyle(document.documentElement);
  look.colours = Object.fromEntries(COLOURS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  $("theme").textContent = dark() ? "Light" : "Dark";
  stale = true;
}

function dark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : !matchMedia("(prefers-color-scheme: light)").matches;
}

function turn() {
  if (stale) {
    stale = false;
    pictures.forEach((picture) => picture.draw(known, look));
  }
  requestAnimationFrame(turn);
}

$("gain").addEventListener("change", () => { look.gain = Number($("gain").value); stale = true; });
$("seconds").addEventListener("change", () => { look.seconds = Number($("seconds").value); stale = true; });
$("theme").addEventListener("click", () => {
  document.documentElement.dataset.theme = dark() ? "light" : "dark";
  dress();
});
matchMedia("(prefers-color-scheme: light)").addEventListener("change", dress);
addEventListener("resize", () => { stale = true; });
document.addEventListener("visibilitychange", () => { stale = true; });

dress();
new Stream((told) => heard[told.kind]?.(told), drawn, changed);
turn();
