// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {ITimeMapRegistry} from "../../../contracts/interfaces/ITimeMapRegistry.sol";
import {TimeMapReader} from "../../../contracts/reader/TimeMapReader.sol";

/// @title Somebody else's contract, which reads a map and does nothing more
contract Consumer {
    ITimeMapRegistry private immutable registry;
    bytes32 private immutable mapId;

    constructor(ITimeMapRegistry registry_, bytes32 mapId_) {
        (registry, mapId) = (registry_, mapId_);
    }

    /// @dev Reverts unless the cell is this program's header at that root, and the root near the head.
    function hasStepped(uint256 number, ITimeMapRegistry.Cell calldata cell, uint256[8] calldata proof)
        external
        view
        returns (bool)
    {
        TimeMapReader.read(registry, mapId, number, 10, cell, proof);
        return TimeMapReader.program(cell).steps != 0;
    }
}
