//! Sums of decimal fractions without the errors of binary ones: `shopspring/decimal` v1.4.0, which sprig asks.

use num_bigint::{BigInt, Sign};

use crate::chart::engine::fault::Fault;
use crate::chart::engine::number;

/// Digits behind the point of a quotient (`DivisionPrecision`).
const DIVISION: i64 = 16;

/// `value · 10^exponent`.
#[derive(Clone)]
pub(super) struct Decimal {
    value: BigInt,
    exponent: i64,
}

impl Decimal {
    /// The shortest decimal that stands for this float.
    pub(super) fn of(float: f64) -> Result<Self, Fault> {
        if !float.is_finite() {
            let shown = number::float(float, 'g', None);
            return Err(Fault::new(format!("Cannot create a Decimal from {shown}")));
        }
        let text = format!("{float:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        let exponent = exponent.parse::<i64>().unwrap_or(0) - i64::try_from(fraction.len()).unwrap_or(0);
        Ok(Self { value: digits.parse().unwrap_or_default(), exponent })
    }

    /// Both with the smaller exponent.
    fn aligned(&self, other: &Self) -> (BigInt, BigInt, i64) {
        let exponent = self.exponent.min(other.exponent);
        let scaled = |of: &Self| &of.value * power(of.exponent - exponent);
        (scaled(self), scaled(other), exponent)
    }

    pub(super) fn add(&self, other: &Self) -> Self {
        let (a, b, exponent) = self.aligned(other);
        Self { value: a + b, exponent }
    }

    pub(super) fn sub(&self, other: &Self) -> Self {
        let (a, b, exponent) = self.aligned(other);
        Self { value: a - b, exponent }
    }

    pub(super) fn mul(&self, other: &Self) -> Self {
        Self { value: &self.value * &other.value, exponent: self.exponent + other.exponent }
    }

    /// Rounded to sixteen digits behind the point, halves away from zero; `None` for a division by zero.
    pub(super) fn div(&self, other: &Self) -> Option<Self> {
        if other.value.sign() == Sign::NoSign {
            return None;
        }
        let shift = self.exponent - other.exponent + DIVISION;
        let (dividend, divisor) = if shift >= 0 {
            (&self.value * power(shift), other.value.clone())
        } else {
            (self.value.clone(), &other.value * power(-shift))
        };
        let mut quotient = &dividend / &divisor;
        let rest = &dividend % &divisor;
        if BigInt::from(rest.magnitude() * 2_u32) >= BigInt::from(divisor.magnitude().clone()) {
            let negative = (dividend.sign() == Sign::Minus) != (divisor.sign() == Sign::Minus);
            quotient += if negative { -1 } else { 1 };
        }
        Some(Self { value: quotient, exponent: -DIVISION })
    }

    /// The nearest float.
    pub(super) fn float(&self) -> f64 {
        format!("{}e{}", self.value, self.exponent).parse().unwrap_or(0.0)
    }
}

/// A power of ten; exponents of floats bound it.
fn power(exponent: i64) -> BigInt {
    BigInt::from(10).pow(u32::try_from(exponent).unwrap_or(0))
}
