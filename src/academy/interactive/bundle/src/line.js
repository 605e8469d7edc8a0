// The line to a page's kernel. It breaks and comes back; what was said on it is not lost.
//
// Every message is kept until the kernel says that it is done with it. On a new line the kept ones are sent again in
// their order. What must not happen twice, such as a press of a button, is sent again only if it was never sent at all.
import { uuid } from "@jupyter-widgets/base";
import { PROTOCOL, decode, encode } from "./messages.js";
import { ask } from "./site.js";

const WAITS = [500, 1000, 2000, 4000, 8000, 15000]; // milliseconds before the next try
const SILENCE = 8000; // milliseconds without a word, after which the kernel is asked, and again until the line counts as broken
const PROBE = 1000; // milliseconds between two questions on a new line
const LOOK = 2000; // milliseconds between two looks at the line

export class Line {
  // `heard` gets each message, one after the other; `changed` the state: "open", "lost" or "gone", and for an open line
  // whether something was sent before of which nobody knows whether it counted.
  constructor(address, { heard, changed }) {
    this.address = address;
    this.heard = heard;
    this.changed = changed;
    this.session = uuid();
    this.kept = new Map();
    this.behind = Promise.resolve();
    this.tries = 0;
    this.open();
    setInterval(() => this.look(), LOOK);
    addEventListener("online", () => this.hurry());
    addEventListener("offline", () => this.lose());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.hurry());
  }

  send(type, content, { channel = "shell", metadata = {}, buffers = [], callbacks, twice = false } = {}) {
    const id = uuid();
    const header = { msg_id: id, msg_type: type, session: this.session, username: "", date: new Date().toISOString(), version: "5.4" };
    const message = { frame: encode({ channel, header, metadata, content, buffers }), callbacks, twice, sent: 0 };
    this.kept.set(id, message);
    this.put(message);
    return id;
  }

  // Whether the kernel has dealt with all that was sent.
  get settled() {
    return this.kept.size === 0;
  }

  put(message) {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    this.socket.send(message.frame);
    message.sent = Date.now();
  }

  open() {
    const address = `${this.address.replace(/^http/, "ws")}/channels?session_id=${this.session}`;
    const socket = new WebSocket(address, [PROTOCOL]);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.begin();
    socket.onmessage = ({ data }) => this.hear(decode(data));
    socket.onclose = () => this.lose();
    this.socket = socket;
  }

  begin() {
    this.tries = 0;
    this.last = Date.now();
    this.asked = 0;
    this.probes = [];
    this.probe();
    const doubtful = [...this.kept].filter(([, message]) => message.sent && !message.twice);
    for (const [id] of doubtful) this.kept.delete(id);
    for (const message of this.kept.values()) this.put(message);
    this.changed("open", doubtful.length > 0);
  }

  // A server may open a line before it hears the kernel; then answers are lost. The first thing on a line is therefore a
  // question, put again each second: if the answer to the first one was not heard, nor were those to what followed it.
  probe() {
    this.probes.push(this.question("shell"));
    this.prober = setTimeout(() => this.probe(), PROBE);
  }

  probed(id) {
    clearTimeout(this.prober);
    const deaf = this.probes[0] !== id;
    this.probes = [];
    if (deaf) for (const message of this.kept.values()) if (message.twice) this.put(message);
  }

  question(channel) {
    const header = { msg_id: uuid(), msg_type: "kernel_info_request", session: this.session, username: "", date: "", version: "5.4" };
    this.socket.send(encode({ channel, header, metadata: {}, content: {}, buffers: [] }));
    return header.msg_id;
  }

  hear(message) {
    this.last = Date.now();
    this.asked = 0;
    const id = message.parent_header.msg_id;
    if (message.channel === "iopub" && this.probes.includes(id)) this.probed(id);
    const callbacks = this.kept.get(id)?.callbacks;
    const done = message.header.msg_type === "status" && message.content.execution_state === "idle";
    if (done) this.kept.delete(id);
    this.behind = this.behind.then(() => this.heard(message, callbacks)).catch((error) => console.error(error));
  }

  // A line may be dead without saying so: whoever waits too long for an answer asks once more, then opens another.
  look() {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    const now = Date.now();
    if (this.asked && now - this.asked > SILENCE) this.lose();
    else if (!this.asked && !this.settled && now - this.last > SILENCE) this.ask(now);
  }

  ask(now) {
    this.asked = now;
    this.question("control"); // answered even while the kernel is at work
  }

  lose() {
    if (!this.socket) return;
    clearTimeout(this.prober);
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    this.socket.close();
    this.socket = null;
    this.changed("lost");
    this.later();
  }

  later() {
    clearTimeout(this.timer);
    const wait = WAITS[Math.min(this.tries, WAITS.length - 1)];
    this.tries += 1;
    this.timer = setTimeout(() => this.again(), wait * (0.75 + Math.random() / 2));
  }

  // Somebody needs the line now: try at once, or make sure that it still lives.
  hurry() {
    if (this.socket?.readyState === WebSocket.OPEN && !this.asked) this.ask(Date.now());
    if (this.socket) return;
    this.tries = 0;
    this.later();
  }

  // Is the kernel still there, and still ours? If nobody answers, the question is asked again later.
  async again() {
    const answer = await ask(this.address);
    if (this.socket) return;
    if (answer?.ok) this.open();
    else if (answer && answer.status < 500) this.end();
    else this.later();
  }

  end() {
    this.ended = true;
    this.hurry = this.later = () => {};
    this.changed("gone");
  }
}
