// Follows a page that changes by itself, part by part, so that nothing jumps. Without this script it is loaded anew.
const every = 1000 * document.currentScript.dataset.every;
const parts = document.currentScript.dataset.parts.split(" ");

const look = async () => {
  try {
    const answer = document.hidden ? null : await fetch(location.href);
    if (answer?.redirected) location.reload(); // the session has ended: the sign-in page says so
    const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of page ? parts : []) {
      const [old, fresh] = [document, page].map((one) => one.querySelector(part));
      if (old && fresh && !old.contains(document.activeElement)) old.replaceWith(fresh);
    }
  } catch {
    // the line is down: what is shown stays, and the next look may succeed
  }
  setTimeout(look, every);
};

setTimeout(look, every);
