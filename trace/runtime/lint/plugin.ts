/**
 * An ESLint plugin for programs in layers: `plugins: { timebandits }`,
 * `rules: { "timebandits/no-use-after-move": "error" }`.
 */
import { noUseAfterMove } from "./noUseAfterMove.ts";

const plugin = { meta: { name: "timebandits" }, rules: { "no-use-after-move": noUseAfterMove } };
export default plugin;
