/** The meaning of a signature. Every rule has an accepted case and the nearest refused ones. */
import { MEANINGS, ONE_WAY } from "../adversary/forgeries/meanings.ts";
import { checkForgeries, checkRules } from "./ruleCases.ts";

checkRules(MEANINGS);
checkForgeries(ONE_WAY);
