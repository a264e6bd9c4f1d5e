//! Messages on the wire: a `Content-Length` header, an empty line, JSON-RPC.
//!
//! A message that is no JSON leaves the stream where the next one starts, so that one broken message ends nothing.

use std::io::{self, BufRead, Read as _, Write};

use serde_json::{Value, json};

/// Bytes that a message may have; an editor sends whole files, and the largest values file of a pack has a few MB.
const MAX_MESSAGE: usize = 256 << 20;
/// Bytes of a header line.
const MAX_HEADER: u64 = 4096;

/// JSON-RPC: the text is no JSON.
pub(super) const PARSE_ERROR: i32 = -32700;
/// JSON-RPC: JSON, but no message.
pub(super) const INVALID_REQUEST: i32 = -32600;
/// JSON-RPC: nobody answers to that.
pub(super) const METHOD_NOT_FOUND: i32 = -32601;
/// JSON-RPC: the parameters are not those of the method.
pub(super) const INVALID_PARAMS: i32 = -32602;
/// JSON-RPC: the program has a fault.
pub(super) const INTERNAL_ERROR: i32 = -32603;
/// LSP: something was asked for before `initialize`.
pub(super) const NOT_INITIALIZED: i32 = -32002;
/// LSP: the client took the request back.
pub(super) const CANCELLED: i32 = -32800;

/// What a client says.
#[derive(Debug, PartialEq)]
pub(super) enum Message {
    /// Wants an answer.
    Request {
        /// Number or text, given back with the answer.
        id: Value,
        /// What is asked.
        method: String,
        /// What it is asked of.
        params: Value,
    },
    /// Wants none.
    Notification {
        /// What happened.
        method: String,
        /// To what.
        params: Value,
    },
    /// Answers what the server asked.
    Response,
    /// Is none: the code and the sentence to answer with, and the id if there is one.
    Broken(i32, String, Value),
}

/// Reads the next message; `None` at the end.
///
/// # Errors
/// The stream cannot be read, or has a header without a usable length: what follows it cannot be found.
pub(super) fn read(input: &mut impl BufRead) -> io::Result<Option<Message>> {
    let Some(length) = header(input)? else { return Ok(None) };
    let mut bytes = Vec::new();
    // Grows as the bytes come: a header alone reserves nothing.
    input.take(length as u64).read_to_end(&mut bytes)?;
    if bytes.len() < length {
        return Ok(None);
    }
    Ok(Some(match serde_json::from_slice(&bytes) {
        Ok(value) => message(value),
        Err(error) => Message::Broken(PARSE_ERROR, error.to_string(), Value::Null),
    }))
}

/// The length in the header; `None` at the end of the stream.
fn header(input: &mut impl BufRead) -> io::Result<Option<usize>> {
    let invalid = |why: &str| io::Error::new(io::ErrorKind::InvalidData, why.to_owned());
    let mut length = None;
    loop {
        let mut line = Vec::new();
        if input.by_ref().take(MAX_HEADER).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        if !line.ends_with(b"\n") {
            return Err(invalid("a header line without an end"));
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim();
        if line.is_empty() {
            // Empty lines between messages are passed over.
            let Some(length) = length else { continue };
            return Ok(Some(length));
        }
        let Some((name, value)) = line.split_once(':') else { return Err(invalid("a header without `:`")) };
        if name.eq_ignore_ascii_case("content-length") {
            let bytes: usize = value.trim().parse().map_err(|_| invalid("a length that is no number"))?;
            if bytes > MAX_MESSAGE {
                return Err(invalid("a message of more than 256 MiB"));
            }
            length = Some(bytes);
        }
    }
}

fn message(value: Value) -> Message {
    let Value::Object(mut map) = value else {
        return Message::Broken(INVALID_REQUEST, "a message is an object".to_owned(), Value::Null);
    };
    let id = map.remove("id");
    let params = map.remove("params").unwrap_or_default();
    match (map.remove("method"), id) {
        (Some(Value::String(method)), None) => Message::Notification { method, params },
        (Some(Value::String(method)), Some(id)) => Message::Request { id, method, params },
        (None, Some(_)) => Message::Response,
        (_, id) => {
            Message::Broken(INVALID_REQUEST, "a message has a method".to_owned(), id.unwrap_or_default())
        }
    }
}

/// Writes one message.
///
/// # Errors
/// The stream cannot be written.
pub(super) fn write(output: &mut impl Write, message: &Value) -> io::Result<()> {
    let text = message.to_string();
    write!(output, "Content-Length: {}\r\n\r\n{text}", text.len())?;
    output.flush()
}

/// An answer.
pub(super) fn result(id: &Value, result: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "result": result })
}

/// An answer that there is none.
pub(super) fn error(id: &Value, code: i32, message: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } })
}

/// News.
pub(super) fn notification(method: &str, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "method": method, "params": params })
}

/// A question to the client.
pub(super) fn request(id: &str, method: &str, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<Message> {
        let mut input = text.as_bytes();
        std::iter::from_fn(|| read(&mut input).unwrap()).collect()
    }

    fn framed(text: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{text}", text.len())
    }

    #[test]
    fn a_broken_message_does_not_take_the_next_along() {
        let text = [
            framed("{\"id\": 1"),
            framed("[]"),
            framed(r#"{"id": 2, "method": 3}"#),
            framed(r#"{"id": 4, "result": null}"#),
            "Content-Type: x\r\n".to_owned() + &framed(r#"{"method": "exit"}"#),
        ]
        .concat();
        let read = all(&text);
        assert!(matches!(&read[0], Message::Broken(PARSE_ERROR, _, Value::Null)));
        assert!(matches!(&read[1], Message::Broken(INVALID_REQUEST, ..)));
        assert!(matches!(&read[2], Message::Broken(INVALID_REQUEST, _, id) if *id == 2));
        assert_eq!(read[3], Message::Response);
        assert_eq!(read[4], Message::Notification { method: "exit".into(), params: Value::Null });
        assert_eq!(read.len(), 5);
    }

    #[test]
    fn lengths_that_lie_end_the_stream() {
        assert_eq!(all("Content-Length: 100\r\n\r\n{}"), []);
        for text in
            ["Content-Length: x\r\n\r\n", "hello\r\n", "Content-Length: 999999999999\r\n\r\n", "Content"]
        {
            assert!(read(&mut text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_written_can_be_read() {
        let mut bytes = Vec::new();
        write(&mut bytes, &request("a", "ä", &json!({}))).unwrap();
        assert!(bytes.starts_with(b"Content-Length: 52\r\n\r\n"), "{}", String::from_utf8_lossy(&bytes));
        let mut input = &bytes[..];
        let expected = Message::Request { id: "a".into(), method: "ä".into(), params: json!({}) };
        assert_eq!(read(&mut input).unwrap(), Some(expected));
    }
}
