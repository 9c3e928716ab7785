/** `npm run docs:effects`: writes docs/reference/effects.md. A test compares the page with what this would write. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { EFFECTS_PAGE, effectsReference } from "./lib/effectsReference.ts";

mkdirSync(dirname(EFFECTS_PAGE), { recursive: true });
writeFileSync(EFFECTS_PAGE, effectsReference());
