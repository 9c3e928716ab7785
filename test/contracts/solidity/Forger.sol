// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16} from "../../../contracts/lib/Groth16.sol";

/// @title Valid proofs of anything, without a circuit, under keys whose secrets are known
/// @dev With A = a·G and B = b·G, C = (ab − αβ − γ·Σ inputs·ic) / δ · G satisfies the equation. There is no precompile
/// that multiplies in the second group, so β, γ, δ and b are fixed and their points are written out; α tells keys
/// apart.
library Forger {
    uint256 internal constant ORDER = Groth16.ORDER;
    uint256 private constant BETA = 23;
    uint256 private constant GAMMA = 37;
    uint256 private constant DELTA = 41;
    uint256 private constant B = 103;

    /// @dev The key with alpha·G as its α.
    function key(uint256 alpha) internal view returns (uint256[30] memory words) {
        (words[0], words[1]) = g1(alpha);
        // 23·G, 37·G, 41·G
        words[2] = 14782909893531641118158983131704996222657595919267013508848064030359572419020;
        words[3] = 15814740766441626192016246851679901686331525219444914075890865650996174072553;
        words[4] = 15784333309557423144913584884944837169662331541109121998269392988145105533506;
        words[5] = 5454842378889947184229548383321831123459787204099990552619708475660880113001;
        words[6] = 2019050928575347605638490762886992026922085924959710776569383806797571971069;
        words[7] = 21740656624264531918905957436349160317178065932174634873434489096384118284193;
        words[8] = 9386111668168143378799867099066976687163019156923561176364278935596535020065;
        words[9] = 768940004759184688611731872359665907813921273999645987556749132562407031847;
        words[10] = 7753820733870010007002567610296293542789734490422667563726262060646954483828;
        words[11] = 9196454279045833558964584763522054629402264714430462349585327397513246589059;
        words[12] = 20541522916252121878823226344242781501445438469839352658759729302896506657102;
        words[13] = 16884217140014367286894274128397983223598541959667992086512433551579010917438;
        for (uint256 i = 0; i < 8; ++i) {
            (words[14 + 2 * i], words[15 + 2 * i]) = g1(ic(i));
        }
    }

    /// @dev A proof of the inputs, which are taken modulo the order; another `a`, which is not 0, gives another one.
    function proof(uint256 alpha, uint256[7] memory inputs, uint256 a) internal view returns (uint256[8] memory words) {
        uint256 sum = ic(0);
        for (uint256 i = 0; i < 7; ++i) {
            sum = addmod(sum, mulmod(inputs[i], ic(i + 1), ORDER), ORDER);
        }
        uint256 owed = addmod(mulmod(alpha, BETA, ORDER), mulmod(GAMMA, sum, ORDER), ORDER);
        uint256 c = addmod(mulmod(a, B, ORDER), ORDER - owed, ORDER);
        (words[0], words[1]) = g1(a);
        // 103·G
        words[2] = 13830477386478917403269985655784788871515994826518513439921821444411242487629;
        words[3] = 1101037789231778565709983151421765717335252222803594965205850097511398333532;
        words[4] = 16128938760259877175535879717423310681199474985510934012813802016282480686841;
        words[5] = 420372644676731016120824758341146684321758586950862782248372146423063558853;
        (words[6], words[7]) = g1(mulmod(c, inverse(DELTA), ORDER));
    }

    /// @dev scalar·G, by precompile 7.
    function g1(uint256 scalar) internal view returns (uint256 x, uint256 y) {
        return times(1, 2, scalar);
    }

    function times(uint256 x, uint256 y, uint256 scalar) internal view returns (uint256, uint256) {
        (bool ok, bytes memory point) = address(7).staticcall(abi.encode(x, y, scalar));
        require(ok, "not a point");
        return abi.decode(point, (uint256, uint256));
    }

    function plus(uint256 x1, uint256 y1, uint256 x2, uint256 y2) internal view returns (uint256, uint256) {
        (bool ok, bytes memory point) = address(6).staticcall(abi.encode(x1, y1, x2, y2));
        require(ok, "not a point");
        return abi.decode(point, (uint256, uint256));
    }

    /// @dev value^(order − 2), by precompile 5.
    function inverse(uint256 value) internal view returns (uint256) {
        (bool ok, bytes memory power) = address(5).staticcall(abi.encode(32, 32, 32, value, ORDER - 2, ORDER));
        require(ok, "no inverse");
        return abi.decode(power, (uint256));
    }

    /// @dev The discrete logarithm of a key's IC points.
    function ic(uint256 index) internal pure returns (uint256) {
        return [uint256(5), 7, 13, 17, 19, 29, 31, 43][index];
    }
}
