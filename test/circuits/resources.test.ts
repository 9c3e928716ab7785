/**
 * Programs and resources: what exists, what is whose, where it may go. Every rule with a case that happens and the
 * nearest that does not.
 */
import { RESOURCES } from "../adversary/forgeries/resources.ts";
import { checkRules } from "./ruleCases.ts";

checkRules(RESOURCES);
