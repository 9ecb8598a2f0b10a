//! One text for one value: what is hashed must not depend on the order in which a map was filled.

use serde::Serialize;
use serde_json::Value;

/// The canonical text of a value: JSON without white space, the keys of each object in the order of their bytes.
///
/// Numbers are integers in this library; text is escaped as `serde_json` does.
///
/// # Errors
/// For what has no JSON form, such as a map whose keys are no text.
pub fn canonical_json<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    let value = serde_json::to_value(value)?;
    let mut text = String::new();
    write(&value, &mut text);
    Ok(text)
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(object) => {
            // Sorted here: another crate of the build may have asked serde_json to keep the order of insertion.
            let mut keys: Vec<_> = object.iter().collect();
            keys.sort_unstable_by(|a, b| a.0.as_bytes().cmp(b.0.as_bytes()));
            text.push('{');
            for (index, (key, value)) in keys.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                text.push_str(&Value::String(key.clone()).to_string());
                text.push(':');
                write(value, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            text.push_str(&value.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn keys_are_in_the_order_of_their_bytes_at_every_depth() {
        let value =
            serde_json::json!({"b": [{"z": 1, "é": null, "a": "x\"\n"}], "a": true, "B": {}});
        assert_eq!(
            canonical_json(&value).unwrap(),
            r#"{"B":{},"a":true,"b":[{"a":"x\"\n","z":1,"é":null}]}"#
        );
    }
}
