// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Creates any contract at an address that follows from its code and a salt
contract Create2Factory {
    event Created(address indexed created, bytes32 salt);

    error NotCreated();

    /// @notice Creates a contract with the ether sent.
    function create(bytes calldata code, bytes32 salt) external payable returns (address created) {
        created = _create(code, salt, msg.value);
    }

    /// @notice Creates a contract with the ether sent, and calls it at once.
    function createAndCall(bytes calldata code, bytes32 salt, bytes calldata data)
        external
        payable
        returns (address created)
    {
        created = _create(code, salt, msg.value);
        (bool done, ) = created.call(data);
        if (!done) revert NotCreated();
    }

    function _create(bytes calldata code, bytes32 salt, uint256 value) private returns (address created) {
        bytes memory copy = code;
        assembly ("memory-safe") {
            created := create2(value, add(copy, 32), mload(copy), salt)
        }
        if (created == address(0)) revert NotCreated();
        emit Created(created, salt);
    }
}
