// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title The development keys' mark
/// @notice Development keys come from a public seed, so whoever likes can forge under them. They are known by their alpha
/// and beta, which no later contribution changes and no label hides. They work on chains 31337 and 1337, nowhere else.
library DevelopmentKey {
    // The x coordinates alone: a point and its negative share theirs, and are equally known.
    uint256 internal constant ALPHA_X = 14320857304889825930318178598854037229848032161930898706024547294414123367283;
    uint256 internal constant BETA_X1 = 5157309694541303719017040895198946023531470979221981980450538370950752662270;
    uint256 internal constant BETA_X0 = 11232225239381252748776162416630423858426441210712280903638251274931528872920;

    /// @notice The key belongs to the development seed and this chain is neither 31337 nor 1337.
    error DevelopmentKeyOnPublicChain(uint256 chainId);

    /// @notice Reverts on a public chain where alpha or beta is the development seed's, or its negative.
    /// @param key the 26 words of `VerifyingKey`
    function refuseOnPublicChain(uint256[26] memory key) internal view {
        if (block.chainid == 31337 || block.chainid == 1337) return;
        if (key[0] == ALPHA_X || (key[2] == BETA_X1 && key[3] == BETA_X0)) {
            revert DevelopmentKeyOnPublicChain(block.chainid);
        }
    }
}
