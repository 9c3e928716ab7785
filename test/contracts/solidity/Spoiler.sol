// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16} from "../../../contracts/Groth16.sol";
import {TimeMapRegistry} from "../../../contracts/TimeMapRegistry.sol";
import {TimeMaps} from "../../../contracts/TimeMaps.sol";
import {Random} from "./Base.sol";
import {Forger} from "./Forger.sol";
import {World} from "./World.sol";

/// @title Ways to make an honest call one that has to be refused
abstract contract Spoiler is World {
    uint256 internal constant LIES = 20;

    /// @dev What a call has to be, for `spoil` to be able to make it bad in every way: one stretch of two batches or
    ///   more.
    function spoilable(Random memory random, uint256 spot) internal view returns (Call memory made) {
        do {
            made = honest(random, spot, 1, 4);
        } while (made.stretches[0].batches.length < 2);
    }

    /// @dev Spoils one batch of the call's only stretch, in the way of this number. Where the proof is made anew, it is
    ///   valid.
    function spoil(Random memory random, uint256 spot, Call memory made, uint256 lie) internal view {
        TimeMapRegistry.Batch[] memory batches = made.stretches[0].batches;
        uint256 index = next(random) % batches.length;
        TimeMapRegistry.Batch memory batch = batches[index];
        if (lie < 4) foreignProof(random, spot, made, index, lie);
        else if (lie < 9) restate(random, spot, made, index, lie);
        else if (lie == 9) made.preRoot = addmod(made.preRoot, between(random, 1, 9), Forger.ORDER);
        else if (lie == 10) made.preRoot += Forger.ORDER;
        else if (lie == 11) batch.postRoot = addmod(batch.postRoot, between(random, 1, 9), Forger.ORDER);
        else if (lie == 12) batch.traceRoot = addmod(batch.traceRoot, between(random, 1, 9), Forger.ORDER);
        else if (lie == 13) batch.postRoot += Forger.ORDER * between(random, 1, 4);
        else if (lie == 14) batch.traceRoot += Forger.ORDER * between(random, 1, 4);
        else if (lie == 15) batch.span ^= 1 << next(random) % 256;
        else if (lie == 16) batch.proof[next(random) % 8] ^= 1 << next(random) % 256;
        else if (lie == 17) cancelOut(batches, index, between(random, 1, Forger.ORDER - 1));
        else if (lie == 18) batches[(index + 1) % batches.length] = batch;
        else unreducedY(batch);
    }

    /// @dev What such a lie is refused for: by one name or, where there is a choice, by the other. Zero is any.
    function reasons(uint256 lie) internal pure returns (bytes4, bytes4) {
        if (lie == 4 || lie == 18) return (TimeMapRegistry.WrongSeq.selector, 0x0);
        if (lie == 5) return (TimeMapRegistry.EmptyBatch.selector, 0x0);
        if (lie == 6) return (TimeMapRegistry.BeforeHead.selector, 0x0);
        if (lie == 7) return (TimeMaps.FromTheFuture.selector, 0x0);
        if (lie == 8) return (TimeMapRegistry.TooOld.selector, TimeMapRegistry.UntilBeforeStart.selector);
        if (lie == 9 || lie == 10) return (TimeMapRegistry.WrongPreRoot.selector, 0x0);
        if (lie == 13 || lie == 14) return (Groth16.InputNotReduced.selector, 0x0);
        if (lie == 15) return (0x0, 0x0);
        return (TimeMapRegistry.ProofRejected.selector, TimeMapRegistry.ProofsRejected.selector);
    }

    /// @dev A valid proof of the same under another domain or another key.
    function foreignProof(Random memory random, uint256 spot, Call memory made, uint256 index, uint256 lie)
        private
        view
    {
        TimeMapRegistry.Batch memory batch = made.stretches[0].batches[index];
        uint256 key = made.keys[0];
        uint256 domain = domainOf(places[spot], block.chainid);
        if (lie == 0) domain = domainOf(places[(spot + 1) % PLACES], block.chainid);
        if (lie == 1) domain = domainOf(places[(spot + 2) % PLACES], block.chainid);
        if (lie == 2) domain = domainOf(places[spot], block.chainid + between(random, 1, 9));
        if (lie == 3) key = (key + 1) % KEYS;
        batch.proof = proveFor(random, domain, preRootOf(made, index), batch, key);
    }

    /// @dev Another span, of which the proof is valid.
    function restate(Random memory random, uint256 spot, Call memory made, uint256 index, uint256 lie) private view {
        TimeMapRegistry.Batch memory batch = made.stretches[0].batches[index];
        uint256 firstSeq = uint32(batch.span);
        uint256 count = uint16(batch.span >> 32);
        uint256 notBefore = uint40(batch.span >> 48);
        uint256 until = batch.span >> 88;
        uint256 head = index == 0 ? places[spot].time : made.stretches[0].batches[index - 1].span >> 88;
        if (lie == 4) firstSeq = next(random) % 2 == 0 ? firstSeq - 1 : firstSeq + between(random, 1, 9);
        if (lie == 5) count = 0;
        if (lie == 6) notBefore = between(random, 0, head - 1);
        if (lie == 7) until = block.timestamp + between(random, 1, 1 days);
        if (lie == 8) {
            // After the head, yet too old or backwards: whichever this head admits.
            uint256 oldest = block.timestamp - places[spot].maxLag;
            if (head < oldest) notBefore = oldest - between(random, 1, oldest - head);
            else (notBefore, until) = (until + 1, until);
        }
        batch.span = packSpan(firstSeq, count, notBefore, until);
        batch.proof = prove(random, places[spot], preRootOf(made, index), batch, made.keys[0]);
    }

    /// @dev Two proofs whose errors are each other's negative: a sum without coefficients would not notice.
    function cancelOut(TimeMapRegistry.Batch[] memory batches, uint256 index, uint256 by) private view {
        uint256[8] memory one = batches[index].proof;
        uint256[8] memory other = batches[(index + 1) % batches.length].proof;
        (uint256 x, uint256 y) = Forger.g1(by);
        (one[6], one[7]) = Forger.plus(one[6], one[7], x, y);
        (other[6], other[7]) = Forger.plus(other[6], other[7], x, Groth16.BASE_FIELD - y);
    }

    /// @dev The y of A is the one coordinate that no precompile sees as it came. This one, taken from the field modulo
    ///   2^256
    /// and then reduced, is what the right one would be.
    function unreducedY(TimeMapRegistry.Batch memory batch) private pure {
        uint256 field = Groth16.BASE_FIELD;
        uint256 round = type(uint256).max % field + 1;
        batch.proof[1] = field + addmod(batch.proof[1], round, field);
    }

    function preRootOf(Call memory made, uint256 index) private pure returns (uint256) {
        return index == 0 ? made.preRoot : made.stretches[0].batches[index - 1].postRoot;
    }
}
