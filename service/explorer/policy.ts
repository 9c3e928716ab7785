/** What a browser lets the page do: run its own scripts, and ask this server or a node. */

/**
 * The content policy as the server sends it. The page narrows `connect-src` to the node that its URL names, so the
 * header leaves room for any. Workers begin from a blob, by which they have the page's own narrow policy, and their
 * code comes from this server by `script-src`.
 */
const POLICY: Readonly<Record<string, string>> = {
  "default-src": "'none'",
  "script-src": "'self' 'wasm-unsafe-eval'",
  "style-src": "'self'",
  "img-src": "'self' data:",
  "worker-src": "'self' blob:",
  "connect-src": "'self' https: http:",
  "base-uri": "'none'",
  "form-action": "'none'",
  "frame-ancestors": "'none'",
};

const policyText = (entries: readonly (readonly [string, string])[]): string =>
  entries.map(([name, value]) => `${name} ${value}`).join("; ");

export const CONTENT_POLICY = policyText(Object.entries(POLICY));

/** The same, as it stands in the page, for hosts that send no headers. A page cannot say who may frame it. */
export const META_POLICY = policyText(Object.entries(POLICY).filter(([name]) => name !== "frame-ancestors"));

/** Headers of everything that belongs to the page. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": CONTENT_POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
};
