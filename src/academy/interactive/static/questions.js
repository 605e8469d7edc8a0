// A form of questions. Sends its fields to Python soon after a key, at once after a choice, and whole when it is sent.
const PAUSE = 600; // milliseconds without a key before a text is sent

const read = (form) => {
  const fields = {};
  for (const [name, value] of new FormData(form)) (fields[name] ??= []).push(value);
  return fields;
};

export default {
  render({ model, el }) {
    const form = document.createElement("form");
    form.className = "question-form";
    form.noValidate = true;
    form.autocomplete = "off";
    const questions = document.createElement("div");
    const button = document.createElement("button");
    button.type = "submit";
    form.append(questions, button);
    el.append(form);

    let timer = 0;
    const sync = () => {
      clearTimeout(timer);
      model.set("fields", read(form));
      model.save_changes();
    };
    const dress = () => {
      button.textContent = model.get("action");
      button.hidden = !model.get("action");
      for (const field of questions.querySelectorAll("input, select, textarea")) field.disabled = model.get("locked");
      button.disabled = model.get("locked");
    };
    const show = () => {
      questions.innerHTML = model.get("html");
      dress();
    };
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(sync, PAUSE);
    });
    form.addEventListener("change", sync);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      clearTimeout(timer);
      model.send({ kind: "send", fields: read(form) });
    });
    model.on("change:html", show);
    model.on("change:action", dress);
    model.on("change:locked", dress);
    show();
    return () => clearTimeout(timer);
  },
};
