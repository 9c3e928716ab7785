/** What a signature means: each rule with a case that happens and the nearest that does not. */
import { MEANINGS, ONE_WAY } from "../adversary/forgeries/meanings.ts";
import { checkForgeries, checkRules } from "./ruleCases.ts";

checkRules(MEANINGS);
checkForgeries(ONE_WAY);
