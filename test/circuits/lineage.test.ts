/** Capabilities that are lent on: narrower at every step, and dead with any one they were derived from. */
import { LENDING } from "../adversary/forgeries/lending.ts";
import { LINES } from "../adversary/forgeries/lines.ts";
import { checkRules } from "./ruleCases.ts";

checkRules([...LENDING, ...LINES]);
