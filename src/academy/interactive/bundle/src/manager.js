// The widgets of one kernel.
import * as base from "@jupyter-widgets/base";
import { ManagerBase } from "@jupyter-widgets/base-manager";
import { Widget } from "@lumino/widgets";
import anywidget from "anywidget";
import { Comm } from "./comm.js";
import { control } from "./families.js";
import { describe } from "./labels.js";

const TARGET = "jupyter.widget";
const CONTROL = "jupyter.widget.control";
const own = anywidget(base);

const MODULES = {
  "@jupyter-widgets/base": (name) => base[name],
  "@jupyter-widgets/controls": control,
  "@jupyter-widgets/output": async (name) => (await import("./output.js"))[name],
  anywidget: (name) => own[name],
};

// What the person changed and the kernel does not know yet counts more than what the kernel says.
const busy = (model) => model._pending_msgs > 0 || model._msg_buffer !== null;

export class Manager extends ManagerBase {
  constructor() {
    super();
    this.comms = new Map();
    this.listeners = new Map(); // message id -> Output widget that shows what comes of it
  }

  async loadClass(name, module) {
    const found = await MODULES[module]?.(name);
    if (!found) throw new Error(`${name} of ${module} is not part of these pages`);
    return found;
  }

  async create_view(model, options) {
    const view = await super.create_view(model, options);
    describe(view);
    return view;
  }

  async display(id, place) {
    const view = await this.create_view(await this.get_model(id));
    Widget.attach(view.luminoWidget, place);
  }

  comm(target, id) {
    const comm = new Comm(this.line, target, id);
    this.comms.set(id, comm);
    return comm;
  }

  async _create_comm(target, id = base.uuid(), data, metadata, buffers) {
    const comm = this.comm(target, id);
    if (data !== undefined) comm.open(data, undefined, metadata, buffers);
    return comm;
  }

  async hear(message, callbacks) {
    const { header, parent_header, content } = message;
    const listener = this.listeners.get(parent_header.msg_id);
    if (header.msg_type === "comm_open") await this.opened(message);
    else if (header.msg_type === "comm_msg") await this.comms.get(content.comm_id)?.onMsg?.(message);
    else if (header.msg_type === "comm_close") this.closed(message);
    else if (header.msg_type === "status") callbacks?.iopub?.status?.(message);
    else listener?.take(message);
  }

  async opened(message) {
    const { comm_id, target_name } = message.content;
    if (target_name === TARGET && !this.has_model(comm_id)) await this.handle_comm_open(this.comm(TARGET, comm_id), message);
  }

  closed(message) {
    const { comm_id } = message.content;
    this.comms.get(comm_id)?.onClose?.(message);
    this.comms.delete(comm_id);
  }

  // Ask the kernel for the state of all widgets: for those that are new here, and for what was missed on a broken line.
  fetchStates() {
    return new Promise((resolve) => {
      const comm = this.comm(CONTROL, base.uuid());
      comm.on_msg(({ content, buffers }) => {
        this.closed({ content: { comm_id: comm.comm_id } });
        comm.close();
        resolve(this.takeStates(content.data, buffers));
      });
      comm.open({}, undefined, { version: "1.0.0" });
      comm.send({ method: "request_states" });
    });
  }

  async takeStates({ states, buffer_paths }, buffers) {
    buffer_paths.forEach(([id, ...path], place) => base.put_buffers(states[id], [path], [buffers[place]]));
    const taken = Object.entries(states).map(([id, { state, ...names }]) => this.takeState(id, state, names));
    for (const { reason } of await Promise.allSettled(taken)) if (reason) console.error(reason); // the others stand
  }

  async takeState(id, state, names) {
    if (!this.has_model(id)) {
      await this.new_model({ ...names, model_id: id, comm: this.comm(TARGET, id) }, state);
      return;
    }
    const model = await this.get_model(id);
    if (!busy(model)) model.set_state(await model.constructor._deserialize_state(state, this));
  }
}
