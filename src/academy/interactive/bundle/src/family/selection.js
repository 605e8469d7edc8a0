// Drop-downs, lists, radio and toggle buttons.
export * from "@jupyter-widgets/controls/lib/widget_selection";
