// The answers that stand in the forms of a page, carried over when its kernel has to be replaced.
const FORM = ".question-form";

export const gather = () => [...document.querySelectorAll(FORM)].map((form) => [...new FormData(form)]);

const put = (form, answers) => {
  for (const field of form.elements) {
    const own = answers.filter(([name]) => name === field.name).map(([, value]) => value);
    if (["checkbox", "radio"].includes(field.type)) field.checked = own.includes(field.value);
    else if (own.length) field.value = own[0];
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
};

// Put the answers in as soon as the forms with their questions stand.
export const restore = (kept, place) => {
  const filled = kept.filter((answers) => answers.length);
  if (!filled.length) return;
  const watcher = new MutationObserver(() => {
    const forms = [...place.querySelectorAll(FORM)].filter((form) => form.querySelector("[name]"));
    if (forms.length < filled.length) return;
    watcher.disconnect();
    forms.forEach((form, number) => put(form, filled[number]));
  });
  watcher.observe(place, { childList: true, subtree: true });
};
