// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16} from "./Groth16.sol";

/// @title The development keys' mark
/// @notice Development keys come from a public seed, so anyone can forge proofs under them. They count on chains 31337
/// and 1337 only. A key is a development key if it holds one of the seed's points or the point's negative, or if
/// e(alpha, beta) is the seed's or its inverse. Contributions change only delta, so the key is still recognised after
/// them, and also after alpha is multiplied and beta divided by the same number. Every key that accepts a proof made
/// with the development key has the same delta. A key made in another way from secrets that someone knows is not
/// recognised: no check can vouch for a key.
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

    /// @notice The key is a development key, and this chain is neither 31337 nor 1337.
    error DevelopmentKeyOnPublicChain(uint256 chainId);

    /// @notice Whether a key is a development key. Costs up to 230,000 gas; `VerifyingKey` remembers the answer.
    /// @param key the 30 words of `VerifyingKey`; they must have passed its checks of points
    /// @return whether it is a development key
    function recognises(uint256[30] memory key) internal view returns (bool) {
        // Only the x coordinates: a point and its negative share theirs, and both are known.
        if (key[0] == ALPHA_X || (key[2] == BETA_X1 && key[3] == BETA_X0)) return true;
        if ((key[6] == GAMMA_X1 && key[7] == GAMMA_X0) || (key[10] == DELTA_X1 && key[11] == DELTA_X0)) return true;
        return _cancels(key, ALPHA_Y) || _cancels(key, Groth16.BASE_FIELD - ALPHA_Y);
    }

    /// @notice Reverts for a development key on a public chain.
    /// @param development whether the key is a development key
    function refuseOnPublicChain(bool development) internal view {
        if (development && block.chainid != 31337 && block.chainid != 1337) {
            revert DevelopmentKeyOnPublicChain(block.chainid);
        }
    }

    /// @notice Compares e(alpha, beta) with the seed's, or with its inverse.
    /// @dev It multiplies e(alpha, beta) by the pairing of the seed's beta with the seed's alpha, or with its negative.
    /// @param key the 30 words of `VerifyingKey`
    /// @param y the y coordinate of that alpha
    /// @return whether the product is one
    function _cancels(uint256[30] memory key, uint256 y) private view returns (bool) {
        uint256[12] memory pairs =
            [key[0], key[1], key[2], key[3], key[4], key[5], ALPHA_X, y, BETA_X1, BETA_X0, BETA_Y1, BETA_Y0];
        (, bytes memory answer) = address(8).staticcall(abi.encode(pairs));
        // Without an answer, for lack of gas or of the precompile, decoding reverts: no key passes unchecked.
        return abi.decode(answer, (uint256)) == 1;
    }
}
