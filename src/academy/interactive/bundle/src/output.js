// The Output widget: keeps what the kernel shows while the widget listens, and shows it.
import { DOMWidgetModel, DOMWidgetView } from "@jupyter-widgets/base";
import { show } from "./outputs.js";

const SHOWN = new Set(["display_data", "error", "execute_result", "stream"]);
const same = (one, other) => one?.output_type === "stream" && other.output_type === "stream" && one.name === other.name;

export class OutputModel extends DOMWidgetModel {
  defaults() {
    const names = { _model_name: "OutputModel", _view_name: "OutputView" };
    const modules = { _model_module: "@jupyter-widgets/output", _view_module: "@jupyter-widgets/output" };
    return { ...super.defaults(), ...names, ...modules, msg_id: "", outputs: [] };
  }

  initialize(attributes, options) {
    super.initialize(attributes, options);
    const { listeners } = this.widget_manager;
    const listen = () => {
      listeners.delete(this.previous("msg_id"));
      if (this.get("msg_id")) listeners.set(this.get("msg_id"), this);
    };
    this.on("change:msg_id", listen);
    this.on("destroy", () => listeners.delete(this.get("msg_id")));
    listen();
  }

  take({ header, content }) {
    if (header.msg_type === "clear_output") this.waiting = content.wait;
    if (header.msg_type === "clear_output" && !content.wait) this.keep([]);
    if (!SHOWN.has(header.msg_type)) return;
    const outputs = this.waiting ? [] : this.get("outputs");
    this.waiting = false;
    const output = { output_type: header.msg_type, ...content };
    const last = outputs.at(-1);
    if (same(last, output)) this.keep([...outputs.slice(0, -1), { ...last, text: last.text + output.text }]);
    else this.keep([...outputs, output]);
  }

  keep(outputs) {
    this.set("outputs", outputs);
    this.save_changes();
  }
}

export class OutputView extends DOMWidgetView {
  render() {
    super.render();
    this.el.classList.add("widget-output");
    this.listenTo(this.model, "change:outputs", this.draw);
    return this.draw();
  }

  // Drawn beside and put in at once: while a widget in it is made, the page does not jump.
  async draw() {
    const place = document.createElement("div");
    this.drawn = place;
    this.el.replaceChildren(place);
    for (const output of this.model.get("outputs")) if (this.drawn === place) await show(output, place, this.model.widget_manager);
  }
}
