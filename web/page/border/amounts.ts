/** Assets and amounts in words. Quantities are decimal texts in the smallest unit. */

/** The label of ether, and the digits of its smallest unit. */
const ETHER = 1;
const DIGITS = 18;

/** "ETH (label 1)", "token 0x… (label 2)"; without a word of the chain "asset with label 2". */
export function assetText(label: number, token: string | null | undefined): string {
  if (label === ETHER) return "ETH (label 1)";
  return token === null || token === undefined ? `asset with label ${label}` : `token ${token} (label ${label})`;
}

/** "0.5 ETH (500000000000000000 wei)"; "70 of the token 0x… (label 2), in its smallest unit". */
export function amountText(quantity: string, label: number, token?: string | null): string {
  if (label === ETHER) return etherText(quantity);
  return `${quantity} of the ${assetText(label, token)}, in its smallest unit`;
}

/** "0.5 ETH (500000000000000000 wei)". */
export function etherText(wei: string): string {
  const padded = wei.padStart(DIGITS + 1, "0");
  const fraction = padded.slice(-DIGITS).replace(/0+$/, "");
  return `${padded.slice(0, -DIGITS)}${fraction === "" ? "" : `.${fraction}`} ETH (${wei} wei)`;
}
