/** What is there before any map: a chain, a registry, two tokens, and accounts. */
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AbiCoder, Interface, toQuantity, Wallet } from "ethers";
import { contractArtifact } from "../../contracts/artifacts.ts";
import { type Chain, connect, deploy, send } from "../../verifier/chain/connect.ts";
import { type Asset, balance, ETHER, listToken } from "../../verifier/chain/crossing/index.ts";
import { deployRegistry, type Registry } from "../../verifier/chain/registry.ts";
import { type Anvil, startAnvil } from "../lib/anvil.ts";
import { type Amounts, ASSETS, type AssetName, must, none } from "./amounts.ts";
import { Clock } from "./clock.ts";

/** An account of the chain that signs for itself. */
export interface Account {
  readonly address: string;
  readonly privateKey: string;
  /** The registry, as this account calls it. */
  readonly registry: Registry;
}

/** Each account's ether, for gas and deposits. */
const ETHER_EACH = 10n ** 20n;
const SUPPLY = 10n ** 12n;
const TOKENS_EACH = 10n ** 6n;

/** Gas of the calls that are compared, by name. */
export class Costs {
  readonly #gas = new Map<string, bigint[]>();

  note(name: string, gas: bigint): void {
    this.#gas.set(name, [...(this.#gas.get(name) ?? []), gas]);
  }

  names(): string[] {
    return [...this.#gas.keys()];
  }

  /** The average, in whole gas, and how many there were. */
  of(name: string): { readonly gas: number; readonly calls: number } {
    const all = this.#gas.get(name) ?? [];
    const sum = all.reduce((total, each) => total + each, 0n);
    return { gas: all.length === 0 ? 0 : Math.round(Number(sum) / all.length), calls: all.length };
  }
}

export class World implements AsyncDisposable {
  readonly anvil: Anvil;
  readonly chain: Chain;
  readonly registry: Registry;
  readonly assets: Readonly<Record<AssetName, Asset>>;
  readonly folder: string;
  readonly clock: Clock;
  readonly costs = new Costs();
  /** Processes that end with it at the latest. */
  readonly processes: ChildProcess[] = [];
  /** Name of the proving engine; by default the first available one. */
  readonly engine: string | undefined;

  private constructor(parts: Pick<World, "anvil" | "chain" | "registry" | "assets" | "folder" | "clock" | "engine">) {
    this.anvil = parts.anvil;
    this.chain = parts.chain;
    this.registry = parts.registry;
    this.assets = parts.assets;
    this.folder = parts.folder;
    this.clock = parts.clock;
    this.engine = parts.engine;
  }

  static async begin(engine: string | undefined): Promise<World> {
    const anvil = await startAnvil();
    const folder = mkdtempSync(join(tmpdir(), "timebandits-walkaway-"));
    const chain = await connect(anvil.url);
    const { address } = await deployRegistry(chain);
    const registry = { chain, address };
    const token = async (contract: string, name: string, symbol: string): Promise<Asset> => {
      const encoded = AbiCoder.defaultAbiCoder().encode(["string", "string", "uint256"], [name, symbol, SUPPLY]);
      const { address: at } = await deploy(chain, await contractArtifact(contract), encoded);
      const { label, token } = await listToken(registry, at);
      return { label, token };
    };
    const assets = {
      ETH: { label: ETHER, token: null },
      plain: await token("Token", "Plain", "PLAIN"),
      fee: await token("FeeToken", "Keeps a fee", "FEE"),
    };
    const clock = new Clock(chain.provider, join(folder, "clock"));
    return new World({ anvil, chain, registry, assets, folder, clock, engine });
  }

  /** A new account with ether and tokens. */
  async account(): Promise<Account> {
    const { address, privateKey } = Wallet.createRandom();
    await this.chain.provider.send("anvil_setBalance", [address, toQuantity(ETHER_EACH)]);
    const abi = await tokenAbi();
    for (const name of ["plain", "fee"] as const) {
      const data = abi.encodeFunctionData("transfer", [address, TOKENS_EACH]);
      await send(this.chain, { to: this.assets[name].token ?? "", data }, abi);
    }
    const signer = new Wallet(privateKey, this.chain.provider);
    return { address, privateKey, registry: { chain: { ...this.chain, signer }, address: this.registry.address } };
  }

  /** A file with an account's key, as `--key` takes it. */
  keyFile(name: string, { privateKey }: Account): string {
    const path = join(this.folder, `${name}.account`);
    writeFileSync(path, `${privateKey}\n`, { mode: 0o600 });
    return path;
  }

  /** What an account has of each asset. */
  async holdings(address: string): Promise<Amounts> {
    const found = none();
    for (const name of ASSETS) found[name] = await balance(this.registry, this.assets[name], address);
    return found;
  }

  nameOf(label: number): AssetName {
    const found = ASSETS.find((name) => this.assets[name].label === label);
    must(found !== undefined, `the registry has an asset ${label}, which nobody has listed`);
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const each of this.processes) each.kill("SIGKILL");
    this.chain.provider.destroy();
    await this.anvil.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What a token sends on of an amount. */
export function afterFee(name: AssetName, amount: bigint): bigint {
  return name === "fee" ? amount - (amount + 99n) / 100n : amount;
}

async function tokenAbi(): Promise<Interface> {
  return new Interface((await contractArtifact("Token")).abi);
}
