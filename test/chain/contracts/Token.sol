// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Erc20} from "./Erc20.sol";

/// @title An honest token: ERC-20 with permit (EIP-2612)
contract Token is Erc20 {
    error PermitExpired(uint256 deadline);
    error WrongSigner(address signer, address owner);

    bytes32 private constant DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant PERMIT_TYPE =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    mapping(address owner => uint256 next) public nonces;

    /// @param name_ also the name in the domain of EIP-712, with version "1"
    constructor(string memory name_, uint256 supply) Erc20(name_) {
        _mint(msg.sender, supply);
    }

    /// @notice As in EIP-2612.
    function permit(
        address owner,
        address spender,
        uint256 value,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external {
        if (block.timestamp > deadline) revert PermitExpired(deadline);
        bytes32 message = keccak256(abi.encode(PERMIT_TYPE, owner, spender, value, nonces[owner]++, deadline));
        address signer = ecrecover(keccak256(abi.encodePacked(hex"1901", DOMAIN_SEPARATOR(), message)), v, r, s);
        if (signer == address(0) || signer != owner) revert WrongSigner(signer, owner);
        _approve(owner, spender, value);
    }

    /// @notice Destroys some of the caller's own.
    function burn(uint256 value) external {
        _burn(msg.sender, value);
    }

    /// @notice As in EIP-2612.
    // solhint-disable-next-line func-name-mixedcase
    function DOMAIN_SEPARATOR() public view returns (bytes32) {
        bytes32 hashedName = keccak256(bytes(name));
        return keccak256(abi.encode(DOMAIN_TYPE, hashedName, keccak256("1"), block.chainid, address(this)));
    }
}

/// @title A token whose amounts do not fit into 128 bits
contract HugeToken is Token {
    uint256 private constant SUPPLY = 1 << 200;

    constructor() Token("Huge", SUPPLY) {}
}
