/** Proxies that a server trusts, by address. */
import { BlockList, isIP } from "node:net";
import { InvalidInputError } from "../../trace/errors.ts";

/** Networks that have a name. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ["127.0.0.0/8", "::1/128"],
  linklocal: ["169.254.0.0/16", "fe80::/10"],
  uniquelocal: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
};

/**
 * Whether an address is that of a trusted proxy.
 *
 *     const trusted = trustedProxies(["10.0.0.0/8", "::1"]);
 *     trusted("10.1.2.3"); // true
 *
 * @param given addresses, networks such as `10.0.0.0/8`, and `loopback`, `linklocal` or `uniquelocal`
 * @throws InvalidInputError if one of them is none
 */
export function trustedProxies(given: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const text of given.flatMap((one) => (Object.hasOwn(NAMED, one) ? (NAMED[one] ?? []) : [one]))) {
    const [, address = "", prefix] = /^([^/]*)(?:\/([1-9][0-9]{0,2}))?$/.exec(text) ?? [];
    const plain = plainAddress(address);
    const bits = isIP(plain) === 6 ? 128 : 32;
    if (isIP(plain) === 0 || Number(prefix ?? 1) > bits) {
      const hint = "give an address, a network such as 10.0.0.0/8, or loopback, linklocal or uniquelocal";
      throw new InvalidInputError("trustProxy", `"${text}" is no address; ${hint}`);
    }
    if (prefix === undefined) list.addAddress(plain, familyOf(plain));
    else list.addSubnet(plain, Number(prefix), familyOf(plain));
  }
  return (address) => {
    const plain = plainAddress(address);
    return isIP(plain) !== 0 && list.check(plain, familyOf(plain));
  };
}

/** The address without its zone. A mapped IPv4 address becomes what it maps. */
function plainAddress(address: string): string {
  return address.replace(/%.*$/, "").replace(/^::ffff:(?=[0-9]+\.)/i, "");
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
