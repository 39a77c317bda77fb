use super::*;

#[track_caller]
fn check(input: &[u8], expect: &[(u64, &[u8])]) {
    let mut reader = LineReader::new(io::BufReader::new(input));
    let mut lines = Vec::new();
    while let Some(chunk) = reader.next_chunk().unwrap() {
        lines.extend(chunk.lines);
    }
    let lines: Vec<(u64, &[u8])> = lines.iter().map(|l| (l.number, &*l.bytes)).collect();
    assert_eq!(lines, expect);
}

#[test]
fn every_line_is_one_whatever_its_end() {
    check(b"", &[]);
    check(b"a\nb", &[(1, b"a"), (2, b"b")]);
    check(b"a\r\n\nb\n", &[(1, b"a"), (2, b""), (3, b"b")]);
}

#[test]
fn a_line_without_end_is_passed_over() {
    let mut input = vec![b'x'; usize::try_from(MAX_BYTES).unwrap() + 10];
    input.extend(b"\n{}\n");
    let mut reader = LineReader::new(io::BufReader::new(&*input));
    let chunk = reader.next_chunk().unwrap().unwrap();
    assert!(chunk.lines[0].cut && chunk.lines[0].bytes.is_empty());
    let next = reader.next_chunk().unwrap();
    let second = chunk.lines.get(1).or(next.as_ref().and_then(|c| c.lines.first()));
    assert_eq!(second, Some(&Line { number: 2, bytes: b"{}".to_vec(), cut: false }));
}
