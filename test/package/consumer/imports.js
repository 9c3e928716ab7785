/** Imports every subpath of the package and prints how many names each has. */
import { readFileSync } from "node:fs";

const url = import.meta.resolve("time-bandits/package.json");
const { exports } = JSON.parse(readFileSync(new URL(url), "utf8"));
const counts = {};
for (const subpath of Object.keys(exports)) {
  if (subpath.endsWith(".json")) continue;
  counts[subpath] = Object.keys(await import(`time-bandits${subpath.slice(1)}`)).length;
}
console.log(JSON.stringify(counts));
