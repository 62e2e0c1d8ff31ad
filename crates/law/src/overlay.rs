//! 叠加: a province, city or county lays its differences over a base.
