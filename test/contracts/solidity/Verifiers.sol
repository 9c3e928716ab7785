// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16} from "../../../contracts/lib/Groth16.sol";
import {Groth16Batch} from "../../../contracts/lib/Groth16Batch.sol";
import {Span} from "../../../contracts/lib/Span.sol";

/// @title The libraries as a contract, so that what they refuse can be caught
contract Verifiers {
    function one(uint256[30] memory key, uint256[7] memory inputs, uint256[8] calldata proof)
        external
        view
        returns (bool)
    {
        return Groth16.verify(key, inputs, proof);
    }

    function many(
        uint256[30] memory key,
        uint256 domain,
        uint256 preRoot,
        uint256[11][] calldata claims,
        uint256[] memory channel
    ) external view returns (bool) {
        return Groth16Batch.verify(key, bytes32(0), domain, preRoot, claims, channel);
    }

    function hashOf(
        bytes32 vkeyHash,
        uint256 domain,
        uint256 preRoot,
        uint256[11][] calldata claims,
        uint256[] memory channel
    ) external pure returns (bytes32) {
        return Groth16Batch.hashOf(vkeyHash, domain, preRoot, claims, channel);
    }

    function unpack(uint256 span, bool moored) external pure returns (uint256, uint256, uint256, uint256) {
        return Span.unpack(span, moored);
    }
}
