// The frame of an interactive page: shows the cells when they are ready, keeps the foot at the end of the page.
(() => {
  "use strict";
  const show = () => {
    const cells = document.getElementById("rendered_cells");
    const loading = document.getElementById("loading");
    if (cells) cells.hidden = false;
    if (loading) loading.remove();
  };
  const settle = (main) => {
    const foot = document.getElementById("foot");
    if (foot) main.after(foot);
    main.setAttribute("role", "main");
  };
  // Voilà's bundle calls these three by name.
  window.voila_heartbeat = () => {};
  window.voila_finish = show;
  window.cellLoaded = true;
  document.addEventListener("DOMContentLoaded", () => {
    new MutationObserver((changes, watcher) => {
      const main = document.getElementById("main");
      if (!main) return;
      settle(main);
      show();
      watcher.disconnect();
    }).observe(document.body, { childList: true });
  });
})();
