/** Joins, quantities, groups, time. Every rule with a case that happens and the nearest that does not. */
import { QUANTITIES } from "../adversary/forgeries/quantities.ts";
import { checkRules } from "./ruleCases.ts";

checkRules(QUANTITIES);
