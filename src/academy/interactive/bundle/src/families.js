// Which file a control comes in. What nearly every page uses comes with the page; the rest when a page first asks.
import * as bool from "@jupyter-widgets/controls/lib/widget_bool";
import * as box from "@jupyter-widgets/controls/lib/widget_box";
import * as button from "@jupyter-widgets/controls/lib/widget_button";
import * as core from "@jupyter-widgets/controls/lib/widget_core";
import * as description from "@jupyter-widgets/controls/lib/widget_description";
import * as image from "@jupyter-widgets/controls/lib/widget_image";
import * as link from "@jupyter-widgets/controls/lib/widget_link";
import * as string from "@jupyter-widgets/controls/lib/widget_string";

const common = { ...core, ...description, ...bool, ...box, ...button, ...image, ...link, ...string };

// The first that fits a class name counts.
const FAMILIES = [
  [/^(SelectionContainer|Accordion|Tab(Model|View)|Stack)/, () => import("./family/containers.js")],
  [/^((Multiple)?Selection|Dropdown|RadioButtons|Select|ToggleButtons)/, () => import("./family/selection.js")],
  [/^(Bounded)?(Int|Float)|^(Play|Progress|Slider)/, () => import("./family/numbers.js")],
  [/^(ColorPicker|Date|Naive|Time)/, () => import("./family/pickers.js")],
  [/./, () => import("./family/others.js")],
];

export const control = async (name) => {
  if (name in common) return common[name];
  const [, load] = FAMILIES.find(([names]) => names.test(name));
  return (await load())[name];
};
