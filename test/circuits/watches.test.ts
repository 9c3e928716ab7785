/**
 * Watches as cells, and triggers; capabilities as cells. Every rule has an accepted case and the nearest refused ones.
 */
import { WATCHES_AND_TRIGGERS } from "../adversary/forgeries/watches.ts";
import { checkRules } from "./ruleCases.ts";

checkRules(WATCHES_AND_TRIGGERS);
