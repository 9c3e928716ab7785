// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @dev What the test runner does for a test that no contract can do: as little of it as is used.
interface Vm {
    function warp(uint256 time) external;
    function chainId(uint256 id) external;
    function prank(address caller) external;
    function deal(address account, uint256 wei_) external;
    function fee(uint256 basefee) external;
    function load(address target, bytes32 slot) external view returns (bytes32);
    function store(address target, bytes32 slot, bytes32 value) external;
}

/// @dev Numbers that look random, from a seed.
struct Random {
    uint256 state;
}

/// @dev For all tests: the runner, chance, and how to try what may be refused. A test fails by reverting.
abstract contract Base {
    Vm internal constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);

    function next(Random memory random) internal pure returns (uint256) {
        random.state = uint256(keccak256(abi.encode(random.state)));
        return random.state;
    }

    /// @dev From `low` to `high`, both possible; the ends more often than chance would.
    function between(Random memory random, uint256 low, uint256 high) internal pure returns (uint256) {
        uint256 value = next(random);
        if (value % 8 == 0) return low;
        if (value % 8 == 1) return high;
        return low + (value >> 3) % (high - low + 1);
    }

    /// @dev Calls as someone, with gas for anything; a point that a precompile refuses takes what it can get.
    /// `reason` is the name of the error where the call is refused.
    function attempt(address caller, address target, bytes memory data)
        internal
        returns (bool accepted, bytes4 reason)
    {
        return attemptWith(caller, target, data, 0);
    }

    /// @dev The same with so many wei, which the caller then has.
    function attemptWith(address caller, address target, bytes memory data, uint256 value)
        internal
        returns (bool accepted, bytes4 reason)
    {
        if (value > 0) vm.deal(caller, value);
        vm.prank(caller);
        bytes memory answer;
        (accepted, answer) = target.call{gas: 5_000_000, value: value}(data);
        if (!accepted) reason = bytes4(answer);
    }

    /// @dev A call that has to be accepted.
    function accepts(address caller, address target, bytes memory data, uint256 value) internal {
        (bool accepted, bytes4 reason) = attemptWith(caller, target, data, value);
        if (accepted) return;
        assembly ("memory-safe") {
            mstore(0, reason)
            revert(0, 4)
        }
    }

    /// @dev A call that has to be refused for this reason.
    function refuses(address caller, address target, bytes memory data, uint256 value, bytes4 reason) internal {
        (bool accepted, bytes4 found) = attemptWith(caller, target, data, value);
        require(!accepted, "accepted");
        require(found == reason, "refused for another reason");
    }
}
