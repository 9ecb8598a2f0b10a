//! Whether two kinds of requests can be told apart by their times: the area under the curve, and how sure that is.

use std::fmt;
use std::ops::RangeInclusive;

/// How often a sample is drawn anew from itself.
const RESAMPLES: usize = 2_000;

/// Numbers that look random and repeat (splitmix64).
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One of so many.
    pub(crate) fn below(&mut self, many: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(many).unwrap()).unwrap()
    }

    pub(crate) fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            things.swap(last, self.below(last + 1));
        }
    }
}

/// The chance that one of `others` is larger than one of `first` (Mann and Whitney): a half where nothing tells them apart.
pub(crate) fn area(first: &[u64], others: &[u64]) -> f64 {
    let mut all: Vec<_> = first.iter().map(|time| (time, false)).collect();
    all.extend(others.iter().map(|time| (time, true)));
    all.sort_unstable();
    let (mut before, mut ranks) = (0, 0.0);
    for equal in all.chunk_by(|(one, _), (other, _)| one == other) {
        // Whoever is equal shares the middle of their ranks.
        let rank = before as f64 + (equal.len() + 1) as f64 / 2.0;
        ranks += rank * equal.iter().filter(|(_, other)| *other).count() as f64;
        before += equal.len();
    }
    let (first, others) = (first.len() as f64, others.len() as f64);
    (ranks - others * (others + 1.0) / 2.0) / (first * others)
}

/// An area, and between which bounds it lies in 99 of a hundred cases.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Interval {
    pub(crate) low: f64,
    pub(crate) area: f64,
    pub(crate) high: f64,
}

impl Interval {
    /// Of the areas of blocks, each of which was measured at one time: whatever drifts from one block to the next is in none of them.
    pub(crate) fn of(blocks: &[f64], random: &mut Random) -> Self {
        let mean = |sum: f64| sum / blocks.len() as f64;
        let mut drawn: Vec<_> = (0..RESAMPLES)
            .map(|_| {
                let draw = (0..blocks.len()).map(|_| blocks[random.below(blocks.len())]);
                mean(draw.sum())
            })
            .collect();
        drawn.sort_unstable_by(f64::total_cmp);
        let cut = RESAMPLES / 200;
        Self {
            low: drawn[cut],
            area: mean(blocks.iter().sum()),
            high: drawn[RESAMPLES - 1 - cut],
        }
    }

    pub(crate) fn is_inside(&self, bounds: &RangeInclusive<f64>) -> bool {
        bounds.contains(&self.low) && bounds.contains(&self.high)
    }

    pub(crate) fn is_outside(&self, bounds: &RangeInclusive<f64>) -> bool {
        self.high < *bounds.start() || self.low > *bounds.end()
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { low, area, high } = self;
        write!(formatter, "{area:.3} [{low:.3}, {high:.3}]")
    }
}

#[test]
fn an_area_counts_who_is_larger() {
    assert_eq!(area(&[1, 2, 3], &[4, 5]), 1.0);
    assert_eq!(area(&[4, 5], &[1, 2, 3]), 0.0);
    assert_eq!(area(&[1, 3], &[2, 4]), 0.75);
    assert_eq!(area(&[7, 7], &[7]), 0.5);
    assert_eq!(area(&[1, 2], &[2, 3]), 0.875);
}

#[test]
fn an_interval_holds_the_area_of_its_blocks_and_narrows_with_their_number() {
    let mut random = Random::new(1);
    let mut blocks = |number| {
        let block = |random: &mut Random| {
            let mut times = |more| Vec::from_iter((0..25).map(|_| random.next() % 1_000 + more));
            area(&times(0), &times(100))
        };
        let blocks: Vec<_> = (0..number).map(|_| block(&mut random)).collect();
        Interval::of(&blocks, &mut random)
    };
    // Of two even distributions that are a tenth apart: 1 - 0.9² / 2.
    let (few, many) = (blocks(40), blocks(4_000));
    for interval in [few, many] {
        assert!(interval.low < 0.595 && 0.595 < interval.high, "{interval}");
    }
    let width = |interval: Interval| interval.high - interval.low;
    // By the root of a hundred.
    assert!((5.0..20.0).contains(&(width(few) / width(many))));
    assert!(many.is_outside(&(0.48..=0.52)) && many.is_inside(&(0.58..=0.61)));
}
