// Tells Python every half minute that the page is still looked at.
const EVERY = 30000; // milliseconds

export default {
  render({ model }) {
    const say = () => document.visibilityState === "visible" && model.send({ kind: "here" });
    const timer = setInterval(say, EVERY);
    document.addEventListener("visibilitychange", say);
    say();
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", say);
    };
  },
};
