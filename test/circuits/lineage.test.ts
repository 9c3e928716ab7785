/** Capabilities that are lent on become narrower at every step, and end with each of their ancestors. */
import { LENDING } from "../adversary/forgeries/lending.ts";
import { LINES } from "../adversary/forgeries/lines.ts";
import { checkRules } from "./ruleCases.ts";

checkRules([...LENDING, ...LINES]);
