/**
 * Escrows, claims by capability, and revocations, with their times. Every rule has an accepted case and the nearest
 * refused ones.
 */
import { ESCROWS } from "../adversary/forgeries/escrows.ts";
import { checkRules } from "./ruleCases.ts";

checkRules(ESCROWS);
