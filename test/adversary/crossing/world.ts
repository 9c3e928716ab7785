/** A registry with two moored maps on a chain of its own, and the model beside it. */
import { readFileSync } from "node:fs";
import { AbiCoder, Interface, toQuantity } from "ethers";
import { compileSources } from "../../../contracts/compiler.ts";
import { MOORED_GENESIS, mapOf } from "../../../trace/state/genesis.ts";
import { deploy } from "../../../verifier/chain/connect.ts";
import { chainError } from "../../../verifier/chain/errors.ts";
import {
  ChainRefusal,
  createMap,
  deployRegistry,
  type Registry,
  registryAbi,
} from "../../../verifier/chain/registry.ts";
import { type Ask, hardhatChain, SOME_KEY } from "../../lib/chains.ts";
import type { Random } from "../../lib/random.ts";
import type { Held, HeldMap } from "./model.ts";

/** Seconds since 1970 of the first block that the fuzz makes. */
const START = 2_000_000_000;
/** Seconds that the blocks before the first action may take. */
const SETUP = 3_000;
const GAS = toQuantity(15_000_000);
const GAS_PRICE = toQuantity(10_000_000_000n);
const HOUR = 3_600;
export const DAY = 86_400;
const SOURCE = "test/contracts/solidity/Tokens.sol";

/** The labels: ether, a token that is as it should be, and one that is not. */
export const [ETHER, TOKEN, ODD] = [1, 2, 3] as const;

/** What a call came to: nothing if the contract accepted it, or the name of its error. */
export type Answer = string | null;

/** Contracts that behave as they are told. */
export interface Odd {
  readonly token: string;
  readonly odd: string;
  /** A recipient of ether. */
  readonly recipient: string;
  readonly tokenAbi: Interface;
  readonly recipientAbi: Interface;
}

export class World {
  readonly chain: Awaited<ReturnType<typeof hardhatChain>>;
  readonly registry: Registry;
  readonly abi: Interface;
  readonly accounts: readonly string[];
  readonly odd: Odd;
  readonly mapIds: readonly string[];
  readonly domains: readonly bigint[];
  held: Held;
  /** Time of the last block. */
  now: number;

  private constructor(
    parts: Pick<World, "chain" | "registry" | "abi" | "accounts" | "odd" | "mapIds" | "domains" | "held" | "now">,
  ) {
    this.chain = parts.chain;
    this.registry = parts.registry;
    this.abi = parts.abi;
    this.accounts = parts.accounts;
    this.odd = parts.odd;
    this.mapIds = parts.mapIds;
    this.domains = parts.domains;
    this.held = parts.held;
    this.now = parts.now;
  }

  static async create(random: Random): Promise<World> {
    const chain = await hardhatChain();
    const { ask } = chain;
    let now = START;
    await ask("evm_setNextBlockTimestamp", [now]);
    const registry = await deployRegistry(chain);
    const abi = await registryAbi();
    const accounts = ((await ask("eth_accounts")) as string[]).map((account) => account.toLowerCase());
    const odd = await oddContracts(chain);
    for (const token of [odd.token, odd.odd]) {
      const list = abi.encodeFunctionData("list", [token]);
      await ask("eth_sendTransaction", [{ from: accounts[0], to: registry.address, data: list }]);
      for (const payer of accounts.slice(2, 4)) {
        const mint = odd.tokenAbi.encodeFunctionData("mint", [payer, 1n << 120n]);
        await ask("eth_sendTransaction", [{ from: accounts[0], to: token, data: mint }]);
      }
    }
    const [mapIds, domains, maps] = [[], [], []] as [string[], bigint[], HeldMap[]];
    const genesisRoot = mapOf(MOORED_GENESIS).root();
    for (const salt of [1, 2]) {
      const terms = { maxLag: random.pick([HOUR, 6 * HOUR, DAY]), patience: random.pick([DAY, DAY + 777, 2 * DAY]) };
      const fresh = [random.pick([60, HOUR]), DAY, DAY];
      const balanceOf = odd.tokenAbi.encodeFunctionData("balanceOf", [ZERO]);
      // A number that changes; a contract that may refuse; an account without code.
      const feeds = [
        { target: odd.odd, data: balanceOf, shift: 0, offset: -5n, fresh: fresh[0] as number },
        { target: odd.recipient, data: "0x", shift: 3, offset: 80n, fresh: DAY },
        { target: accounts[9] as string, data: "0x", shift: 0, offset: 0n, fresh: DAY },
      ];
      const mooring = { patience: terms.patience, exitKey: SOME_KEY, cellKey: SOME_KEY, feeds };
      const { mapId, domain } = await createMap(registry, {
        ...{ salt: `0x${salt.toString(16).padStart(64, "0")}`, genesisRoot, genesisTime: START - HOUR },
        ...{ maxLag: terms.maxLag, dataPolicy: "chain", mooring, verifiers: [{ profile: "batch-8", key: SOME_KEY }] },
      });
      mapIds.push(mapId);
      domains.push(domain);
      maps.push(emptyMap(terms, accounts[0] as string, fresh, genesisRoot));
    }
    // So that any number of confirmations finds the maps. `hardhat_mine` would leave the state out of some blocks.
    for (let mined = 0; mined < 8; mined++) await ask("evm_mine");
    // The blocks so far have the times that this took.
    now += SETUP;
    const held: Held = { maps, owed: new Map(), paidIn: new Map(), paidOut: new Map() };
    return new World({ chain, registry, abi, accounts, odd, mapIds, domains, held, now });
  }

