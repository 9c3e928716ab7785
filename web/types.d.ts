/** What the builder of the page makes. */
declare module "virtual:keys" {
  /** By profile, or circuit over one state: the hash of its circuit, and its verification key. */
  const keys: Readonly<
    Record<
      string,
      { circuit: string; verificationKey: import("../prover/keys/verificationKey.ts").VerificationKey } | undefined
    >
  >;
  export default keys;
}
