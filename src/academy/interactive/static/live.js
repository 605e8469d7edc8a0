// Shows a piece of page and lets screen readers say it when it changes.
export default {
  render({ model, el }) {
    el.setAttribute("role", "status");
    const show = () => { el.innerHTML = model.get("html"); };
    model.on("change:html", show);
    show();
  },
};
