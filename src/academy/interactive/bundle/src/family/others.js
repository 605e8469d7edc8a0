// What few pages use: tags, uploads, sound, film and game controllers.
export * from "@jupyter-widgets/controls/lib/widget_audio";
export * from "@jupyter-widgets/controls/lib/widget_controller";
export * from "@jupyter-widgets/controls/lib/widget_tagsinput";
export * from "@jupyter-widgets/controls/lib/widget_upload";
export * from "@jupyter-widgets/controls/lib/widget_video";
