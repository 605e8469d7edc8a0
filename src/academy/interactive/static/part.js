// Shows a piece of page.
export default {
  render({ model, el }) {
    const show = () => { el.innerHTML = model.get("html"); };
    model.on("change:html", show);
    show();
  },
};
