// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Pool, Router} from "./Exchange.sol";
import {Token} from "./Tokens.sol";

/// @title Vouchers
/// @notice Each is good for one purchase without a fee.
contract Vouchers {
    /// @notice Vouchers that a holder has left.
    mapping(address holder => uint256 vouchers) public left;

    /// @notice The holder has no voucher left.
    error NoVoucher(address holder);

    /// @notice Takes one voucher from a holder.
    /// @param holder the account
    function redeem(address holder) external {
        if (left[holder] == 0) revert NoVoucher(holder);
        --left[holder];
    }
}

/// @title Treasury
/// @notice Keeps the market's fees.
contract Treasury {
    /// @notice Sum of all fees, in wei.
    uint256 public collected;

    /// @notice Takes the ether sent as a fee.
    function collect() external payable {
        collected += msg.value;
    }
}

/// @title Escrow
/// @notice Holds tokens for a seller until the buyer releases them. After the deadline anyone may return them.
contract Escrow {
    /// @notice Tokens held in escrow.
    /// @param buyer the account that may release them, and that gets them back after the deadline
    /// @param seller the account that receives them when released
    /// @param token their kind
    /// @param amount how many
    /// @param deadline time from which they may be returned, in Unix seconds
    struct Deal {
        address buyer;
        address seller;
        Token token;
        uint256 amount;
        uint256 deadline;
    }

    /// @notice All deals, by number.
    Deal[] public deals;

    /// @notice Before the deadline only the buyer may close the deal.
    error NotYours(uint256 deal);

    /// @notice Takes tokens from the caller into escrow.
    /// @param buyer see `Deal`
    /// @param seller see `Deal`
    /// @param token see `Deal`
    /// @param amount see `Deal`
    /// @param deadline see `Deal`
    /// @return deal its number
    function open(address buyer, address seller, Token token, uint256 amount, uint256 deadline)
        external
        returns (uint256 deal)
    {
        token.transferFrom(msg.sender, address(this), amount);
        deals.push(Deal(buyer, seller, token, amount, deadline));
        return deals.length - 1;
    }

    /// @notice Releases the tokens to the seller if the buyer calls, else returns them to the buyer.
    /// @param deal its number
    function close(uint256 deal) external {
        Deal memory closed = deals[deal];
        bool released = msg.sender == closed.buyer;
        if (!released && block.timestamp < closed.deadline) revert NotYours(deal);
        delete deals[deal];
        closed.token.transfer(released ? closed.seller : closed.buyer, closed.amount);
    }
}

/// @title Pays a seller in tokens, held in escrow
/// @notice The buyer pays in ether.
contract Market {
    uint256 private constant _FEE_PER_THOUSAND = 2;

    Router private immutable _router;
    Pool private immutable _pool;
    Escrow private immutable _escrow;
    Vouchers private immutable _vouchers;
    Treasury private immutable _treasury;

    /// @notice The buyer refuses the ether left over.
    error RefundFailed();

    constructor(Router router, Pool pool, Escrow escrow, Vouchers vouchers, Treasury treasury) {
        (_router, _pool, _escrow, _vouchers, _treasury) = (router, pool, escrow, vouchers, treasury);
    }

    /// @notice Swaps ether for tokens and puts them in escrow for the seller. Ether left over goes back.
    /// @param seller the account that receives the tokens once the buyer releases them
    /// @param spend how much ether to swap, in wei
    /// @param least smallest acceptable number of tokens
    /// @return deal number of the escrow's deal
    function buyAndEscrow(address seller, uint256 spend, uint256 least) external payable returns (uint256 deal) {
        uint256 fee = spend * _FEE_PER_THOUSAND / 1000;
        try _vouchers.redeem(msg.sender) {
            fee = 0;
        } catch {
            _treasury.collect{value: fee}();
        }
        Token token = _pool.second();
        uint256 amount = _router.buy{value: spend}(_pool, least, address(this));
        token.approve(address(_escrow), amount);
        deal = _escrow.open(msg.sender, seller, token, amount, block.timestamp + 7 days);
        (bool ok,) = msg.sender.call{value: msg.value - spend - fee}("");
        if (!ok) revert RefundFailed();
    }
}
