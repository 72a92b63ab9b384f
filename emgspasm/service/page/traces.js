// Traces of one side of the face on a canvas: the newest at the right, events and bursts on them.

const INVOLUNTARY = ["spasm", "blepharospasm", "myokymia"]; // they look alike

const LONGEST = 20; // letters of a marker that are written

// The newest buckets of all channels; a bucket's place is its number modulo the capacity.
export class Ring {
  constructor(stream) {
    this.rate = stream.sampling_frequency / stream.bucket;
    this.channels = stream.channels.length;
    this.capacity = Math.ceil(stream.kept * this.rate) + 2;
    this.low = Array.from({ length: this.channels }, () => new Float32Array(this.capacity).fill(NaN));
    this.high = this.low.map((row) => row.slice());
    this.stop = 0;
  }

  put({ first, buckets, channels, low, high }) {
    for (let b = this.stop; b < first; b++) this.blank(b); // what was dropped on the way
    for (let c = 0; c < channels; c++) {
      for (let k = 0; k < buckets; k++) {
        const place = (first + k) % this.capacity;
        this.low[c][place] = low[c * buckets + k];
        this.high[c][place] = high[c * buckets + k];
      }
    }
    this.stop = Math.max(this.stop, first + buckets);
  }

  blank(b) {
    const place = b % this.capacity;
    for (let c = 0; c < this.channels; c++) this.low[c][place] = this.high[c][place] = NaN;
  }

  // Smallest and largest value of buckets from..to, or null where none is known.
  extremes(channel, from, to) {
    let low = Infinity, high = -Infinity;
    for (let b = Math.max(0, from, this.stop - this.capacity); b < Math.min(to, this.stop); b++) {
      const place = b % this.capacity;
      if (this.low[channel][place] <= low) low = this.low[channel][place];
      if (this.high[channel][place] >= high) high = this.high[channel][place];
    }
    return low <= high ? [low, high] : null;
  }
}

export class Picture {
  constructor(canvas, column) {
    this.canvas = canvas;
    this.column = column; // 0 on the left of the page, 1 on the right
    this.pen = canvas.getContext("2d");
  }

  // Draw what is known, if anything is; `look` has seconds, gain (from the middle of a line to its edge) and colours.
  draw(known, look) {
    const { width, height } = this.fit();
    this.pen.fillStyle = look.colours.panel;
    this.pen.fillRect(0, 0, width, height);
    if (!known) return;
    const lines = known.stream.lines.map((line) => (this.column ? line.right : line.left));
    const lane = (height - 16) / Math.max(1, lines.length);
    const stop = known.ring.stop / known.ring.rate;
    const shape = { ...look, width, height, lane, start: stop - look.seconds, stop, font: this.font };
    this.axis(shape);
    lines.forEach((channel, k) => {
      if (channel !== null) this.line(known, shape, channel, k * lane);
    });
    this.markers(known, shape);
  }

