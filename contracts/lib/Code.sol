// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Data as the code of contracts
/// @notice Reading it costs 2,600 gas and little for its length. It begins with STOP, so it cannot be called.
library Code {
    /// @notice Stores data as code.
    /// @param data what to store
    /// @return pointer the contract whose code it is
    function store(bytes memory data) internal returns (address pointer) {
        // PUSH4 length, DUP1, PUSH1 14, PUSH1 0, CODECOPY, PUSH1 0, RETURN: a constructor that returns the rest
        bytes memory creation =
            abi.encodePacked(hex"63", uint32(data.length + 1), hex"80600e6000396000f300", data);
        assembly ("memory-safe") {
            pointer := create(0, add(creation, 0x20), mload(creation))
        }
        // Creation fails for lack of gas or of call depth, or if the data is longer than code may be, so no error is
        // named for it.
        // solhint-disable-next-line reason-string, gas-custom-errors
        require(pointer != address(0));
    }
}