  get ask(): Ask {
    return this.chain.ask;
  }

  map(which: number): HeldMap {
    return this.held.maps[which] as HeldMap;
  }

  /** Sends a call in a block of its own, at the time `now`. */
  async send(from: string, to: string, data: string, value = 0n): Promise<Answer> {
    await this.ask("evm_setNextBlockTimestamp", [this.now]);
    const transaction = { from, to, data, value: toQuantity(value), gas: GAS, gasPrice: GAS_PRICE };
    try {
      await this.ask("eth_sendTransaction", [transaction]);
      return null;
    } catch (error) {
      return reasonOf(error, this.abi);
    }
  }

  /** What a call would come to in a next block, by default a second later. */
  async wouldAnswer(from: string, data: string, at = ++this.now): Promise<Answer> {
    await this.ask("evm_setNextBlockTimestamp", [at]);
    try {
      await this.ask("eth_call", [{ from, to: this.registry.address, data, gas: GAS }, "pending"]);
      return null;
    } catch (error) {
      return reasonOf(error, this.abi);
    }
  }

  /** An answer of the registry to a question. */
  async read(name: string, args: readonly unknown[]): Promise<unknown> {
    const data = this.abi.encodeFunctionData(name, args);
    const answer = await this.ask("eth_call", [{ to: this.registry.address, data }, "latest"]);
    return this.abi.decodeFunctionResult(name, String(answer))[0];
  }
}

const ZERO = `0x${"0".repeat(40)}`;

function reasonOf(error: unknown, abi: Interface): string {
  const refusal = chainError(error, abi);
  if (refusal instanceof ChainRefusal) return refusal.reason;
  throw error;
}

function emptyMap(
  terms: Pick<HeldMap, "maxLag" | "patience">,
  submitter: string,
  fresh: readonly number[],
  root: bigint,
): HeldMap {
  return {
    ...{ ...terms, submitter, fresh, entries: 0, deposits: new Map(), observations: new Map(), shown: new Map() },
    ...{ requests: new Map(), used: new Set(), purse: new Map(), left: new Set(), frozen: false, seq: 0 },
    ...{ time: START - HOUR, roots: [root] },
  };
}

async function oddContracts(chain: World["chain"]): Promise<Odd> {
  const compiled = await compileSources({
    [SOURCE]: readFileSync(new URL(`../../../${SOURCE}`, import.meta.url), "utf8"),
  });
  const [token, recipient] = [compiled.get("OddToken"), compiled.get("OddRecipient")];
  if (token === undefined || recipient === undefined) throw new Error(`${SOURCE} has no OddToken and OddRecipient`);
  const nothing = AbiCoder.defaultAbiCoder().encode([], []);
  const addressOf = async (of: typeof token): Promise<string> => (await deploy(chain, of, nothing)).address;
  return {
    token: await addressOf(token),
    odd: await addressOf(token),
    recipient: await addressOf(recipient),
    tokenAbi: new Interface(token.abi),
    recipientAbi: new Interface(recipient.abi),
  };
}
