/** What a moored map publishes is what its rows say. */
import { CHANNEL } from "../adversary/forgeries/channel.ts";
import { checkForgeries } from "./ruleCases.ts";

checkForgeries(CHANNEL);
