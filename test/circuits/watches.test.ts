/**
 * Watches as cells, and triggers; capabilities as cells. Every rule with a case that happens and the nearest that does
 * not.
 */
import { WATCHES_AND_TRIGGERS } from "../adversary/forgeries/watches.ts";
import { checkRules } from "./ruleCases.ts";

checkRules(WATCHES_AND_TRIGGERS);
