// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IExits} from "../../../contracts/interfaces/IExits.sol";
import {Random} from "./Base.sol";
import {MooredWorld} from "./MooredWorld.sol";
import {OddToken} from "./Tokens.sol";

/// @title Whatever may cross between two moored maps and their chain, in any order
/// @dev The operator of both knows the secrets of their key, so its proofs say what it likes: only the registry stands
/// between it and the money. The model follows what was accepted, and knows what had to be refused.
contract CrossingHandler is MooredWorld {
    struct Deposited {
        uint256 map;
        uint256 number;
        uint256 label;
        uint256 quantity;
        uint256 deadline;
        bool open;
    }

    struct Asked {
        uint256 map;
        uint256 name;
        uint256 time;
        IExits.Exit wish;
        Holding held;
        bool open;
    }

    OddToken public token = new OddToken();
    bytes32[2] public maps = [moor("one"), moor("two")];
    bool[2] public frozen;
    uint256 public tokenLabel = registry.list(address(token));

    Deposited[] private deposits;
    Asked[] private asked;
    mapping(uint256 map => mapping(uint256 label => uint256 quantity)) public purses;
    mapping(uint256 map => mapping(uint256 location => bool gone)) private left;
    /// @dev What was brought, and what was paid out, of each asset.
    mapping(uint256 label => uint256 quantity) public brought;
    mapping(uint256 label => uint256 quantity) public paid;
    uint256 public entered;
    uint256 public refunded;
    uint256 public ejected;
    uint256 public exited;
    uint256 public ended;
    uint256 private seqs;

    function deposit(uint256 seed, uint256 which, bool ether_) external {
        Random memory random = Random(seed);
        (uint256 map, uint256 quantity) = (which % 2, between(random, 1, 1 << 90));
        uint256 label = ether_ ? ETHER_LABEL : tokenLabel;
        uint40 deadline = uint40(block.timestamp + between(random, 1, 3 hours));
        if (!ether_) token.mint(PAYER, quantity);
        bytes memory call =
            abi.encodeCall(registry.deposit, (maps[map], label, quantity, PROGRAM, 0, KEY, deadline));
        (bool accepted,) = attemptWith(PAYER, address(registry), call, ether_ ? quantity : 0);
        require(accepted == !frozen[map], "the model says otherwise");
        if (!accepted) return;
        brought[label] += quantity;
        uint256 number = registry.getMooring(maps[map]).entries;
        deposits.push(Deposited(map, number, label, quantity, deadline, true));
    }

    function enter(uint256 which, uint256 into) external {
        if (deposits.length == 0) return;
        Deposited storage made = deposits[which % deposits.length];
        // Mostly into its own map, while it is open.
        uint256 map = into % 4 == 0 ? 1 - made.map : made.map;
        (bool accepted,) = advance(maps[map], enterOf(made.number, made.label, made.quantity));
        if (map != made.map) {
            // The other map may have a deposit of just these words.
            if (!accepted) return;
            made = twin(map, made);
        }
        require(accepted == (made.open && !frozen[map] && block.timestamp <= made.deadline), "the model says otherwise");
        if (!accepted) return;
        made.open = false;
        purses[map][made.label] += made.quantity;
        entered++;
    }

    function twin(uint256 map, Deposited storage made) private view returns (Deposited storage) {
        for (uint256 i = 0; i < deposits.length; ++i) {
            Deposited storage other = deposits[i];
            if (
                other.map == map && other.number == made.number && other.label == made.label
                    && other.quantity == made.quantity
            ) return other;
        }
        revert("entered what was never deposited");
    }

    function refund(uint256 which) external {
        if (deposits.length == 0) return;
        Deposited storage made = deposits[which % deposits.length];
        bytes memory call = abi.encodeCall(
            registry.refund, (maps[made.map], made.number, made.label, made.quantity, PROGRAM, KEY)
        );
        (bool accepted,) = attempt(STRANGER, address(registry), call);
        bool overdue = frozen[made.map] || block.timestamp > made.deadline + LAG;
        require(accepted == (made.open && overdue), "the model says otherwise");
        if (!accepted) return;
        made.open = false;
        refunded++;
    }

    /// @dev A row that pays out what it likes.
    function retire(uint256 seed, uint256 which, bool ether_) external {
        Random memory random = Random(seed);
        (uint256 map, uint256 label) = (which % 2, ether_ ? ETHER_LABEL : tokenLabel);
        uint256 quantity = between(random, 0, purses[map][label] + 1);
        (bool accepted,) = advance(maps[map], payOut(label, quantity, uint160(RECIPIENT)));
        require(accepted == (!frozen[map] && quantity <= purses[map][label]), "the model says otherwise");
        if (accepted) purses[map][label] -= quantity;
    }

    /// @dev A wish for what may or may not be there.
    function ask(uint256 seed, uint256 which, bool ether_) external {
        Random memory random = Random(seed);
        uint256 map = which % 2;
        Asked memory made;
        made.map = map;
        made.held.label = ether_ ? ETHER_LABEL : tokenLabel;
        made.held.quantity = between(random, 0, purses[map][made.held.label] + 1) & type(uint128).max;
        (made.held.id, made.held.seq) = (ENTRY + next(random) % 4, ++seqs);
        made.wish = wishOf(made.held);
        // Signed anew.
        made.wish.place += seqs << 192;
        made.name = nameOf(made.wish);
        made.time = block.timestamp;
        (bool accepted,) = attemptWith(STRANGER, address(registry), requestCall(maps[map], made.wish), 1 + seed % 100);
        bool busy = registryHas(map, made.name);
        require(accepted == (!frozen[map] && !busy), "the model says otherwise");
        if (!accepted) return;
        brought[ETHER_LABEL] += 1 + seed % 100;
        made.open = true;
        asked.push(made);
    }

    function registryHas(uint256 map, uint256 name) private view returns (bool) {
        for (uint256 i = 0; i < asked.length; ++i) {
            if (asked[i].map == map && asked[i].name == name && asked[i].open) return true;
        }
        return false;
    }

    /// @dev By the operator, or by a stranger who names it.
    function eject(uint256 which, bool stranger) external {
        if (asked.length == 0) return;
        Asked storage made = asked[which % asked.length];
        bool late = block.timestamp > made.time + PATIENCE;
        bool covered = made.held.quantity <= purses[made.map][made.held.label];
        bool current = made.open || sameOpen(made);
        Line[] memory lines = one(ejectOf(made.held));
        (bool accepted,) = advanceAs(stranger ? STRANGER : OPERATOR, maps[made.map], lines, stranger ? made.name : 0);
        if (!made.open && current) {
            require(!accepted || !frozen[made.map]);
            if (accepted) settle(openOf(made), made.held);
            return;
        }
        bool may = made.open && covered && !frozen[made.map] && (!stranger || late);
        require(accepted == may, "the model says otherwise");
        if (accepted) settle(made, made.held);
    }

    /// @dev Whether a later wish of the same name and id is open: an Eject answers that.
    function sameOpen(Asked storage made) private view returns (bool) {
        for (uint256 i = 0; i < asked.length; ++i) {
            if (asked[i].map == made.map && asked[i].name == made.name && asked[i].open) return true;
        }
        return false;
    }

    function openOf(Asked storage made) private view returns (Asked storage) {
        for (uint256 i = 0; i < asked.length; ++i) {
            if (asked[i].map == made.map && asked[i].name == made.name && asked[i].open) return asked[i];
        }
        revert("none is open");
    }

    function settle(Asked storage made, Holding memory held) private {
        require(made.held.id == held.id, "another resource");
        made.open = false;
        purses[made.map][held.label] -= held.quantity;
        ejected++;
    }

    function dismiss(uint256 which) external {
        if (asked.length == 0) return;
        Asked storage made = asked[which % asked.length];
        uint256 number = registry.getMap(maps[made.map]).advances;
        bytes memory call = dismissCall(maps[made.map], made.name, number, IExits.Cell(PLACE, 0, 0, 0));
        (bool accepted,) = attempt(OPERATOR, address(registry), call);
        require(accepted == (!frozen[made.map] && sameOpen(made)), "the model says otherwise");
        if (accepted) openOf(made).open = false;
    }

    function freezeMap(uint256 which) external {
        if (asked.length == 0) return;
        Asked storage made = asked[which % asked.length];
        bytes memory call = abi.encodeCall(registry.freeze, (maps[made.map], made.name));
        (bool accepted,) = attempt(STRANGER, address(registry), call);
        bool overdue = sameOpen(made) && block.timestamp > openOf(made).time + 2 * PATIENCE;
        require(accepted == (overdue && !frozen[made.map]), "the model says otherwise");
        if (!accepted) return;
        frozen[made.map] = true;
        ended++;
    }

    function leaveFrozen(uint256 seed, uint256 which, bool ether_) external {
        Random memory random = Random(seed);
        uint256 map = which % 2;
        Holding memory held;
        held.label = ether_ ? ETHER_LABEL : tokenLabel;
        held.quantity = between(random, 0, purses[map][held.label] + 1) & type(uint128).max;
        IExits.Exit memory wish = wishOf(held);
        uint256 slot = next(random) % 4;
        wish.place += slot;
        (bool accepted,) = attempt(STRANGER, address(registry), leaveCall(maps[map], wish));
        bool may = frozen[map] && !left[map][slot] && held.quantity <= purses[map][held.label];
        require(accepted == may, "the model says otherwise");
        if (!accepted) return;
        left[map][slot] = true;
        purses[map][held.label] -= held.quantity;
        exited++;
    }

    function reclaim(uint256 which) external {
        if (asked.length == 0) return;
        Asked storage made = asked[which % asked.length];
        bytes memory call = abi.encodeCall(registry.reclaim, (maps[made.map], made.name));
        (bool accepted,) = attempt(STRANGER, address(registry), call);
        require(accepted == (frozen[made.map] && sameOpen(made)), "the model says otherwise");
        if (accepted) openOf(made).open = false;
    }

    function withdraw(uint256 who, bool ether_) external {
        address account = accounts()[who % 4];
        uint256 label = ether_ ? ETHER_LABEL : tokenLabel;
        uint256 owed = registry.owed(account, label);
        (bool accepted,) = attempt(STRANGER, address(registry), abi.encodeCall(registry.withdraw, (label, account)));
        require(accepted == (owed > 0), "the model says otherwise");
        if (accepted) paid[label] += owed;
    }

    function wait(uint256 time) external {
        vm.warp(block.timestamp + time % 1 days);
    }

    function accounts() public pure returns (address[4] memory) {
        return [OPERATOR, STRANGER, PAYER, RECIPIENT];
    }

    /// @dev What the registry has to have of an asset: open deposits, purses, what it owes, and open fees.
    function due(uint256 label) public view returns (uint256 sum) {
        for (uint256 i = 0; i < deposits.length; ++i) {
            if (deposits[i].open && deposits[i].label == label) sum += deposits[i].quantity;
        }
        for (uint256 i = 0; i < 4; ++i) {
            sum += registry.owed(accounts()[i], label);
        }
        for (uint256 i = 0; i < asked.length; ++i) {
            if (!asked[i].open || label != ETHER_LABEL) continue;
            sum += registry.getRequest(maps[asked[i].map], asked[i].name).fee;
        }
        return sum + registry.purse(maps[0], label) + registry.purse(maps[1], label);
    }

    function balance(uint256 label) public view returns (uint256) {
        return label == ETHER_LABEL ? address(registry).balance : token.balanceOf(address(registry));
    }

    function pursesAgree(uint256 label) public view returns (bool) {
        return registry.purse(maps[0], label) == purses[0][label] && registry.purse(maps[1], label) == purses[1][label];
    }
}
