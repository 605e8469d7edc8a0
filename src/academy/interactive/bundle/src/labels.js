// What the stock controls leave out for those who do not see the page or use no mouse: names, roles and states.
import { DOMWidgetView } from "@jupyter-widgets/base";

// As ipywidgets has it, a control without a description, such as a picture, breaks when it gets a tooltip.
DOMWidgetView.prototype.updateTooltip = function () {
  const tooltip = this.model.get("tooltip");
  if (tooltip && !this.model.get("description")) this.el.setAttribute("title", tooltip);
  else this.el.removeAttribute("title");
};

const each = (view, selector, change) => view.el.querySelectorAll(selector).forEach(change);
const name = ({ model }) => model.get("description") || model.get("tooltip") || "";
const call = (node, words) => words && node.setAttribute("aria-label", words);

const group = (role) => (view) => {
  view.el.setAttribute("role", role);
  const label = view.el.querySelector(".widget-label");
  if (label && label.textContent) {
    label.id ||= `label-${view.cid}`;
    view.el.setAttribute("aria-labelledby", label.id);
  } else call(view.el, name(view));
};

const slider = (view) => {
  const handles = [...view.el.querySelectorAll(".noUi-handle")];
  const ends = handles.length === 2 ? [", from", ", to"] : [""];
  handles.forEach((handle, place) => call(handle, `${name(view)}${ends[place]}`));
  const value = [view.model.get("value")].flat();
  handles.forEach((handle, place) => handle.setAttribute("aria-valuetext", view.readout?.textContent && handles.length === 1 ? view.readout.textContent : value[place]));
  if (view.readout) call(view.readout, name(view));
};

const progress = (view) => {
  const bar = view.el.querySelector(".progress");
  bar.setAttribute("role", "progressbar");
  call(bar, name(view));
  for (const part of ["min", "max"]) bar.setAttribute(`aria-value${part}`, view.model.get(part));
  bar.setAttribute("aria-valuenow", view.model.get("value"));
};

const toggle = (view) => view.el.setAttribute("aria-pressed", view.model.get("value"));

const toggles = (view) => {
  group("group")(view);
  const chosen = view.model.get("index");
  each(view, "button", (button, place) => button.setAttribute("aria-pressed", place === chosen));
};

const field = (view) => each(view, "input, select, textarea", (node) => node.labels?.length || call(node, name(view)));

const accordion = (view) => {
  each(view, ".jupyter-widget-Collapse-header", (header) => {
    header.setAttribute("role", "button");
    header.tabIndex = 0;
    header.setAttribute("aria-expanded", header.parentElement.classList.contains("jupyter-widget-Collapse-open"));
    header.onkeydown ??= (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      header.click();
    };
  });
};

const image = (view) => view.el.setAttribute("alt", view.model.get("tooltip") ?? "");

const KINDS = [
  [/^(Int|Float|FloatLog|Selection)(Range)?SliderView$/, slider],
  [/ProgressView$/, progress],
  [/^RadioButtonsView$/, group("radiogroup")],
  [/^ToggleButtonsView$/, toggles],
  [/^ToggleButtonView$/, toggle],
  [/^AccordionView$/, accordion],
  [/^ImageView$/, image],
  [/^(Text|Textarea|Password|Combobox|IntText|FloatText|Dropdown|Select|SelectMultiple|ColorPicker|DatePicker|DatetimePicker|TimePicker)View$/, field],
];

export const describe = (view) => {
  const dress = KINDS.find(([names]) => names.test(view.model.get("_view_name")))?.[1];
  if (!dress) return;
  dress(view);
  // after the view itself has drawn the change
  view.listenTo(view.model, "change", () => queueMicrotask(() => dress(view)));
};
