/** What the test chain holds when a test begins. */
import { getCreate2Address, Interface, keccak256, MaxUint256, solidityPackedKeccak256 } from "ethers";
import type { CompiledContracts } from "../../contracts/compiler.ts";
import { chainContracts } from "./compiled.ts";
import type { Deployed, Honesty, WorldContract, WorldToken } from "./deployed.ts";
import type { Outbox } from "./outbox.ts";

/** One whole token or ether, in its smallest units. */
export const WHOLE = 10n ** 18n;

const SUPPLY = 1_000_000n * WHOLE;
/** What each account gets of each token. */
const SHARE = SUPPLY / 20n;
/** What each pair gets of each of its tokens. */
const LIQUIDITY = 1_000n * WHOLE;
const LENT = 10_000n * WHOLE;

/** Deploys contracts from one account. */
class Deployer {
  readonly #outbox: Outbox;
  readonly #compiled: CompiledContracts;
  readonly #from: string;

  constructor(outbox: Outbox, compiled: CompiledContracts, from: string) {
    this.#outbox = outbox;
    this.#compiled = compiled;
    this.#from = from;
  }

  /** A contract at a known address. */
  at(contract: string, address: string): WorldContract {
    return { contract, address: address.toLowerCase(), abi: this.#abi(contract) };
  }

  /** A new contract. */
  async make(contract: string, ...args: readonly unknown[]): Promise<WorldContract> {
    const address = await this.#outbox.create(this.#from, this.code(contract, args));
    return this.at(contract, address);
  }

  /** A new token. */
  async token(name: string, honesty: Honesty, contract: string, ...args: readonly unknown[]): Promise<WorldToken> {
    return { name, honesty, ...(await this.make(contract, ...args)) };
  }

  /** The code that creates a contract, with its arguments. */
  code(contract: string, args: readonly unknown[]): string {
    return (this.#built(contract).bytecode + this.#abi(contract).encodeDeploy(args).slice(2)).toLowerCase();
  }

  #built(contract: string) {
    const built = this.#compiled.get(contract);
    if (built === undefined) throw new Error(`no source in test/chain/contracts/ holds ${contract}`);
    return built;
  }

  #abi(contract: string): Interface {
    return new Interface(this.#built(contract).abi);
  }
}

/** Deploys everything from the first account, and gives all accounts their share. @throws Error if anything fails */
export async function deployWorld(outbox: Outbox, accounts: readonly string[], treasury: string): Promise<Deployed> {
  const [owner = ""] = accounts;
  const deployer = new Deployer(outbox, await chainContracts(), owner);
  const call = (from: string, target: WorldContract, name: string, args: readonly unknown[], value = 0n) =>
    outbox.send({
      from,
      to: target.address,
      data: target.abi.encodeFunctionData(name, args),
      value,
      gas: 3_000_000,
    });

  const plain = {
    gold: await deployer.token("gold", "honest", "Token", "Gold", SUPPLY),
    silver: await deployer.token("silver", "honest", "Token", "Silver", SUPPLY),
    bronze: await deployer.token("bronze", "honest", "Token", "Bronze", SUPPLY),
    huge: await deployer.token("huge", "honest", "HugeToken"),
    loudFee: await deployer.token("loudFee", "honest", "FeeToken", "Loud", SUPPLY, true, treasury),
    silentFee: await deployer.token("silentFee", "dishonest", "FeeToken", "Silent", SUPPLY, false, treasury),
    rebasing: await deployer.token("rebasing", "dishonest", "RebasingToken", SUPPLY),
    lying: await deployer.token("lying", "dishonest", "LyingToken", SUPPLY),
    impostor: await deployer.token("impostor", "impostor", "Impostor"),
    weth: await deployer.token("weth", "wrapped", "Weth"),
    proxied: await proxiedToken(deployer, owner),
  };
  await outbox.mineAll();

  const factory = await deployer.make("Factory");
  const contracts = {
    factory,
    router: await deployer.make("Router", factory.address, plain.weth.address),
    nft: await deployer.make("Nft"),
    otherNft: await deployer.make("Nft"),
    multi: await deployer.make("MultiToken"),
    market: await deployer.make("NftMarket", treasury),
    vault: await deployer.make("Vault"),
    pool: await deployer.make("LendingPool", plain.gold.address, plain.silver.address),
    splitter: await deployer.make("Splitter", accounts.slice(7, 10)),
    forwarder: await deployer.make("Forwarder"),
    reverter: await deployer.make("Reverter"),
    create2: await deployer.make("Create2Factory"),
    wallet: await proxied(deployer, "Forwarder"),
  };
  await outbox.mineAll();

  const pairOf = async (name: string, a: WorldToken, b: WorldToken): Promise<WorldToken> => {
    await call(owner, factory, "createPair", [a.address, b.address]);
    const tokens = [a.address, b.address].sort();
    const salt = solidityPackedKeccak256(["uint256", "uint256"], tokens);
    const address = getCreate2Address(factory.address, salt, keccak256(deployer.code("Pair", tokens)));
    return { name, honesty: "honest", ...deployer.at("Pair", address) };
  };
  const pairs = {
    goldWeth: await pairOf("goldWeth", plain.gold, plain.weth),
    goldSilver: await pairOf("goldSilver", plain.gold, plain.silver),
    silverBronze: await pairOf("silverBronze", plain.silver, plain.bronze),
    proxiedWeth: await pairOf("proxiedWeth", plain.proxied, plain.weth),
    loudFeeGold: await pairOf("loudFeeGold", plain.loudFee, plain.gold),
  };
  await outbox.mineAll();

  const { impostor: _, weth, ...shared } = plain;
  await call(owner, weth, "deposit", [], 3n * LIQUIDITY);
  for (const token of [...Object.values(shared), weth]) {
    await call(owner, token, "approve", [contracts.router.address, MaxUint256]);
  }
  for (const account of accounts.slice(1)) {
    for (const token of Object.values(shared)) await call(owner, token, "transfer", [account, SHARE]);
    await call(account, weth, "deposit", [], 50n * WHOLE);
    // The time that a node takes to trace a block grows with the square of its transactions.
    await outbox.mineAll();
  }

  const fill = [
    [plain.gold, weth],
    [plain.gold, plain.silver],
    [plain.silver, plain.bronze],
    [plain.proxied, weth],
    [plain.loudFee, plain.gold],
  ] as const;
  for (const [a, b] of fill) {
    const args = [a.address, b.address, LIQUIDITY, LIQUIDITY, owner];
    await call(owner, contracts.router, "addLiquidity", args);
  }
  await call(owner, plain.silver, "transfer", [contracts.pool.address, LENT]);
  for (const account of accounts) {
    await call(account, contracts.nft, "mint", [account]);
    await call(account, contracts.multi, "mint", [account, 1, 100]);
  }
  await outbox.mineAll();
  return { tokens: { ...plain, ...pairs }, contracts };
}

/** A token whose code lies behind a proxy. */
async function proxiedToken(deployer: Deployer, owner: string): Promise<WorldToken> {
  const contract = await proxied(deployer, "TokenCode", "initialise", ["Proxied", owner, SUPPLY]);
  return { name: "proxied", honesty: "honest", ...contract };
}

/** A contract behind a proxy, and the first call made on it. */
async function proxied(deployer: Deployer, contract: string, setup = "", args: readonly unknown[] = []) {
  const code = await deployer.make(contract);
  const first = setup === "" ? "0x" : code.abi.encodeFunctionData(setup, args);
  const { address } = await deployer.make("Proxy", code.address, first);
  return deployer.at(contract, address);
}
