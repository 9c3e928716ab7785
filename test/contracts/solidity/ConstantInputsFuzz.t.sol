// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16} from "../../../contracts/lib/Groth16.sol";
import {Base, Random} from "./Base.sol";
import {Forger} from "./Forger.sol";
import {Verifiers} from "./Verifiers.sol";

/// @title Inputs that are 0 or 1 in all proofs of a run, for which the verifiers spare a multiplication
/// @dev A proof holds together with others exactly if it holds alone, whatever is constant.
contract ConstantInputsFuzzTest is Base {
    uint256 private constant ALPHA = 11;
    Verifiers private verifiers = new Verifiers();

    /// @dev A run of proofs, as `Groth16Batch` takes it.
    struct Proofs {
        uint256 domain;
        uint256 preRoot;
        uint256[11][] claims;
        uint256[] channel;
        /// Whether each of them holds alone.
        bool each;
    }

    /// @dev An input of one proof: 0 or 1 in all of them, one of 0 to 3, or any number.
    function shaped(Random memory random, uint256 shape) private pure returns (uint256) {
        if (shape < 2) return shape;
        return shape == 2 ? next(random) % 4 : next(random) % Forger.ORDER;
    }

    /// @dev The proofs whose input i has the shape of the bits 2i and 2i + 1. The key's IC7 is as it is or, if `ic7` is
    /// not 0, so many times the generator. The proof `bad` shows an input that is not the stated one.
    function runOf(Random memory random, uint256 count, uint256 shapes, uint256 ic7, uint256 bad)
        private
        view
        returns (Proofs memory run)
    {
        run.claims = new uint256[11][](count);
        run.channel = new uint256[](2 * count);
        run.domain = shaped(random, shapes >> 8 & 3);
        run.preRoot = shaped(random, shapes & 3);
        run.each = true;
        uint256 root = run.preRoot;
        for (uint256 i = 0; i < count; ++i) {
            uint256[7] memory inputs = [root, 0, 0, 0, run.domain, 0, 0];
            for (uint256 j = 1; j < 7; ++j) {
                if (j != 4) inputs[j] = shaped(random, shapes >> 2 * j & 3);
            }
            uint256[8] memory proof = prove(random, inputs, ic7, i == bad);
            (run.claims[i][0], run.claims[i][1], run.claims[i][2]) = (inputs[1], inputs[2], inputs[3]);
            for (uint256 j = 0; j < 8; ++j) {
                run.claims[i][3 + j] = proof[j];
            }
            (run.channel[2 * i], run.channel[2 * i + 1]) = (inputs[5], inputs[6]);
            run.each = run.each && verifiers.one(keyOf(ic7), inputs, proof);
            root = inputs[1];
        }
        require(run.each == (bad >= count), "alone they are judged otherwise");
    }

    /// @dev A proof of the inputs or, if it is to be bad, of inputs one of which is another.
    function prove(Random memory random, uint256[7] memory stated, uint256 ic7, bool bad)
        private
        view
        returns (uint256[8] memory)
    {
        uint256[7] memory inputs;
        for (uint256 i = 0; i < 7; ++i) {
            inputs[i] = stated[i];
        }
        if (bad) {
            uint256 which = next(random) % 7;
            inputs[which] = addmod(inputs[which], between(random, 1, Forger.ORDER - 1), Forger.ORDER);
        }
        // The forger's IC7 is 43 times the generator: another value of it gives what the stated one gives with `ic7`.
        if (ic7 != 0) {
            inputs[6] = mulmod(mulmod(inputs[6], ic7, Forger.ORDER), Forger.inverse(Forger.ic(7)), Forger.ORDER);
        }
        return Forger.proof(ALPHA, inputs, between(random, 1, Forger.ORDER - 1));
    }

    function keyOf(uint256 ic7) private view returns (uint256[30] memory key) {
        key = Forger.key(ALPHA);
        if (ic7 != 0) (key[28], key[29]) = Forger.g1(ic7);
    }

    function together(Proofs memory run, uint256 ic7, uint256[] memory channel) private view returns (bool) {
        return verifiers.many(keyOf(ic7), run.domain, run.preRoot, run.claims, channel);
    }

    function testFuzz_ConstantInputsAreJudgedTogetherAsAlone(uint256 seed, uint256 count, uint256 shapes) public view {
        Random memory random = Random(seed);
        count = 1 + count % 6;
        Proofs memory run = runOf(random, count, shapes, 0, next(random) % (2 * count));
        require(together(run, 0, run.channel) == run.each, "together they are judged otherwise");
    }

    /// @dev Point 0 and value 1 in every proof: said one by one or not at all. That is any map that is not moored.
    function testFuzz_PointZeroAndValueOneNeedNotBeSaid(uint256 seed, uint256 count, uint256 shapes) public view {
        Random memory random = Random(seed);
        count = 1 + count % 6;
        shapes = shapes % (1 << 10) | 1 << 12;
        Proofs memory run = runOf(random, count, shapes, 0, next(random) % (2 * count));
        require(together(run, 0, run.channel) == run.each, "said, they are judged otherwise");
        require(together(run, 0, new uint256[](0)) == run.each, "unsaid, they are judged otherwise");
    }

    /// @dev Proofs of anything else do not hold where nothing is said.
    function testFuzz_NothingSaidIsNothingElse(uint256 seed, uint256 count, uint256 shapes) public view {
        Random memory random = Random(seed);
        count = 1 + count % 6;
        Proofs memory run = runOf(random, count, shapes % (1 << 14), 0, count);
        bool same = true;
        for (uint256 i = 0; i < run.channel.length; ++i) {
            same = same && run.channel[i] == i % 2;
        }
        require(together(run, 0, new uint256[](0)) == same, "taken for 0 and 1");
    }

    /// @dev A key whose IC0 and IC7 are the same point, or cancel: their sum is a point doubled, or infinity.
    function testFuzz_TheTwoPointsMayBeOneOrCancel(uint256 seed, uint256 count, uint256 shapes, bool cancel)
        public
        view
    {
        Random memory random = Random(seed);
        count = 1 + count % 6;
        uint256 ic7 = cancel ? Groth16.ORDER - Forger.ic(0) : Forger.ic(0);
        shapes = shapes % (1 << 12) | (next(random) % 2 == 0 ? 1 : next(random) % 4) << 12;
        Proofs memory run = runOf(random, count, shapes, ic7, next(random) % (2 * count));
        require(together(run, ic7, run.channel) == run.each, "together they are judged otherwise");
    }
}
