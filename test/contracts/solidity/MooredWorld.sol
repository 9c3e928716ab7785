// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {TimeMapRegistry} from "../../../contracts/TimeMapRegistry.sol";
import {IExits} from "../../../contracts/interfaces/IExits.sol";
import {IMoorings} from "../../../contracts/interfaces/IMoorings.sol";
import {ITimeMapRegistry} from "../../../contracts/interfaces/ITimeMapRegistry.sol";
import {ITimeMaps} from "../../../contracts/interfaces/ITimeMaps.sol";
import {Base} from "./Base.sol";
import {Forger} from "./Forger.sol";

/// @title A registry with moored maps, whose proofs can be made for any rows, cells and wishes
/// @dev What a circuit would refuse, the tests can state as well: so each refusal is the registry's.
abstract contract MooredWorld is Base {
    address internal constant OPERATOR = address(0xA11CE);
    address internal constant STRANGER = address(0xBAD);
    address internal constant PAYER = address(0xFA1E);
    address internal constant RECIPIENT = address(0xCAFE);
    uint256 internal constant ALPHA = 11;
    uint256 internal constant EXIT = 12;
    uint256 internal constant CELL = 13;
    uint256 internal constant PATIENCE = 2 days;
    uint256 internal constant LAG = 1 days;
    uint256 internal constant ENTER = 21;
    uint256 internal constant EJECT = 22;
    uint256 internal constant RETIRE = 3;
    uint256 internal constant ETHER_LABEL = 1;
    uint256 internal constant FACT = 1 << 31;
    uint256 internal constant ENTRY = 1 << 61;
    /// @dev A program of the map, its slot and its key.
    uint256 internal constant PROGRAM = 7;
    uint256 internal constant PLACE = PROGRAM * 256 + 9;
    uint256 internal constant KEY = 4711;

    /// @dev The fields of a row that the registry reads.
    struct Line {
        uint256 op;
        uint256 actor;
        uint256 peer;
        uint256 source;
        uint256 destination;
        uint256 deadline;
        uint256 id;
        uint256 issuer;
        uint256 label;
        uint256 quantity;
        uint256 scope;
        uint256 time;
        uint256 argument;
    }

    /// @dev A resource's cell.
    struct Holding {
        uint256 label;
        uint256 escrowFrom;
        uint256 quantity;
        uint256 id;
        uint256 deadline;
        uint256 seq;
    }

    TimeMapRegistry internal registry = new TimeMapRegistry();
    bytes32 internal verifier = registry.storeKey(Forger.key(ALPHA));
    bytes32 internal exitKey = registry.storeKey(Forger.key(EXIT));
    bytes32 internal cellKey = registry.storeKey(Forger.key(CELL));
    uint256 private roots;

    function termsOf(bytes32 salt) internal view returns (ITimeMaps.Terms memory terms) {
        terms.salt = salt;
        terms.genesisRoot = registry.MOORED_GENESIS_ROOT();
        terms.genesisTime = uint40(block.timestamp);
        (terms.maxLag, terms.verifierDelay, terms.dataPolicy) = (uint40(LAG), 30 days, 1);
        terms.verifiers = new ITimeMaps.Profile[](1);
        terms.verifiers[0].vkeyHash = verifier;
        terms.submitters = new address[](1);
        terms.submitters[0] = OPERATOR;
        terms.mooring.patience = uint40(PATIENCE);
        (terms.mooring.exitKey, terms.mooring.cellKey) = (exitKey, cellKey);
    }

    function moor(bytes32 salt) internal returns (bytes32) {
        return registry.createMap(termsOf(salt));
    }

    function moorWith(bytes32 salt, IMoorings.Feed[] memory feeds) internal returns (bytes32) {
        ITimeMaps.Terms memory terms = termsOf(salt);
        terms.mooring.feeds = feeds;
        return registry.createMap(terms);
    }

    /// @dev The three words of a row in a batch that begins at `notBefore`.
    function wordsOf(Line memory line, uint256 notBefore) internal pure returns (uint256 w1, uint256 w2, uint256 w3) {
        w1 = line.op | line.actor << 5 | line.peer << 29 | line.source << 53 | line.destination << 85;
        w1 |= line.deadline << 149 | line.id << 189;
        w2 = line.label | line.issuer << 32 | line.quantity << 56 | line.scope << 184;
        w2 |= line.time - notBefore << 224 | uint256(1) << 252;
        w3 = line.argument;
    }

    /// @dev The call of `advance` with one batch of these rows, from `notBefore` until now, and its proof.
    function advanceCall(bytes32 mapId, Line[] memory lines, uint256 notBefore, uint256 late)
        internal
        returns (bytes memory)
    {
        ITimeMaps.TimeMap memory map = registry.getMap(mapId);
        ITimeMapRegistry.KeyRun[] memory runs = new ITimeMapRegistry.KeyRun[](1);
        runs[0].vkeyHash = verifier;
        runs[0].batches = new ITimeMapRegistry.Batch[](1);
        bytes[] memory rows = new bytes[](1);
        ITimeMapRegistry.Batch memory batch = runs[0].batches[0];
        (batch.postRoot, batch.traceRoot) = (1_000_000 + ++roots, roots);
        batch.span = uint256(map.seq) + 1 | lines.length << 32 | notBefore << 48 | block.timestamp << 88 | 1 << 128;
        uint256[] memory words = new uint256[](3 * lines.length);
        for (uint256 i = 0; i < lines.length; ++i) {
            (uint256 w1, uint256 w2, uint256 w3) = wordsOf(lines[i], notBefore);
            (words[3 * i], words[3 * i + 1], words[3 * i + 2]) = (w1, w2, w3);
            rows[0] = abi.encodePacked(rows[0], w1 | (w3 == 0 ? 0 : 1 << 255), w2);
            if (w3 != 0) rows[0] = abi.encodePacked(rows[0], w3);
        }
        uint256[7] memory inputs =
            [uint256(map.root), batch.postRoot, batch.traceRoot, batch.span, registry.domain(mapId), 0, 1];
        inputs[5] = uint256(
            keccak256(abi.encodePacked(inputs[4], inputs[0], inputs[1], inputs[2], inputs[3], words))
        ) % Forger.ORDER;
        for (uint256 i = 0; i < words.length; ++i) {
            inputs[6] = addmod(mulmod(inputs[6], inputs[5], Forger.ORDER), words[i], Forger.ORDER);
        }
        batch.proof = Forger.proof(ALPHA, inputs, 3);
        return abi.encodeCall(registry.advance, (mapId, map.root, runs, rows, late));
    }

    /// @dev The operator hands in one row, that happens now.
    function advance(bytes32 mapId, Line memory line) internal returns (bool accepted, bytes4 reason) {
        return advanceAs(OPERATOR, mapId, one(line), 0);
    }

    function advanceAs(address caller, bytes32 mapId, Line[] memory lines, uint256 late)
        internal
        returns (bool accepted, bytes4 reason)
    {
        return attempt(caller, address(registry), advanceCall(mapId, lines, earliest(mapId), late));
    }

    function one(Line memory line) internal pure returns (Line[] memory lines) {
        lines = new Line[](1);
        lines[0] = line;
    }

    /// @dev The earliest time at which a batch may begin.
    function earliest(bytes32 mapId) internal view returns (uint256) {
        ITimeMaps.TimeMap memory map = registry.getMap(mapId);
        uint256 oldest = block.timestamp - map.maxLag;
        return map.time > oldest ? map.time : oldest;
    }

    /// @dev A row without effect on the chain.
    function plain() internal view returns (Line memory line) {
        (line.op, line.actor, line.peer, line.argument, line.time) = (1, 1, 2, 5, block.timestamp);
    }

    function payOut(uint256 label, uint256 quantity, uint256 recipient) internal view returns (Line memory line) {
        (line.op, line.actor, line.issuer, line.label, line.quantity) = (RETIRE, PROGRAM, 1, label, quantity);
        (line.argument, line.time, line.source) = (recipient, block.timestamp, PLACE);
    }

    /// @dev The row that enters a deposit made by `depositFor`.
    function enterOf(uint256 number, uint256 label, uint256 quantity) internal view returns (Line memory line) {
        (line.op, line.actor, line.peer, line.destination) = (ENTER, 1, PROGRAM, PLACE);
        (line.id, line.issuer, line.label, line.quantity) = (ENTRY + number, 1, label, quantity);
        (line.argument, line.time) = (KEY, block.timestamp);
    }

    /// @dev A deposit of ether for `PROGRAM`, to be entered within an hour.
    function depositFor(bytes32 mapId, uint256 quantity) internal returns (uint256 number) {
        bytes memory call = abi.encodeCall(
            registry.deposit,
            (mapId, ETHER_LABEL, quantity, PROGRAM, 0, KEY, uint40(block.timestamp + 1 hours))
        );
        accepts(PAYER, address(registry), call, quantity);
        return registry.getMooring(mapId).entries;
    }

    /// @dev So much ether in the map's purse.
    function fill(bytes32 mapId, uint256 quantity) internal {
        (bool accepted,) = advance(mapId, enterOf(depositFor(mapId, quantity), ETHER_LABEL, quantity));
        require(accepted, "not entered");
    }

    function holding(uint256 quantity) internal pure returns (Holding memory held) {
        (held.label, held.quantity, held.id, held.seq) = (ETHER_LABEL, quantity, ENTRY + 1, 3);
    }

    function cellOf(Holding memory held) internal pure returns (uint256 w0, uint256 w1) {
        w0 = 2 | held.label << 7 | uint256(1) << 39 | held.escrowFrom << 63 | held.seq << 131;
        w1 = held.quantity | held.id << 130 | held.deadline << 194;
    }

    /// @dev The wish of `PROGRAM` to be paid for what lies in `PLACE`, good for a year.
    function wishOf(Holding memory held) internal view returns (IExits.Exit memory wish) {
        wish.place = PLACE | uint256(uint160(RECIPIENT)) << 32 | block.timestamp + 365 days << 192;
        (wish.program, wish.authority) = (PROGRAM, KEY);
        (wish.w0, wish.w1) = cellOf(held);
    }

    function exitProof(bytes32 mapId, uint256 root, IExits.Exit memory wish) internal view returns (uint256[8] memory) {
        uint256[7] memory inputs =
            [root, registry.domain(mapId), wish.place, wish.program, wish.authority, wish.w0, wish.w1];
        return Forger.proof(EXIT, inputs, 3);
    }

    function requestCall(bytes32 mapId, IExits.Exit memory wish) internal view returns (bytes memory) {
        uint256 number = registry.getMap(mapId).advances;
        uint256[8] memory proof = exitProof(mapId, registry.rootAt(mapId, number), wish);
        return abi.encodeCall(registry.requestExit, (mapId, number, wish, proof));
    }

    /// @dev An open request, with a fee of one gwei.
    function request(bytes32 mapId, IExits.Exit memory wish) internal returns (uint256) {
        accepts(STRANGER, address(registry), requestCall(mapId, wish), 1 gwei);
        return nameOf(wish);
    }

    function nameOf(IExits.Exit memory wish) internal pure returns (uint256) {
        return uint32(wish.place) | wish.program << 32 | wish.authority << 56;
    }

    /// @dev The row that answers a wish.
    function ejectOf(Holding memory held) internal view returns (Line memory line) {
        (line.op, line.actor, line.peer, line.source) = (EJECT, 1, PROGRAM, PLACE);
        (line.id, line.issuer, line.label, line.quantity) = (held.id, 1, held.label, held.quantity);
        (line.scope, line.deadline, line.argument, line.time) =
            (held.escrowFrom, held.deadline, KEY, block.timestamp);
    }

    function dismissCall(bytes32 mapId, uint256 name, uint256 number, IExits.Cell memory cell)
        internal
        view
        returns (bytes memory)
    {
        uint256[7] memory inputs = [registry.rootAt(mapId, number), cell.location, cell.w0, cell.w1, cell.w2, 0, 0];
        return abi.encodeCall(registry.dismiss, (mapId, name, number, cell, Forger.proof(CELL, inputs, 3)));
    }

    function leaveCall(bytes32 mapId, IExits.Exit memory wish) internal view returns (bytes memory) {
        return abi.encodeCall(registry.leaveFrozen, (mapId, wish, exitProof(mapId, registry.getMap(mapId).root, wish)));
    }

    /// @dev Freezes a map by a request that nobody answers.
    function freeze(bytes32 mapId) internal returns (uint256 name) {
        name = request(mapId, wishOf(holding(1)));
        vm.warp(block.timestamp + 2 * PATIENCE + 1);
        registry.freeze(mapId, name);
    }
}
