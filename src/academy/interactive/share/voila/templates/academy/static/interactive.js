// The frame of an interactive page: takes the loading note away when the first control stands.
(() => {
  "use strict";
  // Voilà's bundle calls these by name; our page needs neither.
  window.voila_heartbeat = () => {};
  window.voila_finish = () => {};
  document.addEventListener("DOMContentLoaded", () => {
    const cells = document.getElementById("cells");
    const ready = () => {
      if (!cells.querySelector(".jupyter-widgets, .problem")) return;
      document.getElementById("loading")?.remove();
      watcher.disconnect();
    };
    const watcher = new MutationObserver(ready);
    watcher.observe(cells, { childList: true, subtree: true });
    ready();
  });
})();
