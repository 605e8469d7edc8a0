// One end of a comm, as ipywidgets wants it.
export class Comm {
  constructor(line, target, id) {
    this.line = line;
    this.target_name = target;
    this.comm_id = id;
  }

  on_msg(callback) {
    this.onMsg = callback;
  }

  on_close(callback) {
    this.onClose = callback;
  }

  open(data, callbacks, metadata, buffers) {
    const content = { comm_id: this.comm_id, target_name: this.target_name, data };
    return this.line.send("comm_open", content, { callbacks, metadata, buffers, twice: true });
  }

  // A state may arrive twice: the second time changes nothing. A press of a button counts each time.
  send(data, callbacks, metadata, buffers) {
    const content = { comm_id: this.comm_id, data };
    return this.line.send("comm_msg", content, { callbacks, metadata, buffers, twice: data.method !== "custom" });
  }

  close(data = {}, callbacks, metadata, buffers) {
    const content = { comm_id: this.comm_id, data };
    return this.line.send("comm_close", content, { callbacks, metadata, buffers, twice: true });
  }
}