  fit() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const ratio = window.devicePixelRatio || 1;
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== w || this.canvas.height !== h) {
      [this.canvas.width, this.canvas.height] = [w, h];
    }
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.font = `${width < 260 ? 10 : 12}px ${getComputedStyle(this.canvas).fontFamily}`;
    this.pen.font = this.font;
    return { width, height };
  }

  axis({ width, height, start, stop, seconds, colours }) {
    const pen = this.pen;
    const step = seconds > 5 ? 2 : seconds > 2 ? 1 : 0.5;
    pen.textBaseline = "bottom";
    for (let t = Math.ceil(Math.max(0, start) / step) * step; t <= stop; t += step) {
      const x = ((t - start) / seconds) * width;
      pen.fillStyle = colours.grid;
      pen.fillRect(x, 0, 1, height - 14);
      pen.fillStyle = colours.faint;
      const text = clock(t, step < 1 ? 1 : 0);
      if (x + 40 < width) pen.fillText(text, x + 2, height);
    }
  }

  // Markers with their texts; where two have no room the newer one is written.
  markers(known, shape) {
    const { start, seconds, width, height, colours } = shape;
    let free = Infinity; // where the word to the right begins
    for (const { onset, text } of [...known.markers].sort((a, b) => b.onset - a.onset)) {
      const x = ((onset - start) / seconds) * width;
      if (x < 0) return;
      this.pen.fillStyle = colours.accent;
      this.pen.fillRect(Math.round(x), 0, 1, height - 16);
      const word = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
      const wide = this.pen.measureText(word).width;
      const at = Math.min(x + 4, width - wide - 4);
      if (at + wide > free) continue;
      this.pen.textBaseline = "top";
      this.word(word, at, 33, colours.accent, colours.panel);
      free = at - 4;
    }
  }

  line(known, shape, channel, top) {
    const { pen } = this;
    const info = known.stream.channels[channel];
    this.bands(known, shape, info.name, top);
    this.trace(known, shape, channel, top);
    pen.fillStyle = shape.colours.line;
    pen.fillRect(0, top + shape.lane - 1, shape.width, 1);
    this.words(known, shape, channel, top);
  }

  bands(known, shape, name, top) {
    const { lane, colours } = shape;
    this.written = -Infinity; // where the last word ends
    for (const gap of known.gaps) this.span(shape, gap, top, lane, colours.gap, 1);
    for (const event of known.events) {
      if (event.channels.includes(name)) this.event(shape, event, top, 0.3);
    }
    for (const event of known.provisional) {
      if (event.channels.includes(name)) this.event(shape, event, top, 0.12);
    }
    for (const burst of known.bursts) {
      if (burst.channel === name) this.span(shape, burst, top + lane - 5, 3, colours.text, 1);
    }
  }

  span({ start, seconds, width }, { onset, duration }, top, height, colour, alpha) {
    const from = ((onset - start) / seconds) * width;
    const to = Math.max(from + 1, ((onset + duration - start) / seconds) * width);
    if (to < 0 || from > width) return null;
    this.pen.globalAlpha = alpha;
    this.pen.fillStyle = colour;
    this.pen.fillRect(from, top, to - from, height);
    this.pen.globalAlpha = 1;
    return from;
  }

  event(shape, event, top, alpha) {
    const colour = shape.colours[INVOLUNTARY.includes(event.trial_type) ? "spasm" : event.trial_type];
    const from = this.span(shape, event, top, shape.lane - 1, colour, alpha);
    if (from === null) return;
    this.span(shape, event, top, 2, colour, alpha < 0.3 ? 0.5 : 1);
    const word = alpha < 0.3 ? `${event.trial_type}?` : called(event);
    const wide = this.pen.measureText(word).width;
    const at = Math.max(2, Math.min(from + 2, shape.width - wide - 2));
    if (shape.lane < 50 || at < this.written) return; // words never lie on each other
    this.written = at + wide + 6;
    this.pen.fillStyle = shape.colours.text;
    this.pen.textBaseline = "bottom";
    this.pen.fillText(word, at, top + shape.lane - 7);
  }

  trace(known, shape, channel, top) {
    const { pen } = this, { lane, width, seconds, gain, colours } = shape;
    const { ring } = known, per = (seconds * ring.rate) / width, head = ring.stop - seconds * ring.rate;
    const middle = top + lane / 2, scale = (lane / 2 - 2) / gain;
    const at = (value) => Math.min(Math.max(middle - value * scale, top + 1), top + lane - 2);
    pen.fillStyle = colours[known.stream.channels[channel].side] ?? colours.midline;
    for (let x = 0; x < width; x++) {
      const found = ring.extremes(channel, Math.floor(head + x * per), Math.ceil(head + (x + 1) * per));
      if (!found) continue;
      const y = at(found[1]);
      pen.fillRect(x, y, 1, Math.max(1, at(found[0]) - y));
    }
  }

  words(known, shape, channel, top) {
    const { pen } = this, { colours, width, lane } = shape;
    const info = known.stream.channels[channel], state = known.lanes[channel];
    pen.textBaseline = "top";
    const name = width < 260 || !info.muscle ? info.name : `${info.name}  ${info.muscle}`;
    this.word(name, 4, top + 3, colours.text, colours.panel);
    if (!state || lane < (state.warning ? 34 : 60)) return;
    const noise = state.noise === null ? "" : `noise ${state.noise.toFixed(1)} ${unit(info.unit)}`;
    if (state.warning) this.word(state.warning, 4, top + 18, colours.bad, colours.panel);
    else if (noise) this.word(noise, 4, top + 18, colours.faint, colours.panel);
  }

  word(text, x, y, colour, behind) {
    this.pen.globalAlpha = 0.75;
    this.pen.fillStyle = behind;
    this.pen.fillRect(x - 2, y - 1, this.pen.measureText(text).width + 4, 14);
    this.pen.globalAlpha = 1;
    this.pen.fillStyle = colour;
    this.pen.fillText(text, x, y);
  }
}

export function called(event) {
  if (event.trial_type === "spasm") return `spasm ${event.label}`.trim();
  return event.label || event.trial_type;
}

export function clock(seconds, digits = 0) {
  const total = Math.max(0, Number(seconds.toFixed(digits)));
  const [hours, minutes] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60)];
  const rest = (total % 60).toFixed(digits).padStart(digits ? 3 + digits : 2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

// A share; one that would be rounded to nothing is said to be less than a step.
export function percent(share, digits) {
  const least = 10 ** -digits;
  return 0 < share && 100 * share < least / 2 ? `< ${least} %` : `${(100 * share).toFixed(digits)} %`;
}

function unit(name) {
  return name === "uV" ? "µV" : name;
}
