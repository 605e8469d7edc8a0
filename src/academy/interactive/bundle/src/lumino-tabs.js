// The part of Lumino that tabs need.
export * from "./lumino.js";
export { TabBar } from "../node_modules/@lumino/widgets/src/tabbar";
