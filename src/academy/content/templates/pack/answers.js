// Writes the answers of this page into a file that can be handed in later. Nothing is sent from here.
"use strict";
(() => {
  const form = document.getElementById("answers");
  const random = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  const fields = () => {
    const found = {};
    for (const [name, value] of new FormData(form)) {
      if (value.trim()) (found[name] ??= []).push(value);
    }
    return found;
  };

  const save = () => {
    const about = JSON.parse(form.dataset.answers);
    const answers = { ...about, id: random(), saved_at: new Date().toISOString(), fields: fields() };
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(answers, null, 1)], { type: "application/json" }));
    link.download = form.dataset.file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    document.getElementById("saved").hidden = false;
  };

  document.getElementById("save").hidden = false;
  document.getElementById("no-script").hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
})();
