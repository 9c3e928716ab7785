// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IAssets} from "../../../contracts/interfaces/IAssets.sol";
import {IEntries} from "../../../contracts/interfaces/IEntries.sol";
import {Random} from "./Base.sol";
import {MooredWorld} from "./MooredWorld.sol";
import {OddRecipient, OddToken} from "./Tokens.sol";

/// @title Tokens of any sort, what is owed, and each map's purse
contract AssetsFuzzTest is MooredWorld {
    bytes32 private map = moor("map");
    OddToken private token = new OddToken();
    uint256 private label = registry.list(address(token));

    constructor() {
        token.mint(PAYER, 1_000_000);
    }

    function depositCall(uint256 quantity) private view returns (bytes memory) {
        return abi.encodeCall(registry.deposit, (map, label, quantity, PROGRAM, 0, KEY, uint40(block.timestamp + 1)));
    }

    function withdrawCall(uint256 of_, address recipient) private view returns (bytes memory) {
        return abi.encodeCall(registry.withdraw, (of_, recipient));
    }

    /// @dev So much of the token, paid out of the map to the recipient.
    function owe(uint256 quantity, address recipient) private {
        accepts(PAYER, address(registry), depositCall(quantity), 0);
        uint256 number = registry.getMooring(map).entries;
        Line[] memory lines = new Line[](2);
        lines[0] = enterOf(number, label, quantity);
        lines[1] = payOut(label, quantity, uint160(recipient));
        (bool accepted,) = advanceAs(OPERATOR, map, lines, 0);
        require(accepted && registry.owed(recipient, label) == quantity, "not owed");
    }

    function test_ATokenIsListedOnceForEver() public {
        require(label == 2 && registry.tokenOf(2) == address(token) && registry.labelOf(address(token)) == 2);
        bytes memory call = abi.encodeCall(registry.list, (address(token)));
        refuses(STRANGER, address(registry), call, 0, IAssets.TokenExists.selector);
        call = abi.encodeCall(registry.list, (address(0xC0DE)));
        refuses(STRANGER, address(registry), call, 0, IAssets.NoCode.selector);
        require(registry.list(address(new OddToken())) == 3 && registry.tokenOf(1) == address(0));
    }

    function test_AnUnknownAssetIsNotTaken() public {
        for (uint256 i = 0; i < 2; ++i) {
            bytes memory call = abi.encodeCall(
                registry.deposit, (map, i == 0 ? 0 : 9, 5, PROGRAM, 0, KEY, type(uint40).max)
            );
            refuses(PAYER, address(registry), call, 0, IAssets.UnknownAsset.selector);
        }
        refuses(PAYER, address(registry), depositCall(5), 1, IAssets.WrongValue.selector);
    }

    /// @dev Whatever the token says or keeps, what arrived counts.
    function testFuzz_WhatArrivesCounts(uint256 seed) public {
        Random memory random = Random(seed);
        uint256 quantity = between(random, 1, 1_000_000);
        uint256 fee = [uint256(0), 1, 50, 100][next(random) % 4];
        uint256 answer = next(random) % 5;
        token.setFee(fee);
        token.setAnswer(answer);
        (bool accepted, bytes4 reason) = attempt(PAYER, address(registry), depositCall(quantity));
        uint256 arrived = quantity - quantity * fee / 100;
        bool told = answer != 2 && answer != 3;
        require(accepted == (told && arrived > 0), "taken otherwise");
        if (accepted) {
            require(token.balanceOf(address(registry)) == arrived, "not there");
            (,,,, bytes32 content) = registry.getDeposit(map, 1);
            require(content == keccak256(abi.encode(label, arrived, PROGRAM, KEY)), "another quantity");
        } else {
            bytes4 wanted = told ? IEntries.QuantityOutOfRange.selector : IAssets.TransferFailed.selector;
            require(reason == wanted, "refused for another reason");
        }
    }

    function testFuzz_ATokenIsPaidIfItSaysSo(uint256 answer) public {
        owe(500, RECIPIENT);
        token.setAnswer(answer % 5);
        bool told = answer % 5 != 2 && answer % 5 != 3;
        (bool accepted, bytes4 reason) = attempt(STRANGER, address(registry), withdrawCall(label, RECIPIENT));
        require(accepted == told && (told || reason == IAssets.TransferFailed.selector), "judged otherwise");
        require(token.balanceOf(RECIPIENT) == (told ? 500 : 0), "paid otherwise");
        require(registry.owed(RECIPIENT, label) == (told ? 0 : 500), "owed otherwise");
    }

    /// @dev A token that halts for one, or shrinks, hurts nobody who holds another.
    function test_AnOddTokenHurtsItsHoldersOnly() public {
        owe(500, RECIPIENT);
        fill(map, 77);
        token.block_(RECIPIENT, true);
        refuses(STRANGER, address(registry), withdrawCall(label, RECIPIENT), 0, IAssets.TransferFailed.selector);
        token.block_(RECIPIENT, false);
        token.setBase(50);
        refuses(STRANGER, address(registry), withdrawCall(label, RECIPIENT), 0, IAssets.TransferFailed.selector);
        (bool accepted,) = advance(map, payOut(ETHER_LABEL, 77, uint160(STRANGER)));
        require(accepted, "the map stands still");
        registry.withdraw(ETHER_LABEL, STRANGER);
        require(STRANGER.balance == 77, "not paid");
        token.setBase(200);
        registry.withdraw(label, RECIPIENT);
        require(token.balanceOf(RECIPIENT) == 500 && token.balanceOf(address(registry)) == 500, "another amount");
    }

    /// @dev Two deposits, one within the other, would both count what the inner one brings.
    function test_ADepositWithinADepositIsRefused() public {
        token.mint(address(token), 1_000);
        token.setHook(address(registry), depositCall(100));
        accepts(PAYER, address(registry), depositCall(300), 0);
        require(!token.hookWorked() && registry.getMooring(map).entries == 1, "counted twice");
        (,,,, bytes32 content) = registry.getDeposit(map, 1);
        require(content == keccak256(abi.encode(label, 300, PROGRAM, KEY)), "another quantity");
    }

    /// @dev Nor does money that leaves within a deposit lessen it, or the same money leave twice.
    function test_NothingIsPaidWithinADeposit() public {
        owe(500, RECIPIENT);
        token.setHook(address(registry), withdrawCall(label, RECIPIENT));
        accepts(PAYER, address(registry), depositCall(300), 0);
        require(!token.hookWorked() && registry.owed(RECIPIENT, label) == 500, "paid within");
        accepts(STRANGER, address(registry), withdrawCall(label, RECIPIENT), 0);
        require(!token.hookWorked() && token.balanceOf(RECIPIENT) == 500, "paid twice");
    }

    function test_ARecipientOfEtherIsCalledOnce() public {
        OddRecipient odd = new OddRecipient();
        fill(map, 100);
        (bool accepted,) = advance(map, payOut(ETHER_LABEL, 60, uint160(address(odd))));
        require(accepted);
        odd.set(address(registry), withdrawCall(ETHER_LABEL, address(odd)), false);
        registry.withdraw(ETHER_LABEL, address(odd));
        require(!odd.worked() && address(odd).balance == 60 && address(registry).balance == 40, "paid twice");
        (accepted,) = advance(map, payOut(ETHER_LABEL, 40, uint160(address(odd))));
        require(accepted);
        odd.set(address(0), "", true);
        bytes memory call = withdrawCall(ETHER_LABEL, address(odd));
        refuses(STRANGER, address(registry), call, 0, IAssets.TransferFailed.selector);
        require(registry.owed(address(odd), ETHER_LABEL) == 40, "gone");
    }

    function testFuzz_WhatIsRetiredIsPaidToWhomItNames(uint256 seed) public {
        Random memory random = Random(seed);
        fill(map, 1000);
        uint256 quantity = between(random, 999, 1001);
        uint256 to = [uint256(0), 1, type(uint160).max, 1 << 160, uint256(1) << 160 | 5][next(random) % 5];
        Line memory line = payOut(ETHER_LABEL, quantity, to);
        (bool accepted, bytes4 reason) = advance(map, line);
        bool payable_ = to > 0 && to < 1 << 160;
        require(accepted == (payable_ && quantity <= 1000), "judged otherwise");
        if (accepted) require(registry.owed(address(uint160(to)), ETHER_LABEL) == quantity, "not owed");
        else require(reason == (payable_ ? IAssets.PurseTooSmall.selector : IAssets.RowRefused.selector), "another");
    }

    /// @dev Whoever makes proofs of anything for one map gets nothing out of another, nor of another asset's purse.
    function test_APurseIsTheMapsOwn() public {
        owe(500, PAYER);
        fill(map, 1000);
        bytes32 other = moor("other");
        (bool accepted, bytes4 reason) = advance(other, payOut(ETHER_LABEL, 1, uint160(STRANGER)));
        require(!accepted && reason == IAssets.PurseTooSmall.selector, "another map's");
        (accepted, reason) = advance(map, payOut(label, 1, uint160(STRANGER)));
        require(!accepted && reason == IAssets.PurseTooSmall.selector, "another asset's");
        (accepted, reason) = advance(map, payOut(0, 1, uint160(STRANGER)));
        require(!accepted && reason == IAssets.PurseTooSmall.selector, "no asset");
    }
}
