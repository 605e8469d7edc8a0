// An interactive page: connects to its kernel, shows its controls, and says how the line is.
import { gather, restore } from "./answers.js";
import { Line } from "./line.js";
import { Manager } from "./manager.js";
import { show } from "./outputs.js";
import { ask, xsrf } from "./site.js";

const OUTPUT = 'script[type="application/vnd.voila.cell-output+json"]';
const AWHILE = 12000; // milliseconds for which good news stays

const cells = document.getElementById("cells");
const notes = document.getElementById("line");
let line;
let timer;

const config = () => JSON.parse(document.getElementById("jupyter-config-data").textContent);

// Show one of the sentences about the line, or none.
const say = (name) => {
  clearTimeout(timer);
  for (const note of notes.querySelectorAll("[data-line]")) note.hidden = note.dataset.line !== name;
  if (name === "back" || name === "doubtful") timer = setTimeout(() => say(""), AWHILE);
};

const settled = async (kernel) => {
  while (!kernel.settled) await new Promise((resolve) => setTimeout(resolve, 100));
};

const connect = () => {
  const { baseUrl, kernelId } = config();
  const manager = new Manager();
  let begun = false;
  const changed = async (state, doubtful) => {
    if (state !== "open") return say(state);
    const again = begun;
    begun = true;
    await manager.fetchStates();
    if (again) {
      await settled(manager.line);
      return say(doubtful ? "doubtful" : "back");
    }
    for (const script of cells.querySelectorAll(OUTPUT)) await show(JSON.parse(script.textContent), script.parentElement, manager);
    document.getElementById("loading")?.remove();
  };
  line = new Line(new URL(`${baseUrl}api/kernels/${kernelId}`, location.href).href, {
    heard: (message, callbacks) => manager.hear(message, callbacks),
    changed,
  });
  manager.line = line;
};

// The kernel is gone: take the same page anew, and put in what stands in its forms.
const reopen = async () => {
  const kept = gather();
  const answer = await ask(location.href);
  const fresh = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
  const cell = fresh && fresh.querySelector("#cells .cell");
  document.getElementById("not-again").hidden = Boolean(cell);
  if (!cell) return;
  document.getElementById("jupyter-config-data").replaceWith(fresh.getElementById("jupyter-config-data"));
  cells.querySelector(".cell").replaceWith(cell);
  restore(kept, cells);
  say("");
  connect();
};

const leave = () => {
  if (line.ended) return;
  const { baseUrl, kernelId } = config();
  const form = new FormData();
  form.append("_xsrf", xsrf());
  navigator.sendBeacon(`${baseUrl}voila/api/shutdown/${kernelId}`, form);
};

notes.querySelector("button").addEventListener("click", reopen);
addEventListener("pagehide", leave);
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
if (!cells.querySelector(OUTPUT)) document.getElementById("loading")?.remove();
else connect();
