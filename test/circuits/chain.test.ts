/**
 * What the chain of a moored map lets in and takes out. Every rule has an accepted case and the nearest refused ones.
 */
import { CHAIN_ROWS } from "../adversary/forgeries/chain.ts";
import { CHAIN_FORGED } from "../adversary/forgeries/chainForged.ts";
import { checkForgeries, checkRules } from "./ruleCases.ts";

checkRules(CHAIN_ROWS);
checkForgeries(CHAIN_FORGED);
