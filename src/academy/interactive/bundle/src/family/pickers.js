// Dates, times and colours.
export * from "@jupyter-widgets/controls/lib/widget_color";
export * from "@jupyter-widgets/controls/lib/widget_date";
export * from "@jupyter-widgets/controls/lib/widget_datetime";
export * from "@jupyter-widgets/controls/lib/widget_time";
