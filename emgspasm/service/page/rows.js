// Rows of the tables: an event, and the balance of a muscle.

import { called, clock } from "./traces.js";

export function eventRow(event) {
  const row = document.createElement("tr");
  const sides = { L: "left", R: "right", B: "both sides" };
  const what = document.createElement("span");
  what.className = `kind ${event.trial_type}`;
  what.textContent = [called(event), sides[event.side]].filter(Boolean).join(", ");
  const lasts = `${Math.round(1000 * event.duration)} ms`;
  row.append(...[clock(event.onset, 1), what, lasts, event.channels.join(" "), event.reason].map(cell));
  return row;
}

// Bars and index of a muscle, and under them what the index says.
export function balanceRows({ muscle }) {
  const [row, words] = ["tr", "tr"].map((name) => document.createElement(name));
  row.append(bar("right"), cell(muscle), bar("left"), cell(""));
  row.children[1].className = "muscle";
  words.append(cell(""));
  words.children[0].className = "verdict";
  words.children[0].colSpan = 4;
  return [row, words];
}

function bar(side) {
  const place = cell("");
  place.className = `bar ${side}`;
  place.append(document.createElement("i"), document.createElement("b"));
  return place;
}

// `amplitude` puts a value into words.
export function showBalance(row, words, balance, range, amplitude) {
  for (const [k, side] of [[0, "right"], [2, "left"]]) {
    const [fill, peak] = row.children[k].children;
    const [value, most] = [balance[side], balance[`${side}_peak`]];
    fill.style.width = `${Math.min(100, (100 * (value ?? 0)) / range)}%`;
    peak.hidden = !most; // at nothing it would look like something
    peak.style[side === "right" ? "right" : "left"] = `${Math.min(99, (100 * (most ?? 0)) / range)}%`;
    row.children[k].title = value === null ? "not known" : amplitude(value);
  }
  const index = balance.index === null ? "–" : balance.index.toFixed(2);
  for (const [place, text] of [[row.children[3], index], [words.children[0], balance.verdict]]) {
    if (place.textContent !== text) place.textContent = text;
  }
}

function cell(content) {
  const place = document.createElement("td");
  place.append(content);
  return place;
}
