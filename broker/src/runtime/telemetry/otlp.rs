//! Metrics as clients push them: OpenTelemetry's `MetricsData` in protobuf, read as far as names, attributes and
//! numbers go.
//!
//! Knows bytes; never a client. What is read is bounded by the bytes there are.

use std::collections::BTreeMap;

/// A number of one metric.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Point {
    pub(crate) name: String,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) value: f64,
}

/// The bytes are no metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the metrics are no OpenTelemetry protobuf")]
pub(crate) struct NotMetrics;

/// One field of a message.
enum Field<'a> {
    Varint(u64),
    Fixed64(u64),
    Bytes(&'a [u8]),
    Other,
}

/// The fields of a message, one after the other.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn varint(&mut self) -> Result<u64, NotMetrics> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first().ok_or(NotMetrics)?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(NotMetrics)
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], NotMetrics> {
        let length = usize::try_from(length).map_err(|_| NotMetrics)?;
        let (taken, rest) = self.0.split_at_checked(length).ok_or(NotMetrics)?;
        self.0 = rest;
        Ok(taken)
    }

    /// The next field's number and value.
    fn next(&mut self) -> Result<Option<(u64, Field<'a>)>, NotMetrics> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let key = self.varint()?;
        let field = match key & 7 {
            0 => Field::Varint(self.varint()?),
            1 => {
                let bytes: [u8; 8] = self.take(8)?.try_into().map_err(|_| NotMetrics)?;
                Field::Fixed64(u64::from_le_bytes(bytes))
            }
            2 => {
                let length = self.varint()?;
                Field::Bytes(self.take(length)?)
            }
            5 => {
                self.take(4)?;
                Field::Other
            }
            _ => return Err(NotMetrics),
        };
        Ok(Some((key >> 3, field)))
    }

    /// Calls `each` with every field that is a message, a text or bytes and has this number.
    fn each(
        bytes: &'a [u8],
        wanted: u64,
        mut each: impl FnMut(&'a [u8]) -> Result<(), NotMetrics>,
    ) -> Result<(), NotMetrics> {
        let mut fields = Fields(bytes);
        while let Some((number, field)) = fields.next()? {
            if let Field::Bytes(bytes) = field
                && number == wanted
            {
                each(bytes)?;
            }
        }
        Ok(())
    }
}

/// The numbers of a `MetricsData`: gauges and sums with their values, histograms with their sums.
///
/// # Errors
/// When the bytes are something else.
pub(crate) fn points(data: &[u8]) -> Result<Vec<Point>, NotMetrics> {
    let mut points = Vec::new();
    Fields::each(data, 1, |resource| {
        Fields::each(resource, 2, |scope| Fields::each(scope, 2, |metric| read_metric(metric, &mut points)))
    })?;
    Ok(points)
}

fn read_metric(metric: &[u8], points: &mut Vec<Point>) -> Result<(), NotMetrics> {
    let mut name = String::new();
    Fields::each(metric, 1, |text| {
        name = text_of(text)?;
        Ok(())
    })?;
    let mut fields = Fields(metric);
    while let Some((number, field)) = fields.next()? {
        match (number, field) {
            // A gauge or a sum: its points are numbers, with their attributes under 7.
            (5 | 7, Field::Bytes(data)) => {
                Fields::each(data, 1, |point| read_point(&name, point, &[4, 6], 7, points))?;
            }
            // A histogram: what is kept is its sum, with its attributes under 9.
            (9, Field::Bytes(data)) => {
                Fields::each(data, 1, |point| read_point(&name, point, &[5], 9, points))?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn read_point(
    name: &str,
    point: &[u8],
    values: &[u64],
    attributes_at: u64,
    points: &mut Vec<Point>,
) -> Result<(), NotMetrics> {
    let mut value = None;
    let mut attributes = BTreeMap::new();
    let mut fields = Fields(point);
    while let Some((number, field)) = fields.next()? {
        match field {
            // Integers are fixed under 6, doubles under 4 and 5.
            Field::Fixed64(bits) if number == 6 && values.contains(&6) => {
                value = Some(i64::from_le_bytes(bits.to_le_bytes()) as f64);
            }
            Field::Fixed64(bits) if values.contains(&number) => value = Some(f64::from_bits(bits)),
            Field::Bytes(bytes) if number == attributes_at => {
                let (key, text) = read_attribute(bytes)?;
                attributes.insert(key, text);
            }
            _ => {}
        }
    }
    if let Some(value) = value {
        points.push(Point { name: name.to_owned(), attributes, value });
    }
    Ok(())
}

fn read_attribute(bytes: &[u8]) -> Result<(String, String), NotMetrics> {
    let (mut key, mut text) = (String::new(), String::new());
    Fields::each(bytes, 1, |found| {
        key = text_of(found)?;
        Ok(())
    })?;
    Fields::each(bytes, 2, |any| {
        let mut fields = Fields(any);
        while let Some((number, field)) = fields.next()? {
            match (number, field) {
                (1, Field::Bytes(found)) => text = text_of(found)?,
                (2, Field::Varint(found)) => text = (found != 0).to_string(),
                (3, Field::Varint(found)) => text = i64::from_le_bytes(found.to_le_bytes()).to_string(),
                (4, Field::Fixed64(bits)) => text = f64::from_bits(bits).to_string(),
                _ => {}
            }
        }
        Ok(())
    })?;
    Ok((key, text))
}

fn text_of(bytes: &[u8]) -> Result<String, NotMetrics> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| NotMetrics)
}
