// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16} from "./Groth16.sol";

/// @title The development keys' mark
/// @notice Development keys come from a public seed, so whoever likes can forge under them. They work on chains 31337 and
/// 1337, nowhere else. A key is one if it holds a point of the seed or its negative, or if e(alpha, beta) is the seed's or
/// its inverse. So it is one still after contributions, which change delta alone, and after alpha and beta were multiplied
/// and divided by the same number; and every key under which a proof made with the development key holds has its delta.
/// A key that somebody made otherwise from secrets that they know is not found: no check can vouch for a key.
library DevelopmentKey {
    uint256 internal constant ALPHA_X = 14320857304889825930318178598854037229848032161930898706024547294414123367283;
    uint256 internal constant ALPHA_Y = 13053736097560422984055246360434434571107369764557343559011627061182265361415;
    uint256 internal constant BETA_X1 = 5157309694541303719017040895198946023531470979221981980450538370950752662270;
    uint256 internal constant BETA_X0 = 11232225239381252748776162416630423858426441210712280903638251274931528872920;
    uint256 internal constant BETA_Y1 = 21580289054283299896826405106317366766161770478626315925615878897383486429657;
    uint256 internal constant BETA_Y0 = 18470444686336924154641513770634154185156555697064899420930619214682785769585;
    uint256 internal constant GAMMA_X1 = 7926348578924241865147105667094111336978146360857218253014674812125722259052;
    uint256 internal constant GAMMA_X0 = 10442868982444731848240409389809364930745876432986651749230913790092761040451;
    uint256 internal constant DELTA_X1 = 577504951813181103713632762687982544015390860473715214255237652385188619153;
    uint256 internal constant DELTA_X0 = 19643037310986131266309664263461351256242502098793764687620146642202725896076;

    /// @notice The key belongs to the development seed and this chain is neither 31337 nor 1337.
    error DevelopmentKeyOnPublicChain(uint256 chainId);

    /// @notice Whether a key is a development key. Costs up to 230,000 gas; `VerifyingKey` remembers the answer.
    /// @param key the 26 words of `VerifyingKey`, found to be points
    function recognises(uint256[26] memory key) internal view returns (bool) {
        // The x coordinates alone: a point and its negative share theirs, and are equally known.
        if (key[0] == ALPHA_X || (key[2] == BETA_X1 && key[3] == BETA_X0)) return true;
        if ((key[6] == GAMMA_X1 && key[7] == GAMMA_X0) || (key[10] == DELTA_X1 && key[11] == DELTA_X0)) return true;
        return cancels(key, ALPHA_Y) || cancels(key, Groth16.BASE_FIELD - ALPHA_Y);
    }

    /// @notice Reverts for a development key on a public chain.
    function refuseOnPublicChain(bool development) internal view {
        if (development && block.chainid != 31337 && block.chainid != 1337) {
            revert DevelopmentKeyOnPublicChain(block.chainid);
        }
    }

    /// @dev Whether e(alpha, beta) times the pairing of the seed's beta with the seed's alpha, or with its negative, is one.
    /// @param y of that alpha
    function cancels(uint256[26] memory key, uint256 y) private view returns (bool) {
        uint256[12] memory pairs =
            [key[0], key[1], key[2], key[3], key[4], key[5], ALPHA_X, y, BETA_X1, BETA_X0, BETA_Y1, BETA_Y0];
        (, bytes memory answer) = address(8).staticcall(abi.encode(pairs));
        // Where nothing is answered, for want of gas or of the precompile, this reverts: no key passes unseen.
        return abi.decode(answer, (uint256)) == 1;
    }
}
