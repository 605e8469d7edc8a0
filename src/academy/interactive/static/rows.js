// A list of keyed pieces of page. A piece is replaced only when it changed, and never while somebody types in it.
// Buttons and forms with data-act tell Python what was asked; data-* and fields go along.
const told = (node) => ({ ...node.dataset });

export default {
  render({ model, el }) {
    const list = document.createElement("ul");
    list.className = "rows";
    const find = document.createElement("input");
    const label = document.createElement("label");
    label.className = "rows-find";
    find.type = "search";
    find.autocomplete = "off";
    label.append(model.get("search"), find);
    el.append(label, list);

    const sift = () => {
      const wanted = find.value.trim().toLocaleLowerCase();
      for (const item of list.children) item.hidden = !item.dataset.name.toLocaleLowerCase().includes(wanted);
    };
    const busy = (item) => item.contains(document.activeElement) && document.activeElement.matches("input, select, textarea");
    const put = (item, piece) => {
      const open = item.querySelector("details")?.open;
      const focus = item.contains(document.activeElement) && document.activeElement.dataset.status;
      item.innerHTML = piece.html;
      item.dataset.shown = piece.html;
      item.dataset.name = piece.name;
      if (open && item.querySelector("details")) item.querySelector("details").open = true;
      if (focus) item.querySelector(`[data-status="${CSS.escape(focus)}"]`)?.focus();
    };
    const show = () => {
      const old = new Map([...list.children].map((item) => [item.dataset.key, item]));
      model.get("rows").forEach((piece, place) => {
        let item = old.get(piece.key);
        if (!item) {
          item = document.createElement("li");
          item.dataset.key = piece.key;
        }
        if (item.dataset.shown !== piece.html && !busy(item)) put(item, piece);
        if (list.children[place] !== item) list.insertBefore(item, list.children[place] ?? null);
        old.delete(piece.key);
      });
      for (const item of old.values()) item.remove();
      sift();
    };
    list.addEventListener("click", (event) => {
      const node = event.target.closest("button[data-act]");
      if (node) model.send({ ...told(node), fields: {} });
    });
    list.addEventListener("submit", (event) => {
      event.preventDefault();
      const form = event.target;
      model.send({ ...told(form), fields: Object.fromEntries(new FormData(form)) });
      form.closest("details").open = false;
      document.activeElement?.blur();
    });
    find.addEventListener("input", sift);
    model.on("change:rows", show);
    show();
  },
};
