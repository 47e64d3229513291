//! The numbers that ITU-T G.722 gives: how a band's steps are cut, weighed and let grow.
//! Only tables; what they mean stands in `band.rs`.

/// Where the lower band's 30 intervals on each side begin (table 14, Q6).
pub(super) const LOWER_EDGES: [i32; 29] = [
    35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023, 1121, 1219, 1339,
    1458, 1612, 1765, 1980, 2195, 2557, 2919,
];
/// What the lower band's four leading bits are worth (table 17, QM4): what both sides adapt by.
pub(super) const LOWER_4: [i32; 16] =
    [0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0];
/// What all six bits of the lower band are worth (table 19, QM6): what is heard.
pub(super) const LOWER_6: [i32; 64] = [
    -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576,
    -7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040,
    -728, 24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456,
    4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136,
];
/// How the lower band's step grows or shrinks after each of the four leading bits (table 16, WL by RL42).
pub(super) const LOWER_GROWTH: [i32; 16] =
    [-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60];
/// What the upper band's two bits are worth (table 21, QM2).
pub(super) const UPPER_2: [i32; 4] = [-7408, -1616, 7408, 1616];
/// How the upper band's step grows or shrinks after them (WH by RH2).
pub(super) const UPPER_GROWTH: [i32; 4] = [798, -214, 798, -214];
/// Powers of two between 2048 and 4096, in 32 steps (table 18, ILB): from the step's logarithm to the step.
pub(super) const POWERS: [i32; 32] = [
    2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834, 2896, 2960, 3025,
    3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
];
