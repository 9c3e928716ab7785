// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {TimeMapRegistry} from "../../../contracts/TimeMapRegistry.sol";
import {ITimeMapRegistry} from "../../../contracts/interfaces/ITimeMapRegistry.sol";
import {ITimeMaps} from "../../../contracts/interfaces/ITimeMaps.sol";
import {Groth16Batch} from "../../../contracts/lib/Groth16Batch.sol";
import {Forger} from "../../contracts/solidity/Forger.sol";

/// @title What the contracts say to many cases at once
/// @dev A case is fifteen words: the seven public inputs, and the proof as contracts take it. For `eth_call` only.
contract Judge {
    uint256 private constant ALPHA = 11;
    /// @dev More than any of the questions costs; what a precompile refuses takes what it is given.
    uint256 private constant GAS = 1_000_000;

    TimeMapRegistry public immutable registry = new TimeMapRegistry();
    bytes32 public immutable vkeyHash;
    bytes32 public immutable mapId;

    /// @dev What `advanced` reverts with, so that the head stays where it was.
    error Answer(bool accepted);

    constructor(uint256 genesisRoot) {
        vkeyHash = registry.storeKey(Forger.key(ALPHA));
        ITimeMaps.Terms memory terms;
        (terms.genesisRoot, terms.genesisTime) = (genesisRoot, uint40(block.timestamp - 6000));
        (terms.maxLag, terms.verifierDelay) = (3600, 1 days);
        terms.verifiers = new ITimeMaps.Profile[](1);
        terms.verifiers[0].vkeyHash = vkeyHash;
        terms.submitters = new address[](1);
        terms.submitters[0] = address(this);
        mapId = registry.createMap(terms);
    }

    /// @return verdicts of each case, whether it is accepted: bit 0 by itself, bit 1 by the check for many, bit 2 by
    /// that check after a good proof or before one, in turn, bit 3 by the registry as the map's next batch
    /// @return time the block's
    function judge(uint256[15][] calldata cases) external returns (uint256[] memory verdicts, uint256 time) {
        uint256[30] memory key = Forger.key(ALPHA);
        verdicts = new uint256[](cases.length);
        for (uint256 i = 0; i < cases.length; ++i) {
            uint256[15] memory words = cases[i];
            if (alone(words)) verdicts[i] |= 1;
            if (together(key, words, false, false)) verdicts[i] |= 2;
            if (together(key, words, i % 2 == 0, i % 2 == 1)) verdicts[i] |= 4;
            if (next(words)) verdicts[i] |= 8;
        }
        time = block.timestamp;
    }

    function alone(uint256[15] memory words) private view returns (bool) {
        (uint256[7] memory inputs, uint256[8] memory proof) = parts(words);
        try registry.verifies{gas: GAS}(vkeyHash, inputs, proof) returns (bool valid) {
            return valid;
        } catch {
            return false;
        }
    }

    function together(uint256[30] memory key, uint256[15] memory words, bool after_, bool before)
        private
        view
        returns (bool)
    {
        uint256[11][] memory claims = new uint256[11][](1 + (after_ ? 1 : 0) + (before ? 1 : 0));
        uint256 preRoot = words[0];
        uint256 index = 0;
        if (after_) {
            preRoot = 7;
            claims[index++] = good(preRoot, words[0], words[4]);
        }
        for (uint256 i = 0; i < 3; ++i) {
            claims[index][i] = words[1 + i];
        }
        for (uint256 i = 0; i < 8; ++i) {
            claims[index][3 + i] = words[7 + i];
        }
        if (before) claims[index + 1] = good(words[1], 8, words[4]);
        uint256[] memory channel = new uint256[](2 * claims.length);
        for (uint256 i = 0; i < claims.length; ++i) {
            (channel[2 * i], channel[2 * i + 1]) = i == index ? (words[5], words[6]) : (uint256(3), uint256(4));
        }
        try this.many{gas: GAS}(key, words[4], preRoot, claims, channel) returns (bool valid) {
            return valid;
        } catch {
            return false;
        }
    }

    function good(uint256 preRoot, uint256 postRoot, uint256 domain) private view returns (uint256[11] memory claim) {
        (claim[0], claim[1], claim[2]) = (postRoot, 9, 10);
        uint256[8] memory proof = Forger.proof(ALPHA, [preRoot, postRoot, 9, 10, domain, 3, 4], 5);
        for (uint256 i = 0; i < 8; ++i) {
            claim[3 + i] = proof[i];
        }
    }

    function next(uint256[15] memory words) private returns (bool accepted) {
        (, uint256[8] memory proof) = parts(words);
        ITimeMapRegistry.KeyRun[] memory runs = new ITimeMapRegistry.KeyRun[](1);
        runs[0].vkeyHash = vkeyHash;
        runs[0].batches = new ITimeMapRegistry.Batch[](1);
        runs[0].batches[0] = ITimeMapRegistry.Batch(words[1], words[2], words[3], proof);
        (, bytes memory answer) =
            address(this).call{gas: 2 * GAS}(abi.encodeCall(this.advanced, (words[0], runs)));
        require(bytes4(answer) == Answer.selector, "no answer");
        assembly ("memory-safe") {
            accepted := mload(add(answer, 0x24))
        }
    }

    function many(
        uint256[30] memory key,
        uint256 domain,
        uint256 preRoot,
        uint256[11][] calldata claims,
        uint256[] memory channel
    ) external view returns (bool) {
        // The registry computes domain, point and value itself, and so never hands in one that is not reduced.
        for (uint256 i = 0; i < channel.length; ++i) {
            if (channel[i] >= Forger.ORDER) return false;
        }
        return domain < Forger.ORDER && Groth16Batch.verify(key, vkeyHash, domain, preRoot, claims, channel);
    }

    function advanced(uint256 preRoot, ITimeMapRegistry.KeyRun[] calldata runs) external {
        try registry.advance{gas: GAS}(mapId, preRoot, runs, new bytes[](0), 0) {
            revert Answer(true);
        } catch {
            revert Answer(false);
        }
    }

    function parts(uint256[15] memory words) private pure returns (uint256[7] memory inputs, uint256[8] memory proof) {
        for (uint256 i = 0; i < 7; ++i) {
            inputs[i] = words[i];
        }
        for (uint256 i = 0; i < 8; ++i) {
            proof[i] = words[7 + i];
        }
    }
}
