/**
 * Lets this thread import TypeScript that imports `time-bandits`, on every Node from 20 on:
 *
 *     node --import time-bandits/register audit.ts
 *
 * @module
 */
import * as module from "node:module";
import * as hooks from "./hooks.ts";

// Newer versions of Node run hooks in the thread itself, older ones in a thread beside it.
if (typeof module.registerHooks === "function") module.registerHooks(hooks);
else module.register(new URL("./hooks.ts", import.meta.url));
