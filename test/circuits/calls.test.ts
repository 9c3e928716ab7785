/** Calls and their arguments, and entry points. Every rule has an accepted case and the nearest refused ones. */
import { CALLS } from "../adversary/forgeries/calls.ts";
import { checkRules } from "./ruleCases.ts";

checkRules(CALLS);
