/**
 * Escrows, claims by capability, and taking back: who may, until when. Every rule with a case that happens and the
 * nearest that does not.
 */
import { ESCROWS } from "../adversary/forgeries/escrows.ts";
import { checkRules } from "./ruleCases.ts";

checkRules(ESCROWS);
