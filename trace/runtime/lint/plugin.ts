/**
 * An ESLint plugin for programs in layers: `plugins: { timebandits }`,
 * `rules: { "timebandits/no-use-after-move": "error" }`.
 */
import type { ESLint } from "eslint";
import { noUseAfterMove } from "./noUseAfterMove.ts";

const plugin: ESLint.Plugin = { meta: { name: "timebandits" }, rules: { "no-use-after-move": noUseAfterMove } };
export default plugin;
