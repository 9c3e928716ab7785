// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Passes all ether on at once, to several, in equal parts
contract Splitter {
    error NotPaid(address to);

    address[] public receivers;

    constructor(address[] memory receivers_) payable {
        receivers = receivers_;
    }

    receive() external payable {
        uint256 part = address(this).balance / receivers.length;
        for (uint256 i = 0; i < receivers.length; ++i) {
            (bool paid, ) = receivers[i].call{value: part}("");
            if (!paid) revert NotPaid(receivers[i]);
        }
    }
}

/// @title Passes calls on, with their ether
contract Forwarder {
    event Forwarded(address indexed to, uint256 value);

    receive() external payable {}

    /// @notice Calls in the caller's stead. What it reverts with, this reverts with.
    function forward(address payable to, bytes calldata data) external payable returns (bytes memory answer) {
        bool done;
        (done, answer) = to.call{value: msg.value}(data);
        if (!done) {
            assembly ("memory-safe") {
                revert(add(answer, 32), mload(answer))
            }
        }
        emit Forwarded(to, msg.value);
    }
}

/// @title Ends itself, and leaves its ether to somebody
/// @notice Since the upgrade Cancun its code stays, unless it ends in the transaction that creates it.
contract Suicidal {
    constructor() payable {}

    receive() external payable {}

    /// @notice Ends. Anyone may do it. Ether that it leaves to itself stays, or is lost if it was created just now.
    function end(address payable beneficiary) external {
        selfdestruct(beneficiary);
    }
}

/// @title Ends while it is created
contract Stillborn {
    constructor(address payable beneficiary) payable {
        selfdestruct(beneficiary);
    }
}
