// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IMultiReceiver} from "./MultiToken.sol";
import {INftReceiver} from "./Nft.sol";
import {INft} from "./Interfaces.sol";

/// @title Sells tokens of ERC-721 for ether
/// @notice The seller keeps the token, and has made the market an operator. A fortieth of the price is the fee.
contract NftMarket {
    event Listed(address indexed seller, address indexed nft, uint256 indexed id, uint256 price);
    event Sold(address indexed seller, address indexed buyer, address indexed nft, uint256 id, uint256 price);

    error NotOwner();
    error NotListed();
    error WrongPrice(uint256 paid, uint256 price);
    error NotPaid(address to);

    struct Offer {
        address seller;
        uint256 price;
    }

    uint256 private constant PARTS = 40;

    address public immutable treasury;
    mapping(address nft => mapping(uint256 id => Offer offer)) public offers;

    constructor(address treasury_) {
        treasury = treasury_;
    }

    /// @notice Offers a token of the caller's own.
    function list(address nft, uint256 id, uint256 price) external {
        if (INft(nft).ownerOf(id) != msg.sender) revert NotOwner();
        offers[nft][id] = Offer(msg.sender, price);
        emit Listed(msg.sender, nft, id, price);
    }

    /// @notice Buys what is offered, at exactly its price.
    function buy(address nft, uint256 id) external payable {
        Offer memory offer = offers[nft][id];
        if (offer.seller == address(0)) revert NotListed();
        if (msg.value != offer.price) revert WrongPrice(msg.value, offer.price);
        delete offers[nft][id];
        INft(nft).transferFrom(offer.seller, msg.sender, id);
        uint256 fee = offer.price / PARTS;
        _pay(treasury, fee);
        _pay(offer.seller, offer.price - fee);
        emit Sold(offer.seller, msg.sender, nft, id, offer.price);
    }

    function _pay(address to, uint256 amount) private {
        (bool paid, ) = to.call{value: amount}("");
        if (!paid) revert NotPaid(to);
    }
}

/// @title Receives tokens of ERC-721 and ERC-1155. It gives each one of ERC-721 with data to the address in the data
contract Vault is INftReceiver, IMultiReceiver {
    /// @inheritdoc INftReceiver
    function onERC721Received(address, address, uint256 id, bytes calldata data) external returns (bytes4) {
        if (data.length == 32) INft(msg.sender).transferFrom(address(this), abi.decode(data, (address)), id);
        return this.onERC721Received.selector;
    }

    /// @inheritdoc IMultiReceiver
    function onERC1155Received(address, address, uint256, uint256, bytes calldata) external pure returns (bytes4) {
        return this.onERC1155Received.selector;
    }

    /// @inheritdoc IMultiReceiver
    function onERC1155BatchReceived(address, address, uint256[] calldata, uint256[] calldata, bytes calldata)
        external
        pure
        returns (bytes4)
    {
        return this.onERC1155BatchReceived.selector;
    }
}
