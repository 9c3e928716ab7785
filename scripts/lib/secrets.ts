/** Removes apparent secrets from messages about a command line. */

/** Hexadecimal digits in one piece: more than an address has, and nearly the length of a key. */
const DIGITS = /(?:0x)?[0-9a-f]{48,}/gi;
/** Twelve words or more, as wallets write a key down. */
const WORDS = /\b[a-z]{3,8}(?: +[a-z]{3,8}){11,}\b/gi;

/**
 * A text of the command line without possible secrets: keys, words of a wallet, and all of a URL but its scheme and
 * host.
 */
export function withoutSecrets(text: string): string {
  return text
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)([^\s'"]*)/gi, (_, scheme: string, rest: string) => `${scheme}${hostIn(rest)}`)
    .replace(DIGITS, "…")
    .replace(WORDS, "…");
}

/** The host and port of `user:password@host:port/path?query`. */
function hostIn(rest: string): string {
  const authority = rest.split(/[/?#]/, 1)[0] ?? "";
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  return rest === host ? host : `${host}/…`;
}
