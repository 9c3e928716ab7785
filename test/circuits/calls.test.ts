/** Calls and their arguments, and entry points. Every rule with a case that happens and the nearest that does not. */
import { CALLS } from "../adversary/forgeries/calls.ts";
import { checkRules } from "./ruleCases.ts";

checkRules(CALLS);
