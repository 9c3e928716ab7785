/** In place of circomlibjs's Poseidon, in its EdDSA: this project's, which is the same function. */
import { getCurveFromName } from "ffjavascript";
import { hash } from "../../trace/poseidon/index.ts";

type Element = Uint8Array;

export async function buildPoseidon(): Promise<(inputs: readonly Element[]) => Element> {
  const { Fr } = await getCurveFromName("bn128", true);
  return (inputs) =>
    Fr.e(
      hash(
        0n,
        inputs.map((each) => Fr.toObject(each)),
      ),
    );
}
