// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title Moored maps: what their terms have beyond those of any map
/// @notice A map whose genesis root is `MOORED_GENESIS_ROOT` is moored: its program 1 is this chain, it publishes every
/// row, and assets, facts and exits cross between it and the registry (`IAssets`, `IEntries`, `IExits`). The bounds on
/// its terms hold whatever its creator wants: people who bring assets must have the time to leave. Its patience is from
/// one day to seven days, its `maxLag` one day at most, its `verifierDelay` 30 days or more.
interface IMoorings {
    /// @notice A number on this chain that a moored map may show to its programs.
    /// @param target the contract that is asked
    /// @param fresh for how many seconds after an observation a transition may show it
    /// @param shift bits that are cut off the number's low end, after the offset is added
    /// @param offset is added to the number first
    /// @param data the call data; the first 32 bytes of the answer are the number, with its sign
    struct Feed {
        address target;
        uint40 fresh;
        uint8 shift;
        int256 offset;
        bytes data;
    }

    /// @notice The terms of a moored map beyond those of any map. All zero for a map that is not moored.
    /// @param patience seconds after which an unanswered exit lets anybody answer it; after two of them anybody may
    /// freeze the map
    /// @param exitKey the key of the exit circuit
    /// @param cellKey the key of the cell circuit
    /// @param feeds what the map may show; the first has number 0
    struct Mooring {
        uint40 patience;
        bytes32 exitKey;
        bytes32 cellKey;
        Feed[] feeds;
    }

    /// @notice A moored map's terms and state beyond those of any map.
    /// @param patience see `Mooring`; 0 if the map is not moored
    /// @param frozen whether the map has ended: its head never moves again, and who is entitled leaves
    /// @param entries number of the last deposit or observation
    /// @param exitKey see `Mooring`
    /// @param cellKey see `Mooring`
    struct Moored {
        uint40 patience;
        bool frozen;
        uint64 entries;
        bytes32 exitKey;
        bytes32 cellKey;
    }

    /// @notice A moored map was created.
    /// @param mapId the map's name
    /// @param patience see `Mooring`
    /// @param exitKey see `Mooring`
    /// @param cellKey see `Mooring`
    /// @param feeds see `Mooring`
    event MapMoored(bytes32 indexed mapId, uint40 patience, bytes32 exitKey, bytes32 cellKey, Feed[] feeds);

    /// @notice The patience of a moored map is from one day to seven days. It is in seconds.
    error PatienceOutOfRange(uint256 patience);
    /// @notice A map is moored if its genesis root is `MOORED_GENESIS_ROOT`, its data policy is `DATA_POLICY_CHAIN` and
    /// its mooring is there. Give all three or none.
    error MooringContradicted(uint256 genesisRoot);
    /// @notice The map is not moored, so nothing enters it or leaves it.
    error NotMoored(bytes32 mapId);
    /// @notice The map is frozen. What is in it leaves by `leaveFrozen`, and its open deposits by `refund`.
    error MapIsFrozen(bytes32 mapId);
    /// @notice The map is not frozen. While it is not, ask to leave by `requestExit`.
    error MapNotFrozen(bytes32 mapId);
    /// @notice The genesis root of every moored map: program 1 with authority 1, inbox 256, and nothing else, in three
    /// levels. No other map may have it.
    /// @return the root
    function MOORED_GENESIS_ROOT() external view returns (uint256);

    /// @notice What a moored map has beyond any map.
    /// @param mapId the map's name
    /// @return see `Moored`; all zero if the map is not moored
    function getMooring(bytes32 mapId) external view returns (Moored memory);
}
