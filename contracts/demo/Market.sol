// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Pool, Router} from "./Exchange.sol";
import {Token} from "./Tokens.sol";

/// @title Vouchers, each good for one purchase without a fee
contract Vouchers {
    mapping(address holder => uint256) public left;

    error NoVoucher(address holder);

    function redeem(address holder) external {
        if (left[holder] == 0) revert NoVoucher(holder);
        --left[holder];
    }
}

/// @title Keeps the market's fees
contract Treasury {
    uint256 public collected;

    function collect() external payable {
        collected += msg.value;
    }
}

/// @title Holds tokens for a seller until the buyer releases them or the deadline returns them
contract Escrow {
    struct Deal {
        address buyer;
        address seller;
        Token token;
        uint256 amount;
        uint256 deadline;
    }

    Deal[] public deals;

    error NotYours(uint256 deal);

    function open(address buyer, address seller, Token token, uint256 amount, uint256 deadline)
        external
        returns (uint256 deal)
    {
        token.transferFrom(msg.sender, address(this), amount);
        deals.push(Deal(buyer, seller, token, amount, deadline));
        return deals.length - 1;
    }

    function close(uint256 deal) external {
        Deal memory closed = deals[deal];
        bool released = msg.sender == closed.buyer;
        if (!released && block.timestamp < closed.deadline) revert NotYours(deal);
        delete deals[deal];
        closed.token.transfer(released ? closed.seller : closed.buyer, closed.amount);
    }
}

/// @title Pays a seller in tokens, held in escrow, for a buyer who has ether
contract Market {
    uint256 private constant FEE_PER_THOUSAND = 2;

    Router private immutable router;
    Pool private immutable pool;
    Escrow private immutable escrow;
    Vouchers private immutable vouchers;
    Treasury private immutable treasury;

    error RefundFailed();

    constructor(Router router_, Pool pool_, Escrow escrow_, Vouchers vouchers_, Treasury treasury_) {
        (router, pool, escrow, vouchers, treasury) = (router_, pool_, escrow_, vouchers_, treasury_);
    }

    /// @notice Swaps `spend` wei for tokens and puts them in escrow for the seller; ether left over goes back.
    /// @param least fewer tokens than this are not worth it
    function buyAndEscrow(address seller, uint256 spend, uint256 least) external payable returns (uint256 deal) {
        uint256 fee = spend * FEE_PER_THOUSAND / 1000;
        try vouchers.redeem(msg.sender) {
            fee = 0;
        } catch {
            treasury.collect{value: fee}();
        }
        Token token = pool.second();
        uint256 amount = router.buy{value: spend}(pool, least, address(this));
        token.approve(address(escrow), amount);
        deal = escrow.open(msg.sender, seller, token, amount, block.timestamp + 7 days);
        (bool ok,) = msg.sender.call{value: msg.value - spend - fee}("");
        if (!ok) revert RefundFailed();
    }
}
