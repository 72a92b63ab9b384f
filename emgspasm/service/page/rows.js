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

export function balanceRow({ muscle }) {
  const row = document.createElement("tr");
  row.append(bar("right"), cell(muscle), bar("left"), cell(""));
  row.children[1].className = "muscle";
  return row;
}

function bar(side) {
  const place = cell("");
  place.className = `bar ${side}`;
  place.append(document.createElement("i"), document.createElement("b"));
  return place;
}

// `amplitude` puts a value into words.
export function showBalance(row, balance, range, amplitude) {
  for (const [k, side] of [[0, "right"], [2, "left"]]) {
    const [fill, peak] = row.children[k].children;
    const [value, most] = [balance[side], balance[`${side}_peak`]];
    fill.style.width = `${Math.min(100, (100 * (value ?? 0)) / range)}%`;
    peak.hidden = !most; // at nothing it would look like something
    peak.style[side === "right" ? "right" : "left"] = `${Math.min(99, (100 * (most ?? 0)) / range)}%`;
    row.children[k].title = value === null ? "not known" : amplitude(value);
  }
  if (row.children[3].textContent !== balance.number) row.children[3].textContent = balance.number;
  row.children[3].title = balance.verdict;
}

function cell(content) {
  const place = document.createElement("td");
  place.append(content);
  return place;
}
