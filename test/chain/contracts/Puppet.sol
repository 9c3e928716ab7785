// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Does whatever it is told, in any order: logs of its own choice, calls, creations, its own end
contract Puppet {
    error Told();

    /// @notice What it answers, whatever its logs say.
    mapping(address account => uint256 amount) public balanceOf;

    constructor(bytes[] memory orders) payable {
        for (uint256 i = 0; i < orders.length; i++) _obey(orders[i]);
    }

    receive() external payable {}

    /// @notice Obeys orders. One that fails is skipped.
    function obey(bytes[] memory orders) external payable {
        for (uint256 i = 0; i < orders.length; i++) _obey(orders[i]);
    }

    /// @notice Obeys, and undoes it all.
    function obeyInVain(bytes[] memory orders) external payable {
        for (uint256 i = 0; i < orders.length; i++) _obey(orders[i]);
        revert Told();
    }

    function _obey(bytes memory order) private {
        (uint8 kind, bytes memory data) = abi.decode(order, (uint8, bytes));
        if (kind == 0) {
            (bytes32 a, bytes32 b, bytes32 c, uint256 amount) = abi.decode(data, (bytes32, bytes32, bytes32, uint256));
            assembly ("memory-safe") {
                mstore(0, amount)
                log3(0, 32, a, b, c)
            }
        } else if (kind == 1) {
            (address to, uint256 value, bytes memory input) = abi.decode(data, (address, uint256, bytes));
            (bool done, ) = to.call{value: value}(input);
            done;
        } else if (kind == 2) {
            (bytes memory code, uint256 salt, uint256 value) = abi.decode(data, (bytes, uint256, uint256));
            assembly ("memory-safe") {
                pop(create2(value, add(code, 32), mload(code), salt))
            }
        } else if (kind == 3) {
            selfdestruct(payable(abi.decode(data, (address))));
        } else if (kind == 4) {
            (address who, uint256 amount) = abi.decode(data, (address, uint256));
            balanceOf[who] = amount;
        } else {
            (bool done, ) = address(this).delegatecall(data);
            done;
        }
    }
}
