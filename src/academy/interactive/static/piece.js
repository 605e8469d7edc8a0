// Shows a piece of page; a live one is said by screen readers when it changes. Times are shown in the reader's own zone.
const clocks = (el) => {
  const language = document.documentElement.lang || "en";
  for (const time of el.querySelectorAll("time[data-clock]")) {
    const day = time.dataset.clock === "day" ? { day: "numeric", month: "long", year: "numeric" } : {};
    const options = { ...day, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    time.textContent = new Intl.DateTimeFormat(language, options).format(new Date(time.dateTime));
  }
};

export default {
  render({ model, el }) {
    if (model.get("live")) el.setAttribute("role", "status");
    const show = () => {
      el.innerHTML = model.get("html");
      clocks(el);
    };
    model.on("change:html", show);
    show();
  },
};
