/** What looks like a secret, and is kept out of what is said about a command line. */

/** Hexadecimal digits in one piece: more than an address has, and nearly as many as a key. */
const DIGITS = /(?:0x)?[0-9a-f]{48,}/gi;
/** Twelve words or more, as wallets write a key down. */
const WORDS = /\b[a-z]{3,8}(?: +[a-z]{3,8}){11,}\b/gi;

/**
 * A text of the command line without what may be a secret in it: keys, words of a wallet, what a URL says beyond its
 * host.
 */
export function withoutSecrets(text: string): string {
  return text
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)([^\s'"]*)/gi, (_, scheme: string, rest: string) => `${scheme}${hostIn(rest)}`)
    .replace(DIGITS, "…")
    .replace(WORDS, "…");
}

/** `user:password@host:port/path?query` without all but the host and the port. */
function hostIn(rest: string): string {
  const authority = rest.split(/[/?#]/, 1)[0] ?? "";
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  return rest === host ? host : `${host}/…`;
}
