/**
 * Programs and resources: existence, ownership and movement. Every rule has an accepted case and the nearest refused
 * ones.
 */
import { RESOURCES } from "../adversary/forgeries/resources.ts";
import { checkRules } from "./ruleCases.ts";

checkRules(RESOURCES);
