// The part of Lumino that every widget needs, from Lumino's own sources: no menus, docks, drags or command palettes.
export { Panel } from "../node_modules/@lumino/widgets/src/panel";
export { PanelLayout } from "../node_modules/@lumino/widgets/src/panellayout";
export { Widget } from "../node_modules/@lumino/widgets/src/widget";
