// What few pages use: tags and uploads. Sound, film and game controllers are not part of these pages.
export * from "@jupyter-widgets/controls/lib/widget_tagsinput";
export * from "@jupyter-widgets/controls/lib/widget_upload";
