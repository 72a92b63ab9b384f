// The stream of the service: messages as they come, and a connection that mends itself.

const SHORTEST = 500; // ms before the first new attempt
const LONGEST = 5000; // ms between two attempts at most
const SILENCE = 4000; // ms without a word after which a connection counts as lost

export class Stream {
  // `heard` takes messages (objects), `drawn` frames of traces, `changed` whether it is connected
  // and, if not, in how many ms it is tried again.
  constructor(heard, drawn, changed) {
    Object.assign(this, { heard, drawn, changed, wait: SHORTEST });
    this.connect();
  }

  connect() {
    const url = new URL("api/stream", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.wait = SHORTEST;
      this.changed(true, 0);
    };
    socket.onmessage = ({ data }) => {
      this.listen(socket);
      if (typeof data === "string") this.heard(JSON.parse(data));
      else this.drawn(frame(data));
    };
    socket.onclose = () => this.lost(socket);
    this.socket = socket;
    this.listen(socket);
  }

  listen(socket) {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.lost(socket), SILENCE);
  }

  lost(socket) {
    if (socket !== this.socket) return; // told already
    this.socket = null;
    clearTimeout(this.silence);
    socket.close();
    this.changed(false, this.wait);
    setTimeout(() => this.connect(), this.wait);
    this.wait = Math.min(2 * this.wait, LONGEST);
  }
}

// A frame: number of the stream, channels, buckets, first bucket, smallest and largest values.
function frame(data) {
  const head = new DataView(data);
  const [number, channels, buckets] = [0, 4, 8].map((at) => head.getUint32(at, true));
  const first = head.getFloat64(12, true);
  const n = channels * buckets;
  return {
    number, channels, buckets, first,
    low: new Float32Array(data, 24, n),
    high: new Float32Array(data, 24 + 4 * n, n),
  };
}

export async function ask(method, path, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: body ? { "content-type": "application/json" } : {},
      body: body && JSON.stringify(body),
    });
  } catch {
    throw new Error("the service does not answer. Is it running?");
  }
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error);
  return said;
}
