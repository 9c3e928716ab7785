// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Who wants to be asked before receiving tokens of ERC-1155
interface IMultiReceiver {
    function onERC1155Received(address operator, address from, uint256 id, uint256 value, bytes calldata data)
        external
        returns (bytes4);
    function onERC1155BatchReceived(
        address operator,
        address from,
        uint256[] calldata ids,
        uint256[] calldata values,
        bytes calldata data
    ) external returns (bytes4);
}

/// @title Many kinds of tokens in one contract: ERC-1155
contract MultiToken {
    event TransferSingle(
        address indexed operator,
        address indexed from,
        address indexed to,
        uint256 id,
        uint256 value
    );
    event TransferBatch(
        address indexed operator,
        address indexed from,
        address indexed to,
        uint256[] ids,
        uint256[] values
    );
    event ApprovalForAll(address indexed account, address indexed operator, bool approved);

    error TooLittle(address account, uint256 id);
    error NotAllowed(address account);
    error Unreceived(address to);
    error LengthsDiffer();

    mapping(address account => mapping(uint256 id => uint256 amount)) private _balances;
    mapping(address owner => mapping(address operator => bool allowed)) public isApprovedForAll;

    /// @notice Makes some of a kind. Anyone may do it.
    function mint(address to, uint256 id, uint256 value) external {
        _balances[to][id] += value;
        emit TransferSingle(msg.sender, address(0), to, id, value);
    }

    /// @notice Destroys some of the caller's own.
    function burn(uint256 id, uint256 value) external {
        _take(msg.sender, id, value);
        emit TransferSingle(msg.sender, msg.sender, address(0), id, value);
    }

    /// @notice As in ERC-1155.
    function setApprovalForAll(address operator, bool allowed) external {
        isApprovedForAll[msg.sender][operator] = allowed;
        emit ApprovalForAll(msg.sender, operator, allowed);
    }

    /// @notice As in ERC-1155.
    function safeTransferFrom(address from, address to, uint256 id, uint256 value, bytes calldata data) external {
        _requireAllowed(from);
        _take(from, id, value);
        _balances[to][id] += value;
        emit TransferSingle(msg.sender, from, to, id, value);
        if (to.code.length == 0) return;
        bytes4 answer = IMultiReceiver(to).onERC1155Received(msg.sender, from, id, value, data);
        if (answer != IMultiReceiver.onERC1155Received.selector) revert Unreceived(to);
    }

    /// @notice As in ERC-1155.
    function safeBatchTransferFrom(
        address from,
        address to,
        uint256[] calldata ids,
        uint256[] calldata values,
        bytes calldata data
    ) external {
        _requireAllowed(from);
        if (ids.length != values.length) revert LengthsDiffer();
        for (uint256 i = 0; i < ids.length; ++i) {
            _take(from, ids[i], values[i]);
            _balances[to][ids[i]] += values[i];
        }
        emit TransferBatch(msg.sender, from, to, ids, values);
        if (to.code.length == 0) return;
        bytes4 answer = IMultiReceiver(to).onERC1155BatchReceived(msg.sender, from, ids, values, data);
        if (answer != IMultiReceiver.onERC1155BatchReceived.selector) revert Unreceived(to);
    }

    /// @notice As in ERC-1155.
    function balanceOf(address account, uint256 id) external view returns (uint256) {
        return _balances[account][id];
    }

    /// @notice As in ERC-165.
    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == 0x01ffc9a7 || id == 0xd9b67a26;
    }

    function _take(address from, uint256 id, uint256 value) private {
        if (_balances[from][id] < value) revert TooLittle(from, id);
        _balances[from][id] -= value;
    }

    function _requireAllowed(address from) private view {
        if (msg.sender != from && !isApprovedForAll[from][msg.sender]) revert NotAllowed(msg.sender);
    }
}
