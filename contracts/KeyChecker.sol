// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IKeyChecker} from "./interfaces/IKeyChecker.sol";
import {VerifyingKey} from "./lib/VerifyingKey.sol";

/// @title The checks of verification keys
/// @notice See `IKeyChecker`.
contract KeyChecker is IKeyChecker {
    /// @inheritdoc IKeyChecker
    function check(uint256[30] calldata key) external view override returns (bool development) {
        return VerifyingKey.check(key);
    }
}
