// Saves the answers of a form a moment after the last change. Without this script the buttons of the form do the same.
const PAUSE = 1500; // milliseconds after a key
const AGAIN = 10000; // milliseconds until the next try, when the academy does not answer

const form = document.querySelector("form[data-autosave]");
const words = form?.dataset;
const state = document.getElementById("saved");
let timer = 0;
let kept = "";

const written = () => {
  const fields = {};
  for (const [name, value] of new FormData(form)) if (name !== "_xsrf") (fields[name] ??= []).push(value);
  return JSON.stringify({ fields });
};

const say = (text) => {
  state.textContent = text;
  state.hidden = false;
};

const time = (moment) =>
  new Date(moment).toLocaleTimeString(document.documentElement.lang, {
    hour: "2-digit",
    minute: "2-digit",
    timeZone: words.zone,
  });

const save = async () => {
  clearTimeout(timer);
  const body = written();
  if (body === kept) return;
  const headers = { "Content-Type": "application/json", "X-XSRFToken": form.elements._xsrf.value };
  try {
    const answer = await fetch(words.autosave, { method: "POST", headers, body, keepalive: body.length < 60000 });
    const said = await answer.json();
    if (answer.ok) kept = body;
    say(answer.ok ? words.saved.replace("{time}", time(said.saved_at)) : said.error.message);
  } catch {
    say(words.unsaved);
    timer = setTimeout(save, AGAIN);
  }
};

if (form) {
  kept = written();
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
  document.addEventListener("visibilitychange", () => document.hidden && save());
}
