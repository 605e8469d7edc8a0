// Tells Python every half minute that the page is still looked at.
const EVERY = 30000; // milliseconds

export default {
  render({ model }) {
    const say = () => {
      if (document.visibilityState !== "visible") return;
      model.set("seen", model.get("seen") + 1);
      model.save_changes();
    };
    const timer = setInterval(say, EVERY);
    document.addEventListener("visibilitychange", say);
    say();
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", say);
    };
  },
};
