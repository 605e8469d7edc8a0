// Shows a piece of page and lets screen readers say it when it changes. Times are shown in the reader's own zone.
const clocks = (el) => {
  for (const time of el.querySelectorAll("time[data-clock]")) {
    const options = time.dataset.clock === "day" ? { dateStyle: "long", timeStyle: "short" } : { timeStyle: "short" };
    time.textContent = new Intl.DateTimeFormat(document.documentElement.lang || "en", options).format(new Date(time.dateTime));
  }
};

export default {
  render({ model, el }) {
    el.setAttribute("role", "status");
    const show = () => {
      el.innerHTML = model.get("html");
      clocks(el);
    };
    model.on("change:html", show);
    show();
  },
};
