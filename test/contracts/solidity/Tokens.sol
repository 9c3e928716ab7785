// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title A token that can be as odd as tokens are
contract OddToken {
    mapping(address holder => uint256 amount) internal held;
    mapping(address holder => bool blocked) public blocked;
    /// @dev Of each transfer, out of 100.
    uint256 public fee;
    /// @dev What a transfer returns: 0 nothing, 1 true, 2 false, 3 a number, 4 two words of which the first is true.
    uint256 public answer = 1;
    /// @dev By what all balances are multiplied, out of 100.
    uint256 public base = 100;
    /// @dev What is called in each transfer.
    address public hook;
    bytes public hookData;
    bool public hookWorked;

    function mint(address to, uint256 amount) external {
        held[to] += amount;
    }

    function setFee(uint256 fee_) external {
        fee = fee_;
    }

    function setAnswer(uint256 answer_) external {
        answer = answer_;
    }

    function setBase(uint256 base_) external {
        base = base_;
    }

    function block_(address holder, bool blocked_) external {
        blocked[holder] = blocked_;
    }

    function setHook(address hook_, bytes calldata data) external {
        (hook, hookData) = (hook_, data);
    }

    function balanceOf(address holder) external view returns (uint256) {
        return held[holder] * base / 100;
    }

    function transfer(address to, uint256 amount) external {
        move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external {
        move(from, to, amount);
    }

    function move(address from, address to, uint256 amount) private {
        require(!blocked[from] && !blocked[to], "blocked");
        if (answer == 2) respond();
        uint256 real = amount * 100 / base;
        require(held[from] >= real, "too few");
        held[from] -= real;
        held[to] += real - real * fee / 100;
        // Some tokens tell the receiver, or whoever it has named.
        if (hook != address(0)) (hookWorked,) = hook.call(hookData);
        respond();
    }

    function respond() private view {
        uint256 kind = answer;
        assembly {
            if eq(kind, 0) { return(0, 0) }
            mstore(0, eq(kind, 1))
            if eq(kind, 3) { mstore(0, 7) }
            if eq(kind, 4) {
                mstore(0, 1)
                return(0, 0x40)
            }
            return(0, 0x20)
        }
    }
}

/// @title A recipient of ether that does what it likes
contract OddRecipient {
    address public target;
    bytes public data;
    bool public refuse;
    bool public worked;

    function set(address target_, bytes calldata data_, bool refuse_) external {
        (target, data, refuse) = (target_, data_, refuse_);
    }

    receive() external payable {
        require(!refuse, "no");
        if (target != address(0)) (worked,) = target.call(data);
        // An answer that is no `true`.
        assembly {
            mstore(0, 0)
            return(0, 0x20)
        }
    }
}
