"""Every stock control once, each with a line that says what the kernel heard; a button lets the kernel answer.

The one cell of a notebook that ``tests/integration/test_gallery.py`` puts in the place of a page.
"""

import datetime as dt
import struct
import zlib

import anywidget
import ipywidgets as w
import traitlets
from IPython.display import HTML, display
from ipywidgets.widgets.trait_types import CByteMemoryView


def picture(colour: bytes) -> bytes:
    """Return a PNG of one pixel."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    size = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", size), (b"IDAT", zlib.compress(b"\0" + colour)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


class Own(anywidget.AnyWidget):
    """A widget with state, messages and bytes of its own."""

    _esm = """
    const numbers = (view) => [...new Uint8Array(view.buffer, view.byteOffset, view.byteLength)].join(" ");
    export default {
      render({ model, el }) {
        const [count, ask, state, heard] = ["button", "button", "p", "p"].map((tag) => document.createElement(tag));
        count.textContent = "Count";
        ask.textContent = "Ask with bytes";
        state.className = "state";
        heard.className = "heard";
        const show = () => (state.textContent = `${model.get("count")}: ${numbers(model.get("data"))}`);
        count.onclick = () => {
          model.set("count", model.get("count") + 1);
          model.set("data", new DataView(new Uint8Array([7, 8, 9]).buffer));
          model.save_changes();
        };
        ask.onclick = () => model.send({ kind: "ask" }, undefined, [new Uint8Array([1, 2, 3]).buffer]);
        model.on("change", show);
        model.on("msg:custom", (message, buffers) => (heard.textContent = `${message.kind} ${numbers(buffers[0])}`));
        el.append(count, ask, state, heard);
        show();
      },
    };
    """
    count = traitlets.Int(0).tag(sync=True)
    data = CByteMemoryView(b"\x01").tag(sync=True)


OPTIONS = ["red", "green", "blue"]
NOON = dt.datetime(2026, 11, 20, 12, 0)  # noqa: DTZ001 - the naive picker is what is tried
CASES = {
    "toggle-button": (w.ToggleButton(description="Toggle"), True),
    "toggle-buttons": (w.ToggleButtons(options=OPTIONS, description="Toggles"), "blue"),
    "checkbox": (w.Checkbox(description="Check"), False),
    "radio": (w.RadioButtons(options=OPTIONS, description="Radio"), "blue"),
    "dropdown": (w.Dropdown(options=OPTIONS, description="Dropdown"), "blue"),
    "select": (w.Select(options=OPTIONS, description="Select"), "blue"),
    "select-multiple": (w.SelectMultiple(options=OPTIONS, description="Several"), ("red", "blue")),
    "selection-slider": (w.SelectionSlider(options=OPTIONS, description="Colour slider"), "blue"),
    "combobox": (w.Combobox(options=OPTIONS, description="Combobox"), "blue"),
    "int-slider": (w.IntSlider(description="Int slider"), 42),
    "float-slider": (w.FloatSlider(description="Float slider", step=0.5), 4.5),
    "log-slider": (w.FloatLogSlider(description="Log slider", value=10, step=1), 1000.0),
    "int-range": (w.IntRangeSlider(description="Int range", value=(20, 60)), (30, 40)),
    "float-range": (w.FloatRangeSlider(description="Float range", value=(2, 6), max=10, step=0.5), (3.5, 4.5)),
    "int-text": (w.IntText(description="Int text"), 7),
    "bounded-float-text": (w.BoundedFloatText(description="Float text", max=9), 3.5),
    "text": (w.Text(description="Text"), "from the kernel"),
    "textarea": (w.Textarea(description="Textarea"), "from\nthe kernel"),
    "password": (w.Password(description="Password"), "other"),
    "date": (w.DatePicker(description="Date"), dt.date(2026, 12, 24)),
    "time": (w.TimePicker(description="Time"), dt.time(14, 3)),
    "moment": (w.NaiveDatetimePicker(description="Moment", value=NOON), NOON + dt.timedelta(days=1)),
    "colour": (w.ColorPicker(description="Colour"), "#00ff00"),
    "tags": (w.TagsInput(value=["one"]), ["two", "three"]),
    "play": (w.Play(interval=10, max=3), 0),
    "int-progress": (w.IntProgress(description="Int progress"), 30),
    "float-progress": (w.FloatProgress(description="Float progress"), 60.0),
    "valid": (w.Valid(description="Valid"), True),
    "html": (w.HTML("<b>old</b>"), "<i>new</i>"),
    "label": (w.Label("old"), "new"),
    "image": (w.Image(value=picture(b"\xff\0\0"), tooltip="A dot"), picture(b"\0\xff\0")),
}
"""Name -> control and the value that the kernel will give it."""


def row(name: str, control: w.Widget, said: w.Label) -> w.Widget:
    """Return a control with what the kernel says about it."""
    control.add_class(f"case-{name}")
    said.add_class(f"said-{name}")
    return w.VBox([control, said])


def case(name: str, control: w.Widget) -> w.Widget:
    """Return the row of a control with a value."""
    said = w.Label()
    control.observe(lambda change: setattr(said, "value", repr(change["new"])), "value")
    return row(name, control, said)


def box(name: str, control: w.Widget) -> w.Widget:
    """Return the row of something with several sides, of which one is shown."""
    said = w.Label()
    control.observe(lambda change: setattr(said, "value", repr(change["new"])), "selected_index")
    return row(name, control, said)


tabs = w.Tab([w.Label("one"), w.Label("two")], titles=("First", "Second"))
accordion = w.Accordion([w.Label("three"), w.Label("four")], titles=("Third", "Fourth"))
stack = w.Stack([w.Label("five"), w.Label("six")], selected_index=0)
boxes = [w.HBox([w.Label("seven")]), w.VBox([w.Label("seven")]), w.GridBox([w.Label("seven")])]
button = w.Button(description="Press")
heard = w.Label()
button.on_click(lambda _: setattr(heard, "value", "pressed"))
output = w.Output()
printer = w.Button(description="Print")


@printer.on_click
def _print(_: w.Widget) -> None:
    with output:
        print("printed")  # noqa: T201 - that is the case
        display(HTML("<em>displayed</em>"))


failing = w.Button(description="Fail")
failing.on_click(lambda _: 1 / 0)
upload = w.FileUpload(description="Upload")
uploaded = w.Label()
upload.observe(lambda change: setattr(uploaded, "value", repr(bytes(change["new"][0]["content"]))), "value")
first, second = w.IntText(description="Linked"), w.IntText(description="To this")
link = w.jslink((first, "value"), (second, "value"))
own = Own()
own_said = w.Label()
own.observe(lambda _: setattr(own_said, "value", f"{own.count}: {list(own.data)}"), ["count", "data"])


def _answer(_: Own, content: dict, buffers: list) -> None:
    own.send({"kind": f"heard {content['kind']}"}, [bytes(reversed(bytes(buffers[0])))])


own.on_msg(_answer)
kernel = w.Button(description="Let the kernel answer")


@kernel.on_click
def _set(_: w.Widget) -> None:
    for control, value in CASES.values():
        control.value = value
    tabs.selected_index, accordion.selected_index, stack.selected_index = 0, 1, 1
    for one in boxes:
        one.children = [*one.children, w.Label("eight")]
    button.description, button.disabled = "Pressed by the kernel", True
    output.append_stdout("appended")
    first.value = 11
    own.count, own.data = 40, b"\x05\x06"
    kernel.description = "The kernel has answered"


display(
    w.VBox(
        [
            kernel,
            *(case(name, control) for name, (control, _) in CASES.items()),
            box("tabs", tabs),
            box("accordion", accordion),
            box("stack", stack),
            *(row(f"box-{number}", one, w.Label()) for number, one in enumerate(boxes)),
            row("button", button, heard),
            printer,
            failing,
            row("output", output, w.Label()),
            row("upload", upload, uploaded),
            first,
            second,
            row("own", own, own_said),
        ]
    )
)
