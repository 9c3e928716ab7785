// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Who wants to be asked before receiving a token of ERC-721
interface INftReceiver {
    function onERC721Received(address operator, address from, uint256 id, bytes calldata data)
        external
        returns (bytes4);
}

/// @title A collection: ERC-721, with numbers from 0 on
contract Nft {
    event Transfer(address indexed from, address indexed to, uint256 indexed tokenId);
    event Approval(address indexed owner, address indexed approved, uint256 indexed tokenId);
    event ApprovalForAll(address indexed owner, address indexed operator, bool approved);

    error NoToken(uint256 id);
    error NotOwner(address account, uint256 id);
    error NotAllowed(address account, uint256 id);
    error Unreceived(address to, uint256 id);

    /// @notice How many were ever minted.
    uint256 public minted;
    mapping(uint256 id => address owner) private _owners;
    mapping(uint256 id => address account) private _approved;
    mapping(address owner => uint256 count) public balanceOf;
    mapping(address owner => mapping(address operator => bool allowed)) public isApprovedForAll;

    /// @notice Makes a new one. Anyone may do it.
    function mint(address to) external returns (uint256 id) {
        id = minted++;
        _owners[id] = to;
        balanceOf[to] += 1;
        emit Transfer(address(0), to, id);
    }

    /// @notice Destroys one.
    function burn(uint256 id) external {
        address owner = ownerOf(id);
        _move(owner, address(0), id);
    }

    /// @notice As in ERC-721.
    function approve(address account, uint256 id) external {
        address owner = ownerOf(id);
        if (msg.sender != owner && !isApprovedForAll[owner][msg.sender]) revert NotAllowed(msg.sender, id);
        _approved[id] = account;
        emit Approval(owner, account, id);
    }

    /// @notice As in ERC-721.
    function setApprovalForAll(address operator, bool allowed) external {
        isApprovedForAll[msg.sender][operator] = allowed;
        emit ApprovalForAll(msg.sender, operator, allowed);
    }

    /// @notice As in ERC-721.
    function safeTransferFrom(address from, address to, uint256 id) external {
        safeTransferFrom(from, to, id, "");
    }

    /// @notice As in ERC-721.
    function getApproved(uint256 id) external view returns (address) {
        ownerOf(id);
        return _approved[id];
    }

    /// @notice As in ERC-165.
    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == 0x01ffc9a7 || id == 0x80ac58cd;
    }

    /// @notice As in ERC-721.
    function safeTransferFrom(address from, address to, uint256 id, bytes memory data) public {
        transferFrom(from, to, id);
        if (to.code.length == 0) return;
        bytes4 answer = INftReceiver(to).onERC721Received(msg.sender, from, id, data);
        if (answer != INftReceiver.onERC721Received.selector) revert Unreceived(to, id);
    }

    /// @notice As in ERC-721.
    function transferFrom(address from, address to, uint256 id) public {
        if (to == address(0)) revert Unreceived(to, id);
        _move(from, to, id);
    }

    /// @notice As in ERC-721.
    function ownerOf(uint256 id) public view returns (address owner) {
        owner = _owners[id];
        if (owner == address(0)) revert NoToken(id);
    }

    function _move(address from, address to, uint256 id) private {
        if (from != ownerOf(id)) revert NotOwner(from, id);
        bool allowed = msg.sender == from || msg.sender == _approved[id] || isApprovedForAll[from][msg.sender];
        if (!allowed) revert NotAllowed(msg.sender, id);
        delete _approved[id];
        balanceOf[from] -= 1;
        if (to != address(0)) balanceOf[to] += 1;
        _owners[id] = to;
        emit Transfer(from, to, id);
    }
}
