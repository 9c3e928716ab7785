/**
 * Every effect needs its owner's signature or loan: rules about authorities, an operator's attempts, and the signature
 * table.
 */
import { AUTHORITIES } from "../adversary/forgeries/authorities.ts";
import { SIGNED } from "../adversary/forgeries/signed.ts";
import { TABLE } from "../adversary/forgeries/table.ts";
import { checkForgeries, checkRules } from "./ruleCases.ts";

checkRules(AUTHORITIES);
checkForgeries(SIGNED);
checkForgeries(TABLE);
