/** Joins, quantities, groups, time. Every rule has an accepted case and the nearest refused ones. */
import { QUANTITIES } from "../adversary/forgeries/quantities.ts";
import { checkRules } from "./ruleCases.ts";

checkRules(QUANTITIES);
