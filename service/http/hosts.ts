/**
 * The names that a server answers to. A page from elsewhere can name a host of its own that leads to this machine; a
 * browser then takes what is read here for that page's own. Such a request still says the page's name in its Host.
 */
import { BlockList, isIP } from "node:net";
import { InvalidInputError } from "../../trace/errors.ts";
import { HttpError } from "./errors.ts";

/** Names of this machine that no other party can give. */
const LOOPBACK = /^(?:127(?:\.[0-9]{1,3}){3}|localhost|\[::1\])$/;
/** A name, an IPv4 address or an IPv6 address, in the form of a Host header. */
const NAME = /^(?:[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\])$/;
const WITH_PORT = /^(.*?)(?::[0-9]{1,5})?$/;

const LOOPBACK_ADDRESSES = new BlockList();
LOOPBACK_ADDRESSES.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK_ADDRESSES.addAddress("::1", "ipv6");

/** Whether only this machine reaches the address. */
export function isLoopback(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && LOOPBACK_ADDRESSES.check(address, family === 6 ? "ipv6" : "ipv4");
}

const NEXT = "use the address that it printed; its operator can add names with --public-host";

/**
 * Refuses requests to names that are not the server's.
 *
 *     const require = hostCheck(["map.example"]);
 *     require("map.example:443"); // passes, and so do the names of this machine
 *
 * @param publicHosts further names, without a port
 * @param next what the refusal tells to do
 * @returns a function that throws HttpError 421
 * @throws InvalidInputError if one of them is no name of a host
 */
export function hostCheck(publicHosts: readonly string[], next = NEXT): (host: string | undefined) => void {
  const known = new Set(publicHosts.map((name) => name.toLowerCase()));
  for (const name of known) {
    if (NAME.test(name)) continue;
    throw new InvalidInputError("publicHosts", `"${name}" is no name of a host; give it without scheme, port and path`);
  }
  return (host) => {
    const name = WITH_PORT.exec((host ?? "").toLowerCase())?.[1] ?? "";
    if (LOOPBACK.test(name) || known.has(name)) return;
    throw new HttpError(421, "host", `the server does not answer to this name; ${next}`);
  };
}
