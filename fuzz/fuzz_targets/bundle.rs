//! A file somebody brings on a stick: no panic, never more memory wanted than a frame has, and what is read whole is
//! written again as the same bytes.
#![no_main]

use dorpsplein_protocol::bundle::{Parser, Part, Writer};
use dorpsplein_protocol::sync::MAX_FRAME;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (mut parser, mut rest) = (Parser::default(), bytes);
    let (mut writer, mut written) = (None, Vec::new());
    while parser.wants() > 0 {
        assert!(parser.wants() <= MAX_FRAME);
        let (now, later) = rest.split_at(parser.wants().min(rest.len()));
        rest = later;
        match parser.take(now) {
            Ok(None) => {}
            Ok(Some(Part::Head(head))) => {
                let (begun, first) = Writer::new(&head);
                (writer, written) = (Some(begun), first);
            }
            Ok(Some(Part::Frame(frame))) => {
                written.extend(writer.as_mut().expect("the head comes first").frame(&frame));
            }
            Ok(Some(Part::End)) => {
                written.extend(writer.take().expect("the head comes first").end());
                assert_eq!(written, bytes[..bytes.len() - rest.len()]);
            }
            Err(_) => return,
        }
    }
});
