//! The order of keys that go-yaml writes: numbers in them count as numbers (`sorter.go`, v2.4.3).

use std::cmp::Ordering;

/// Compares two keys. Not an order in the strict sense (go-yaml's own is not either), but always the same answer.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    if less(a, b) {
        Ordering::Less
    } else if less(b, a) {
        Ordering::Greater
    } else {
        a.cmp(b)
    }
}

fn less(a: &str, b: &str) -> bool {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    for index in 0..a.len().min(b.len()) {
        let (x, y) = (a[index], b[index]);
        if x == y {
            continue;
        }
        let letters = (x.is_alphabetic(), y.is_alphabetic());
        match letters {
            (true, true) => return x < y,
            (true, false) | (false, true) => return letters.1,
            (false, false) => {}
        }
        // Zeros behind other digits count as digits, not as an empty number.
        let mut start = 0;
        if x == '0' || y == '0' {
            let digits = a[..index].iter().rev().take_while(|letter| letter.is_numeric());
            if digits.into_iter().any(|letter| *letter != '0') {
                start = 1;
            }
        }
        let (an, a_end) = number(&a, index, start);
        let (bn, b_end) = number(&b, index, start);
        if an != bn {
            return an < bn;
        }
        if a_end != b_end {
            return a_end < b_end;
        }
        return x < y;
    }
    a.len() < b.len()
}

/// The number that begins at `from`, and where it ends.
fn number(letters: &[char], from: usize, start: i64) -> (i64, usize) {
    let mut value = start;
    let mut end = from;
    while let Some(letter) = letters.get(end).filter(|letter| letter.is_numeric()) {
        let digit = i64::from(u32::from(*letter)) - i64::from(u32::from('0'));
        value = value.wrapping_mul(10).wrapping_add(digit);
        end += 1;
    }
    (value, end)
}
