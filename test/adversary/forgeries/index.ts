/** All forgeries: one list for the tests, the command and the table in docs/security/forgeries.md. */

import { AUTHORITIES } from "./authorities.ts";
import { BATCH } from "./batch.ts";
import { CALLS } from "./calls.ts";
import { CELLS } from "./cells.ts";
import { CHAIN_ROWS } from "./chain.ts";
import { CHAIN_FORGED } from "./chainForged.ts";
import { CHANNEL } from "./channel.ts";
import { COLUMNS_HELD } from "./columns.ts";
import { CONDITIONS } from "./conditions.ts";
import { ESCROWS } from "./escrows.ts";
import { type Case, type Forgery, forgeryOf } from "./forgery.ts";
import { LENDING } from "./lending.ts";
import { LIMITS } from "./limits.ts";
import { LINES } from "./lines.ts";
import { MEANINGS, ONE_WAY } from "./meanings.ts";
import { OWING } from "./owing.ts";
import { QUANTITIES } from "./quantities.ts";
import { RANKS } from "./ranks.ts";
import { RESOURCES } from "./resources.ts";
import { RIGHTS } from "./rights.ts";
import { SIGNED } from "./signed.ts";
import { TABLE } from "./table.ts";
import { WATCHES_AND_TRIGGERS } from "./watches.ts";

/** Forgeries of rows. */
export const CASES: readonly Case[] = [
  ...RESOURCES,
  ...QUANTITIES,
  ...ESCROWS,
  ...CALLS,
  ...LENDING,
  ...LINES,
  ...WATCHES_AND_TRIGGERS,
  ...AUTHORITIES,
  ...COLUMNS_HELD,
  ...CELLS,
  ...RIGHTS,
  ...LIMITS,
  ...MEANINGS,
  ...CHAIN_ROWS,
];

export const FORGERIES: readonly Forgery[] = [
  ...CASES.map(forgeryOf),
  ...CONDITIONS,
  ...OWING,
  ...RANKS,
  ...BATCH,
  ...CHANNEL,
  ...CHAIN_FORGED,
  ...SIGNED,
  ...TABLE,
  ...ONE_WAY,
];
