// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title What a reader needs of a registry of time maps
/// @notice A part of `ITimeMapRegistry`, under a licence and for compilers that any contract can use.
interface IReadableMaps {
    /// @notice A map's head and terms. See `ITimeMaps`.
    struct TimeMap {
        uint256 root;
        uint32 seq;
        uint40 time;
        uint40 maxLag;
        uint40 verifierDelay;
        uint40 createdIn;
        uint8 dataPolicy;
        uint32 advances;
        address owner;
        uint40 genesisTime;
        uint256 genesisRoot;
    }

    /// @notice What a moored map has beyond any map. See `IMoorings`.
    struct Moored {
        uint40 patience;
        bool frozen;
        uint64 entries;
        bytes32 exitKey;
        bytes32 cellKey;
    }

    /// @notice A map's head and terms; reverts if there is no such map.
    /// @param mapId the map's name
    /// @return see `TimeMap`
    function getMap(bytes32 mapId) external view returns (TimeMap memory);

    /// @notice What a moored map has beyond any map.
    /// @param mapId the map's name
    /// @return see `Moored`
    function getMooring(bytes32 mapId) external view returns (Moored memory);

    /// @notice A root at which the head stood; reverts if it is not kept.
    /// @param mapId the map's name
    /// @param number how many advances there had been
    /// @return the root
    function rootAt(bytes32 mapId, uint256 number) external view returns (uint256);

    /// @notice Checks one proof under a stored key.
    /// @param vkeyHash the key's name
    /// @param inputs the public inputs
    /// @param proof A (x, y), B (x1, x0, y1, y0: the imaginary part first), C (x, y)
    /// @return whether the proof holds
    function verifies(bytes32 vkeyHash, uint256[7] calldata inputs, uint256[8] calldata proof)
        external
        view
        returns (bool);
}
