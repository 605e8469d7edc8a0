// Tells Python every half minute that the page is still looked at, and the person when nobody hears it any more.
const EVERY = 30000; // milliseconds
const PATIENCE = 15000;

export default {
  render({ model, el }) {
    const note = document.createElement("div");
    note.setAttribute("role", "alert");
    note.className = "problem";
    note.hidden = true;
    el.append(note);
    let waiting = 0;
    const lost = () => {
      note.innerHTML = model.get("lost");
      note.hidden = false;
    };
    const say = () => {
      if (document.visibilityState !== "visible") return;
      clearTimeout(waiting);
      waiting = setTimeout(lost, PATIENCE);
      model.send({ kind: "here" });
    };
    model.on("msg:custom", (message) => {
      if (message.kind !== "heard") return;
      clearTimeout(waiting);
      note.hidden = true;
    });
    const timer = setInterval(say, EVERY);
    document.addEventListener("visibilitychange", say);
    window.addEventListener("online", say);
    say();
    return () => {
      clearInterval(timer);
      clearTimeout(waiting);
      document.removeEventListener("visibilitychange", say);
      window.removeEventListener("online", say);
    };
  },
};
